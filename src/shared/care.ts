import type { Alert } from './alerts.js';
import type { PreviewExcluded } from './api.js';
import type { Cause } from './cleanup-selection.js';
import type { Metric } from './limits.js';
import type { Kind, ProcessKey, Refusal } from './types.js';

/** What alerts and automatic cleanup tell the window. */

/** An alert with its life; newest first in the bell. */
export interface AlertRow extends Alert {
  readonly id: number;
  readonly firedAtMs: number;
  readonly recoveredAtMs: number | null;
  /** The program ended before it was over: nobody knows when it was. */
  readonly lost: boolean;
  /** Where it was told: as a notification, in the window, or in the bell alone. */
  readonly told: 'notification' | 'toast' | 'bell';
  readonly seen: boolean;
}

/** One that automatic cleanup would end, or ends. */
export interface CleanupTarget {
  readonly key: ProcessKey;
  readonly name: string;
  readonly kind: Kind;
  readonly user: string | null;
  readonly memoryBytes: number | null;
  readonly cause: Cause;
  readonly metric: Metric | null;
}

export type CleanupMode = 'report' | 'ask' | 'automatic';

/** Why cleanup does less than its mode says; a key below "cleanup.why" in the locales. */
export type CleanupHold = 'readOnly' | 'disabled' | 'paused' | 'halted' | 'consent';

export interface LastRun {
  readonly atMs: number;
  readonly mode: CleanupMode;
  /** Ended, or would have been. */
  readonly count: number;
  readonly failed: number;
  readonly skipped: number;
  readonly freedBytes: number | null;
}

export interface AutomationState {
  /** The first screen has not been answered yet. */
  readonly firstRun: boolean;
  readonly mode: CleanupMode;
  readonly hold: CleanupHold | null;
  readonly nextRunAtMs: number | null;
  readonly pausedUntilMs: number | null;
  /** Something is about to be ended; wall ms. */
  readonly countdown: { readonly startedAtMs: number; readonly endsAtMs: number; readonly targets: readonly CleanupTarget[] } | null;
  /** It asks whether these are to be ended. */
  readonly proposal: readonly CleanupTarget[] | null;
  readonly lastRun: LastRun | null;
}

/** What would be ended right now, and by which rules: what a consent is given for. */
export interface CleanupReview {
  readonly targets: readonly CleanupTarget[];
  readonly skips: readonly PreviewExcluded[];
  readonly rules: CleanupRules;
  /** Names the rules; a consent holds for these alone. */
  readonly rulesId: string;
}

/** Everything that decides what automatic cleanup may end. */
export interface CleanupRules {
  readonly orphans: boolean;
  readonly old: boolean;
  readonly attached: boolean;
  readonly everybody: boolean;
  readonly maxAgeHours: number;
  readonly minIdleMinutes: number;
  readonly batch: number;
  readonly countdownSeconds: number;
  /** Users whose limits are enforced, with them. */
  readonly enforced: readonly { readonly user: string; readonly limits: Readonly<Record<string, number>> }[];
  readonly protect: readonly string[];
}

/** One decision of a run, kept for a rehearsal on the past. */
export interface Decision {
  readonly atMs: number;
  readonly run: 'interval' | 'limit';
  readonly mode: CleanupMode;
  readonly key: ProcessKey;
  readonly name: string;
  readonly user: string | null;
  readonly kind: Kind | null;
  readonly cause: Cause | null;
  readonly metric: Metric | null;
  readonly decision: 'reported' | 'asked' | 'ended' | 'failed' | 'skipped' | 'cancelled';
  /** A key below one of REASON_WORDS in the locales; null = as decided. */
  readonly reason: string | null;
  /** What fills its words; hostile text among them. */
  readonly values?: Refusal['values'];
  readonly memoryBytes: number | null;
}

/** Where the words of a decision's reason stand: those of its own, then those of refusals, warnings and results. */
export const REASON_WORDS = ['cleanup.reason', 'refusal', 'warning', 'result'] as const;

export const DECISIONS = [
  'ended',
  'failed',
  'cancelled',
  'asked',
  'reported',
  'skipped',
] as const satisfies readonly Decision['decision'][];

/** What was decided since a time: how many of each, and the newest of them, newest first. */
export interface Decided {
  readonly fromMs: number;
  readonly counts: Readonly<Record<Decision['decision'], number>>;
  readonly newest: readonly Decision[];
}

/** So many decisions are told one by one. */
const MOST_TOLD = 500;

/** Sums up decisions, oldest first, since `fromMs`. */
export const decidedSince = (decisions: readonly Decision[], fromMs: number): Decided => {
  const inside = decisions.filter(({ atMs }) => atMs >= fromMs);
  const counts = { ended: 0, failed: 0, cancelled: 0, asked: 0, reported: 0, skipped: 0 };
  for (const { decision } of inside) counts[decision] += 1;
  return { fromMs, counts, newest: inside.slice(-MOST_TOLD).reverse() };
};
