import type { FSWatcher } from 'node:fs';
import { closeSync, constants, existsSync, fstatSync, openSync, readFileSync, statSync, watch } from 'node:fs';
import { rename } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { AppState, Result, StoppedSession } from '../shared/api.js';
import { addStopped, formatStopped, parseStopped } from '../shared/stopped.js';
import { localStamp } from './action-log.js';
import type { Identify } from './file-lock.js';
import { withFileLock } from './file-lock.js';
import { ensurePrivateFolder, errorCode } from './paths.js';
import { replaceFile } from './replace-file.js';

export interface StoppedStore {
  /** The last 50 sessions that were ended here, by whichever of our processes; newest first. */
  readonly list: () => readonly StoppedSession[];
  /** Answers when it is on disk; a full disk or a foreign folder is a failure. */
  readonly add: (entry: StoppedSession) => Promise<Result<null>>;
  /** What is wrong with the file, for people; keys below "notice" in the locales. */
  readonly notices: () => AppState['notices'];
  /** Called when the list has changed, by whomever. Returns the way to stop. */
  readonly onChange: (listener: () => void) => () => void;
  readonly close: () => void;
}

export interface StoppedStoreOptions {
  /** stopped.json; its folder is made when something is added. */
  readonly path: string;
  readonly identify: Identify;
  /** Wall clock, ms; names the copies of corrupt files. */
  readonly now?: () => number;
  /** How long to wait for another process that is writing. */
  readonly lockWaitMs?: number;
}

type Found =
  | { readonly kind: 'good'; readonly sessions: readonly StoppedSession[] }
  | { readonly kind: 'corrupt' }
  | { readonly kind: 'unreadable'; readonly code: string };

const MAX_BYTES = 8 * 1024 * 1024;
const SETTLE_MS = 50;
const NOTHING: Found = { kind: 'good', sessions: [] };

/** The file in our own folder; a FIFO or a device in its place must not stop us. */
const readStopped = (path: string): Found => {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stats = fstatSync(descriptor);
      if (!stats.isFile()) return { kind: 'unreadable', code: 'ENOTSUP' };
      const sessions = stats.size > MAX_BYTES ? null : parseStopped(readFileSync(descriptor, 'utf8'));
      return sessions === null ? { kind: 'corrupt' } : { kind: 'good', sessions };
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const code = errorCode(error);
    return code === 'ENOENT' ? NOTHING : { kind: 'unreadable', code };
  }
};

/** Changes with every replacement of the file; '' where there is none. */
const stampOf = (path: string): string => {
  try {
    const { dev, ino, size, mtimeNs } = statSync(path, { bigint: true });
    return `${dev}:${ino}:${size}:${mtimeNs}`;
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? '' : errorCode(error);
  }
};

/**
 * The sessions that were ended, shared by window and command line: each writes under the lock, and `list` reads anew whenever the
 * file is another one. A corrupt file is set aside at the next `add`, never overwritten.
 */
export const createStoppedStore = ({ path, identify, now = Date.now, lockWaitMs = 5_000 }: StoppedStoreOptions): StoppedStore => {
  const folder = dirname(path);
  const lock = { path: `${path}.lock`, identify, waitMs: lockWaitMs };
  const listeners = new Set<() => void>();
  let sessions: readonly StoppedSession[] = [];
  let stamp: string | null = null;
  let aside: AppState['notices'] = [];
  let trouble: AppState['notices'] = [];
  let watcher: FSWatcher | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;

  const announce = (): void => {
    for (const listener of listeners) listener();
  };
  const accept = (found: Found): void => {
    // What cannot be read takes away nothing that is known.
    if (found.kind === 'good') sessions = found.sessions;
    if (found.kind === 'good') trouble = [];
    if (found.kind === 'corrupt') trouble = [{ id: 'stoppedInvalid', values: { file: path } }];
    if (found.kind === 'unreadable') trouble = [{ id: 'stoppedUnreadable', values: { file: path, code: found.code } }];
  };
  const refresh = (): void => {
    const seen = stampOf(path);
    if (seen === stamp) return;
    accept(readStopped(path));
    stamp = seen;
  };

  /** So that a window learns of what the command line has ended; `list` finds it in any case. */
  const startWatching = (): void => {
    if (watcher !== null || !existsSync(folder)) return;
    try {
      watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name !== null && name !== basename(path)) return;
        if (timer !== null) clearTimeout(timer);
        timer = setTimeout(() => {
          const before = stamp;
          refresh();
          if (stamp !== before) announce();
        }, SETTLE_MS);
        timer.unref();
      });
      watcher.on('error', () => {
        watcher?.close();
        watcher = null;
      });
    } catch (error) {
      // No watches left on this machine: the window is late by one look then.
      errorCode(error);
    }
  };

  const corruptName = (): string => {
    const stem = `${path}.corrupt-${localStamp(now()).replaceAll(':', '-')}`;
    for (let number = 1; ; number++) {
      const name = number === 1 ? `${stem}.json` : `${stem}-${number}.json`;
      if (!existsSync(name)) return name;
    }
  };

  const failed = (code: string): Result<never> => ({
    ok: false,
    failure: { reason: code === 'timeout' ? 'timeout' : 'denied', id: 'stoppedNotWritten', values: { file: path, code } },
  });

  /** Under the lock: read, change, write. */
  const change = async (entry: StoppedSession): Promise<Result<null>> => {
    const found = readStopped(path);
    if (found.kind === 'unreadable') return failed(found.code);
    if (found.kind === 'corrupt') {
      const name = corruptName();
      await rename(path, name);
      aside = [{ id: 'stoppedCorrupt', values: { file: name } }];
    }
    const next = addStopped(found.kind === 'good' ? found.sessions : [], entry);
    await replaceFile(path, formatStopped(next));
    accept({ kind: 'good', sessions: next });
    stamp = stampOf(path);
    return { ok: true, value: null };
  };

  const add: StoppedStore['add'] = async (entry) => {
    try {
      const noFolder = ensurePrivateFolder(folder);
      if (noFolder !== null) return failed(noFolder);
      startWatching();
      const written = await withFileLock(lock, () => change(entry));
      if (!written.ok) return failed(written.code);
      announce();
      return written.value;
    } catch (error) {
      return failed(errorCode(error));
    }
  };

  return {
    list: () => {
      refresh();
      return sessions;
    },
    add,
    notices: () => [...aside, ...trouble],
    onChange: (listener) => {
      startWatching();
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      watcher?.close();
      if (timer !== null) clearTimeout(timer);
      listeners.clear();
    },
  };
};
