import type { EndResult, Priority } from '../shared/api.js';
import type { Acting, Root, Verdict } from './acting.js';
import { OWNER_STAYED, skipped, UNEXPECTED, underMarks } from './acting.js';
import { isGone } from './end-ladder.js';
import type { FrozenLine } from './end-survey.js';
import type { SignalOutcome } from './platform/index.js';

/** Nice values; to raise a priority, or back from low, takes a privilege that the system gives to administrators. */
export const NICE = { low: 10, normal: 0, high: -5 } as const satisfies Record<Priority, number>;
/** A stopped process shows at once; one in an uninterruptible call only after it. */
const STATE_MS = 1_000;
const POLL_MS = 20;

const GONE: Verdict = { outcome: 'skipped', reason: 'gone', id: 'gone', signal: null };
const done = (id: string, signal: Verdict['signal']): Verdict => ({ outcome: 'done', reason: null, id, signal });

/** Why the act came to nothing, or null where it was done. */
const refusalOf = (outcome: SignalOutcome, acting: Acting, line: FrozenLine, deniedId: string): Verdict | null => {
  if (outcome === 'sent') return null;
  if (outcome === 'gone' || (outcome === 'changed' && isGone(acting, line.identity))) return GONE;
  if (outcome === 'changed') return skipped({ reason: 'changed', id: 'changed' });
  return { outcome: 'failed', reason: 'denied', id: deniedId, signal: null };
};

/** Whether it comes to be stopped, or to run, within a second. */
const reaches = async ({ platform, clock }: Acting, { identity }: FrozenLine, stopped: boolean): Promise<boolean | 'gone'> => {
  const untilMs = clock.monotonicMs() + STATE_MS;
  for (;;) {
    if (isGone({ platform }, identity)) return 'gone';
    if ((platform.identify(identity.key.pid)?.state === 'T') === stopped) return true;
    if (clock.monotonicMs() >= untilMs) return false;
    await clock.sleep(POLL_MS);
  }
};

const actOn = async (acting: Acting, line: FrozenLine): Promise<Verdict> => {
  const { platform, request } = acting;
  try {
    if (request.verb === 'priority') {
      const priority = request.priority ?? 'normal';
      const refused = refusalOf(platform.setPriority(line.identity, NICE[priority]), acting, line, 'priorityDenied');
      return refused ?? done('prioritySet', null);
    }
    const pauses = request.verb === 'pause';
    if (!pauses && platform.identify(line.identity.key.pid)?.state !== 'T')
      return isGone(acting, line.identity) ? GONE : skipped({ reason: 'changed', id: 'notStopped' });
    const refused = refusalOf(platform.signal(line.identity, pauses ? 'pause' : 'continue'), acting, line, 'denied');
    if (refused) return refused;
    const signal = pauses ? 'SIGSTOP' : 'SIGCONT';
    const reached = await reaches(acting, line, pauses);
    if (reached === 'gone') return { outcome: 'failed', reason: 'gone', id: 'goneMeanwhile', signal };
    if (reached) return done(pauses ? 'paused' : 'continued', signal);
    return { outcome: 'failed', reason: 'timeout', id: pauses ? 'notPaused' : 'notContinued', signal };
  } catch (error) {
    acting.onProblem(error);
    return UNEXPECTED;
  }
};

/**
 * Pauses, continues or re-prioritises one line and what belongs to it; each checked anew in the turn of its own signal. A
 * session is stopped before its servers and goes on after them, so that it never waits for one that is stopped.
 */
export const actOnRoot = (acting: Acting, { line, followers }: Root): Promise<readonly EndResult[]> =>
  underMarks(acting, [line, ...followers], async (changeOf) => {
    const one = async (each: FrozenLine): Promise<EndResult> => {
      const change = changeOf(each);
      return acting.conclude(each, change ? skipped(change) : await actOn(acting, each));
    };
    if (acting.request.verb === 'continue') {
      const rest = await Promise.all(followers.map(one));
      return [await one(line), ...rest];
    }
    const first = await one(line);
    if (first.outcome === 'done') return [first, ...(await Promise.all(followers.map(one)))];
    return [first, ...(await Promise.all(followers.map((each) => acting.conclude(each, skipped(changeOf(each) ?? OWNER_STAYED)))))];
  });
