import { setTimeout as sleep } from 'node:timers/promises';
import type { Core } from '../main/core.js';

/** A place to write to. Writing never throws; after the reader has gone it does nothing. */
export interface Sink {
  readonly write: (text: string) => void;
  readonly isTty: boolean;
  /** Size in cells now; null where it is no terminal. */
  readonly size: () => { readonly columns: number; readonly rows: number } | null;
}

/** The world as the commands see it; tests give their own. */
export interface Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly stdin: {
    readonly isTty: boolean;
    /** All of it, line by line. */
    readonly lines: () => AsyncIterable<string>;
    /** One line; null at the end of input or when aborted. */
    readonly readLine: (signal: AbortSignal) => Promise<string | null>;
    /** Keys as they are pressed, without echo; returns the way back. */
    readonly keys: (listener: (key: string) => void) => () => void;
  };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** Aborted when whoever reads our output has gone (a closed pipe). */
  readonly readerGone: AbortSignal;
  /** Keeps SIGINT, SIGTERM and SIGHUP from ending us and calls instead; returns the way back. */
  readonly catchSignals: (listener: () => void) => () => void;
  /** Called when the terminal changes its size; returns the way to stop. */
  readonly onResize: (listener: () => void) => () => void;
  /** Resolves after that time, or at once when aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly createCore: () => Core;
}

/** Resolves after `ms`, or early and without an error when `signal` aborts. */
export const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};
