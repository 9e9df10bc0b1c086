import { isDead, isSession } from './end-plan.js';
import { isLiveSession } from './limits.js';
import { keyId } from './process-key.js';
import type { ProcessView, Snapshot } from './types.js';

/** What is remembered of rows from look to look, to see what only time shows: times are policy times in ms. */
export interface Watches {
  /** Since when a process has been hot, and what its session was doing all the while. */
  readonly hot: ReadonlyMap<string, { readonly sinceT: number; readonly doing: string }>;
  /** Memory of session trees, a value a minute. */
  readonly memory: ReadonlyMap<string, readonly Sample[]>;
}

interface Sample {
  readonly t: number;
  readonly bytes: number;
}

export const NO_WATCHES: Watches = { hot: new Map(), memory: new Map() };

/** Percent of a core. */
const HOT_PERCENT = 80;
export const RUNAWAY_MS = 5 * 60_000;
const SAMPLE_MS = 60_000;
const MOST_SAMPLES = 31;
const GROWTH_SPAN_MS = 10 * 60_000;
const GROWTH_BYTES = 64 * 1_048_576;
/** Of the steps, how many may go down: a leak climbs, work goes up and down. */
const MOST_FALLS = 0.2;
const FAR_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;

/** Whether a process keeps most of a core busy. */
export const isHot = ({ cpuPercent }: Pick<ProcessView, 'cpuPercent'>): boolean => cpuPercent !== null && cpuPercent >= HOT_PERCENT;

/** When the transcripts of sessions were last written, wall ms, by key id; of those that are not there nobody knows. */
export type Written = ReadonlyMap<string, number>;

/**
 * What a process's session is doing, as a word that changes when it does. Null where it may be at work on purpose: a session is
 * busy for as long as its answer takes, and only its transcript tells; what its tools do is theirs.
 */
const doingOf = (view: ProcessView, session: ProcessView | null, written: Written): string | null => {
  if (session === null) return 'nobody';
  if (view.leftOver === 'yes') return 'left over';
  const { activity, activeSinceMs } = session;
  if (activity !== 'busy' && activity !== 'shell') return `${activity} ${activeSinceMs ?? ''}`;
  const atMs = view === session ? written.get(keyId(session.key)) : undefined;
  return atMs === undefined ? null : `${activity} ${activeSinceMs ?? ''} ${atMs}`;
};

const sample = (before: readonly Sample[] | undefined, t: number, bytes: number): readonly Sample[] => {
  if (before === undefined) return [{ t, bytes }];
  const last = before.at(-1);
  return last !== undefined && t - last.t < SAMPLE_MS ? before : [...before, { t, bytes }].slice(-MOST_SAMPLES);
};

const NOBODY_KNOWS: Written = new Map();

/** The watches after one more look at policy time `t`. */
export const watch = (before: Watches, snapshot: Snapshot, t: number, written: Written = NOBODY_KNOWS): Watches => {
  const hot = new Map<string, { readonly sinceT: number; readonly doing: string }>();
  const memory = new Map<string, readonly Sample[]>();
  let byId: ReadonlyMap<string, ProcessView> | null = null;
  const sessionOf = (view: ProcessView): ProcessView | null => {
    if (isSession(view)) return view;
    if (view.owner === null) return null;
    byId ??= new Map(snapshot.processes.map((one) => [keyId(one.key), one]));
    return byId.get(keyId(view.owner)) ?? null;
  };
  for (const view of snapshot.processes) {
    if (isDead(view)) continue;
    if (view.owner === null && isLiveSession(view) && view.tree.memoryBytes !== null) {
      const id = keyId(view.key);
      memory.set(id, sample(before.memory.get(id), t, view.tree.memoryBytes));
    }
    if (view.cpuPercent === null || isHot(view)) {
      const id = keyId(view.key);
      const kept = before.hot.get(id);
      // A look without rates says neither hot nor cold.
      if (view.cpuPercent === null && kept === undefined) continue;
      const doing = doingOf(view, sessionOf(view), written);
      if (doing !== null) hot.set(id, kept?.doing === doing ? kept : { sinceT: t, doing });
    }
  }
  return { hot, memory };
};

/** For how long a process has been hot while nothing changed, ms; null = it is no runaway. */
export const runawayMs = (watches: Watches, id: string, t: number): number | null => {
  const hot = watches.hot.get(id);
  return hot !== undefined && t - hot.sinceT >= RUNAWAY_MS ? t - hot.sinceT : null;
};

export interface Growth {
  readonly bytesPerHour: number;
  /** Until the limit is reached; 0 = it is over it. */
  readonly msToLimit: number;
}

/** How fast a session tree grows, and when it will be at its limit; null = it does not grow steadily, or the limit is a day away. */
export const growthOf = (watches: Watches, id: string, limitBytes: number): Growth | null => {
  const samples = watches.memory.get(id) ?? [];
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || last.t - first.t < GROWTH_SPAN_MS || last.bytes - first.bytes < GROWTH_BYTES) return null;
  let falls = 0;
  let [sumT, sumB, sumTT, sumTB] = [0, 0, 0, 0];
  let before = first;
  for (const one of samples) {
    if (one.bytes < before.bytes) falls += 1;
    before = one;
    const x = one.t - first.t;
    sumT += x;
    sumB += one.bytes;
    sumTT += x * x;
    sumTB += x * one.bytes;
  }
  const n = samples.length;
  const slope = (n * sumTB - sumT * sumB) / (n * sumTT - sumT * sumT);
  if (falls > (n - 1) * MOST_FALLS || !(slope > 0)) return null;
  const msToLimit = Math.max(0, (limitBytes - last.bytes) / slope);
  return msToLimit > FAR_MS ? null : { bytesPerHour: slope * HOUR_MS, msToLimit };
};
