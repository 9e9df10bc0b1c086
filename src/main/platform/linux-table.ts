import { readdirSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ProcessKey, RawProcess, Reading, StaticFacts } from '../../shared/types.js';
import type { Accounts } from './accounts.js';
import type { KernelUnits } from './host-parse.js';
import { parseBootTimeMs, parseHidePid } from './host-parse.js';
import { isOfInterest } from './interest.js';
import { readStat } from './linux-identity.js';
import type { ProcFiles } from './proc-files.js';
import type { StatFields, StatusFields } from './proc-parse.js';
import { PF_EXITING, PF_KTHREAD, parseArgv, parseStatus, pickMarks, ttyName } from './proc-parse.js';

/** Pids between two breaths of the event loop. */
const BATCH = 100;
/** Of the processes that show no change, one in so many is read again at each look. */
const SLICES = 12;
/** A title may be rewritten without an exec, mostly early in life; where exec leaves no trace that we may see, we look longer. */
const YOUNG_MS = 10_000;
const YOUNG_UNTRACED_MS = 60_000;
/** How long boot time and mount options are believed. */
const BELIEVE_MS = 30_000;

/** What is kept of a process from look to look. */
interface Known {
  readonly key: ProcessKey;
  /** Monotonic clock, about. */
  readonly bornMs: number;
  facts: StaticFacts;
  uid: number | null;
  ofInterest: boolean;
  /** The kernel refuses us its executable and environment. */
  denied: boolean;
  startCode: number | null;
  startStack: number | null;
  argStart: number | null;
  look: number;
}

export interface ProcessTable {
  read(): Promise<Reading>;
  focus(pids: ReadonlySet<number>): void;
  /** How many processes the last look saw, and of how many it could not read executable and environment. */
  counts(): { readonly processes: number; readonly denied: number };
}

export interface TableParts {
  readonly procRoot: string;
  readonly files: ProcFiles;
  readonly accounts: Accounts;
  readonly selfPid: number;
  readonly selfUid: number;
  readonly selfGids: readonly number[];
  readonly machineId: () => string | null;
  readonly units: () => KernelUnits;
}

interface Statics {
  readonly facts: StaticFacts;
  readonly ofInterest: boolean;
  readonly denied: boolean;
  /** A file was not there: perhaps the process is not either. */
  readonly missing: boolean;
}

const sameList = (a: readonly string[] | null, b: readonly string[] | null): boolean =>
  a === b || (a !== null && b !== null && a.length === b.length && a.every((value, index) => value === b[index]));
const sameMarks = (a: StaticFacts['marks'], b: StaticFacts['marks']): boolean =>
  a === b || (a !== null && b !== null && sameList(Object.entries(a).flat(), Object.entries(b).flat()));
const sameFacts = (a: StaticFacts, b: StaticFacts): boolean =>
  a.comm === b.comm && a.exe === b.exe && a.exeId === b.exeId && sameList(a.argv, b.argv) && sameMarks(a.marks, b.marks);

/** Reads processes below `procRoot`, look after look: `stat` of all, the rest only of what is new, changed, of interest or due. */
export const createProcessTable = (parts: TableParts): ProcessTable => {
  const { procRoot, files, accounts, selfPid } = parts;
  const known = new Map<number, Known>();
  let focused: ReadonlySet<number> = new Set();
  let looks = 0;
  let denied = 0;
  let turn: Promise<unknown> = Promise.resolve();
  let boot: { readonly ms: number | null; readonly readAtMs: number; readonly clockOffsetMs: number } | null = null;
  let mounts: { readonly hidden: boolean; readonly readAtMs: number } | null = null;
  let pidDomain: string | null = null;

  const bootMs = (wallMs: number, monotonicMs: number): number | null => {
    const clockOffsetMs = wallMs - monotonicMs;
    // The kernel's boot time moves when somebody sets the clock.
    if (boot === null || monotonicMs - boot.readAtMs > BELIEVE_MS || Math.abs(clockOffsetMs - boot.clockOffsetMs) > 500)
      boot = { ms: parseBootTimeMs(files.text(`${procRoot}/stat`) ?? ''), readAtMs: monotonicMs, clockOffsetMs };
    return boot.ms;
  };
  const hidesOthers = (monotonicMs: number): boolean => {
    if (parts.selfUid === 0) return false;
    if (mounts === null || monotonicMs - mounts.readAtMs > BELIEVE_MS) {
      const option = parseHidePid(files.text(`${procRoot}/self/mounts`) ?? '', procRoot);
      mounts = { hidden: option !== null && !(option.gid !== null && parts.selfGids.includes(option.gid)), readAtMs: monotonicMs };
    }
    return mounts.hidden;
  };
  const domain = (): string | null => {
    const namespace = files.link(`${procRoot}/self/ns/pid`);
    const machine = parts.machineId();
    return typeof namespace === 'string' || machine === null ? null : `linux:${machine}:${namespace.target}`;
  };

  const readArgv = (dir: string): readonly string[] | null => {
    const length = files.read(`${dir}/cmdline`);
    return typeof length === 'number' ? parseArgv(files.bytes, length) : null;
  };
  const readMarks = (dir: string): StaticFacts['marks'] => {
    const length = files.read(`${dir}/environ`);
    if (typeof length !== 'number') return null;
    const whole = length < files.bytes.length ? length : files.bytes.lastIndexOf(0, length - 1) + 1;
    const marks = pickMarks(files.bytes, whole);
    files.wipe(length);
    return marks;
  };
  /** Costs twice what `stat` does. A process's folder belongs to its uid, unless it protects itself: then to root, and only `status` tells. */
  const readStatus = (dir: string): StatusFields | null => {
    const text = files.text(`${dir}/status`);
    return text === null ? null : parseStatus(text);
  };
  const readStatics = (dir: string, stat: StatFields, wanted: boolean): Statics => {
    const { comm } = stat;
    // A zombie has nothing left but its name; the kernel shows the rest as empty, which would be no fact.
    const dead = { comm, exe: null, exeId: null, argv: [], marks: null };
    if (stat.state === 'Z') return { facts: dead, ofInterest: isOfInterest(dead), denied: false, missing: false };
    const exe = files.link(`${dir}/exe`);
    // The right to follow `exe` is the right to read `environ` too: one refusal is enough.
    const denied = exe === 'denied';
    const argv = readArgv(dir);
    const marks = denied ? null : readMarks(dir);
    const facts = { comm, exe: typeof exe === 'string' ? null : exe.target, exeId: null, argv, marks };
    const ofInterest = isOfInterest(facts);
    const exeId = !denied && (wanted || ofInterest) ? files.fileId(`${dir}/exe`) : null;
    return { facts: { ...facts, exeId }, ofInterest, denied, missing: exe === 'gone' || argv === null };
  };

  const execed = (entry: Known, stat: StatFields): boolean =>
    entry.facts.comm !== stat.comm ||
    entry.startStack !== stat.startStack ||
    entry.argStart !== stat.argStart ||
    entry.startCode !== stat.startCode;
  /** Whether the arguments changed in a process that shows no other sign of it. */
  const retitled = (entry: Known, dir: string, nowMs: number): boolean => {
    const ageMs = nowMs - entry.bornMs;
    if (!entry.ofInterest && !focused.has(entry.key.pid) && ageMs >= (entry.denied ? YOUNG_UNTRACED_MS : YOUNG_MS)) return false;
    const argv = readArgv(dir);
    return argv !== null && !sameList(argv, entry.facts.argv);
  };
  const due = (entry: Known, stat: StatFields, dir: string, nowMs: number): boolean =>
    (entry.key.pid + looks) % SLICES === 0 ||
    execed(entry, stat) ||
    // Newly in focus.
    (entry.facts.exeId === null && entry.facts.exe !== null && focused.has(entry.key.pid)) ||
    (stat.state !== 'Z' && retitled(entry, dir, nowMs));

  /** One process; null = it vanished meanwhile. */
  const readOne = (
    pid: number,
    stat: StatFields,
    at: { wallMs: number; monotonicMs: number; bootMs: number | null; units: KernelUnits },
  ): RawProcess | null => {
    const dir = `${procRoot}/${pid}`;
    const startedAtMs = at.bootMs === null ? null : at.bootMs + (Number(stat.startedAt) * 1000) / at.units.ticksPerSecond;
    let entry = known.get(pid);
    if (entry?.key.startedAt !== stat.startedAt) entry = undefined;
    const { state } = stat;
    // On its way out a process has lost what tells what it was, and is still the same one.
    const exiting = state !== 'Z' && ((stat.flags ?? 0) & PF_EXITING) !== 0;
    const reread = entry === undefined || (!exiting && due(entry, stat, dir, at.monotonicMs));
    if (entry === undefined || reread) {
      // Once read, always read: the facts' identity must not hang on who is in focus.
      const fresh = readStatics(dir, stat, focused.has(pid) || (entry?.facts.exeId ?? null) !== null);
      if (fresh.missing && readStat(files, dir) === 'gone') return null;
      const facts = entry !== undefined && sameFacts(entry.facts, fresh.facts) ? entry.facts : fresh.facts;
      const ageMs = startedAtMs === null ? 0 : Math.max(0, at.wallMs - startedAtMs);
      const { startCode, startStack, argStart } = stat;
      const now = { facts, ofInterest: fresh.ofInterest, denied: fresh.denied, startCode, startStack, argStart, look: looks };
      entry ??= { key: { pid, startedAt: stat.startedAt }, bornMs: at.monotonicMs - ageMs, uid: null, ...now };
      Object.assign(entry, now);
      known.set(pid, entry);
    }
    entry.look = looks;
    const wanted = entry.ofInterest || focused.has(pid);
    let status: StatusFields | null = null;
    if (wanted || reread) {
      const owner = wanted ? null : files.ownerUid(dir);
      if (owner === null || owner === 0) status = readStatus(dir);
      entry.uid = owner === null || owner === 0 ? (status?.uid ?? null) : owner;
      if (entry.uid === null && readStat(files, dir) === 'gone') return null;
    }
    const cwd = wanted && !entry.denied && state !== 'Z' ? files.link(`${dir}/cwd`) : 'failed';
    if (entry.denied) denied++;
    // A zombie gave its memory back; that is known, not unreadable.
    const none = state === 'Z' && (stat.threads ?? 0) <= 1 ? 0 : null;
    const { cpuTicks, rssPages, threads } = stat;
    return {
      key: entry.key,
      ppid: stat.ppid,
      uid: entry.uid,
      user: entry.uid === null ? null : accounts.userOf(entry.uid),
      state,
      tty: ttyName(stat.ttyNr),
      cwd: typeof cwd === 'string' ? null : cwd.target,
      pgid: stat.pgid,
      sid: stat.sid,
      startedAtMs,
      facts: entry.facts,
      counters: {
        cpuMs: cpuTicks === null ? null : (cpuTicks * 1000) / at.units.ticksPerSecond,
        rssBytes: rssPages === null ? null : rssPages * at.units.pageBytes,
        rssAnonBytes: status?.rssAnonBytes ?? none,
        swapBytes: status?.swapBytes ?? none,
        threads,
      },
    };
  };

  const look = async (): Promise<Reading> => {
    const takenAtMs = Date.now();
    const monotonicMs = performance.now();
    const self = files.link(`${procRoot}/self`);
    if (typeof self === 'string' || self.target !== String(selfPid))
      throw new Error(`${procRoot} does not show our own process: it is missing or belongs to another pid namespace`);
    looks++;
    denied = 0;
    accounts.refresh();
    const at = { wallMs: takenAtMs, monotonicMs, bootMs: bootMs(takenAtMs, monotonicMs), units: parts.units() };
    const processes: RawProcess[] = [];
    let complete = true;
    let sawFirst = false;
    let sawSelf = false;
    let count = 0;
    for (const name of readdirSync(procRoot)) {
      if (!/^[1-9]\d{0,6}$/.test(name)) continue;
      if (++count % BATCH === 0) await nextTurn();
      const pid = Number(name);
      const stat = readStat(files, `${procRoot}/${name}`);
      if (stat === 'gone') continue;
      if (typeof stat === 'string') {
        complete = false;
        continue;
      }
      sawFirst ||= pid === 1;
      if (((stat.flags ?? 0) & PF_KTHREAD) !== 0) continue;
      const process = readOne(pid, stat, at);
      if (process === null) continue;
      sawSelf ||= pid === selfPid;
      processes.push(process);
    }
    if (!sawSelf) throw new Error(`our own process is not in ${procRoot}: the table cannot be trusted`);
    for (const [pid, entry] of known) if (entry.look !== looks) known.delete(pid);
    pidDomain ??= domain();
    return { takenAtMs, monotonicMs, processes, complete: complete && sawFirst && !hidesOthers(monotonicMs), pidDomain, selfPid };
  };

  return {
    // Looks share the buffer's owner and what is known: one after the other.
    read: () => {
      const mine = turn.then(look);
      turn = mine.catch(() => undefined);
      return mine;
    },
    focus: (pids) => {
      focused = pids;
    },
    counts: () => ({ processes: known.size, denied }),
  };
};
