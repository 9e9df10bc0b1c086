import type {
  HistoryAnswer,
  HistoryGrouping,
  HistoryRange,
  HistorySeries,
  Measured,
  Recording,
  Series,
  SessionRef,
} from '../shared/history.js';
import { MOST_POINTS, MOST_SERIES } from '../shared/history.js';
import type { Entry, Tally } from '../shared/history-bucket.js';
import {
  addEntry,
  CPU,
  cover,
  createTally,
  ENTRY_LENGTH,
  entryOf,
  GREATEST,
  isUnknown,
  LEAST,
  MEAN,
  MEMORY,
  PROCESSES,
} from '../shared/history-bucket.js';
import { KINDS } from '../shared/types.js';
import type { Dimension } from './history-codec.js';
import { HOST, KIND, LEFT_OVER, PROJECT, SESSION, SESSIONS, TOTAL, USER, unpack, WHOLE } from './history-codec.js';
import type { Database, Row } from './history-database.js';
import { maybeNumberAt, numberAt, textAt } from './history-database.js';
import { readEvents } from './history-events.js';
import type { Grid } from './history-rows.js';
import { eachPiece, gridOf } from './history-rows.js';

export interface SeriesQuestion {
  readonly range: HistoryRange;
  readonly by: HistoryGrouping;
  readonly tail: { readonly fromBucketMs: number; readonly ids: readonly string[] } | null;
}

/** What an answer says beside the figures. */
export interface Context {
  readonly nowMs: number;
  readonly recording: Recording;
  readonly version: number;
  readonly hostTotalBytes: number | null;
}

const DIMENSIONS = { user: USER, kind: KIND, project: PROJECT, session: SESSION } as const;
/** What the stored units are in the contract's: kilobytes, tenths of a percent, tenths of a process. */
const KILOBYTE = 1024;
const TENTH = 0.1;
const OTHER = 'other';

/** The oldest moment that is kept; null = nothing was recorded yet. */
export const sinceOf = (db: Database): number | null => {
  const firsts = db.rows(
    'SELECT min(at) FROM minute UNION ALL SELECT min(at) FROM quarter UNION ALL SELECT min(at) FROM block UNION ALL SELECT min(at - covered) FROM raw',
  );
  const known = firsts.map((row) => maybeNumberAt(row, 0)).filter((at) => at !== null);
  if (known.length === 0) return null;
  // A bucket begins before the first look that is in it.
  const begun = Number(textAt(db.rows("SELECT value FROM meta WHERE key = 'since'")[0], 0)) || 0;
  return Math.max(begun, Math.min(...known));
};

/** One quantity of a group's entries (null = nothing was recorded in that bucket) as a series. */
const seriesOf = (column: Column, { coveredMs }: Covered, quantity: number, factor: number): Series => {
  const list = (which: number): readonly (number | null)[] =>
    column.map((entry, index) =>
      entry === null || isUnknown(entry, quantity, coveredMs[index] ?? 0)
        ? null
        : Math.round((entry[quantity + which] ?? 0) * factor * 10) / 10,
    );
  return { min: list(LEAST), mean: list(MEAN), max: list(GREATEST) };
};

const measuredOf = (column: Column, covered: Covered): Measured => ({
  memoryBytes: seriesOf(column, covered, MEMORY, KILOBYTE),
  cpuPercent: seriesOf(column, covered, CPU, TENTH),
  processes: seriesOf(column, covered, PROCESSES, TENTH),
});

type Column = readonly (Entry | null)[];

interface Covered {
  readonly coveredMs: readonly number[];
}

/** Sums one dimension over the buckets of a grid, from the bucket `first` on. */
const talliesOf = (db: Database, grid: Grid, first: number, dimension: Dimension): readonly Tally[] => {
  const tallies = grid.times.slice(first).map(createTally);
  eachPiece(db, grid, { column: dimension === SESSION ? 'sessions' : 'data', first }, ({ bucket, rowMs, overlapMs, bytes }) => {
    const tally = tallies[bucket - first];
    if (tally === undefined) return;
    cover(tally, overlapMs);
    unpack(bytes, dimension, rowMs, (id, entry) => addEntry(tally, id, entry, rowMs, overlapMs));
  });
  return tallies;
};

const ABSENT: Entry = new Float64Array(ENTRY_LENGTH);

const columnOf = (tallies: readonly Tally[], id: number): Column =>
  tallies.map((tally) => (tally.coveredMs === 0 ? null : tally.sums.has(id) ? entryOf(tally, id) : ABSENT));

/** All that is not named, summed: its least and greatest are bounds, for not everybody is at the least at once. */
const restOf = (tallies: readonly Tally[], named: ReadonlySet<number>): Column =>
  tallies.map((tally) => {
    if (tally.coveredMs === 0) return null;
    const sum = new Float64Array(ENTRY_LENGTH);
    for (const id of tally.sums.keys()) {
      if (named.has(id)) continue;
      const entry = entryOf(tally, id);
      for (const quantity of [MEMORY, CPU, PROCESSES])
        if (!isUnknown(entry, quantity, tally.coveredMs))
          for (const which of [LEAST, MEAN, GREATEST])
            sum[quantity + which] = (sum[quantity + which] ?? 0) + (entry[quantity + which] ?? 0);
    }
    return sum;
  });

/** Ids by how much memory they held for how long, most first. */
const ranked = (tallies: readonly Tally[]): readonly number[] => {
  const weights = new Map<number, number>();
  for (const { sums } of tallies) for (const [id, sum] of sums) weights.set(id, (weights.get(id) ?? 0) + (sum[MEMORY + MEAN] ?? 0));
  return [...weights].sort(([idA, a], [idB, b]) => b - a || idA - idB).map(([id]) => id);
};

const kindOf = (text: string): SessionRef['kind'] => KINDS.find((kind) => kind === text) ?? 'unverified';

/** A session out of a row of id, pid, stamp, user, project, kind, started, ended. */
export const sessionOf = (row: Row): SessionRef => ({
  key: { pid: numberAt(row, 1), startedAt: textAt(row, 2) },
  user: textAt(row, 3) || null,
  project: textAt(row, 4) || null,
  kind: kindOf(textAt(row, 5)),
  startedAtMs: numberAt(row, 6),
  endedAtMs: maybeNumberAt(row, 7),
});
export const SESSION_COLUMNS = 'id, pid, stamp, user, project, kind, started, ended';

interface Group {
  readonly id: string;
  readonly name: string | null;
  readonly session: SessionRef | null;
}

const groupOf = (db: Database, by: HistoryGrouping, id: number): Group => {
  if (by === 'session') {
    const [row] = db.rows(`SELECT ${SESSION_COLUMNS} FROM life WHERE id = ?`, [id]);
    return { id: `session:${id}`, name: null, session: row === undefined ? null : sessionOf(row) };
  }
  const name = textAt(db.rows('SELECT text FROM name WHERE id = ?', [id])[0], 0) || null;
  return { id: name === null ? by : `${by}:${name}`, name, session: null };
};

/** The stored id of a group; null = there is none. */
const storedId = (db: Database, by: HistoryGrouping, id: string): number | null => {
  if (id !== by && !id.startsWith(`${by}:`)) return null;
  const text = id.slice(by.length + 1);
  if (by === 'session') return /^\d{1,15}$/.test(text) ? Number(text) : null;
  return maybeNumberAt(db.rows('SELECT id FROM name WHERE dimension = ? AND text = ?', [DIMENSIONS[by], text])[0], 0);
};

/** Which groups are shown by name, and which only as the rest. */
const chosen = (db: Database, { by, tail }: SeriesQuestion, all: readonly number[], most: number): readonly number[] => {
  if (tail === null) return all.slice(0, most);
  return tail.ids.flatMap((id) => storedId(db, by, id) ?? []);
};

/** Answers a question for series over time. Throws the database's errors. */
export const readSeries = (
  db: Database,
  question: SeriesQuestion,
  context: Context,
  most = { series: MOST_SERIES, points: MOST_POINTS },
): HistoryAnswer => {
  const { range, by, tail } = question;
  const grid = gridOf(db, range, context.nowMs, most.points);
  const first = tail === null ? 0 : grid.times.indexOf(tail.fromBucketMs);
  // A tail that is none of this grid's is answered with nothing: the asker asks for all of it then.
  const times = first < 0 ? [] : grid.times.slice(first);
  const from = first < 0 ? grid.times.length : first;
  const whole = talliesOf(db, grid, from, WHOLE);
  const groups = talliesOf(db, grid, from, DIMENSIONS[by]);
  const coveredMs = whole.map((tally) => tally.coveredMs);
  const covered: Covered = { coveredMs };
  const all = ranked(groups);
  const named = chosen(db, question, all, most.series);
  const series: HistorySeries[] = named.map((id) => ({ ...groupOf(db, by, id), ...measuredOf(columnOf(groups, id), covered) }));
  const hasRest = all.some((id) => !named.includes(id));
  if (hasRest || tail?.ids.includes(OTHER))
    series.push({ id: OTHER, name: null, session: null, ...measuredOf(restOf(groups, new Set(named)), covered) });
  const ofWhole = (id: number, quantity: number, factor: number): Series => seriesOf(columnOf(whole, id), covered, quantity, factor);
  return {
    by,
    fromMs: grid.fromMs,
    toMs: grid.toMs,
    stepMs: grid.stepMs,
    times,
    total: measuredOf(columnOf(whole, TOTAL), covered),
    sessions: ofWhole(SESSIONS, PROCESSES, TENTH),
    leftOverBytes: ofWhole(LEFT_OVER, MEMORY, KILOBYTE),
    hostAvailableBytes: ofWhole(HOST, MEMORY, KILOBYTE),
    hostCpuPercent: ofWhole(HOST, CPU, TENTH),
    hostTotalBytes: context.hostTotalBytes,
    series,
    events: readEvents(db, Math.max(grid.fromMs, times[0] ?? grid.fromMs), grid.toMs),
    sinceMs: sinceOf(db),
    recording: context.recording,
    version: context.version,
  };
};
