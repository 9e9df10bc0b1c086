import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Resume } from '../shared/api.js';
import type { ProcessView } from '../shared/types.js';
import type { ActionLog } from './action-log.js';
import { createActionLog } from './action-log.js';
import type { Actions } from './actions.js';
import { createActions } from './actions.js';
import { agreedRulesId, automationFile } from './automation-store.js';
import type { ConfigDoor } from './config-door.js';
import { createConfigDoor } from './config-door.js';
import type { ConfigStore } from './config-store.js';
import { createConfigStore } from './config-store.js';
import type { Looker } from './look.js';
import { createLooker } from './look.js';
import type { Paths } from './paths.js';
import type { Platform } from './platform/index.js';
import type { SessionRegistry } from './sessions.js';
import type { Background } from './stop-background.js';
import { createBackground } from './stop-background.js';
import type { StoppedStore } from './stopped-store.js';
import { createStoppedStore } from './stopped-store.js';
import type { Self, World } from './world.js';

/** What window and command line share: everything but Electron. */
export interface Core {
  /** True: the world is a script. Nothing of the system (autostart, notifications) is to be changed for its sake. */
  readonly demo: boolean;
  readonly past: World['past'];
  readonly self: Self;
  readonly paths: Paths;
  readonly platform: Platform;
  readonly registry: SessionRegistry;
  readonly configStore: ConfigStore;
  /** How the configuration is changed. */
  readonly configDoor: ConfigDoor;
  readonly looker: Looker;
  readonly actions: Actions;
  readonly actionLog: ActionLog;
  /** The sessions that were ended here. */
  readonly stopped: StoppedStore;
  /** Background sessions that were stopped, and whether they came back. */
  readonly background: Pick<Background, 'notices' | 'settled' | 'onChange'>;
  /** How a session can be picked up again, and its transcript; nulls where it cannot. */
  readonly resumeOf: (view: ProcessView) => Promise<{ readonly resume: Resume | null; readonly transcriptPath: string | null }>;
  /** When a session's transcript was last written, wall ms; null = there is none, or it cannot be read. */
  readonly writtenMsOf: (view: ProcessView) => Promise<number | null>;
  /** Troubles that change no result but should be known: an action log that cannot be written. Returns the way to stop. */
  readonly onProblem: (listener: (problem: unknown) => void) => () => void;
  readonly close: () => void;
  /** The very last call before the program ends, when all is written: sees to it that a file which never answers cannot keep it. */
  readonly leave: () => void;
}

/** Builds the parts over a world, in the order of the flow. */
export const createCore = (world: World): Core => {
  const { demo, paths, platform, registry, self, sessionFiles } = world;
  const problems = new Set<(problem: unknown) => void>();

  const configStore = createConfigStore({
    path: paths.configFile,
    acceptedPath: join(paths.stateDir, 'config-accepted.json'),
    identify: platform.identify,
  });
  const looker = createLooker({ platform, registry, config: configStore.get, selfUid: self.uid });
  const log = createActionLog({ path: paths.actionLogFile, now: Date.now, identify: platform.identify });
  const stopped = createStoppedStore({ path: join(paths.stateDir, 'stopped.json'), identify: platform.identify });
  const clock = { now: Date.now, monotonicMs: () => performance.now(), sleep: async (ms: number) => void (await sleep(ms)) };
  const onProblem = (problem: unknown): void => {
    for (const listener of problems) listener(problem);
  };
  const closing = new AbortController();
  const background = createBackground({
    claudeStop: world.claudeStop(clock),
    jobCheck: world.jobCheck,
    look: looker.look,
    log,
    now: Date.now,
    // Who closes does not wait for the next look: the watch ends with the sleep.
    clock: { ...clock, sleep: (ms) => sleep(ms, undefined, { signal: closing.signal }).catch(() => undefined) },
    onProblem,
  });
  const actions = createActions({
    platform,
    // What is ended rests on nothing that an earlier look saw, but what only an exec changes; and that is checked again before each signal.
    look: () => looker.look('all'),
    sessionFiles,
    self,
    config: configStore.get,
    log,
    clock,
    elevate: world.elevate,
    stopBackground: background.stop,
    onStopped: async (session) => {
      const kept = await stopped.add(session);
      if (!kept.ok) onProblem(kept.failure);
    },
    randomToken: () => randomBytes(32).toString('base64url'),
    onProblem,
  });

  return {
    demo,
    self,
    paths,
    platform,
    registry,
    configStore,
    configDoor: createConfigDoor({
      store: configStore,
      log,
      agreedRulesId: () => agreedRulesId(automationFile(paths.stateDir)),
      onProblem,
    }),
    looker,
    actions,
    actionLog: log,
    stopped,
    background,
    resumeOf: async (view) => {
      if (view.session === null || view.uid === null) return { resume: null, transcriptPath: null };
      const { configDir, projectDir, sessionId } = view.session;
      const place = { configDir, cwd: projectDir, sessionId, uid: view.uid };
      const [transcript, resume] = [await sessionFiles.transcriptOf(place), await sessionFiles.resumeOf(place)];
      return { resume, transcriptPath: transcript === null || transcript === 'unreadable' ? null : transcript.path };
    },
    writtenMsOf: async ({ session, uid }) => {
      if (session === null || uid === null) return null;
      const { configDir, projectDir: cwd, sessionId } = session;
      const transcript = await sessionFiles.transcriptOf({ configDir, cwd, sessionId, uid });
      return transcript === null || transcript === 'unreadable' ? null : transcript.mtimeMs;
    },
    onProblem: (listener) => {
      problems.add(listener);
      return () => problems.delete(listener);
    },
    close: () => {
      background.close();
      closing.abort();
      stopped.close();
      registry.close();
      configStore.close();
    },
    past: world.past,
    leave: world.leave,
  };
};
