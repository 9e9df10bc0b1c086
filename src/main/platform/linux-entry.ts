import { markedOwnerPid } from '../../shared/marks.js';
import type { ProcessKey, RawProcess, StaticFacts } from '../../shared/types.js';
import type { KernelUnits } from './host-parse.js';
import type { Strangers } from './linux-facts.js';
import { createFactsReader, sameList } from './linux-facts.js';
import { readStat } from './linux-identity.js';
import type { HeldFile, ProcFiles } from './proc-files.js';
import type { StatFields, StatusFields } from './proc-parse.js';
import { PF_EXITING, PF_KTHREAD, parseStat, parseStatus, ttyName } from './proc-parse.js';

/** Of the processes that show no change, one in so many is read again at each look. */
const SLICES = 12;
/** A directory changes seldom, and so does a title without any other sign: of a process that has run meanwhile at every so many looks, except where all is read. */
const OFTEN = 4;
/** Who has not run long enough to be counted changes neither, but for a moment's work. */
const UNRUN = 24;
/** Where an exec leaves a sign, all that it changes is read again without one so seldom: a marker of a deleted file, nothing that a kind hangs on. */
const SELDOM = 60;
/** A title may be rewritten without an exec, mostly early in life; where exec leaves no trace that we may see, we look longer. */
const YOUNG_MS = 10_000;
const YOUNG_UNTRACED_MS = 60_000;

type Sizes = StatusFields & Pick<StatFields, 'faults' | 'rssPages'>;

/** What is kept of a process from look to look. */
export interface Entry {
  readonly key: ProcessKey;
  readonly pid: number;
  /** Monotonic clock, about. */
  readonly bornMs: number;
  /** As of its last reading; so are all that follow. */
  stat: StatFields;
  ppid: number | null;
  /** What an exec changes, as it was when the facts were read. */
  signs: Pick<StatFields, 'startCode' | 'startStack' | 'argStart'>;
  facts: StaticFacts;
  ofInterest: boolean;
  ownerPid: number | null;
  uid: number | null;
  /** The kernel refuses us its executable and environment. */
  denied: boolean;
  cwd: string | null;
  /** Memory and directory are wanted: it might be Claude's or stands below one that might be. */
  wanted: boolean;
  /** At which look it was last read. */
  look: number;
  /** Counts how often it was found to be something else or to stand elsewhere. */
  changes: number;
  /** The line that `stat` was parsed from: an idle process says the same again. */
  line: Buffer;
  /** The line has changed since the title, and since the directory, was last read. */
  ran: { title: boolean; cwd: boolean };
  /** Sizes as of when they were last read, and its memory's counters then. */
  sizes: Sizes | null;
  /** As it was last shown, and what of. */
  shown: Shown | null;
  /** Null until it is read a second time: most never are. */
  held: { readonly stat: HeldFile; readonly status: HeldFile } | null;
}

interface Shown extends Pick<Entry, 'stat' | 'facts' | 'cwd' | 'sizes' | 'wanted'>, Pick<RawProcess, 'user'>, Pick<LookAt, 'bootMs'> {
  readonly raw: RawProcess;
}

/** The circumstances of one look. */
export interface LookAt {
  readonly look: number;
  readonly wallMs: number;
  readonly monotonicMs: number;
  readonly bootMs: number | null;
  readonly units: KernelUnits;
  /** Every process is read, and everything that is due is read at once. */
  readonly whole: boolean;
  /** Facts of those met at this look who cannot matter. */
  readonly strangers: Strangers;
}

export interface EntryReader {
  /** Whoever has this pid now, read by its name; 'gone' also for an id that is only a thread's. */
  readonly meet: (pid: number, known: Entry | undefined, at: LookAt) => Entry | 'gone' | 'failed';
  /**
   * Reads an entry again, from a file that is then kept open: that pays for whoever is read at every other look. `closely`, for who is read
   * seldom: by its name, and also what would show no sign of an exec.
   */
  readonly refresh: (entry: Entry, at: LookAt, closely: boolean) => 'read' | 'gone' | 'failed';
  /** As the rules see it; null = it has gone meanwhile. */
  readonly show: (entry: Entry, at: LookAt) => RawProcess | null;
  /** Lets go of its files; they are opened again when they are needed. */
  readonly close: (entry: Entry) => void;
}

export interface EntryParts {
  readonly procRoot: string;
  readonly files: ProcFiles;
  readonly userOf: (uid: number) => string | null;
  /** Whether a process might be Claude's by what it is itself. */
  readonly mayMatter: (facts: StaticFacts) => boolean;
}

const sameSizes = (a: Sizes, b: Sizes): boolean =>
  a.uid === b.uid && a.rssAnonBytes === b.rssAnonBytes && a.swapBytes === b.swapBytes && a.faults === b.faults && a.rssPages === b.rssPages;

/** A thread of the kernel: nobody's child and nobody's program. */
export const isKernels = (entry: Entry): boolean => ((entry.stat.flags ?? 0) & PF_KTHREAD) !== 0;
/** On its way out a process has lost what tells what it was, and is still the same one. */
const isExiting = (stat: StatFields): boolean => stat.state !== 'Z' && ((stat.flags ?? 0) & PF_EXITING) !== 0;
/** Whether it is so young that an exec or another title is likely. */
export const isYoung = (entry: Entry, at: LookAt): boolean => at.monotonicMs - entry.bornMs < (entry.denied ? YOUNG_UNTRACED_MS : YOUNG_MS);

/** Whether it is the process's turn to be read although nothing calls for it. */
const isTurn = (entry: Entry, at: LookAt, often: number): boolean => (entry.pid + at.look) % often === 0;

/** Reads single processes: what is the same until their next exec once, and again after it; the rest each time. */
export const createEntryReader = ({ procRoot, files, userOf, mayMatter }: EntryParts): EntryReader => {
  const about = createFactsReader(files, mayMatter);
  const heldOf = (entry: Entry): NonNullable<Entry['held']> => {
    entry.held ??= { stat: files.hold(`${procRoot}/${entry.pid}/stat`), status: files.hold(`${procRoot}/${entry.pid}/status`) };
    return entry.held;
  };
  /** What the line of `stat` in `bytes` says of a process. An idle one says the same again: nothing is parsed then, and nothing new is kept. */
  const statOf = (entry: Entry, length: number): StatFields | null => {
    if (length > 0 && length === entry.line.length && files.bytes.compare(entry.line, 0, length, 0, length) === 0) return entry.stat;
    const stat = parseStat(files.bytes, length);
    // Its number may be somebody else's by now.
    if (stat?.startedAt !== entry.key.startedAt) return stat;
    if (length === entry.line.length) files.bytes.copy(entry.line, 0, 0, length);
    else entry.line = Buffer.from(files.bytes.subarray(0, length));
    entry.ran.title = entry.ran.cwd = true;
    return stat;
  };
  /** Its uid and sizes; read again only if they may have changed, and in its turn, for what shows no sign (setuid without an exec). */
  const readStatus = (entry: Entry, at: LookAt): StatusFields | null => {
    const { sizes: before, stat } = entry;
    const { faults, rssPages } = stat;
    const asBefore = before !== null && faults !== null && before.faults === faults && before.rssPages === rssPages;
    if (asBefore && stat.state !== 'Z' && !at.whole && !isTurn(entry, at, SLICES)) return before;
    const length = heldOf(entry).status.read();
    const sizes = typeof length === 'number' ? { ...parseStatus(files.bytes.toString('latin1', 0, length)), faults, rssPages } : null;
    // The same object where it says the same: who has not changed is not shown anew.
    if (sizes === null || before === null || !sameSizes(before, sizes)) entry.sizes = sizes;
    return entry.sizes;
  };
  const execed = ({ facts, signs }: Entry, stat: StatFields): boolean =>
    facts.comm !== stat.comm ||
    signs.startStack !== stat.startStack ||
    signs.argStart !== stat.argStart ||
    signs.startCode !== stat.startCode;
  /** Whether the arguments changed in a process that shows no other sign of it. */
  const retitled = (entry: Entry, at: LookAt): boolean => {
    if (entry.stat.state === 'Z') return false;
    const look = at.whole
      ? entry.wanted || isYoung(entry, at)
      : (entry.wanted && isTurn(entry, at, entry.ran.title ? OFTEN : UNRUN)) || (entry.denied && isYoung(entry, at));
    if (!look) return false;
    entry.ran.title = false;
    const argv = about.argv(`${procRoot}/${entry.pid}`);
    return argv !== null && !sameList(argv, entry.facts.argv);
  };
  const isDue = (entry: Entry, stat: StatFields, at: LookAt, closely: boolean): boolean =>
    execed(entry, stat) ||
    (closely && entry.denied) ||
    (at.whole && isTurn(entry, at, SLICES)) ||
    // Without a sign of an exec, where we may not see one.
    (entry.wanted && isTurn(entry, at, entry.denied ? SLICES : SELDOM)) ||
    // Newly wanted.
    ((entry.wanted || entry.ofInterest) && entry.facts.exeId === null && entry.facts.exe !== null) ||
    retitled(entry, at);

  const renew = (entry: Entry, stat: StatFields, at: LookAt, closely: boolean): 'read' | 'gone' => {
    const { facts: known, ppid, line } = entry;
    const { ttyNr } = entry.stat;
    // Should something throw before all of it is known, the same line must not pass for what was read before it.
    entry.line = NO_LINE;
    if (!isExiting(stat) && isDue(entry, stat, at, closely)) {
      const dir = `${procRoot}/${entry.pid}`;
      // Once read, always read: the facts' identity must not hang on who is wanted.
      const fresh = about.read(dir, stat, { wantExeId: entry.wanted || known.exeId !== null, before: entry, strangers: at.strangers });
      const uid = fresh === null ? null : about.uid(dir);
      if (fresh === null || (uid === null && readStat(files, dir) === 'gone')) return 'gone';
      Object.assign(entry, fresh, { uid, signs: signsOf(stat), ownerPid: markedOwnerPid(fresh.facts.marks) });
    }
    entry.stat = stat;
    entry.line = line;
    entry.ppid = stat.ppid;
    entry.look = at.look;
    if (entry.facts !== known || entry.ppid !== ppid || stat.ttyNr !== ttyNr) entry.changes++;
    return 'read';
  };

  const meet: EntryReader['meet'] = (pid, known, at) => {
    const dir = `${procRoot}/${pid}`;
    const length = files.read(`${dir}/stat`);
    if (typeof length !== 'number') return length === 'gone' ? 'gone' : 'failed';
    const stat = known === undefined ? parseStat(files.bytes, length) : statOf(known, length);
    if (stat === null) return 'failed';
    // No process: it would be listed otherwise, and be one of its process's twice.
    if (stat.exitSignal === -1) return 'gone';
    if (known?.key.startedAt === stat.startedAt) return renew(known, stat, at, false) === 'gone' ? 'gone' : known;
    const fresh = about.read(dir, stat, { wantExeId: false, before: null, strangers: at.strangers });
    const uid = fresh === null ? null : about.uid(dir);
    if (fresh === null || (uid === null && readStat(files, dir) === 'gone')) return 'gone';
    const startedAtMs = startOf(stat, at);
    return {
      key: { pid, startedAt: stat.startedAt },
      pid,
      bornMs: at.monotonicMs - (startedAtMs === null ? 0 : Math.max(0, at.wallMs - startedAtMs)),
      stat,
      ppid: stat.ppid,
      signs: signsOf(stat),
      ...fresh,
      ownerPid: markedOwnerPid(fresh.facts.marks),
      uid,
      cwd: null,
      wanted: false,
      line: NO_LINE,
      ran: { title: true, cwd: true },
      sizes: null,
      shown: null,
      look: at.look,
      changes: 0,
      held: null,
    };
  };

  const refresh: EntryReader['refresh'] = (entry, at, closely) => {
    const length = closely ? files.read(`${procRoot}/${entry.pid}/stat`) : heldOf(entry).stat.read();
    if (typeof length !== 'number') return length === 'gone' ? 'gone' : 'failed';
    const stat = statOf(entry, length);
    if (stat === null) return 'failed';
    return stat.startedAt === entry.key.startedAt ? renew(entry, stat, at, closely) : 'gone';
  };

  /** Brings up to date what is read of the wanted only. False = it has gone meanwhile. */
  const readWanted = (entry: Entry, at: LookAt): boolean => {
    const status = readStatus(entry, at);
    entry.uid = status?.uid ?? null;
    if (entry.uid === null && readStat(files, `${procRoot}/${entry.pid}`) === 'gone') return false;
    if (entry.denied || entry.stat.state === 'Z') entry.cwd = null;
    else if (at.whole || entry.cwd === null || isTurn(entry, at, entry.ran.cwd ? OFTEN : UNRUN)) {
      const cwd = files.link(`${procRoot}/${entry.pid}/cwd`);
      entry.cwd = typeof cwd === 'string' ? null : cwd.target;
      entry.ran.cwd = false;
    }
    return true;
  };

  const show: EntryReader['show'] = (entry, at) => {
    if (entry.wanted && !readWanted(entry, at)) return null;
    const { stat, facts, cwd, wanted, shown } = entry;
    const sizes = wanted ? entry.sizes : null;
    const user = entry.uid === null ? null : userOf(entry.uid);
    if (
      shown !== null &&
      shown.stat === stat &&
      shown.facts === facts &&
      shown.sizes === sizes &&
      shown.cwd === cwd &&
      shown.wanted === wanted &&
      shown.raw.uid === entry.uid &&
      shown.user === user &&
      shown.bootMs === at.bootMs
    )
      return shown.raw;
    // A zombie gave its memory back; that is known, not unreadable.
    const none = stat.state === 'Z' && (stat.threads ?? 0) <= 1 ? 0 : null;
    const raw: RawProcess = {
      key: entry.key,
      ppid: stat.ppid,
      uid: entry.uid,
      user,
      state: stat.state,
      tty: ttyName(stat.ttyNr),
      cwd: wanted ? cwd : null,
      pgid: stat.pgid,
      sid: stat.sid,
      startedAtMs: startOf(stat, at),
      facts,
      counters: {
        cpuMs: stat.cpuTicks === null ? null : (stat.cpuTicks * 1000) / at.units.ticksPerSecond,
        rssBytes: stat.rssPages === null ? null : stat.rssPages * at.units.pageBytes,
        rssAnonBytes: sizes?.rssAnonBytes ?? none,
        swapBytes: sizes?.swapBytes ?? none,
        threads: stat.threads,
      },
    };
    entry.shown = { raw, stat, facts, cwd, sizes, wanted, user, bootMs: at.bootMs };
    return raw;
  };

  return {
    meet,
    refresh,
    show,
    close: ({ held }) => {
      held?.stat.close();
      held?.status.close();
    },
  };
};

const NO_LINE = Buffer.alloc(0);
const signsOf = ({ startCode, startStack, argStart }: StatFields): Entry['signs'] => ({ startCode, startStack, argStart });
const startOf = (stat: StatFields, at: LookAt): number | null =>
  at.bootMs === null ? null : at.bootMs + (Number(stat.startedAt) * 1000) / at.units.ticksPerSecond;
