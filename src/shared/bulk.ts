import type { ActionRequest, ActionScope, PreviewExcluded, QuickCounts } from './api.js';
import type { Config } from './config.js';
import type { EndPlan, FactsByPid } from './end-plan.js';
import { excludedAs, isDead, isPossibleOrphan, isSession, planEnd, tickedIds } from './end-plan.js';
import type { GuardContext } from './guard.js';
import { KIND_RULES, refusalOf } from './guard.js';
import { keyId } from './process-key.js';
import type { CandidateFacts, ProcessKey, ProcessView, Refusal, Snapshot } from './types.js';

/** Whom an action is for: the roots of its plan, and who is left alone and why. Who is unticked is the plan's business. */
export interface Members {
  readonly keys: readonly ProcessKey[];
  readonly excluded: readonly PreviewExcluded[];
}

export type Asked = Pick<ActionRequest, 'scope' | 'minAgeMinutes'>;

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** By hand; whatever acts by itself asks for more. */
const MIN_AGE_MINUTES = { keys: 0, user: 0, all: 0, old: 1, orphans: 1 } as const satisfies Record<ActionScope['type'], number>;

const kept = (id: string, values?: Refusal['values']): Refusal =>
  values ? { reason: 'protected', id, values } : { reason: 'protected', id };

/** Whether an action is for many at once: what is warned of or only perhaps left over begins unticked then. */
export const isBulk = (scope: ActionScope): boolean => scope.type !== 'keys' || new Set(scope.keys.map(keyId)).size > 1;

/** What has to be typed before an action of this scope: the user's name, or ALL; null = nothing. */
export const confirmationOf = (scope: ActionScope): string | null => {
  if (scope.type === 'user') return scope.user;
  return scope.type === 'all' ? 'ALL' : null;
};

/** Why a row is too young for an action, or null; an unknown age is no age. */
const ageRefusal = (view: ProcessView, minAgeMinutes: number, nowMs: number): Refusal | null => {
  if (minAgeMinutes <= 0) return null;
  if (view.startedAtMs === null) return kept('ageUnknown');
  return nowMs - view.startedAtMs < minAgeMinutes * MINUTE_MS ? kept('tooYoung', { count: minAgeMinutes }) : null;
};

/** Idle by its own record for long enough; everything else is not known to be idle. */
const idleRefusal = (view: ProcessView, minIdleMinutes: number, nowMs: number): Refusal | null => {
  switch (view.activity) {
    case 'busy':
      return kept('notIdleBusy');
    case 'waiting':
      return kept('notIdleWaiting');
    case 'shell':
      return kept('notIdleShell');
    case 'idle':
      if (view.session === null || view.activeSinceMs === null) return kept('notIdleUnknown');
      return nowMs - view.activeSinceMs >= minIdleMinutes * MINUTE_MS ? null : kept('notIdleLong', { count: minIdleMinutes });
    case 'unknown':
    case 'none':
      return kept('notIdleUnknown');
  }
};

/**
 * Whether a plan is the light case: one process or session of one's own that is idle by its own record or left over, asked
 * politely, with all that belongs to it, and nothing that is warned of or left alone.
 */
export const isLight = (
  request: Pick<ActionRequest, 'verb' | 'scope' | 'force' | 'elevated'>,
  { lines, excluded }: EndPlan,
  nowMs: number,
  minIdleMinutes: number,
  selfUid: number,
): boolean => {
  if (request.verb !== 'end' || request.force || request.elevated || isBulk(request.scope) || excluded.length > 0) return false;
  const chosen = lines.filter((line) => line.role === 'chosen');
  const [only] = chosen;
  if (only === undefined || chosen.length > 1) return false;
  const calm = lines.every(({ role, warnings, view }) => role !== 'separate' && warnings.length === 0 && view.uid === selfUid);
  return calm && (only.view.leftOver === 'yes' || idleRefusal(only.view, minIdleMinutes, nowMs) === null);
};

/** One row's place in a scope: 'in', a reason to say why not, or null where the scope is not about it. */
type Place = 'in' | Refusal | null;

const orphanPlace = (view: ProcessView): Place => {
  if (view.leftOver !== 'yes' && !isPossibleOrphan(view)) return null;
  return KIND_RULES[view.kind].inOrphans ? 'in' : kept('notInBulk');
};

const oldPlace = (view: ProcessView, maxAgeMs: number, minIdleMinutes: number, nowMs: number): Place => {
  if (!isSession(view) || view.startedAtMs === null || nowMs - view.startedAtMs <= maxAgeMs) return null;
  return KIND_RULES[view.kind].inOld === 'own' ? (idleRefusal(view, minIdleMinutes, nowMs) ?? 'in') : kept('notInBulk');
};

const userPlace = (view: ProcessView, sessions: ReadonlySet<string>): Place => {
  const { inUser } = KIND_RULES[view.kind];
  if (inUser === 'own') return 'in';
  if (inUser === 'no') return kept('notInBulk');
  // With its session, or left alone for its session's reason, which is said there.
  return view.owner !== null && sessions.has(keyId(view.owner)) ? null : kept('noSession');
};

const isOf = (view: ProcessView, user: string): boolean =>
  view.user === null ? view.uid !== null && String(view.uid) === user : view.user === user;

/**
 * The members of a scope by the table of kinds: left-overs and perhaps left-overs; sessions that are old and idle by their own
 * record; every session of a user or of everybody; or what was chosen. Protection and refusals win over all of it.
 */
export const selectMembers = (
  snapshot: Snapshot,
  { scope, minAgeMinutes }: Asked,
  config: Pick<Config, 'global_settings'>,
  context: GuardContext,
): Members => {
  const nowMs = snapshot.takenAtMs;
  const minAge = minAgeMinutes ?? MIN_AGE_MINUTES[scope.type];
  const byId = new Map(snapshot.processes.map((view) => [keyId(view.key), view]));
  const sessions = new Set([...byId].filter(([, view]) => KIND_RULES[view.kind].inUser === 'own' && !isDead(view)).map(([id]) => id));
  const excluded: PreviewExcluded[] = [];
  const keys: ProcessKey[] = [];
  const take = (view: ProcessView, place: Place): void => {
    if (place === null || isDead(view)) return;
    const refusal = refusalOf(view, context, (view.owner && byId.get(keyId(view.owner))) ?? null);
    const why = refusal ?? (place === 'in' ? ageRefusal(view, minAge, nowMs) : place);
    if (why === null) keys.push(view.key);
    else excluded.push(excludedAs(view, why));
  };

  if (scope.type === 'keys') {
    for (const key of new Map(scope.keys.map((one) => [keyId(one), one])).values()) {
      const view = byId.get(keyId(key));
      const alone = view !== undefined && isBulk(scope) && KIND_RULES[view.kind].alone;
      const why = view && refusalOf(view, context) === null ? (alone ? kept('alone') : ageRefusal(view, minAge, nowMs)) : null;
      if (view && why) excluded.push(excludedAs(view, why));
      else keys.push(key);
    }
    return { keys, excluded };
  }
  const { max_process_age_hours, min_idle_minutes } = config.global_settings;
  for (const view of snapshot.processes) {
    if (scope.type === 'orphans') take(view, orphanPlace(view));
    else if (scope.type === 'old') take(view, oldPlace(view, (scope.hours ?? max_process_age_hours) * HOUR_MS, min_idle_minutes, nowMs));
    else if (scope.type === 'all' || isOf(view, scope.user)) take(view, userPlace(view, sessions));
  }
  return { keys, excluded };
};

/** The plan for the members of a scope. In a bulk, what may be ended one at a time only is no line of it, whatever it belongs to. */
export const planMembers = (
  snapshot: Snapshot,
  { keys, excluded }: Members,
  bulk: boolean,
  context: GuardContext,
  facts?: FactsByPid,
): EndPlan => {
  const plan = planEnd(snapshot, keys, context, facts);
  const isOut = ({ kind }: ProcessView): boolean => bulk && KIND_RULES[kind].alone;
  const lines = plan.lines.filter((line) => !isOut(line.view));
  const alone = plan.lines.filter((line) => isOut(line.view)).map((line) => excludedAs(line.view, kept('alone')));
  const named = new Set(
    [...lines.map((line) => line.view.key), ...plan.excluded.map((one) => one.key), ...alone.map((one) => one.key)].map(keyId),
  );
  // What the scope leaves out may stand in the plan for another reason: as a line below a member.
  return { lines, excluded: [...plan.excluded, ...alone, ...excluded.filter((one) => !named.has(keyId(one.key)))] };
};

/** The counts that stand beside the quick actions: what their previews would tick, less what only a look at sockets and files tells. */
export const quickCounts = (snapshot: Snapshot, config: Pick<Config, 'global_settings'>, context: GuardContext): QuickCounts => {
  const serves: CandidateFacts = { cgroup: null, fd0: null, listening: false, ptyHolder: false };
  const facts = new Map(snapshot.processes.map((view) => [view.key.pid, serves]));
  const planOf = (scope: ActionScope) =>
    planMembers(snapshot, selectMembers(snapshot, { scope, minAgeMinutes: null }, config, context), true, context, facts);
  const ticked = (lines: ReturnType<typeof planOf>['lines']): number => tickedIds(lines, true).size;
  const orphans = planOf({ type: 'orphans' }).lines;
  return {
    orphans: ticked(orphans),
    possibleOrphans: orphans.filter((line) => isPossibleOrphan(line.view)).length,
    old: ticked(planOf({ type: 'old', hours: null }).lines),
    all: ticked(planOf({ type: 'all' }).lines),
  };
};
