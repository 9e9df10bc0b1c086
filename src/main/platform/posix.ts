import { setPriority } from 'node:os';
import type { Intent, SignalOutcome } from './index.js';

const SIGNALS = { ask: 'SIGTERM', force: 'SIGKILL', pause: 'SIGSTOP', continue: 'SIGCONT' } as const satisfies Record<
  Intent,
  NodeJS.Signals
>;

/** The largest pid that Linux and macOS can hand out (PID_MAX_LIMIT). */
const MAX_PID = 4_194_304;

/** Whether a number can be one process's pid at all: kill() takes 0, -1 and negative numbers for many processes at once. */
export const isPid = (pid: number): boolean => Number.isInteger(pid) && pid > 0 && pid <= MAX_PID;

export type SendSignal = (pid: number, intent: Intent) => Exclude<SignalOutcome, 'changed'>;

/** Sends the intent's signal to exactly one process, never to pid 1 nor to ourselves; the one place that calls process.kill. */
export const sendSignal: SendSignal = (pid, intent) => {
  if (!isPid(pid) || pid === 1 || pid === process.pid) return 'denied';
  try {
    process.kill(pid, SIGNALS[intent]);
    return 'sent';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ESRCH') return 'gone';
    if (code === 'EPERM') return 'denied';
    throw error;
  }
};

export type SetNice = (tid: number, nice: number) => Exclude<SignalOutcome, 'changed'>;

/** Sets the nice value of exactly one thread (a process's first has its pid), never of pid 1's nor of whoever 0 would mean. */
export const setNice: SetNice = (tid, nice) => {
  if (!isPid(tid) || tid === 1) return 'denied';
  try {
    setPriority(tid, nice);
    return 'sent';
  } catch (error) {
    // Node wraps what the system said; the number is errno itself.
    const said = error instanceof Error && 'info' in error && error.info instanceof Object && 'code' in error.info ? error.info.code : null;
    if (said === 'ESRCH') return 'gone';
    if (said === 'EPERM' || said === 'EACCES') return 'denied';
    throw error;
  }
};

/**
 * Ends ourselves without any farewell. For one case only: while a thread hangs in a file that never answers (a FUSE mount, a
 * dead network drive), `process.exit` waits for it for ever.
 */
export const endOurselves = (): void => {
  process.kill(process.pid, 'SIGKILL');
};
