import { describe, expect, it } from 'vitest';
import type { HistoryAnswer, HistorySeries, Series } from '../../../src/shared/history.js';
import { keepAnswer, mergeHistory, tailOf } from '../../../src/shared/history-merge.js';

const flat = (values: readonly (number | null)[]): Series => ({ min: values, mean: values, max: values });
const measured = (values: readonly (number | null)[]) => ({ memoryBytes: flat(values), cpuPercent: flat(values), processes: flat(values) });
const group = (id: string, values: readonly (number | null)[]): HistorySeries => ({ id, name: id, session: null, ...measured(values) });

const answer = (fromMs: number, times: readonly number[], values: readonly (number | null)[], parts: Partial<HistoryAnswer> = {}) => ({
  by: 'user' as const,
  fromMs,
  toMs: (times.at(-1) ?? 0) + 5,
  stepMs: 10,
  times,
  total: measured(values),
  sessions: flat(values),
  leftOverBytes: flat(values),
  hostAvailableBytes: flat(values),
  hostCpuPercent: flat(values),
  hostTotalBytes: 1000,
  series: [group('user:ann', values), group('other', values)],
  events: [],
  sinceMs: 0,
  recording: { state: 'on' as const },
  version: 1,
  ...parts,
});

describe('mergeHistory', () => {
  it('replaces the last bucket, appends what is new and drops what has left the range', () => {
    const older = answer(100, [100, 110, 120], [1, null, 3]);
    const merged = mergeHistory(older, answer(110, [120, 130], [4, 5]));
    expect(merged).toEqual(answer(110, [110, 120, 130], [null, 4, 5]));
  });

  it('keeps every object of which nothing changed', () => {
    const older = answer(100, [100, 110, 120], [1, 2, 3]);
    const merged = mergeHistory(older, answer(100, [120], [3], { version: 2, series: [group('user:ann', [9]), group('other', [3])] }));
    expect(merged?.version).toBe(2);
    expect(merged?.times).toBe(older.times);
    expect(merged?.total).toBe(older.total);
    expect(merged?.series[0]?.memoryBytes.mean).toEqual([1, 2, 9]);
    expect(merged?.series[1]).toBe(older.series[1]);
  });

  it('keeps what happened earlier and takes what happened since, once', () => {
    const event = (id: number, atMs: number) => ({
      id,
      atMs,
      kind: 'ended' as const,
      action: 'KILL_PROCESS',
      user: null,
      processKind: null,
      count: 1,
      freedBytes: null,
    });
    const older = answer(100, [100, 110, 120], [1, 2, 3], { events: [event(1, 105), event(2, 115), event(3, 121)] });
    const merged = mergeHistory(older, answer(110, [120, 130], [3, 4], { events: [event(3, 121), event(4, 131)] }));
    expect(merged?.events.map(({ id }) => id)).toEqual([2, 3, 4]);
  });

  it('asks for all of it where the two do not fit', () => {
    const older = answer(100, [100, 110, 120], [1, 2, 3]);
    expect(mergeHistory(older, answer(200, [210], [1]))).toBeNull();
    expect(mergeHistory(older, answer(110, [120], [1], { by: 'kind' }))).toBeNull();
    expect(mergeHistory(older, answer(110, [120], [1], { stepMs: 20 }))).toBeNull();
    expect(mergeHistory(older, answer(110, [120], [1], { series: [group('user:ann', [1])] }))).toBeNull();
    expect(mergeHistory(older, answer(110, [], []))).toBeNull();
  });

  it('names the tail to ask for', () => {
    expect(tailOf(answer(100, [100, 110, 120], [1, 2, 3]))).toEqual({ fromBucketMs: 120, ids: ['user:ann', 'other'] });
    expect(tailOf(answer(100, [], []))).toBeNull();
  });
});

describe('keepAnswer', () => {
  const older = answer(100, [100, 110, 120], [1000, null, 3000]);
  const updated = (last: number, parts: Partial<HistoryAnswer> = {}): HistoryAnswer => {
    const tail = answer(101, [120], [last], { version: 2, ...parts });
    const merged = mergeHistory(older, tail);
    if (merged === null) throw new Error('they do not fit');
    return merged;
  };

  it('keeps what would be drawn the same', () => {
    expect(keepAnswer(older, updated(3000))).toBe(older);
    expect(keepAnswer(older, updated(3009))).toBe(older);
  });

  it('takes what would move, begin or happen', () => {
    for (const newer of [
      updated(3011),
      updated(2985),
      updated(3000, { recording: { state: 'stopped', code: 'SQLITE_FULL' } }),
      updated(3000, { sinceMs: 100 }),
      updated(3000, { series: [group('user:ann', [3011]), group('other', [3000])] }),
      updated(3000, { hostAvailableBytes: flat([2900]) }),
      answer(100, [100, 110, 120], [1000, 5, 3000]),
      answer(100, [100, 110, 120, 130], [1000, null, 3000, 3000]),
    ])
      expect(keepAnswer(older, newer)).toBe(newer);
  });

  it('lets no small step after another go unseen', () => {
    let shown: HistoryAnswer = older;
    for (let last = 3001; last <= 3100; last++) {
      const merged = mergeHistory(shown, answer(101, [120], [last]));
      if (merged === null) throw new Error('they do not fit');
      shown = keepAnswer(shown, merged);
      expect(Math.abs((shown.total.memoryBytes.mean[2] ?? 0) - last)).toBeLessThanOrEqual(3100 / 300);
    }
  });
});
