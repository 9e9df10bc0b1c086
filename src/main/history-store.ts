import { dirname } from 'node:path';
import type { AppState, Result } from '../shared/api.js';
import type { Recording } from '../shared/history.js';
import type { LookSample } from '../shared/history-sample.js';
import type { Identify } from './file-lock.js';
import { withFileLock } from './file-lock.js';
import type { Database } from './history-database.js';
import { numberAt, saysCorrupt } from './history-database.js';
import { openForReading, openForWriting } from './history-open.js';
import type { NewEvent, Retention, Writer } from './history-writer.js';
import { createWriter } from './history-writer.js';
import { ensurePrivateFolder, errorCode } from './paths.js';

export interface HistoryStore {
  /** Takes a look to be written within ten seconds. */
  readonly record: (look: LookSample) => void;
  /** Takes marks to be written with the next looks; `meta` is kept with them, all or nothing. */
  readonly note: (events: readonly NewEvent[], meta: Readonly<Record<string, string>>) => void;
  /** Reads, with all that was taken so far. A damaged file is a failure, and a new one is begun. */
  readonly read: <T>(work: (db: Database) => T) => Result<T>;
  readonly recording: () => Recording;
  /** Grows with every look that was taken. */
  readonly version: () => number;
  readonly notices: () => AppState['notices'];
  readonly onChange: (listener: () => void) => () => void;
  /** Writes what is left and lets go of the file. */
  readonly close: () => void;
}

export interface HistoryStoreOptions {
  /** history.db; its helpers and its lock lie beside it. */
  readonly path: string;
  readonly identify: Identify;
  /** Wall clock, ms. */
  readonly now: () => number;
  readonly retention: () => Retention;
  readonly onProblem: (problem: unknown) => void;
  /** Makes up a past in a new file; the demo's. */
  readonly fill?: ((db: Database) => Promise<void>) | null;
  readonly flushMs?: number;
  readonly retryMs?: number;
}

/** What a crash may take: a little less than the ten seconds that are promised. */
const FLUSH_MS = 9_000;
const RETRY_MS = 60_000;
/** Looks that wait for a disk with room; the oldest go first. */
const MOST_WAITING = 240;
const LOCK_WAIT_MS = 100;
const DAY_MS = 86_400_000;
const CLEAR_EVERY_MS = 60_000;
/** A clock that leapt is believed after so long: until then nothing is cleared by it. */
const STEADY_MS = 3_600_000;

/**
 * The history's file as the window uses it: one process of this user's writes (a lock held as long as it runs), others read. What
 * cannot be written waits; the file is tried again every minute; nothing of it ever stops the application.
 */
export const createHistoryStore = (options: HistoryStoreOptions): HistoryStore => {
  const { path, identify, now, retention, onProblem, fill = null, flushMs = FLUSH_MS, retryMs = RETRY_MS } = options;
  const listeners = new Set<() => void>();
  let db: Database | null = null;
  let writer: Writer | null = null;
  let recording: Recording = { state: 'on' };
  let releaseLock: (() => void) | null = null;
  let looks: LookSample[] = [];
  let events: NewEvent[] = [];
  let meta: Record<string, string> = {};
  let version = 1;
  let aside: AppState['notices'] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;
  let opening: Promise<void> | null = null;
  let nextOpenMs = 0;
  let closed = false;
  let lastLookMs: number | null = null;
  let steadyMs = STEADY_MS;
  let clearedMs = 0;
  let lastWrittenMs = 0;

  const announce = (): void => {
    version += 1;
    for (const listener of listeners) listener();
  };
  const stop = (code: string): void => {
    const news = recording.state !== 'stopped' || recording.code !== code;
    recording = { state: 'stopped', code };
    nextOpenMs = performance.now() + retryMs;
    if (news) onProblem(new Error(`history: ${code}`));
    if (news) announce();
  };
  const letGo = (): void => {
    try {
      // What stands in the log beside the file goes into it: the file alone is the history then.
      if (writer !== null) db?.rows('PRAGMA wal_checkpoint(TRUNCATE)');
      db?.close();
    } catch (error) {
      onProblem(error);
    }
    db = null;
    writer = null;
  };

  /** Whether this process is the writer now: the lock, once taken, is held until `close`. */
  const lock = (): Promise<boolean> =>
    new Promise((answer, fail) => {
      if (releaseLock !== null) return answer(true);
      const held = withFileLock({ path: `${path}.lock`, identify, waitMs: LOCK_WAIT_MS }, () => {
        answer(true);
        return new Promise<void>((release) => {
          releaseLock = release;
        });
      });
      held.then((result) => {
        if (result.ok) return;
        if (result.code === 'timeout') answer(false);
        else fail(Object.assign(new Error(path), { code: result.code }));
      }, fail);
    });

  const openAsReader = async (): Promise<void> => {
    looks = [];
    recording = { state: 'elsewhere' };
    if (db !== null) return;
    const opened = await openForReading(path);
    if (opened.ok) db = opened.db;
  };
  const openOnce = async (): Promise<void> => {
    const problem = ensurePrivateFolder(dirname(path));
    if (problem !== null) return stop(problem);
    const ours = await lock();
    if (closed) return releaseLock?.();
    if (!ours) return openAsReader();
    letGo();
    const opened = await openForWriting(path, now());
    if (!opened.ok) return stop(opened.code);
    if (closed) return opened.db.close();
    if (opened.aside !== null) aside = [{ id: 'historyCorrupt', values: { file: opened.aside } }];
    if (fill !== null && numberAt(opened.db.rows('SELECT count(*) FROM raw')[0], 0) === 0) {
      try {
        await fill(opened.db);
      } catch (error) {
        opened.db.close();
        throw error;
      }
      // Filling it takes a while.
      if (closed) return opened.db.close();
    }
    db = opened.db;
    writer = createWriter(opened.db);
    const newestMs = numberAt(opened.db.rows('SELECT at FROM raw ORDER BY seq DESC LIMIT 1')[0], 0);
    if (newestMs > 0 && Math.abs(now() - newestMs) > DAY_MS) steadyMs = 0;
    recording = { state: 'on' };
  };
  const open = (): void => {
    if (writer !== null || opening !== null || closed || performance.now() < nextOpenMs) return;
    nextOpenMs = performance.now() + retryMs;
    opening = openOnce()
      .catch((error: unknown) => stop(errorCode(error)))
      .finally(() => {
        opening = null;
        flush();
        announce();
      });
  };

  /** What went wrong with the open file: damaged = begun anew at once, else tried again later; a full disk can still be read. */
  const failed = (error: unknown): string => {
    const code = errorCode(error);
    if (saysCorrupt(code)) {
      onProblem(error);
      letGo();
      nextOpenMs = 0;
      open();
      return code;
    }
    if (!code.startsWith('SQLITE_FULL')) letGo();
    stop(code);
    return code;
  };

  const tend = (kept: Writer): void => {
    const nowMs = now();
    // A minute is over once a look was written that came after it: looks stand for the time before them.
    const more = kept.roll(lastWrittenMs);
    if (more || steadyMs < STEADY_MS || Math.abs(nowMs - clearedMs) < CLEAR_EVERY_MS) return;
    if (!kept.clear(nowMs, retention())) clearedMs = nowMs;
  };
  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (writer === null) open();
    const nothing = looks.length === 0 && events.length === 0 && Object.keys(meta).length === 0;
    if (writer === null || nothing || (recording.state === 'stopped' && performance.now() < nextOpenMs)) return;
    try {
      writer.write(looks, events, meta);
      lastWrittenMs = looks.at(-1)?.atMs ?? lastWrittenMs;
      looks = [];
      events = [];
      meta = {};
      tend(writer);
    } catch (error) {
      failed(error);
      return;
    }
    if (recording.state !== 'stopped') return;
    recording = { state: 'on' };
    announce();
  };
  const soon = (): void => {
    if (timer !== null || closed) return;
    timer = setTimeout(flush, flushMs);
    timer.unref();
  };

  return {
    record: (look) => {
      if (closed) return;
      // The hour that a new time has to last is counted in looks.
      if (lastLookMs !== null && Math.abs(look.atMs - lastLookMs) > DAY_MS) steadyMs = 0;
      else steadyMs += look.coveredMs;
      lastLookMs = look.atMs;
      if (recording.state !== 'elsewhere') looks = [...looks, look].slice(-MOST_WAITING);
      version += 1;
      if (writer === null) open();
      soon();
    },
    note: (more, keep) => {
      events = [...events, ...more].slice(-MOST_WAITING);
      meta = { ...meta, ...keep };
      soon();
    },
    read: (work) => {
      flush();
      const unavailable = (code: string): Result<never> => ({
        ok: false,
        failure: { reason: 'denied', id: 'historyUnavailable', values: { file: path, code } },
      });
      if (db === null) return unavailable(recording.state === 'stopped' ? recording.code : 'opening');
      try {
        return { ok: true, value: work(db) };
      } catch (error) {
        return unavailable(failed(error));
      }
    },
    recording: () => recording,
    version: () => version,
    notices: () => [...aside, ...(recording.state === 'stopped' ? [{ id: 'historyStopped', values: { code: recording.code } }] : [])],
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      closed = true;
      flush();
      if (timer !== null) clearTimeout(timer);
      letGo();
      releaseLock?.();
      listeners.clear();
    },
  };
};
