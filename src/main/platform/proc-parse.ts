import type { MarkName, Marks } from '../../shared/types.js';
import { MARK_NAMES } from '../../shared/types.js';

/**
 * Parsers of what the kernel prints in /proc/PID (man 5 proc). Every byte of it may be chosen by the process itself:
 * what does not fit is null, never an exception.
 */

/** /proc/PID/stat; a field that is missing or no number is null. */
export interface StatFields {
  readonly comm: string;
  readonly state: string | null;
  readonly ppid: number | null;
  readonly pgid: number | null;
  readonly sid: number | null;
  readonly ttyNr: number | null;
  readonly flags: number | null;
  /** Page faults so far, without and with a disk: while these and `rssPages` stay, so does every other size of its memory. */
  readonly faults: number | null;
  readonly cpuTicks: number | null;
  readonly threads: number | null;
  /** Field 22 verbatim. */
  readonly startedAt: string;
  readonly rssPages: number | null;
  /** These three change at every exec (the address space is laid out anew); 0 or 1 where we may not trace the process. */
  readonly startCode: number | null;
  readonly startStack: number | null;
  readonly argStart: number | null;
  /** What the parent is sent at its end; -1 = this is a thread, whose id answers below /proc like a pid without being one. */
  readonly exitSignal: number | null;
}

/** Flag in field 9 of a thread of the kernel itself; include/linux/sched.h, the same since 2.6.27. */
export const PF_KTHREAD = 0x0020_0000;
/** Flag in field 9 of a process on its way out: its memory and executable are gone before it is a zombie. */
export const PF_EXITING = 0x4;

/** Through all that we want; the rest is not even split. */
const LAST_FIELD = 48;
// 2^64 has 20 digits; more is no number of the kernel's.
const WHOLE = /^-?\d{1,20}$/;
const STAMP = /^\d{1,20}$/;
const numberOf = (text: string | undefined): number | null => (text !== undefined && WHOLE.test(text) ? Number(text) : null);

/** Parses /proc/PID/stat from the last ')' on, since comm may hold anything; null without a start stamp. */
export const parseStat = (bytes: Buffer, length: number = bytes.length): StatFields | null => {
  const open = bytes.indexOf(0x28);
  const close = length > 0 ? bytes.lastIndexOf(0x29, length - 1) : -1;
  if (open < 0 || close <= open) return null;
  // Field 3 is the first of these. Splitting beats a loop over the bytes, which is slow until it is compiled: the first look is all of that.
  const fields = bytes
    .toString('latin1', close + 2, length)
    .trimEnd()
    .split(' ', LAST_FIELD - 2);
  const field = (index: number): number | null => numberOf(fields[index - 3]);
  const startedAt = fields[22 - 3];
  if (startedAt === undefined || !STAMP.test(startedAt)) return null;
  const state = fields[0] ?? '';
  const user = field(14);
  const system = field(15);
  const minor = field(10);
  const major = field(12);
  return {
    comm: bytes.toString('utf8', open + 1, close),
    state: /^[A-Za-z]$/.test(state) ? state : null,
    ppid: field(4),
    pgid: field(5),
    sid: field(6),
    ttyNr: field(7),
    flags: field(9),
    faults: minor === null || major === null ? null : minor + major,
    cpuTicks: user === null || system === null ? null : user + system,
    threads: field(20),
    startedAt,
    rssPages: field(24),
    startCode: field(26),
    startStack: field(28),
    argStart: field(48),
    exitSignal: field(38),
  };
};

/** Name of a terminal from field 7 of stat as ps writes it: "pts/3", "tty1", "?" for none, "major:minor" for the rare ones. */
export const ttyName = (ttyNr: number | null): string | null => {
  if (ttyNr === null || !Number.isInteger(ttyNr)) return null;
  if (ttyNr === 0) return '?';
  const major = (ttyNr >> 8) & 0xfff;
  const minor = (ttyNr & 0xff) | ((ttyNr >> 12) & 0xfff00);
  if (major >= 136 && major <= 143) return `pts/${minor + (major - 136) * 256}`;
  if (major === 4) return minor < 64 ? `tty${minor}` : `ttyS${minor - 64}`;
  if (major === 5 && minor === 1) return 'console';
  return `${major}:${minor}`;
};

/** What we want of /proc/PID/status; sizes in bytes. A zombie and a kernel thread have no sizes. */
export interface StatusFields {
  readonly uid: number | null;
  readonly rssAnonBytes: number | null;
  readonly swapBytes: number | null;
}

const lineNumber = (text: string, label: string): number | null => {
  const at = text.indexOf(label);
  if (at < 0) return null;
  const digits = /^\s*(\d{1,15})(?=\s)/.exec(text.slice(at + label.length, at + label.length + 32));
  return digits?.[1] === undefined ? null : Number(digits[1]);
};
const lineKilobytes = (text: string, label: string): number | null => {
  const value = lineNumber(text, label);
  return value === null ? null : value * 1024;
};

/** Parses /proc/PID/status; the kernel escapes line breaks in its Name line, so no name can forge another line. */
export const parseStatus = (text: string): StatusFields => ({
  uid: lineNumber(text, '\nUid:'),
  rssAnonBytes: lineKilobytes(text, '\nRssAnon:'),
  swapBytes: lineKilobytes(text, '\nVmSwap:'),
});

/** Proportional set size in bytes from /proc/PID/smaps_rollup. */
export const parsePss = (text: string): number | null => lineKilobytes(text, '\nPss:');

/** More arguments than any command line that we judge by has; keeps a hostile one from costing megabytes. */
const MAX_ARGUMENTS = 4096;

/**
 * The arguments in /proc/PID/cmdline. Line breaks inside them survive, empty ones in the middle stay; empty ones at the end
 * are the padding that a rewritten title leaves (node's process.title) and are dropped.
 */
export const parseArgv = (bytes: Buffer, length: number = bytes.length): readonly string[] => {
  let end = length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return end === 0 ? [] : bytes.toString('utf8', 0, end).split('\0', MAX_ARGUMENTS);
};

const MARKS: ReadonlyMap<string, MarkName> = new Map(MARK_NAMES.map((name) => [name, name]));
const MAX_NAME = Math.max(...MARK_NAMES.map((name) => name.length));
/** What all names begin with: a search for these finds the few places worth a look. */
const BEGINNINGS = [...new Set(MARK_NAMES.map((name) => (name.startsWith('CLAUDE') ? 'CLAUDE' : `${name}=`)))].map((name) =>
  Buffer.from(name),
);
/** As long as the longest path; what is longer is cut. */
const MAX_MARK_BYTES = 4096;

/** Picks the named marks out of /proc/PID/environ: nothing else of it ever becomes a string. The first of two wins, as in getenv. */
export const pickMarks = (bytes: Buffer, length: number = bytes.length): Marks => {
  const marks: Partial<Record<MarkName, string>> = {};
  const environ = bytes.subarray(0, length);
  for (const beginning of BEGINNINGS)
    for (let at = environ.indexOf(beginning); at >= 0; at = environ.indexOf(beginning, at + 1)) {
      if (at > 0 && environ[at - 1] !== 0) continue;
      const equals = environ.subarray(at, at + MAX_NAME + 1).indexOf(0x3d);
      const name = equals < 0 ? undefined : MARKS.get(environ.toString('latin1', at, at + equals));
      if (name === undefined || marks[name] !== undefined) continue;
      const value = environ.subarray(at + equals + 1, at + equals + 1 + MAX_MARK_BYTES);
      const end = value.indexOf(0);
      marks[name] = value.toString('utf8', 0, end < 0 ? value.length : end);
    }
  return marks;
};

/** Path of the control group in /proc/PID/cgroup: the unified hierarchy's, or on old systems the one systemd names. */
export const parseCgroup = (text: string): string | null => {
  const unified = /^0::(\/.*)$/m.exec(text)?.[1];
  if (unified !== undefined && unified !== '/') return unified;
  return /^\d+:name=systemd:(\/.*)$/m.exec(text)?.[1] ?? unified ?? null;
};
