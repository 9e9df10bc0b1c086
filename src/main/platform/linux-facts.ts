import type { StaticFacts } from '../../shared/types.js';
import { readStat } from './linux-identity.js';
import type { ProcFiles } from './proc-files.js';
import type { StatFields } from './proc-parse.js';
import { PF_KTHREAD, parseArgv, parseStatus, pickMarks } from './proc-parse.js';

/** What a process is until its next exec. */
export interface Nature {
  readonly facts: StaticFacts;
  /** It might be Claude's by what it is itself. */
  readonly ofInterest: boolean;
  /** The kernel refuses us its executable and environment. */
  readonly denied: boolean;
}

/** Facts of those who cannot matter, by all that makes them up: a server's many workers are judged once and kept once. */
export type Strangers = Map<string, StaticFacts>;

interface Asked {
  /** The identity of its executable is wanted although it need not matter. */
  readonly wantExeId: boolean;
  /** What it was when it was last read. */
  readonly before: Pick<Nature, 'facts' | 'ofInterest'> | null;
  readonly strangers: Strangers;
}

export interface FactsReader {
  /** From its folder below /proc; null = it has gone. */
  readonly read: (dir: string, stat: StatFields, asked: Asked) => Nature | null;
  /** Null = unreadable. */
  readonly argv: (dir: string) => readonly string[] | null;
  /** Null = unreadable. */
  readonly uid: (dir: string) => number | null;
}

/** A longer command line is hardly that of many. */
const MAX_SHARED_BYTES = 1024;

export const sameList = (a: readonly string[] | null, b: readonly string[] | null): boolean =>
  a === b || (a !== null && b !== null && a.length === b.length && a.every((value, index) => value === b[index]));
const sameMarks = (a: StaticFacts['marks'], b: StaticFacts['marks']): boolean =>
  a === b || (a !== null && b !== null && sameList(Object.entries(a).flat(), Object.entries(b).flat()));
/** Whether a process is what it was; of whom the executable's identity is not asked here. */
const sameFacts = (a: StaticFacts, b: StaticFacts): boolean =>
  a.comm === b.comm && a.exe === b.exe && sameList(a.argv, b.argv) && sameMarks(a.marks, b.marks);

/** Reads what is the same until an exec; `mayMatter` says whether a process might be Claude's by that. */
export const createFactsReader = (files: ProcFiles, mayMatter: (facts: StaticFacts) => boolean): FactsReader => {
  /** Its arguments as the kernel gives them, in `files.bytes`; null = unreadable. */
  const readTitle = (dir: string): number | null => {
    const length = files.read(`${dir}/cmdline`);
    return typeof length === 'number' ? length : null;
  };
  const readMarks = (dir: string): StaticFacts['marks'] => {
    const length = files.read(`${dir}/environ`);
    if (typeof length !== 'number') return null;
    const whole = length < files.bytes.length ? length : files.bytes.lastIndexOf(0, length - 1) + 1;
    const marks = pickMarks(files.bytes, whole);
    files.wipe(length);
    return marks;
  };

  const read: FactsReader['read'] = (dir, stat, { wantExeId, before, strangers }) => {
    const { comm } = stat;
    // A zombie has nothing left but its name; the kernel shows the rest as empty, which would be no fact. Nor has a thread of the kernel.
    if (stat.state === 'Z' || ((stat.flags ?? 0) & PF_KTHREAD) !== 0) {
      const dead = { comm, exe: null, exeId: null, argv: [], marks: null };
      return { facts: dead, ofInterest: stat.state === 'Z' && mayMatter(dead), denied: false };
    }
    const link = files.link(`${dir}/exe`);
    const exe = typeof link === 'string' ? null : link.target;
    // The right to follow `exe` is the right to read `environ` too: one refusal is enough.
    const denied = link === 'denied';
    const length = readTitle(dir);
    // No name holds a zero byte, nor does a path.
    const makeup =
      exe === null || length === null || length > MAX_SHARED_BYTES ? null : `${comm}\0${exe}\0${files.bytes.toString('latin1', 0, length)}`;
    const stranger = makeup === null || wantExeId ? undefined : strangers.get(makeup);
    const argv = stranger?.argv ?? (length === null ? null : parseArgv(files.bytes, length));
    const marks = denied ? null : readMarks(dir);
    if ((link === 'gone' || argv === null) && readStat(files, dir) === 'gone') return null;
    const isUnmarked = marks !== null && Object.keys(marks).length === 0;
    if (stranger !== undefined && isUnmarked)
      return { facts: before !== null && sameFacts(before.facts, stranger) ? before.facts : stranger, ofInterest: false, denied };
    const facts = { comm, exe, exeId: null, argv, marks };
    // Whoever is what it was is not judged anew.
    const isSame = before !== null && sameFacts(before.facts, facts);
    const ofInterest = isSame ? before.ofInterest : mayMatter(facts);
    const exeId = !denied && (wantExeId || ofInterest) ? files.fileId(`${dir}/exe`) : null;
    if (isSame && before.facts.exeId === exeId) return { facts: before.facts, ofInterest, denied };
    // What is remembered of facts is remembered of the object.
    const known = exeId === null ? facts : { ...facts, exeId };
    if (makeup !== null && isUnmarked && !ofInterest && exeId === null) strangers.set(makeup, known);
    return { facts: known, ofInterest, denied };
  };

  return {
    read,
    argv: (dir) => {
      const length = readTitle(dir);
      return length === null ? null : parseArgv(files.bytes, length);
    },
    // A process's folder belongs to its uid, unless it protects itself: then to root, and only `status` tells, which costs twice as much.
    uid: (dir) => {
      const owner = files.ownerUid(dir);
      return owner === null || owner === 0 ? parseStatus(files.text(`${dir}/status`) ?? '').uid : owner;
    },
  };
};
