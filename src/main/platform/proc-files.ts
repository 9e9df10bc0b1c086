import { closeSync, openSync, readlinkSync, readSync, statfsSync, statSync } from 'node:fs';

/** Why a file of /proc could not be read: the process (or only this file of it) is not there, we may not, or anything else. */
export type ReadFailure = 'gone' | 'denied' | 'failed';

/** Largest piece of a file that is read: the usual limit of one argument is 128 KiB, and nothing of ours is longer. */
const MAX_BYTES = 256 * 1024;

/** A file that is kept open from look to look: reading it again costs a third of opening it again. */
export interface HeldFile {
  /** Its present content into the common `bytes`. While it is kept open, a process's file answers 'gone' once that process is, whoever has its pid then. */
  read(): number | ReadFailure;
  close(): void;
}

/** Synchronous reads into one buffer that the next read overwrites: files of /proc answer from memory, and this is the cheapest way. */
export interface ProcFiles {
  readonly bytes: Buffer;
  /** Reads the file's first 256 KiB into `bytes` and returns how many they are. */
  read(path: string): number | ReadFailure;
  /** The file kept open, from its first reading on; opened anew each time where too many are kept already or where it is no file of /proc. */
  hold(path: string): HeldFile;
  /** The same as text, for a file that the kernel gives in one piece; null = unreadable. */
  holdText(path: string): () => string | null;
  /** Forgets what the last read left in `bytes`. */
  wipe(length: number): void;
  /** Reads as text (latin1: what we look for in it is ASCII); null = unreadable. */
  text(path: string): string | null;
  /** Target of a symbolic link; an object, so that no target can be taken for a failure. */
  link(path: string): { readonly target: string } | ReadFailure;
  /** Uid of a path's owner; null = unreadable. */
  ownerUid(path: string): number | null;
  /** Whether something lies there. Costs a fraction of a failed open. */
  exists(path: string): boolean;
  /** "dev:ino" of what a path leads to, links followed; null = unreadable. */
  fileId(path: string): string | null;
}

/** statfs(2): only these files say something new when the same descriptor is read again. */
const PROC_SUPER_MAGIC = 0x9fa0;
/** Of the descriptors that we may have, one in so many is kept; and never more than this, for what others may need. */
const HELD_SHARE = 4;
const MAX_HELD = 2048;

const mostHeld = (): number => {
  try {
    if (statfsSync('/proc').type !== PROC_SUPER_MAGIC) return 0;
    const fd = openSync('/proc/self/limits', 'r');
    try {
      const text = Buffer.alloc(4096);
      const soft = /^Max open files +(\d+)/m.exec(text.toString('latin1', 0, readSync(fd, text, 0, text.length, null)))?.[1];
      return soft === undefined ? 0 : Math.min(MAX_HELD, Math.floor(Number(soft) / HELD_SHARE));
    } finally {
      closeSync(fd);
    }
  } catch {
    // Nothing is kept then, and each reading opens its file.
    return 0;
  }
};

const failureOf = (error: unknown): ReadFailure => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  // ESRCH comes from a read whose process ended after the open.
  if (code === 'ENOENT' || code === 'ESRCH' || code === 'ENOTDIR') return 'gone';
  return code === 'EACCES' || code === 'EPERM' ? 'denied' : 'failed';
};

/** Readers over one buffer of their own; they never throw. Not to be shared across an `await`. */
export const createProcFiles = (): ProcFiles => {
  const bytes = Buffer.alloc(MAX_BYTES);

  const readWith = (path: string, take: (fd: number) => number): number | ReadFailure => {
    let fd: number;
    try {
      fd = openSync(path, 'r');
    } catch (error) {
      return failureOf(error);
    }
    try {
      return take(fd);
    } catch (error) {
      return failureOf(error);
    } finally {
      closeSync(fd);
    }
  };
  // One call: the files of a process come in one piece.
  const read = (path: string): number | ReadFailure => readWith(path, (fd) => readSync(fd, bytes, 0, MAX_BYTES, null));
  /** To its end: of tables (mounts, maps) the kernel gives a page at a time, whatever room there is. */
  const readOn = (path: string): number | ReadFailure =>
    readWith(path, (fd) => {
      for (let length = 0; ; ) {
        const more = length < MAX_BYTES ? readSync(fd, bytes, length, MAX_BYTES - length, null) : 0;
        if (more === 0) return length;
        length += more;
      }
    });

  let held = 0;
  let most: number | null = null;
  /** A class, since there is one for each process: methods of their own would weigh more than what is read. */
  class Held implements HeldFile {
    private fd: number | null = null;
    constructor(private readonly path: string) {}
    private open(): number | null {
      most ??= mostHeld();
      if (held >= most || !this.path.startsWith('/proc/')) return null;
      try {
        this.fd = openSync(this.path, 'r');
        held++;
      } catch {
        // Whoever is not there, is not there by name either: `read` says why.
      }
      return this.fd;
    }
    read(): number | ReadFailure {
      const fd = this.fd ?? this.open();
      if (fd === null) return read(this.path);
      try {
        return readSync(fd, bytes, 0, MAX_BYTES, 0);
      } catch (error) {
        return failureOf(error);
      }
    }
    close(): void {
      if (this.fd === null) return;
      closeSync(this.fd);
      this.fd = null;
      held--;
    }
  }
  const hold = (path: string): HeldFile => new Held(path);

  return {
    bytes,
    read,
    hold,
    holdText: (path) => {
      const file = hold(path);
      return () => {
        const length = file.read();
        return typeof length === 'number' ? bytes.toString('latin1', 0, length) : null;
      };
    },
    wipe: (length) => {
      bytes.fill(0, 0, length);
    },
    text: (path) => {
      const length = readOn(path);
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
    exists: (path) => {
      try {
        return statSync(path, { throwIfNoEntry: false }) !== undefined;
      } catch {
        // Refused or failed: somebody is there.
        return true;
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
