import { setImmediate as breathe } from 'node:timers/promises';
import type { LogPage, Result } from '../shared/api.js';
import type { LogRecord } from '../shared/log-query.js';
import { readRecord } from '../shared/log-query.js';
import { KEEP, logFiles, openLogFile } from './action-log.js';
import { errorCode } from './paths.js';

/** All that is kept of the action log, oldest first. The list of a later snapshot may be the same one, longer: nothing in it ever moves. */
export interface LogSnapshot extends Pick<LogPage, 'actions' | 'users' | 'skipped'> {
  readonly records: readonly LogRecord[];
}

export interface LogReader {
  /** The log as it is now; only what came since the last call is read. The same object while nothing came. */
  readonly read: () => Promise<Result<LogSnapshot>>;
  /** Bytes read from the disk so far. */
  readonly bytesRead: () => number;
}

export interface LogReaderOptions {
  /** claude_actions.log. */
  readonly path: string;
  readonly keep?: number;
  /** For tests: called between two files. */
  readonly betweenFiles?: () => Promise<void>;
}

/** What was read of one file, whatever its name is by now. */
interface Part {
  readonly records: LogRecord[];
  skipped: number;
  readBytes: number;
  /** The last bytes, up to the line break that is not there yet. */
  rest: Buffer;
}

/** What is read and taken apart before the window gets its turn: some 2,500 lines. */
const CHUNK_BYTES = 262_144;
const BATCH = 10_000;
const NEWLINE = 0x0a;
const EMPTY = Buffer.alloc(0);

/** A line that never got its line break: whoever writes next gives it one. */
const lastOf = ({ rest }: Part): readonly LogRecord[] => {
  const record = rest.length === 0 ? null : readRecord(rest.toString('utf8'));
  return record === null ? [] : [record];
};

/** The lines of all parts in one list, and how many of each are in it. */
interface Joined {
  readonly taken: readonly { readonly part: Part; readonly count: number }[];
  readonly records: LogRecord[];
  readonly actions: Set<string>;
  readonly users: Set<string>;
}

const nothing = (): Joined => ({ taken: [], records: [], actions: new Set(), users: new Set() });

/** Reads the log's files, every one once. Rotation moves a file to another name; it is known by device and inode, and by not having shrunk. */
export const createLogReader = ({ path, keep = KEEP, betweenFiles }: LogReaderOptions): LogReader => {
  let parts: ReadonlyMap<string, Part> = new Map();
  let snapshot: LogSnapshot | null = null;
  let total = 0;
  /** One string for each action and user, however many lines name it: a slice would keep its whole chunk in memory. */
  const words = new Map<string, string>();
  const same = (word: string): string => {
    const known = words.get(word);
    if (known !== undefined) return known;
    const own = Buffer.from(word).toString();
    words.set(own, own);
    return own;
  };

  const take = (part: Part, text: string): void => {
    for (const raw of text.split('\n')) {
      const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      if (line.trim() === '') continue;
      const record = readRecord(line);
      if (record === null) part.skipped += 1;
      else part.records.push({ ...record, action: same(record.action), user: record.user === null ? null : same(record.user) });
    }
  };

  /** Reads on to the end of one file. Whether anything came. */
  const readOn = async (name: string, next: Map<string, Part>): Promise<boolean> => {
    const { handle, stats } = await openLogFile(name);
    try {
      // The time of birth too: a new file may get the number of one that was cleared.
      const id = `${stats.dev}:${stats.ino}:${stats.birthtimeNs}`;
      // Rotated while we read: the same file under its next name.
      if (next.has(id)) return false;
      const known = parts.get(id);
      const size = Number(stats.size);
      const part = known && known.readBytes <= size ? known : { records: [], skipped: 0, readBytes: 0, rest: EMPTY };
      next.set(id, part);
      if (part.readBytes === size) return part !== known;
      while (part.readBytes < size) {
        const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size - part.readBytes));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, part.readBytes);
        if (bytesRead === 0) break;
        part.readBytes += bytesRead;
        total += bytesRead;
        const bytes = Buffer.concat([part.rest, buffer.subarray(0, bytesRead)]);
        const end = bytes.lastIndexOf(NEWLINE) + 1;
        part.rest = Buffer.from(bytes.subarray(end));
        take(part, bytes.toString('utf8', 0, end));
        // The window must not wait for a log of many megabytes.
        await breathe();
      }
      return true;
    } finally {
      await handle.close();
    }
  };

  const read = async (): Promise<Result<LogSnapshot>> => {
    const next = new Map<string, Part>();
    let changed = snapshot === null;
    // Newest first: what is rotated meanwhile is met again under its next name, and nothing is passed by.
    for (const name of logFiles(path, keep)) {
      try {
        if (await readOn(name, next)) changed = true;
        await betweenFiles?.();
      } catch (error) {
        const code = errorCode(error);
        if (code !== 'ENOENT') return { ok: false, failure: { reason: 'denied', id: 'logNotRead', values: { file: name, code } } };
      }
    }
    if (!changed && snapshot && next.size === parts.size) return { ok: true, value: snapshot };
    parts = next;
    const all = [...next.values()].reverse();
    const { records, actions, users } = await join(all);
    const skipped = all.reduce((sum, part) => sum + part.skipped, 0);
    const value = { records, actions: [...actions].sort(), users: [...users].sort(), skipped };
    snapshot = value;
    return { ok: true, value };
  };

  let joined = nothing();
  /** Puts the parts (oldest first) together; what is in the list already is not looked at again while lines only come at its end. */
  const join = async (all: readonly Part[]): Promise<Joined> => {
    const cut = all.some((part) => lastOf(part).length > 0);
    const grows = joined.taken.every(({ part, count }, at) => part === all[at] && (at === all.length - 1 || count === part.records.length));
    const base = grows && !cut ? joined : nothing();
    for (const [at, part] of all.entries()) {
      const fresh = [...part.records.slice(base.taken[at]?.count ?? 0), ...lastOf(part)];
      for (const record of fresh) {
        base.records.push(record);
        base.actions.add(record.action);
        if (record.user !== null) base.users.add(record.user);
      }
      if (fresh.length > BATCH) await breathe();
    }
    // A line without its break may yet become another one.
    joined = cut ? nothing() : { ...base, taken: all.map((part) => ({ part, count: part.records.length })) };
    return base;
  };

  let turn: Promise<Result<LogSnapshot>> | null = null;
  let again: Promise<Result<LogSnapshot>> | null = null;
  const start = (): Promise<Result<LogSnapshot>> => {
    turn = read().finally(() => {
      turn = null;
    });
    return turn;
  };
  return {
    read: () => {
      if (turn === null) return start();
      // What was appended after the running turn had begun may have escaped it: all who come now share the next one.
      again ??= turn
        .catch(() => undefined)
        .then(() => {
          again = null;
          return start();
        });
      return again;
    },
    bytesRead: () => total,
  };
};
