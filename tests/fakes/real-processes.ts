import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Identity } from '../../src/main/platform/index.js';
import { createLinuxPlatform } from '../../src/main/platform/linux.js';

export const platform = createLinuxPlatform();

/** Waits for something that the test has caused; fails after ten seconds. */
export const until = async (holds: () => boolean): Promise<void> => {
  for (let turn = 0; !holds(); turn++) {
    if (turn > 1_000) throw new Error(`waited in vain for ${holds}`);
    await pause(10);
  }
};

/** Parent pid and state, as /proc has them; null = nobody. */
export const statOf = (pid: number): { readonly ppid: number; readonly state: string } | null => {
  try {
    const rest = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? [];
    return { state: rest[0] ?? '?', ppid: Number(rest[1]) };
  } catch {
    return null;
  }
};

/** Whether this very process is there and no zombie. */
export const lives = (identity: Identity): boolean => {
  const now = platform.identify(identity.key.pid);
  return now !== null && now.key.startedAt === identity.key.startedAt && now.state !== 'Z' && now.state !== 'X';
};

const clockOf = (speed: number) => ({
  now: () => Date.now(),
  monotonicMs: () => performance.now() * speed,
  sleep: (ms: number) => pause(ms / speed),
});
/** For whoever ends when asked: as long as it takes, a busy machine included. */
export const realClock = clockOf(1);
/** For whoever does not: graces pass three times as fast. */
export const fastClock = clockOf(3);

/**
 * A place for real process trees: programs that lie where the engine does, and trees of them. Every tree has a parent and a
 * sibling in the process group of the rest, which nobody has any business with.
 */
export const createPlayground = () => {
  const home = mkdtempSync(join(tmpdir(), 'playground-'));
  chmodSync(home, 0o755);
  const versions = join(home, '.local/share/claude/versions');
  mkdirSync(versions, { recursive: true });
  /** Programs: one that sleeps, one that runs a script. */
  const engine = join(versions, '2.1.330');
  const shell = join(versions, '2.1.331');
  copyFileSync('/usr/bin/sleep', engine);
  copyFileSync('/bin/bash', shell);

  const known: Identity[] = [];
  const started: ChildProcess[] = [];

  const note = (pid: number): Identity | null => {
    const identity = platform.identify(pid);
    if (identity !== null) known.push(identity);
    return identity;
  };
  const wanted = (pid: number): Identity => {
    const identity = note(pid);
    if (identity === null) throw new Error(`${pid} is gone before it was wanted`);
    return identity;
  };

  /** Runs a bash script that prints "name pid" for each process it starts; then it waits until its input is closed. */
  const start = (script: string, options: { readonly uid?: number } = {}) => {
    const child = spawn('/bin/bash', ['--norc', '-c', `sleep 300 & echo sibling $!\n${script}\nread -r _`], {
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'] ?? '', ENGINE: engine, SHELL_ENGINE: shell },
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    });
    started.push(child);
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      // Known from its first word on, so that it is cleared away whatever becomes of the test.
      for (const [, pid] of said.matchAll(/^\w+ (\d+)$/gm)) if (!known.some(({ key }) => key.pid === Number(pid))) note(Number(pid));
    });
    if (child.pid !== undefined) note(child.pid);
    const pidOf = (name: string): number | null => {
      const found = new RegExp(`^${name} (\\d+)$`, 'm').exec(said)?.[1];
      return found === undefined ? null : Number(found);
    };
    return {
      pid: child.pid ?? 0,
      /** The process of that name, once it runs `exe` (the end of its path). */
      find: async (name: string, exe = ''): Promise<Identity> => {
        await until(() => pidOf(name) !== null);
        const pid = pidOf(name) ?? 0;
        await until(() => {
          try {
            return readlinkSync(`/proc/${pid}/exe`).endsWith(exe);
          } catch {
            return false;
          }
        });
        return wanted(pid);
      },
      pidOf,
      parent: () => wanted(child.pid ?? 0),
    };
  };

  /** Ends what this test started and is still there, each by pid and stamp. */
  const clear = async (): Promise<void> => {
    for (const child of started) child.stdin?.end();
    for (const identity of known) {
      if (!lives(identity)) continue;
      platform.signal({ ...identity, ...current(identity) }, 'continue');
      platform.signal({ ...identity, ...current(identity) }, 'force');
    }
    await until(() => !known.some(lives));
    known.length = 0;
    started.length = 0;
  };
  /** It may have become another program since, and is still ours to clear away. */
  const current = ({ key, exeId }: Identity): Pick<Identity, 'exeId'> => ({ exeId: platform.identify(key.pid)?.exeId ?? exeId });

  return { engine, shell, home, start, clear, close: () => rmSync(home, { recursive: true, force: true }) };
};

export type Tree = ReturnType<ReturnType<typeof createPlayground>['start']>;
