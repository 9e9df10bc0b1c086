import type { ActionRequest, PreviewExcluded, Reason, Resume, Verb, Warning } from '../shared/api.js';
import type { Members } from '../shared/bulk.js';
import { isBulk, planMembers, selectMembers } from '../shared/bulk.js';
import type { Config } from '../shared/config.js';
import type { PlanLine } from '../shared/end-plan.js';
import { excludedAs, isSession, keysToInspect } from '../shared/end-plan.js';
import type { GuardContext } from '../shared/guard.js';
import { keyId, sameKey } from '../shared/process-key.js';
import type { Activity, ProcessKey, ProcessView, Refusal, Snapshot } from '../shared/types.js';
import type { Identity, Platform } from './platform/index.js';
import type { SessionFiles } from './session-files.js';

export interface SurveyParts {
  readonly platform: Pick<Platform, 'identify' | 'inspect'>;
  /** A look that begins after the call. */
  readonly look: () => Promise<{ readonly snapshot: Snapshot; readonly guard: GuardContext }>;
  readonly sessionFiles: SessionFiles;
  readonly config: () => Config;
  /** Ourselves, as the OS knows us at this instant. */
  readonly self: { readonly pid: number; readonly ppid: () => number };
}

/** A line of a plan with who it is and everything that speaks against ending it. */
export interface FrozenLine extends PlanLine {
  readonly identity: Identity;
  readonly resume: Resume | null;
}

export interface Survey {
  /** Of the look that this comes from. */
  readonly guard: GuardContext;
  /** Whom the action is for as of this look. */
  readonly members: readonly ProcessKey[];
  readonly lines: readonly FrozenLine[];
  readonly excluded: readonly PreviewExcluded[];
}

/** A transcript is written at every step of a turn; a session that was at work later than this after it has stopped writing. */
const UNWRITTEN_MS = 300_000;
/** Session folders may be slow or hostile, and few may be visited at a time. */
const SESSIONS_AT_ONCE = 4;

const against = (id: string, values?: Warning['values']): Warning =>
  values ? { id, values, weight: 'against' } : { id, weight: 'against' };

const transcriptWarnings = async (view: ProcessView, files: SessionFiles): Promise<{ warnings: Warning[]; resume: Resume | null }> => {
  if (view.session === null || view.uid === null) return { warnings: [], resume: null };
  const { configDir, projectDir, sessionId } = view.session;
  const place = { configDir, cwd: projectDir, sessionId, uid: view.uid };
  const transcript = await files.transcriptOf(place);
  if (transcript === 'unreadable') return { warnings: [against('transcriptUnreadable')], resume: null };
  const atWork = view.activity === 'busy' || view.activity === 'waiting' || view.activity === 'shell';
  const lastActiveMs = view.lastActiveMs ?? 0;
  if (transcript === null) {
    // A session that has only been started has no transcript, and nothing to lose.
    const worked = atWork || (view.startedAtMs !== null && lastActiveMs - view.startedAtMs > UNWRITTEN_MS);
    return { warnings: worked ? [against('transcriptMissing')] : [], resume: null };
  }
  const minutes = Math.floor((lastActiveMs - transcript.mtimeMs) / 60_000);
  const unwritten = lastActiveMs - transcript.mtimeMs > UNWRITTEN_MS;
  return { warnings: unwritten ? [against('transcriptUnwritten', { count: minutes })] : [], resume: await files.resumeOf(place) };
};

const gitWarnings = async (view: ProcessView, files: SessionFiles): Promise<Warning[]> => {
  const cwd = view.session?.projectDir ?? view.projectDir;
  if (cwd === null || view.uid === null) return [];
  const locked = await files.gitLocked(cwd, view.uid);
  if (locked === null) return [against('gitUnreadable')];
  return locked ? [against('gitLock')] : [];
};

/** Why a process that no look lists is not ended: it is nobody's, somebody else's, or not Claude's. */
const unlisted = (entry: PreviewExcluded, platform: SurveyParts['platform']): PreviewExcluded => {
  const now = entry.refusal.id === 'gone' ? platform.identify(entry.key.pid) : null;
  if (now === null || now.state === 'Z' || now.state === 'X') return entry;
  const refusal: Refusal =
    now.key.startedAt === entry.key.startedAt ? { reason: 'protected', id: 'notClaude' } : { reason: 'changed', id: 'changed' };
  return { ...entry, refusal };
};

/** What speaks against each verb: to pause costs an answer its connection, nothing else costs anything. */
const warningsFor = (verb: Verb, line: PlanLine): readonly Warning[] => {
  if (verb === 'end' || line.role === 'separate') return line.warnings;
  return verb === 'pause' ? line.warnings.filter(({ id }) => id === 'busy') : [];
};

/**
 * Looks anew and says what an action would touch, who each is, and what speaks against it; with `frozen`, what it would do to
 * those keys by now. Throws where the look fails or does not show our own place in the process table: without that, no
 * ancestor is safe.
 */
export const survey = async (parts: SurveyParts, request: ActionRequest, frozen?: readonly ProcessKey[]): Promise<Survey> => {
  const { platform, sessionFiles, self } = parts;
  const look = await parts.look();
  const { snapshot } = look;
  const guard: GuardContext = request.elevated ? { ...look.guard, elevated: true } : look.guard;
  const ppid = self.ppid();
  // Parent 0 is outside of our pid namespace.
  if (guard.selfPid !== self.pid || (ppid > 0 && !guard.ancestorPids.has(ppid)))
    throw new Error('the look does not show our own ancestors');
  const selected = selectMembers(snapshot, request, parts.config(), guard);
  const members: Members = frozen ? { ...selected, keys: frozen } : selected;
  const { keys } = members;
  const bulk = isBulk(request.scope);
  const facts = await platform.inspect(keysToInspect(planMembers(snapshot, members, bulk, guard)));
  const plan = planMembers(snapshot, members, bulk, guard, facts);

  const excluded = plan.excluded.map((entry) => unlisted(entry, platform));
  const read = async (line: PlanLine): Promise<FrozenLine | PreviewExcluded> => {
    const { view } = line;
    const ends = request.verb === 'end' && isSession(view);
    const ofSession = ends ? await transcriptWarnings(view, sessionFiles) : { warnings: [], resume: null };
    const ofGit = ends ? await gitWarnings(view, sessionFiles) : [];
    const identity = platform.identify(view.key.pid);
    if (identity === null || identity.state === 'Z' || identity.state === 'X') return excludedAs(view, { reason: 'gone', id: 'gone' });
    if (!sameKey(identity.key, view.key) || identity.uid !== view.uid) return excludedAs(view, { reason: 'changed', id: 'changed' });
    // Its service would take a stopped worker for a dead one.
    if (request.verb !== 'end' && view.kind === 'bg-session') return excludedAs(view, { reason: 'protected', id: 'bgSessionOnlyEnds' });
    if (request.verb === 'continue' && !frozen && identity.state !== 'T')
      return excludedAs(view, { reason: 'protected', id: 'notStopped' });
    const warnings = [...warningsFor(request.verb, line), ...ofSession.warnings, ...ofGit];
    return { ...line, warnings, identity, resume: ofSession.resume };
  };
  const lines: FrozenLine[] = [];
  for (let from = 0; from < plan.lines.length; from += SESSIONS_AT_ONCE) {
    const some = await Promise.all(plan.lines.slice(from, from + SESSIONS_AT_ONCE).map(read));
    for (const one of some) {
      if ('identity' in one) lines.push(one);
      else excluded.push(one);
    }
  }
  const ids = new Set(lines.map((line) => keyId(line.view.key)));
  const stays = ({ below }: FrozenLine): boolean => below === null || ids.has(keyId(below));
  // What hung below one that ended just now hangs elsewhere by now; who chose it must be told.
  for (const line of lines)
    if (!stays(line) && keys.some((key) => sameKey(key, line.view.key)))
      excluded.push(excludedAs(line.view, { reason: 'changed', id: 'ownerGone' }));
  return { guard, members: selected.keys, lines: lines.filter(stays), excluded };
};

/** What has become of a line since it was shown; ids are keys below "result" in the locales. */
export interface Change {
  readonly reason: Reason;
  readonly id: string;
}

const RANK: Readonly<Record<Activity, number>> = { none: 0, unknown: 0, idle: 0, shell: 1, waiting: 2, busy: 3 };
const changed = (id: string): Change => ({ reason: 'changed', id });

const sameBelow = (a: FrozenLine, b: FrozenLine): boolean =>
  a.below === null || b.below === null ? a.below === b.below : sameKey(a.below, b.below);

/**
 * Why nothing may be done to a line that was shown, judged by a newer survey of the same keys; null = it is as it was, or
 * quieter. What only stops or slows a process asks less: it must be the same one, in the same place.
 */
export const changeSince = (
  shown: FrozenLine,
  newer: Survey,
  platform: Pick<Platform, 'identify'>,
  request: Pick<ActionRequest, 'verb' | 'scope'>,
): Change | null => {
  const now = newer.lines.find((line) => sameKey(line.view.key, shown.view.key));
  if (!now) {
    const refusal = newer.excluded.find((entry) => sameKey(entry.key, shown.view.key))?.refusal;
    if (refusal?.reason === 'protected' || refusal?.reason === 'denied') return { reason: refusal.reason, id: `${refusal.reason}Now` };
    const alive = platform.identify(shown.view.key.pid);
    const gone = alive === null || alive.state === 'Z' || alive.state === 'X';
    return gone ? { reason: 'gone', id: 'gone' } : changed('changed');
  }
  const { identity, view } = now;
  if (identity.uid !== shown.identity.uid || identity.exeId !== shown.identity.exeId) return changed('changed');
  if (view.kind !== shown.view.kind) return changed('changedKind');
  const isMember = (): boolean => newer.members.some((key) => sameKey(key, view.key));
  if (request.scope.type !== 'keys' && shown.role === 'chosen' && !isMember()) return changed('changedScope');
  const ends = request.verb === 'end';
  if (ends && view.leftOver !== shown.view.leftOver) return changed('changedVerdict');
  if (ends && RANK[view.activity] > RANK[shown.view.activity]) return changed('changedActivity');
  if (now.role !== shown.role || !sameBelow(now, shown)) return changed('changedPlace');
  if (!ends) return null;
  const known = new Set(shown.warnings.map(({ id }) => id));
  return now.warnings.every(({ id }) => known.has(id)) ? null : changed('changedWarning');
};
