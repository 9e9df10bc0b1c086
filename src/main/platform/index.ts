import type { CandidateFacts, HostTotals, Os, ProcessKey, Reading, StaticFacts } from '../../shared/types.js';
import { createLinuxPlatform } from './linux.js';

/** What to do to a process. The signal's number is the platform's own business. */
export type Intent = 'ask' | 'force' | 'pause' | 'continue';

/** What the OS said to a signal. `changed`: the pid is another process now, or runs another executable or as another user. */
export type SignalOutcome = 'sent' | 'gone' | 'denied' | 'changed';

/** Who runs under a pid at this instant, as an identity check compares it. */
export interface Identity {
  readonly key: ProcessKey;
  readonly uid: number | null;
  /** "dev:ino" of the executable; null where unreadable (another user's process). */
  readonly exeId: string | null;
  /** One letter as in ps; Z is gone for every purpose but its parent's. */
  readonly state: string | null;
}

/** Figures for an open details panel only: PSS costs milliseconds a process. */
export interface MemoryDetails {
  readonly rssBytes: number | null;
  readonly pssBytes: number | null;
  readonly rssAnonBytes: number | null;
  readonly swapBytes: number | null;
  readonly threads: number | null;
}

/** What cannot be read here and why, for `doctor` and the empty states; `id` is a key below "doctor" in the locales. */
export interface PlatformNote {
  readonly id: string;
  readonly ok: boolean;
  readonly values?: Readonly<Record<string, string | number>>;
}

/** Whom a reading holds: those whom the rules may ask for, or every process. */
export type Scope = 'relevant' | 'all';

/** The one seam between the program and an operating system. Expected failures are values; nothing here judges. */
export interface Platform {
  /**
   * One look at the process table: counters, never rates. A pid that vanishes half-way is left out. Throws if there is no table at all.
   * 'all' reads every process anew, which costs many times as much: for what must rest on nothing older than the call.
   */
  read(scope?: Scope): Promise<Reading>;
  /**
   * Which processes the rules might claim by what they are themselves: these, all below them and all that their verdicts rest on are
   * read at each look. Asked once for each process and each of its execs.
   */
  focus(mayMatter: (facts: StaticFacts) => boolean): void;
  /** The dearer facts of some processes, by pid; a process that vanished or changed is absent. */
  inspect(keys: readonly ProcessKey[]): Promise<ReadonlyMap<number, CandidateFacts>>;
  /** Who has this pid now; null = nobody. Synchronous, so that nothing comes between a check and a signal. */
  identify(pid: number): Identity | null;
  /** Path of the executable that runs under this pid at this instant, as the OS gives it (" (deleted)" included); null = unreadable. Synchronous. */
  exePath(pid: number): string | null;
  /** Checks pid, start stamp, uid and executable against `target` and signals in the same turn of the event loop. */
  signal(target: Identity, intent: Intent): SignalOutcome;
  /** Checks as `signal` does and sets the nice value (-20 to 19) of all its threads in the same turn; `denied` also where raising it takes a privilege. */
  setPriority(target: Identity, nice: number): SignalOutcome;
  /** Memory in detail; null = gone. */
  memoryDetails(key: ProcessKey): Promise<MemoryDetails | null>;
  /** Home directory of a uid from the account database; null = unknown. */
  homeOf(uid: number): string | null;
  /** Name of a uid; null = unknown. */
  userOf(uid: number): string | null;
  hostTotals(): Promise<HostTotals>;
  notes(): Promise<readonly PlatformNote[]>;
}

/** The system we run on; every other one counts as Linux, whose conventions the remaining Unixes share. */
export const currentOs: Os = process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux';

/** The platform of the system we run on; throws where we have none yet. The only switch on process.platform for reading and signalling. */
export const createPlatform = (): Platform => {
  switch (process.platform) {
    case 'linux':
      return createLinuxPlatform();
    default:
      throw new Error(`Claude Manager does not support ${process.platform} yet: it can read processes on Linux only.`);
  }
};
