import { rowId } from '../shared/row-id.js';
import type { Activity, ProcessView, StatusWord } from '../shared/types.js';
import type { SortId } from './columns.js';
import { growForest } from './forest.js';
import type { FindingFilter } from './found.js';

/** "orphans" is the chip's word for both kinds of orphan; the sidebar tells them apart. */
export type StatusFilter = 'all' | 'orphans' | StatusWord;
export type ActivityFilter = 'any' | Exclude<Activity, 'none'>;

export interface Filter {
  readonly status: StatusFilter;
  /** A user's name as `userOf` gives it, null = everybody. */
  readonly user: string | null;
  readonly activity: ActivityFilter;
  readonly finding: FindingFilter;
  readonly query: string;
}

export interface Sort {
  readonly by: SortId;
  readonly descending: boolean;
}

export interface RowsInput {
  readonly processes: readonly ProcessView[];
  /** Rows that have just ended and are still shown. */
  readonly gone: readonly ProcessView[];
  readonly filter: Filter;
  /** Ids of the rows with what `filter.finding` asks for (found.ts); absent or null = it asks for nothing. */
  readonly found?: ReadonlySet<string> | null;
  readonly sort: Sort;
  readonly tree: boolean;
  readonly expanded: ReadonlySet<string>;
  /** The order to keep, by row id; null = sort afresh. What is not in it comes last. */
  readonly order: ReadonlyMap<string, number> | null;
  /** Words of a kind as the reader sees them, for the search. */
  readonly kindName: (view: ProcessView) => string;
}

export interface Row {
  readonly id: string;
  readonly view: ProcessView;
  /** From 1, as aria-level counts. */
  readonly level: number;
  readonly parentId: string | null;
  /** The user of the row above it, null for a row of its own. */
  readonly parentUser: string | null;
  /** How many rows hang below it, shown or not. */
  readonly children: number;
  /** Null = nothing to unfold. */
  readonly expanded: boolean | null;
  /** Shown only because a child matches. */
  readonly context: boolean;
  readonly gone: boolean;
  /** Among its siblings, from 1. */
  readonly position: number;
  readonly siblings: number;
}

/** Memory and CPU as this row shows them: of the whole tree for a row that stands for one, else its own. */
export const figuresOf = (
  view: ProcessView,
  wholeTree: boolean,
): { readonly memoryBytes: number | null; readonly cpuPercent: number | null; readonly partial: boolean } =>
  wholeTree
    ? { memoryBytes: view.tree.memoryBytes, cpuPercent: view.tree.cpuPercent, partial: view.tree.memoryIsPartial }
    : { memoryBytes: view.memoryBytes, cpuPercent: view.cpuPercent, partial: false };

/** The name that a process's user goes by; a uid without a name is "#1234", an unreadable one null. */
export const userOf = (view: ProcessView): string | null => view.user ?? (view.uid === null ? null : `#${view.uid}`);

/** Lower case without accents, so that "orfao" finds "Órfão". */
export const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

const haystacks = new WeakMap<ProcessView, { readonly kind: string; readonly text: string }>();

const haystack = (view: ProcessView, kindName: string): string => {
  const kept = haystacks.get(view);
  if (kept?.kind === kindName) return kept.text;
  const text = fold(
    [view.name, String(view.key.pid), view.projectDir, view.command, userOf(view), view.kind, kindName, view.session?.name]
      .filter(Boolean)
      .join('\n'),
  );
  haystacks.set(view, { kind: kindName, text });
  return text;
};

const holdsStatus = (view: ProcessView, status: StatusFilter): boolean =>
  status === 'all' ||
  (status === 'orphans'
    ? view.conditions.includes('orphan') || view.conditions.includes('possible-orphan')
    : view.conditions.includes(status));

const SEVERITY: Readonly<Record<StatusWord, number>> = { normal: 0, 'high-memory': 1, old: 2, 'possible-orphan': 3, orphan: 4 };

export const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

const sortValue = (view: ProcessView, by: SortId, wholeTree: boolean): number | string | null => {
  switch (by) {
    case 'name':
      return view.name;
    case 'status':
      return SEVERITY[view.status];
    case 'user':
      return userOf(view);
    case 'memory':
      return figuresOf(view, wholeTree).memoryBytes;
    case 'cpu':
      return figuresOf(view, wholeTree).cpuPercent;
    case 'age':
      // Older sorts higher.
      return view.startedAtMs === null ? null : -view.startedAtMs;
    case 'active':
      return view.lastActiveMs;
    case 'pid':
      return view.key.pid;
  }
};

/** A row on its way to its place; what it is compared by is worked out once, not at each comparison. */
interface Candidate {
  readonly id: string;
  readonly view: ProcessView;
  readonly value: number | string | null;
  /** Where it stood, while the order is held. */
  readonly place: number;
}

const compare = (a: Candidate, b: Candidate, descending: boolean): number => {
  if (a.place !== b.place) return a.place - b.place;
  const [left, right] = [a.value, b.value];
  const tie = a.view.key.pid - b.view.key.pid;
  // What is not known comes last, whichever way the column runs.
  if (left === null || right === null) return left === right ? tie : left === null ? 1 : -1;
  const order = typeof left === 'number' && typeof right === 'number' ? left - right : collator.compare(String(left), String(right));
  return (descending ? -order : order) || tie;
};

/** Whether a row holds every part of the filter by itself. A child is never listed for being normal. */
export const matcher = (filter: Filter, kindName: (view: ProcessView) => string, found: ReadonlySet<string> | null = null) => {
  const words = fold(filter.query).split(/\s+/).filter(Boolean);
  return (view: ProcessView, isChild: boolean, status: StatusFilter = filter.status): boolean => {
    if (!holdsStatus(view, status) || (isChild && status === 'normal')) return false;
    if (filter.user !== null && userOf(view) !== filter.user) return false;
    if (filter.activity !== 'any' && view.activity !== filter.activity) return false;
    if (found !== null && !found.has(rowId(view.key))) return false;
    if (words.length === 0) return true;
    const text = haystack(view, kindName(view));
    return words.every((word) => text.includes(word));
  };
};

/** The rows to show, top to bottom: filtered, sorted or held in their order, unfolded. */
export const selectRows = (input: RowsInput): readonly Row[] => {
  const { filter, sort, tree, expanded, order } = input;
  const matches = matcher(filter, input.kindName, input.found ?? null);
  const goneIds = new Set(input.gone.map((view) => rowId(view.key)));
  const views = input.gone.length > 0 ? [...input.processes, ...input.gone] : input.processes;
  const arrange = (list: readonly ProcessView[], wholeTree: boolean): readonly Candidate[] =>
    list
      .map((view): Candidate => {
        const id = rowId(view.key);
        const place = order?.get(id) ?? Number.MAX_SAFE_INTEGER;
        return { id, view, value: sortValue(view, sort.by, wholeTree), place };
      })
      .sort((a, b) => compare(a, b, sort.descending));
  const plain = ({ id, view }: Candidate, index: number, all: readonly Candidate[]): Row => ({
    id,
    view,
    level: 1,
    parentId: null,
    parentUser: null,
    children: 0,
    expanded: null,
    context: false,
    gone: goneIds.has(id),
    position: index + 1,
    siblings: all.length,
  });

  if (!tree) {
    const listed = arrange(
      views.filter((view) => matches(view, false)),
      false,
    );
    return listed.map(plain);
  }

  const { roots, childrenOf } = growForest(views);
  const shown = new Map<ProcessView, { readonly own: boolean; readonly children: readonly ProcessView[] }>();
  for (const root of roots) {
    const children = childrenOf.get(root) ?? [];
    const own = matches(root, false);
    // When a session matches, its children come along; when only children do, they show with it as context.
    const below = own ? children : children.filter((child) => matches(child, true));
    if (own || below.length > 0) shown.set(root, { own, children: below });
  }
  const listed = arrange([...shown.keys()], true);
  return listed.flatMap((root, index): readonly Row[] => {
    const { own, children } = shown.get(root.view) ?? { own: true, children: [] };
    const open = children.length > 0 && (expanded.has(root.id) || !own);
    const row = { ...plain(root, index, listed), children: children.length, expanded: children.length > 0 ? open : null, context: !own };
    if (!open) return [row];
    const parentUser = userOf(root.view);
    return [
      row,
      ...arrange(children, false).map((child, at, all) => ({ ...plain(child, at, all), level: 2, parentId: root.id, parentUser })),
    ];
  });
};

/** Where focus goes when its row dies: the next row of the old order that is still there, else the one before. */
export const neighbour = (before: readonly string[], id: string, now: ReadonlySet<string>): string | null => {
  const at = before.indexOf(id);
  if (at < 0) return null;
  return before.slice(at + 1).find((each) => now.has(each)) ?? before.slice(0, at).findLast((each) => now.has(each)) ?? null;
};

/** The ids from one row to another, both included, in the order shown; one that is not shown gives only the other. */
export const range = (ids: readonly string[], from: string | null, to: string): readonly string[] => {
  const a = from === null ? -1 : ids.indexOf(from);
  const b = ids.indexOf(to);
  return a < 0 || b < 0 ? [to] : ids.slice(Math.min(a, b), Math.max(a, b) + 1);
};
