import type { ActionsParts } from '../../src/main/actions.js';
import { createActions } from '../../src/main/actions.js';
import type { Entry } from '../../src/main/end-log.js';
import type { Identity } from '../../src/main/platform/index.js';
import type { ActionRequest } from '../../src/shared/api.js';
import { parseConfig } from '../../src/shared/config.js';
import { acceptedKeys } from '../../src/shared/end-plan.js';
import type { GuardContext } from '../../src/shared/guard.js';
import { keyId } from '../../src/shared/process-key.js';
import type { Kind, ProcessView } from '../../src/shared/types.js';
import { aSnapshot, aView, toEnd } from './a-view.js';
import { fieldsOf, noSessionFiles } from './actions-on.js';
import { platform, realClock, statOf } from './real-processes.js';

export const selfUid = process.getuid?.() ?? -1;

const ancestorsOf = (pid: number): Set<number> => {
  const found = new Set<number>();
  for (let above = statOf(pid)?.ppid ?? 0; above > 0; above = statOf(above)?.ppid ?? 0) found.add(above);
  return found;
};

/** A real process, and what it is to Claude. */
export interface Member {
  readonly identity: Identity;
  readonly kind: Kind;
  readonly owner?: Identity;
  readonly over?: Partial<ProcessView>;
}

/** A look at real processes: who they are is read from the system, what they are to Claude is said by the test. */
const lookAt =
  (members: readonly Member[], guard: Partial<GuardContext> = {}) =>
  async () => {
    const views = members.flatMap(({ identity: { key }, kind, owner, over }): ProcessView[] => {
      const now = platform.identify(key.pid);
      const stat = statOf(key.pid);
      if (now === null || stat === null || now.key.startedAt !== key.startedAt) return [];
      return [
        aView(key.pid, {
          ...{ key, kind, uid: now.uid, user: `u${now.uid}`, ppid: stat.ppid, state: stat.state, owner: owner?.key ?? null },
          startedAtMs: null,
          ...over,
        }),
      ];
    });
    const context: GuardContext = {
      selfPid: process.pid,
      selfUid,
      isRoot: selfUid === 0,
      ancestorPids: ancestorsOf(process.pid),
      childPids: new Set(),
      protectRules: [],
      ...guard,
    };
    return { snapshot: aSnapshot(views), guard: context };
  };

/** The one door over real processes; the summary lines of its log are kept apart from those of single processes. */
export const doorOver = (
  members: readonly Member[],
  guard: Partial<GuardContext> = {},
  clock: ActionsParts['clock'] = realClock,
  more: Partial<ActionsParts> = {},
) => {
  const summaries: Entry[] = [];
  const lines: string[] = [];
  const parts: ActionsParts = {
    platform,
    look: lookAt(members, guard),
    sessionFiles: noSessionFiles,
    self: { pid: process.pid, ppid: () => process.ppid },
    config: () => parseConfig({}),
    log: {
      append: async (entry) => {
        const of = fieldsOf(entry);
        if (of['PID'] === undefined || entry.action === 'ELEVATE') summaries.push(entry);
        else lines.push(`${entry.level} ${of['PID']} ${of['Result']} ${of['Signal']}`);
        return { ok: true, value: null };
      },
    },
    clock,
    randomToken: () => 'a-token',
    onProblem: (problem) => {
      throw problem;
    },
    ...more,
  };
  const { previewAction, performAction } = createActions(parts);
  const ask = async (request: ActionRequest) => {
    const shown = await previewAction(request, { caller: 'cli' });
    if (!shown.ok) throw new Error(shown.failure.id);
    return shown.value;
  };
  const preview = (targets: readonly Identity[], force = false) =>
    ask(
      toEnd(
        targets.map(({ key }) => key),
        force,
      ),
    );
  const act = async (shown: Awaited<ReturnType<typeof preview>>) => {
    const keys = acceptedKeys(shown, { includeWarned: true });
    const ended = await performAction({ token: shown.token ?? '', keys, confirmation: shown.confirm, caller: 'cli' });
    if (!ended.ok) throw new Error(ended.failure.id);
    return Object.fromEntries(ended.value.results.map(({ key, outcome, id, signal }) => [keyId(key), `${outcome} ${id} ${signal}`]));
  };
  return {
    ask,
    preview,
    act,
    lines,
    summaries,
    end: async (targets: readonly Identity[], force = false) => act(await preview(targets, force)),
  };
};
