import type { ActionRequest, EndReport, EndResult, Failure, Preview, PreviewTarget, Result, StoppedSession } from '../shared/api.js';
import { confirmationOf, isBulk, isLight } from '../shared/bulk.js';
import type { Config } from '../shared/config.js';
import { tickedIds } from '../shared/end-plan.js';
import { keyId } from '../shared/process-key.js';
import { stoppedOf } from '../shared/stopped.js';
import type { ProcessKey } from '../shared/types.js';
import { actOnRoot } from './act-verbs.js';
import type { Acting, Verdict } from './acting.js';
import { OWNER_STAYED, rootsOf, skipped } from './acting.js';
import type { ActionLog } from './action-log.js';
import type { Elevate } from './elevate.js';
import { endElevated } from './end-elevated.js';
import { GRACE_MS } from './end-ladder.js';
import type { Entry } from './end-log.js';
import { cancelledEntry, commandAction, nobodyEntry, refusedCommandEntry, refusedEntry, resultEntry, summaryEntry } from './end-log.js';
import type { StopBackground } from './end-roots.js';
import { endRoot } from './end-roots.js';
import type { FrozenLine, Survey, SurveyParts } from './end-survey.js';
import { survey } from './end-survey.js';
import type { Clock, Frozen } from './end-tokens.js';
import { createRateLimit, createTokens, TOKEN_MS } from './end-tokens.js';
import { MOST_TARGETS } from './most-targets.js';
import type { Platform } from './platform/index.js';

const MOST_CALLS = 10;
const CALLS_WINDOW_MS = 10_000;

export interface ActionsParts extends SurveyParts {
  readonly platform: Pick<Platform, 'identify' | 'inspect' | 'signal' | 'setPriority'>;
  readonly log: Pick<ActionLog, 'append'>;
  readonly clock: Clock;
  /** At least 128 random bits as text. */
  readonly randomToken: () => string;
  /** The one system prompt for other users' processes; absent = not on this system. */
  readonly elevate?: Elevate;
  /** Ends a background session by its own command; absent = none is ever ended. */
  readonly stopBackground?: StopBackground;
  /** Told of each session that was ended, with what it can be picked up by. */
  readonly onStopped?: (session: StoppedSession) => Promise<unknown>;
  /** What must be known and changes no result: a log that cannot be written, an error inside. */
  readonly onProblem: (problem: unknown) => void;
}

/** The one door to ending, pausing or slowing anything. */
export interface Actions {
  /** A frozen list of what an action would touch, and its one-time token; logs where all of it is refused. */
  readonly previewAction: (
    request: ActionRequest,
    options: { readonly caller: string; readonly automatic?: boolean },
  ) => Promise<Result<Preview>>;
  /** Does it to those lines of a preview that are named, each of them checked again; everything tried is in the log. */
  readonly performAction: (input: {
    readonly token: string;
    readonly keys: readonly ProcessKey[];
    /** What was typed, for actions that ask for it. */
    readonly confirmation: string | null;
    readonly caller: string;
  }) => Promise<Result<EndReport>>;
  /** Spends a preview's token without doing anything. */
  readonly cancelPreview: (input: { readonly token: string; readonly caller: string }) => Promise<Result<null>>;
}

const failed = (reason: Failure['reason'], id: string): Result<never> => ({ ok: false, failure: { reason, id } });

/** Whether a request makes sense: nothing but an end is forced or done as administrator, and nothing but a priority has one. */
const isPossible = ({ verb, scope, force, priority, elevated }: ActionRequest): boolean =>
  (verb === 'end' || !force) && (verb === 'priority') === (priority !== null) && (!elevated || (verb === 'end' && scope.type === 'keys'));

/** What the user has switched off for everybody here, as an id of the words that say so. */
const switchedOff = ({ global_settings: settings }: Config, { elevated }: ActionRequest): 'readOnly' | 'elevationOff' | null =>
  settings.read_only ? 'readOnly' : elevated && !settings.elevation_enabled ? 'elevationOff' : null;

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

/** Bytes of what is gone; null where something is gone and nobody knows how much any of it was. */
const freedOf = (results: readonly EndResult[]): number | null => {
  const freed = results.filter((result) => result.outcome === 'done' && result.freedBytes !== null);
  const done = results.some((result) => result.outcome === 'done');
  return done && freed.length === 0 ? null : freed.reduce((sum, result) => sum + (result.freedBytes ?? 0), 0);
};

/** Builds the one door: previews, checks, ladders and log lines. */
export const createActions = (parts: ActionsParts): Actions => {
  const { platform, config, log, clock, onProblem } = parts;
  const tokens = createTokens(parts);
  const isWithinRate = createRateLimit(clock, MOST_CALLS, CALLS_WINDOW_MS);
  const busy = new Set<string>();

  const write = async (entry: Entry): Promise<void> => {
    try {
      const written = await log.append(entry);
      if (!written.ok) onProblem(written.failure);
    } catch (error) {
      onProblem(error);
    }
  };

  const look = async (request: ActionRequest, frozen?: readonly ProcessKey[]): Promise<Survey | null> => {
    try {
      return await survey(parts, request, frozen);
    } catch (error) {
      onProblem(error);
      return null;
    }
  };

  const previewAction: Actions['previewAction'] = async (request, { caller, automatic = false }) => {
    if (!isPossible(request)) return failed('invalid', 'requestInvalid');
    const off = switchedOff(config(), request);
    if (off !== null) {
      await write(refusedCommandEntry(request.scope.type === 'keys' ? request.scope.keys : [], { reason: 'denied', id: off }, request));
      return failed('denied', off);
    }
    const seen = await look(request);
    if (seen === null) return failed('changed', 'cannotVerify');
    const { lines, excluded } = seen;
    const ticked = tickedIds(lines, isBulk(request.scope));
    const takenAtMs = clock.now();
    const confirm = confirmationOf(request.scope);
    const preview = {
      request,
      confirm,
      takenAtMs,
      expiresAtMs: takenAtMs + TOKEN_MS,
      graceMs: GRACE_MS,
      light: isLight(request, seen, takenAtMs, config().global_settings.min_idle_minutes, seen.guard.selfUid),
      targets: lines.map((line) => targetOf(line, ticked.has(keyId(line.view.key)))),
      excluded,
    };
    if (lines.length > 0) {
      return { ok: true, value: { ...preview, token: tokens.issue({ caller, request, automatic, confirm, keys: seen.members, lines }) } };
    }
    if (request.scope.type === 'keys') for (const entry of excluded) await write(refusedEntry(entry, request));
    else await write(nobodyEntry(request, excluded));
    return { ok: true, value: { ...preview, token: null } };
  };

  /** One line's result, logged as soon as it is known: the next line may take seconds. */
  const concluding = (request: ActionRequest, newer: Survey | null) => {
    const fresh = new Map((newer?.lines ?? []).map((line) => [keyId(line.view.key), line]));
    return async (shown: FrozenLine, { outcome, reason, id, signal, values }: Verdict): Promise<EndResult> => {
      const line = fresh.get(keyId(shown.view.key)) ?? shown;
      const { key, name, kind, user, memoryBytes } = line.view;
      const ends = request.verb === 'end';
      const freedBytes = outcome === 'done' && ends ? memoryBytes : null;
      const resume = outcome === 'skipped' ? null : line.resume;
      const result: EndResult = { key, name, kind, user, outcome, reason, id, ...(values ? { values } : {}), signal, freedBytes, resume };
      await write(resultEntry(line, memoryBytes, result, request, ends && kind === 'bg-session' ? 'STOP_BACKGROUND' : undefined));
      return result;
    };
  };

  /** Hands what can be picked up again to whoever keeps it. */
  const remember = async ({ request, automatic }: Frozen, lines: readonly FrozenLine[], results: readonly EndResult[]): Promise<void> => {
    if (request.verb !== 'end' || parts.onStopped === undefined) return;
    const byId = new Map(lines.map((line) => [keyId(line.view.key), line]));
    for (const result of results) {
      const line = byId.get(keyId(result.key));
      if (line === undefined || result.outcome !== 'done') continue;
      const belongs = ({ key }: EndResult): boolean => {
        const below = byId.get(keyId(key))?.below;
        return keyId(key) === keyId(result.key) || (below !== undefined && below !== null && keyId(below) === keyId(result.key));
      };
      const action = automatic ? 'AUTO_CLEANUP' : line.view.kind === 'bg-session' ? 'STOP_BACKGROUND' : commandAction(request);
      const how = { endedAtMs: clock.now(), action, freedBytes: freedOf(results.filter(belongs)), resume: result.resume };
      const stopped = stoppedOf(line.view, how);
      try {
        if (stopped) await parts.onStopped(stopped);
      } catch (error) {
        onProblem(error);
      }
    }
  };

  const run = async (frozen: Frozen, newer: Survey, lines: readonly FrozenLine[]): Promise<readonly EndResult[]> => {
    const { request } = frozen;
    const acting: Acting = { platform, clock, config, request, newer, busy, conclude: concluding(request, newer), onProblem };
    const { selfUid, isRoot } = newer.guard;
    const { elevate } = parts;
    const isForeign = ({ identity }: FrozenLine): boolean => request.elevated && !isRoot && identity.uid !== selfUid;
    const foreign = rootsOf(lines.filter(isForeign));
    const own = rootsOf(lines.filter((line) => !isForeign(line)));

    const atOnce = own.roots.map((root) =>
      request.verb === 'end' ? endRoot(acting, root, parts.stopBackground) : actOnRoot(acting, root),
    );
    if (foreign.roots.length > 0 && elevate !== undefined) atOnce.push(endElevated(acting, foreign.roots, { elevate, write }));
    const ownerless = [...own.ownerless, ...foreign.ownerless].map((line) => acting.conclude(line, skipped(OWNER_STAYED)));
    return [...(await Promise.all(atOnce)).flat(), ...(await Promise.all(ownerless))];
  };

  const performAction: Actions['performAction'] = async ({ token, keys, confirmation, caller }) => {
    // Spent before anything else, so that no refusal below leaves it usable.
    const frozen = tokens.take(token, caller);
    const request = typeof frozen === 'string' ? null : frozen.request;
    const refuse = async (reason: Failure['reason'], id: string): Promise<Result<never>> => {
      await write(refusedCommandEntry(keys, { reason, id }, request));
      return failed(reason, id);
    };
    if (!isWithinRate()) return refuse('denied', 'tooManyRequests');
    if (frozen === 'expired') return refuse('expired', 'previewExpired');
    if (frozen === 'invalid') return refuse('invalid', 'previewInvalid');
    if (frozen.confirm !== null && confirmation !== frozen.confirm) return refuse('invalid', 'confirmation');
    const off = switchedOff(config(), frozen.request);
    if (off !== null) return refuse('denied', off);
    const shown = new Set(frozen.lines.map((line) => keyId(line.view.key)));
    const wanted = new Set(keys.map(keyId));
    for (const id of wanted) if (!shown.has(id)) return refuse('invalid', 'previewOther');
    if (frozen.request.elevated && parts.elevate === undefined) return refuse('denied', 'elevateUnavailable');
    if (frozen.request.elevated && wanted.size > MOST_TARGETS) return refuse('invalid', 'elevateTooMany');

    const newer = await look(frozen.request, frozen.keys);
    if (newer === null) return refuse('changed', 'cannotVerify');
    const lines = frozen.lines.filter((line) => wanted.has(keyId(line.view.key)));
    const results = await run(frozen, newer, lines);
    // A paused process keeps its memory.
    const freedBytes = frozen.request.verb === 'end' ? freedOf(results) : 0;
    const summary = summaryEntry(frozen.request, results, freedBytes);
    if (summary) await write(summary);
    await remember(frozen, lines, results);
    return { ok: true, value: { results, freedBytes } };
  };

  const cancelPreview: Actions['cancelPreview'] = async ({ token, caller }) => {
    const frozen = tokens.take(token, caller);
    if (typeof frozen === 'string') return { ok: true, value: null };
    for (const line of frozen.lines) if (line.role === 'chosen') await write(cancelledEntry(line, frozen.request));
    return { ok: true, value: null };
  };

  return { previewAction, performAction, cancelPreview };
};
