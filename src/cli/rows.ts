import { keyId } from '../shared/process-key.js';
import type { ProcessView, StatusWord } from '../shared/types.js';
import { SESSION_KINDS } from '../shared/types.js';
import type { Sort } from './args.js';

export interface Selection {
  /** Name or number of a user; null = everybody. */
  readonly user: string | null;
  readonly status: StatusWord | null;
  readonly sort: Sort;
  /** Ids of the processes that something was found about; absent or null = whatever was found. */
  readonly found?: ReadonlySet<string> | null;
}

/** A row of its own with what it owns below it, parents before children. */
export interface Group {
  readonly row: ProcessView;
  readonly owned: readonly { readonly view: ProcessView; readonly depth: number }[];
}

const isSession = (view: ProcessView): boolean => (SESSION_KINDS as readonly string[]).includes(view.kind);

/** What to sort by, the greatest first; unknown comes last. */
const weight = (view: ProcessView, sort: Sort): number => {
  const value = {
    memory: view.tree.memoryBytes,
    cpu: view.tree.cpuPercent,
    time: view.startedAtMs === null ? null : -view.startedAtMs,
    pid: -view.key.pid,
  }[sort];
  return value ?? Number.NEGATIVE_INFINITY;
};

const unfold = (root: ProcessView, owned: readonly ProcessView[]): Group['owned'] => {
  const pids = new Set(owned.map((view) => view.key.pid));
  const children = new Map<number, ProcessView[]>();
  for (const view of owned) {
    // A parent outside the session's own (it has died, it is another engine) leaves the session itself to hang below.
    const parent = view.ppid !== null && view.ppid !== view.key.pid && pids.has(view.ppid) ? view.ppid : root.key.pid;
    const list = children.get(parent);
    if (list) list.push(view);
    else children.set(parent, [view]);
  }
  const found: { view: ProcessView; depth: number }[] = [];
  const seen = new Set<ProcessView>();
  const walk = (pid: number, depth: number): void => {
    for (const view of children.get(pid) ?? []) {
      if (seen.has(view)) continue;
      seen.add(view);
      found.push({ view, depth });
      walk(view.key.pid, depth + 1);
    }
  };
  walk(root.key.pid, 1);
  // A loop of parents hangs below nobody; its members are shown all the same.
  for (const view of owned) if (!seen.has(view)) found.push({ view, depth: 1 });
  return found;
};

/** The rows that a selection leaves, sessions first; what a row owns follows it, whatever its own status. */
export const selectGroups = (processes: readonly ProcessView[], { user, status, sort, found = null }: Selection): Group[] => {
  const ids = new Set(processes.map((view) => keyId(view.key)));
  const ownedBy = new Map<string, ProcessView[]>();
  const rows: ProcessView[] = [];
  for (const view of processes) {
    const owner = view.owner === null ? null : keyId(view.owner);
    if (owner === null || !ids.has(owner) || owner === keyId(view.key)) rows.push(view);
    else ownedBy.set(owner, [...(ownedBy.get(owner) ?? []), view]);
  }
  const isFound = (row: ProcessView): boolean =>
    found === null || [row, ...(ownedBy.get(keyId(row.key)) ?? [])].some(({ key }) => found.has(keyId(key)));
  return rows
    .filter(
      (row) =>
        (user === null || row.user === user || String(row.uid) === user) &&
        (status === null || row.conditions.includes(status)) &&
        isFound(row),
    )
    .sort((a, b) => Number(isSession(b)) - Number(isSession(a)) || weight(b, sort) - weight(a, sort) || a.key.pid - b.key.pid)
    .map((row) => ({ row, owned: unfold(row, ownedBy.get(keyId(row.key)) ?? []) }));
};
