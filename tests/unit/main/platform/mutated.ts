import fc from 'fast-check';

type Edit = readonly ['set' | 'cut' | 'double' | 'insert', number, number];

const apply = (bytes: Buffer, [what, at, value]: Edit): Buffer => {
  const index = bytes.length === 0 ? 0 : at % bytes.length;
  const end = index + (value % 17);
  switch (what) {
    case 'set':
      return Buffer.concat([bytes.subarray(0, index), Buffer.from([value]), bytes.subarray(index + 1)]);
    case 'cut':
      return Buffer.concat([bytes.subarray(0, index), bytes.subarray(end)]);
    case 'double':
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(index)]);
    case 'insert':
      return Buffer.concat([bytes.subarray(0, index), Buffer.from([value]), bytes.subarray(index)]);
  }
};

/** A good sample with a few wounds, or once in a while bytes that have nothing to do with it. */
export const mutated = (sample: string): fc.Arbitrary<Buffer> => {
  const edit: fc.Arbitrary<Edit> = fc.tuple(fc.constantFrom('set', 'cut', 'double', 'insert'), fc.nat(4096), fc.nat(255));
  return fc.oneof(
    { weight: 4, arbitrary: fc.array(edit, { maxLength: 6 }).map((edits) => edits.reduce(apply, Buffer.from(sample))) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
  );
};
