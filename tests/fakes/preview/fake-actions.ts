import type { ActionRequest, EndResult, Preview, PreviewTarget, QuickCounts, StoppedSession } from '../../../src/shared/api.js';
import { type ProcessKey, type ProcessView, SESSION_KINDS } from '../../../src/shared/types.js';

/** Who is meant by a request on the invented machine; the rules are main's in outline only. */

export const idOf = (key: ProcessKey): string => `${key.pid}:${key.startedAt}`;

const isSession = (view: ProcessView): boolean => SESSION_KINDS.some((kind) => kind === view.kind);
const isIdle = (view: ProcessView): boolean => view.activity === 'idle';

export const aTarget = (view: ProcessView, below: ProcessView | null, ticked = true): PreviewTarget => ({
  key: view.key,
  below: below?.key ?? null,
  role: below ? 'owned' : 'chosen',
  name: view.name,
  kind: view.kind,
  user: view.user,
  memoryBytes: view.memoryBytes,
  startedAtMs: view.startedAtMs,
  leftOver: view.leftOver,
  evidence: view.leftOver === 'no' ? view.kindEvidence : view.leftOverEvidence,
  warnings: [
    ...(view.activity === 'busy' ? [{ id: 'busy', weight: 'against' as const }] : []),
    ...(view.activity === 'waiting' ? [{ id: 'waiting', weight: 'against' as const }] : []),
    ...(view.key.pid === 30990 ? [{ id: 'gitLock', weight: 'against' as const, values: { dir: '~/code/checkout-flow' } }] : []),
  ],
  ticked,
  resume: view.session
    ? {
        sessionId: view.session.sessionId,
        cwd: view.projectDir ?? '~',
        command: `cd '${view.projectDir ?? '~'}' && claude --resume ${view.session.sessionId}`,
      }
    : null,
});

const membersOf = (all: readonly ProcessView[], { scope }: ActionRequest): readonly ProcessView[] => {
  switch (scope.type) {
    case 'keys':
      return all.filter((view) => scope.keys.some((key) => idOf(key) === idOf(view.key)));
    case 'user':
      return all.filter((view) => isSession(view) && view.user === scope.user);
    case 'all':
      return all.filter(isSession);
    case 'old':
      return all.filter((view) => isSession(view) && view.conditions.includes('old') && isIdle(view));
    case 'orphans':
      return all.filter((view) => view.leftOver !== 'no' && !view.owner);
  }
};

/** What main would answer to a request. */
export const aPreview = (all: readonly ProcessView[], request: ActionRequest, now: number, expired: boolean): Preview => {
  const chosen = membersOf(all, request);
  const isFree = (view: ProcessView): boolean => view.refusal === null || (request.elevated && view.refusal.reason === 'denied');
  const bulk = request.scope.type !== 'keys';
  const targets = chosen.filter(isFree).flatMap((view) => {
    const ticked = !bulk || (view.leftOver !== 'unknown' && aTarget(view, null).warnings.length === 0);
    const owned = all.filter((each) => each.owner && idOf(each.owner) === idOf(view.key));
    return [aTarget(view, null, ticked), ...owned.map((each) => aTarget(each, view, ticked))];
  });
  return {
    token: targets.length > 0 ? 'a-token-that-is-long-enough' : null,
    request,
    confirm: request.scope.type === 'user' ? request.scope.user : request.scope.type === 'all' ? 'ALL' : null,
    takenAtMs: now,
    expiresAtMs: expired ? now - 1 : now + 300_000,
    graceMs: 5000,
    light:
      chosen.length === 1 &&
      targets.every((target) => target.warnings.length === 0) &&
      (chosen[0]?.leftOver === 'yes' || chosen.every(isIdle)),
    targets,
    excluded: chosen.flatMap((view) =>
      view.refusal && !isFree(view) ? [{ key: view.key, name: view.name, kind: view.kind, user: view.user, refusal: view.refusal }] : [],
    ),
  };
};

/** What each quick action would hit. */
export const quickOf = (all: readonly ProcessView[], now: number): QuickCounts => {
  const ticked = (type: 'orphans' | 'old' | 'all'): number => {
    const scope = type === 'old' ? { type, hours: null } : { type };
    const request = { verb: 'end', scope, force: false, priority: null, minAgeMinutes: null, elevated: false } as const;
    return aPreview(all, request, now, false).targets.filter((target) => target.ticked).length;
  };
  return {
    orphans: ticked('orphans'),
    possibleOrphans: all.filter((view) => view.leftOver === 'unknown').length,
    old: ticked('old'),
    all: ticked('all'),
  };
};

/** What a prompt for an administrator came to, by the word in the address; null = it was answered. */
export const elevationProblem = (word: string | null): Pick<EndResult, 'outcome' | 'reason' | 'id' | 'values'> | null => {
  const values = { command: 'sudo /usr/lib/claude-manager/claude-manager-helper end 20418:754477 20450:756661' };
  if (word === 'dismissed') return { outcome: 'skipped', reason: 'cancelled', id: 'elevateDismissed' };
  if (word === 'refused') return { outcome: 'failed', reason: 'denied', id: 'elevateNotAuthorised' };
  if (word === 'noagent') return { outcome: 'skipped', reason: 'denied', id: 'elevateNoAgent', values };
  if (word === 'notinstalled') return { outcome: 'skipped', reason: 'denied', id: 'elevateNotInstalled', values };
  return word === 'failed' ? { outcome: 'failed', reason: 'denied', id: 'elevateFailed' } : null;
};

const HOUR = 3_600_000;

/** A few that were stopped before the page was opened. */
export const someStopped = (now: number): readonly StoppedSession[] =>
  (
    [
      ['checkout-flow', '/home/marina/code/checkout-flow', 0.2, 'KILL_PROCESS', 812, true],
      ['forecast', '/home/marina/forecast', 3, 'CLEAN_OLD', 640, true],
      [
        'a-session-with-quite-a-long-name',
        '/home/marina/code/with/a/path/that/is/too/long/for/the/line/it/stands/in',
        20,
        'CLEAN_OLD',
        null,
        true,
      ],
      ['scratch', null, 50, 'KILL_USER_PROCESSES', 96, false],
    ] as const
  ).map(([name, projectDir, hours, action, mb, resumable], index) => {
    const sessionId = `5e1c90aa-1f0e-4c55-9d1b-00000000000${index}`;
    return {
      sessionId,
      name,
      projectDir,
      user: 'marina',
      pid: 1000 + index,
      endedAtMs: now - hours * HOUR,
      action,
      freedBytes: mb === null ? null : mb * 1024 * 1024,
      resume:
        resumable && projectDir ? { sessionId, cwd: projectDir, command: `cd '${projectDir}' && claude --resume ${sessionId}` } : null,
    };
  });
