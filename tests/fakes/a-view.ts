import type { ActionRequest } from '../../src/shared/api.js';
import type { GuardContext } from '../../src/shared/guard.js';
import type { ProcessKey, ProcessView, Snapshot } from '../../src/shared/types.js';

/** A quiet process of uid 1000, its stamp made of its pid; say only what matters to the test. */
export const aView = (pid: number, over: Partial<ProcessView> = {}): ProcessView => ({
  key: { pid, startedAt: `s${pid}` },
  ppid: 1,
  uid: 1000,
  user: 'dana',
  kind: 'cli-session',
  kindEvidence: [],
  leftOver: 'no',
  leftOverEvidence: [],
  reparented: false,
  status: 'normal',
  conditions: ['normal'],
  activity: 'none',
  waitingFor: null,
  activeSinceMs: null,
  lastActiveMs: null,
  session: null,
  owner: null,
  name: `p${pid}`,
  projectDir: null,
  memoryBytes: 1_048_576,
  cpuPercent: null,
  tree: { memoryBytes: null, cpuPercent: null, count: 1, memoryIsPartial: false },
  limitBytes: null,
  startedAtMs: 1_000,
  state: 'S',
  tty: null,
  command: null,
  refusal: null,
  ...over,
});

/** A guard that runs as pid 900 of uid 1000 below 800 and 1. */
export const aGuard = (over: Partial<GuardContext> = {}): GuardContext => ({
  selfPid: 900,
  selfUid: 1000,
  isRoot: false,
  ancestorPids: new Set([800, 1]),
  childPids: new Set([901, 902]),
  protectRules: [],
  ...over,
});

/** A complete snapshot of these processes. */
export const aSnapshot = (processes: readonly ProcessView[]): Snapshot => ({
  sequence: 1,
  takenAtMs: 0,
  host: { hostName: '', osName: '', memoryTotalBytes: null, memoryUsedBytes: null, cores: 2, load1: null, cpuPercent: null },
  totals: { processes: processes.length, sessions: 0, memoryBytes: 0, memoryIsPartial: false, cpuPercent: null, unreadable: 0 },
  processes,
  complete: true,
});

/** A request to end processes chosen one by one. */
export const toEnd = (keys: readonly ProcessKey[], force = false): ActionRequest => ({
  verb: 'end',
  scope: { type: 'keys', keys },
  force,
  priority: null,
  minAgeMinutes: null,
  elevated: false,
});
