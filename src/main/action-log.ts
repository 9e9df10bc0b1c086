import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { lstat, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Result } from '../shared/api.js';
import type { LogEntry } from '../shared/log-line.js';
import { formatLogLine, parseLogLine } from '../shared/log-line.js';
import type { Identify } from './file-lock.js';
import { withFileLock } from './file-lock.js';
import { ensurePrivateFolder, errorCode } from './paths.js';

export interface ActionLog {
  /** Adds one line, stamped with the local time. That it could not be written is a value, for whoever acted must say so. */
  readonly append: (entry: Omit<LogEntry, 'at'>) => Promise<Result<null>>;
  /** The last entries, newest first, older files included; `skipped` lines among them are none of this log's. */
  readonly read: (options: { readonly limit: number }) => Promise<Result<LogPage>>;
  /** Called after each line that this process has written. Returns the way to stop. */
  readonly onAppend: (listener: () => void) => () => void;
}

export interface LogPage {
  readonly entries: readonly LogEntry[];
  readonly skipped: number;
}

export interface ActionLogOptions {
  /** claude_actions.log; older ones are beside it, `.1` the youngest. */
  readonly path: string;
  /** Wall clock, ms. */
  readonly now: () => number;
  readonly identify: Identify;
  readonly maxBytes?: number;
  /** How many files there are at most, the one in use included. */
  readonly keep?: number;
}

/** O_RDWR: the last byte is read before something is added. */
const APPEND = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
/** A line's file can be renamed between opening and writing, but five renames in that time mean that something is wrong. */
const ATTEMPTS = 5;
const NEWLINE = 0x0a;
/** How many files there are at most, the one in use included. */
export const KEEP = 5;

const numbered = (path: string, number: number): string => (number === 0 ? path : `${path}.${number}`);
/** Where the file in use lies while old entries are cleared from it (log-clear.ts). */
export const clearingFile = (path: string): string => `${path}.clearing`;
export const lockFile = (path: string): string => `${path}.lock`;

/** The names that the log's files can have, the newest lines' first. */
export const logFiles = (path: string, keep: number): readonly string[] => [
  path,
  clearingFile(path),
  ...Array.from({ length: keep - 1 }, (_, index) => numbered(path, index + 1)),
];

/** Milliseconds since the epoch as YYYY-MM-DDTHH:mm:ss in local time. */
export const localStamp = (ms: number): string => {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [String(date.getFullYear()).padStart(4, '0'), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day}T${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
};

/** Opens a log file that is a regular one of ours, never through a link; throws an error with a code. */
const openOurs = async (path: string, flags: number): Promise<{ handle: FileHandle; stats: BigIntStats }> => {
  const handle = await open(path, flags, 0o600);
  try {
    const stats = await handle.stat({ bigint: true });
    const uid = process.getuid?.();
    if (!stats.isFile()) throw Object.assign(new Error('not a file'), { code: 'ENOTSUP' });
    if (uid !== undefined && stats.uid !== BigInt(uid)) throw Object.assign(new Error('not ours'), { code: 'EPERM' });
    return { handle, stats };
  } catch (error) {
    await handle.close();
    throw error;
  }
};

/** Opens a log file for reading: a regular one of ours, never through a link; throws an error with a code. */
export const openLogFile = (path: string): ReturnType<typeof openOurs> => openOurs(path, READ);

const endsInLine = async (handle: FileHandle, sizeBytes: bigint): Promise<boolean> => {
  if (sizeBytes === 0n) return true;
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(1), 0, 1, Number(sizeBytes) - 1);
  return bytesRead === 0 || buffer[0] === NEWLINE;
};

/** Whether the line is in a file that is still there. */
const writeOnce = async (path: string, line: string): Promise<boolean> => {
  const { handle, stats } = await openOurs(path, APPEND);
  try {
    if ((stats.mode & 0o077n) !== 0n) await handle.chmod(0o600);
    // What a full disk or a crash cut short gets its line break now, or this line would be lost in it.
    const bytes = Buffer.from((await endsInLine(handle, stats.size)) ? `${line}\n` : `\n${line}\n`, 'utf8');
    const { bytesWritten } = await handle.write(bytes, 0, bytes.length);
    if (bytesWritten < bytes.length) throw Object.assign(new Error('short write'), { code: 'ENOSPC' });
    return (await handle.stat()).nlink > 0;
  } finally {
    await handle.close();
  }
};

/** Adds one line, given without its line break, to a log; throws an error with a code. */
export const appendLine = async (path: string, line: string): Promise<void> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) if (await writeOnce(path, line)) return;
  throw Object.assign(new Error('renamed again and again'), { code: 'ESTALE' });
};

/** The log of actions: append-only, one write a line, so that lines of several processes never mix; rotated by size. */
export const createActionLog = (options: ActionLogOptions): ActionLog => {
  const { path, now, identify, maxBytes = 5_000_000, keep = KEEP } = options;
  const lock = { path: lockFile(path), identify };
  const listeners = new Set<() => void>();
  const failed = (id: 'logNotWritten' | 'logNotRead', code: string): Result<never> => ({
    ok: false,
    failure: { reason: 'denied', id, values: { file: path, code } },
  });

  const move = async (from: string, to: string): Promise<void> => {
    try {
      await rename(from, to);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  };
  /** Under the lock; whoever waited for it finds a small file and leaves it alone. */
  const rotate = async (): Promise<void> => {
    const stats = await lstat(path);
    if (stats.size < maxBytes) return;
    for (let number = keep - 2; number >= 0; number--) await move(numbered(path, number), numbered(path, number + 1));
  };
  /** A log that cannot be rotated grows on: no line is worth less than tidiness. */
  const rotateIfBig = async (sizeBytes: bigint): Promise<boolean> => {
    if (sizeBytes < BigInt(maxBytes)) return false;
    try {
      return (await withFileLock(lock, rotate)).ok;
    } catch (error) {
      errorCode(error);
      return false;
    }
  };

  const sizeNow = async (): Promise<bigint> => {
    try {
      return (await lstat(path, { bigint: true })).size;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return 0n;
      throw error;
    }
  };

  const write = async (line: string): Promise<Result<null>> => {
    try {
      const problem = ensurePrivateFolder(dirname(path));
      if (problem !== null) return failed('logNotWritten', problem);
      await rotateIfBig(await sizeNow());
      await appendLine(path, line);
      for (const listener of listeners) listener();
      return { ok: true, value: null };
    } catch (error) {
      return failed('logNotWritten', errorCode(error));
    }
  };

  /** Lines of one file, last first. */
  const linesOf = async (file: string, seen: Set<string>): Promise<readonly string[]> => {
    const { handle, stats } = await openOurs(file, READ);
    try {
      const id = `${stats.dev}:${stats.ino}`;
      // Rotated while we read: the same file under its next name.
      if (seen.has(id)) return [];
      seen.add(id);
      // Twice the size at which it is rotated; a file beyond that was never rotated, and its end is what is asked for.
      const length = Math.min(Number(stats.size), 2 * maxBytes);
      const from = Number(stats.size) - length;
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, from);
      const lines = buffer.subarray(0, bytesRead).toString('utf8').split('\n');
      return (from === 0 ? lines : lines.slice(1)).filter((line) => line.trim() !== '').reverse();
    } finally {
      await handle.close();
    }
  };

  let turn: Promise<unknown> = Promise.resolve();
  return {
    append: (entry) => {
      const line = formatLogLine({ at: localStamp(now()), ...entry });
      const written = turn.then(() => write(line));
      turn = written.catch(() => undefined);
      return written;
    },
    read: async ({ limit }) => {
      const entries: LogEntry[] = [];
      const seen = new Set<string>();
      let skipped = 0;
      for (const name of logFiles(path, keep)) {
        if (entries.length === limit) break;
        try {
          for (const line of await linesOf(name, seen)) {
            if (entries.length === limit) break;
            const entry = parseLogLine(line);
            if (entry) entries.push(entry);
            else skipped++;
          }
        } catch (error) {
          const code = errorCode(error);
          if (code !== 'ENOENT') return failed('logNotRead', code);
        }
      }
      return { ok: true, value: { entries, skipped } };
    },
    onAppend: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
