import type { z } from 'zod';
import type { commandInputs } from './api-schema.js';
import type { AlertRow, AutomationState, CleanupReview } from './care.js';
import type { Config, GlobalSettings } from './config.js';
import type { ConfigFileView, ConfigOutputs } from './config-api.js';
import { CONFIG_COMMANDS } from './config-api.js';
import type { Finding } from './findings.js';
import type { HistoryOutputs } from './history.js';
import { HISTORY_COMMANDS } from './history.js';
import type { Update, WholeState } from './patch.js';
import type { Evidence, Kind, LeftOver, ProcessKey, Refusal, Snapshot } from './types.js';

/**
 * The contract between main and the window: method name = channel name. The preload loops over COMMANDS, main registers
 * a handler for each, and a forgotten one does not compile. State comes once (`getState`), then by pushed patches.
 * Errors cross as data. What main accepts as input stands in api-schema.ts, so that neither preload nor window carries zod.
 */
export const COMMANDS = [
  'getState',
  'refreshNow',
  'setPreferences',
  'protect',
  'getDetails',
  'previewAction',
  'performAction',
  'cancelPreview',
  'readLog',
  'exportLog',
  'clearLog',
  'seeAlerts',
  'reviewCleanup',
  'answerFirstRun',
  'agreeToCleanup',
  'steerCleanup',
  'exportTable',
  'copyText',
  'openLink',
  ...HISTORY_COMMANDS,
  ...CONFIG_COMMANDS,
] as const;
export type CommandName = (typeof COMMANDS)[number];
export type CommandInput<C extends CommandName> = z.infer<(typeof commandInputs)[C]>;

/** What is to be done to processes. */
export type Verb = 'end' | 'pause' | 'continue' | 'priority';
export type Priority = 'low' | 'normal' | 'high';

/** Whom an action is for. The window and the command line name a scope; main finds its members. */
export type ActionScope =
  /** Chosen one by one. */
  | { readonly type: 'keys'; readonly keys: readonly ProcessKey[] }
  /** Every session of a user, with what it owns: endUserProcesses. */
  | { readonly type: 'user'; readonly user: string }
  /** Every session of everybody: endAllProcesses. */
  | { readonly type: 'all' }
  /** Sessions started more than so many hours ago and idle: cleanOld. Null = the configured age. */
  | { readonly type: 'old'; readonly hours: number | null }
  /** Everything that was left over: cleanOrphans. Possible orphans are listed, never ticked. */
  | { readonly type: 'orphans' };

export interface ActionRequest {
  readonly verb: Verb;
  readonly scope: ActionScope;
  /** Whether what does not obey is killed; for `end` only. */
  readonly force: boolean;
  /** For `priority` only, else null. */
  readonly priority: Priority | null;
  /** Guards against catching something mid-start; null = 1 minute for orphans and old ones, 0 for what was chosen. */
  readonly minAgeMinutes: number | null;
  /** Act as administrator on other users' processes: one system prompt for the whole list. For `end` of chosen keys only. */
  readonly elevated: boolean;
}

/** Warnings keep a line unticked in a bulk; `id` is a key below "warning" in the locales. */
export type Warning = Evidence;

/** How a preview's line came to be there. */
export type TargetRole =
  /** Asked for by the user. */
  | 'chosen'
  /** Belongs to a chosen session and ends with it. */
  | 'owned'
  /** Found below a chosen one, but another engine, another user's or serving others: a line of its own, unticked. */
  | 'separate';

export interface PreviewTarget {
  readonly key: ProcessKey;
  /** The chosen line it hangs below; null for chosen ones. */
  readonly below: ProcessKey | null;
  readonly role: TargetRole;
  readonly name: string;
  readonly kind: Kind;
  readonly user: string | null;
  readonly memoryBytes: number | null;
  readonly startedAtMs: number | null;
  readonly leftOver: LeftOver;
  readonly evidence: readonly Evidence[];
  readonly warnings: readonly Warning[];
  /** Whether it is ended when the user accepts the preview as it is. */
  readonly ticked: boolean;
  /** Not null: it can be picked up again afterwards. */
  readonly resume: Resume | null;
}

export interface Resume {
  readonly sessionId: string;
  readonly cwd: string;
  /** A shell command for the user to copy: changes to the directory and resumes the session. */
  readonly command: string;
}

export interface PreviewExcluded {
  readonly key: ProcessKey;
  readonly name: string;
  readonly kind: Kind | null;
  readonly user: string | null;
  readonly refusal: Refusal;
}

/** A frozen list: what would be ended, what would be left alone and why. */
export interface Preview {
  /** One-time, valid 5 minutes, bound to who asked and to this list. Null when nothing can be ended. */
  readonly token: string | null;
  readonly request: ActionRequest;
  /** Not null: what has to be typed before the action is performed, a user's name or "ALL". */
  readonly confirm: string | null;
  readonly takenAtMs: number;
  readonly expiresAtMs: number;
  readonly graceMs: number;
  /** A single end of one's own that is idle or left over, with nothing that speaks against it: who has said so need not see it first. */
  readonly light: boolean;
  readonly targets: readonly PreviewTarget[];
  readonly excluded: readonly PreviewExcluded[];
}

export type Outcome = 'done' | 'failed' | 'skipped';
export type Reason = 'gone' | 'denied' | 'protected' | 'changed' | 'timeout' | 'cancelled' | 'expired' | 'invalid';

export interface EndResult {
  readonly key: ProcessKey;
  readonly name: string;
  readonly kind: Kind | null;
  readonly user: string | null;
  readonly outcome: Outcome;
  /** Null when done. */
  readonly reason: Reason | null;
  /** The reason in words: a key below "result" in the locales, with its values. */
  readonly id: string;
  readonly values?: Readonly<Record<string, string | number>>;
  /** The last signal that was sent, null = none. */
  readonly signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | null;
  readonly freedBytes: number | null;
  readonly resume: Resume | null;
}

export interface EndReport {
  readonly results: readonly EndResult[];
  /** Memory of what is gone, as read just before; null = unknown. */
  readonly freedBytes: number | null;
}

/** A session that was ended here and can be picked up again; newest first, at most 50, kept between starts. */
export interface StoppedSession {
  readonly sessionId: string;
  readonly name: string;
  readonly projectDir: string | null;
  readonly user: string | null;
  readonly pid: number;
  readonly endedAtMs: number;
  /** How it came to be ended: the log's word, e.g. KILL_PROCESS, CLEAN_OLD. */
  readonly action: string;
  /** Memory of it and what it owned, before less after; null = unknown. */
  readonly freedBytes: number | null;
  readonly resume: Resume | null;
}

/** Counts for the quick actions, by the same rules as their previews: what would be ticked. */
export interface QuickCounts {
  readonly orphans: number;
  readonly possibleOrphans: number;
  readonly old: number;
  readonly all: number;
}

/** One page of the action log, newest first. */
export interface LogRow {
  /** Line number from the oldest line that is kept, stable while the log only grows. */
  readonly id: number;
  readonly at: string;
  readonly level: 'SUCCESS' | 'ERROR' | 'INFO';
  readonly action: string;
  readonly fields: readonly (readonly [string, string])[];
  /** As it stands in the file. */
  readonly line: string;
}

/** What to show of the log; absent = everything. Times are local stamps as in the log, both ends included. */
export interface LogFilter {
  readonly levels?: readonly LogRow['level'][] | undefined;
  readonly action?: string | undefined;
  readonly user?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly text?: string | undefined;
}

export interface LogPage {
  readonly rows: readonly LogRow[];
  /** Lines that pass the filter, of how many there are. */
  readonly matching: number;
  readonly total: number;
  /** Of the lines that pass all of the filter but its levels. */
  readonly counts: Readonly<Record<LogRow['level'], number>>;
  /** Everything that the filters can be set to. */
  readonly actions: readonly string[];
  readonly users: readonly string[];
  /** Lines that no parser understands; shown nowhere, lost nowhere. */
  readonly skipped: number;
}

/** The window's tabs in their order. */
export const TABS = ['monitor', 'analytics', 'config', 'logs'] as const;
export type TabId = (typeof TABS)[number];

/** Where the window is to go when it is shown from outside: the tray, a notification, a second start. */
export interface Destination {
  readonly tab: TabId;
  /** A row of the Monitor to select and scroll to; null = none. */
  readonly key: ProcessKey | null;
  /** A preview to open there; null = none. */
  readonly request: ActionRequest | null;
}

/** An expected failure of a command: `id` is a key below "error" in the locales. */
export interface Failure {
  readonly reason: Reason;
  readonly id: string;
  readonly values?: Readonly<Record<string, string | number>>;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

/** What an open details panel shows beyond the row. */
export interface ProcessDetails {
  readonly key: ProcessKey;
  readonly exe: string | null;
  readonly cwd: string | null;
  readonly tty: string | null;
  readonly state: string | null;
  readonly threads: number | null;
  readonly rssBytes: number | null;
  readonly pssBytes: number | null;
  readonly swapBytes: number | null;
  /** Cleaned, redacted, one argument an entry. */
  readonly argv: readonly string[] | null;
  /** From the topmost ancestor down to the process itself. */
  readonly parents: readonly { readonly pid: number; readonly name: string; readonly kind: Kind | null; readonly gone: boolean }[];
  readonly transcriptPath: string | null;
  readonly resume: Resume | null;
}

/** How the loop stands; pushed with every change. */
export interface LoopState {
  readonly enabled: boolean;
  readonly intervalMs: number;
  /** Wall ms of the next look; null = none planned. */
  readonly nextLookAtMs: number | null;
  /** Not null: the last look failed and `snapshot` is that old; the message is for people. */
  readonly staleSinceMs: number | null;
  readonly error: string | null;
  readonly looks: number;
}

/** Memory of the last minutes of a row, for its sparkline: one value a look, null = not read. */
export type Trend = readonly (number | null)[];

/** All that the window shows. No part may be optional: a patch (patch.ts) tells of parts that change, not of parts that go. */
export interface AppState {
  readonly snapshot: Snapshot | null;
  /** By "pid:startedAt". */
  readonly trends: Readonly<Record<string, Trend>>;
  readonly loop: LoopState;
  readonly settings: Pick<GlobalSettings, 'language' | 'theme' | 'refresh_interval_seconds' | 'refresh_enabled'>;
  readonly config: Config;
  readonly configFile: ConfigFileView;
  readonly stopped: readonly StoppedSession[];
  readonly quick: QuickCounts;
  /** Grows with every line that is written to the action log, so that the Logs tab knows when to read anew. */
  readonly logVersion: number;
  /** Grows with every look that is recorded, so that the Analytics tab knows when to ask for the tail. */
  readonly historyVersion: number;
  /** Resolved language: what "system" means here. */
  readonly language: 'en' | 'pt-BR';
  readonly about: {
    readonly version: string;
    readonly electron: string;
    readonly selfUser: string | null;
    readonly selfUid: number;
    readonly root: boolean;
    /** Everything shown is invented (`--demo`). */
    readonly demo: boolean;
  };
  readonly findings: readonly Finding[];
  /** Newest first; since the program's start. */
  readonly alerts: readonly AlertRow[];
  readonly automation: AutomationState;
  /** Something to tell once, e.g. a configuration file set aside; keys below "notice" in the locales. */
  readonly notices: readonly { readonly id: string; readonly values?: Readonly<Record<string, string | number>> }[];
}

/** What a command answers. */
export interface CommandOutputs extends HistoryOutputs, ConfigOutputs {
  getState: WholeState;
  refreshNow: null;
  setPreferences: null;
  protect: null;
  getDetails: ProcessDetails;
  previewAction: Preview;
  performAction: EndReport;
  cancelPreview: null;
  readLog: LogPage;
  /** Where it was written; null = the user closed the dialog. */
  exportLog: { readonly path: string | null; readonly lines: number };
  /** How many lines are or would be removed. */
  clearLog: { readonly lines: number };
  seeAlerts: null;
  reviewCleanup: CleanupReview;
  answerFirstRun: null;
  agreeToCleanup: null;
  steerCleanup: null;
  /** Where it was written; null = the user closed the dialog. */
  exportTable: { readonly path: string | null; readonly lines: number };
  copyText: null;
  openLink: null;
}

/** What the preload puts on `window.claudeManager`. */
export type Api = {
  readonly [C in CommandName]: (input: CommandInput<C>) => Promise<Result<CommandOutputs[C]>>;
} & {
  /** What changes later, numbered; whoever misses a number asks `getState` again. Returns the way to stop. */
  readonly onUpdate: (listener: (update: Update) => void) => () => void;
  /** Where main wants the window to go; never before the page has asked for its first state. Returns the way to stop. */
  readonly onNavigate: (listener: (destination: Destination) => void) => () => void;
};

export const UPDATE_CHANNEL = 'update';
export const NAVIGATE_CHANNEL = 'navigate';
