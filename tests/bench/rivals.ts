import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cleanEnv } from './crowd.js';
import { rounded } from './figures.js';

/** Others' ways to read all processes, and our command line from outside: CPU time in ms. */

const TICK_MS = 10;
const NS_A_MS = 1_000_000;
/** Who has not answered by then is not waited for: with thousands of processes one of them needs minutes. */
const PATIENCE_MS = 20_000;

/** CPU time of this process, all of its threads, for some work. */
export const cpuMs = async (work: () => unknown): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

/** The plainest way to read all processes in Node. */
export const readPlainly = (): void => {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      readFileSync(`/proc/${name}/stat`, 'utf8');
      readFileSync(`/proc/${name}/cmdline`, 'utf8');
    } catch {
      // It ended meanwhile.
    }
  }
};

const statFields = (pid: number | string): readonly string[] => {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
};
/** CPU time of our children that ended; the kernel counts in steps. */
const childrenMs = (): number => {
  const fields = statFields('self');
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
};
/** What a command costs, ended and waited for; null where it cannot be run. */
const commandMs = (command: string, args: readonly string[], times: number): number | null => {
  const before = childrenMs();
  for (let i = 0; i < times; i++) if (spawnSync(command, args, { stdio: 'ignore' }).status !== 0) return null;
  return rounded((childrenMs() - before) / times);
};
/** What a command says of itself: a number of ms; else why it has none. */
const saidMs = (command: string, args: readonly string[]): number | string => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', env: cleanEnv, timeout: PATIENCE_MS });
  const ms = Number.parseFloat(stdout ?? '');
  if (status === 0 && Number.isFinite(ms)) return rounded(ms);
  if (error !== undefined && 'code' in error && error.code === 'ETIMEDOUT') return `no answer within ${PATIENCE_MS / 1000} s`;
  return error?.message ?? /\w*Error.*|E2BIG.*/.exec(stderr)?.[0] ?? `exit ${status}`;
};

const PSUTIL = `
import psutil, resource
def cpu():
    u = resource.getrusage(resource.RUSAGE_SELF); return (u.ru_utime + u.ru_stime) * 1e3
b = cpu()
for p in psutil.process_iter(['pid', 'ppid', 'name', 'cmdline', 'username', 'memory_info', 'cpu_times', 'create_time']): pass
print(cpu() - b)`;
/** In a process of its own: with many processes it throws where nobody can catch it. */
const SYSTEMINFORMATION = `
import { readFileSync } from 'node:fs';
import si from 'systeminformation';
const children = () => { const f = readFileSync('/proc/self/stat', 'latin1').split(') ').at(-1).split(' '); return (Number(f[13]) + Number(f[14])) * 10; };
const [own, theirs] = [process.cpuUsage(), children()];
await si.processes();
const { user, system } = process.cpuUsage(own);
console.log((user + system) / 1000 + children() - theirs);`;

/** The system's Python comes first: that is the one distributions package psutil for. */
const psutilMs = (): number | string => {
  const system = saidMs('/usr/bin/python3', ['-c', PSUTIL]);
  return typeof system === 'number' ? system : saidMs('python3', ['-c', PSUTIL]);
};

/** What the others need for one reading of all processes; a text says why one of them could not. */
export const rivalsMs = () => ({
  ps: commandMs('ps', ['-axo', 'pid,ppid,user,stat,time,rss,args'], 2),
  psutil: psutilMs(),
  systeminformation: saidMs(process.execPath, ['--input-type=module', '-e', SYSTEMINFORMATION]),
});

/** A C program of this folder, compiled on the spot; null where there is no compiler. */
export const compiled = (folder: string, name: string): string | null => {
  const path = join(folder, name);
  const source = join(process.cwd(), 'tests', 'bench', `${name}.c`);
  return spawnSync('cc', ['-O2', '-o', path, source], { stdio: 'ignore' }).status === 0 ? path : null;
};
/** What listing /proc once and reading one file of each of some processes costs in C. */
export const floorMs = (floor: string, engines: readonly number[]): number => {
  const { stdout } = spawnSync(floor, engines.map(String), { encoding: 'utf8' });
  return Number(/"cpuMsPerPass": ([\d.]+)/.exec(stdout)?.[1] ?? Number.NaN);
};

/** CPU time of a process so far, all of its threads: to the nanosecond where the scheduler tells, else in ticks. */
const usedMs = (pid: number): number => {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    return (
      tasks.reduce((sum, tid) => sum + Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'latin1').split(' ')[0]), 0) / NS_A_MS
    );
  } catch {
    const fields = statFields(pid);
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  }
};

/** The command line's own looks, one a second, from outside. */
export interface Watch {
  /** CPU time a look over the next so many looks. */
  readonly perLookMs: (looks: number) => Promise<number>;
  readonly end: () => void;
}

/** Starts `watch --json --interval 1`; null where the command line is not built. */
export const startWatch = (home: string): Watch | null => {
  const program = join(process.cwd(), 'out', 'cli', 'index.js');
  if (!existsSync(program)) return null;
  const child = spawn(process.execPath, [program, 'watch', '--json', '--interval', '1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...cleanEnv, HOME: home },
  });
  const { pid } = child;
  if (pid === undefined) return null;
  let lines = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    lines += chunk.toString('latin1').split('\n').length - 1;
  });
  const nextLine = async (): Promise<void> => {
    for (const seen = lines; lines === seen; ) {
      if (child.exitCode !== null) throw new Error(`the watch ended with ${child.exitCode}`);
      await sleep(5);
    }
  };
  return {
    perLookMs: async (looks) => {
      await nextLine();
      const [before, from] = [usedMs(pid), lines];
      while (lines - from < looks) await nextLine();
      return rounded((usedMs(pid) - before) / (lines - from));
    },
    end: () => void child.kill('SIGTERM'),
  };
};
