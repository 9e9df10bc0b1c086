import type { Actions } from '../../../src/main/actions.js';
import type { Core } from '../../../src/main/core.js';
import type { Look } from '../../../src/main/look.js';
import type { Identity, PlatformNote } from '../../../src/main/platform/index.js';
import type { RegistryFailure } from '../../../src/main/sessions.js';
import type { StoppedSession } from '../../../src/shared/api.js';
import { parseConfig } from '../../../src/shared/config.js';
import type { Snapshot } from '../../../src/shared/types.js';

export interface FakeCoreOptions {
  /** What each look shows; an error is thrown. The last one stays. */
  readonly looks?: readonly (Snapshot | Error)[];
  readonly reading?: Partial<Look['reading']>;
  readonly guard?: Partial<Look['guard']>;
  readonly identities?: Readonly<Record<number, Identity>>;
  readonly actions?: Partial<Actions>;
  readonly config?: unknown;
  readonly notes?: readonly PlatformNote[];
  readonly failures?: readonly RegistryFailure[];
  readonly unwatched?: ReturnType<Core['registry']['unwatched']>;
  readonly notices?: ReturnType<Core['configStore']['notices']>;
  readonly problems?: readonly unknown[];
  readonly stopped?: readonly StoppedSession[];
  readonly stoppedNotices?: ReturnType<Core['stopped']['notices']>;
  /** Background sessions that came back after they were stopped. */
  readonly respawns?: Awaited<ReturnType<Core['background']['settled']>>;
  readonly folder?: string;
  readonly onLook?: (count: number) => void;
  readonly onClose?: () => void;
}

const notAsked = (name: string) => (): never => {
  throw new Error(`${name} was not to be called`);
};

/** The machine as the commands see it, scripted. What a test did not script fails loudly. */
export const fakeCore = (options: FakeCoreOptions = {}): Core => {
  const { looks = [], folder = '/nonexistent' } = options;
  const config = parseConfig(options.config ?? {});
  let count = 0;
  return {
    demo: false,
    past: null,
    self: { pid: 4242, ppid: () => 1, uid: 1000, user: 'marina' },
    paths: {
      configDir: `${folder}/config`,
      stateDir: `${folder}/state`,
      cacheDir: `${folder}/cache`,
      configFile: `${folder}/config/claude_limits.json`,
      actionLogFile: `${folder}/state/claude_actions.log`,
    },
    platform: {
      read: notAsked('platform.read'),
      focus: notAsked('platform.focus'),
      inspect: notAsked('platform.inspect'),
      identify: (pid) => options.identities?.[pid] ?? null,
      exePath: notAsked('platform.exePath'),
      signal: notAsked('platform.signal'),
      setPriority: notAsked('platform.setPriority'),
      memoryDetails: notAsked('platform.memoryDetails'),
      homeOf: notAsked('platform.homeOf'),
      userOf: notAsked('platform.userOf'),
      hostTotals: notAsked('platform.hostTotals'),
      notes: async () => options.notes ?? [],
    },
    registry: {
      read: notAsked('registry.read'),
      failures: () => options.failures ?? [],
      unwatched: () => options.unwatched ?? [],
      onChange: () => () => undefined,
      close: () => undefined,
    },
    configStore: {
      get: () => config,
      notices: () => options.notices ?? [],
      file: () => ({ json: {}, config, weaker: [], savedAtMs: null }),
      backups: { list: () => [], read: notAsked('configStore.backups.read') },
      update: notAsked('configStore.update'),
      onEdited: () => () => undefined,
      onChange: () => () => undefined,
      ready: Promise.resolve(),
      close: () => undefined,
    },
    configDoor: {
      change: notAsked('configDoor.change'),
      logEdits: notAsked('configDoor.logEdits'),
      previewImport: notAsked('configDoor.previewImport'),
      previewRestore: notAsked('configDoor.previewRestore'),
      previewReset: notAsked('configDoor.previewReset'),
      exportText: notAsked('configDoor.exportText'),
    },
    looker: {
      look: async () => {
        const seen = looks[Math.min(count, looks.length - 1)];
        count++;
        options.onLook?.(count);
        if (seen === undefined) throw new Error('no look was scripted');
        if (seen instanceof Error) throw seen;
        return {
          snapshot: seen,
          judgements: [],
          reading: {
            takenAtMs: seen.takenAtMs,
            monotonicMs: 0,
            processes: [],
            complete: seen.complete,
            pidDomain: null,
            selfPid: 900,
            ...options.reading,
          },
          guard: {
            selfPid: 900,
            selfUid: 1000,
            isRoot: false,
            ancestorPids: new Set<number>(),
            childPids: new Set<number>(),
            protectRules: [],
            ...options.guard,
          },
        };
      },
      forget: () => undefined,
    },
    actions: {
      previewAction: notAsked('actions.previewAction'),
      performAction: notAsked('actions.performAction'),
      cancelPreview: notAsked('actions.cancelPreview'),
      ...options.actions,
    },
    actionLog: { append: notAsked('actionLog.append'), read: notAsked('actionLog.read'), onAppend: () => () => undefined },
    stopped: {
      list: () => options.stopped ?? [],
      add: notAsked('stopped.add'),
      notices: () => options.stoppedNotices ?? [],
      onChange: () => () => undefined,
      close: () => undefined,
    },
    background: { notices: () => [], settled: async () => options.respawns ?? [], onChange: () => () => undefined },
    resumeOf: async () => ({ resume: null, transcriptPath: null }),
    writtenMsOf: async () => null,
    onProblem: (listener) => {
      for (const problem of options.problems ?? []) listener(problem);
      return () => undefined;
    },
    leave: () => undefined,
    close: () => options.onClose?.(),
  };
};
