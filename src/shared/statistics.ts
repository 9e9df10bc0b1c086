import type { HistoryGrouping } from './history.js';
import { RUN_TIME_EDGES_MS } from './history.js';
import { keyId } from './process-key.js';
import type { ProcessView, Snapshot } from './types.js';
import { SESSION_KINDS } from './types.js';

/** General statistics of one look. What is unknown is null. */
export interface Statistics {
  readonly old: number;
  readonly orphans: number;
  readonly possibleOrphans: number;
  readonly highMemory: number;
  /** Of sessions with all they own. */
  readonly meanMemoryBytes: number | null;
  readonly meanRunTimeMs: number | null;
  /** The session that has run longest, and the largest one. */
  readonly longest: ProcessView | null;
  readonly longestMs: number | null;
  readonly largest: ProcessView | null;
  /** Memory that could be freed now: of what was left over (verdict yes). */
  readonly leftOverBytes: number;
}

/** One slice of what is in use now, largest first. */
export interface Share {
  /** As a series' id (history.ts): the same thing has the same colour in every chart. */
  readonly id: string;
  readonly name: string | null;
  readonly memoryBytes: number;
  readonly cpuPercent: number | null;
  readonly processes: number;
}

/** Whether a process carries a conversation. */
export const isSessionKind = (kind: ProcessView['kind']): boolean => (SESSION_KINDS as readonly string[]).includes(kind);

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

const most = (views: readonly ProcessView[], by: (view: ProcessView) => number | null): ProcessView | null =>
  views.reduce<ProcessView | null>((best, view) => {
    const value = by(view);
    return value !== null && (best === null || value > (by(best) ?? Number.NEGATIVE_INFINITY)) ? view : best;
  }, null);

const known = (value: number | null): value is number => value !== null;

/** The general statistics of a look. */
export const statisticsOf = ({ processes, takenAtMs }: Pick<Snapshot, 'processes' | 'takenAtMs'>): Statistics => {
  const sessions = processes.filter(({ kind }) => isSessionKind(kind));
  // A start in the future is that of a clock which was set back: it ran for nothing yet.
  const runMs = ({ startedAtMs }: ProcessView): number | null => (startedAtMs === null ? null : Math.max(0, takenAtMs - startedAtMs));
  const having = (word: ProcessView['status']): number => processes.filter(({ conditions }) => conditions.includes(word)).length;
  const longest = most(sessions, runMs);
  return {
    old: having('old'),
    orphans: having('orphan'),
    possibleOrphans: having('possible-orphan'),
    highMemory: having('high-memory'),
    meanMemoryBytes: mean(sessions.map(({ tree }) => tree.memoryBytes).filter(known)),
    meanRunTimeMs: mean(sessions.map(runMs).filter(known)),
    longest,
    longestMs: longest === null ? null : runMs(longest),
    largest: most(sessions, ({ tree }) => tree.memoryBytes),
    leftOverBytes: processes.reduce((sum, { leftOver, memoryBytes }) => sum + (leftOver === 'yes' ? (memoryBytes ?? 0) : 0), 0),
  };
};

/** The session row that a process belongs to, itself where it is a row of its own. */
export const rootOf = (view: ProcessView, byId: ReadonlyMap<string, ProcessView>): ProcessView =>
  view.owner === null ? view : (byId.get(keyId(view.owner)) ?? view);

/** By what a process is counted: its user, its kind, the project of the session that it belongs to. Null = unknown. */
export const groupName = (view: ProcessView, root: ProcessView, by: Exclude<HistoryGrouping, 'session'>): string | null => {
  if (by === 'user') return view.user;
  return by === 'kind' ? view.kind : (root.session?.projectDir ?? root.projectDir);
};

/** The id of a group, the same in every chart. */
export const groupId = (by: Exclude<HistoryGrouping, 'session'>, name: string | null): string => (name === null ? by : `${by}:${name}`);

/** Memory, CPU and processes in use now by user, kind or project; largest first. */
export const sharesOf = ({ processes }: Pick<Snapshot, 'processes'>, by: Exclude<HistoryGrouping, 'session'>): readonly Share[] => {
  const byId = new Map(processes.map((view) => [keyId(view.key), view]));
  const shares = new Map<string, Share>();
  for (const view of processes) {
    const name = groupName(view, rootOf(view, byId), by);
    const id = groupId(by, name);
    const { memoryBytes, cpuPercent, processes: count } = shares.get(id) ?? { memoryBytes: 0, cpuPercent: null, processes: 0 };
    shares.set(id, {
      id,
      name,
      memoryBytes: memoryBytes + (view.memoryBytes ?? 0),
      cpuPercent: view.cpuPercent === null ? cpuPercent : (cpuPercent ?? 0) + view.cpuPercent,
      processes: count + 1,
    });
  }
  return [...shares.values()].sort((a, b) => b.memoryBytes - a.memoryBytes || (a.id < b.id ? -1 : 1));
};

/** How many of some run times (ms) fall into each class of the histogram; the last has no upper edge. */
export const runTimeClasses = (runTimesMs: readonly number[]): readonly number[] => {
  const classes = [...RUN_TIME_EDGES_MS.map(() => 0), 0];
  for (const ms of runTimesMs) {
    const at = RUN_TIME_EDGES_MS.findIndex((edge) => ms < edge);
    const index = at < 0 ? RUN_TIME_EDGES_MS.length : at;
    classes[index] = (classes[index] ?? 0) + 1;
  }
  return classes;
};
