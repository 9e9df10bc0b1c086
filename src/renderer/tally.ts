import { KIND_RULES } from '../shared/guard.js';
import { rowId } from '../shared/row-id.js';
import type { ProcessView, StatusWord } from '../shared/types.js';
import { growForest } from './forest.js';
import { collator, type Filter, matcher, type StatusFilter, userOf } from './select.js';

export interface Tally {
  readonly count: number;
  readonly memoryBytes: number | null;
}

const add = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : a + b);

type Found = ReadonlySet<string> | null;
type StatusTallies = Readonly<Record<StatusFilter, Tally>>;

/** The rest of a filter beside its status. */
const sameRest = (a: Filter, b: Filter): boolean => a.user === b.user && a.activity === b.activity && a.query === b.query;

/** The last answer for a list: the sidebar and the toolbar ask the same while no filter is set. */
const statusTallies = new WeakMap<
  readonly ProcessView[],
  { readonly filter: Filter; readonly kindName: unknown; readonly found: Found; readonly tallies: StatusTallies }
>();

/** How many rows each status filter would find under the rest of the filter, and the memory they hold (null = none known). */
export const tallyStatuses = (
  processes: readonly ProcessView[],
  filter: Filter,
  kindName: (view: ProcessView) => string,
  found: Found = null,
): StatusTallies => {
  const kept = statusTallies.get(processes);
  if (kept?.kindName === kindName && kept.found === found && sameRest(kept.filter, filter)) return kept.tallies;
  const tallies = countStatuses(processes, filter, kindName, found);
  statusTallies.set(processes, { filter, kindName, found, tallies });
  return tallies;
};

const NONE: readonly StatusWord[] = [];

const isOrphan = (status: StatusWord): boolean => status === 'orphan' || status === 'possible-orphan';

const countStatuses = (
  processes: readonly ProcessView[],
  filter: Filter,
  kindName: (view: ProcessView) => string,
  found: Found,
): StatusTallies => {
  const matches = matcher(filter, kindName, found);
  const { roots, childrenOf } = growForest(processes);
  const tallies: Record<StatusFilter, { count: number; memoryBytes: number | null }> = {
    all: { count: 0, memoryBytes: null },
    normal: { count: 0, memoryBytes: null },
    'high-memory': { count: 0, memoryBytes: null },
    old: { count: 0, memoryBytes: null },
    'possible-orphan': { count: 0, memoryBytes: null },
    orphan: { count: 0, memoryBytes: null },
    orphans: { count: 0, memoryBytes: null },
  };
  const count = (status: StatusFilter, memoryBytes: number | null): void => {
    tallies[status].count += 1;
    tallies[status].memoryBytes = add(tallies[status].memoryBytes, memoryBytes);
  };
  /** A row under all that holds of it but `not`, and once under "orphans". */
  const countAll = (conditions: readonly StatusWord[], memoryBytes: number | null, not: readonly StatusWord[]): void => {
    for (const status of conditions) if (!not.includes(status)) count(status, memoryBytes);
    if (conditions.some(isOrphan) && !not.some(isOrphan)) count('orphans', memoryBytes);
  };
  for (const root of roots) {
    const own = matches(root, false, 'all');
    const held = own ? root.conditions : NONE;
    countAll(held, root.tree.memoryBytes, NONE);
    let below = 0;
    for (const child of childrenOf.get(root) ?? []) {
      if (!matches(child, true, 'all')) continue;
      below += 1;
      // A child counts for itself only where its session does not stand for it, and never for being normal.
      countAll(child.conditions, child.memoryBytes, [...held, 'normal']);
    }
    // "All" counts items as the table lists them: a session shown for its children's sake is one.
    if (own || below > 0) count('all', root.tree.memoryBytes);
  }
  return tallies;
};

export type UserTally = { readonly user: string | null } & Tally;

const userTallies = new WeakMap<readonly ProcessView[], readonly UserTally[]>();

/** Items and memory by user, most memory first; a child counts as an item only where its user is not its session's. */
export const tallyUsers = (processes: readonly ProcessView[]): readonly UserTally[] => {
  const kept = userTallies.get(processes);
  if (kept) return kept;
  const { ownerAt } = growForest(processes);
  const users = new Map<string | null, { count: number; memoryBytes: number | null }>();
  for (const [at, view] of processes.entries()) {
    const user = userOf(view);
    let entry = users.get(user);
    if (entry === undefined) {
      entry = { count: 0, memoryBytes: null };
      users.set(user, entry);
    }
    const owner = processes[ownerAt[at] ?? -1];
    if (!owner || userOf(owner) !== user) entry.count += 1;
    entry.memoryBytes = add(entry.memoryBytes, view.memoryBytes);
  }
  const tallies = [...users]
    .map(([user, entry]) => ({ user, ...entry }))
    .sort((a, b) => (b.memoryBytes ?? -1) - (a.memoryBytes ?? -1) || collator.compare(a.user ?? '', b.user ?? ''));
  userTallies.set(processes, tallies);
  return tallies;
};

/** Memory of a selection, each process once: a chosen session covers what it owns. Null = none known. */
export const memoryOf = (processes: readonly ProcessView[], ids: ReadonlySet<string>, tree: boolean): number | null => {
  let sum: number | null = null;
  const covered = (view: ProcessView): boolean => tree && view.owner !== null && ids.has(rowId(view.owner));
  for (const view of processes) {
    const id = rowId(view.key);
    if (!ids.has(id) || covered(view)) continue;
    sum = add(sum, tree && view.owner === null ? view.tree.memoryBytes : view.memoryBytes);
  }
  return sum;
};

/** Sessions by user: whom "end all of a user" can be asked for, under the name that it takes. */
export const tallySessions = (processes: readonly ProcessView[]): readonly { readonly user: string; readonly count: number }[] => {
  const users = new Map<string, number>();
  for (const view of processes) {
    const user = view.user ?? (view.uid === null ? null : String(view.uid));
    if (user !== null && KIND_RULES[view.kind].inUser === 'own') users.set(user, (users.get(user) ?? 0) + 1);
  }
  return [...users].map(([user, count]) => ({ user, count })).sort((a, b) => b.count - a.count || collator.compare(a.user, b.user));
};
