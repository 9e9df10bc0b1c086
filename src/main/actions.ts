import type { EndReport, EndResult, Failure, Preview, PreviewTarget, Result } from '../shared/api.js';
import type { Config } from '../shared/config.js';
import { isEngine, tickedIds } from '../shared/end-plan.js';
import { refusalOf } from '../shared/guard.js';
import { keyId } from '../shared/process-key.js';
import type { ProcessKey } from '../shared/types.js';
import type { ActionLog } from './action-log.js';
import type { Climb } from './end-ladder.js';
import { climb, GRACE_MS, isGone, SETTLE_MS, waitUntilGone } from './end-ladder.js';
import type { Entry } from './end-log.js';
import { cancelledEntry, refusedCommandEntry, refusedEntry, resultEntry } from './end-log.js';
import type { Change, FrozenLine, Survey, SurveyParts } from './end-survey.js';
import { changeSince, survey } from './end-survey.js';
import type { Clock } from './end-tokens.js';
import { createRateLimit, createTokens, TOKEN_MS } from './end-tokens.js';
import type { Platform } from './platform/index.js';

const MOST_CALLS = 10;
const CALLS_WINDOW_MS = 10_000;

export interface ActionsParts extends SurveyParts {
  readonly platform: Pick<Platform, 'identify' | 'inspect' | 'signal'>;
  readonly config: () => Config;
  readonly log: Pick<ActionLog, 'append'>;
  readonly clock: Clock;
  /** At least 128 random bits as text. */
  readonly randomToken: () => string;
  /** What must be known and changes no result: a log that cannot be written, an error inside. */
  readonly onProblem: (problem: unknown) => void;
}

/** The one door to ending anything. */
export interface Actions {
  /** A frozen list of what ending `keys` would touch, and its one-time token; logs where all of it is refused. */
  readonly previewEnd: (
    keys: readonly ProcessKey[],
    options: { readonly force: boolean; readonly caller: string },
  ) => Promise<Result<Preview>>;
  /** Ends those lines of a preview that are named, each of them checked again; everything tried is in the log. */
  readonly endProcesses: (input: {
    readonly token: string;
    readonly keys: readonly ProcessKey[];
    readonly caller: string;
  }) => Promise<Result<EndReport>>;
  /** Spends a preview's token without ending anything. */
  readonly cancelPreview: (input: { readonly token: string; readonly caller: string }) => Promise<Result<null>>;
}

type Verdict = Pick<EndResult, 'outcome' | 'reason' | 'id' | 'signal'>;

const failed = (reason: Failure['reason'], id: string): Result<never> => ({ ok: false, failure: { reason, id } });
const skipped = ({ reason, id }: Change): Verdict => ({ outcome: 'skipped', reason, id, signal: null });
const OWNER_STAYED: Change = { reason: 'cancelled', id: 'ownerStayed' };
const UNEXPECTED: Climb = { outcome: 'failed', reason: 'invalid', id: 'unexpected', signal: null, gone: false };

const targetOf = (line: FrozenLine, ticked: boolean): PreviewTarget => ({
  key: line.view.key,
  below: line.below,
  role: line.role,
  name: line.view.name,
  kind: line.view.kind,
  user: line.view.user,
  memoryBytes: line.view.memoryBytes,
  startedAtMs: line.view.startedAtMs,
  leftOver: line.view.leftOver,
  evidence: line.view.leftOverEvidence,
  warnings: line.warnings,
  ticked,
  resume: line.resume,
});

/** A line to be ended, and what is ended after it only once it is gone. */
interface Root {
  readonly line: FrozenLine;
  readonly followers: readonly FrozenLine[];
}

/** What hangs below an accepted line waits for it; another engine does not, it has work of its own to save. */
const rootsOf = (lines: readonly FrozenLine[]): { roots: Root[]; ownerless: FrozenLine[] } => {
  const ids = new Set(lines.map((line) => keyId(line.view.key)));
  const follows = (line: FrozenLine): boolean => line.below !== null && ids.has(keyId(line.below)) && !isEngine(line.view);
  const ownerless = lines.filter((line) => line.role === 'owned' && !follows(line));
  const roots = lines
    .filter((line) => !follows(line) && !ownerless.includes(line))
    .map((line) => ({ line, followers: lines.filter((one) => follows(one) && one.below && keyId(one.below) === keyId(line.view.key)) }));
  return { roots, ownerless };
};

/** Bytes of what is gone; null where something is gone and nobody knows how much any of it was. */
const freedOf = (results: readonly EndResult[]): number | null => {
  const done = results.filter((result) => result.outcome === 'done');
  const known = done.filter((result) => result.freedBytes !== null);
  return done.length > 0 && known.length === 0 ? null : known.reduce((sum, result) => sum + (result.freedBytes ?? 0), 0);
};

/** Builds the one door to ending anything: previews, checks, ladders and log lines. */
export const createActions = (parts: ActionsParts): Actions => {
  const { platform, config, log, clock, onProblem } = parts;
  const tokens = createTokens(parts);
  const isWithinRate = createRateLimit(clock, MOST_CALLS, CALLS_WINDOW_MS);
  /** Processes that some command is ending: a second SIGTERM would cut short what the first one began. */
  const busy = new Set<string>();

  const write = async (entry: Entry): Promise<void> => {
    try {
      const written = await log.append(entry);
      if (!written.ok) onProblem(written.failure);
    } catch (error) {
      onProblem(error);
    }
  };

  const look = async (keys: readonly ProcessKey[]): Promise<Survey | null> => {
    try {
      return await survey(parts, keys);
    } catch (error) {
      onProblem(error);
      return null;
    }
  };

  const previewEnd: Actions['previewEnd'] = async (keys, { force, caller }) => {
    const seen = await look(keys);
    if (seen === null) return failed('changed', 'cannotVerify');
    const ticked = tickedIds(seen.lines, keys.length > 1);
    const takenAtMs = clock.now();
    const preview = {
      force,
      takenAtMs,
      expiresAtMs: takenAtMs + TOKEN_MS,
      graceMs: GRACE_MS,
      targets: seen.lines.map((line) => targetOf(line, ticked.has(keyId(line.view.key)))),
      excluded: seen.excluded,
    };
    if (seen.lines.length === 0) {
      for (const entry of seen.excluded) await write(refusedEntry(entry));
      return { ok: true, value: { ...preview, token: null } };
    }
    const token = tokens.issue({ caller, force, keys, lines: seen.lines });
    return { ok: true, value: { ...preview, token } };
  };

  /** One line's result, logged as soon as it is known: the next line may take seconds. */
  const conclude = async (line: FrozenLine, newer: FrozenLine | undefined, verdict: Verdict): Promise<EndResult> => {
    const { view } = newer ?? line;
    const { outcome, reason, id, signal } = verdict;
    const result: EndResult = {
      key: view.key,
      name: view.name,
      kind: view.kind,
      user: view.user,
      outcome,
      reason,
      id,
      signal,
      freedBytes: outcome === 'done' ? view.memoryBytes : null,
      resume: outcome === 'skipped' ? null : (newer ?? line).resume,
    };
    await write(resultEntry(newer ?? line, view.memoryBytes, result));
    return result;
  };

  const tryClimb = async (line: FrozenLine, force: boolean): Promise<Climb> => {
    try {
      return await climb({ platform, clock }, line.identity, force);
    } catch (error) {
      onProblem(error);
      return UNEXPECTED;
    }
  };

  /** Asked only after its session is gone, and only if it neither leaves by itself nor serves others by now. */
  const endFollower = async (line: FrozenLine, owner: FrozenLine, newer: Survey, force: boolean): Promise<Verdict> => {
    try {
      if (await waitUntilGone({ platform, clock }, line.identity, SETTLE_MS))
        return { outcome: 'done', reason: null, id: 'endedWithOwner', signal: null };
      const facts = (await platform.inspect([line.view.key])).get(line.view.key.pid);
      const serves = facts === undefined || facts.listening !== false || facts.ptyHolder !== false;
      // What was shown as serving others and ticked all the same was meant.
      if (line.role === 'owned' && serves && !isGone({ platform }, line.identity))
        return skipped({ reason: 'changed', id: 'changedWarning' });
      const refusal = refusalOf(line.view, { ...newer.guard, protectRules: config().protect_rules }, owner.view);
      if (refusal) return skipped({ reason: refusal.reason, id: 'protectedNow' });
    } catch (error) {
      onProblem(error);
      return UNEXPECTED;
    }
    return tryClimb(line, force);
  };

  const endRoot = async ({ line, followers }: Root, newer: Survey, force: boolean): Promise<EndResult[]> => {
    const freshOf = (one: FrozenLine): FrozenLine | undefined => newer.lines.find((fresh) => keyId(fresh.view.key) === keyId(one.view.key));
    const change = (one: FrozenLine): Change | null =>
      busy.has(keyId(one.view.key)) ? { reason: 'changed', id: 'alreadyEnding' } : changeSince(one, newer, platform);
    const all = [line, ...followers];
    const changes = new Map(all.map((one) => [one, change(one)]));
    const mine = all.filter((one) => changes.get(one) === null).map((one) => keyId(one.view.key));
    for (const id of mine) busy.add(id);
    try {
      const stop = changes.get(line);
      const root: Climb = stop ? { ...skipped(stop), gone: false } : await tryClimb(line, force);
      const first = await conclude(line, freshOf(line), root);
      const rest = followers.map(async (one) => {
        const changed = changes.get(one) ?? (root.gone ? null : OWNER_STAYED);
        return conclude(one, freshOf(one), changed ? skipped(changed) : await endFollower(one, line, newer, force));
      });
      return [first, ...(await Promise.all(rest))];
    } finally {
      for (const id of mine) busy.delete(id);
    }
  };

  const endProcesses: Actions['endProcesses'] = async ({ token, keys, caller }) => {
    // Spent before anything else, so that no refusal below leaves it usable.
    const frozen = tokens.take(token, caller);
    const refuse = async (reason: Failure['reason'], id: string): Promise<Result<never>> => {
      await write(refusedCommandEntry(keys, { reason, id }));
      return failed(reason, id);
    };
    if (!isWithinRate()) return refuse('denied', 'tooManyRequests');
    if (frozen === 'expired') return refuse('expired', 'previewExpired');
    if (frozen === 'invalid') return refuse('invalid', 'previewInvalid');
    const shown = new Set(frozen.lines.map((line) => keyId(line.view.key)));
    const wanted = new Set(keys.map(keyId));
    for (const id of wanted) if (!shown.has(id)) return refuse('invalid', 'previewOther');

    const newer = await look(frozen.keys);
    if (newer === null) return refuse('changed', 'cannotVerify');
    const { roots, ownerless } = rootsOf(frozen.lines.filter((line) => wanted.has(keyId(line.view.key))));
    const ended = roots.map((root) => endRoot(root, newer, frozen.force));
    const left = ownerless.map((line) => conclude(line, undefined, skipped(OWNER_STAYED)));
    const results = [...(await Promise.all(ended)).flat(), ...(await Promise.all(left))];
    return { ok: true, value: { results, freedBytes: freedOf(results) } };
  };

  const cancelPreview: Actions['cancelPreview'] = async ({ token, caller }) => {
    const frozen = tokens.take(token, caller);
    if (typeof frozen === 'string') return { ok: true, value: null };
    for (const line of frozen.lines) if (line.role === 'chosen') await write(cancelledEntry(line));
    return { ok: true, value: null };
  };

  return { previewEnd, endProcesses, cancelPreview };
};
