import type { FileHandle } from 'node:fs/promises';
import { rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRecord } from '../shared/log-query.js';
import { appendLine, clearingFile, KEEP, lockFile, logFiles, openLogFile } from './action-log.js';
import type { Identify, LockResult } from './file-lock.js';
import { withFileLock } from './file-lock.js';
import { errorCode } from './paths.js';
import { replaceFile } from './replace-file.js';

export interface LogClearOptions {
  /** claude_actions.log. */
  readonly path: string;
  readonly identify: Identify;
  readonly keep?: number;
  /** How long a writer that has opened the file has to finish its line, ms. */
  readonly settleMs?: number;
}

/** Writers open, write and close within a millisecond or two. One that is slower still finds that its file is gone, and writes its line anew. */
const SETTLE_MS = 250;

/** A file as it was read, still open, so that what comes into it afterwards can be told. */
interface Held {
  readonly name: string;
  readonly handle: FileHandle;
  /** All of its lines that stay, with line breaks. */
  readonly kept: string;
  readonly removed: number;
  readonly readBytes: number;
}

/** Whether a line is an entry older than a stamp (YYYY-MM-DDTHH:mm:ss, local). What is no entry has no age and stays. */
const isOlder = (line: string, before: string): boolean =>
  line.slice(0, before.length) < before && readRecord(line.replace(/\r$/, '')) !== null;

/** The lines of a text that stay, each with its line break, and how many do not. */
const sift = (text: string, before: string): { readonly kept: string; readonly removed: number } => {
  const lines = text.split('\n').filter((line) => line !== '');
  const kept = lines.filter((line) => !isOlder(line, before));
  return { kept: kept.map((line) => `${line}\n`).join(''), removed: lines.length - kept.length };
};

const readFrom = async (handle: FileHandle, from: number): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for (let at = from; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(1_048_576), 0, 1_048_576, at);
    if (bytesRead === 0) return Buffer.concat(parts);
    parts.push(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
};

/** Reads a file of the log; null = there is none. Throws an error with a code. */
const hold = async (name: string, before: string): Promise<Held | null> => {
  try {
    const { handle } = await openLogFile(name);
    try {
      const bytes = await readFrom(handle, 0);
      return { name, handle, ...sift(bytes.toString('utf8'), before), readBytes: bytes.length };
    } catch (error) {
      await handle.close();
      throw error;
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
};

/** How many entries are older than a stamp. Throws an error with a code. */
export const countOlder = async (path: string, before: string, keep = KEEP): Promise<number> => {
  let count = 0;
  for (const name of logFiles(path, keep)) {
    const held = await hold(name, before);
    await held?.handle.close();
    count += held?.removed ?? 0;
  }
  return count;
};

/**
 * Removes the entries older than a stamp from every kept file, under the lock under which files are rotated; how many.
 * Writers do not take that lock, so the file in use is moved aside first and they begin a new one. What a slow writer still
 * put into a file that was read already is carried over: no line is lost, at worst one is written twice. Rejects with the
 * operating system's error; what was not cleared by then is still there.
 */
export const clearOlder = async (before: string, options: LogClearOptions): Promise<LockResult<number>> => {
  const { path, identify, keep = KEEP, settleMs = SETTLE_MS } = options;
  const aside = clearingFile(path);
  const rotated = logFiles(path, keep).slice(2);
  const youngest = rotated[0];

  /** Takes what came into replaced files after they had been read over into the log. */
  const carryOver = async (held: readonly Held[]): Promise<void> => {
    for (const { handle, readBytes } of held) {
      const late = (await readFrom(handle, readBytes)).toString('utf8');
      for (const line of late.split('\n')) if (line !== '') await appendLine(path, line);
    }
  };

  const moveAside = async (): Promise<void> => {
    const current = await hold(path, before);
    await current?.handle.close();
    if (current === null || current.removed === 0) return;
    await rename(path, aside);
    await sleep(settleMs);
  };

  /** One pass over all files. `leftover`: the file in use was not looked at, because one that a crash had left aside came first. */
  const pass = async (): Promise<{ readonly removed: number; readonly leftover: boolean }> => {
    const open: Held[] = [];
    const take = async (name: string): Promise<Held | null> => {
      const held = await hold(name, before);
      if (held) open.push(held);
      return held;
    };
    try {
      const left = await take(aside);
      if (left === null) await moveAside();
      const moved = left ?? (await take(aside));
      let removed = moved?.removed ?? 0;
      for (const name of rotated) {
        const held = await take(name);
        // What was moved aside is younger than all that was rotated, older than what is written now.
        const more = name === youngest ? (moved?.kept ?? '') : '';
        if ((held?.removed ?? 0) === 0 && more === '') continue;
        removed += held?.removed ?? 0;
        const text = (held?.kept ?? '') + more;
        if (text === '') await rm(name, { force: true });
        else await replaceFile(name, text);
      }
      if (moved) await rm(aside, { force: true });
      await carryOver(open.filter((held) => held === moved || held.removed > 0 || (held.name === youngest && moved?.kept)));
      return { removed, leftover: left !== null };
    } finally {
      for (const { handle } of open) await handle.close();
    }
  };
  return withFileLock({ path: lockFile(path), identify }, async () => {
    const { removed, leftover } = await pass();
    return leftover ? removed + (await pass()).removed : removed;
  });
};
