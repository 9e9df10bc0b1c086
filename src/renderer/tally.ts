import { KIND_RULES } from '../shared/guard.js';
import { rowId } from '../shared/row-id.js';
import type { ProcessView, StatusWord } from '../shared/types.js';
import type { Standing } from './forest.js';
import { standingOf } from './forest.js';
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

const isPlain = (filter: Filter): boolean => filter.user === null && filter.activity === 'any' && filter.query === '';

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
  const tallies = tallyAll(processes, countedUnder(processes, filter, kindName, found));
  statusTallies.set(processes, { filter, kindName, found, tallies });
  return tallies;
};

/** What is made of how the rows of a list stand: made once for as long as they stand so, since most looks change only figures. */
const byStanding = <V>(make: (processes: readonly ProcessView[]) => V): ((processes: readonly ProcessView[]) => V) => {
  const made = new WeakMap<Standing, { readonly value: V }>();
  return (processes) => {
    const standing = standingOf(processes);
    const kept = made.get(standing) ?? { value: make(processes) };
    made.set(standing, kept);
    return kept.value;
  };
};

const NONE: readonly StatusWord[] = [];

const isOrphan = (status: StatusWord): boolean => status === 'orphan' || status === 'possible-orphan';

/** Where in a list the rows stand that count as something: sessions with all that is theirs, and rows for themselves. */
interface Counted {
  readonly trees: number[];
  readonly own: number[];
}
type CountedByStatus = Readonly<Record<StatusFilter, Counted>>;

const sumOf = (processes: readonly ProcessView[], { trees, own }: Counted): Tally => {
  let memoryBytes: number | null = null;
  for (const at of trees) memoryBytes = add(memoryBytes, processes[at]?.tree.memoryBytes ?? null);
  for (const at of own) memoryBytes = add(memoryBytes, processes[at]?.memoryBytes ?? null);
  return { count: trees.length + own.length, memoryBytes };
};

const nobody = (): Counted => ({ trees: [], own: [] });

const countByStatus = (
  processes: readonly ProcessView[],
  matches: (view: ProcessView, isChild: boolean, status: StatusFilter) => boolean,
): CountedByStatus => {
  const counted: CountedByStatus = {
    all: nobody(),
    normal: nobody(),
    'high-memory': nobody(),
    old: nobody(),
    'possible-orphan': nobody(),
    orphan: nobody(),
    orphans: nobody(),
  };
  /** A row under all that holds of it but `not`, and once under "orphans". */
  const countAll = (conditions: readonly StatusWord[], not: readonly StatusWord[], as: keyof Counted, at: number): void => {
    for (const status of conditions) if (!not.includes(status)) counted[status][as].push(at);
    if (conditions.some(isOrphan) && !not.some(isOrphan)) counted.orphans[as].push(at);
  };
  const { topAt } = standingOf(processes);
  const isRoot = (at: number): boolean => processes[topAt[at] ?? -1] === undefined;
  const own = processes.map((view, at) => isRoot(at) && matches(view, false, 'all'));
  const shown = new Set<number>();
  processes.forEach((view, at) => {
    if (isRoot(at)) {
      if (!own[at]) return;
      shown.add(at);
      countAll(view.conditions, NONE, 'trees', at);
      return;
    }
    if (!matches(view, true, 'all')) return;
    const top = topAt[at] ?? -1;
    shown.add(top);
    // A child counts for itself only where its session does not stand for it, and never for being normal.
    countAll(view.conditions, [...(own[top] ? (processes[top]?.conditions ?? NONE) : NONE), 'normal'], 'own', at);
  });
  // "All" counts items as the table lists them: a session shown for its children's sake is one.
  counted.all.trees.push(...shown);
  return counted;
};

const countedPlainly = byStanding((processes) => countByStatus(processes, () => true));

/** Who counts as what under a filter; without one that hangs on nothing but how the rows stand. */
const countedUnder = (
  processes: readonly ProcessView[],
  filter: Filter,
  kindName: (view: ProcessView) => string,
  found: Found,
): CountedByStatus =>
  found === null && isPlain(filter) ? countedPlainly(processes) : countByStatus(processes, matcher(filter, kindName, found));

const tallyAll = (processes: readonly ProcessView[], counted: CountedByStatus): StatusTallies => ({
  all: sumOf(processes, counted.all),
  normal: sumOf(processes, counted.normal),
  'high-memory': sumOf(processes, counted['high-memory']),
  old: sumOf(processes, counted.old),
  'possible-orphan': sumOf(processes, counted['possible-orphan']),
  orphan: sumOf(processes, counted.orphan),
  orphans: sumOf(processes, counted.orphans),
});

export type UserTally = { readonly user: string | null } & Tally;

/** A user's rows, and how many of them are items. */
interface UserRows {
  readonly user: string | null;
  readonly rows: Counted;
  items: number;
}

const usersOf = byStanding((processes): readonly UserRows[] => {
  const { ownerAt } = standingOf(processes);
  const users = new Map<string | null, UserRows>();
  processes.forEach((view, at) => {
    const user = userOf(view);
    const entry = users.get(user) ?? { user, rows: nobody(), items: 0 };
    users.set(user, entry);
    entry.rows.own.push(at);
    const owner = processes[ownerAt[at] ?? -1];
    if (!owner || userOf(owner) !== user) entry.items += 1;
  });
  return [...users.values()];
});

const userTallies = new WeakMap<readonly ProcessView[], readonly UserTally[]>();

/** Items and memory by user, most memory first; a child counts as an item only where its user is not its session's. */
export const tallyUsers = (processes: readonly ProcessView[]): readonly UserTally[] => {
  const kept = userTallies.get(processes);
  if (kept) return kept;
  const tallies = usersOf(processes)
    .map(({ user, rows, items }) => ({ user, count: items, memoryBytes: sumOf(processes, rows).memoryBytes }))
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
export const tallySessions = byStanding((processes): readonly { readonly user: string; readonly count: number }[] => {
  const users = new Map<string, number>();
  for (const view of processes) {
    const user = view.user ?? (view.uid === null ? null : String(view.uid));
    if (user !== null && KIND_RULES[view.kind].inUser === 'own') users.set(user, (users.get(user) ?? 0) + 1);
  }
  return [...users].map(([user, count]) => ({ user, count })).sort((a, b) => b.count - a.count || collator.compare(a.user, b.user));
});
