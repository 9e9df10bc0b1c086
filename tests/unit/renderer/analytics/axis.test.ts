import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { niceAxis, tickLabel, timeTicks } from '../../../../src/renderer/analytics/axis.js';

describe('niceAxis', () => {
  it.each([
    [0, { top: 1, ticks: [0, 0.25, 0.5, 0.75, 1], digits: 2 }],
    [Number.NaN, { top: 1, ticks: [0, 0.25, 0.5, 0.75, 1], digits: 2 }],
    [19.3, { top: 20, ticks: [0, 5, 10, 15, 20], digits: 0 }],
    [20, { top: 20, ticks: [0, 5, 10, 15, 20], digits: 0 }],
    [7.6, { top: 8, ticks: [0, 2, 4, 6, 8], digits: 0 }],
    [9, { top: 10, ticks: [0, 2.5, 5, 7.5, 10], digits: 1 }],
    [640, { top: 800, ticks: [0, 200, 400, 600, 800], digits: 0 }],
  ])('%d', (largest, axis) => {
    expect(niceAxis(largest)).toEqual(axis);
  });

  it('counts in whole numbers where it is asked to', () => {
    expect(niceAxis(9, 4, true)).toEqual({ top: 10, ticks: [0, 5, 10], digits: 0 });
    expect(niceAxis(1, 4, true)).toEqual({ top: 1, ticks: [0, 1], digits: 0 });
    expect(niceAxis(95, 4, true)).toEqual({ top: 100, ticks: [0, 25, 50, 75, 100], digits: 0 });
  });

  it('holds every value with few round parts', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (largest) => {
        const { top, ticks } = niceAxis(largest);
        expect(top).toBeGreaterThanOrEqual(largest * (1 - 1e-9));
        expect(top).toBeLessThanOrEqual(largest * 2.6);
        expect(ticks.length).toBeLessThanOrEqual(5);
        expect(ticks.at(-1)).toBeCloseTo(top, 6);
      }),
    );
  });
});

describe('timeTicks', () => {
  const at = (text: string): number => new Date(text).getTime();

  it.each([
    ['an hour', '2025-11-22T14:32:10', '2025-11-22T15:32:10', ['14:40', '14:50', '15:00', '15:10', '15:20', '15:30']],
    ['a day', '2025-11-22T14:32:10', '2025-11-23T14:32:10', ['18:00', 'Nov 23', '06:00', '12:00']],
  ])('%s has round times of the local clock', (_name, from, to, labels) => {
    const [fromMs, toMs] = [at(from), at(to)];
    const span = toMs - fromMs + 1;
    expect(timeTicks(fromMs, toMs).map((ms) => tickLabel(ms, span, 'en'))).toEqual(labels);
  });

  it('is at local midnights for days, also across a change to summer time', () => {
    const ticks = timeTicks(at('2025-03-20T10:00:00'), at('2025-04-19T10:00:00'));
    expect(ticks.length).toBeGreaterThan(3);
    expect(ticks.map((ms) => new Date(ms).getHours())).toEqual(ticks.map(() => 0));
  });

  it('stays within its bounds, in order, few', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000_000_000_000 }), fc.integer({ min: 60_000, max: 40 * 86_400_000 }), (fromMs, span) => {
        const ticks = timeTicks(fromMs, fromMs + span);
        expect(ticks.length).toBeLessThanOrEqual(7);
        expect(ticks.every((ms, index) => ms >= fromMs && ms <= fromMs + span && (index === 0 || ms > (ticks[index - 1] ?? 0)))).toBe(true);
      }),
    );
    expect(timeTicks(5, 5)).toEqual([]);
  });
});
