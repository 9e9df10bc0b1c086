import type { Measure, Metric } from './limits.js';
import { METRICS } from './limits.js';
import type { ProcessKey, ProcessView } from './types.js';

/** One alert as people see it: the rule, whom it names first, and how many others there are. */
export interface Alert {
  readonly rule: Metric;
  readonly culprit: {
    readonly key: ProcessKey | null;
    readonly user: string | null;
    readonly name: string;
    readonly value: number;
    readonly limit: number;
    /** When the culprit started, wall ms. */
    readonly startedAtMs: number | null;
  };
  /** Over the same limit beside the culprit. */
  readonly others: number;
}

/** How loudly: a notification of its own, one for all that is too much, or in the bell alone. */
export type Loudness = 'own' | 'summary' | 'silent';

export type AlertEvent =
  | { readonly type: 'fired' | 'changed'; readonly alert: Alert; readonly loudness: Loudness }
  | { readonly type: 'recovered'; readonly rule: Metric };

export interface RuleState {
  readonly live: boolean;
  /** Policy time of the last announcement. */
  readonly saidAt: number | null;
  /** Ids of those it was about then. */
  readonly about: readonly string[];
}

export interface AlertState {
  readonly rules: ReadonlyMap<Metric, RuleState>;
  /** Policy times of the announcements of the last hour. */
  readonly said: readonly number[];
  /** When the summary was shown last. */
  readonly summedAt: number | null;
}

export const ALERT_COOLDOWN_MS = 15 * 60_000;
export const ALERTS_PER_HOUR = 4;
const HOUR_MS = 3_600_000;
const QUIET: RuleState = { live: false, saidAt: null, about: [] };

export const NO_ALERTS: AlertState = { rules: new Map(), said: [], summedAt: null };

/** How far a value is over its limit, for the worst first. */
const badness = ({ metric, value, limit }: Measure): number =>
  metric === 'available' ? limit / Math.max(1, value) : value / Math.max(1e-9, limit);

/** Whom a rule's alert names: the worst over the limit; for the host's memory the session that takes the most of it. */
const alertOf = (rule: Metric, firing: readonly Measure[], biggest: ProcessView | null, startOf: (id: string) => number | null): Alert => {
  const [worst] = firing.toSorted((a, b) => badness(b) - badness(a));
  const blamed = rule === 'available' ? (biggest ?? worst) : worst;
  const startedAtMs = rule === 'available' ? (biggest?.startedAtMs ?? null) : worst?.key ? startOf(worst.id) : null;
  return {
    rule,
    culprit: {
      key: blamed?.key ?? null,
      user: blamed?.user ?? null,
      name: blamed?.name ?? '',
      value: worst?.value ?? 0,
      limit: worst?.limit ?? 0,
      startedAtMs,
    },
    others: Math.max(0, firing.length - 1),
  };
};

export interface AlertInput {
  /** Policy time, ms. */
  readonly t: number;
  /** False: nothing is said, and what is live is taken back. */
  readonly enabled: boolean;
  readonly firing: readonly Measure[];
  /** Whether something is over a rule's limit, be it that this look could not measure it. */
  readonly holds: (rule: Metric) => boolean;
  /** The session with the most memory. */
  readonly biggest: ProcessView | null;
  readonly startOf: (id: string) => number | null;
}

/**
 * From what is over its limit to what is told: one live alert a rule, 15 min between two of its announcements, at most 4
 * announcements an hour, then one summary. A rule that is held back by its cooldown is told when that is over, if it still holds.
 */
export const stepAlerts = (
  before: AlertState,
  input: AlertInput,
): { readonly state: AlertState; readonly events: readonly AlertEvent[] } => {
  const { t, enabled, firing, holds, biggest, startOf } = input;
  const rules = new Map<Metric, RuleState>();
  const events: AlertEvent[] = [];
  let said = before.said.filter((at) => t - at < HOUR_MS);
  let { summedAt } = before;
  const loudness = (): Loudness => {
    if (said.length < ALERTS_PER_HOUR) {
      said = [...said, t];
      return 'own';
    }
    if (summedAt !== null && t - summedAt < HOUR_MS) return 'silent';
    summedAt = t;
    return 'summary';
  };
  for (const rule of METRICS) {
    const mine = enabled ? firing.filter(({ metric }) => metric === rule) : [];
    const state = before.rules.get(rule) ?? QUIET;
    const cool = state.saidAt === null || t - state.saidAt >= ALERT_COOLDOWN_MS;
    const about = mine.map(({ id }) => id);
    let next = state;
    if (state.live && !(enabled && holds(rule))) {
      events.push({ type: 'recovered', rule });
      next = { ...state, live: false, about: [] };
    } else if (mine.length > 0 && cool && (!state.live || about.some((id) => !state.about.includes(id)))) {
      const alert = alertOf(rule, mine, biggest, startOf);
      events.push({ type: state.live ? 'changed' : 'fired', alert, loudness: loudness() });
      next = { live: true, saidAt: t, about };
    }
    if (next !== QUIET) rules.set(rule, next);
  }
  return { state: { rules, said, summedAt }, events };
};
