import { closeSync, openSync, readlinkSync, readSync, statSync } from 'node:fs';

/** Why a file of /proc could not be read: the process (or only this file of it) is not there, we may not, or anything else. */
export type ReadFailure = 'gone' | 'denied' | 'failed';

/** Largest piece of a file that is read: the usual limit of one argument is 128 KiB, and nothing of ours is longer. */
const MAX_BYTES = 256 * 1024;

/** Synchronous reads into one buffer that the next read overwrites: files of /proc answer from memory, and this is the cheapest way. */
export interface ProcFiles {
  readonly bytes: Buffer;
  /** Reads the file's first 256 KiB into `bytes` and returns how many they are. */
  read(path: string): number | ReadFailure;
  /** Forgets what the last read left in `bytes`. */
  wipe(length: number): void;
  /** Reads as text (latin1: what we look for in it is ASCII); null = unreadable. */
  text(path: string): string | null;
  /** Target of a symbolic link; an object, so that no target can be taken for a failure. */
  link(path: string): { readonly target: string } | ReadFailure;
  /** Uid of a path's owner; null = unreadable. */
  ownerUid(path: string): number | null;
  /** "dev:ino" of what a path leads to, links followed; null = unreadable. */
  fileId(path: string): string | null;
}

const failureOf = (error: unknown): ReadFailure => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  // ESRCH comes from a read whose process ended after the open.
  if (code === 'ENOENT' || code === 'ESRCH' || code === 'ENOTDIR') return 'gone';
  return code === 'EACCES' || code === 'EPERM' ? 'denied' : 'failed';
};

/** Readers over one buffer of their own; they never throw. Not to be shared across an `await`. */
export const createProcFiles = (): ProcFiles => {
  const bytes = Buffer.alloc(MAX_BYTES);

  const read = (path: string): number | ReadFailure => {
    let fd: number;
    try {
      fd = openSync(path, 'r');
    } catch (error) {
      return failureOf(error);
    }
    try {
      // One call is enough: the kernel fills the buffer or reaches the end.
      return readSync(fd, bytes, 0, MAX_BYTES, null);
    } catch (error) {
      return failureOf(error);
    } finally {
      closeSync(fd);
    }
  };

  return {
    bytes,
    read,
    wipe: (length) => {
      bytes.fill(0, 0, length);
    },
    text: (path) => {
      const length = read(path);
      return typeof length === 'number' ? bytes.toString('latin1', 0, length) : null;
    },
    link: (path) => {
      try {
        return { target: readlinkSync(path) };
      } catch (error) {
        return failureOf(error);
      }
    },
    ownerUid: (path) => {
      try {
        return statSync(path, { throwIfNoEntry: false })?.uid ?? null;
      } catch {
        return null;
      }
    },
    fileId: (path) => {
      try {
        // Inodes do not fit a double on every file system (overlayfs, network ones).
        const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
        return stat === undefined ? null : `${stat.dev}:${stat.ino}`;
      } catch {
        return null;
      }
    },
  };
};
