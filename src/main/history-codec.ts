import type { Entry } from '../shared/history-bucket.js';
import { ENTRY_LENGTH, GREATEST, LEAST, MEAN, UNKNOWN_MS } from '../shared/history-bucket.js';

/**
 * One bucket as bytes: a section for each dimension (number, length in bytes), in it each entry as the distance of its id from the
 * last one, a byte that says how each quantity follows (two bits: one value, three values, unknown for a time, unknown), and
 * numbers of seven bits a byte. Whole numbers only: kilobytes, tenths of a percent, tenths of a process.
 */

/** Dimensions by number: part of the file format, never to be renumbered. */
export const WHOLE = 0;
export const USER = 1;
export const KIND = 2;
export const PROJECT = 3;
export const SERVER = 4;
export const SESSION = 5;
export type Dimension = typeof WHOLE | typeof USER | typeof KIND | typeof PROJECT | typeof SERVER | typeof SESSION;

/** Entries of the dimension WHOLE. */
export const TOTAL = 1;
/** Memory = available on the host, CPU = of the whole host. */
export const HOST = 2;
/** Processes = sessions, memory and CPU theirs and their trees'. */
export const SESSIONS = 3;
export const LEFT_OVER = 4;

const ONE = 0;
const THREE = 1;
const PARTLY = 2;
const NOTHING = 3;

export type Entries = ReadonlyMap<number, Entry>;

/** A buffer that grows; its bytes are copied out. */
interface Writer {
  bytes: Uint8Array;
  length: number;
}

const room = (writer: Writer, more: number): void => {
  if (writer.length + more <= writer.bytes.length) return;
  const larger = new Uint8Array(Math.max(writer.bytes.length * 2, writer.length + more));
  larger.set(writer.bytes.subarray(0, writer.length));
  writer.bytes = larger;
};

const putNumber = (writer: Writer, value: number): void => {
  room(writer, 8);
  let rest = Math.max(0, Math.round(value));
  while (rest >= 0x80) {
    writer.bytes[writer.length++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  writer.bytes[writer.length++] = rest;
};

const formOf = (entry: Entry, at: number, coveredMs: number): number => {
  const unknown = entry[at + UNKNOWN_MS] ?? 0;
  if (unknown >= coveredMs && unknown > 0) return NOTHING;
  if (Math.round(unknown) > 0) return PARTLY;
  const least = Math.round(entry[at + LEAST] ?? 0);
  return least === Math.round(entry[at + GREATEST] ?? 0) ? ONE : THREE;
};

const putEntry = (writer: Writer, entry: Entry, coveredMs: number): void => {
  const forms = [0, 4, 8].map((at) => formOf(entry, at, coveredMs));
  room(writer, 1);
  writer.bytes[writer.length++] = forms.reduce((byte, form, index) => byte | (form << (index * 2)), 0);
  forms.forEach((form, index) => {
    const at = index * 4;
    if (form === NOTHING) return;
    if (form === PARTLY) putNumber(writer, entry[at + UNKNOWN_MS] ?? 0);
    const least = Math.round(entry[at + LEAST] ?? 0);
    const greatest = Math.max(least, Math.round(entry[at + GREATEST] ?? 0));
    putNumber(writer, least);
    if (form === ONE) return;
    // Rounding must not put the mean outside of its bounds: distances are never negative.
    const mean = Math.min(greatest, Math.max(least, Math.round(entry[at + MEAN] ?? 0)));
    putNumber(writer, mean - least);
    putNumber(writer, greatest - mean);
  });
};

/** The bytes of some dimensions of one bucket. */
export const pack = (sections: ReadonlyMap<Dimension, Entries>, coveredMs: number): Buffer => {
  const all: Writer = { bytes: new Uint8Array(1024), length: 0 };
  for (const [dimension, entries] of sections) {
    if (entries.size === 0) continue;
    const section: Writer = { bytes: new Uint8Array(entries.size * 24), length: 0 };
    let last = 0;
    for (const id of [...entries.keys()].sort((a, b) => a - b)) {
      const entry = entries.get(id);
      if (entry === undefined) continue;
      putNumber(section, id - last);
      putEntry(section, entry, coveredMs);
      last = id;
    }
    putNumber(all, dimension);
    putNumber(all, section.length);
    room(all, section.length);
    all.bytes.set(section.bytes.subarray(0, section.length), all.length);
    all.length += section.length;
  }
  return Buffer.from(all.bytes.subarray(0, all.length));
};

/** Called with each entry; the entry is the same object every time. */
export type Visit = (id: number, entry: Entry, dimension: number) => void;

/**
 * Reads the entries of one dimension, or of all (null), of a bucket's bytes. Damaged bytes give wrong numbers, never an error or an
 * endless loop: every step goes forward, and none beyond the end.
 */
export const unpack = (bytes: Uint8Array, dimension: Dimension | null, coveredMs: number, visit: Visit): void => {
  let at = 0;
  const number = (end: number): number => {
    let value = 0;
    let factor = 1;
    while (at < end) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) break;
      factor *= 0x80;
    }
    return value;
  };
  const entry = new Float64Array(ENTRY_LENGTH);
  while (at < bytes.length) {
    const found = number(bytes.length);
    const end = Math.min(bytes.length, number(bytes.length) + at);
    if (dimension !== null && found !== dimension) {
      at = end;
      continue;
    }
    let id = 0;
    while (at < end) {
      id += number(end);
      const forms = bytes[at++] ?? 0;
      for (let index = 0; index < 3; index++) {
        const form = (forms >> (index * 2)) & 3;
        const from = index * 4;
        entry[from] = form === NOTHING ? coveredMs : form === PARTLY ? number(end) : 0;
        const least = form === NOTHING ? 0 : number(end);
        const mean = form === NOTHING || form === ONE ? least : least + number(end);
        entry[from + LEAST] = least;
        entry[from + MEAN] = mean;
        entry[from + GREATEST] = form === NOTHING || form === ONE ? mean : mean + number(end);
      }
      visit(id, entry, found);
    }
  }
};
