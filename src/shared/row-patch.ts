import { deepEqual } from './equal.js';
import { keyId, sameKey } from './process-key.js';
import type { ProcessView } from './types.js';

/** New values of one field: in which rows (by their place in the new list), and which. Its name crosses once, not once a row. */
export interface Column<V> {
  readonly at: readonly number[];
  readonly to: readonly V[];
}
export type Columns<T> = { readonly [F in keyof T]?: Column<T[F]> };
type Growing<T> = { [F in keyof T]?: { readonly at: number[]; readonly to: T[F][] } };

type Tree = ProcessView['tree'];
type Own = Omit<ProcessView, 'tree'>;

/** What makes one list of rows of another. */
export interface RowsPatch {
  /** Absent = the same rows in the same order. A number is the row that stood in that place before, anything else a new one. */
  readonly list?: readonly (number | ProcessView)[];
  readonly own: Columns<Own>;
  readonly tree: Columns<Tree>;
}

/** Adds to `columns` every field in which `to` differs; both have the same fields. */
const compareFields = <T extends object>(columns: Growing<T>, at: number, from: T, to: T): void => {
  for (const field in to) {
    if (deepEqual(from[field], to[field])) continue;
    const column = columns[field];
    if (column) {
      column.at.push(at);
      column.to.push(to[field]);
    } else columns[field] = { at: [at], to: [to[field]] };
  }
};

/**
 * The same list of places for all columns that name the same rows, as those that are busy do: it crosses once then, for the format that
 * Electron sends, and the bridge to the page, keep what is the same object.
 */
const sharePlaces = <T extends object>(columns: Growing<T>, shared: number[][]): Columns<T> => {
  const result: { -readonly [F in keyof T]?: Column<T[F]> } = {};
  for (const field in columns) {
    const column = columns[field];
    if (!column) continue;
    const { at, to } = column;
    const known = shared.find((list) => list.length === at.length && list.every((place, index) => place === at[index]));
    if (known === undefined) shared.push(at);
    result[field] = { at: known ?? at, to };
  }
  return result;
};

const sameFields = (a: object, b: object): boolean => {
  const names = Object.keys(b);
  return Object.keys(a).length === names.length && names.every((name) => Object.hasOwn(a, name));
};

/** Whether two looks list the same processes in the same order: the usual case, told without a map of a thousand strings. */
export const sameList = (a: readonly ProcessView[], b: readonly ProcessView[]): boolean =>
  a.length === b.length &&
  b.every((view, index) => {
    const other = a[index];
    return other !== undefined && (other.key === view.key || sameKey(other.key, view.key));
  });

/** What makes `before` into `after`; null = nothing, they say the same. Rows are matched by key; one that is the same object costs nothing. */
export const diffRows = (before: readonly ProcessView[], after: readonly ProcessView[]): RowsPatch | null => {
  if (before === after) return null;
  const places = sameList(before, after) ? null : new Map(before.map((view, index) => [keyId(view.key), index]));
  const list: (number | ProcessView)[] = [];
  const own: Growing<Own> = {};
  const tree: Growing<Tree> = {};
  after.forEach((view, at) => {
    const place = places ? places.get(keyId(view.key)) : at;
    const old = place === undefined ? undefined : before[place];
    if (place === undefined || old === undefined || !sameFields(old, view)) {
      list.push(view);
      return;
    }
    list.push(place);
    if (old === view) return;
    const { tree: oldTree, ...oldOwn } = old;
    const { tree: newTree, ...newOwn } = view;
    compareFields(own, at, oldOwn, newOwn);
    compareFields(tree, at, oldTree, newTree);
  });
  const moved = before.length !== after.length || list.some((entry, index) => entry !== index);
  if (!moved && Object.keys(own).length === 0 && Object.keys(tree).length === 0) return null;
  const shared: number[][] = [];
  return { ...(moved ? { list } : {}), own: sharePlaces(own, shared), tree: sharePlaces(tree, shared) };
};

/** Puts columns into copies of what stands in each place, each copied once. False where a column does not fit what is there. */
const fill = <T extends object>(copies: (T | undefined)[], columns: Columns<T>, originalAt: (place: number) => T | undefined): boolean => {
  for (const field in columns) {
    const column: Column<T[typeof field]> | undefined = columns[field];
    if (!column) continue;
    for (const [index, at] of column.at.entries()) {
      const value = column.to[index];
      let copy = copies[at];
      if (copy === undefined) {
        const original = originalAt(at);
        if (original === undefined) return false;
        copy = { ...original };
        copies[at] = copy;
      }
      if (value === undefined) return false;
      copy[field] = value;
    }
  }
  return true;
};

/** The rows after the patch, unchanged ones as the same objects; null = the patch is for another list. */
export const applyRows = (before: readonly ProcessView[], patch: RowsPatch): readonly ProcessView[] | null => {
  const rows: ProcessView[] = [];
  for (const entry of patch.list ?? before.keys()) {
    const row = typeof entry === 'number' ? before[entry] : entry;
    if (row === undefined) return null;
    rows.push(row);
  }
  const trees = new Array<Tree | undefined>(rows.length);
  if (!fill<Tree>(trees, patch.tree, (at) => rows[at]?.tree)) return null;
  const changed = new Array<{ -readonly [F in keyof ProcessView]: ProcessView[F] } | undefined>(rows.length);
  if (!fill<ProcessView>(changed, patch.own, (at) => rows[at])) return null;
  return rows.map((row, at) => {
    const tree = trees[at];
    if (tree === undefined) return changed[at] ?? row;
    // Everything that is new goes into one copy of its row.
    const copy = changed[at] ?? { ...row };
    copy.tree = tree;
    return copy;
  });
};
