import { describe, expect, it } from 'vitest';
import { growForest, standingOf } from '../../../src/renderer/forest.js';
import type { ProcessView } from '../../../src/shared/types.js';
import { aView } from '../../fakes/a-view.js';

const keyOf = (pid: number) => ({ pid, startedAt: `s${pid}` });
const aChild = (pid: number, owner: number): ProcessView => aView(pid, { owner: keyOf(owner) });
const aForest = (
  roots: readonly ProcessView[],
  children: readonly (readonly [ProcessView, readonly ProcessView[]])[],
  ownerAt: readonly number[],
) => ({ roots, childrenOf: new Map(children), ownerAt });
const grown = (views: readonly ProcessView[]) => ({ ...growForest(views), ownerAt: standingOf(views).ownerAt });

describe('growForest', () => {
  it('hangs children below their session, those of children too', () => {
    const views = [aView(1), aChild(2, 1), aChild(3, 2)] as const;
    expect(grown(views)).toEqual(aForest([views[0]], [[views[0], [views[1], views[2]]]], [-1, 0, 1]));
  });

  it('makes a root of a row whose owner is missing or another process by now', () => {
    const views = [aChild(2, 9), aView(3, { owner: { pid: 4, startedAt: 'before' } }), aView(4)];
    expect(grown(views)).toEqual(aForest(views, [], [-1, -1, -1]));
  });

  it('loses no row of a ring', () => {
    const views = [aChild(1, 2), aChild(2, 1), aChild(3, 3), aChild(4, 1)];
    expect(grown(views)).toEqual(aForest(views, [], [1, 0, 2, 0]));
  });

  it('grows the same from rows that changed as from rows that are new, and another where an owner or the order changed', () => {
    const before = [aView(1), aChild(2, 1), aView(3)] as const;
    grown(before);
    const changed = before.map((view) => ({ ...view, memoryBytes: 7 }));
    const [one, two, three] = changed as [ProcessView, ProcessView, ProcessView];
    expect(grown(changed)).toEqual(aForest([one, three], [[one, [two]]], [-1, 0, -1]));
    const moved = { ...two, owner: keyOf(3) };
    expect(grown([one, moved, three])).toEqual(aForest([one, three], [[three, [moved]]], [-1, 2, -1]));
    expect(grown([two, one, three])).toEqual(aForest([one, three], [[one, [two]]], [1, -1, -1]));
    const heir = { ...one, key: { pid: 1, startedAt: 'later' } };
    expect(grown([heir, two, three])).toEqual(aForest([heir, two, three], [], [-1, -1, -1]));
    expect(grown([one, three])).toEqual(aForest([one, three], [], [-1, -1]));
  });
});

describe('standingOf', () => {
  it('is the same object while only figures change, and another with a new user, kind, condition or owner', () => {
    const before = [aView(1), aChild(2, 1)] as const;
    const standing = standingOf(before);
    const busy = before.map((view) => ({
      ...view,
      memoryBytes: 7,
      cpuPercent: 12,
      tree: { ...view.tree, cpuPercent: 30 },
      lastActiveMs: 5,
    }));
    expect(standingOf(busy)).toBe(standing);
    const [one, two] = busy as [ProcessView, ProcessView];
    for (const changed of [
      { ...two, user: 'someone-else' },
      { ...two, uid: 4711 },
      { ...two, kind: 'hook' as const },
      { ...two, conditions: ['orphan' as const] },
      { ...two, owner: null },
    ]) {
      // A list of its own, so that the next one is compared with this one and not with the last that changed.
      const unchanged = standingOf([...busy]);
      expect(standingOf([one, changed])).not.toBe(unchanged);
    }
  });
});
