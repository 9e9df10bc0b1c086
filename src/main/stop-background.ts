import type { AppState } from '../shared/api.js';
import { jobIdOf } from '../shared/guard.js';
import type { ClaudeStop } from './claude-stop.js';
import type { Entry } from './end-log.js';
import type { StopBackground } from './end-roots.js';
import type { JobCheck } from './job-check.js';
import type { Respawn, RespawnWatch, RespawnWatchParts } from './respawn-watch.js';
import { createRespawnWatch } from './respawn-watch.js';

/** More are never told of at once. */
const MOST_NOTICES = 20;

export interface BackgroundParts extends Omit<RespawnWatchParts, 'onRespawn'> {
  readonly claudeStop: ClaudeStop;
  /** Whether the daemon says the same of a job as the session's own record. */
  readonly jobCheck: JobCheck;
  readonly log: { readonly append: (entry: Entry) => Promise<{ readonly ok: boolean }> };
  /** Wall clock, ms. */
  readonly now: () => number;
}

export interface Background {
  readonly stop: StopBackground;
  /** Sessions that were stopped and run again; keys below "notice" in the locales. */
  readonly notices: () => AppState['notices'];
  /** Resolves with all that came back once nothing is watched any more, at most a minute after the last stop. */
  readonly settled: () => Promise<readonly Respawn[]>;
  readonly onChange: (listener: () => void) => () => void;
  readonly close: () => void;
}

/** The log line of a background session that did not stay stopped; its pid is the new one. */
export const respawnedEntry = ({ was, key }: Respawn): Entry => ({
  level: 'ERROR',
  action: 'STOP_BACKGROUND',
  fields: [
    ['PID', String(key.pid)],
    ['User', was.user ?? String(was.uid)],
    ['Was', String(was.key.pid)],
    ['Result', 'respawned'],
    ['Session', was.sessionId],
  ],
});

/** Stops background sessions and watches each for a minute: whether it comes back is told and logged. */
export const createBackground = (parts: BackgroundParts): Background => {
  const { claudeStop, jobCheck, log, now, onProblem } = parts;
  const listeners = new Set<() => void>();
  let respawns: readonly Respawn[] = [];
  const watch: RespawnWatch = createRespawnWatch({
    ...parts,
    onRespawn: async (respawn) => {
      respawns = [...respawns, respawn].slice(-MOST_NOTICES);
      for (const listener of listeners) listener();
      const written = await log.append(respawnedEntry(respawn));
      if (!written.ok) onProblem(written);
    },
  });

  return {
    stop: async ({ identity, view }) => {
      const sinceMs = now();
      const { session, uid, user, name, key } = view;
      const jobId = jobIdOf(view);
      if (session === null || jobId === null || uid === null)
        return { outcome: 'skipped', reason: 'protected', id: 'stopUnknownJob', signal: null, gone: false };
      const { sessionId, configDir } = session;
      const whose = await jobCheck({ jobId, configDir, uid, key, ppid: view.ppid, sessionId });
      // Its own record is anybody's text who runs in it: another's job must not be ended for it.
      if (whose !== 'same')
        return {
          ...{ outcome: 'skipped', reason: 'protected', signal: null, gone: false, values: { jobId } },
          id: whose === 'other' ? 'stopOtherJob' : 'stopUnverifiedJob',
        };
      const stopped = await claudeStop({ identity, jobId, configDir });
      if (stopped.outcome === 'done') watch.watch({ key, uid, user, name, jobId, sessionId, sinceMs });
      return stopped;
    },
    notices: () => respawns.map(({ was, key }) => ({ id: 'respawned', values: { name: was.name, pid: key.pid } })),
    settled: async () => {
      await watch.settled();
      return respawns;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      watch.close();
      listeners.clear();
    },
  };
};
