import { describe, expect, it } from 'vitest';
import { compareLooks, deepEqual, mergeState } from '../../../src/renderer/merge.js';
import type { AppState } from '../../../src/shared/api.js';
import { parseConfig } from '../../../src/shared/config.js';
import { aSnapshot, aView } from '../../fakes/a-view.js';

const aState = (over: Partial<AppState> = {}): AppState => ({
  snapshot: aSnapshot([aView(1), aView(2)]),
  trends: { '1:s1': [1, 2], '2:s2': [3, null] },
  loop: { enabled: true, intervalMs: 5000, nextLookAtMs: 1, staleSinceMs: null, error: null, looks: 1 },
  settings: { language: 'system', theme: 'system', refresh_interval_seconds: 5, refresh_enabled: true },
  config: parseConfig({}),
  stopped: [],
  quick: { orphans: 0, possibleOrphans: 0, old: 0, all: 0 },
  logVersion: 0,
  language: 'en',
  about: { version: '1', electron: '1', selfUser: 'dana', selfUid: 1000, root: false },
  notices: [],
  ...over,
});

describe('deepEqual', () => {
  it('tells by value, at any depth', () => {
    const value = { a: [1, { b: null }], c: 'x', d: Number.NaN };
    expect(deepEqual(value, structuredClone(value))).toBe(true);
    const others = [
      { ...value, c: 'y' },
      { ...value, a: [1, { b: 0 }] },
      { ...value, a: [1] },
      { ...value, a: { 0: 1, 1: { b: null } } },
      { a: value.a, c: value.c },
      { ...value, e: undefined },
      { a: value.a, c: value.c, e: value.d },
      null,
      'x',
    ];
    expect(others.map((other) => deepEqual(value, other))).toEqual(others.map(() => false));
    expect(others.map((other) => deepEqual(other, value))).toEqual(others.map(() => false));
  });

  it('does not take an empty list for an empty record', () => {
    expect([deepEqual([], {}), deepEqual({}, []), deepEqual([], []), deepEqual({}, {})]).toEqual([false, false, true, true]);
  });
});

describe('mergeState', () => {
  it('keeps every object that says the same', () => {
    const before = aState();
    const after = mergeState(before, structuredClone(before));
    expect(after).toEqual(before);
    expect(after.snapshot?.processes).toBe(before.snapshot?.processes);
    expect(after.snapshot?.host).toBe(before.snapshot?.host);
    expect(after.snapshot?.totals).toBe(before.snapshot?.totals);
    for (const part of ['trends', 'loop', 'settings', 'config', 'about', 'notices'] as const) expect(after[part]).toBe(before[part]);
  });

  it('replaces only the row and the trend that changed', () => {
    const before = aState();
    const next = aState({ snapshot: aSnapshot([aView(1), aView(2, { cpuPercent: 7 })]), trends: { '1:s1': [1, 2], '2:s2': [3, 4] } });
    const after = mergeState(before, next);
    expect(after).toEqual(next);
    expect(after.snapshot?.processes[0]).toBe(before.snapshot?.processes[0]);
    expect(after.snapshot?.processes[1]).toBe(next.snapshot?.processes[1]);
    expect(after.trends['1:s1']).toBe(before.trends['1:s1']);
    expect(after.trends['2:s2']).toBe(next.trends['2:s2']);
  });

  it('knows rows by their key, wherever they stand', () => {
    const before = aState();
    const reborn = aView(1, { key: { pid: 1, startedAt: 'later' } });
    const after = mergeState(before, aState({ snapshot: aSnapshot([reborn, aView(2), aView(3)]) }));
    expect(after.snapshot?.processes).toEqual([reborn, aView(2), aView(3)]);
    expect(after.snapshot?.processes[1]).toBe(before.snapshot?.processes[1]);
  });

  it('drops a trend that is gone and is not misled by names of every object', () => {
    const before = aState({ trends: { a: [1], b: [2] } });
    const after = mergeState(before, aState({ trends: { a: [1], toString: [3] } }));
    expect(after.trends).toEqual({ a: [1], toString: [3] });
  });

  it('takes the first state, and a state without a reading, as they are', () => {
    const first = aState({ snapshot: null });
    expect(mergeState(null, first)).toBe(first);
    expect(mergeState(aState(), first).snapshot).toBeNull();
    const next = aState();
    expect(mergeState(first, next).snapshot).toBe(next.snapshot);
  });
});

describe('compareLooks', () => {
  it('names who came and who went, a reused pid being both', () => {
    const reborn = aView(1, { key: { pid: 1, startedAt: 'later' } });
    const gone = aView(1);
    expect(compareLooks([gone, aView(2)], [reborn, aView(2), aView(3)])).toEqual({ born: ['1:later', '3:s3'], gone: [gone] });
  });

  it('calls nobody new at the first look, nor when only figures or the order change', () => {
    expect(compareLooks(null, [aView(1)])).toEqual({ born: [], gone: [] });
    expect(compareLooks([aView(1)], [aView(1, { cpuPercent: 3 })])).toEqual({ born: [], gone: [] });
    expect(compareLooks([aView(1), aView(2)], [aView(2), aView(1)])).toEqual({ born: [], gone: [] });
  });
});
