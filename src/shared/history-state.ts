import { isDead, isPossibleOrphan, isSession } from './end-plan.js';
import type { Kind, ProcessKey, ProcessView, SessionFacts, Snapshot } from './types.js';

/**
 * What a look says of a session or a left-over that decides whether automatic cleanup may end it. It is kept as spans of time in
 * which nothing of it changed, so that other settings can be tried on the past (rehearsal.ts). No name, no command line.
 */
export interface StateSample {
  readonly key: ProcessKey;
  readonly uid: number | null;
  /** '' = unknown. */
  readonly user: string;
  readonly project: string;
  readonly kind: Kind;
  readonly startedAtMs: number | null;
  readonly leftOver: 'yes' | 'possible' | 'no';
  /** Busy, waiting and in a shell are one: no rule tells them apart, and no setting counts less than a minute as idle. */
  readonly activity: 'work' | 'idle' | 'unknown';
  /** Since when it is idle by its own record, wall ms; null where it is not. */
  readonly idleSinceMs: number | null;
  /** It has a terminal, or may have one. */
  readonly attached: boolean;
  /** Refused then for a reason that cannot be found again from what is kept: a rule by name, project or owner, ourselves. */
  readonly kept: boolean;
  /** Of its tree. */
  readonly memoryBytes: number | null;
}

/** A state for as long as it lasted, wall ms. */
export interface StateSpan extends StateSample {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Which states a question needs: of one uid or any; and of those who are not left over, all, the idle ones, or none. */
export interface WantedStates {
  readonly uid: number | 'any';
  readonly others: 'all' | 'idle' | 'none';
  /** The idle ones only where, by the end of the state, they are so old and have been idle for so long, ms. */
  readonly agedMs: number;
  readonly idleMs: number;
}
export const EVERY_STATE: WantedStates = { uid: 'any', others: 'all', agedMs: 0, idleMs: 0 };

/** The least that `min_idle_minutes` can be. */
const LEAST_IDLE_MS = 60_000;
/** Memory that has changed by less is the same. */
const BAND = 1.25;
const KEPT: ReadonlySet<string> = new Set(['protectName', 'protectProject', 'protectOwner', 'self', 'ancestor', 'child', 'readOnly']);

const activityOf = (view: ProcessView, nowMs: number): StateSample['activity'] => {
  switch (view.activity) {
    case 'busy':
    case 'waiting':
    case 'shell':
      return 'work';
    case 'idle':
      if (view.session === null || view.activeSinceMs === null) return 'unknown';
      // For a left-over no time is asked for.
      return view.leftOver === 'yes' || nowMs - view.activeSinceMs >= LEAST_IDLE_MS ? 'idle' : 'work';
    case 'unknown':
    case 'none':
      return 'unknown';
  }
};

const stateOf = (view: ProcessView, nowMs: number): StateSample => {
  const activity = activityOf(view, nowMs);
  return {
    key: view.key,
    uid: view.uid,
    user: view.user ?? '',
    project: view.session?.projectDir ?? view.projectDir ?? '',
    kind: view.kind,
    startedAtMs: view.startedAtMs,
    leftOver: view.leftOver === 'yes' ? 'yes' : isPossibleOrphan(view) ? 'possible' : 'no',
    activity,
    idleSinceMs: activity === 'idle' ? view.activeSinceMs : null,
    attached: view.tty !== '?',
    kept: view.refusal !== null && KEPT.has(view.refusal.id),
    memoryBytes: view.owner === null ? view.tree.memoryBytes : view.memoryBytes,
  };
};

/** The states of all that automatic cleanup might ever end: sessions, and what is left over. */
export const statesOf = ({ processes, takenAtMs }: Pick<Snapshot, 'processes' | 'takenAtMs'>): readonly StateSample[] =>
  processes.flatMap((view) => (!isDead(view) && (isSession(view) || view.leftOver === 'yes') ? [stateOf(view, takenAtMs)] : []));

const isNear = (a: number | null, b: number | null): boolean =>
  a === null || b === null ? a === b : Math.max(a, b) <= Math.min(a, b) * BAND;

/** Whether nothing has changed from one state to the next that could matter to a rule. */
export const isSameState = (a: StateSample, b: StateSample): boolean =>
  a.leftOver === b.leftOver &&
  a.activity === b.activity &&
  a.idleSinceMs === b.idleSinceMs &&
  a.attached === b.attached &&
  a.kept === b.kept &&
  a.kind === b.kind &&
  a.uid === b.uid &&
  a.user === b.user &&
  a.project === b.project &&
  isNear(a.memoryBytes, b.memoryBytes);

/** A record of which only its presence is known. */
const RECORD: SessionFacts = {
  sessionId: '',
  name: null,
  projectDir: null,
  version: null,
  entrypoint: null,
  jobId: null,
  configDir: '',
};

const ACTIVITIES = { work: 'busy', idle: 'idle', unknown: 'unknown' } as const;

/** A state as the row that the rules are made for; what no rule of cleanup asks for is unknown. */
export const viewOfState = (state: StateSample): ProcessView => ({
  key: state.key,
  ppid: null,
  uid: state.uid,
  user: state.user === '' ? null : state.user,
  kind: state.kind,
  kindEvidence: [],
  leftOver: state.leftOver === 'possible' ? 'unknown' : state.leftOver,
  leftOverEvidence: [],
  reparented: state.leftOver !== 'no',
  status: 'normal',
  conditions: [],
  activity: ACTIVITIES[state.activity],
  waitingFor: null,
  activeSinceMs: state.idleSinceMs,
  lastActiveMs: null,
  session: state.activity === 'idle' ? RECORD : null,
  owner: null,
  name: '',
  projectDir: state.project === '' ? null : state.project,
  memoryBytes: state.memoryBytes,
  cpuPercent: null,
  tree: { memoryBytes: state.memoryBytes, cpuPercent: null, count: 1, memoryIsPartial: false },
  limitBytes: null,
  startedAtMs: state.startedAtMs,
  state: null,
  tty: state.attached ? null : '?',
  command: null,
  refusal: null,
});
