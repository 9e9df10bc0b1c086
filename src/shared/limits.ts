import type { Config } from './config.js';
import { isDead, isSession } from './end-plan.js';
import { keyId } from './process-key.js';
import type { ProcessKey, ProcessView, Snapshot } from './types.js';

/** What is measured: a session tree's memory, CPU and run time, how many sessions a user has, what memory the host has left. */
export const METRICS = ['memory', 'cpu', 'sessions', 'runtime', 'available'] as const;
export type Metric = (typeof METRICS)[number];

/** One measured value at one look. */
export interface Measure {
  readonly metric: Metric;
  /** Names whom it is about from look to look: a process key, a uid, or the host. */
  readonly id: string;
  /** Null for users and the host. */
  readonly key: ProcessKey | null;
  readonly uid: number | null;
  readonly user: string | null;
  readonly name: string;
  /** Bytes, percent of a core, sessions or hours. */
  readonly value: number;
  /** The lower one of the global threshold and the user's own limit. */
  readonly limit: number;
  /** The limit in the user's own row or in "default": what can be enforced; null = none. */
  readonly own: number | null;
}

/** How long a value has been over its limit. */
export interface Watched {
  /** Looks in a row, counted up to NEEDED_LOOKS. */
  readonly looks: number;
  readonly ownLooks: number;
  readonly firing: boolean;
}

/** So many looks in a row make a crossing one. */
export const NEEDED_LOOKS = 3;
/** It is over only when the value is this much on the good side of the limit. */
const HYSTERESIS = 0.1;
const MEGABYTE = 1_048_576;
const HOUR_MS = 3_600_000;
const NEW: Watched = { looks: 0, ownLooks: 0, firing: false };

const isOver = (metric: Metric, value: number, limit: number): boolean => (metric === 'available' ? value < limit : value > limit);

const isClear = ({ metric, value, limit }: Measure): boolean => {
  if (metric === 'available') return value >= limit * (1 + HYSTERESIS);
  // A tenth of a few sessions is less than one.
  if (metric === 'sessions') return value <= limit - Math.floor(limit * HYSTERESIS);
  return value < limit * (1 - HYSTERESIS);
};

export interface OwnLimits {
  readonly memoryBytes: number | null;
  readonly cpuPercent: number | null;
  readonly sessions: number | null;
  readonly hours: number | null;
  readonly enforce: 'alert' | 'end';
}

/** The limits that a user's row or the "default" row sets; null where neither does. */
export const ownLimitsOf = (config: Pick<Config, 'user_limits'>, user: string | null): OwnLimits => {
  const { user_limits: rows } = config;
  const row = user !== null && Object.hasOwn(rows, user) ? rows[user] : undefined;
  const fallback = Object.hasOwn(rows, 'default') ? rows.default : undefined;
  const mb = row?.memory_limit_mb ?? fallback?.memory_limit_mb;
  return {
    memoryBytes: mb === undefined ? null : mb * MEGABYTE,
    cpuPercent: row?.cpu_limit_percent ?? fallback?.cpu_limit_percent ?? null,
    sessions: row?.max_processes ?? fallback?.max_processes ?? null,
    hours: row?.max_runtime_hours ?? fallback?.max_runtime_hours ?? null,
    enforce: row?.enforce ?? fallback?.enforce ?? 'alert',
  };
};

const lower = (a: number, b: number | null): number => (b === null ? a : Math.min(a, b));

/** A row with a conversation that runs: what limits are about. */
export const isLiveSession = (view: ProcessView): boolean => isSession(view) && !isDead(view);

/** For each metric, by the id of whom it is about. */
export type WatchedMap = ReadonlyMap<Metric, ReadonlyMap<string, Watched>>;

export interface Measured {
  /** What is over a limit now, or was: everything else is of no interest to anybody. What could not be read is not there. */
  readonly measures: readonly Measure[];
  /** The session with the most memory. */
  readonly biggest: ProcessView | null;
  /** Whether one that was watched is still there, be it that it could not be measured. */
  readonly isThere: (id: string) => boolean;
}

/** Takes a look's measures; `before` = who was watched until now. Runs over every session at every look, hence the plain loop. */
export const measure = (snapshot: Snapshot, config: Config, before: WatchedMap): Measured => {
  const { global_settings: global } = config;
  const memoryLimit = global.alert_memory_threshold_mb * MEGABYTE;
  const measures: Measure[] = [];
  const limits = new Map<string | null, OwnLimits>();
  const users = new Map<number | null, { count: number; readonly user: string | null }>();
  const ids = new Set<string>();
  let biggest: ProcessView | null = null;
  const limitsOf = (user: string | null): OwnLimits => {
    const known = limits.get(user);
    if (known) return known;
    const found = ownLimitsOf(config, user);
    limits.set(user, found);
    return found;
  };
  const take = (view: ProcessView, id: string, metric: Metric, value: number, limit: number, own: number | null): void => {
    if (!isOver(metric, value, limit) && before.get(metric)?.has(id) !== true) return;
    const { key, uid, user, name } = view;
    measures.push({ metric, id, key, uid, user, name, value, limit, own });
  };
  for (const view of snapshot.processes) {
    if (!isLiveSession(view)) continue;
    const { uid, user, tree } = view;
    const mine = users.get(uid);
    if (mine) mine.count += 1;
    else users.set(uid, { count: 1, user });
    if (view.owner !== null) continue;
    const own = limitsOf(user);
    const id = keyId(view.key);
    ids.add(id);
    if (tree.memoryBytes !== null) {
      if (tree.memoryBytes > (biggest?.tree.memoryBytes ?? 0)) biggest = view;
      take(view, id, 'memory', tree.memoryBytes, lower(memoryLimit, own.memoryBytes), own.memoryBytes);
    }
    if (tree.cpuPercent !== null)
      take(view, id, 'cpu', tree.cpuPercent, lower(global.alert_cpu_threshold_percent, own.cpuPercent), own.cpuPercent);
    if (own.hours !== null && view.startedAtMs !== null)
      take(view, id, 'runtime', Math.max(0, snapshot.takenAtMs - view.startedAtMs) / HOUR_MS, own.hours, own.hours);
  }
  for (const [uid, { count, user }] of users) {
    const own = limitsOf(user).sessions;
    const limit = lower(global.max_processes_per_user, own);
    const id = String(uid);
    ids.add(id);
    if (!isOver('sessions', count, limit) && before.get('sessions')?.has(id) !== true) continue;
    const name = user ?? (uid === null ? '?' : id);
    measures.push({ metric: 'sessions', id, key: null, uid, user, name, value: count, limit, own });
  }
  const { memoryTotalBytes: total, memoryUsedBytes: used, hostName } = snapshot.host;
  const least = global.alert_available_memory_mb * MEGABYTE;
  if (total !== null && used !== null && least > 0) {
    const value = Math.max(0, total - used);
    measures.push({ metric: 'available', id: 'host', key: null, uid: null, user: null, name: hostName, value, limit: least, own: null });
  }
  return { measures, biggest, isThere: (id) => ids.has(id) };
};

const step = (before: Watched, one: Measure): Watched | null => {
  const { metric, value, limit, own } = one;
  const looks = isOver(metric, value, limit) ? Math.min(NEEDED_LOOKS, before.looks + 1) : 0;
  const ownLooks = own !== null && isOver(metric, value, own) ? Math.min(NEEDED_LOOKS, before.ownLooks + 1) : 0;
  const firing = before.firing ? !isClear(one) : looks >= NEEDED_LOOKS;
  return looks === 0 && ownLooks === 0 && !firing ? null : { looks, ownLooks, firing };
};

/** What is known of a measure from look to look. */
export const watchedOf = (watched: WatchedMap, { metric, id }: Pick<Measure, 'metric' | 'id'>): Watched | undefined =>
  watched.get(metric)?.get(id);

/** The watched after one more look; who could not be measured keeps its place while it is there. */
export const watchLimits = (before: WatchedMap, { measures, isThere }: Measured): WatchedMap => {
  const after = new Map<Metric, Map<string, Watched>>();
  const put = (metric: Metric, id: string, watched: Watched): void => {
    const mine = after.get(metric);
    if (mine) mine.set(id, watched);
    else after.set(metric, new Map([[id, watched]]));
  };
  const measured = new Set<string>();
  for (const one of measures) {
    measured.add(`${one.metric} ${one.id}`);
    const next = step(watchedOf(before, one) ?? NEW, one);
    if (next) put(one.metric, one.id, next);
  }
  for (const [metric, mine] of before)
    for (const [id, watched] of mine) if (!measured.has(`${metric} ${id}`) && isThere(id)) put(metric, id, { ...watched, ownLooks: 0 });
  return after;
};

/** Whether anything is over a metric's limit for long enough. */
export const isFiring = (watched: WatchedMap, metric: Metric): boolean =>
  [...(watched.get(metric)?.values() ?? [])].some(({ firing }) => firing);
