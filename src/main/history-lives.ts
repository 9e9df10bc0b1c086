import { GREATEST, MEMORY } from '../shared/history-bucket.js';
import type { LifeSample, LookSample } from '../shared/history-sample.js';
import { keyId } from '../shared/process-key.js';
import { SESSION, unpack } from './history-codec.js';
import type { Database } from './history-database.js';
import { bytesAt, numberAt, textAt } from './history-database.js';

/** How a session's life ended where no action of ours ended it: seen to go, or gone when looking began again. */
export const ENDED_ITSELF = 'self';
export const ENDED_UNSEEN = 'unseen';

/** After so long without a sign in looks that may not have seen everybody, a session counts as ended. */
const LOST_MS = 120_000;
/** A life's row is written when it is new or over, and else so often. */
const WRITE_MS = 60_000;
/** Pid and start stamp come again after a restart of the machine: two starts this far apart are two sessions. */
const SAME_START_MS = 120_000;
/** An end belongs to the session that went at that time. */
const END_MATCH_MS = 300_000;

export interface Lives {
  /** The number of each session of a look; who is missing has ended. To be called within a transaction. */
  readonly see: (sample: LookSample) => ReadonlyMap<LifeSample, number>;
  /** Notes what ended a session: the action log's word for it. */
  readonly endedBy: (pid: number, action: string, atMs: number) => void;
  /** What was undone with a transaction is read anew. */
  readonly reload: () => void;
}

interface Life {
  readonly id: number;
  readonly startedAtMs: number;
  seenMs: number;
  writtenMs: number;
  peak: number;
  /** Read from the file and not met again yet: it may have ended while nobody looked. */
  unmet: boolean;
}

const kilobytes = (bytes: number | null): number => (bytes === null ? 0 : Math.round(bytes / 1024));

export const createLives = (db: Database): Lives => {
  const running = new Map<string, Life>();

  /** Looks that were written but whose sessions' rows were not, before the program ended in whatever way. */
  const catchUp = (): void => {
    const byId = new Map([...running.values()].map((life) => [life.id, life]));
    if (byId.size === 0) return;
    db.each('SELECT at, covered, sessions FROM raw', [], (row) => {
      const atMs = numberAt(row, 0);
      unpack(bytesAt(row, 2), SESSION, numberAt(row, 1), (id, entry) => {
        const life = byId.get(id);
        if (life === undefined) return;
        life.seenMs = Math.max(life.seenMs, atMs);
        life.peak = Math.max(life.peak, entry[MEMORY + GREATEST] ?? 0);
      });
    });
  };
  const reload = (): void => {
    running.clear();
    db.each('SELECT id, pid, stamp, started, seen, peak FROM life WHERE ended IS NULL', [], (row) => {
      const [id, startedAtMs, seenMs, peak] = [numberAt(row, 0), numberAt(row, 3), numberAt(row, 4), numberAt(row, 5)];
      running.set(`${numberAt(row, 1)}:${textAt(row, 2)}`, { id, startedAtMs, seenMs, writtenMs: seenMs, peak, unmet: true });
    });
    catchUp();
  };
  reload();

  const write = (life: Life): void => {
    db.run('UPDATE life SET seen = ?, peak = ? WHERE id = ?', [life.seenMs, life.peak, life.id]);
    life.writtenMs = life.seenMs;
  };
  const end = (id: string, life: Life): void => {
    db.run('UPDATE life SET seen = ?, peak = ?, ended = ?, how = coalesce(how, ?) WHERE id = ?', [
      life.seenMs,
      life.peak,
      life.seenMs,
      life.unmet ? ENDED_UNSEEN : ENDED_ITSELF,
      life.id,
    ]);
    running.delete(id);
  };
  const begin = (id: string, { key, user, project, kind, startedAtMs, figures }: LifeSample, atMs: number): Life => {
    const peak = kilobytes(figures.memoryBytes);
    const values = [key.pid, key.startedAt, user, project, kind, startedAtMs, atMs, peak];
    const number = db.run(
      'INSERT INTO life (pid, stamp, user, project, kind, started, seen, peak) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      values,
    );
    const life = { id: number, startedAtMs, seenMs: atMs, writtenMs: atMs, peak, unmet: false };
    running.set(id, life);
    return life;
  };

  return {
    see: (sample) => {
      const ids = new Map<LifeSample, number>();
      const met = new Set<string>();
      for (const one of sample.lives) {
        const id = keyId(one.key);
        const known = running.get(id);
        const same = known !== undefined && (!known.unmet || Math.abs(known.startedAtMs - one.startedAtMs) <= SAME_START_MS);
        if (known !== undefined && !same) end(id, known);
        const life = same ? known : begin(id, one, sample.atMs);
        met.add(id);
        ids.set(one, life.id);
        life.unmet = false;
        life.seenMs = sample.atMs;
        life.peak = Math.max(life.peak, kilobytes(one.figures.memoryBytes));
        // A clock that was set back makes the difference negative.
        if (Math.abs(life.seenMs - life.writtenMs) >= WRITE_MS) write(life);
      }
      for (const [id, life] of running)
        if (!met.has(id) && (sample.complete || Math.abs(sample.atMs - life.seenMs) > LOST_MS)) end(id, life);
      return ids;
    },
    endedBy: (pid, action, atMs) => {
      db.run(
        `UPDATE life SET how = ? WHERE id = (SELECT id FROM life WHERE pid = ? AND started <= ? AND (ended IS NULL OR ended >= ?) ORDER BY id DESC LIMIT 1)`,
        [action, pid, atMs + 1000, atMs - END_MATCH_MS],
      );
    },
    reload,
  };
};
