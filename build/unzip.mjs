import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;

const readAt = (file, position, length) => {
  const buffer = Buffer.alloc(length);
  if (readSync(file, buffer, 0, length, position) !== length) throw new Error('The archive ends too early.');
  return buffer;
};

const directoryOf = (file) => {
  const { size } = fstatSync(file);
  const tailLength = Math.min(size, 0xffff + 22);
  const tail = readAt(file, size - tailLength, tailLength);
  for (let at = tail.length - 22; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) === END_OF_DIRECTORY)
      return { count: tail.readUInt16LE(at + 10), bytes: readAt(file, tail.readUInt32LE(at + 16), tail.readUInt32LE(at + 12)) };
  }
  throw new Error('This is not a zip archive.');
};

function* entriesOf(file) {
  const { count, bytes } = directoryOf(file);
  for (let index = 0, at = 0; index < count; index += 1) {
    if (bytes.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error('The archive is damaged.');
    const nameLength = bytes.readUInt16LE(at + 28);
    yield {
      name: bytes.toString('utf8', at + 46, at + 46 + nameLength),
      method: bytes.readUInt16LE(at + 10),
      packedBytes: bytes.readUInt32LE(at + 20),
      bytes: bytes.readUInt32LE(at + 24),
      mode: bytes.readUInt16LE(at + 40) & 0o777,
      headerAt: bytes.readUInt32LE(at + 42),
    };
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
}

/**
 * Unpacks those files of a zip archive for which `rename` gives a path; null leaves a file out. A newcomer's machine may have no `unzip`, and
 * ours is small because the archive's integrity is known: no zip64, no links.
 */
export const unzip = (archive, folder, rename) => {
  const file = openSync(archive, 'r');
  try {
    for (const entry of entriesOf(file)) {
      const path = entry.name.endsWith('/') ? null : rename(entry.name);
      if (path === null) continue;
      if (path.split('/').includes('..') || path.startsWith('/')) throw new Error(`The archive names a path outside itself: ${entry.name}`);
      // The local header's name and extra field may be longer than the directory's.
      const header = readAt(file, entry.headerAt, 30);
      const packed = readAt(file, entry.headerAt + 30 + header.readUInt16LE(26) + header.readUInt16LE(28), entry.packedBytes);
      if (entry.method !== STORED && entry.method !== DEFLATED) throw new Error(`${entry.name} is packed in an unknown way.`);
      const content = entry.method === STORED ? packed : inflateRawSync(packed);
      if (content.length !== entry.bytes) throw new Error(`${entry.name} is damaged.`);
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), content, { mode: entry.mode || 0o644 });
    }
  } finally {
    closeSync(file);
  }
};
