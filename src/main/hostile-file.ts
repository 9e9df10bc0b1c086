import type { BigIntStats, Dir } from 'node:fs';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import * as fsPromises from 'node:fs/promises';
import type { VisitRefusal } from './visit-gate.js';
import { createVisitGate } from './visit-gate.js';

/**
 * The one way to look at files that a hostile user may have prepared: FIFOs, links, devices, endless or foreign files and
 * mounts that never answer are refused with a reason, and none of them stops the program.
 */

/** Why something was not read; each is a key below "fileReason" in the locales. */
export type FileReason =
  | 'missing'
  | 'denied'
  | 'link'
  | 'not-a-file'
  | 'not-a-folder'
  | 'foreign-owner'
  | 'too-big'
  | 'changed'
  | 'io-error'
  | VisitRefusal;
export type FileResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: FileReason };

/** Device and inode: what a path leads to may be another folder at the next moment. */
export interface FolderIdentity {
  readonly id: string;
}

export interface FileFacts extends FolderIdentity {
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  /** Differs whenever the file was written, replaced or changed hands. */
  readonly stamp: string;
}

/** What a visit may do. Every path must lie in the visited folder, or be as slow as it: the folder is what gets quarantined. */
export interface FileAccess {
  /** One lstat: a regular file of `uid`'s. */
  readonly facts: (path: string, uid: number) => Promise<FileResult<FileFacts>>;
  /** One lstat: a folder of `uid`'s, no link. */
  readonly folder: (path: string, uid: number) => Promise<FileResult<FileFacts>>;
  /** One lstat: what lies there, whoever owns it. */
  readonly what: (path: string) => Promise<FileResult<'file' | 'folder' | 'link' | 'other'>>;
  /** A small file of `uid`'s as text; bytes that are no UTF-8 become U+FFFD. */
  readonly readText: (
    path: string,
    uid: number,
    maxBytes?: number,
  ) => Promise<FileResult<{ readonly text: string; readonly facts: FileFacts }>>;
  /** The beginning and the end of a file of any size of `uid`'s; `tail` is empty where the head is all of it. */
  readonly readEnds: (
    path: string,
    uid: number,
    headBytes: number,
    tailBytes: number,
  ) => Promise<FileResult<{ readonly head: string; readonly tail: string; readonly facts: FileFacts }>>;
  /** Names in a folder of `uid`'s, at most `maxEntries` of them, in the OS's order. */
  readonly listFolder: (
    path: string,
    uid: number,
    maxEntries?: number,
  ) => Promise<FileResult<{ readonly names: readonly string[]; readonly truncated: boolean; readonly facts: FileFacts }>>;
  /**
   * Hands a folder of `uid`'s that lies on an ordinary local disk to `use`, as a path that leads to this very folder while `use`
   * runs; `use` may block on it for a moment without being stopped. Linux only: elsewhere, and on other file systems, 'io-error'.
   */
  readonly withFolder: <T>(path: string, uid: number, use: (path: string, identity: FolderIdentity) => T) => Promise<FileResult<T>>;
}

export interface HostileFiles {
  /** Runs `task` on one folder under one deadline; nothing in it runs on after that. A late folder is left alone until it answers. */
  readonly visit: <T>(folder: string, uid: number, task: (access: FileAccess) => Promise<T>) => Promise<FileResult<T>>;
  /** Threads held by operations that do not answer. While there are any, `process.exit` would wait for them for ever. */
  readonly hanging: () => number;
}

/** The operations that touch the disk; a test gives ones that never answer. */
export interface FileSystem extends Pick<typeof fsPromises, 'lstat' | 'open' | 'opendir'> {
  readonly statfs?: (path: string) => Promise<{ readonly type: number }>;
}

export interface HostileFilesOptions {
  readonly selfUid: number;
  readonly fs?: FileSystem;
  readonly deadlineMs?: number;
  readonly ownDeadlineMs?: number;
  readonly waitMs?: number;
  readonly clock?: () => number;
}

export const SMALL_FILE_BYTES = 64 * 1024;
export const FOLDER_ENTRIES = 1_000;

/** O_NONBLOCK: a FIFO that takes a checked file's place must not stop `open`. Windows knows neither flag. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** File systems whose answers come from this machine alone, and that tell of every change: ext, btrfs, xfs, tmpfs, overlay, f2fs, zfs, bcachefs. */
const LOCAL_FILE_SYSTEMS = new Set([0xef53, 0x9123683e, 0x58465342, 0x01021994, 0x794c7630, 0xf2f52010, 0x2fc12fc1, 0xca451a4e]);

/** Thrown through a task when its time is up; never leaves this file. */
const EXPIRED = new Error('visit expired');

const REASONS: Readonly<Record<string, FileReason>> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EACCES: 'denied',
  EPERM: 'denied',
  ELOOP: 'link',
  EISDIR: 'not-a-file',
  ENXIO: 'not-a-file',
  ENODEV: 'not-a-file',
};

/** The reason for a refusal by the operating system; rethrows what is no such error. */
const reasonOf = (error: unknown): FileReason => {
  if (error === EXPIRED || !(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') throw error;
  return REASONS[error.code] ?? 'io-error';
};

const failed = (reason: FileReason): { readonly ok: false; readonly reason: FileReason } => ({ ok: false, reason });

const attempt = async <T>(work: () => Promise<FileResult<T>>): Promise<FileResult<T>> => {
  try {
    return await work();
  } catch (error) {
    return failed(reasonOf(error));
  }
};

const idOf = (stats: BigIntStats): string => `${stats.dev}:${stats.ino}`;

const factsOf = (stats: BigIntStats): FileFacts => ({
  id: idOf(stats),
  sizeBytes: Number(stats.size),
  mtimeMs: Number(stats.mtimeMs),
  stamp: `${idOf(stats)}:${stats.uid}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`,
});

const fileProblem = (stats: BigIntStats, uid: number): FileReason | null => {
  if (stats.isSymbolicLink()) return 'link';
  if (!stats.isFile()) return 'not-a-file';
  return stats.uid === BigInt(uid) ? null : 'foreign-owner';
};

const folderProblem = (stats: BigIntStats, uid: number): FileReason | null => {
  if (stats.isSymbolicLink()) return 'link';
  if (!stats.isDirectory()) return 'not-a-folder';
  return stats.uid === BigInt(uid) ? null : 'foreign-owner';
};

const createAccess = (fs: FileSystem, expired: () => boolean): FileAccess => {
  const alive = (): void => {
    if (expired()) throw EXPIRED;
  };
  const lstat = (path: string): Promise<BigIntStats> => {
    alive();
    return fs.lstat(path, { bigint: true });
  };

  /** Up to `length` bytes from `position`, fewer at the end of the file. */
  const readAt = async (handle: FileHandle, position: number, length: number): Promise<Buffer> => {
    const buffer = Buffer.alloc(length);
    let filled = 0;
    while (filled < length) {
      alive();
      const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  };

  /** lstat first: merely opening a device can have effects. Then the same file, of the same kind, behind the descriptor. */
  const withFile = <T>(
    path: string,
    uid: number,
    work: (handle: FileHandle, stats: BigIntStats) => Promise<FileResult<T>>,
  ): Promise<FileResult<T>> =>
    attempt(async () => {
      const before = await lstat(path);
      const problem = fileProblem(before, uid);
      if (problem) return failed(problem);
      alive();
      const handle = await fs.open(path, OPEN_FLAGS);
      try {
        alive();
        const stats = await handle.stat({ bigint: true });
        const changed = fileProblem(stats, uid) ?? (idOf(stats) === idOf(before) ? null : 'changed');
        return changed ? failed(changed) : await work(handle, stats);
      } finally {
        await handle.close();
      }
    });

  const names = async (folder: Dir, maxEntries: number): Promise<{ names: readonly string[]; truncated: boolean }> => {
    const found: string[] = [];
    try {
      for (;;) {
        alive();
        const entry = await folder.read();
        if (entry === null) return { names: found, truncated: false };
        if (found.length === maxEntries) return { names: found, truncated: true };
        found.push(entry.name);
      }
    } finally {
      await folder.close();
    }
  };

  return {
    facts: (path, uid) =>
      attempt(async () => {
        const stats = await lstat(path);
        const problem = fileProblem(stats, uid);
        return problem ? failed(problem) : { ok: true, value: factsOf(stats) };
      }),
    folder: (path, uid) =>
      attempt(async () => {
        const stats = await lstat(path);
        const problem = folderProblem(stats, uid);
        return problem ? failed(problem) : { ok: true, value: factsOf(stats) };
      }),
    what: (path) =>
      attempt(async () => {
        const stats = await lstat(path);
        const value = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? 'link' : 'other';
        return { ok: true, value };
      }),
    readText: (path, uid, maxBytes = SMALL_FILE_BYTES) =>
      withFile(path, uid, async (handle, stats) => {
        const facts = factsOf(stats);
        if (facts.sizeBytes > maxBytes) return failed('too-big');
        // One byte more than it should hold tells a file that grows meanwhile.
        const bytes = await readAt(handle, 0, facts.sizeBytes + 1);
        return bytes.length > facts.sizeBytes ? failed('changed') : { ok: true, value: { text: bytes.toString('utf8'), facts } };
      }),
    readEnds: (path, uid, headBytes, tailBytes) =>
      withFile(path, uid, async (handle, stats) => {
        const facts = factsOf(stats);
        const head = await readAt(handle, 0, Math.min(facts.sizeBytes, headBytes));
        const tailFrom = Math.max(headBytes, facts.sizeBytes - tailBytes);
        const tail = tailFrom < facts.sizeBytes ? await readAt(handle, tailFrom, facts.sizeBytes - tailFrom) : Buffer.alloc(0);
        return { ok: true, value: { head: head.toString('utf8'), tail: tail.toString('utf8'), facts } };
      }),
    listFolder: (path, uid, maxEntries = FOLDER_ENTRIES) =>
      attempt(async () => {
        const before = await lstat(path);
        const problem = folderProblem(before, uid);
        if (problem) return failed(problem);
        alive();
        const listed = await names(await fs.opendir(path), maxEntries);
        // `opendir` follows links: what was listed must be what was checked.
        const after = await lstat(path);
        if (idOf(after) !== idOf(before)) return failed('changed');
        return { ok: true, value: { ...listed, facts: factsOf(before) } };
      }),
    withFolder: (path, uid, use) =>
      attempt(async () => {
        const problem = folderProblem(await lstat(path), uid);
        if (problem) return failed(problem);
        alive();
        const handle = await fs.open(path, OPEN_FLAGS | (constants.O_DIRECTORY ?? 0));
        try {
          alive();
          const stats = await handle.stat({ bigint: true });
          const changed = folderProblem(stats, uid);
          if (changed) return failed(changed);
          const exact = `/proc/self/fd/${handle.fd}`;
          alive();
          // No /proc, or one that answers nothing: then nobody knows what it lies on.
          const system = await (fs.statfs ?? fsPromises.statfs)(exact).catch(() => null);
          alive();
          return system !== null && LOCAL_FILE_SYSTEMS.has(system.type)
            ? { ok: true, value: use(exact, { id: idOf(stats) }) }
            : failed('io-error');
        } finally {
          await handle.close();
        }
      }),
  };
};

/** The reader of hostile files; all that look at other users' files share one, for it bounds how many threads can hang. */
export const createHostileFiles = (options: HostileFilesOptions): HostileFiles => {
  const { selfUid, fs = fsPromises, deadlineMs = 500, ownDeadlineMs = 2_000, waitMs = 1_000, clock = () => performance.now() } = options;
  const gate = createVisitGate({ selfUid, deadlineMs, ownDeadlineMs, waitMs, clock });
  return {
    visit: (folder, uid, task) => gate.visit(folder, uid, (expired) => task(createAccess(fs, expired))),
    hanging: gate.hanging,
  };
};
