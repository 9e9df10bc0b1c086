import type { AlertEvent, AlertState } from './alerts.js';
import { NO_ALERTS, stepAlerts } from './alerts.js';
import type { PreviewExcluded } from './api.js';
import type { Candidate, Selection } from './cleanup-selection.js';
import { selectCleanup, selectOverLimit } from './cleanup-selection.js';
import type { Config } from './config.js';
import type { Finding } from './findings.js';
import { findingsOf } from './findings.js';
import type { GuardContext } from './guard.js';
import type { Measure, WatchedMap } from './limits.js';
import { isFiring, measure, watchedOf, watchLimits } from './limits.js';
import { keyId } from './process-key.js';
import type { Snapshot } from './types.js';
import type { Watches, Written } from './watches.js';
import { NO_WATCHES, watch } from './watches.js';

/**
 * The policy: a reducer over looks. It keeps a time of its own, the sum of the gaps between looks, none of them negative or longer
 * than MOST_GAP_MS: a clock that is set forward, or a machine that slept, lifts no cap and ends no cooldown.
 */
export interface PolicyState {
  readonly t: number;
  /** The clock at the last look: the one that only goes forward where the caller gives it, else the wall's. */
  readonly lastLookMs: number | null;
  readonly watched: WatchedMap;
  readonly watches: Watches;
  readonly alerts: AlertState;
  /** Policy time from which the interval of automatic cleanup counts. */
  readonly ranAt: number;
  /** Policy times at which intents were given out, an hour back. */
  readonly spent: readonly number[];
  /** Until when a user's, or a session's, crossed limit is not looked at again. */
  readonly enforcedUntil: ReadonlyMap<string, number>;
}

export interface PolicyContext {
  readonly guard: GuardContext;
  /** What a run may come to: nothing, a report, a question, an end. Off when read-only, paused or stopped. */
  readonly mode: 'off' | 'report' | 'ask' | 'automatic';
  /** A run is being announced or carried out: there is no second one beside it. */
  readonly busy: boolean;
  /** When the transcripts of hot, busy sessions were last written. */
  readonly writtenMs?: Written;
  /** A clock that only goes forward, ms; absent = the look's own wall clock. */
  readonly monotonicMs?: number;
}

/** A run's list. It is a wish: whoever carries it out may refuse any of it. */
export interface Run {
  readonly reason: 'interval' | 'limit';
  readonly mode: Exclude<PolicyContext['mode'], 'off'>;
  readonly intents: readonly Candidate[];
  readonly skips: readonly PreviewExcluded[];
}

export interface Evaluation {
  readonly state: PolicyState;
  readonly alerts: readonly AlertEvent[];
  readonly findings: readonly Finding[];
  /** Null: no run is due. */
  readonly run: Run | null;
}

const MOST_GAP_MS = 120_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
export const ENDS_PER_HOUR = 20;
const ENFORCE_COOLDOWN_MS = 15 * MINUTE_MS;
/** Where nobody could be ended for a limit, so long until the next try. */
const ENFORCE_RETRY_MS = MINUTE_MS;

/** A policy that has seen nothing; `spentAgesMs`: how long ago the ends of the last hour were, for the cap outlives restarts. */
export const createPolicyState = (spentAgesMs: readonly number[] = []): PolicyState => ({
  t: 0,
  lastLookMs: null,
  watched: new Map(),
  watches: NO_WATCHES,
  alerts: NO_ALERTS,
  ranAt: 0,
  spent: spentAgesMs.map((age) => -Math.min(HOUR_MS, Math.max(0, age))),
  enforcedUntil: new Map(),
});

/** What of a selection a run may take: the batch limit, and in automatic mode what is left of the hour. */
const withinCaps = (selection: Selection, config: Config, mode: Run['mode'], spent: number): Omit<Run, 'reason' | 'mode'> => {
  const batch = config.global_settings.auto_cleanup_batch_limit;
  const left = mode === 'automatic' ? Math.max(0, ENDS_PER_HOUR - spent) : ENDS_PER_HOUR;
  const most = Math.min(batch, left);
  const id = batch <= left ? 'autoBatch' : 'autoHour';
  const count = batch <= left ? batch : ENDS_PER_HOUR;
  return {
    intents: selection.candidates.slice(0, most),
    skips: [
      ...selection.skips,
      ...selection.candidates.slice(most).map(({ key, name, kind, user }) => ({
        key,
        name,
        kind,
        user,
        refusal: { reason: 'protected', id, values: { count } } as const,
      })),
    ],
  };
};

/** Those of the ends that were given out that count for the hour's cap. */
export const spentAt = (spent: readonly number[], t: number): readonly number[] => spent.filter((at) => t - at < HOUR_MS);

/** The run that is due, if any; limits come before the interval. Also what a rehearsal on the past asks. */
export const dueRun = (
  state: PolicyState,
  snapshot: Snapshot,
  config: Config,
  { guard, mode, busy }: PolicyContext,
  measures: readonly Measure[],
): { readonly run: Run | null; readonly ranAt: number; readonly enforcedUntil: PolicyState['enforcedUntil'] } => {
  const { t, ranAt, spent } = state;
  const settings = config.global_settings;
  const enforcedUntil = new Map([...state.enforcedUntil].filter(([, until]) => t < until));
  if (mode === 'off' || busy || settings.read_only) return { run: null, ranAt, enforcedUntil };
  const idOf = ({ metric, id }: Measure): string => `${metric} ${id}`;
  const over = selectOverLimit(snapshot, config, guard, measures, state.watched, (one) => !enforcedUntil.has(idOf(one)));
  for (const one of over.looked) enforcedUntil.set(idOf(one.measure), t + (one.found ? ENFORCE_COOLDOWN_MS : ENFORCE_RETRY_MS));
  if (over.looked.length > 0)
    return { run: { reason: 'limit', mode, ...withinCaps(over, config, mode, spent.length) }, ranAt, enforcedUntil };
  if (!settings.auto_cleanup_enabled) return { run: null, ranAt: t, enforcedUntil };
  if (t - ranAt < settings.auto_cleanup_interval_minutes * MINUTE_MS) return { run: null, ranAt, enforcedUntil };
  const capped = withinCaps(selectCleanup(snapshot, config, guard), config, mode, spent.length);
  return { run: { reason: 'interval', mode, ...capped }, ranAt: t, enforcedUntil };
};

/** One look: what is found, what is to be told, and whether a run is due. Never acts, and knows no clock but the look's. */
export const evaluate = (before: PolicyState, snapshot: Snapshot, config: Config, context: PolicyContext): Evaluation => {
  const lookMs = context.monotonicMs ?? snapshot.takenAtMs;
  const gap = before.lastLookMs === null ? 0 : lookMs - before.lastLookMs;
  const t = before.t + Math.min(MOST_GAP_MS, Math.max(0, gap));
  const measured = measure(snapshot, config, before.watched);
  const watched = watchLimits(before.watched, measured);
  const firing = measured.measures.filter((one) => watchedOf(watched, one)?.firing === true);
  const watches = watch(before.watches, snapshot, t, context.writtenMs);
  const findings = findingsOf(snapshot, firing, watches, t);

  const told = stepAlerts(before.alerts, {
    t,
    enabled: config.global_settings.alerts_enabled,
    firing,
    holds: (rule) => isFiring(watched, rule),
    biggest: measured.biggest,
    startOf: (id) => snapshot.processes.find((view) => keyId(view.key) === id)?.startedAtMs ?? null,
  });

  const now: PolicyState = {
    ...before,
    t,
    lastLookMs: lookMs,
    watched,
    watches,
    alerts: told.state,
    spent: spentAt(before.spent, t),
  };
  const { run, ranAt, enforcedUntil } = dueRun(now, snapshot, config, context, measured.measures);
  const ends = run?.mode === 'automatic' ? run.intents.length : 0;
  const spent = ends === 0 ? now.spent : [...now.spent, ...Array.from({ length: ends }, () => t)];
  return { state: { ...now, ranAt, enforcedUntil, spent }, alerts: told.events, findings, run };
};

/** What automatic cleanup would end by what this look shows, were a run due; the same rules and limits. */
export const rehearse = (snapshot: Snapshot, config: Config, guard: GuardContext): Omit<Run, 'reason' | 'mode'> =>
  withinCaps(selectCleanup(snapshot, config, guard), config, 'report', 0);

/** A row that a run leaves alone though it was on its list. */
export const skippedAs = (candidate: Candidate, refusal: PreviewExcluded['refusal']): PreviewExcluded => ({
  key: candidate.key,
  name: candidate.name,
  kind: candidate.kind,
  user: candidate.user,
  refusal,
});
