import { act, type Consent, type Order } from '../../../src/cli/act.js';
import type { Actions } from '../../../src/main/actions.js';
import type { EndResult, Preview, PreviewTarget } from '../../../src/shared/api.js';
import type { ProcessKey } from '../../../src/shared/types.js';
import { toEnd } from '../../fakes/a-view.js';
import { fakeCore } from './fake-core.js';
import { type FakeIoOptions, fakeUi } from './fake-io.js';

export const MB = 1024 * 1024;
export const key = (pid: number): ProcessKey => ({ pid, startedAt: `s${pid}` });
/** Keeps a line unticked in a bulk, and out of what --yes accepts. */
export const warning = { id: 'busy', weight: 'against' } as const;

export const target = (pid: number, over: Partial<PreviewTarget> = {}): PreviewTarget => ({
  key: key(pid),
  below: null,
  role: 'chosen',
  name: `p${pid}`,
  kind: 'cli-session',
  user: 'dana',
  memoryBytes: 100 * MB,
  startedAtMs: 0,
  leftOver: 'no',
  evidence: [],
  warnings: [],
  ticked: true,
  resume: null,
  ...over,
});
export const owned = (pid: number, over: Partial<PreviewTarget> = {}) =>
  target(pid, { below: key(10), role: 'owned', kind: 'mcp-server', ...over });

export const preview = (over: Partial<Preview> = {}): Preview => ({
  token: 't'.repeat(32),
  request: toEnd([key(10)]),
  confirm: null,
  takenAtMs: 0,
  expiresAtMs: 300_000,
  graceMs: 5_000,
  light: false,
  targets: [target(10)],
  excluded: [],
  ...over,
});

export const done = (pid: number, over: Partial<EndResult> = {}): EndResult => ({
  key: key(pid),
  name: `p${pid}`,
  kind: 'cli-session',
  user: 'dana',
  outcome: 'done',
  reason: null,
  id: 'done',
  signal: 'SIGTERM',
  freedBytes: 100 * MB,
  resume: null,
  ...over,
});

/** A door that notes what is asked of it; without `results` nothing may be ended. */
export const door = (shown: Preview, results?: readonly EndResult[]) => {
  const calls: unknown[] = [];
  const actions: Actions = {
    previewAction: async (request, options) => {
      calls.push(['preview', request, options]);
      return { ok: true, value: { ...shown, request } };
    },
    performAction: async (input) => {
      calls.push(['end', input]);
      if (results === undefined) throw new Error('nothing was to be ended');
      return { ok: true, value: { results, freedBytes: 100 * MB } };
    },
    cancelPreview: async (input) => {
      calls.push(['cancel', input]);
      return { ok: true, value: null };
    },
  };
  const identities = Object.fromEntries([10, 11, 12].map((pid) => [pid, { key: key(pid), uid: 1000, exeId: '1:1', state: 'S' }]));
  return { calls, core: fakeCore({ actions, identities }) };
};

export const order = (over: Partial<Order> = {}): Order => ({
  verb: 'end',
  scope: { type: 'pids', pids: [10] },
  force: false,
  priority: null,
  minAgeMinutes: null,
  ...over,
});
export const consent = (over: Partial<Consent> = {}): Consent => ({ yes: false, confirmation: null, dryRun: false, ...over });

export interface RunOptions extends Partial<Consent> {
  readonly order?: Partial<Order>;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly results?: readonly EndResult[];
  readonly io?: FakeIoOptions;
  readonly pid?: number;
}

export const run = async (shown: Preview, options: RunOptions = {}) => {
  const { calls, core } = door(shown, options.results);
  const fake = fakeUi({ ...options.io, json: options.json ?? false });
  const { yes = false, confirmation = null, dryRun = false, force = false, pid = 10 } = options;
  const wanted = order({ scope: { type: 'pids', pids: [pid] }, force, ...options.order });
  const code = await act(fake.ui, core, wanted, { yes, confirmation, dryRun });
  return { code, calls, out: fake.out(), err: fake.err(), held: fake.held() };
};
export const CANCELLED = ['cancel', { token: 't'.repeat(32), caller: 'cli' }];
export const asked = (force = false, pid = 10) => ['preview', toEnd([key(pid)], force), { caller: 'cli' }];
