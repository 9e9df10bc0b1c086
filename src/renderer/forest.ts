import { rowId } from '../shared/row-id.js';
import type { ProcessView } from '../shared/types.js';

export interface Forest {
  readonly roots: readonly ProcessView[];
  readonly childrenOf: ReadonlyMap<ProcessView, readonly ProcessView[]>;
  /** For each row the place of its owner in the list, -1 where that is not listed. */
  readonly ownerAt: readonly number[];
}

/** How the rows of a list hang together, by their places in it. */
interface Shape {
  readonly views: readonly ProcessView[];
  readonly ownerAt: readonly number[];
  /** The row that each hangs below, -1 for a root. Two levels, whatever the depth: a row names its session, not its place in the process tree. */
  readonly topAt: readonly number[];
}

const NOWHERE = -1;

const shapeOf = (views: readonly ProcessView[]): Shape => {
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
  return { views, ownerAt, topAt: views.map((_, at) => topOf(at)) };
};

/** From look to look a row keeps the objects that say who it is and whose: the same ones in the same places hang together the same way. */
const hasShape = ({ views: before }: Shape, views: readonly ProcessView[]): boolean =>
  before.length === views.length && views.every((view, at) => view.key === before[at]?.key && view.owner === before[at]?.owner);

let lastShape: Shape | null = null;
const forests = new WeakMap<readonly ProcessView[], Forest>();

/** Sessions and what they own. A row whose owner is not there, or that would hang below itself, is a root. Kept by the list's identity. */
export const growForest = (views: readonly ProcessView[]): Forest => {
  const kept = forests.get(views);
  if (kept) return kept;
  lastShape = lastShape !== null && hasShape(lastShape, views) ? { ...lastShape, views } : shapeOf(views);
  const { ownerAt, topAt } = lastShape;
  const roots: ProcessView[] = [];
  const childrenOf = new Map<ProcessView, ProcessView[]>();
  for (const [at, view] of views.entries()) {
    const top = views[topAt[at] ?? NOWHERE];
    if (top === undefined) {
      roots.push(view);
      continue;
    }
    const children = childrenOf.get(top);
    if (children) children.push(view);
    else childrenOf.set(top, [view]);
  }
  const forest = { roots, childrenOf, ownerAt };
  forests.set(views, forest);
  return forest;
};
