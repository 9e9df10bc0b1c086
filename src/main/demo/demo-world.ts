import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Resume } from '../../shared/api.js';
import type { SessionRecord } from '../../shared/types.js';
import { waitUntilGone } from '../end-ladder.js';
import type { Paths } from '../paths.js';
import { quotePath } from '../session-files.js';
import type { World } from '../world.js';
import { demoPast } from './demo-month.js';
import { createDemoPlatform } from './demo-platform.js';
import type { Script } from './script.js';
import { createScript, DEMO_SELF } from './script.js';

/** The same cast at every start. */
const SEED = 2_025;
const SETTLED_MS = 5_000;

/** Limits that the cast was written for, so that not everybody is over them. */
const LIMITS = {
  global_settings: {
    default_memory_limit_mb: 2048,
    max_process_age_hours: 12,
    alert_memory_threshold_mb: 4096,
    max_processes_per_user: 10,
  },
  user_limits: {
    default: { memory_limit_mb: 2048, max_processes: 6, max_runtime_hours: 24, priority: 'normal' },
    rafael: { memory_limit_mb: 3584, max_processes: 8 },
    'svc-build': { memory_limit_mb: 1024, max_processes: 4, priority: 'low' },
  },
};

/** The demo's folders, all below one. */
export const demoPaths = (base: string): Paths => {
  const [configDir, stateDir, cacheDir] = [join(base, 'config'), join(base, 'state'), join(base, 'cache')];
  return {
    configDir,
    stateDir,
    cacheDir,
    configFile: join(configDir, 'claude_limits.json'),
    actionLogFile: join(stateDir, 'claude_actions.log'),
  };
};

/** A new folder with the demo's limits in it; the user's own files are never looked at. */
const makeFolders = (): { readonly base: string; readonly paths: Paths } => {
  const base = mkdtempSync(join(tmpdir(), 'claude-manager-demo-'));
  const paths = demoPaths(base);
  for (const folder of [paths.configDir, paths.stateDir, paths.cacheDir]) mkdirSync(folder, { mode: 0o700 });
  writeFileSync(paths.configFile, `${JSON.stringify(LIMITS, null, 2)}\n`, { mode: 0o600 });
  return { base, paths };
};

const registryOf = (script: Script, now: () => number): World['registry'] => ({
  read: async (processes) => {
    const nowMs = now();
    const wanted = new Set(processes.map(({ key }) => key.pid));
    const records = script.at(nowMs).flatMap((one): readonly (readonly [number, SessionRecord])[] => {
      const record = wanted.has(one.key.pid) ? script.recordOf(one, nowMs) : null;
      return record === null ? [] : [[one.key.pid, record]];
    });
    return new Map(records);
  },
  failures: () => [],
  unwatched: () => [],
  onChange: () => () => undefined,
  close: () => undefined,
});

/** Every session has its transcript and can be resumed. */
const sessionFilesAt = (now: () => number): World['sessionFiles'] => ({
  transcriptOf: async ({ configDir, sessionId }) => ({
    path: join(configDir, 'projects', `${sessionId}.jsonl`),
    mtimeMs: now(),
    hasUserMessage: true,
  }),
  gitLocked: async () => false,
  resumeOf: async ({ cwd, sessionId }): Promise<Resume | null> =>
    cwd === null ? null : { sessionId, cwd, command: `cd ${quotePath(cwd)} && claude --resume ${sessionId}` },
});

/**
 * A world that is a script from end to end: its processes have pids that no system hands out, its signals, its administrator and its
 * `claude stop` change the script's own state, and its files lie in a folder of their own, which goes with it.
 */
export const createDemoWorld = (now: () => number = Date.now): World => {
  const { base, paths } = makeFolders();
  const script = createScript(SEED, now(), process.pid);
  const platform = createDemoPlatform(script, process.pid, now);
  return {
    ...{
      demo: true,
      platform,
      paths,
      self: { ...DEMO_SELF, pid: process.pid, ppid: () => 1 },
      registry: registryOf(script, now),
      sessionFiles: sessionFilesAt(now),
    },
    elevate: async (targets, intent) => {
      const results = targets.map(({ identity }) => {
        const outcome = script.signal(identity, intent, now(), true);
        return [identity.key.pid, outcome === 'sent' ? 'signalled' : outcome] as const;
      });
      return { ok: true, results: new Map(results) };
    },
    jobCheck: async () => 'same',
    claudeStop:
      (clock) =>
      async ({ identity, jobId }) => {
        if (script.signal(identity, 'ask', now()) === 'sent' && (await waitUntilGone({ platform, clock }, identity, SETTLED_MS)))
          return { outcome: 'done', reason: null, id: 'stopped', signal: null, gone: true };
        return { outcome: 'failed', reason: 'timeout', id: 'stopStayed', values: { jobId }, signal: null, gone: false };
      },
    past: (nowMs) => demoPast(script, nowMs),
    leave: () => rmSync(base, { recursive: true, force: true }),
  };
};
