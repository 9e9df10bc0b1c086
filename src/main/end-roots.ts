import type { EndResult } from '../shared/api.js';
import { guardRules, refusalOf } from '../shared/guard.js';
import type { Acting, Root, Verdict } from './acting.js';
import { OWNER_STAYED, skipped, UNEXPECTED, underMarks } from './acting.js';
import type { Stopped } from './claude-stop.js';
import type { Climb } from './end-ladder.js';
import { climb, isGone, SETTLE_MS, waitUntilGone } from './end-ladder.js';
import type { FrozenLine } from './end-survey.js';

/** Ends one background session by its engine's own command; its signal would only start it again. */
export type StopBackground = (line: FrozenLine) => Promise<Stopped>;

const tryClimb = async (
  acting: Acting,
  line: FrozenLine,
  stopBackground: StopBackground | undefined,
  owner: FrozenLine | null = null,
): Promise<Climb | Stopped> => {
  const { platform, clock, config, newer, request, onProblem } = acting;
  try {
    // Whoever protects it, or everything, within the grace has spoken in time.
    const mayForce = (): boolean =>
      request.force && refusalOf(line.view, { ...newer.guard, ...guardRules(config()) }, owner?.view) === null;
    if (line.view.kind !== 'bg-session') return await climb({ platform, clock }, line.identity, mayForce);
    return stopBackground === undefined ? UNEXPECTED : await stopBackground(line);
  } catch (error) {
    onProblem(error);
    return UNEXPECTED;
  }
};

const WITH_OWNER: Verdict = { outcome: 'done', reason: null, id: 'endedWithOwner', signal: null };

/** Asked only after its session is gone, and only if it neither leaves by itself nor serves others by now. */
const endFollower = async (acting: Acting, line: FrozenLine, owner: FrozenLine): Promise<Verdict> => {
  const { platform, clock, newer, config, onProblem } = acting;
  try {
    if (await waitUntilGone({ platform, clock }, line.identity, SETTLE_MS)) return WITH_OWNER;
    // The engine's own command ends what belongs to a background session; what it leaves, the next look judges.
    if (owner.view.kind === 'bg-session') return skipped({ reason: 'changed', id: 'stayedAfterStop' });
    const facts = (await platform.inspect([line.view.key])).get(line.view.key.pid);
    const serves = facts === undefined || facts.listening !== false || facts.ptyHolder !== false;
    // What was shown as serving others and ticked all the same was meant.
    if (line.role === 'owned' && serves && !isGone({ platform }, line.identity))
      return skipped({ reason: 'changed', id: 'changedWarning' });
    const refusal = refusalOf(line.view, { ...newer.guard, ...guardRules(config()) }, owner.view);
    if (refusal) return skipped({ reason: refusal.reason, id: 'protectedNow' });
  } catch (error) {
    onProblem(error);
    return UNEXPECTED;
  }
  const climbed = await tryClimb(acting, line, undefined, owner);
  // It was there before its session went: a shell ends when what runs in it is ended.
  return climbed.id === 'gone' ? WITH_OWNER : climbed;
};

/** Ends one line, and once it is gone what belongs to it; logged one by one. */
export const endRoot = (acting: Acting, { line, followers }: Root, stopBackground?: StopBackground): Promise<readonly EndResult[]> =>
  underMarks(acting, [line, ...followers], async (changeOf) => {
    const stop = changeOf(line);
    const root: Climb | Stopped = stop
      ? { outcome: 'skipped', reason: stop.reason, id: stop.id, signal: null, gone: false }
      : await tryClimb(acting, line, stopBackground);
    const first = await acting.conclude(line, root);
    const rest = followers.map(async (one) => {
      const changed = changeOf(one) ?? (root.gone ? null : OWNER_STAYED);
      return acting.conclude(one, changed ? skipped(changed) : await endFollower(acting, one, line));
    });
    return [first, ...(await Promise.all(rest))];
  });
