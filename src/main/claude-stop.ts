import { spawn } from 'node:child_process';
import type { BigIntStats } from 'node:fs';
import { lstatSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Outcome, Reason } from '../shared/api.js';
import { isEnginePath } from '../shared/engine.js';
import type { LadderParts } from './end-ladder.js';
import { isGone, waitUntilGone } from './end-ladder.js';
import { errorCode } from './paths.js';
import type { Identity, Platform } from './platform/index.js';

/** How long `claude stop` may take; a real one takes 0.6 s. */
export const STOP_LIMIT_MS = 20_000;
/** How long the session has to go once `claude stop` has said that it is stopped. */
const SETTLED_MS = 5_000;
const JOB_ID = /^[0-9a-f]{8}$/;
/** All that `claude stop` needs of our environment. No other name passes: neither a session's marks nor what changes how programs load. */
const KEPT = /^(?:PATH|USER|LOGNAME|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|XDG_[A-Z_]+)$/;
/** Group and others may write. */
const GROUP_WRITES = 0o020n;
const OTHERS_WRITE = 0o002n;
const STICKY = 0o1000n;

export interface ClaudeStopParts {
  readonly platform: LadderParts['platform'] & Pick<Platform, 'homeOf' | 'exePath'>;
  readonly clock: LadderParts['clock'];
  readonly selfUid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly limitMs?: number;
}

/** Which background session: who carries it, and what its record says. */
export interface StopTarget {
  readonly identity: Identity;
  readonly jobId: string;
  readonly configDir: string;
}

/** What became of it; ids are keys below "result" in the locales. No signal was sent by us. */
export interface Stopped {
  readonly outcome: Outcome;
  readonly reason: Reason | null;
  readonly id: string;
  readonly values?: Readonly<Record<string, string | number>>;
  readonly signal: null;
  readonly gone: boolean;
}

/** Stops one background session of our own uid; never throws. */
export type ClaudeStop = (target: StopTarget) => Promise<Stopped>;

/** The environment of `claude stop`: a few names of ours, and the session's own configuration folder where it is not the usual one. */
export const stopEnvironment = (
  env: Readonly<Record<string, string | undefined>>,
  home: string,
  configDir: string,
): Readonly<Record<string, string>> => ({
  PATH: '/usr/local/bin:/usr/bin:/bin',
  ...Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => KEPT.test(entry[0]) && entry[1] !== undefined)),
  HOME: home,
  // A click here must not make the engine renew itself or speak to anybody.
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_AUTOUPDATER: '1',
  ...(resolve(configDir) === join(home, '.claude') ? {} : { CLAUDE_CONFIG_DIR: configDir }),
});

/** Whether nobody but root and `uid` can put something else in this place. A group of the owner's own number is his alone by convention. */
const isOursAlone = ({ uid: owner, gid, mode }: BigIntStats, uid: number): boolean => {
  if (owner !== 0n && owner !== BigInt(uid)) return false;
  if ((mode & GROUP_WRITES) !== 0n && gid !== owner && (mode & STICKY) === 0n) return false;
  return (mode & OTHERS_WRITE) === 0n || (mode & STICKY) !== 0n;
};

/**
 * Why the executable at `path` may not be run as `uid`, null where it may: it is the very file that the session runs, an
 * engine, and nobody else can have changed it or any folder above it. The id is a key below "result".
 */
const executableProblem = (path: string | null, exeId: string | null, uid: number): string | null => {
  if (path === null || exeId === null || !isAbsolute(path)) return 'stopNoExecutable';
  if (path.endsWith(' (deleted)')) return 'stopReplaced';
  if (!isEnginePath(path)) return 'stopNotEngine';
  try {
    const file = lstatSync(path, { bigint: true });
    if (`${file.dev}:${file.ino}` !== exeId) return 'stopReplaced';
    if (!file.isFile() || (file.mode & STICKY) !== 0n || !isOursAlone(file, uid)) return 'stopNotTrusted';
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      const stats = lstatSync(folder, { bigint: true });
      if (!stats.isDirectory() || !isOursAlone(stats, uid)) return 'stopNotTrusted';
      if (dirname(folder) === folder) return null;
    }
  } catch (error) {
    errorCode(error);
    return 'stopNoExecutable';
  }
};

/** Whether a configuration folder is the user's own: others' settings must not steer what runs as him. */
const isOwnFolder = (folder: string, uid: number): boolean => {
  try {
    const stats = statSync(folder);
    return stats.isDirectory() && stats.uid === uid && (stats.mode & 0o002) === 0;
  } catch (error) {
    errorCode(error);
    return false;
  }
};

type Exit = { readonly how: 'exit'; readonly code: number | null } | { readonly how: 'timeout' } | { readonly how: 'error' };

/** Runs it without a shell, without input and without anywhere to write to; killed after the limit. */
const run = (path: string, jobId: string, cwd: string, env: Readonly<Record<string, string>>, limitMs: number): Promise<Exit> =>
  new Promise((done) => {
    const child = spawn(path, ['stop', jobId], { cwd, env: { ...env }, shell: false, stdio: 'ignore', windowsHide: true });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      done({ how: 'timeout' });
    }, limitMs);
    child.on('error', () => {
      clearTimeout(timer);
      done({ how: 'error' });
    });
    // Not 'close': a service that it starts may outlive it.
    child.on('exit', (code) => {
      clearTimeout(timer);
      done({ how: 'exit', code });
    });
  });

/**
 * Ends background sessions the one way in which they stay ended (claude-processes.md 5.3): `claude stop <jobId>`, run from the
 * session's own executable, for our own uid only. A signalled worker comes back within 12 s.
 */
export const createClaudeStop = (parts: ClaudeStopParts): ClaudeStop => {
  const { platform, selfUid, env, limitMs = STOP_LIMIT_MS } = parts;
  const refused = (id: string, jobId: string, reason: Reason = 'protected'): Stopped => ({
    ...{ outcome: 'skipped', reason, id, values: { jobId }, signal: null, gone: false },
  });
  const failed = (id: string, jobId: string, reason: Reason): Stopped => ({ ...refused(id, jobId, reason), outcome: 'failed' });

  /** Everything that is checked is checked in the turn in which it is run. */
  const start = ({ identity, jobId, configDir }: StopTarget): Stopped | Promise<Exit> => {
    if (!JOB_ID.test(jobId)) return refused('stopUnknownJob', '');
    const now = platform.identify(identity.key.pid);
    if (isGone(parts, identity)) return { outcome: 'skipped', reason: 'gone', id: 'gone', signal: null, gone: true };
    if (now === null || now.uid !== identity.uid || now.exeId !== identity.exeId || now.key.startedAt !== identity.key.startedAt)
      return { outcome: 'skipped', reason: 'changed', id: 'changed', signal: null, gone: false };
    if (now.uid !== selfUid) return refused('stopOtherUser', jobId, 'denied');
    const home = platform.homeOf(selfUid);
    if (home === null || !isAbsolute(home)) return refused('stopNoHome', jobId);
    if (!isAbsolute(configDir) || !isOwnFolder(configDir, selfUid)) return refused('stopNotTrusted', jobId);
    const path = platform.exePath(identity.key.pid);
    const problem = executableProblem(path, now.exeId, selfUid);
    if (problem !== null || path === null) return refused(problem ?? 'stopNoExecutable', jobId);
    return run(path, jobId, home, stopEnvironment(env, home, configDir), limitMs);
  };

  return async (target) => {
    const { identity, jobId } = target;
    const started = start(target);
    if (!(started instanceof Promise)) return started;
    const exit = await started;
    // It says "stopped" of one that was stopped long ago, too: only the process's end counts.
    const stopped = exit.how === 'exit' && exit.code === 0;
    if (await waitUntilGone(parts, identity, stopped ? SETTLED_MS : 0))
      return { outcome: 'done', reason: null, id: 'stopped', signal: null, gone: true };
    if (exit.how === 'timeout') return failed('stopTimeout', jobId, 'timeout');
    if (exit.how === 'error') return failed('stopNoExecutable', jobId, 'invalid');
    return stopped ? failed('stopStayed', jobId, 'timeout') : failed('stopFailed', jobId, 'invalid');
  };
};
