import type { StateSample } from './history-state.js';
import { statesOf } from './history-state.js';
import { keyId } from './process-key.js';
import { groupName, isSessionKind, rootOf } from './statistics.js';
import type { Kind, ProcessKey, ProcessView, Snapshot } from './types.js';

/** What some processes use together; null where of none of them it could be read. */
export interface Figures {
  readonly memoryBytes: number | null;
  readonly cpuPercent: number | null;
  readonly processes: number;
}

/** A session as one look saw it, its figures those of its whole tree. */
export interface LifeSample {
  readonly key: ProcessKey;
  readonly user: string;
  readonly project: string;
  readonly kind: Kind;
  readonly startedAtMs: number;
  readonly figures: Figures;
}

/** Names and what goes by them; '' = unknown. */
export type Named = ReadonlyMap<string, Figures>;

/** What is written down of one look: sums and sessions, no command line, no name that could be made of a prompt. */
export interface LookSample {
  readonly atMs: number;
  /** For how long before `atMs` it stands. */
  readonly coveredMs: number;
  /** Whether all processes were seen: only then somebody who is missing has ended. */
  readonly complete: boolean;
  readonly total: Figures;
  /** Of the sessions' trees; processes = how many sessions. */
  readonly sessions: Figures;
  readonly leftOver: Figures;
  readonly host: { readonly availableBytes: number | null; readonly cpuPercent: number | null };
  readonly users: Named;
  readonly kinds: Named;
  readonly projects: Named;
  readonly servers: Named;
  readonly lives: readonly LifeSample[];
  readonly states: readonly StateSample[];
}

const NOTHING: Figures = { memoryBytes: null, cpuPercent: null, processes: 0 };
/** Where there is nobody, nothing is used: that is known. */
const NOBODY: Figures = { memoryBytes: 0, cpuPercent: 0, processes: 0 };

const plus = (a: number | null, b: number | null): number | null => (b === null ? a : (a ?? 0) + b);

const add = (a: Figures, view: Pick<ProcessView, 'memoryBytes' | 'cpuPercent'>): Figures => ({
  memoryBytes: plus(a.memoryBytes, view.memoryBytes),
  cpuPercent: plus(a.cpuPercent, view.cpuPercent),
  processes: a.processes + 1,
});

const sumOf = (views: readonly ProcessView[]): Figures => (views.length === 0 ? NOBODY : views.reduce(add, NOTHING));

const tally = (views: readonly ProcessView[], nameOf: (view: ProcessView) => string | null): Named => {
  const named = new Map<string, Figures>();
  for (const view of views) {
    const name = nameOf(view) ?? '';
    named.set(name, add(named.get(name) ?? NOTHING, view));
  }
  return named;
};

/** A server's name is a word of its command: what does not look like a name is not kept. */
const SERVER_NAME = /^[@\p{L}\p{N}][\p{L}\p{N}@._+-]{0,63}$/u;
const serverName = ({ name }: ProcessView): string => (SERVER_NAME.test(name) ? name : '');

const ofTree = ({ tree }: ProcessView): Figures => ({
  memoryBytes: tree.memoryBytes,
  cpuPercent: tree.cpuPercent,
  processes: tree.count,
});

/** What is to be written down of a look that stands for `coveredMs`. */
export const sampleOf = (snapshot: Snapshot, coveredMs: number): LookSample => {
  const { processes, host, takenAtMs, complete } = snapshot;
  const byId = new Map(processes.map((view) => [keyId(view.key), view]));
  const sessions = processes.filter(({ kind }) => isSessionKind(kind));
  const owned = processes.filter((view) => isSessionKind(rootOf(view, byId).kind));
  return {
    atMs: takenAtMs,
    coveredMs,
    complete,
    total: sumOf(processes),
    sessions: { ...sumOf(owned), processes: sessions.length },
    leftOver: sumOf(processes.filter(({ leftOver }) => leftOver === 'yes')),
    host: {
      availableBytes:
        host.memoryTotalBytes === null || host.memoryUsedBytes === null ? null : Math.max(0, host.memoryTotalBytes - host.memoryUsedBytes),
      cpuPercent: host.cpuPercent,
    },
    users: tally(processes, ({ user }) => user),
    kinds: tally(processes, ({ kind }) => kind),
    projects: tally(processes, (view) => groupName(view, rootOf(view, byId), 'project')),
    servers: tally(
      processes.filter(({ kind }) => kind === 'mcp-server'),
      serverName,
    ),
    lives: sessions.map((view) => ({
      key: view.key,
      user: view.user ?? '',
      project: groupName(view, view, 'project') ?? '',
      kind: view.kind,
      startedAtMs: view.startedAtMs ?? takenAtMs,
      figures: ofTree(view),
    })),
    states: statesOf(snapshot),
  };
};
