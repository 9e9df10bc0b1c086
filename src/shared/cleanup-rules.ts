import type { CleanupRules, CleanupTarget } from './care.js';
import type { Candidate } from './cleanup-selection.js';
import { selectCleanup, whyNotForLimit } from './cleanup-selection.js';
import type { Config } from './config.js';
import type { GuardContext } from './guard.js';
import { measure, ownLimitsOf } from './limits.js';
import { keyId } from './process-key.js';
import type { Refusal, Snapshot } from './types.js';

/** The rules of a configuration that decide what automatic cleanup may end: what a consent is for. */
export const cleanupRulesOf = (config: Config): CleanupRules => {
  const { global_settings: global, user_limits: rows, protect_rules: protect } = config;
  const enforced = Object.keys(rows)
    .toSorted()
    .flatMap((user) => {
      const own = ownLimitsOf(config, user === 'default' ? null : user);
      if (own.enforce !== 'end') return [];
      const all = { memoryBytes: own.memoryBytes, cpuPercent: own.cpuPercent, sessions: own.sessions, hours: own.hours };
      const limits = Object.fromEntries(Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
      return [{ user, limits }];
    });
  return {
    orphans: global.orphan_cleanup_enabled,
    old: global.auto_cleanup_old_enabled,
    attached: global.auto_cleanup_attached_enabled,
    everybody: global.cleanup_scope === 'all',
    maxAgeHours: global.max_process_age_hours,
    minIdleMinutes: global.min_idle_minutes,
    batch: global.auto_cleanup_batch_limit,
    countdownSeconds: global.auto_cleanup_countdown_seconds,
    enforced,
    protect: protect.map(({ by, value }) => `${by} ${value}`).toSorted(),
  };
};

/** What is shown of a candidate. */
export const targetOf = ({ key, name, kind, user, memoryBytes, cause, metric }: Candidate): CleanupTarget => ({
  key,
  name,
  kind,
  user,
  memoryBytes,
  cause,
  metric,
});

const changed: Refusal = { reason: 'changed', id: 'autoChanged' };

/**
 * Which of a run's candidates a newer look still shows as such, for the same cause; the others with what has changed. Of a user
 * with too many sessions only as many as are still too many.
 */
export const recheck = (
  candidates: readonly Candidate[],
  snapshot: Snapshot,
  config: Config,
  guard: GuardContext,
): { readonly kept: readonly Candidate[]; readonly dropped: readonly { readonly candidate: Candidate; readonly refusal: Refusal }[] } => {
  const byId = new Map(snapshot.processes.map((view) => [keyId(view.key), view]));
  const { candidates: now, skips } = selectCleanup(snapshot, config, guard);
  const still = new Set(now.map(({ key, cause }) => `${keyId(key)} ${cause}`));
  const refusals = new Map(skips.map(({ key, refusal }) => [keyId(key), refusal]));
  const { measures } = measure(snapshot, config, new Map());
  const tooMany = new Map<string, number>();
  for (const { metric, id, user, value, own } of measures)
    if (own !== null && value > own && ownLimitsOf(config, user).enforce === 'end')
      tooMany.set(`${metric} ${id}`, metric === 'sessions' ? value - own : 1);
  const why = (candidate: Candidate): Refusal | null => {
    const id = keyId(candidate.key);
    const view = byId.get(id);
    if (view === undefined) return { reason: 'gone', id: 'gone' };
    if (candidate.cause !== 'limit') return still.has(`${id} ${candidate.cause}`) ? null : (refusals.get(id) ?? changed);
    const refusal = whyNotForLimit(view, snapshot.takenAtMs, config, guard);
    if (refusal) return refusal;
    const limit = `${candidate.metric} ${candidate.metric === 'sessions' ? view.uid : id}`;
    const left = tooMany.get(limit) ?? 0;
    if (left < 1) return { reason: 'changed', id: 'autoWithinLimit' };
    tooMany.set(limit, left - 1);
    return null;
  };
  const kept: Candidate[] = [];
  const dropped: { candidate: Candidate; refusal: Refusal }[] = [];
  for (const candidate of candidates) {
    const refusal = why(candidate);
    if (refusal === null) kept.push(candidate);
    else dropped.push({ candidate, refusal });
  }
  return { kept, dropped };
};
