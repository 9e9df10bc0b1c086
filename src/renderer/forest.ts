import { rowId } from '../shared/row-id.js';
import type { ProcessView } from '../shared/types.js';

export interface Forest {
  readonly roots: readonly ProcessView[];
  readonly childrenOf: ReadonlyMap<ProcessView, readonly ProcessView[]>;
}

/**
 * All of a list but its figures, by places in it: who hangs below whom. The same object from look to look for as long as that, and of each row
 * its kind, its user and what holds of it, are the same: what is made of these is made once.
 */
export interface Standing {
  /** The place of each row's owner, -1 where that is not listed. */
  readonly ownerAt: readonly number[];
  /** The row that each hangs below, -1 for a root. Two levels, whatever the depth: a row names its session, not its place in the process tree. */
  readonly topAt: readonly number[];
}

const NOWHERE = -1;

const newStanding = (views: readonly ProcessView[]): Standing => {
  const places = new Map(views.map((view, at) => [rowId(view.key), at]));
  const ownerAt = views.map(({ owner }) => (owner ? (places.get(rowId(owner)) ?? NOWHERE) : NOWHERE));
  const topOf = (start: number): number => {
    const seen = new Set([start]);
    let top = NOWHERE;
    for (let up = ownerAt[start] ?? NOWHERE; up !== NOWHERE; up = ownerAt[up] ?? NOWHERE) {
      // A row that would hang below itself is a root.
      if (seen.has(up)) return NOWHERE;
      seen.add(up);
      top = up;
    }
    return top;
  };
  return { ownerAt, topAt: views.map((_, at) => topOf(at)) };
};

/** From look to look a row keeps the objects that say who it is, whose, and what holds of it. */
const standsAs = (view: ProcessView, before: ProcessView | undefined): boolean =>
  view === before ||
  (before !== undefined &&
    view.key === before.key &&
    view.owner === before.owner &&
    view.conditions === before.conditions &&
    view.kind === before.kind &&
    view.user === before.user &&
    view.uid === before.uid);

let last: { readonly views: readonly ProcessView[]; readonly standing: Standing } | null = null;
const standings = new WeakMap<readonly ProcessView[], Standing>();

/** How the rows of a list stand. */
export const standingOf = (views: readonly ProcessView[]): Standing => {
  const kept = standings.get(views);
  if (kept) return kept;
  const before = last;
  const isSame = before !== null && before.views.length === views.length && views.every((view, at) => standsAs(view, before.views[at]));
  const standing = isSame ? before.standing : newStanding(views);
  last = { views, standing };
  standings.set(views, standing);
  return standing;
};

const forests = new WeakMap<readonly ProcessView[], Forest>();

/** Sessions and what they own. A row whose owner is not there, or that would hang below itself, is a root. Kept by the list's identity. */
export const growForest = (views: readonly ProcessView[]): Forest => {
  const kept = forests.get(views);
  if (kept) return kept;
  const { topAt } = standingOf(views);
  const roots: ProcessView[] = [];
  const childrenOf = new Map<ProcessView, ProcessView[]>();
  views.forEach((view, at) => {
    const top = views[topAt[at] ?? NOWHERE];
    if (top === undefined) {
      roots.push(view);
      return;
    }
    const children = childrenOf.get(top);
    if (children) children.push(view);
    else childrenOf.set(top, [view]);
  });
  const forest = { roots, childrenOf };
  forests.set(views, forest);
  return forest;
};
