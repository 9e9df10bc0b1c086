import type { z } from 'zod';
import type { commandInputs } from './api-schema.js';
import type { Config, GlobalSettings } from './config.js';
import type { Evidence, Kind, LeftOver, ProcessKey, Refusal, Snapshot } from './types.js';

/**
 * The contract between main and the window: method name = channel name. The preload loops over COMMANDS, main registers
 * a handler for each, and a forgotten one does not compile. State comes once (`getState`), then by pushed updates.
 * Errors cross as data. What main accepts as input stands in api-schema.ts, so that neither preload nor window carries zod.
 */
export const COMMANDS = [
  'getState',
  'refreshNow',
  'setPreferences',
  'getDetails',
  'previewEnd',
  'endProcesses',
  'cancelPreview',
  'copyText',
  'openLink',
] as const;
export type CommandName = (typeof COMMANDS)[number];
export type CommandInput<C extends CommandName> = z.infer<(typeof commandInputs)[C]>;

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
  readonly force: boolean;
  readonly takenAtMs: number;
  readonly expiresAtMs: number;
  readonly graceMs: number;
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
  readonly signal: 'SIGTERM' | 'SIGKILL' | null;
  readonly freedBytes: number | null;
  readonly resume: Resume | null;
}

export interface EndReport {
  readonly results: readonly EndResult[];
  /** Memory of what is gone, as read just before; null = unknown. */
  readonly freedBytes: number | null;
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

export interface AppState {
  readonly snapshot: Snapshot | null;
  /** By "pid:startedAt". */
  readonly trends: Readonly<Record<string, Trend>>;
  readonly loop: LoopState;
  readonly settings: Pick<GlobalSettings, 'language' | 'theme' | 'refresh_interval_seconds' | 'refresh_enabled'>;
  readonly config: Config;
  /** Resolved language: what "system" means here. */
  readonly language: 'en' | 'pt-BR';
  readonly about: {
    readonly version: string;
    readonly electron: string;
    readonly selfUser: string | null;
    readonly selfUid: number;
    readonly root: boolean;
  };
  /** Something to tell once, e.g. a configuration file set aside; keys below "notice" in the locales. */
  readonly notices: readonly { readonly id: string; readonly values?: Readonly<Record<string, string | number>> }[];
}

/** What a command answers. */
export interface CommandOutputs {
  getState: AppState;
  refreshNow: null;
  setPreferences: null;
  getDetails: ProcessDetails;
  previewEnd: Preview;
  endProcesses: EndReport;
  cancelPreview: null;
  copyText: null;
  openLink: null;
}

/** What the preload puts on `window.claudeManager`. */
export type Api = {
  readonly [C in CommandName]: (input: CommandInput<C>) => Promise<Result<CommandOutputs[C]>>;
} & {
  /** Every later state, whole; the window keeps what did not change. Returns the way to stop. */
  readonly onUpdate: (listener: (state: AppState) => void) => () => void;
};

export const UPDATE_CHANNEL = 'update';
