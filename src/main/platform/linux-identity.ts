import { readdirSync } from 'node:fs';
import type { Identity, Intent, SignalOutcome } from './index.js';
import type { SendSignal, SetNice } from './posix.js';
import { isPid } from './posix.js';
import type { ProcFiles, ReadFailure } from './proc-files.js';
import type { StatFields } from './proc-parse.js';
import { PF_EXITING, parseStat, parseStatus } from './proc-parse.js';

/** /proc/PID/stat now, or why not. */
export const readStat = (files: ProcFiles, dir: string): StatFields | ReadFailure => {
  const length = files.read(`${dir}/stat`);
  return typeof length === 'number' ? (parseStat(files.bytes, length) ?? 'failed') : length;
};

const listThreads = (procRoot: string, pid: number): number[] => {
  try {
    return readdirSync(`${procRoot}/${pid}/task`).map(Number).filter(isPid);
  } catch {
    // It has gone meanwhile.
    return [];
  }
};

interface Seen {
  readonly identity: Identity;
  readonly exiting: boolean;
}

/** Stamp of somebody of whom we may not even know that; equal to no real one. */
const HIDDEN = '';

const look = (files: ProcFiles, procRoot: string, pid: number): Seen | null => {
  if (!isPid(pid)) return null;
  const dir = `${procRoot}/${pid}`;
  // If the pid changes hands while we read, the second turn sees the new process only.
  for (let turn = 0; turn < 3; turn++) {
    const stat = readStat(files, dir);
    if (stat === 'gone') return null;
    if (typeof stat === 'string') break;
    const exeId = files.fileId(`${dir}/exe`);
    const status = files.text(`${dir}/status`);
    const after = readStat(files, dir);
    if (after === 'gone') return null;
    if (typeof after === 'string') break;
    if (after.startedAt !== stat.startedAt || after.startStack !== stat.startStack) continue;
    const uid = status === null ? null : parseStatus(status).uid;
    return {
      identity: { key: { pid, startedAt: after.startedAt }, uid, exeId, state: after.state },
      exiting: ((after.flags ?? 0) & PF_EXITING) !== 0,
    };
  }
  return { identity: { key: { pid, startedAt: HIDDEN }, uid: null, exeId: null, state: null }, exiting: false };
};

/** Who has this pid now; null = nobody. A start stamp of '' = somebody whom we may not look at. */
export const identifyProcess = (files: ProcFiles, procRoot: string, pid: number): Identity | null =>
  look(files, procRoot, pid)?.identity ?? null;

interface ActParts {
  readonly files: ProcFiles;
  readonly procRoot: string;
  readonly selfPid: number;
}

/** Does `act` if pid, start stamp, uid and executable are still the target's own, with nothing in between: all of it is synchronous. */
const ifSame = (parts: ActParts, target: Identity, act: (pid: number) => SignalOutcome): SignalOutcome => {
  const { pid, startedAt } = target.key;
  if (!isPid(pid) || pid === 1 || pid === parts.selfPid) return 'denied';
  const seen = look(parts.files, parts.procRoot, pid);
  if (seen === null) return 'gone';
  const now = seen.identity;
  if (now.key.startedAt === HIDDEN || now.key.startedAt !== startedAt) return 'changed';
  if (now.state === 'Z' || now.state === 'X') return 'gone';
  // On its way out a process loses its executable first; that is an end, not a change.
  if (seen.exiting && now.exeId === null) return 'gone';
  if (now.uid !== target.uid || now.exeId !== target.exeId) return 'changed';
  return act(pid);
};

/** Signals `target` if it is still the same process. `selfPid` and pid 1 are never signalled. */
export const signalProcess = (parts: ActParts & { readonly send: SendSignal }, target: Identity, intent: Intent): SignalOutcome =>
  ifSame(parts, target, (pid) => parts.send(pid, intent));

/** Sets the nice value of every thread of `target` if it is still the same process: on Linux each thread has its own. */
export const reniceProcess = (parts: ActParts & { readonly setNice: SetNice }, target: Identity, nice: number): SignalOutcome =>
  ifSame(parts, target, (pid) => {
    const first = parts.setNice(pid, nice);
    if (first !== 'sent') return first;
    const others = listThreads(parts.procRoot, pid).filter((tid) => tid !== pid);
    // A thread may end at any time; new ones take after the one that starts them.
    return others.some((tid) => parts.setNice(tid, nice) === 'denied') ? 'denied' : 'sent';
  });
