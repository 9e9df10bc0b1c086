import type { LoopState, Trend } from '../shared/api.js';
import { keyId } from '../shared/process-key.js';
import { grow, trendPoint } from '../shared/trend.js';
import type { Look, Looker } from './look.js';

/** Sparklines show five minutes; more points than this are not told apart in 64 px. */
const TREND_MS = 300_000;
const TREND_POINTS = 60;
const HIDDEN_FACTOR = 3;
/** Nobody watches and every look costs charge. */
const HIDDEN_ON_BATTERY_FACTOR = 6;
const BACKOFF_LIMIT_MS = 60_000;
/** News are looked at so soon, all that come meanwhile together; and however many come, not sooner after the last look than this. */
const NEWS_MS = 300;
const NEWS_GAP_MS = 2_000;

export interface MonitorState {
  readonly look: Look | null;
  readonly loop: LoopState;
  readonly trends: Readonly<Record<string, Trend>>;
}

export interface Monitor {
  readonly state: () => MonitorState;
  /** Called after every look, failed ones too, and after every change of the loop. Returns the way to stop. */
  readonly onChange: (listener: () => void) => () => void;
  readonly start: () => void;
  /** Looks now, out of turn; the countdown starts anew. */
  readonly refresh: () => Promise<void>;
  /** Something changed that a look would show: where somebody watches, the next one comes soon. */
  readonly hear: () => void;
  readonly setInterval: (intervalMs: number, enabled: boolean) => void;
  /** Nobody watches: looks become rarer. */
  readonly setHidden: (hidden: boolean) => void;
  readonly suspend: () => void;
  readonly resume: () => void;
  readonly stop: () => void;
}

export interface MonitorParts {
  readonly looker: Looker;
  readonly intervalMs: number;
  readonly enabled: boolean;
  readonly now: () => number;
  /** Asked only while nobody watches. */
  readonly isOnBattery?: () => boolean;
  readonly onError: (error: unknown) => void;
}

/**
 * The sampling loop: re-armed after each turn, so that looks never overlap; slower when hidden; paused on suspend.
 * A failed look keeps the last snapshot, marks it stale, says so, and backs off.
 */
export const createMonitor = ({ looker, now, onError, isOnBattery = () => false, ...initial }: MonitorParts): Monitor => {
  let { intervalMs, enabled } = initial;
  let look: Look | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let nextLookAtMs: number | null = null;
  let lastGoodMs: number | null = null;
  let error: string | null = null;
  let failures = 0;
  let lastLookMs = -Infinity;
  let hasNews = false;
  let looks = 0;
  let hidden = false;
  let suspended = false;
  let started = false;
  let running: Promise<void> | null = null;
  const trends = new Map<string, { points: readonly (number | null)[]; lastAtMs: number }>();
  let shownTrends: MonitorState['trends'] = {};
  const listeners = new Set<() => void>();

  const announce = (): void => {
    for (const listener of listeners) listener();
  };
  const pauseMs = (): number => {
    const base = hidden ? intervalMs * (isOnBattery() ? HIDDEN_ON_BATTERY_FACTOR : HIDDEN_FACTOR) : intervalMs;
    return failures === 0 ? base : Math.min(BACKOFF_LIMIT_MS, base * 2 ** failures);
  };
  const disarm = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    nextLookAtMs = null;
  };
  /** `notAfterMs`: a look that is due by then is put off by nothing. */
  const arm = (notAfterMs = Infinity): void => {
    disarm();
    if (!started || !enabled || suspended) return;
    const soonMs = hasNews && !hidden && failures === 0 ? Math.max(NEWS_MS, lastLookMs + NEWS_GAP_MS - now()) : Infinity;
    const ms = Math.max(0, Math.min(pauseMs(), soonMs, notAfterMs - now()));
    nextLookAtMs = now() + ms;
    timer = setTimeout(() => void turn(), ms);
  };

  const recordTrends = (seen: Look): void => {
    const atMs = seen.snapshot.takenAtMs;
    const alive = new Set<string>();
    for (const view of seen.snapshot.processes) {
      const id = keyId(view.key);
      alive.add(id);
      const value = trendPoint(view);
      const trend = trends.get(id);
      if (!trend) trends.set(id, { points: [value], lastAtMs: atMs });
      else if (atMs - trend.lastAtMs >= TREND_MS / TREND_POINTS) {
        trend.points = grow(trend.points, trend.points.length < TREND_POINTS ? 'added' : 'shifted', value);
        trend.lastAtMs = atMs;
      } else trend.points = grow(trend.points, 'latest', value);
    }
    for (const id of trends.keys()) if (!alive.has(id)) trends.delete(id);
    shownTrends = Object.fromEntries([...trends].map(([id, trend]) => [id, trend.points]));
  };

  const oneLook = async (): Promise<void> => {
    hasNews = false;
    // Rates over a gap (a sleep, a long pause) would be an average of something else.
    if (lastGoodMs !== null && now() - lastGoodMs > Math.max(4 * pauseMs(), 60_000)) looker.forget();
    try {
      look = await looker.look();
      lastGoodMs = look.snapshot.takenAtMs;
      error = null;
      failures = 0;
      recordTrends(look);
    } catch (reason) {
      failures++;
      error = reason instanceof Error ? reason.message : String(reason);
      onError(reason);
    }
    looks++;
    lastLookMs = now();
  };
  const turn = (): Promise<void> => {
    if (running) return running;
    disarm();
    running = oneLook().finally(() => {
      running = null;
      arm();
      announce();
    });
    return running;
  };

  return {
    state: () => ({
      look,
      loop: { enabled, intervalMs, nextLookAtMs, staleSinceMs: error === null ? null : (lastGoodMs ?? 0), error, looks },
      trends: shownTrends,
    }),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: () => {
      started = true;
      void turn();
    },
    refresh: async () => {
      // A look under way began before the call: what is wanted is one that begins after it.
      if (running) await running;
      await turn();
    },
    hear: () => {
      // What comes during a look may have come too late for it.
      if (hasNews) return;
      hasNews = true;
      if (hidden || running || timer === null) return;
      arm(nextLookAtMs ?? Infinity);
      announce();
    },
    setInterval: (ms, on) => {
      intervalMs = ms;
      enabled = on;
      if (!running) arm();
      announce();
    },
    setHidden: (value) => {
      if (hidden === value) return;
      hidden = value;
      if (!hidden && started && enabled && !suspended) void turn();
      else if (!running) arm();
    },
    suspend: () => {
      suspended = true;
      disarm();
    },
    resume: () => {
      suspended = false;
      looker.forget();
      if (started && enabled) void turn();
    },
    stop: () => {
      started = false;
      disarm();
      listeners.clear();
    },
  };
};
