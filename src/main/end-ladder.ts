import type { Outcome, Reason } from '../shared/api.js';
import type { Identity, Platform } from './platform/index.js';

/** How long a process that was asked has to end. */
export const GRACE_MS = 5_000;
/** How long the kernel has to take away a process that was killed; one in an uninterruptible call takes longer. */
export const FORCED_MS = 2_000;
/** How long what belongs to an ended process has to end by itself: servers leave when their input closes. */
export const SETTLE_MS = 1_000;
const POLL_MS = 50;

/** What the ladder needs of the world; time is monotonic. */
export interface LadderParts {
  readonly platform: Pick<Platform, 'identify' | 'signal'>;
  readonly clock: { readonly monotonicMs: () => number; readonly sleep: (ms: number) => Promise<void> };
}

/** What became of one process. */
export interface Climb {
  readonly outcome: Outcome;
  readonly reason: Reason | null;
  /** A key below "result" in the locales. */
  readonly id: string;
  /** The last signal that was sent. */
  readonly signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | null;
  /** Whether it is certain that the process is there no more. */
  readonly gone: boolean;
}

/** Whether nobody, or somebody else, has the target's pid. A stamp of '' = somebody whom we may not look at: not proved gone. */
export const isGone = ({ platform }: Pick<LadderParts, 'platform'>, target: Identity): boolean => {
  const now = platform.identify(target.key.pid);
  if (now === null) return true;
  if (now.key.startedAt === '') return false;
  return now.key.startedAt !== target.key.startedAt || now.state === 'Z' || now.state === 'X';
};

/** Waits until the target is gone, at most `limitMs`; `each` is called at every look at which it is still there. */
export const waitUntilGone = async (
  parts: LadderParts,
  target: Identity,
  limitMs: number,
  each: () => void = () => {},
): Promise<boolean> => {
  const untilMs = parts.clock.monotonicMs() + limitMs;
  for (;;) {
    if (isGone(parts, target)) return true;
    each();
    if (parts.clock.monotonicMs() >= untilMs) return false;
    await parts.clock.sleep(POLL_MS);
  }
};

/**
 * Asks one process to end, waits the grace, forces it only if `mayForce` by then, and verifies. Every signal goes through
 * `Platform.signal`, which checks pid, stamp, uid and executable against `target` in the same turn.
 */
export const climb = async (parts: LadderParts, target: Identity, mayForce: () => boolean): Promise<Climb> => {
  const { platform } = parts;
  const asked = platform.signal(target, 'ask');
  // A pid that is somebody else's by now is an end of ours, and none of our business any more.
  if (asked === 'gone' || (asked === 'changed' && isGone(parts, target)))
    return { outcome: 'skipped', reason: 'gone', id: 'gone', signal: null, gone: true };
  if (asked === 'changed') return { outcome: 'skipped', reason: 'changed', id: 'changed', signal: null, gone: false };
  if (asked === 'denied') return { outcome: 'failed', reason: 'denied', id: 'denied', signal: null, gone: false };

  let continued = false;
  const wake = (): void => {
    // A stopped process does not see the request until it runs again.
    if (continued || platform.identify(target.key.pid)?.state !== 'T') return;
    continued = true;
    platform.signal(target, 'continue');
  };
  if (await waitUntilGone(parts, target, GRACE_MS, wake))
    return { outcome: 'done', reason: null, id: 'done', signal: 'SIGTERM', gone: true };
  if (!mayForce()) {
    const now = platform.identify(target.key.pid);
    const reason = now?.uid === target.uid && now.exeId === target.exeId ? 'timeout' : 'changed';
    return { outcome: 'failed', reason, id: reason, signal: 'SIGTERM', gone: false };
  }

  const forced = platform.signal(target, 'force');
  if (forced === 'denied') return { outcome: 'failed', reason: 'denied', id: 'denied', signal: 'SIGTERM', gone: false };
  if (forced === 'changed' && !isGone(parts, target))
    return { outcome: 'failed', reason: 'changed', id: 'changed', signal: 'SIGTERM', gone: false };
  if (forced !== 'sent') return { outcome: 'done', reason: null, id: 'done', signal: 'SIGTERM', gone: true };
  if (await waitUntilGone(parts, target, FORCED_MS)) return { outcome: 'done', reason: null, id: 'forced', signal: 'SIGKILL', gone: true };
  return { outcome: 'failed', reason: 'timeout', id: 'stuck', signal: 'SIGKILL', gone: false };
};
