import type { EndResult } from '../shared/api.js';
import type { Acting, Root, Verdict } from './acting.js';
import { OWNER_STAYED, skipped, UNEXPECTED, underMarks } from './acting.js';
import type { Elevate, ElevateOutcome, ElevateReason, ElevateResult } from './elevate.js';
import { FORCED_MS, GRACE_MS, isGone, waitUntilGone } from './end-ladder.js';
import type { Entry } from './end-log.js';
import { elevateEntry } from './end-log.js';
import type { Change, FrozenLine } from './end-survey.js';

export interface ElevateParts {
  readonly elevate: Elevate;
  readonly write: (entry: Entry) => Promise<void>;
}

/** Words for a prompt that led to nothing; ids are keys below "result" in the locales. */
const PROBLEMS = {
  dismissed: { outcome: 'skipped', reason: 'cancelled', id: 'elevateDismissed' },
  notAuthorised: { outcome: 'failed', reason: 'denied', id: 'elevateNotAuthorised' },
  noAgent: { outcome: 'skipped', reason: 'denied', id: 'elevateNoAgent' },
  notInstalled: { outcome: 'skipped', reason: 'denied', id: 'elevateNotInstalled' },
  failed: { outcome: 'failed', reason: 'denied', id: 'elevateFailed' },
} as const satisfies Record<ElevateReason, Pick<Verdict, 'outcome' | 'reason' | 'id'>>;

/** What a list comes to whose prompt led to nothing; words that name a command need one. */
const problemOf = ({ reason, command }: Extract<ElevateOutcome, { readonly ok: false }>): Verdict => {
  const byHand = reason === 'noAgent' || reason === 'notInstalled';
  if (!byHand) return { ...PROBLEMS[reason], signal: null };
  return command === null ? { ...PROBLEMS.failed, signal: null } : { ...PROBLEMS[reason], signal: null, values: { command } };
};

const GONE: Verdict = { outcome: 'skipped', reason: 'gone', id: 'gone', signal: null };
const WITH_OWNER: Verdict = { outcome: 'done', reason: null, id: 'endedWithOwner', signal: null };
const STAYED: Verdict = { outcome: 'failed', reason: 'timeout', id: 'timeout', signal: 'SIGTERM' };
const STUCK: Verdict = { outcome: 'failed', reason: 'timeout', id: 'stuck', signal: 'SIGKILL' };
const ENDED: Verdict = { outcome: 'done', reason: null, id: 'done', signal: 'SIGTERM' };
const KILLED: Verdict = { outcome: 'done', reason: null, id: 'forced', signal: 'SIGKILL' };
/** How long what the helper has seen end may still show in the process table. */
const SEEN_MS = 1_000;

/** What became of one line that was dealt with as root, verified with our own eyes: they need no rights for that. */
const verify = async (acting: Acting, line: FrozenLine, said: ElevateResult | undefined): Promise<Verdict> => {
  const { platform, clock, request } = acting;
  const within = async (ms: number, yes: Verdict, no: Verdict): Promise<Verdict> =>
    (await waitUntilGone({ platform, clock }, line.identity, ms)) ? yes : no;
  switch (said) {
    case 'changed':
      return isGone({ platform }, line.identity) ? GONE : skipped({ reason: 'changed', id: 'changed' });
    case 'gone':
      return GONE;
    case 'denied':
      return { outcome: 'failed', reason: 'denied', id: 'denied', signal: null };
    case 'kept':
      return skipped(OWNER_STAYED);
    case 'left':
      return within(SEEN_MS, WITH_OWNER, UNEXPECTED);
    case 'asked':
      return within(GRACE_MS, ENDED, STAYED);
    case 'ended':
      return within(SEEN_MS, ENDED, STAYED);
    case 'killed':
      return within(SEEN_MS, KILLED, STUCK);
    case 'became':
      return { outcome: 'failed', reason: 'changed', id: 'changed', signal: 'SIGTERM' };
    case 'stayed':
      return STAYED;
    case 'stuck':
      return STUCK;
    case 'signalled':
      return request.force ? within(GRACE_MS + FORCED_MS, KILLED, STUCK) : within(GRACE_MS, ENDED, STAYED);
    default:
      return UNEXPECTED;
  }
};

/**
 * Ends other users' lines through one system prompt for all of them, what belongs to a line after it. What changed before the
 * prompt is left out of it, and so is what belongs to that; what changed while it was open is for the helper to find. The log
 * tells before and after.
 */
export const endElevated = (acting: Acting, roots: readonly Root[], { elevate, write }: ElevateParts): Promise<readonly EndResult[]> =>
  underMarks(
    acting,
    roots.flatMap(({ line, followers }) => [line, ...followers]),
    async (changeOf) => {
      const asked: { readonly line: FrozenLine; readonly below: number | null }[] = [];
      const left: Promise<EndResult>[] = [];
      for (const { line, followers } of roots) {
        const stop = changeOf(line);
        const take = (each: FrozenLine, change: Change | null, below: number | null): void => {
          if (change === null) asked.push({ line: each, below });
          else left.push(acting.conclude(each, skipped(change)));
        };
        take(line, stop, null);
        for (const one of followers) take(one, changeOf(one) ?? (stop === null ? null : OWNER_STAYED), line.view.key.pid);
      }
      if (asked.length === 0) return Promise.all(left);

      const pids = asked.map(({ line }) => line.view.key.pid);
      await write(elevateEntry('INFO', pids, 'asked', null));
      let outcome: ElevateOutcome;
      try {
        const targets = asked.map(({ line, below }) => ({ identity: line.identity, below }));
        outcome = await elevate(targets, acting.request.force ? 'force' : 'ask');
      } catch (error) {
        acting.onProblem(error);
        outcome = { ok: false, reason: 'failed', command: null };
      }
      if (outcome.ok) await write(elevateEntry('SUCCESS', pids, 'done', null));
      else {
        const declined = outcome.reason === 'dismissed' || outcome.reason === 'notAuthorised';
        await write(elevateEntry(declined ? 'INFO' : 'ERROR', pids, declined ? 'refused' : 'failed', outcome.reason));
      }
      const refused = outcome.ok ? null : problemOf(outcome);
      const rest = asked.map(async ({ line }) =>
        acting.conclude(line, refused ?? (await verify(acting, line, outcome.ok ? outcome.results.get(line.view.key.pid) : undefined))),
      );
      return Promise.all([...left, ...rest]);
    },
  );
