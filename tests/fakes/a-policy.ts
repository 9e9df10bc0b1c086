import type { Config, GlobalSettings } from '../../src/shared/config.js';
import { parseConfig } from '../../src/shared/config.js';
import type { Evaluation, PolicyContext, PolicyState } from '../../src/shared/policy.js';
import { createPolicyState, evaluate } from '../../src/shared/policy.js';
import type { HostTotals, ProcessView, SessionFacts, Snapshot } from '../../src/shared/types.js';
import { aGuard, aSnapshot, aView } from './a-view.js';

/** Looks, sessions and settings for the policy's tests. */

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const GB = 1_073_741_824;
/** Of the first look; wall ms. */
export const START_MS = 1_767_225_600_000;

const session = (pid: number): SessionFacts => ({
  sessionId: `session-${pid}`,
  name: null,
  projectDir: '/home/dana/src',
  version: null,
  entrypoint: null,
  jobId: null,
  configDir: '/home/dana/.claude',
});

/** A session of dana's that was started five hours before the first look and has been idle for three; no terminal. */
export const anIdle = (pid: number, over: Partial<ProcessView> = {}): ProcessView =>
  aView(pid, {
    activity: 'idle',
    activeSinceMs: START_MS - 3 * HOUR_MS,
    startedAtMs: START_MS - 5 * HOUR_MS,
    session: session(pid),
    tty: '?',
    conditions: ['old'],
    tree: { memoryBytes: 100_000_000, cpuPercent: 0, count: 1, memoryIsPartial: false },
    limitBytes: GB,
    ...over,
  });

/** A server whose session is gone, beyond doubt. */
export const anOrphan = (pid: number, over: Partial<ProcessView> = {}): ProcessView =>
  aView(pid, {
    kind: 'mcp-server',
    leftOver: 'yes',
    reparented: true,
    conditions: ['orphan'],
    startedAtMs: START_MS - HOUR_MS,
    tty: '?',
    ...over,
  });

/** A tree of so many bytes and percent. */
export const tree = (memoryBytes: number | null, cpuPercent: number | null = 0): ProcessView['tree'] => ({
  memoryBytes,
  cpuPercent,
  count: 1,
  memoryIsPartial: false,
});

export const aLook = (processes: readonly ProcessView[], atMs: number, host: Partial<HostTotals> = {}): Snapshot => {
  const snapshot = aSnapshot(processes);
  return { ...snapshot, takenAtMs: atMs, host: { ...snapshot.host, ...host } };
};

/** The defaults but for some settings and rows. */
export const aConfig = (
  settings: Partial<GlobalSettings> = {},
  rest: { readonly limits?: Config['user_limits']; readonly rules?: Config['protect_rules'] } = {},
): Config => {
  const plain = parseConfig({});
  return {
    global_settings: { ...plain.global_settings, ...settings },
    user_limits: rest.limits ?? {},
    protect_rules: rest.rules ?? [],
  };
};

export interface Script {
  readonly config?: Config;
  readonly context?: Partial<PolicyContext>;
  readonly stepMs?: number;
  readonly host?: Partial<HostTotals>;
  readonly state?: PolicyState;
}

/** Feeds looks to the policy, one after the other, `stepMs` apart; the evaluations in their order. */
export const play = (looks: readonly (readonly ProcessView[])[], script: Script = {}): readonly Evaluation[] => {
  const { config = aConfig(), stepMs = 5_000, host = {} } = script;
  let state = script.state ?? createPolicyState();
  let atMs = state.lastLookMs === null ? START_MS : state.lastLookMs + stepMs;
  return looks.map((processes) => {
    const context: PolicyContext = { guard: aGuard({ protectRules: config.protect_rules }), mode: 'off', busy: false, ...script.context };
    const evaluation = evaluate(state, aLook(processes, atMs, host), config, context);
    state = evaluation.state;
    atMs += stepMs;
    return evaluation;
  });
};

/** The same look so many times. */
export const times = (count: number, processes: readonly ProcessView[]): readonly (readonly ProcessView[])[] =>
  Array.from({ length: count }, () => processes);

export const types = (evaluations: readonly Evaluation[]): readonly (readonly string[])[] =>
  evaluations.map(({ alerts }) => alerts.map((event) => `${event.type} ${event.type === 'recovered' ? event.rule : event.alert.rule}`));
