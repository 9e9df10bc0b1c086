import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

/** Other users than root, for processes that change their uid; the second one looks on where others are hidden. */
const NOBODY = 65_534;
export const ONLOOKER = 65_533;
/** So many forks at most may lie between two looks; a number that was set back must not be passed again by them. */
const FAR_IDS = 1_200;
/** Newcomers that are no shells are promised to be looked at for ten seconds. */
const SOON_MS = 8_000;
const MOST_WAITING = 40;
/** Forks and threads of one storm. */
const STORM_FORKS = 4_000;
const STORM_THREADS = 1_000;

/** Random numbers that a seed repeats (mulberry32). */
export const createRandom = (seed: number): ((below: number) => number) => {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
};

interface Waiting {
  readonly child: ChildProcess;
  readonly bornMs: number;
  readonly isShell: boolean;
}

/** A life of processes in the pid namespace of its own, one step at a time, so that whoever looks on decides how fast it goes. */
export interface Life {
  /** Something is born, becomes something else, stops or ends. `claudes` are the pids of those that a scan has just seen. */
  step(claudes: readonly number[]): void;
}

/** `engine` is a program that sleeps as long as its argument says, and counts as Claude's; `own` is whose the processes are where nothing else is said. */
export const createLife = (
  engine: string,
  random: (below: number) => number,
  own: { readonly uid?: number; readonly gid?: number },
): Life => {
  const waiting: Waiting[] = [];
  const gone: number[] = [];
  let storm: ChildProcess | null = null;
  /** At the end of the last step one was going on. */
  let wasStorm = false;
  const marks = { CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: 'x', CLAUDE_CODE_EXECPATH: engine };
  // In the environment, since no argument may tell before the exec what somebody is going to be.
  const names = { PATH: '/usr/bin:/bin', ENGINE: engine, NAME: 'claude' };
  const seconds = (): string => (0.2 + random(60) / 10).toFixed(1);
  const start = (command: string, args: readonly string[], more: object = {}): ChildProcess => {
    const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'ignore'], env: names, ...own, ...more });
    // Whoever is killed before it read its input breaks the pipe; who could not be started is missing in both scans.
    child.stdin?.on('error', () => undefined);
    child.on('error', () => undefined);
    return child;
  };
  const shell = (script: string, more: object = {}): ChildProcess => start('/bin/bash', ['-c', script], more);
  const claude = (more: object = {}): ChildProcess => start(engine, [seconds()], { argv0: 'claude', ...more });
  const keepWaiting = (child: ChildProcess, isShell: boolean): void => {
    waiting.push({ child, bornMs: performance.now(), isShell });
  };
  const signal = (pid: number, name: NodeJS.Signals): void => {
    try {
      process.kill(pid, name);
    } catch {
      // It has gone meanwhile.
    }
  };
  const newestPid = (): number => Number(readFileSync('/proc/loadavg', 'latin1').trim().split(' ').at(-1));
  const pidMax = Number(readFileSync('/proc/sys/kernel/pid_max', 'latin1'));
  /** The next number is the one after `pid`; not where the births before the next look might come round to the newest again, which no kernel's do. */
  const moveTo = (pid: number): boolean => {
    if ((newestPid() - pid + pidMax) % pidMax < FAR_IDS) return false;
    writeFileSync('/proc/sys/kernel/ns_last_pid', String(pid));
    return true;
  };

  /** Thousands of forks one after the other, or threads at once, with Claudes in between. One at a time. */
  const storms: readonly (() => ChildProcess)[] = [
    () =>
      start('/usr/bin/perl', [
        '-e',
        `for (my $i = 0; $i < $ARGV[0]; $i++) { my $pid = fork; if (!$pid) { exec {$ENV{ENGINE}} $ENV{NAME}, 2 if $i % 500 == 250; exit } waitpid $pid, 0 if $i % 500 != 250 }`,
        String(500 + random(STORM_FORKS)),
      ]),
    () =>
      start(process.execPath, ['-e', `for (let i = 0; i < ${STORM_THREADS}; i++) fs.stat("/", () => 0); setTimeout(() => 0, 1500)`], {
        env: { UV_THREADPOOL_SIZE: String(STORM_THREADS) },
      }),
  ];
  const isStorm = (): boolean => storm !== null && storm.exitCode === null && storm.signalCode === null;
  const blow = (): void => {
    // Where ids come round within one storm, numbers that are set back as well are no life that a kernel can have.
    if (pidMax > 2 * STORM_FORKS && !isStorm()) storm = storms[random(storms.length)]?.() ?? null;
  };

  const births: readonly (() => void)[] = [
    () => claude(),
    () => claude({ uid: NOBODY, gid: NOBODY }),
    () => claude({ uid: 0, gid: 0 }),
    // A shell that becomes Claude when it is told to, at any age; and a program that does, while it is young.
    () => keepWaiting(shell(`read; exec -a "$NAME" "$ENGINE" ${seconds()}`), true),
    () => keepWaiting(start('/usr/bin/perl', ['-e', 'my $line = <STDIN>; exec {$ENV{ENGINE}} $ENV{NAME}, $ARGV[0]', seconds()]), false),
    () => keepWaiting(shell(`read; exec /bin/bash -c 'read; exec -a "$NAME" "$ENGINE" 3'`), true),
    // Its number is given back and its parent goes first.
    () => shell(`exec -a "$NAME" "$ENGINE" ${seconds()} & exit`),
    () => claude().unref(),
    // What a session starts; its owner goes first or later.
    () => shell(`exec sleep ${seconds()}`, { env: { ...names, ...marks, CLAUDE_PID: String(claude().pid ?? 0) } }),
    () => shell(`exec -a "$NAME" "$ENGINE" ${seconds()} & CLAUDECODE=1 CLAUDE_PID=$! exec sleep ${seconds()}`),
    // A zombie: its parent never asks.
    () => shell(`exec -a "$NAME" "$ENGINE" 0.1 & exec sleep ${seconds()}`),
    // Another user from one moment to the next.
    () =>
      keepWaiting(
        start('/usr/bin/perl', [
          '-e',
          `$) = "${NOBODY} ${NOBODY}"; $> = $< = ${NOBODY}; my $line = <STDIN>; exec {$ENV{ENGINE}} $ENV{NAME}, 4`,
        ]),
        false,
      ),
    // Stopped by a tracer at its exec (x86-64: call 101, PTRACE_TRACEME).
    () => shell(`perl -e 'syscall(101, 0, 0, 0, 0); exec {$ENV{ENGINE}} $ENV{NAME}, 3' & exec sleep 1`),
    // Threads, whose ids answer below /proc.
    () =>
      start(process.execPath, ['-e', 'for (let i = 0; i < 60; i++) fs.stat("/", () => 0); setTimeout(() => 0, 1500)'], {
        env: { UV_THREADPOOL_SIZE: '60' },
      }),
    // Short lives, and bystanders.
    () => shell(`for ((i = 0; i < ${random(150)}; i++)); do (:); done`),
    () => start('/bin/sleep', [seconds()]),
  ];
  const others: readonly ((claudes: readonly number[]) => void)[] = [
    () => {
      for (const { child } of waiting.splice(0, 1 + random(4))) child.stdin?.end('\n\n');
    },
    (claudes) => {
      const pid = claudes[random(claudes.length)];
      if (pid !== undefined) signal(pid, 'SIGSTOP');
    },
    (claudes) => {
      for (const pid of claudes.slice(random(claudes.length)).slice(0, 5)) {
        signal(pid, 'SIGKILL');
        gone.push(pid);
      }
    },
  ];
  /** Its number is somebody else's next, as after a whole round of all ids. */
  const reuse = (): void => {
    const pid = gone.splice(random(gone.length), 1)[0];
    if (pid !== undefined && pid > 1 && moveTo(pid - 1)) claude();
  };

  return {
    step: (claudes) => {
      for (let left = random(6); left >= 0; left--) births[random(births.length)]?.();
      others[random(others.length)]?.(claudes);
      // Not again what the promise does not hold for.
      for (const late of waiting.filter(({ bornMs, isShell }) => !isShell && performance.now() - bornMs > SOON_MS / 2)) {
        waiting.splice(waiting.indexOf(late), 1);
        late.child.stdin?.end('\n\n');
      }
      while (waiting.length > MOST_WAITING) waiting.shift()?.child.kill('SIGKILL');
      if (claudes.length > 60) for (const pid of claudes.slice(0, 20)) signal(pid, 'SIGKILL');
      if (random(12) === 0) blow();
      // Last, so that nothing else is born from the numbers before it. A storm would go around past a number that is set back, and one since
      // the last look has taken the newest so far from what that look saw that going back from there may not be far enough.
      const isCalm = !isStorm() && !wasStorm;
      wasStorm = isStorm();
      if (!isCalm) return;
      if (random(6) === 0) reuse();
      else if (random(40) === 0) moveTo(pidMax - 20 - random(100));
    },
  };
};
