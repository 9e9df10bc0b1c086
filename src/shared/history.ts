import type { Decided } from './care.js';
import type { Rehearsal } from './rehearsal.js';
import type { Kind, ProcessKey } from './types.js';

/**
 * What is kept of the past, as it is asked for and answered. Nothing here holds command lines, prompts or environment, nor the
 * names of sessions (they may be made of a prompt): a session is known by its project, kind, user and start.
 */

export const HISTORY_RANGES = ['1h', '6h', '24h', '7d', '30d'] as const;
export type HistoryLast = (typeof HISTORY_RANGES)[number];
export type HistoryRange =
  /** So much time up to now. */
  | { readonly type: 'last'; readonly last: HistoryLast }
  /** A chosen span, wall ms; `toMs` later than now is now. */
  | { readonly type: 'span'; readonly fromMs: number; readonly toMs: number };

export const HISTORY_GROUPINGS = ['user', 'kind', 'project', 'session'] as const;
export type HistoryGrouping = (typeof HISTORY_GROUPINGS)[number];

/** No series has more points; no answer more series, the rest of them together being one more. */
export const MOST_POINTS = 400;
export const MOST_SERIES = 8;

/** One value a bucket, as long as the answer's `times`. Null = nothing was recorded then (asleep, not running), or not readable: never 0. */
export interface Series {
  readonly min: readonly (number | null)[];
  /** Weighted by time. Where something was recorded but nothing of this group ran, all three are 0. */
  readonly mean: readonly (number | null)[];
  readonly max: readonly (number | null)[];
}

/** What is measured of a group: memory in bytes, CPU in percent of one core, number of processes. */
export interface Measured {
  readonly memoryBytes: Series;
  readonly cpuPercent: Series;
  readonly processes: Series;
}

/** Which session a series or a line is; `key` leads to its row while it runs. */
export interface SessionRef {
  readonly key: ProcessKey;
  readonly user: string | null;
  readonly project: string | null;
  readonly kind: Kind;
  readonly startedAtMs: number;
  /** Null: it runs. */
  readonly endedAtMs: number | null;
}

export interface HistorySeries extends Measured {
  /** Stays the same across ranges and updates: "user:ann", "kind:mcp-server", "session:17"; "other" = all that is not named. */
  readonly id: string;
  /** User, kind (a key below "kind" in the locales) or project directory; null = unknown, or a session, or "other". Hostile text. */
  readonly name: string | null;
  readonly session: SessionRef | null;
}

export const HISTORY_EVENTS = ['ended', 'failed', 'refused', 'alert', 'cleanup', 'respawn'] as const;
export type HistoryEventKind = (typeof HISTORY_EVENTS)[number];

/** Something that happened, for a mark on a chart and a line in its table. */
export interface HistoryEvent {
  readonly id: number;
  readonly atMs: number;
  readonly kind: HistoryEventKind;
  /** The action log's word: KILL_PROCESS, CLEAN_ORPHANS, AUTO_CLEANUP, ALERT, … */
  readonly action: string;
  readonly user: string | null;
  /** Kind of the process it happened to; null = several, or none. */
  readonly processKind: string | null;
  /** How many processes. */
  readonly count: number;
  readonly freedBytes: number | null;
}

/** Whether the past is being written down, and why not. Words below "history.recording" in the locales. */
export type Recording =
  | { readonly state: 'on' }
  /** Another window of this user's writes; this one reads. */
  | { readonly state: 'elsewhere' }
  /** Disk full, folder not ours, …: tried again every minute. `code`: the operating system's or SQLite's word. */
  | { readonly state: 'stopped'; readonly code: string };

/**
 * Series over time. With `fromBucketMs` in the question the answer is only the tail, from that bucket on, of the groups that were
 * named; `mergeHistory` puts it to what the asker has.
 */
export interface HistoryAnswer {
  readonly by: HistoryGrouping;
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  /** Beginning of each bucket, wall ms, ascending, evenly `stepMs` apart: daylight saving is the labels' business. At most 400. */
  readonly times: readonly number[];
  readonly total: Measured;
  readonly sessions: Series;
  /** Memory of what was left over. */
  readonly leftOverBytes: Series;
  readonly hostAvailableBytes: Series;
  readonly hostCpuPercent: Series;
  /** As it is now; null = unknown. */
  readonly hostTotalBytes: number | null;
  /** Largest (by memory × time) first, "other" last. */
  readonly series: readonly HistorySeries[];
  /** Ascending, within `fromMs` and `toMs`; at most 1,000, the newest. */
  readonly events: readonly HistoryEvent[];
  /** The oldest that is kept; null = nothing was recorded yet. */
  readonly sinceMs: number | null;
  readonly recording: Recording;
  /** `AppState.historyVersion` at the time of the answer. */
  readonly version: number;
}

/** A figure of the head: as it is now (or at the span's end), and how it came about over the range; null = unknown. */
export interface Metric {
  readonly now: number | null;
  /** `now` less the first that was recorded in the range. */
  readonly change: number | null;
  readonly mean: number | null;
  readonly peak: number | null;
  readonly peakAtMs: number | null;
  /** Mean of the same length of time just before the range; null = not enough was recorded (less than half of it). */
  readonly meanBefore: number | null;
}

export interface UserUse {
  readonly user: string | null;
  readonly memoryBytes: number | null;
  readonly memoryByteHours: number;
  readonly cpuHours: number;
  readonly processes: number | null;
  readonly peakBytes: number | null;
  /** Sessions that came to an end in the range, in whatever way, and those of them that were ended from here. */
  readonly sessionsEnded: number;
  readonly endedHere: number;
  /** Memory limit of one session of this user; processes that this user may have. */
  readonly limitBytes: number;
  readonly maxProcesses: number | null;
}

/** What a project's sessions, or all copies of an MCP server, cost together. */
export interface Use {
  readonly name: string | null;
  /** Whose sessions ran there; empty for servers. */
  readonly users: readonly (string | null)[];
  readonly memoryBytes: number | null;
  readonly meanBytes: number | null;
  readonly peakBytes: number | null;
  readonly memoryByteHours: number;
  readonly cpuHours: number;
  /** Running now. */
  readonly copies: number;
}

/** How a session's memory grows. */
export interface Growth {
  readonly session: SessionRef;
  readonly memoryBytes: number;
  /** Slope of a straight line through what was recorded. */
  readonly bytesPerHour: number;
  readonly limitBytes: number;
  /** At this rate; 0 = it is over; null = never, or not within 30 days. */
  readonly limitInMs: number | null;
  /** Over how much time the slope was taken. */
  readonly overMs: number;
}

/** Upper edges of the histogram of run times; the last class has none. */
export const RUN_TIME_EDGES_MS = [900_000, 3_600_000, 7_200_000, 14_400_000, 28_800_000, 86_400_000, 259_200_000] as const;

export interface HistorySummary {
  readonly fromMs: number;
  readonly toMs: number;
  readonly sinceMs: number | null;
  readonly recording: Recording;
  readonly version: number;
  /** How much of the range was recorded. */
  readonly recordedMs: number;
  readonly metrics: {
    readonly processes: Metric;
    readonly sessions: Metric;
    readonly memoryBytes: Metric;
    readonly activeUsers: Metric;
    readonly cpuPercent: Metric;
  };
  /** Used in the range by all. */
  readonly memoryByteHours: number;
  readonly cpuHours: number;
  readonly ended: {
    readonly byHand: number;
    readonly byCleanup: number;
    readonly refused: number;
    readonly failed: number;
    readonly freedBytes: number;
  };
  /** Largest consumption first. */
  readonly users: readonly UserUse[];
  readonly projects: readonly Use[];
  readonly servers: readonly Use[];
  /** Fastest growing first; sessions that run now and were recorded for 10 minutes or more. */
  readonly growth: readonly Growth[];
  /** How many sessions ran how long, a count per class (RUN_TIME_EDGES_MS): those that run now, and those that ended in the range. */
  readonly runTimes: { readonly running: readonly number[]; readonly ended: readonly number[] };
}

/** Commands on the history, for the IPC contract (api.ts). */
export interface HistoryOutputs {
  queryHistory: HistoryAnswer;
  historySummary: HistorySummary;
  /** Where it was written; null = the user closed the dialog. */
  exportHistoryCsv: { readonly path: string | null; readonly lines: number };
  /** What these settings would have ended in the last days. */
  rehearse: Rehearsal;
  /** What automatic cleanup really decided in the last days. */
  readDecisions: Decided;
}
export const HISTORY_COMMANDS = [
  'queryHistory',
  'historySummary',
  'exportHistoryCsv',
  'rehearse',
  'readDecisions',
] as const satisfies readonly (keyof HistoryOutputs)[];
