import type { ActionsParts } from '../../src/main/actions.js';
import { createActions } from '../../src/main/actions.js';
import type { Entry } from '../../src/main/end-log.js';
import type { SessionFiles } from '../../src/main/session-files.js';
import type { ActionRequest, ActionScope, EndReport, Preview, Result } from '../../src/shared/api.js';
import type { Config } from '../../src/shared/config.js';
import { parseConfig } from '../../src/shared/config.js';
import { acceptedKeys } from '../../src/shared/end-plan.js';
import type { GuardContext } from '../../src/shared/guard.js';
import type { ProcessView } from '../../src/shared/types.js';
import { aGuard, aView, toEnd } from './a-view.js';
import type { FakeProcess, World } from './recording-platform.js';

/** Session files of which there are none. */
export const noSessionFiles: SessionFiles = {
  transcriptOf: async () => null,
  gitLocked: async () => false,
  resumeOf: async () => null,
};

/** The one door over a scripted world; what it logs and reports is kept. */
export const actionsOn = (
  world: World,
  options: Partial<ActionsParts> & { readonly guard?: Partial<GuardContext>; readonly rules?: () => Config['protect_rules'] } = {},
) => {
  const { guard, rules = () => [], ...over } = options;
  const entries: Entry[] = [];
  const problems: unknown[] = [];
  let issued = 0;
  const parts: ActionsParts = {
    platform: world.platform,
    look: world.look(() => aGuard({ ...guard, protectRules: rules() })),
    sessionFiles: noSessionFiles,
    self: { pid: 900, ppid: () => 800 },
    config: () => ({ ...parseConfig({}), protect_rules: rules() }),
    log: {
      append: async (entry) => {
        entries.push(entry);
        return { ok: true, value: null };
      },
    },
    clock: world.clock,
    randomToken: () => `token-${++issued}`,
    onProblem: (problem) => problems.push(problem),
    ...over,
  };
  return { actions: createActions(parts), entries, problems };
};

/** A log entry's fields as an object. */
export const fieldsOf = ({ fields }: Entry): Record<string, string> => Object.fromEntries(fields);

export const key = (pid: number) => ({ pid, startedAt: `s${pid}` });
export const fake = (pid: number, over: Partial<ProcessView> = {}, more: Partial<FakeProcess> = {}): FakeProcess => ({
  view: aView(pid, over),
  exeId: `1:${pid}`,
  ...more,
});
export const server = (pid: number, owner: number, over: Partial<ProcessView> = {}, more: Partial<FakeProcess> = {}): FakeProcess =>
  fake(pid, { kind: 'mcp-server', ppid: owner, owner: key(owner), ...over }, more);
export const CALLER = 'window-1';
export const valueIn = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`unexpected failure ${result.failure.id}`);
  return result.value;
};
export type On = ReturnType<typeof actionsOn>;

export const previewOf = async ({ actions }: On, pids: readonly number[], force = false): Promise<Preview> =>
  valueIn(await actions.previewAction(toEnd(pids.map(key), force), { caller: CALLER }));
export const end = ({ actions }: On, preview: Preview, keys = acceptedKeys(preview, { includeWarned: true }), caller = CALLER) =>
  actions.performAction({ token: preview.token ?? 'none', keys, confirmation: null, caller });
export const previewAndEnd = async (on: On, pids: readonly number[], force = false) =>
  valueIn(await end(on, await previewOf(on, pids, force)));
export const brief = (report: EndReport) =>
  report.results.map(({ key: { pid }, outcome, reason, id, signal }) => ({ pid, outcome, reason, id, signal }));
export const done = (pid: number, signal: 'SIGTERM' | 'SIGKILL' | null = 'SIGTERM', id = 'done') => ({
  pid,
  outcome: 'done',
  reason: null,
  id,
  signal,
});
export const skipped = (pid: number, id: string, reason = 'changed') => ({ pid, outcome: 'skipped', reason, id, signal: null });
export const signals = (world: World) => world.sent.map(({ target, intent, outcome }) => `${target.key.pid} ${intent} ${outcome}`);

/** A session as a row knows it. */
export const aSession = (over: Partial<NonNullable<ProcessView['session']>> = {}): NonNullable<ProcessView['session']> => ({
  sessionId: '00000000-0000-4000-8000-000000000050',
  name: 'work',
  projectDir: '/work/a',
  version: null,
  entrypoint: null,
  jobId: null,
  configDir: '/home/dana/.claude',
  ...over,
});
export const request = (scope: ActionScope, over: Partial<ActionRequest> = {}): ActionRequest => ({ ...toEnd([]), scope, ...over });
export const keysOf = (...pids: readonly number[]): ActionScope => ({ type: 'keys', keys: pids.map(key) });
export const previewRequest = async ({ actions }: On, asked: ActionRequest) =>
  valueIn(await actions.previewAction(asked, { caller: CALLER }));
/** Previews a request and accepts all of it. */
export const perform = async (on: On, asked: ActionRequest, confirmation: string | null = null) => {
  const preview = await previewRequest(on, asked);
  const keys = acceptedKeys(preview, { includeWarned: true });
  return on.actions.performAction({ token: preview.token ?? 'none', keys, confirmation, caller: CALLER });
};
/** Level, action and pids of each entry. */
export const logOf = ({ entries }: On) =>
  entries.map((entry) => [entry.level, entry.action, fieldsOf(entry)['PID'] ?? fieldsOf(entry)['Mortos']]);
