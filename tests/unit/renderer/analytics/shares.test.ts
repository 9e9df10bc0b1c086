import { describe, expect, it } from 'vitest';
import { keepCounts, keepSlices, sessionsByUser, slicesOf } from '../../../../src/renderer/analytics/shares.js';
import { aView } from '../../../fakes/a-view.js';

const share = (id: string, memoryBytes: number) => ({ id, name: id, memoryBytes, cpuPercent: null, processes: 1 });

describe('slicesOf', () => {
  it('gives the largest a slice each and puts the others together', () => {
    expect(slicesOf([share('a', 60), share('b', 25), share('c', 10), share('d', 5), share('e', 0)], 2)).toEqual([
      { id: 'a', name: 'a', memoryBytes: 60, part: 0.6 },
      { id: 'b', name: 'b', memoryBytes: 25, part: 0.25 },
      { id: 'other', name: null, memoryBytes: 15, part: 0.15 },
    ]);
    expect(slicesOf([share('a', 0)], 2)).toEqual([]);
  });

  it('keeps a pie that looks the same', () => {
    const before = slicesOf([share('a', 60), share('b', 40)], 6);
    expect(keepSlices(before, slicesOf([share('a', 60.1), share('b', 40)], 6))).toBe(before);
    const other = slicesOf([share('a', 70), share('b', 40)], 6);
    expect(keepSlices(before, other)).toBe(other);
    const fewer = slicesOf([share('a', 60)], 6);
    expect(keepSlices(before, fewer)).toBe(fewer);
  });
});

describe('sessionsByUser', () => {
  it('counts what carries a conversation, and keeps counts that did not change', () => {
    const views = [
      aView(1, { user: 'ann', kind: 'cli-session' }),
      aView(2, { user: 'ann', kind: 'bg-session' }),
      aView(3, { user: 'ann', kind: 'mcp-server' }),
      aView(4, { user: null, kind: 'sdk-worker' }),
    ];
    const counts = sessionsByUser(views);
    expect([...counts]).toEqual([
      ['ann', 2],
      [null, 1],
    ]);
    expect(keepCounts(counts, sessionsByUser(views))).toBe(counts);
    expect(keepCounts(counts, sessionsByUser([]))).toEqual(new Map());
  });
});
