import type { FSWatcher } from 'node:fs';
import { watch } from 'node:fs';
import { basename } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { FileAccess, FileResult, FolderIdentity } from './hostile-file.js';
import { errorCode } from './paths.js';

/**
 * Watches on other users' folders, for reading them only when something changed. A watch is a hint, never a proof: it is
 * taken on the very folder that was checked, its owner may replace, flood or outwit it, and whoever relies on it looks at the
 * folder itself at every visit and at everything in it now and then.
 */

/** Why a folder is not watched and has to be read each time; a key below "fileReason" in the locales. */
export type WatchReason = 'watch-limit' | 'watch-flood' | 'watch-unsafe';

export interface FolderChanges extends FolderIdentity {
  /** Names in the folder; null = anything may have changed. */
  readonly names: ReadonlySet<string> | null;
}

export interface WatchFailure {
  readonly uid: number;
  readonly path: string;
  readonly reason: WatchReason;
}

export interface FolderWatches {
  /** What changed in each watched folder, by path, since the last call, all that had happened when it was called. */
  readonly changes: () => Promise<ReadonlyMap<string, FolderChanges>>;
  /** From now on watches a folder of `uid`'s, where that is safe and there is room; what changed before is not told. */
  readonly begin: (access: FileAccess, folder: string, uid: number) => Promise<void>;
  /** Forgets every folder but these. */
  readonly retain: (folders: ReadonlySet<string>) => void;
  readonly failures: () => readonly WatchFailure[];
  /** Called at every event in a watched folder, however many there are. Returns the way to stop. */
  readonly onEvent: (listener: () => void) => () => void;
  readonly close: () => void;
}

export interface FolderWatchesOptions {
  readonly selfUid: number;
  /** Monotonic, ms. */
  readonly clock?: () => number;
  /** Begins a watch; a test gives one that fails. */
  readonly start?: typeof watch;
  readonly flood?: number;
}

/** The kernel's default is 65,536 a user, but other programs need some too. */
const WATCHES = 64;
const WATCHES_PER_OTHER = 4;
/** So many names are kept apart; where more changed, everything is looked at. */
const NAMES = 256;
/** A folder with more events than this between two looks costs us more than reading it would. */
const FLOOD = 6_000;
/** The kernel keeps 16,384 events for all watches together and drops the rest without our hearing of it. */
const DOUBT = 8_000;
const RETRY_MS = 600_000;

interface Watched extends FolderIdentity {
  readonly uid: number;
  readonly watcher: FSWatcher;
  names: Set<string> | null;
  events: number;
  ended: boolean;
}

/** Watches that begin and end with the folders that are read. */
export const createFolderWatches = (options: FolderWatchesOptions): FolderWatches => {
  const { selfUid, clock = () => performance.now(), start = watch, flood = FLOOD } = options;
  const watched = new Map<string, Watched>();
  const failed = new Map<string, WatchFailure & { readonly atMs: number }>();
  /** Events of some folder may have been dropped. */
  let doubt = false;
  const listeners = new Set<() => void>();

  const end = (folder: string): void => {
    watched.get(folder)?.watcher.close();
    watched.delete(folder);
  };
  const fail = (folder: string, uid: number, reason: WatchReason): void => {
    end(folder);
    failed.set(folder, { uid, path: folder, reason, atMs: clock() });
  };
  const hasRoom = (uid: number): boolean => {
    const ofUid = [...watched.values()].filter((one) => one.uid === uid).length;
    return watched.size < WATCHES && (uid === selfUid || ofUid < WATCHES_PER_OTHER);
  };

  /** `path` leads to the folder that was checked and to no other, whatever lies at its own path by now. */
  const watchChecked = (folder: string, uid: number, path: string, identity: FolderIdentity): void => {
    const watcher = start(path, { persistent: false });
    const entry: Watched = { ...identity, uid, watcher, names: new Set(), events: 0, ended: false };
    watched.set(folder, entry);
    watcher.on('change', (_event, name) => {
      entry.events += 1;
      for (const listener of listeners) listener();
      if (entry.events > flood) {
        if (watched.get(folder) === entry) fail(folder, uid, 'watch-flood');
        doubt = true;
        return;
      }
      // An event of the folder itself comes under the name that it was watched by: it was moved or removed.
      if (name === null || String(name) === basename(path)) entry.ended = true;
      else if (entry.names !== null && entry.names.size < NAMES) entry.names.add(String(name));
      else entry.names = null;
    });
    watcher.on('error', () => {
      entry.ended = true;
    });
  };

  return {
    changes: async () => {
      if (watched.size === 0) return new Map();
      // What happened before the call is in the kernel's queue by now: one whole turn of the loop fetches it.
      await turn();
      await turn();
      for (const [folder, one] of [...watched]) if (one.ended) end(folder);
      let events = 0;
      for (const one of watched.values()) events += one.events;
      const sure = !doubt && events < DOUBT;
      doubt = false;
      const changes = new Map<string, FolderChanges>();
      for (const [folder, one] of watched) {
        changes.set(folder, { id: one.id, names: sure ? one.names : null });
        one.names = new Set();
        one.events = 0;
      }
      return changes;
    },
    begin: async (access, folder, uid) => {
      const before = failed.get(folder);
      if (watched.has(folder) || (before && clock() - before.atMs < RETRY_MS)) return;
      failed.delete(folder);
      if (!hasRoom(uid)) {
        fail(folder, uid, 'watch-limit');
        return;
      }
      const opened: FileResult<WatchReason | null> = await access.withFolder(folder, uid, (path, identity) => {
        try {
          watchChecked(folder, uid, path, identity);
          return null;
        } catch (error) {
          // ENOSPC: no watch is left; EMFILE: no descriptor.
          return ['ENOSPC', 'EMFILE'].includes(errorCode(error)) ? 'watch-limit' : 'watch-unsafe';
        }
      });
      const reason = opened.ok ? opened.value : opened.reason === 'missing' ? null : 'watch-unsafe';
      if (reason !== null) fail(folder, uid, reason);
    },
    retain: (folders) => {
      for (const folder of [...watched.keys()]) if (!folders.has(folder)) end(folder);
      for (const folder of [...failed.keys()]) if (!folders.has(folder)) failed.delete(folder);
    },
    failures: () => [...failed.values()].map(({ uid, path, reason }) => ({ uid, path, reason })),
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      listeners.clear();
      for (const folder of [...watched.keys()]) end(folder);
    },
  };
};
