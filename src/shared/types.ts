/** The words that every part of the program shares. Data only: plain, readonly, serialisable. */

/** Node's `process.platform` for the systems we know. */
export type Os = 'linux' | 'darwin' | 'win32';

/** Who a process is. A pid alone is never an argument of anything that acts: pids are reused. */
export interface ProcessKey {
  readonly pid: number;
  /** The OS's own start stamp, verbatim (Linux: field 22 of /proc/PID/stat, clock ticks since boot). */
  readonly startedAt: string;
}

/** The environment variables that we read, by name; no other is ever looked at or kept. */
export const MARK_NAMES = [
  'CLAUDECODE',
  'CLAUDE_PID',
  'CLAUDE_CODE_SESSION_ID',
  'CLAUDE_CODE_CHILD_SESSION',
  'CLAUDE_CODE_EXECPATH',
  'CLAUDE_CODE_ENTRYPOINT',
  'CLAUDE_CODE_MESSAGING_SOCKET',
  'CLAUDE_PROJECT_DIR',
  'CLAUDE_CONFIG_DIR',
  'INVOCATION_ID',
  'TMUX',
] as const;
export type MarkName = (typeof MARK_NAMES)[number];
export type Marks = Readonly<Partial<Record<MarkName, string>>>;

/**
 * What stays the same from a process's `exec` to its next one. The reader hands out the same object as long as
 * nothing of it changed, so that what is derived from it may be kept by identity. `null` = unreadable.
 */
export interface StaticFacts {
  readonly comm: string | null;
  /** As the OS gives it; may end in " (deleted)". */
  readonly exe: string | null;
  /** Device and inode of the running executable, "dev:ino"; what an identity check compares. May be null where nobody needs it (`Platform.focus`). */
  readonly exeId: string | null;
  readonly argv: readonly string[] | null;
  readonly marks: Marks | null;
}

/** Cumulative counters and sizes as the OS keeps them; rates are a difference, taken in snapshot.ts. */
export interface Counters {
  readonly cpuMs: number | null;
  readonly rssBytes: number | null;
  readonly rssAnonBytes: number | null;
  readonly swapBytes: number | null;
  readonly threads: number | null;
}

/** Facts that cost more and are read for candidates for a left-over verdict only (`Platform.inspect`); `null` = unreadable. */
export interface CandidateFacts {
  readonly cgroup: string | null;
  /** Target of descriptor 0, e.g. "/dev/pts/3 (deleted)". */
  readonly fd0: string | null;
  /** Serves a TCP or a unix socket. */
  readonly listening: boolean | null;
  /** Holds the master side of other programs' terminals (tmux, screen, a terminal emulator). */
  readonly ptyHolder: boolean | null;
  /** Whether it is in our own pid namespace: the pids that its marks name are ours only then. Absent = the platform does not say. */
  readonly sameNamespace?: boolean | null;
}

/** One process at one look. */
export interface RawProcess {
  readonly key: ProcessKey;
  readonly ppid: number | null;
  /** Real uid. */
  readonly uid: number | null;
  readonly user: string | null;
  /** One letter as in ps: R S D T Z … */
  readonly state: string | null;
  /** "pts/3", "tty1"; "?" = has none; null = unreadable. */
  readonly tty: string | null;
  readonly cwd: string | null;
  readonly pgid: number | null;
  readonly sid: number | null;
  /** Wall clock, ms since the epoch. */
  readonly startedAtMs: number | null;
  readonly facts: StaticFacts;
  readonly counters: Counters;
}

/**
 * What the platform saw in one look: every process, or at least all that the rules may ask for: who might be Claude's, whoever stands
 * above or below them or is named by their marks, our own kin, and pid 1.
 */
export interface Reading {
  /** Wall clock, ms. */
  readonly takenAtMs: number;
  /** Monotonic clock, ms: rates divide by its difference, so that a changed wall clock makes no spikes. */
  readonly monotonicMs: number;
  readonly processes: readonly RawProcess[];
  /** Whether nobody is missing whom `processes` should hold; false (hidepid, an error half-way) = nobody's death is proved by it. */
  readonly complete: boolean;
  /** "linux:<machine-id>:pid:[inode]" of our own pid namespace, or null where unknown. */
  readonly pidDomain: string | null;
  readonly selfPid: number;
}

export type SessionStatus = 'busy' | 'waiting' | 'idle' | 'shell';

/** One `<config>/sessions/<pid>.json`, parsed and cleaned; unknown values are null. */
export interface SessionRecord {
  readonly pid: number;
  readonly sessionId: string;
  /** Start stamp as recorded, null in old versions. */
  readonly procStart: string | null;
  readonly pidDomain: string | null;
  readonly cwd: string | null;
  /** "interactive", "bg", … as written; unknown words stay as they are. */
  readonly kind: string | null;
  readonly entrypoint: string | null;
  readonly version: string | null;
  readonly name: string | null;
  readonly status: SessionStatus | null;
  readonly waitingFor: string | null;
  readonly jobId: string | null;
  readonly statusSinceMs: number | null;
  readonly updatedAtMs: number | null;
  /** The configuration directory that holds it. */
  readonly configDir: string;
  /** Uid of the file's owner: it counts only for a process of that uid. */
  readonly ownerUid: number;
}

export const KINDS = [
  'cli-session',
  'cli-headless',
  'ide-session',
  'desktop-session',
  'sdk-worker',
  'teammate',
  'acp-adapter',
  'bg-session',
  'mcp-server',
  'tool-shell',
  'tool-child',
  'hook',
  'bg-pty-host',
  'bg-spare',
  'daemon',
  'remote-control',
  'mcp-serve',
  'plugin-daemon',
  'swarm-tmux',
  'desktop-app',
  'desktop-helper',
  'desktop-launcher',
  'desktop-service',
  'cowork-vm',
  'chrome-native-host',
  'zombie',
  'api-client',
  'unverified',
  'cli-utility',
] as const;
export type Kind = (typeof KINDS)[number];

/** Kinds that carry a conversation: a row of their own, with everything they own below them. */
export const SESSION_KINDS = [
  'cli-session',
  'cli-headless',
  'ide-session',
  'desktop-session',
  'sdk-worker',
  'teammate',
  'bg-session',
] as const satisfies readonly Kind[];

/** Kinds that run the engine binary (or script). */
export const ENGINE_KINDS = [
  ...SESSION_KINDS,
  'bg-pty-host',
  'bg-spare',
  'daemon',
  'remote-control',
  'mcp-serve',
  'cli-utility',
] as const satisfies readonly Kind[];

export type LeftOver = 'yes' | 'no' | 'unknown';

/**
 * One reason for a verdict. `id` is a key below "evidence" in the locale files, `values` fill its placeholders
 * (hostile text: to be shown as text only). `for` speaks for the verdict, `against` is what holds it back.
 */
export interface Evidence {
  readonly id: string;
  readonly values?: Readonly<Record<string, string | number>>;
  readonly weight: 'for' | 'against' | 'info';
}

export interface Verdict<T> {
  readonly value: T;
  readonly evidence: readonly Evidence[];
}

export type StatusWord = 'normal' | 'high-memory' | 'old' | 'possible-orphan' | 'orphan';
export type Activity = 'busy' | 'waiting' | 'shell' | 'idle' | 'unknown' | 'none';

/** A session as its row shows it. */
export interface SessionFacts {
  readonly sessionId: string;
  readonly name: string | null;
  readonly projectDir: string | null;
  readonly version: string | null;
  readonly entrypoint: string | null;
  readonly jobId: string | null;
  readonly configDir: string;
}

/** Why something may not be ended: `reason` is one of design.md's outcomes, `id` a key below "refusal" in the locales. */
export interface Refusal {
  readonly reason: 'protected' | 'denied' | 'changed' | 'gone';
  readonly id: string;
  readonly values?: Readonly<Record<string, string | number>>;
}

/** One Claude process as the window, the CLI and the log see it. */
export interface ProcessView {
  readonly key: ProcessKey;
  readonly ppid: number | null;
  readonly uid: number | null;
  readonly user: string | null;
  readonly kind: Kind;
  readonly kindEvidence: readonly Evidence[];
  readonly leftOver: LeftOver;
  readonly leftOverEvidence: readonly Evidence[];
  /** Parent pid 1, the user's service manager, or gone. */
  readonly reparented: boolean;
  readonly status: StatusWord;
  /** Every condition that holds, for filters; `status` is the first of them by precedence. */
  readonly conditions: readonly StatusWord[];
  readonly activity: Activity;
  readonly waitingFor: string | null;
  /** When the activity began, wall ms. */
  readonly activeSinceMs: number | null;
  /** The last sign of life: change of the record, or CPU seen at work; wall ms. */
  readonly lastActiveMs: number | null;
  readonly session: SessionFacts | null;
  /** The session row it belongs to; null = a row of its own. */
  readonly owner: ProcessKey | null;
  /** Short name: session's name, project's folder, or what the process runs. Cleaned text. */
  readonly name: string;
  readonly projectDir: string | null;
  /** RssAnon + VmSwap of the process itself. */
  readonly memoryBytes: number | null;
  /** One core = 100. Null at the first look. */
  readonly cpuPercent: number | null;
  /** Itself and all it owns of the same uid; what a session row shows. */
  readonly tree: {
    readonly memoryBytes: number | null;
    readonly cpuPercent: number | null;
    readonly count: number;
    readonly memoryIsPartial: boolean;
  };
  /** Memory limit of its owner's session trees, for session kinds. */
  readonly limitBytes: number | null;
  readonly startedAtMs: number | null;
  readonly state: string | null;
  readonly tty: string | null;
  /** Cleaned and redacted, one line; null = unreadable. */
  readonly command: string | null;
  /** Why it may not be ended, or null where it may. */
  readonly refusal: Refusal | null;
}

export interface HostTotals {
  readonly hostName: string;
  readonly osName: string;
  readonly memoryTotalBytes: number | null;
  /** Total − available. */
  readonly memoryUsedBytes: number | null;
  readonly cores: number;
  readonly load1: number | null;
  /** Whole host, one core = 100. */
  readonly cpuPercent: number | null;
}

/** Sums over every Claude process, each counted once. */
export interface Totals {
  readonly processes: number;
  readonly sessions: number;
  readonly memoryBytes: number;
  /** Some processes' memory could not be read: the sum is a lower bound. */
  readonly memoryIsPartial: boolean;
  readonly cpuPercent: number | null;
  readonly unreadable: number;
}

/** What main knows after a look; the one thing that is pushed, printed and judged. */
export interface Snapshot {
  readonly sequence: number;
  readonly takenAtMs: number;
  readonly host: HostTotals;
  readonly totals: Totals;
  /** Parents before children, sessions first; order is otherwise the OS's. */
  readonly processes: readonly ProcessView[];
  readonly complete: boolean;
}
