import type { EndResult } from '../shared/api.js';
import type { Acting, Verdict } from './acting.js';
import { skipped, UNEXPECTED, underMarks } from './acting.js';
import type { Elevate, ElevateOutcome, ElevateReason, ElevateResult } from './elevate.js';
import { FORCED_MS, GRACE_MS, isGone, waitUntilGone } from './end-ladder.js';
import type { Entry } from './end-log.js';
import { elevateEntry } from './end-log.js';
import type { FrozenLine } from './end-survey.js';

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

/** What became of one line that the helper has dealt with, verified with our own eyes: they need no rights for that. */
const verify = async (acting: Acting, line: FrozenLine, said: ElevateResult | undefined): Promise<Verdict> => {
  const { platform, clock, request } = acting;
  if (said === 'changed' && !isGone({ platform }, line.identity)) return skipped({ reason: 'changed', id: 'changed' });
  if (said === 'gone' || said === 'changed') return GONE;
  if (said === 'denied') return { outcome: 'failed', reason: 'denied', id: 'denied', signal: null };
  if (said === undefined) return UNEXPECTED;
  const signal = request.force ? 'SIGKILL' : 'SIGTERM';
  if (await waitUntilGone({ platform, clock }, line.identity, request.force ? GRACE_MS + FORCED_MS : GRACE_MS))
    return { outcome: 'done', reason: null, id: request.force ? 'forced' : 'done', signal };
  return { outcome: 'failed', reason: 'timeout', id: request.force ? 'stuck' : 'timeout', signal };
};

/**
 * Ends other users' lines through one system prompt for all of them. What changed before the prompt is left out of it, what
 * changed while it was open is for the helper to find; the log tells before and after.
 */
export const endElevated = (
  acting: Acting,
  lines: readonly FrozenLine[],
  { elevate, write }: ElevateParts,
): Promise<readonly EndResult[]> =>
  underMarks(acting, lines, async (changeOf) => {
    const asked = lines.filter((line) => changeOf(line) === null);
    const left = lines.flatMap((line) => {
      const change = changeOf(line);
      return change ? [acting.conclude(line, skipped(change))] : [];
    });
    if (asked.length === 0) return Promise.all(left);

    const targets = asked.map(({ identity }) => identity);
    const pids = targets.map(({ key }) => key.pid);
    await write(elevateEntry('INFO', pids, 'asked', null));
    let outcome: ElevateOutcome;
    try {
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
    const rest = asked.map(async (line) =>
      acting.conclude(line, refused ?? (await verify(acting, line, outcome.ok ? outcome.results.get(line.view.key.pid) : undefined))),
    );
    return Promise.all([...left, ...rest]);
  });
