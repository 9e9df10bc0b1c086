import type { FSWatcher } from 'node:fs';
import { statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { ensurePrivateFolder, errorCode } from './paths.js';

export interface LogWatch {
  /** Grows when the log's file changes, whoever writes: this process or the command line. */
  readonly version: () => number;
  readonly onChange: (listener: () => void) => () => void;
  /** Looks in a moment; for whoever knows that something was written. */
  readonly soon: () => void;
  readonly close: () => void;
}

const SETTLE_MS = 120;

/** What a log's file looks like from outside; "none" where there is none. */
const signatureOf = (path: string): string => {
  try {
    const { dev, ino, size } = statSync(path);
    return `${dev}:${ino}:${size}`;
  } catch (error) {
    return errorCode(error);
  }
};

/** Watches the log's folder. Where that is not possible, every question for the version looks at the file itself. */
export const watchLog = (path: string, { settleMs = SETTLE_MS }: { readonly settleMs?: number } = {}): LogWatch => {
  const listeners = new Set<() => void>();
  const name = basename(path);
  let seen = signatureOf(path);
  let version = 1;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let watcher: FSWatcher | null = null;

  const check = (): void => {
    const now = signatureOf(path);
    if (now === seen) return;
    seen = now;
    version += 1;
    for (const listener of listeners) listener();
  };
  /** Many lines at once are one change. */
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = null;
      check();
    }, settleMs);
    timer.unref();
  };

  ensurePrivateFolder(dirname(path));
  try {
    watcher = watch(dirname(path), { persistent: false }, (_event, file) => {
      if (file === null || file === name) soon();
    });
    watcher.on('error', () => {
      watcher?.close();
      watcher = null;
    });
  } catch (error) {
    // Out of watches, or no folder: then the version is looked up when it is asked for.
    errorCode(error);
  }

  return {
    version: () => {
      if (watcher === null) check();
      return version;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    soon,
    close: () => {
      watcher?.close();
      watcher = null;
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
};
