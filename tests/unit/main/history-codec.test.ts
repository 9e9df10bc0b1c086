import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dimension } from '../../../src/main/history-codec.js';
import { KIND, pack, SESSION, USER, unpack } from '../../../src/main/history-codec.js';

const quantity = (coveredMs: number) =>
  fc.oneof(
    fc.constant([coveredMs, 0, 0, 0]),
    fc
      .tuple(fc.nat(coveredMs - 1), fc.nat(2 ** 40), fc.nat(2 ** 20), fc.nat(2 ** 30))
      .map(([unknown, least, mean, greatest]) => [unknown, least, least + mean, least + mean + greatest]),
    fc.nat(2 ** 20).map((value) => [0, value, value, value]),
  );
const entry = fc.tuple(quantity(60_000), quantity(60_000), quantity(60_000)).map((parts) => Float64Array.from(parts.flat()));
const entries = fc
  .dictionary(fc.nat(2 ** 40).map(String), entry)
  .map((found) => new Map(Object.entries(found).map(([id, one]) => [Number(id), one])));

const read = (bytes: Uint8Array, dimension: Dimension) => {
  const found = new Map<number, Float64Array>();
  unpack(bytes, dimension, 60_000, (id, one) => found.set(id, one.slice()));
  return found;
};
const sorted = <T>(map: ReadonlyMap<number, T>) => [...map].sort(([a], [b]) => a - b);

describe('the bytes of a bucket', () => {
  it('are its entries again, each dimension apart', () => {
    fc.assert(
      fc.property(entries, entries, (users, sessions) => {
        const bytes = pack(
          new Map([
            [USER, users],
            [SESSION, sessions],
          ]),
          60_000,
        );
        expect(sorted(read(bytes, USER))).toEqual(sorted(users));
        expect(sorted(read(bytes, SESSION))).toEqual(sorted(sessions));
        expect(read(bytes, KIND).size).toBe(0);
      }),
    );
  });

  it('may be damaged: reading ends, and throws nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        let count = 0;
        unpack(bytes, null, 60_000, () => (count += 1));
        expect(count).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 1000 },
    );
  });
});
