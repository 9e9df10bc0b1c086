import type { Cause } from './cleanup-selection.js';
import { AUTO_MIN_AGE_MINUTES } from './cleanup-selection.js';
import type { Config } from './config.js';
import type { GuardContext } from './guard.js';
import { guardRules } from './guard.js';
import type { StateSpan, WantedStates } from './history-state.js';
import { viewOfState } from './history-state.js';
import type { Metric, WatchedMap } from './limits.js';
import { measure, NEEDED_LOOKS, ownLimitsOf, watchLimits } from './limits.js';
import type { PolicyState } from './policy.js';
import { createPolicyState, dueRun, spentAt } from './policy.js';
import { keyId } from './process-key.js';
import type { Kind, ProcessView, Snapshot } from './types.js';

/** One that would have been ended: no name, for none is kept. */
export interface RehearsedEnd {
  /** Of the run that would have taken it, wall ms. */
  readonly atMs: number;
  readonly pid: number;
  readonly user: string | null;
  readonly project: string | null;
  readonly kind: Kind;
  readonly startedAtMs: number | null;
  readonly idleSinceMs: number | null;
  readonly cause: Cause;
  readonly metric: Metric | null;
  readonly memoryBytes: number | null;
}

/** What the rehearsal cannot know; words below "rehearsal.unjudged" in the locales. */
export type Unjudged = 'resumable' | 'cpu' | 'names' | 'kept';

/** What automatic cleanup with some settings would have ended in a span of the past. */
export interface Rehearsal {
  readonly fromMs: number;
  readonly toMs: number;
  /** Since when states are kept; null = nothing yet. Later than `fromMs`: only that much of the span was tried. */
  readonly sinceMs: number | null;
  /** With these settings, a run ends (automatic), asks first, or only reports what it found; off = there are no runs. */
  readonly mode: 'off' | Config['global_settings']['auto_cleanup_mode'];
  /** In the order of time; at most MOST_LINES, `count` says how many there are. */
  readonly ends: readonly RehearsedEnd[];
  readonly count: number;
  readonly byCause: Readonly<Record<Cause, number>>;
  /** All of them, by the hour in which each would have been ended (its beginning, wall ms); hours without any are not there. */
  readonly hours: readonly (Readonly<Record<Cause, number>> & { readonly atMs: number })[];
  /** What they had; a lower bound where some of it could not be read. */
  readonly freedBytes: number;
  readonly unjudged: readonly Unjudged[];
}

export interface RehearsalSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly sinceMs: number | null;
  readonly selfUid: number;
}

export const MOST_LINES = 500;
export const MOST_REHEARSED_DAYS = 7;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Limits are looked at so often here; in life at every look. */
const LIMITS_EVERY_MS = 5 * MINUTE_MS;
/** Pids and stamps come again after a restart of the machine. */
const SAME_START_MS = 120_000;

const snapshotOf = (processes: readonly ProcessView[], takenAtMs: number): Snapshot => ({
  sequence: 0,
  takenAtMs,
  host: {
    ...{ hostName: '', osName: '', memoryTotalBytes: null, memoryUsedBytes: null, cores: 1, load1: null, cpuPercent: null },
  },
  totals: { processes: 0, sessions: 0, memoryBytes: 0, memoryIsPartial: false, cpuPercent: null, unreadable: 0 },
  processes,
  complete: true,
});

/** All that is over its own limit, as if it had been so for as many looks as are asked for. */
const watchedAt = (measured: ReturnType<typeof measure>): WatchedMap => {
  let watched: WatchedMap = new Map();
  for (let look = 0; look < NEEDED_LOOKS; look++) watched = watchLimits(watched, measured);
  return watched;
};

/** The first moment after `t` at which anything is due; everything is so at multiples of its interval. */
const nextStep = (t: number, everyMs: readonly number[]): number =>
  Math.min(...everyMs.map((every) => (Math.floor(t / every) + 1) * every));

/** Whether any row of the limits asks for an end. */
const enforcesAny = ({ user_limits: rows }: Config): boolean => Object.values(rows).some((row) => row?.enforce === 'end');

/** The states that a rehearsal of some settings can take anybody from: nobody else's, and where no limit is enforced, nobody at work. */
export const statesFor = (config: Config, selfUid: number): WantedStates => ({
  uid: selfUid === 0 && config.global_settings.cleanup_scope === 'all' ? 'any' : selfUid,
  others: enforcesAny(config) ? 'all' : config.global_settings.auto_cleanup_old_enabled ? 'idle' : 'none',
  agedMs: config.global_settings.max_process_age_hours * HOUR_MS,
  idleMs: config.global_settings.min_idle_minutes * MINUTE_MS,
});

/**
 * Before this moment of its span no run takes a row for being left over or old, whatever else is so; from then on the policy judges it.
 * It costs a sum where the policy's own answer at every step of a week would cost hundreds of milliseconds.
 */
const ripeMs = (one: StateSpan, { global_settings: settings }: Config): number => {
  if (one.startedAtMs === null) return Number.POSITIVE_INFINITY;
  const oldEnoughMs = one.startedAtMs + AUTO_MIN_AGE_MINUTES * MINUTE_MS;
  if (one.leftOver === 'yes' && settings.orphan_cleanup_enabled) return oldEnoughMs;
  if (!settings.auto_cleanup_old_enabled || one.idleSinceMs === null) return Number.POSITIVE_INFINITY;
  const oldMs = one.startedAtMs + settings.max_process_age_hours * HOUR_MS;
  return Math.max(oldEnoughMs, oldMs, one.idleSinceMs + settings.min_idle_minutes * MINUTE_MS);
};

const countOf = (ends: readonly RehearsedEnd[]): Readonly<Record<Cause, number>> => {
  const counts = { orphan: 0, old: 0, limit: 0 };
  for (const { cause } of ends) counts[cause] += 1;
  return counts;
};

const hoursOf = (ends: readonly RehearsedEnd[]): Rehearsal['hours'] => {
  const hours = new Map<number, RehearsedEnd[]>();
  for (const end of ends) {
    const hour = Math.floor(end.atMs / HOUR_MS) * HOUR_MS;
    const known = hours.get(hour);
    if (known) known.push(end);
    else hours.set(hour, [end]);
  }
  return [...hours].map(([atMs, some]) => ({ atMs, ...countOf(some) }));
};

const unjudgedOf = (spans: readonly StateSpan[], config: Config, enforced: ReadonlySet<string>): readonly Unjudged[] => [
  ...(config.global_settings.auto_cleanup_old_enabled || enforced.size > 0 ? (['resumable'] as const) : []),
  ...([...enforced].some((user) => ownLimitsOf(config, user).cpuPercent !== null) ? (['cpu'] as const) : []),
  ...(config.protect_rules.some(({ by }) => by === 'name') ? (['names'] as const) : []),
  ...(spans.some(({ kept }) => kept) ? (['kept'] as const) : []),
];

/**
 * Tries settings on the past: the policy's own runs over the states that were recorded, at the interval of automatic cleanup and,
 * where limits are enforced, every five minutes. Steps at which nobody could be taken are passed over. What a run takes is gone from then on. It counts as if every run had been carried out.
 */
export const rehearsePast = (spans: readonly StateSpan[], config: Config, span: RehearsalSpan): Rehearsal => {
  const { fromMs, toMs, sinceMs, selfUid } = span;
  const settings = config.global_settings;
  const guard: GuardContext = {
    ...{ selfPid: 0, selfUid, isRoot: selfUid === 0, ancestorPids: new Set<number>(), childPids: new Set<number>() },
    ...guardRules(config),
  };
  const enforced = new Set(
    spans.map(({ user }) => user).filter((user) => ownLimitsOf(config, user === '' ? null : user).enforce === 'end'),
  );
  const rows = spans
    .flatMap((one) => {
      // At the moment in which a span begins it is not there yet.
      const ripeAtMs = Math.max(one.fromMs + 1, one.kept ? Number.POSITIVE_INFINITY : ripeMs(one, config));
      // Whose limits are enforced counts for them, be he at work.
      const countsAtMs = enforced.has(one.user) ? one.fromMs + 1 : ripeAtMs;
      return countsAtMs > Math.min(one.toMs, toMs) ? [] : [{ one, view: viewOfState(one), ripeAtMs, countsAtMs }];
    })
    .toSorted((a, b) => a.countsAtMs - b.countsAtMs);

  const gone = new Map<string, number | null>();
  const isGone = ({ key, startedAtMs }: ProcessView): boolean => {
    const before = gone.get(keyId(key));
    if (before === undefined) return false;
    return before === null || startedAtMs === null || Math.abs(before - startedAtMs) <= SAME_START_MS;
  };
  const ends: RehearsedEnd[] = [];
  let state: PolicyState = createPolicyState();
  let alive: (typeof rows)[number][] = [];
  let next = 0;
  // Switched off, it enforces no limit either.
  const mode = settings.read_only || !settings.auto_cleanup_enabled ? 'off' : settings.auto_cleanup_mode;
  const intervalMs = settings.auto_cleanup_interval_minutes * MINUTE_MS;
  const everyMs = [intervalMs, ...(enforced.size > 0 ? [LIMITS_EVERY_MS] : [])];
  const lengthMs = mode === 'off' ? 0 : toMs - fromMs;
  for (let t = nextStep(0, everyMs); t <= lengthMs; t = nextStep(t, everyMs)) {
    const atMs = fromMs + t;
    for (let row = rows[next]; row !== undefined && row.countsAtMs <= atMs; row = rows[next]) {
      next += 1;
      alive.push(row);
    }
    alive = alive.filter(({ one, view }) => one.toMs >= atMs && !isGone(view));
    const someRipe = alive.some((row) => row.ripeAtMs <= atMs);
    const limitsDue = enforced.size > 0 && t % LIMITS_EVERY_MS === 0;
    const snapshot = snapshotOf(someRipe || limitsDue ? alive.map(({ view }) => view) : [], atMs);
    const measured = limitsDue ? measure(snapshot, config, new Map()) : null;
    if (!someRipe && measured?.measures.some(({ own }) => own !== null) !== true) {
      // A run that finds nobody is a run.
      if (t - state.ranAt >= intervalMs) state = { ...state, ranAt: t };
      continue;
    }
    // A rule that was in force then is not known by its text any more: whom it kept is kept like a child of ours.
    const kept = new Set(alive.filter(({ one }) => one.kept).map(({ one }) => one.key.pid));
    const now: PolicyState = { ...state, t, watched: measured === null ? new Map() : watchedAt(measured), spent: spentAt(state.spent, t) };
    const context = { guard: { ...guard, childPids: kept }, mode: 'automatic', busy: false } as const;
    const first = dueRun(now, snapshot, config, context, measured?.measures ?? []);
    // Where a limit could end nobody it is let be until the next try, and the next look's run is that of the interval.
    const inVain = first.run?.reason === 'limit' && first.run.intents.length === 0;
    const { run, ranAt, enforcedUntil } = inVain
      ? dueRun({ ...now, enforcedUntil: first.enforcedUntil }, snapshot, config, context, [])
      : first;
    const intents = run?.intents ?? [];
    state = { ...now, ranAt, enforcedUntil, spent: [...now.spent, ...intents.map(() => t)] };
    for (const { key, user, kind, startedAtMs, idleSinceMs, memoryBytes, cause, metric } of intents) {
      gone.set(keyId(key), startedAtMs);
      const project = alive.find(({ view }) => keyId(view.key) === keyId(key))?.view.projectDir ?? null;
      ends.push({ atMs, pid: key.pid, user, project, kind, startedAtMs, idleSinceMs, cause, metric, memoryBytes });
    }
  }
  return {
    ...{ fromMs, toMs, sinceMs },
    mode,
    ends: ends.slice(0, MOST_LINES),
    count: ends.length,
    byCause: countOf(ends),
    hours: hoursOf(ends),
    freedBytes: ends.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0),
    unjudged: unjudgedOf(spans, config, enforced),
  };
};
