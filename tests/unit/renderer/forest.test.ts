import { describe, expect, it } from 'vitest';
import { growForest } from '../../../src/renderer/forest.js';
import type { ProcessView } from '../../../src/shared/types.js';
import { aView } from '../../fakes/a-view.js';

const keyOf = (pid: number) => ({ pid, startedAt: `s${pid}` });
const aChild = (pid: number, owner: number): ProcessView => aView(pid, { owner: keyOf(owner) });
const aForest = (
  roots: readonly ProcessView[],
  children: readonly (readonly [ProcessView, readonly ProcessView[]])[],
  ownerAt: number[],
) => ({
  roots,
  childrenOf: new Map(children),
  ownerAt,
});

describe('growForest', () => {
  it('hangs children below their session, those of children too', () => {
    const views = [aView(1), aChild(2, 1), aChild(3, 2)] as const;
    expect(growForest(views)).toEqual(aForest([views[0]], [[views[0], [views[1], views[2]]]], [-1, 0, 1]));
  });

  it('makes a root of a row whose owner is missing or another process by now', () => {
    const views = [aChild(2, 9), aView(3, { owner: { pid: 4, startedAt: 'before' } }), aView(4)];
    expect(growForest(views)).toEqual(aForest(views, [], [-1, -1, -1]));
  });

  it('loses no row of a ring', () => {
    const views = [aChild(1, 2), aChild(2, 1), aChild(3, 3), aChild(4, 1)];
    expect(growForest(views)).toEqual(aForest(views, [], [1, 0, 2, 0]));
  });

  it('grows the same from rows that changed as from rows that are new, and another where an owner or the order changed', () => {
    const before = [aView(1), aChild(2, 1), aView(3)] as const;
    growForest(before);
    const changed = before.map((view) => ({ ...view, memoryBytes: 7 }));
    const [one, two, three] = changed as [ProcessView, ProcessView, ProcessView];
    expect(growForest(changed)).toEqual(aForest([one, three], [[one, [two]]], [-1, 0, -1]));
    const moved = { ...two, owner: keyOf(3) };
    expect(growForest([one, moved, three])).toEqual(aForest([one, three], [[three, [moved]]], [-1, 2, -1]));
    expect(growForest([two, one, three])).toEqual(aForest([one, three], [[one, [two]]], [1, -1, -1]));
    const heir = { ...one, key: { pid: 1, startedAt: 'later' } };
    expect(growForest([heir, two, three])).toEqual(aForest([heir, two, three], [], [-1, -1, -1]));
    expect(growForest([one, three])).toEqual(aForest([one, three], [], [-1, -1]));
  });
});
