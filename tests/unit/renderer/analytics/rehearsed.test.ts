import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rehearsedBars } from '../../../../src/renderer/analytics/rehearsed.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const at = (text: string): number => Date.parse(text);
const hour = (atMs: number, orphan: number, old = 0, limit = 0) => ({ atMs, orphan, old, limit });

describe('the bars of a rehearsal', () => {
  const zone = process.env['TZ'];
  beforeAll(() => {
    process.env['TZ'] = 'Europe/Berlin';
  });
  afterAll(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  it('are days of local time, the first one begun before the span', () => {
    const toMs = at('2026-03-11T15:07:00Z');
    const hours = [hour(at('2026-03-04T14:00:00Z'), 1), hour(at('2026-03-09T22:00:00Z'), 2, 1), hour(at('2026-03-09T23:00:00Z'), 0, 0, 4)];
    const bars = rehearsedBars({ fromMs: toMs - 7 * DAY_MS, toMs, hours }, 7);
    expect(bars.map(({ atMs }) => new Date(atMs).toISOString().slice(0, 13))).toEqual(
      ['03', '04', '05', '06', '07', '08', '09', '10'].map((day) => `2026-03-${day}T23`),
    );
    expect(bars.map(({ counts }) => counts)).toEqual([
      [1, 0, 0],
      ...Array.from({ length: 4 }, () => [0, 0, 0]),
      [2, 1, 0],
      [0, 0, 4],
      [0, 0, 0],
    ]);
  });

  it('lose and repeat nothing where the clocks change', () => {
    for (const [end, days, count] of [
      ['2026-03-29T10:00:00Z', 1, 24],
      ['2026-03-30T10:00:00Z', 3, 13],
      ['2026-10-25T10:00:00Z', 1, 23],
      ['2026-10-26T10:00:00Z', 7, 8],
    ] as const) {
      const toMs = at(end);
      const fromMs = toMs - days * DAY_MS;
      const hours = Array.from({ length: days * 24 }, (_, index) => hour(fromMs + index * HOUR_MS, 1));
      const bars = rehearsedBars({ fromMs, toMs, hours }, days);
      expect([end, bars.length]).toEqual([end, count]);
      expect(bars.reduce((sum, { counts }) => sum + counts[0], 0)).toBe(days * 24);
      expect(bars.every(({ atMs }, index) => index === 0 || atMs > (bars[index - 1]?.atMs ?? 0))).toBe(true);
    }
  });
});
