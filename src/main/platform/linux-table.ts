import type { RawProcess, Reading, StaticFacts } from '../../shared/types.js';
import type { Accounts } from './accounts.js';
import type { KernelUnits } from './host-parse.js';
import type { Scope } from './index.js';
import { isOfInterest } from './interest.js';
import type { Entry, LookAt } from './linux-entry.js';
import { createEntryReader, isKernels, isYoung } from './linux-entry.js';
import type { Strangers } from './linux-facts.js';
import type { SurroundingsParts } from './linux-surroundings.js';
import { createSurroundings } from './linux-surroundings.js';
import type { CursorDoubt, News } from './pid-cursor.js';
import { createPidCursor } from './pid-cursor.js';
import { listPids } from './pid-list.js';
import type { Relevance } from './relevance.js';
import { relevanceSteps } from './relevance.js';
import { isRestless } from './restless.js';
import { createRound } from './round.js';
import { createStretch } from './stretch.js';

/** /proc is listed after so many looks or seconds although nothing calls for it: soon at first, since only that proves the short way right. */
const FIRST_SWEEP = 5;
const LAST_SWEEP = 60;
/** Costs of asking for an id that nobody has, or a thread, in units of listing one process. */
const PROBE_COST = 6;
const THREAD_COST = 40;
/** Within so long all old ones that are not restless have been read again, a share of them at each look; and at each look at least so many. */
const ROUND_MS = 240_000;
const LEAST_OTHERS = 8;

type Told = Exclude<News, { readonly type: 'unknown' }>;

/** Why a look reads every process. */
export type Slowness = CursorDoubt | 'hidePid';

export interface ProcessTable {
  read(scope?: Scope): Promise<Reading>;
  /** Who might be Claude's beyond what the names tell; asked once for each process and each of its execs. */
  focus(mayMatter: (facts: StaticFacts) => boolean): void;
  /** How many processes the last look knew, and of how many it could not read executable and environment. */
  counts(): { readonly processes: number; readonly denied: number };
  /** Why each look has to read every process; null = it does not. */
  slowness(): Slowness | null;
}

export interface TableParts extends SurroundingsParts {
  readonly accounts: Accounts;
  readonly selfPid: number;
  readonly units: () => KernelUnits;
  /** Monotonic clock, ms. */
  readonly clock: () => number;
  /** Text of /proc/stat as of now. */
  readonly stat: () => string;
}

/** A process that started so long before a look, or longer, was to be seen at that look: start times are exact to a second. */
const SURELY_BEFORE_MS = 2_000;

const EMPTY: Relevance<Entry> = { below: new Set(), all: new Set(), unknown: [] };
/** Whether news say that somebody with this id may have been born since the last look. */
const mayBeNew = ({ type, from, to }: Told, pid: number): boolean => (type === 'ids' ? pid > from && pid <= to : pid > from || pid <= to);

/**
 * Reads processes below `procRoot`, look after look. A look asks for the ids that were handed out since the last one and reads those
 * again that the rules may ask for; all are listed at the start, when ids wrapped or moved far, and from time to time.
 */
export const createProcessTable = (parts: TableParts): ProcessTable => {
  const { procRoot, files, accounts, selfPid, clock } = parts;
  const known = new Map<number, Entry>();
  /** Somebody is there whose `stat` makes no sense. */
  const unreadable = new Set<number>();
  const young = new Set<Entry>();
  /** In the order in which they were last read. */
  const restless = new Set<Entry>();
  let relevant = EMPTY;
  let stale = true;
  let looks = 0;
  const nextOther = createRound(() => known.values());
  let listedAt = { look: 0, ms: 0 };
  let sweepAfter = FIRST_SWEEP;
  let lastLookMs = 0;
  /** The last look went through: what it left is to be built on. */
  let sound = false;
  let matters: (facts: StaticFacts) => boolean = () => false;
  let turn: Promise<unknown> = Promise.resolve();
  const stretch = createStretch();
  let hidden = false;
  const strangers: Strangers = new Map();

  const mayMatter = (facts: StaticFacts): boolean => isOfInterest(facts) || matters(facts);
  const reader = createEntryReader({ procRoot, files, userOf: accounts.userOf, mayMatter });
  const cursor = createPidCursor(files, procRoot, clock);
  const surroundings = createSurroundings(parts);

  const forget = (entry: Entry): void => {
    reader.close(entry);
    if (known.get(entry.pid) === entry) known.delete(entry.pid);
    young.delete(entry);
    restless.delete(entry);
    if (relevant.all.has(entry)) stale = true;
  };
  /** Keeps no file open of who is read seldom from now on. */
  const letGo = (entry: Entry): void => {
    if (!young.has(entry) && !restless.has(entry) && !relevant.all.has(entry)) reader.close(entry);
  };
  /** Files a process where it belongs, new or changed. */
  const file = (entry: Entry, at: LookAt): void => {
    if (isYoung(entry, at)) young.add(entry);
    if (isRestless(entry.stat)) restless.add(entry);
    else if (restless.delete(entry)) letGo(entry);
    const parent = entry.ppid === null ? undefined : known.get(entry.ppid);
    if (entry.ofInterest || parent?.wanted === true || relevant.all.has(entry)) stale = true;
  };
  /** Looks who has a pid by now. Says whether it is a process. */
  const meet = (pid: number, at: LookAt): boolean => {
    const before = known.get(pid);
    const changes = before?.changes;
    const met = reader.meet(pid, before, at);
    if (met === 'failed') unreadable.add(pid);
    else unreadable.delete(pid);
    if (before !== undefined && met !== before) forget(before);
    if (typeof met === 'string') return false;
    known.set(pid, met);
    if (met !== before || met.changes !== changes) file(met, at);
    return true;
  };
  const refresh = (entry: Entry, at: LookAt, closely = false): void => {
    const { changes } = entry;
    const result = reader.refresh(entry, at, closely);
    if (result === 'gone') forget(entry);
    else if (result === 'failed') unreadable.add(entry.pid);
    else if (entry.changes !== changes) file(entry, at);
  };

  const keepOnly = async (pids: readonly number[]): Promise<void> => {
    const listed = new Set(pids);
    for (const [pid, entry] of known) {
      if (!listed.has(pid)) forget(entry);
      if (stretch.isLong()) await stretch.breathe();
    }
    for (const pid of unreadable) if (!listed.has(pid)) unreadable.delete(pid);
  };

  const readAll = async (at: LookAt): Promise<void> => {
    listedAt = { look: at.look, ms: at.monotonicMs };
    const listed = await listPids(procRoot, stretch);
    for (const pid of listed) {
      meet(pid, at);
      if (stretch.isLong()) await stretch.breathe();
    }
    await keepOnly(listed);
  };
  /** Lists all and reads who may be new. False = somebody is there whose number should have told of him long ago. */
  const sweep = async (news: Told, at: LookAt): Promise<boolean> => {
    const listed = await listPids(procRoot, stretch);
    let told = true;
    for (const pid of listed) {
      const entry = known.get(pid);
      if (entry === undefined || mayBeNew(news, pid)) {
        const stranger = entry === undefined && !unreadable.has(pid) && !mayBeNew(news, pid);
        if (meet(pid, at) && stranger && (known.get(pid)?.bornMs ?? 0) < lastLookMs - SURELY_BEFORE_MS) told = false;
      }
      if (stretch.isLong()) await stretch.breathe();
    }
    await keepOnly(listed);
    return told;
  };
  /** Asks for ids one by one. False = too many of them are alive to go on so. */
  const probe = async ({ late, from, to }: Told, at: LookAt): Promise<boolean> => {
    let budget = known.size + PROBE_COST;
    for (let pid = late + 1; pid <= to; pid++) {
      if (pid <= from && known.has(pid)) continue;
      if (files.exists(`${procRoot}/${pid}`)) {
        if (!meet(pid, at)) budget -= THREAD_COST;
      } else {
        const before = known.get(pid);
        if (before !== undefined) forget(before);
      }
      budget -= PROBE_COST;
      if (budget < 0) return false;
      if (stretch.isLong()) await stretch.breathe();
    }
    return true;
  };
  /** False = the short way has proved wrong. */
  const readNew = async (news: Told, at: LookAt): Promise<boolean> => {
    const since = Math.max(at.look - listedAt.look, Math.floor((at.monotonicMs - listedAt.ms) / 1000));
    const sweepIsDue = since >= sweepAfter;
    const isClose = news.type === 'ids' && (news.to - news.late) * PROBE_COST <= known.size;
    if (!sweepIsDue && isClose && (await probe(news, at))) return true;
    listedAt = { look: at.look, ms: at.monotonicMs };
    if (sweepIsDue) sweepAfter = Math.min(LAST_SWEEP, sweepAfter * 2);
    return sweep(news, at);
  };

  /** Where we may not see an exec, only reading closely tells of it, which is done of the wanted alone. */
  const isReadElsewhere = (entry: Entry): boolean =>
    young.has(entry) || entry.wanted || (!entry.denied && (restless.has(entry) || relevant.all.has(entry)));
  /** Whose turn it is of all the others: they may become something else, too, though hardly ever. */
  const readOthers = async (at: LookAt): Promise<void> => {
    const share = Math.min(1, Math.max(0, at.monotonicMs - lastLookMs) / ROUND_MS);
    let count = Math.max(LEAST_OTHERS, Math.ceil(known.size * share));
    for (let left = known.size; left > 0 && count > 0; left--) {
      const entry = nextOther();
      if (entry === undefined) return;
      if (known.get(entry.pid) !== entry || isKernels(entry) || isReadElsewhere(entry)) continue;
      count--;
      if (entry.look !== at.look) refresh(entry, at, true);
      if (stretch.isLong()) await stretch.breathe();
    }
  };
  /** Newcomers may yet become something else, and so may the restless at any age: half of them, however many they are, at each look. */
  const readRestless = async (at: LookAt): Promise<void> => {
    for (const entry of young) {
      // Every other look: by the second one after its exec it is found.
      if (isYoung(entry, at)) {
        if (entry.look !== at.look && !entry.wanted && (entry.pid + at.look) % 2 === 0) refresh(entry, at);
      } else {
        young.delete(entry);
        letGo(entry);
      }
      if (stretch.isLong()) await stretch.breathe();
    }
    // The half that was not read for longest, and whoever was not read at the last look: who execs leaves, and the rest must not wait for it.
    // Who is relevant is read at each look anyway.
    const others = [...restless].filter((entry) => !relevant.all.has(entry));
    const half = Math.ceil(others.length / 2);
    let done = 0;
    for (const entry of others) {
      if (entry.look === at.look || (done >= half && entry.look === at.look - 1)) continue;
      done++;
      restless.delete(entry);
      restless.add(entry);
      refresh(entry, at);
      if (stretch.isLong()) await stretch.breathe();
    }
  };
  /** Reads those again whom the rules may ask for, until nobody joins them any more. */
  const readRelevant = async (at: LookAt): Promise<void> => {
    const asked = new Set<number>();
    for (let first = true; first || stale; first = false) {
      if (stale) {
        stale = false;
        const found = await stretch.walk(relevanceSteps(known, selfPid));
        const before = relevant;
        for (const entry of before.below) entry.wanted = false;
        relevant = found;
        for (const entry of relevant.below) entry.wanted = true;
        for (const entry of before.all) letGo(entry);
      }
      for (const entry of relevant.all) {
        if (entry.look !== at.look && known.get(entry.pid) === entry) refresh(entry, at);
        if (stretch.isLong()) await stretch.breathe();
      }
      for (const pid of relevant.unknown) {
        if (asked.has(pid)) continue;
        asked.add(pid);
        if (files.exists(`${procRoot}/${pid}`) && meet(pid, at)) stale = true;
      }
    }
  };

  const show = async (entries: Iterable<Entry>, at: LookAt): Promise<RawProcess[]> => {
    const processes: RawProcess[] = [];
    for (const entry of entries) {
      if (isKernels(entry)) continue;
      const raw = reader.show(entry, at);
      if (raw === null) forget(entry);
      else processes.push(raw);
      if (stretch.isLong()) await stretch.breathe();
    }
    return processes;
  };

  const look = async (scope: Scope): Promise<Reading> => {
    stretch.begin();
    const takenAtMs = Date.now();
    const monotonicMs = clock();
    const self = files.link(`${procRoot}/self`);
    if (typeof self === 'string' || self.target !== String(selfPid))
      throw new Error(`${procRoot} does not show our own process: it is missing or belongs to another pid namespace`);
    looks++;
    accounts.refresh();
    const stat = parts.stat();
    hidden = surroundings.hidesOthers(monotonicMs);
    strangers.clear();
    const news = cursor.next(stat);
    const whole = scope === 'all' || hidden || !sound;
    sound = false;
    const at: LookAt = {
      look: looks,
      wallMs: takenAtMs,
      monotonicMs,
      bootMs: surroundings.bootMs(takenAtMs, monotonicMs, stat),
      units: parts.units(),
      whole,
      strangers,
    };
    for (const pid of [...unreadable]) meet(pid, at);
    if (whole || news.type === 'unknown') await readAll({ ...at, whole: true });
    else if (!(await readNew(news, at))) {
      cursor.distrust();
      await readAll({ ...at, whole: true });
    } else {
      await readOthers(at);
      await readRestless(at);
    }
    await readRelevant(at);
    const processes = await show(scope === 'all' ? [...known.values()] : relevant.all, at);
    if (!processes.some((process) => process.key.pid === selfPid))
      throw new Error(`our own process is not in ${procRoot}: the table cannot be trusted`);
    lastLookMs = monotonicMs;
    sound = true;
    const sawFirst = known.has(1);
    return {
      takenAtMs,
      monotonicMs,
      processes,
      complete: unreadable.size === 0 && sawFirst && !hidden,
      pidDomain: surroundings.pidDomain(),
      selfPid,
    };
  };

  return {
    // Looks share the buffer's owner and what is known: one after the other.
    read: (scope = 'relevant') => {
      const mine = turn.then(() => look(scope));
      turn = mine.catch(() => undefined);
      return mine;
    },
    focus: (mayMatterToo) => {
      matters = mayMatterToo;
      strangers.clear();
      for (const entry of known.values()) entry.ofInterest = !isKernels(entry) && mayMatter(entry.facts);
      stale = true;
    },
    counts: () => {
      let processes = 0;
      let denied = 0;
      for (const entry of known.values()) {
        if (!isKernels(entry)) processes++;
        if (entry.denied) denied++;
      }
      return { processes, denied };
    },
    slowness: () => (hidden ? 'hidePid' : cursor.doubt()),
  };
};
