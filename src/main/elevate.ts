import { spawn } from 'node:child_process';
import type { Os } from '../shared/types.js';
import type { RunAsAdministrator } from './administrator-prompt.js';
import { runByPrompt } from './administrator-prompt.js';
import { MOST_TARGETS } from './most-targets.js';
import type { Identity } from './platform/index.js';
import type { EndIntent } from './platform/kill-command.js';
import { handCommand, killCommand } from './platform/kill-command.js';
import { createProcFiles } from './platform/proc-files.js';
import { isRootsFile } from './root-owned.js';

/** Ending other users' processes with an administrator's password: one prompt for one list, nothing kept for the next. */

/** One process of a list, and after which other one of it it is to be ended. */
export interface ElevateTarget {
  readonly identity: Identity;
  /** Pid of the target that it belongs to, which itself belongs to none; null = it waits for nobody. */
  readonly below: number | null;
}

/**
 * What became of one process. Without a signal: gone, changed, denied, kept (whom it belongs to stayed), left (it went by itself
 * after that one). Ended or stayed after being asked; killed or stuck after that; became: another program after being asked. asked: nothing
 * more is known. signalled: got the last signal of what was wanted, and nobody has looked since.
 */
export const ELEVATE_RESULTS = [
  ...(['gone', 'changed', 'denied', 'kept', 'left', 'asked', 'ended', 'stayed'] as const),
  ...(['killed', 'stuck', 'became', 'signalled'] as const),
] as const;
export type ElevateResult = (typeof ELEVATE_RESULTS)[number];
export type ElevateReason = 'dismissed' | 'notAuthorised' | 'noAgent' | 'notInstalled' | 'failed';
export type ElevateOutcome =
  | { readonly ok: true; readonly results: ReadonlyMap<number, ElevateResult> }
  /** `command`: what does the same by hand in a terminal; null where there is no such way, or the user has just said no. */
  | { readonly ok: false; readonly reason: ElevateReason; readonly command: string | null };

/**
 * Asks for a password once and ends each target as root while it still is the one named: asked, waited for, killed only by `force`, and
 * what belongs to another after that one. Never throws on what people or systems answer.
 */
export type Elevate = (targets: readonly ElevateTarget[], intent: EndIntent) => Promise<ElevateOutcome>;

export interface ElevateParts {
  readonly os: Os;
  /** Where a package installs them; the policy names this very helper. */
  readonly helperPath?: string;
  readonly policyPath?: string;
  readonly pkexecPath?: string;
  readonly procRoot?: string;
  /** How long the password dialog may stand. */
  readonly promptMs?: number;
  readonly runAsAdministrator?: RunAsAdministrator;
}

export const HELPER_PATH = '/usr/lib/claude-manager/claude-manager-helper';
export const POLICY_PATH = '/usr/share/polkit-1/actions/io.github.claude-manager.end-processes.policy';

const PROMPT_MS = 180_000;
const MOST_OUTPUT = 64 * 1024;
/** As much of a command line as the helper compares. */
const ARGV_BYTES = 4_096;
const COMM_BYTES = 64;
const DISMISSED = 126;
const NOT_RUN = 127;
const NUMBER = /^(0|[1-9][0-9]{0,19})$/;
const EXE_ID = /^(0|[1-9][0-9]{0,19}):[1-9][0-9]{0,19}$/;

const failed = (reason: ElevateReason, command: string | null = null): ElevateOutcome => ({ ok: false, reason, command });

/** FNV-1a, 32 bits: tells one program from the next in the same process. Nobody gains by a collision but the process's own user. */
const hashOf = (bytes: Uint8Array, from = 2_166_136_261): number => {
  let hash = from;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 16_777_619) >>> 0;
  return hash;
};

/**
 * The target as the helper takes it, `pid:start stamp:uid:device:inode:argv hash:below`; null where it cannot be named so that it could be
 * told from another one. The executable of another user's process is not ours to see, so its command line and its short name stand for it.
 */
const createDescribe = (procRoot: string) => {
  const files = createProcFiles();
  const hashFile = (path: string, most: number, from?: number): number | null => {
    const length = files.read(path);
    // Someone who is gone by now has no command line; the helper sees that for itself.
    const bytes = length === 'gone' ? 0 : length;
    return typeof bytes === 'string' ? null : hashOf(files.bytes.subarray(0, Math.min(bytes, most)), from);
  };
  return ({ identity: { key, uid, exeId }, below }: ElevateTarget): string | null => {
    const argv = hashFile(`${procRoot}/${key.pid}/cmdline`, ARGV_BYTES);
    const look = argv === null ? null : hashFile(`${procRoot}/${key.pid}/comm`, COMM_BYTES, argv);
    if (look === null || uid === null || !NUMBER.test(key.startedAt)) return null;
    if (exeId !== null && !EXE_ID.test(exeId)) return null;
    return [key.pid, key.startedAt, uid, exeId ?? '0:0', look, below ?? 0].join(':');
  };
};

interface Run {
  /** Null = it was ended by a signal, or never began. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** We ended it ourselves, because nobody had answered the dialog. */
  readonly late: boolean;
}

/** Runs a program without a shell, with nothing of our environment, and resolves when it has ended. */
const run = (path: string, args: readonly string[], limitMs: number): Promise<Run> =>
  new Promise((resolve) => {
    const said = { stdout: '', stderr: '' };
    let late = false;
    const child = spawn(path, args, {
      cwd: '/',
      // Its messages are told apart by their English words; the dialog speaks the language of the desktop all the same.
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: false,
    });
    // Until the password is accepted pkexec is ours to end; after that it is root's, the helper is at work and ends by itself.
    const timer = setTimeout(() => {
      late = child.kill('SIGTERM');
    }, limitMs);
    const finish = (code: number | null): void => {
      clearTimeout(timer);
      resolve({ code, ...said, late });
    };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8');
      child[name].on('data', (text: string) => {
        if (said[name].length < MOST_OUTPUT) said[name] += text;
      });
    }
    child.on('error', () => {
      // Also what a refused signal says: then it runs on, and ends with 'close'.
      if (child.pid === undefined) finish(null);
    });
    child.on('close', finish);
  });

/** What the helper said of each last; who it did not come to is denied. Null = it said nothing at all. */
const parseResults = (stdout: string, pids: readonly number[]): ReadonlyMap<number, ElevateResult> | null => {
  const said = new Map<number, ElevateResult>();
  for (const [, pid, word = ''] of stdout.matchAll(/^([0-9]{1,7}) ([a-z]+)$/gm)) {
    const result = word === 'refused' ? 'denied' : ELEVATE_RESULTS.find((each) => each === word && each !== 'signalled');
    if (result !== undefined) said.set(Number(pid), result);
  }
  return said.size === 0 ? null : new Map(pids.map((pid) => [pid, said.get(pid) ?? 'denied']));
};

/** The way to end processes as root or administrator. On Linux each is checked again as root, after the password. */
export const createElevate = (parts: ElevateParts): Elevate => {
  const { os, helperPath = HELPER_PATH, policyPath = POLICY_PATH, pkexecPath = '/usr/bin/pkexec' } = parts;
  const { procRoot = '/proc', promptMs = PROMPT_MS, runAsAdministrator = runByPrompt } = parts;
  const describe = createDescribe(procRoot);

  const throughPolkit: Elevate = async (targets, intent) => {
    const pids = targets.map(({ identity }) => identity.key.pid);
    if (!targets.every(({ identity: { key, uid } }) => uid !== null && NUMBER.test(key.startedAt))) return failed('failed');
    // A helper that others may write to is neither run nor recommended.
    const keys = targets.map(({ identity }) => identity.key);
    if (!isRootsFile(helperPath) || !isRootsFile(policyPath)) return failed('notInstalled', handCommand(keys, intent));
    const described = targets.map(describe);
    const named = described.filter((one) => one !== null);
    if (named.length < described.length) return failed('failed');
    const byHand = `sudo ${helperPath} ${intent} ${named.join(' ')}`;
    if (!isRootsFile(pkexecPath)) return failed('noAgent', byHand);

    const { code, stdout, stderr, late } = await run(pkexecPath, ['--disable-internal-agent', helperPath, intent, ...named], promptMs);
    if (code === DISMISSED || (code === null && late)) return failed('dismissed');
    if (code === NOT_RUN) {
      if (/No authentication agent found|Error getting authority/.test(stderr)) return failed('noAgent', byHand);
      return failed(/: Not authorized$/m.test(stderr) ? 'notAuthorised' : 'failed');
    }
    const results = parseResults(stdout, pids);
    return results === null ? failed('failed') : { ok: true, results };
  };

  /** macOS and Windows have no helper of ours: what goes in is numbers alone, and who has them is not checked again. */
  const throughPrompt = async (
    system: 'darwin' | 'win32',
    targets: readonly ElevateTarget[],
    intent: EndIntent,
  ): Promise<ElevateOutcome> => {
    const pids = targets.map(({ identity }) => identity.key.pid);
    const answer = await runAsAdministrator(killCommand(system, pids, intent));
    return answer === 'done' ? { ok: true, results: new Map(pids.map((pid) => [pid, 'signalled'])) } : failed(answer);
  };

  return async (targets, intent) => {
    const pids = new Set(targets.map(({ identity }) => identity.key.pid));
    const firsts = new Set(targets.filter(({ below }) => below === null).map(({ identity }) => identity.key.pid));
    const possible =
      [...pids].every((pid) => Number.isInteger(pid) && pid > 1) && targets.every(({ below }) => below === null || firsts.has(below));
    if (!possible || pids.size !== targets.length || pids.size < 1 || pids.size > MOST_TARGETS) return failed('failed');
    return os === 'linux' ? throughPolkit(targets, intent) : throughPrompt(os, targets, intent);
  };
};
