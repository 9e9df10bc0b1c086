import type { HistoryEvent } from '../shared/history.js';
import { lookEntry } from '../shared/history-bucket.js';
import type { Figures, LookSample, Named } from '../shared/history-sample.js';
import type { Dimension, Entries } from './history-codec.js';
import { HOST, KIND, LEFT_OVER, PROJECT, SERVER, SESSION, SESSIONS, TOTAL, USER, WHOLE } from './history-codec.js';
import type { Database } from './history-database.js';
import { numberAt } from './history-database.js';
import { createLives } from './history-lives.js';
import { createNames } from './history-names.js';
import { createRollup, packSections } from './history-rollup.js';
import { createStates } from './history-states.js';
import type { TierTable } from './history-tables.js';

/** Something that is to be noted, and the pids whose sessions it ended. */
export interface NewEvent extends Omit<HistoryEvent, 'id'> {
  readonly endedPids: readonly number[];
}

export interface Retention {
  readonly minuteMs: number;
  readonly quarterMs: number;
}

export interface Writer {
  /** Writes looks and events, all or nothing. */
  readonly write: (looks: readonly LookSample[], events: readonly NewEvent[], meta: Readonly<Record<string, string>>) => void;
  /** Writes looks that each stand for a whole bucket of a tier, in the order of time: a past that is made up (history-month.ts). */
  readonly writeBuckets: (table: TierTable, looks: readonly LookSample[]) => void;
  /** Makes some of the buckets that are due; whether there are more. */
  readonly roll: (nowMs: number) => boolean;
  /** Clears some of what is too old, only once nothing is left to be made of it; whether there is more. */
  readonly clear: (nowMs: number, retention: Retention) => boolean;
}

/** Raw looks are kept a little longer than they are shown: a minute is made of them first. */
export const RAW_MS = 3_900_000;
/** Settings are tried on at least a week. */
const STATES_MS = 604_800_000;
/** A bulk takes at most so long from its first line in the log to its last. */
const BULK_MS = 600_000;
const AT_ONCE = 20;
const ROWS_AT_ONCE = 400;
const HOUR_MS = 3_600_000;

const toKilobytes = (bytes: number | null): number | null => (bytes === null ? null : bytes / 1024);
const toTenths = (value: number | null): number | null => (value === null ? null : value * 10);

/** Writes looks into an open database of the present schema, as its only writer. */
export const createWriter = (db: Database): Writer => {
  const names = createNames(db);
  const lives = createLives(db);
  const states = createStates(db);
  const rollup = createRollup(db);

  const bytesOf = (look: LookSample): readonly [Buffer, Buffer] => {
    const { atMs, coveredMs, host } = look;
    const entryOfFigures = ({ memoryBytes, cpuPercent, processes }: Figures) =>
      lookEntry(toKilobytes(memoryBytes), toTenths(cpuPercent), processes * 10, coveredMs);
    const entriesOf = (dimension: Dimension, named: Named): Entries =>
      new Map([...named].map(([name, figures]) => [names.idOf(dimension, name, atMs), entryOfFigures(figures)]));
    const ids = lives.see(look);
    states.see(look);
    const sections = new Map<Dimension, Entries>([
      [
        WHOLE,
        new Map([
          [TOTAL, entryOfFigures(look.total)],
          [HOST, lookEntry(toKilobytes(host.availableBytes), toTenths(host.cpuPercent), 0, coveredMs)],
          [SESSIONS, entryOfFigures(look.sessions)],
          [LEFT_OVER, entryOfFigures(look.leftOver)],
        ]),
      ],
      [USER, entriesOf(USER, look.users)],
      [KIND, entriesOf(KIND, look.kinds)],
      [PROJECT, entriesOf(PROJECT, look.projects)],
      [SERVER, entriesOf(SERVER, look.servers)],
      [SESSION, new Map(look.lives.map((life) => [ids.get(life) ?? 0, entryOfFigures(life.figures)]))],
    ]);
    return packSections(sections, coveredMs);
  };
  const noteBeginning = ({ atMs, coveredMs }: LookSample): void => {
    db.run("INSERT OR IGNORE INTO meta (key, value) VALUES ('since', ?)", [String(atMs - coveredMs)]);
  };
  const writeLook = (look: LookSample): void => {
    const { atMs, coveredMs } = look;
    db.run('INSERT INTO raw (at, covered, data, sessions) VALUES (?, ?, ?, ?)', [atMs, coveredMs, ...bytesOf(look)]);
  };
  /** The log has a line for each process of a bulk and then one for all of it: the one mark takes the place of the many. */
  const writeEvent = (event: NewEvent): void => {
    const { atMs, kind, action, user, processKind, count, freedBytes, endedPids } = event;
    const single = endedPids.length === 1 ? (endedPids[0] ?? null) : null;
    for (const pid of endedPids) {
      if (single === null || kind === 'cleanup')
        db.run('DELETE FROM event WHERE pid = ? AND at BETWEEN ? AND ?', [pid, atMs - BULK_MS, atMs]);
      lives.endedBy(pid, action, atMs);
    }
    const values = [atMs, kind, action, user, processKind, count, freedBytes, single];
    db.run('INSERT INTO event (at, kind, action, user, process_kind, count, freed, pid) VALUES (?, ?, ?, ?, ?, ?, ?, ?)', values);
  };

  let namesClearedMs = 0;
  /** Whether there was enough to be cleared that there may be more. */
  const clear = (table: string, column: string, beforeMs: number): boolean => {
    const [row] = db.rows(`SELECT count(*) FROM (SELECT 1 FROM ${table} WHERE ${column} < ? LIMIT ${ROWS_AT_ONCE})`, [beforeMs]);
    if (numberAt(row, 0) === 0) return false;
    const key = table === 'raw' ? 'seq' : table === 'life' || table === 'event' || table === 'state' ? 'id' : 'at';
    db.run(`DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${column} < ? LIMIT ${ROWS_AT_ONCE})`, [beforeMs]);
    return numberAt(row, 0) === ROWS_AT_ONCE;
  };
  const clearOld = (nowMs: number, { minuteMs, quarterMs }: Retention): boolean => {
    const oldest = nowMs - Math.max(minuteMs, quarterMs);
    const more = [
      clear('raw', 'at', nowMs - RAW_MS),
      clear('minute', 'at', nowMs - minuteMs),
      clear('quarter', 'at', nowMs - quarterMs),
      clear('block', 'at', nowMs - quarterMs),
      clear('event', 'at', oldest),
      clear('life', 'seen', oldest),
      clear('state', 'seen', nowMs - Math.max(minuteMs, STATES_MS)),
    ];
    if (Math.abs(nowMs - namesClearedMs) > HOUR_MS) {
      names.prune(oldest);
      namesClearedMs = nowMs;
    }
    return more.includes(true);
  };

  return {
    write: (looks, events, meta) => {
      try {
        db.transaction(() => {
          looks.forEach(writeLook);
          events.forEach(writeEvent);
          const [first] = looks;
          if (first !== undefined) noteBeginning(first);
          for (const [key, value] of Object.entries(meta)) db.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', [key, value]);
        });
      } catch (error) {
        names.reload();
        lives.reload();
        states.reload();
        throw error;
      }
      for (const { atMs, coveredMs } of looks) rollup.touched(atMs - coveredMs, atMs);
    },
    writeBuckets: (table, looks) => {
      db.transaction(() => {
        for (const look of looks) {
          const at = look.atMs - look.coveredMs;
          noteBeginning(look);
          db.run(`INSERT OR REPLACE INTO ${table} (at, covered, seq, data, sessions) VALUES (?, ?, 0, ?, ?)`, [
            at,
            look.coveredMs,
            ...bytesOf(look),
          ]);
          rollup.wrote(table, at);
        }
      });
    },
    roll: (nowMs) => rollup.roll(nowMs, AT_ONCE),
    clear: clearOld,
  };
};
