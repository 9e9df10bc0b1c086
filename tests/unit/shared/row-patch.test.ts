import { describe, expect, it } from 'vitest';
import { applyRows, diffRows, sameList } from '../../../src/shared/row-patch.js';
import { aView } from '../../fakes/a-view.js';

const tree = { memoryBytes: 5, cpuPercent: 1, count: 2, memoryIsPartial: false };

describe('diffRows', () => {
  it('tells by field what changed, and nothing of rows that did not', () => {
    const before = [aView(1), aView(2, { tree }), aView(3)];
    const after = [aView(1, { cpuPercent: 4 }), aView(2, { tree: { ...tree, cpuPercent: 2 }, cpuPercent: 5 }), aView(3)];
    expect(diffRows(before, after)).toEqual({
      own: { cpuPercent: { at: [0, 1], to: [4, 5] } },
      tree: { cpuPercent: { at: [1], to: [2] } },
    });
    expect(diffRows(before, structuredClone(before))).toBeNull();
    expect(diffRows(before, before)).toBeNull();
  });

  it('tells rows that came, went or moved by their old places', () => {
    const reborn = aView(2, { key: { pid: 2, startedAt: 'later' } });
    const patch = diffRows([aView(1), aView(2), aView(3)], [aView(3, { tty: 'pts/1' }), reborn, aView(1)]);
    expect(patch).toEqual({ list: [2, reborn, 0], own: { tty: { at: [0], to: ['pts/1'] } }, tree: {} });
    expect(diffRows([aView(1), aView(2)], [aView(1)])).toEqual({ list: [0], own: {}, tree: {} });
    expect(diffRows([aView(1)], [])).toEqual({ list: [], own: {}, tree: {} });
  });

  it('sends a row whole that has other fields', () => {
    const { tty: _, ...without } = aView(1);
    const fewer: unknown = without;
    const patch = diffRows([aView(1)], [fewer as ReturnType<typeof aView>]);
    expect(patch).toEqual({ list: [without], own: {}, tree: {} });
  });
});

describe('applyRows', () => {
  it('makes anew only what changed', () => {
    const before = [aView(1), aView(2), aView(3)];
    const after = [aView(3), aView(1, { cpuPercent: 4, memoryBytes: null }), aView(4)];
    const patch = diffRows(before, after);
    const applied = patch && applyRows(before, patch);
    expect(applied).toEqual(after);
    expect(applied?.[0]).toBe(before[2]);
    expect(before).toEqual([aView(1), aView(2), aView(3)]);
  });

  it('refuses a patch for another list', () => {
    const none = { own: {}, tree: {} };
    const cases = [
      { ...none, list: [0, 1] },
      { ...none, own: { tty: { at: [1], to: ['x'] } } },
      { ...none, own: { tty: { at: [0], to: [] } } },
      { ...none, tree: { count: { at: [7], to: [1] } } },
    ];
    expect(cases.map((patch) => applyRows([aView(1)], patch))).toEqual(cases.map(() => null));
  });
});

describe('sameList', () => {
  it('looks at pid and stamp, in order', () => {
    const reborn = aView(1, { key: { pid: 1, startedAt: 'later' } });
    const lists = [[aView(1, { tty: 'x' }), aView(2)], [aView(2), aView(1)], [aView(1)], [reborn, aView(2)]];
    expect(lists.map((list) => sameList([aView(1), aView(2)], list))).toEqual([true, false, false, false]);
  });
});
