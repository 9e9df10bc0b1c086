import { describe, expect, it } from 'vitest';
import { coveredMs } from '../../../src/main/history-recorder.js';
import { MOST_COVERED_MS } from '../../../src/main/history-rollup.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** 2026-03-10T12:00:00Z. */
const START_MS = 1_773_144_000_000;

/** For how long a look stands that came so long after the last one by each of the two clocks. */
const standsFor = (wallMs: number, monotonicMs: number, intervalMs = 5 * SECOND): number =>
  coveredMs({ atMs: START_MS, monotonicMs: 40_000 }, { atMs: START_MS + wallMs, monotonicMs: 40_000 + monotonicMs }, intervalMs);

describe('what a look stands for', () => {
  it('is the time since the last one', () => {
    expect(standsFor(5_004, 5_002.6)).toBe(5_003);
    // Hidden, it looks three times as rarely.
    expect(standsFor(15 * SECOND, 15 * SECOND)).toBe(15 * SECOND);
    expect(standsFor(90 * SECOND, 90 * SECOND, 30 * SECOND)).toBe(90 * SECOND);
  });

  it('is next to nothing for the first one, and after a sleep, be it that the monotonic clock slept too', () => {
    expect(coveredMs(null, { atMs: START_MS, monotonicMs: 40_000 }, 5 * SECOND)).toBe(SECOND);
    expect(standsFor(3 * HOUR, 4 * SECOND)).toBe(SECOND);
    expect(standsFor(3 * HOUR, 3 * HOUR)).toBe(SECOND);
    expect(standsFor(10 * MINUTE, 10 * MINUTE)).toBe(SECOND);
    expect(standsFor(20 * MINUTE, 20 * MINUTE, 10 * MINUTE)).toBeLessThanOrEqual(MOST_COVERED_MS);
  });

  it('is what passed where the clock was set back, by minutes or by a day', () => {
    expect(standsFor(-30 * MINUTE, 5 * SECOND)).toBe(5 * SECOND);
    expect(standsFor(-24 * HOUR, 5 * SECOND)).toBe(5 * SECOND);
    // Forward, nobody can tell it from a sleep.
    expect(standsFor(2 * HOUR, 5 * SECOND)).toBe(SECOND);
  });

  it('is never less than nothing', () => {
    expect(standsFor(5 * SECOND, -3 * SECOND)).toBe(SECOND);
    expect(standsFor(0, 0)).toBe(SECOND);
  });
});
