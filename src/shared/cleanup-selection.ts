import type { PreviewExcluded } from './api.js';
import { selectMembers } from './bulk.js';
import type { Config } from './config.js';
import { excludedAs, isDead, isPossibleOrphan, isSession } from './end-plan.js';
import type { GuardContext } from './guard.js';
import { KIND_RULES, refusalOf } from './guard.js';
import type { Measure, Metric, WatchedMap } from './limits.js';
import { NEEDED_LOOKS, ownLimitsOf, watchedOf } from './limits.js';
import { keyId } from './process-key.js';
import type { ProcessKey, ProcessView, Refusal, Snapshot } from './types.js';

/** Why a run would end something. */
export type Cause = 'orphan' | 'old' | 'limit';

/** One that an automatic run would end, were it to act on what this look shows. */
export interface Candidate {
  readonly cause: Cause;
  /** The limit that is crossed; null for other causes. */
  readonly metric: Metric | null;
  readonly key: ProcessKey;
  readonly kind: ProcessView['kind'];
  readonly name: string;
  readonly user: string | null;
  readonly uid: number | null;
  readonly memoryBytes: number | null;
  readonly startedAtMs: number | null;
  readonly idleSinceMs: number | null;
}

export interface Selection {
  readonly candidates: readonly Candidate[];
  /** Left alone, each with its reason. */
  readonly skips: readonly PreviewExcluded[];
}

/** What acts by itself leaves alone what is younger. */
export const AUTO_MIN_AGE_MINUTES = 10;
const MINUTE_MS = 60_000;

const kept = (id: string, values?: Refusal['values']): Refusal =>
  values ? { reason: 'protected', id, values } : { reason: 'protected', id };

const candidateOf = (view: ProcessView, cause: Cause, metric: Metric | null = null): Candidate => ({
  cause,
  metric,
  key: view.key,
  kind: view.kind,
  name: view.name,
  user: view.user,
  uid: view.uid,
  memoryBytes: view.owner === null ? view.tree.memoryBytes : view.memoryBytes,
  startedAtMs: view.startedAtMs,
  idleSinceMs: view.activity === 'idle' ? view.activeSinceMs : null,
});

/** An unreadable terminal may be one. */
const isAttached = (view: ProcessView): boolean => view.tty !== '?';

/** What keeps a run from a row that its scope would take, or null. */
const autoRefusal = (view: ProcessView, config: Pick<Config, 'global_settings'>, { selfUid, isRoot }: GuardContext): Refusal | null => {
  const { cleanup_scope, auto_cleanup_attached_enabled } = config.global_settings;
  if (view.uid !== selfUid && !(isRoot && cleanup_scope === 'all')) return kept('autoForeign');
  if (view.activity === 'busy') return kept('notIdleBusy');
  if (view.activity === 'waiting') return kept('notIdleWaiting');
  if (view.activity === 'shell') return kept('notIdleShell');
  if (view.leftOver === 'yes') return null;
  if (isPossibleOrphan(view)) return kept('autoPossible');
  if (!isSession(view)) return kept('autoNotSession');
  return isAttached(view) && !auto_cleanup_attached_enabled ? kept('autoAttached') : null;
};

/** Left over first, then idle longest; otherwise as the system lists them. */
const inOrder = (candidates: readonly Candidate[]): readonly Candidate[] => {
  const rank = ({ cause }: Candidate): number => (cause === 'orphan' ? 0 : 1);
  const since = ({ idleSinceMs }: Candidate): number => idleSinceMs ?? Number.MAX_SAFE_INTEGER;
  return candidates.toSorted((a, b) => rank(a) - rank(b) || since(a) - since(b));
};

/**
 * Whom an automatic run takes: left-overs beyond doubt, and sessions that are old, idle by their own record and unattached,
 * each where its switch is on; of one's own uid, at least 10 minutes old. Whether a session can be resumed is known later.
 */
export const selectCleanup = (snapshot: Snapshot, config: Pick<Config, 'global_settings'>, guard: GuardContext): Selection => {
  const { orphan_cleanup_enabled, auto_cleanup_old_enabled } = config.global_settings;
  const byId = new Map(snapshot.processes.map((view) => [keyId(view.key), view]));
  const candidates = new Map<string, Candidate>();
  const skips = new Map<string, PreviewExcluded>();
  for (const [cause, type, on] of [
    ['orphan', 'orphans', orphan_cleanup_enabled],
    ['old', 'old', auto_cleanup_old_enabled],
  ] as const) {
    if (!on) continue;
    const scope = type === 'old' ? ({ type, hours: null } as const) : ({ type } as const);
    const members = selectMembers(snapshot, { scope, minAgeMinutes: AUTO_MIN_AGE_MINUTES }, config, guard);
    for (const one of members.excluded) skips.set(keyId(one.key), one);
    for (const key of members.keys) {
      const id = keyId(key);
      const view = byId.get(id);
      if (view === undefined || candidates.has(id)) continue;
      const refusal = autoRefusal(view, config, guard);
      if (refusal === null) candidates.set(id, candidateOf(view, cause));
      else skips.set(id, excludedAs(view, refusal));
    }
  }
  return { candidates: inOrder([...candidates.values()]), skips: [...skips].filter(([id]) => !candidates.has(id)).map(([, one]) => one) };
};

/** Whether a session or a left-over may be ended for its user's limit, by what this look shows; a reason why not. */
export const whyNotForLimit = (
  view: ProcessView,
  nowMs: number,
  config: Pick<Config, 'global_settings'>,
  guard: GuardContext,
): Refusal | null => {
  const refusal = refusalOf(view, guard) ?? autoRefusal(view, config, guard);
  if (refusal) return refusal;
  if (view.startedAtMs === null) return kept('ageUnknown');
  if (nowMs - view.startedAtMs < AUTO_MIN_AGE_MINUTES * MINUTE_MS) return kept('tooYoung', { count: AUTO_MIN_AGE_MINUTES });
  const rule = KIND_RULES[view.kind];
  if (view.leftOver === 'yes') return rule.inOrphans ? null : kept('notInBulk');
  if (rule.inOld !== 'own') return kept('notInBulk');
  if (view.activity !== 'idle' || view.session === null || view.activeSinceMs === null) return kept('notIdleUnknown');
  const { min_idle_minutes } = config.global_settings;
  return nowMs - view.activeSinceMs >= min_idle_minutes * MINUTE_MS ? null : kept('notIdleLong', { count: min_idle_minutes });
};

/**
 * Whom the limits of users with `enforce: end` take: of a user with too many sessions as many as are too many, of a session over
 * a limit of its own that session. Left over first, then idle longest; never busy, waiting, protected. `isDue` = whether a
 * measure is to be looked at now.
 */
export const selectOverLimit = (
  snapshot: Snapshot,
  config: Config,
  guard: GuardContext,
  measures: readonly Measure[],
  watched: WatchedMap,
  isDue: (measure: Measure) => boolean,
): Selection & { readonly looked: readonly { readonly measure: Measure; readonly found: boolean }[] } => {
  const over = measures.filter((measure) => {
    if (measure.own === null || (watchedOf(watched, measure)?.ownLooks ?? 0) < NEEDED_LOOKS) return false;
    return isDue(measure) && ownLimitsOf(config, measure.user).enforce === 'end';
  });
  if (over.length === 0) return { candidates: [], skips: [], looked: [] };
  const byId = new Map<string, ProcessView>();
  const byUser = new Map<number | null, ProcessView[]>();
  for (const view of snapshot.processes) {
    if (!isSession(view) || isDead(view)) continue;
    byId.set(keyId(view.key), view);
    const mine = byUser.get(view.uid);
    if (mine) mine.push(view);
    else byUser.set(view.uid, [view]);
  }
  const taken = new Map<string, Candidate>();
  const skips = new Map<string, PreviewExcluded>();
  const sort = (views: readonly ProcessView[], metric: Metric): readonly Candidate[] =>
    views
      .flatMap((view) => {
        const refusal = whyNotForLimit(view, snapshot.takenAtMs, config, guard);
        if (refusal) skips.set(keyId(view.key), excludedAs(view, refusal));
        return refusal ? [] : [view];
      })
      .map((view) => ({ ...candidateOf(view, 'limit', metric), first: view.leftOver === 'yes' ? 0 : 1 }))
      .toSorted((a, b) => a.first - b.first || (a.idleSinceMs ?? Number.MAX_SAFE_INTEGER) - (b.idleSinceMs ?? Number.MAX_SAFE_INTEGER))
      .map(({ first: _first, ...candidate }) => candidate);
  const looked: { measure: Measure; found: boolean }[] = [];
  for (const measure of over) {
    const { metric, id, uid, value, own } = measure;
    const view = byId.get(id);
    const mine = metric === 'sessions' ? (byUser.get(uid) ?? []) : view ? [view] : [];
    const most = metric === 'sessions' && own !== null ? Math.max(0, value - own) : 1;
    const chosen = sort(mine, metric).slice(0, most);
    looked.push({ measure, found: chosen.length > 0 });
    for (const one of chosen) if (!taken.has(keyId(one.key))) taken.set(keyId(one.key), one);
  }
  return { candidates: [...taken.values()], skips: [...skips].filter(([id]) => !taken.has(id)).map(([, one]) => one), looked };
};
