import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../src/shared/history-bucket.js';
import {
  addEntry,
  cover,
  createTally,
  entryOf,
  GREATEST,
  isUnknown,
  LEAST,
  lookEntry,
  MEAN,
  MEMORY,
  spread,
  stepFor,
  UNKNOWN_MS,
} from '../../../src/shared/history-bucket.js';

/** Rows one after the other, a gap before each; value null = not known, undefined = the group was not there. */
interface Piece {
  readonly gapMs: number;
  readonly ms: number;
  readonly value: number | null | undefined;
}
const pieces = fc.array(
  fc.record({
    gapMs: fc.constantFrom(0, 0, 0, 3, 40),
    ms: fc.integer({ min: 1, max: 25 }),
    value: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 1000 }) }, fc.constantFrom(null, undefined)),
  }),
  { maxLength: 40 },
);
const ID = 7;

/** The plain way: every millisecond on its own. */
const plainly = (list: readonly Piece[], stepMs: number) => {
  const buckets = new Map<number, { covered: number; values: number[]; unknown: number }>();
  let now = 0;
  for (const { gapMs, ms, value } of list) {
    now += gapMs;
    for (let at = now; at < now + ms; at++) {
      const begin = Math.floor(at / stepMs) * stepMs;
      const bucket = buckets.get(begin) ?? { covered: 0, values: [], unknown: 0 };
      buckets.set(begin, bucket);
      bucket.covered += 1;
      if (value === null) bucket.unknown += 1;
      else bucket.values.push(value ?? 0);
    }
    now += ms;
  }
  return buckets;
};

const bucketed = (list: readonly Piece[], stepMs: number) => {
  const tallies = new Map<number, ReturnType<typeof createTally>>();
  let now = 0;
  for (const { gapMs, ms, value } of list) {
    now += gapMs;
    spread(now, now + ms, stepMs, (begin, overlapMs) => {
      const tally = tallies.get(begin) ?? createTally();
      tallies.set(begin, tally);
      cover(tally, overlapMs);
      if (value !== undefined) addEntry(tally, ID, lookEntry(value, 0, 1, ms), ms, overlapMs);
    });
    now += ms;
  }
  return tallies;
};

const check = (entry: Entry, coveredMs: number, plain: { covered: number; values: number[]; unknown: number }): void => {
  expect(coveredMs).toBeCloseTo(plain.covered, 6);
  if (plain.values.length === 0) {
    expect(isUnknown(entry, MEMORY, coveredMs)).toBe(true);
    return;
  }
  const sum = plain.values.reduce((a, b) => a + b, 0);
  expect(entry[MEMORY + UNKNOWN_MS]).toBeCloseTo(plain.unknown, 6);
  expect(entry[MEMORY + MEAN]).toBeCloseTo(sum / plain.values.length, 6);
  expect(entry[MEMORY + LEAST]).toBe(Math.min(...plain.values));
  expect(entry[MEMORY + GREATEST]).toBe(Math.max(...plain.values));
};

describe('buckets', () => {
  it('say the same as every millisecond on its own, gaps, absence and the unknown included', () => {
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 60 }), (list, stepMs) => {
        const plain = plainly(list, stepMs);
        const tallies = bucketed(list, stepMs);
        expect([...tallies.keys()]).toEqual([...plain.keys()]);
        for (const [begin, tally] of tallies) {
          const reference = plain.get(begin);
          if (reference === undefined) throw new Error(`nothing at ${begin}`);
          const entry = entryOf(tally, ID);
          // Absent and unknown in turn: nothing is known of the time it was there, and 0 would be a lie.
          if (isUnknown(entry, MEMORY, tally.coveredMs)) {
            expect(reference.values.every((value) => value === 0)).toBe(true);
            expect(reference.unknown).toBeGreaterThan(0);
          } else check(entry, tally.coveredMs, reference);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('made of finer buckets say what buckets made at once say', () => {
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 8 }), fc.integer({ min: 2, max: 9 }), (list, fineMs, factor) => {
        const known = list.filter(({ value }) => value !== null);
        const fine = bucketed(known, fineMs);
        const coarse = new Map<number, ReturnType<typeof createTally>>();
        for (const [begin, tally] of fine) {
          const at = Math.floor(begin / (fineMs * factor)) * fineMs * factor;
          const into = coarse.get(at) ?? createTally();
          coarse.set(at, into);
          cover(into, tally.coveredMs);
          if (tally.sums.has(ID)) addEntry(into, ID, entryOf(tally, ID), tally.coveredMs, tally.coveredMs);
        }
        for (const [begin, plain] of plainly(known, fineMs * factor)) {
          const tally = coarse.get(begin) ?? createTally();
          check(entryOf(tally, ID), tally.coveredMs, plain);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('stepFor', () => {
  it('never gives more buckets than asked for, wherever the span begins', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1000, max: 400 * 86_400_000 }),
        fc.nat(10 ** 9),
        fc.integer({ min: 3, max: 400 }),
        (span, from, most) => {
          const step = stepFor(span, most, 1000);
          expect(Math.floor((from + span - 1) / step) - Math.floor(from / step) + 1).toBeLessThanOrEqual(most);
        },
      ),
    );
  });

  it('takes steps that people can read', () => {
    const hours = (n: number) => n * 3_600_000;
    expect([1, 6, 24, 168, 720].map((n) => stepFor(hours(n), 400, 1000) / 1000)).toEqual([10, 60, 240, 1800, 7200]);
    expect(stepFor(hours(1), 400, 60_000)).toBe(60_000);
  });
});
