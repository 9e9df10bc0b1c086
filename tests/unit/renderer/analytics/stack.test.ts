import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bandPaths,
  courseOf,
  gapsOf,
  linePath,
  marksOf,
  type Stack,
  stackOf,
  stretchesOf,
} from '../../../../src/renderer/analytics/stack.js';
import type { HistoryAnswer, HistoryEvent, Series } from '../../../../src/shared/history.js';

const series = (mean: readonly (number | null)[]): Series => ({ min: mean, mean, max: mean });
const measured = (values: readonly (number | null)[]) => ({
  memoryBytes: series(values),
  cpuPercent: series(values),
  processes: series(values),
});

const answer = (groups: Readonly<Record<string, readonly (number | null)[]>>, total: readonly (number | null)[]): HistoryAnswer => ({
  ...{ by: 'user', fromMs: 0, toMs: total.length * 10, stepMs: 10, times: total.map((_, at) => at * 10) },
  ...{ sessions: series(total), leftOverBytes: series(total), hostAvailableBytes: series(total), hostCpuPercent: series(total) },
  ...{ hostTotalBytes: null, events: [], sinceMs: 0, recording: { state: 'on' }, version: 1, total: measured(total) },
  series: Object.entries(groups).map(([id, values]) => ({ id, name: id === 'other' ? null : id, session: null, ...measured(values) })),
});
const memory = (group: { readonly memoryBytes: Series }): Series => group.memoryBytes;
const stack = (part: Partial<Stack> & Pick<Stack, 'total'>): Stack => ({
  ...{
    times: part.total.map((_, at) => at * 10),
    fromMs: 0,
    toMs: part.total.length * 10,
    stepMs: 10,
    bands: [{ id: 'a', name: 'a', values: part.total }],
  },
  ...part,
});
const BOX = { x: (ms: number) => ms, y: (value: number) => 100 - value };

describe('stackOf', () => {
  it('gives the first groups a band each and puts the rest together, in the unit asked for', () => {
    const found = stackOf(answer({ a: [8, 8], b: [4, null], c: [2, 2], other: [1, 1] }, [15, 11]), memory, 2, 1);
    expect(found.bands).toEqual([
      { id: 'a', name: 'a', values: [4, 4] },
      { id: 'other', name: null, values: [3.5, 1.5] },
    ]);
    expect(found).toMatchObject({ total: [7.5, 5.5], fromMs: 0, toMs: 20 });
  });

  it('leaves out an "others" that is nothing', () => {
    expect(stackOf(answer({ a: [8], other: [0] }, [8]), memory, 1, 6).bands.map(({ id }) => id)).toEqual(['a']);
  });

  it('says what was recorded: its bands add up to the total wherever there is one', () => {
    const values = fc.array(fc.option(fc.integer({ min: 0, max: 1000 }), { nil: null }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 6 }), (lists, most) => {
        const total = [0, 1, 2, 3].map((at) =>
          lists.reduce<number | null>((sum, list) => (list[at] == null ? sum : (sum ?? 0) + (list[at] ?? 0)), null),
        );
        const { bands } = stackOf(answer(Object.fromEntries(lists.map((list, at) => [`g${at}`, list])), total), memory, 1, most);
        expect(bands.length).toBeLessThanOrEqual(most + 1);
        expect(total.map((_, at) => bands.reduce((all, band) => all + (band.values[at] ?? 0), 0))).toEqual(total.map((sum) => sum ?? 0));
      }),
    );
  });
});

describe('gaps', () => {
  it('are found at the beginning, between and at the end', () => {
    expect(stretchesOf([null, 1, 2, null, 3])).toEqual([
      [1, 2],
      [4, 4],
    ]);
    expect(gapsOf(stack({ total: [null, 1, 2, null, null, 3, null, null] }))).toEqual([
      { fromMs: 0, toMs: 10 },
      { fromMs: 30, toMs: 50 },
      { fromMs: 60, toMs: 80 },
    ]);
    expect(gapsOf(stack({ total: [1, 2] }))).toEqual([]);
    expect(gapsOf(stack({ total: [1, 2, null] }))).toEqual([]);
    expect(gapsOf(stack({ total: [null, null] }))).toEqual([{ fromMs: 0, toMs: 20 }]);
  });

  it('are never bridged by a line or an area', () => {
    const [band] = bandPaths(stack({ total: [1, 2, null, 3, 4] }), BOX);
    expect(band).toEqual({ id: 'a', line: 'M5 99L15 98M35 97L45 96', area: 'M5 99L15 98L15 100L5 100ZM35 97L45 96L45 100L35 100Z' });
    expect(linePath([0, 10, 20, 30], [1, 2, null, 3], 10, BOX)).toBe('M5 99L15 98M30 97h10');
  });
});

describe('bandPaths', () => {
  it('stands each band on the one below, and one that was not there is of no height', () => {
    const bands = [
      { id: 'a', name: 'a', values: [10, null] },
      { id: 'b', name: 'b', values: [5, 5] },
    ];
    expect(bandPaths(stack({ total: [15, 5], bands }), BOX)).toEqual([
      { id: 'a', line: 'M5 90L15 100', area: 'M5 90L15 100L15 100L5 100Z' },
      { id: 'b', line: 'M5 85L15 95', area: 'M5 85L15 95L15 100L5 90Z' },
    ]);
  });

  it('draws a lone bucket as wide as it lasted', () => {
    expect(bandPaths(stack({ total: [null, 7, null] }), BOX)[0]?.line).toBe('M10 93L20 93');
  });
});

describe('marksOf', () => {
  const event = (id: number, atMs: number, kind: HistoryEvent['kind'], count = 1): HistoryEvent => ({
    ...{ id, atMs, kind, count, action: 'KILL_PROCESS', user: null, processKind: null, freedBytes: null },
  });

  it('puts near events together, counts what ended, and leaves out what is not in range', () => {
    const events = [
      event(1, 10, 'ended', 2),
      event(2, 14, 'cleanup', 3),
      event(3, 16, 'alert'),
      event(4, 90, 'refused'),
      event(5, 101, 'ended'),
    ];
    expect(marksOf(events, 0, 100, 10).map(({ atMs, ended, events: some }) => [atMs, ended, some.map(({ id }) => id)])).toEqual([
      [10, 5, [1, 2, 3]],
      [90, 0, [4]],
    ]);
    expect(marksOf(events, 5, 5)).toEqual([]);
  });
});

describe('courseOf', () => {
  it('says the first, the last and the largest', () => {
    expect(courseOf([0, 10, 20, 30, 40], [null, 3, 9, 4, null])).toEqual({ first: 3, last: 4, top: 9, topAtMs: 20 });
    expect(courseOf([0], [null])).toBeNull();
  });
});
