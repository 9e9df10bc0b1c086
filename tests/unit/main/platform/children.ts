import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import { afterEach } from 'vitest';

/** Real processes for one test, ended by their pids after it. */
export interface Children {
  readonly start: (command: string, args?: readonly string[], options?: SpawnOptions) => ChildProcess & { readonly pid: number };
  /** Ends a process that is a child's child, too. */
  readonly alsoEnd: (pid: number) => void;
}

const stampOf = (pid: number): string | null => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
};

export const ownChildren = (): Children => {
  let children: ChildProcess[] = [];
  let others: { pid: number; stamp: string | null }[] = [];
  afterEach(async () => {
    for (const { pid, stamp } of others) if (stamp !== null && stampOf(pid) === stamp) process.kill(pid, 'SIGKILL');
    for (const child of children)
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
    children = [];
    others = [];
  });
  return {
    start: (command, args = [], options = {}) => {
      const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'ignore'], ...options });
      const { pid } = child;
      if (pid === undefined) throw new Error(`cannot start ${command}`);
      children.push(child);
      return Object.assign(child, { pid });
    },
    alsoEnd: (pid) => others.push({ pid, stamp: stampOf(pid) }),
  };
};

/** Waits until `check` gives something other than null and false; throws with `what` after 10 s. */
export const eventually = async <T>(what: string, check: () => T | null | false): Promise<T> => {
  for (const end = performance.now() + 10_000; ; await new Promise((resolve) => setTimeout(resolve, 10))) {
    const value = check();
    if (value !== null && value !== false) return value;
    if (performance.now() > end) throw new Error(`not within 10 s: ${what}`);
  }
};

/** Waits until the process runs that executable and has come to rest: spawn returns before the new program has begun. */
export const running = (pid: number, exe: string): Promise<string> =>
  eventually(`${pid} runs ${exe}`, () => {
    try {
      const now = readlinkSync(`/proc/${pid}/exe`);
      return now === exe && stateOf(pid) === 'S' && now;
    } catch {
      return null;
    }
  });

/** Field 3 of /proc/PID/stat. */
export const stateOf = (pid: number): string | null => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.charAt(text.lastIndexOf(')') + 2);
  } catch {
    return null;
  }
};

/** Whether the child is asleep and alive some time after a signal could have reached it. */
export const isUntouched = async (child: ChildProcess & { readonly pid: number }): Promise<boolean> => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return stateOf(child.pid) === 'S' && child.exitCode === null && child.signalCode === null;
};

export const isRoot = process.getuid?.() === 0;
/** Nobody's, on every Linux. */
export const OTHER_UID = 65_534;
