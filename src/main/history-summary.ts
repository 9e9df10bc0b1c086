import type { Config } from '../shared/config.js';
import { memoryLimitBytes } from '../shared/config.js';
import type { HistoryRange, HistorySummary, Metric, Use, UserUse } from '../shared/history.js';
import type { Entry, Tally } from '../shared/history-bucket.js';
import {
  addEntry,
  CPU,
  cover,
  createTally,
  entryOf,
  GREATEST,
  isUnknown,
  MEAN,
  MEMORY,
  PROCESSES,
  UNKNOWN_MS,
} from '../shared/history-bucket.js';
import { runTimeClasses } from '../shared/statistics.js';
import type { Dimension } from './history-codec.js';
import { PROJECT, SERVER, SESSION, SESSIONS, TOTAL, USER, unpack, WHOLE } from './history-codec.js';
import type { Database } from './history-database.js';
import { bytesAt, numberAt, textAt } from './history-database.js';
import { growthOf } from './history-growth.js';
import { ENDED_ITSELF, ENDED_UNSEEN } from './history-lives.js';
import type { Context } from './history-query.js';
import { sinceOf } from './history-query.js';
import type { Grid } from './history-rows.js';
import { eachPiece, gridOf } from './history-rows.js';

/** Figures of the head need no more buckets than this; coarser ones are read faster. */
const BUCKETS = 110;
/** An older look is not "now". */
const FRESH_MS = 600_000;
const HOUR_MS = 3_600_000;
/** So many lines of a list tell what there is to tell. */
const MOST_LINES = 50;
const DIMENSIONS = [WHOLE, USER, PROJECT, SERVER] as const;
const CLEANUPS: readonly string[] = ['CLEAN_ORPHANS', 'CLEAN_OLD', 'AUTO_CLEANUP'];

const BYTES = 1024;
const TENTH = 0.1;

interface Collected {
  readonly grid: Grid;
  /** Each dimension over all of the range. */
  readonly all: ReadonlyMap<Dimension, Tally>;
  /** Sums of everything, and who was active, bucket by bucket. */
  readonly whole: readonly Tally[];
  readonly active: readonly ReadonlySet<number>[];
}

const tallyIn = (tallies: ReadonlyMap<Dimension, Tally>, dimension: Dimension): Tally => tallies.get(dimension) ?? createTally();

const collect = (db: Database, grid: Grid): Collected => {
  const all = new Map<Dimension, Tally>(DIMENSIONS.map((dimension) => [dimension, createTally()]));
  const whole = grid.times.map(createTally);
  const active = grid.times.map(() => new Set<number>());
  eachPiece(db, grid, { column: 'data' }, ({ bucket, rowMs, overlapMs, bytes }) => {
    const tally = whole[bucket];
    if (tally === undefined) return;
    cover(tally, overlapMs);
    for (const sum of all.values()) cover(sum, overlapMs);
    unpack(bytes, null, rowMs, (id, entry, dimension) => {
      if (dimension === WHOLE) addEntry(tally, id, entry, rowMs, overlapMs);
      if (dimension === USER && (entry[PROCESSES + GREATEST] ?? 0) > 0) active[bucket]?.add(id);
      if (dimension === WHOLE || dimension === USER || dimension === PROJECT || dimension === SERVER)
        addEntry(tallyIn(all, dimension), id, entry, rowMs, overlapMs);
    });
  });
  return { grid, all, whole, active };
};

/** The last look, where it is not too long ago: entries by dimension and id. */
const lastLook = (db: Database, nowMs: number): ReadonlyMap<Dimension, ReadonlyMap<number, Entry>> | null => {
  const [row] = db.rows('SELECT at, covered, data, sessions FROM raw WHERE at <= ? ORDER BY at DESC LIMIT 1', [nowMs]);
  if (row === undefined || nowMs - numberAt(row, 0) > FRESH_MS) return null;
  const found = new Map<Dimension, Map<number, Entry>>(([WHOLE, USER, PROJECT, SERVER, SESSION] as const).map((one) => [one, new Map()]));
  const take = (bytes: Uint8Array): void =>
    unpack(bytes, null, numberAt(row, 1), (id, entry, dimension) => {
      for (const [known, entries] of found) if (known === dimension) entries.set(id, entry.slice());
    });
  take(bytesAt(row, 2));
  take(bytesAt(row, 3));
  return found;
};

const value = (entry: Entry | undefined, quantity: number, which: number, factor: number, coveredMs: number): number | null =>
  entry === undefined || coveredMs === 0 || isUnknown(entry, quantity, coveredMs) ? null : (entry[quantity + which] ?? 0) * factor;

const inTally = (tally: Tally, id: number, quantity: number, which: number, factor: number): number | null =>
  value(entryOf(tally, id), quantity, which, factor, tally.coveredMs);

const known = (number: number | null): number is number => number !== null;
const minus = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a - b);

/** What one figure of the head is made of: per bucket its mean and its greatest. */
interface Track {
  readonly means: readonly (number | null)[];
  readonly greatest: readonly (number | null)[];
  readonly mean: number | null;
}

const metricOf = ({ times }: Grid, { means, greatest, mean }: Track, now: number | null, before: number | null): Metric => {
  const peak = Math.max(...greatest.filter(known), Number.NEGATIVE_INFINITY);
  const end = now ?? means.findLast(known) ?? null;
  return {
    now: end,
    change: minus(end, means.find(known) ?? null),
    mean,
    peak: Number.isFinite(peak) ? peak : null,
    peakAtMs: Number.isFinite(peak) ? (times[greatest.indexOf(peak)] ?? null) : null,
    meanBefore: before,
  };
};

const trackOf = ({ whole, all }: Collected, id: number, quantity: number, factor: number): Track => ({
  means: whole.map((tally) => inTally(tally, id, quantity, MEAN, factor)),
  greatest: whole.map((tally) => inTally(tally, id, quantity, GREATEST, factor)),
  mean: inTally(tallyIn(all, WHOLE), id, quantity, MEAN, factor),
});

const activeTrack = ({ whole, active }: Collected): Track => {
  const counts = active.map((users, index) => ((whole[index]?.coveredMs ?? 0) === 0 ? null : users.size));
  const covered = whole.reduce((sum, { coveredMs }) => sum + coveredMs, 0);
  const sum = whole.reduce((total, { coveredMs }, index) => total + coveredMs * (counts[index] ?? 0), 0);
  return { means: counts, greatest: counts, mean: covered === 0 ? null : sum / covered };
};

/** Quantity × hours of one id over all of a tally; what is not known counts for nothing. */
const hoursOf = (tally: Tally, id: number, quantity: number, factor: number): number => {
  const entry = entryOf(tally, id);
  const knownMs = tally.coveredMs - (entry[quantity + UNKNOWN_MS] ?? 0);
  return ((entry[quantity + MEAN] ?? 0) * factor * Math.max(0, knownMs)) / HOUR_MS;
};

/** One core used for an hour. */
const cpuHoursOf = (tally: Tally, id: number): number => hoursOf(tally, id, CPU, TENTH) / 100;

const nameOf = (db: Database, id: number): string | null => textAt(db.rows('SELECT text FROM name WHERE id = ?', [id])[0], 0) || null;

const usersOf = (
  db: Database,
  tally: Tally,
  now: ReadonlyMap<number, Entry> | undefined,
  config: Config,
  grid: Grid,
): readonly UserUse[] => {
  const endings = new Map(
    db
      .rows('SELECT user, count(*), sum(how NOT IN (?, ?)) FROM life WHERE ended >= ? AND ended <= ? GROUP BY user', [
        ENDED_ITSELF,
        ENDED_UNSEEN,
        grid.fromMs,
        grid.toMs,
      ])
      .map((row) => [textAt(row, 0), { all: numberAt(row, 1), here: numberAt(row, 2) }]),
  );
  return [...tally.sums.keys()]
    .map((id): UserUse => {
      const user = nameOf(db, id);
      const own = user !== null && Object.hasOwn(config.user_limits, user) ? config.user_limits[user] : undefined;
      const entry = now?.get(id);
      return {
        user,
        memoryBytes: now === undefined ? null : entry === undefined ? 0 : value(entry, MEMORY, MEAN, BYTES, 1),
        memoryByteHours: hoursOf(tally, id, MEMORY, BYTES),
        cpuHours: cpuHoursOf(tally, id),
        processes: now === undefined ? null : Math.round((entry?.[PROCESSES + MEAN] ?? 0) * TENTH),
        peakBytes: inTally(tally, id, MEMORY, GREATEST, BYTES),
        sessionsEnded: endings.get(user ?? '')?.all ?? 0,
        endedHere: endings.get(user ?? '')?.here ?? 0,
        limitBytes: memoryLimitBytes(config, user),
        maxProcesses: own?.max_processes ?? config.user_limits.default?.max_processes ?? null,
      };
    })
    .sort((a, b) => b.memoryByteHours - a.memoryByteHours);
};

const usesOf = (db: Database, tally: Tally, now: ReadonlyMap<number, Entry> | undefined, usersBy: ReadonlyMap<string, readonly string[]>) =>
  [...tally.sums.keys()]
    .map((id): Use => {
      const name = nameOf(db, id);
      const entry = now?.get(id);
      return {
        name,
        users: (usersBy.get(name ?? '') ?? []).map((user) => user || null),
        memoryBytes: now === undefined ? null : entry === undefined ? 0 : value(entry, MEMORY, MEAN, BYTES, 1),
        meanBytes: inTally(tally, id, MEMORY, MEAN, BYTES),
        peakBytes: inTally(tally, id, MEMORY, GREATEST, BYTES),
        memoryByteHours: hoursOf(tally, id, MEMORY, BYTES),
        cpuHours: cpuHoursOf(tally, id),
        copies: Math.round((entry?.[PROCESSES + MEAN] ?? 0) * TENTH),
      };
    })
    .sort((a, b) => b.memoryByteHours - a.memoryByteHours)
    .slice(0, MOST_LINES);

const usersByProject = (db: Database, { fromMs, toMs }: Grid): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>();
  db.each('SELECT DISTINCT project, user FROM life WHERE seen >= ? AND started <= ?', [fromMs, toMs], (row) => {
    const users = found.get(textAt(row, 0)) ?? [];
    found.set(textAt(row, 0), [...users, textAt(row, 1)]);
  });
  return found;
};

const endedIn = (db: Database, { fromMs, toMs }: Grid): HistorySummary['ended'] => {
  const ended = { byHand: 0, byCleanup: 0, refused: 0, failed: 0, freedBytes: 0 };
  db.each(
    'SELECT kind, action, sum(count), sum(freed) FROM event WHERE at >= ? AND at <= ? GROUP BY kind, action',
    [fromMs, toMs],
    (row) => {
      const [kind, action, count] = [textAt(row, 0), textAt(row, 1), numberAt(row, 2)];
      if (kind === 'refused' || kind === 'failed') ended[kind] += count;
      if (kind !== 'ended' && kind !== 'cleanup') return;
      ended[CLEANUPS.includes(action) ? 'byCleanup' : 'byHand'] += count;
      ended.freedBytes += numberAt(row, 3);
    },
  );
  return ended;
};

const runTimesIn = (db: Database, grid: Grid, runningIds: ReadonlyMap<number, number>, nowMs: number): HistorySummary['runTimes'] => {
  const ended = db.rows('SELECT ended - started FROM life WHERE ended >= ? AND ended <= ?', [grid.fromMs, grid.toMs]);
  const running = db.rows('SELECT id, started FROM life WHERE ended IS NULL').filter((row) => runningIds.has(numberAt(row, 0)));
  return {
    ended: runTimeClasses(ended.map((row) => numberAt(row, 0))),
    running: runTimeClasses(running.map((row) => Math.max(0, nowMs - numberAt(row, 1)))),
  };
};

/** The means of the same length of time before a range; null where less than half of it was recorded. */
const before = (db: Database, { fromMs, toMs }: Grid, nowMs: number): Collected | null => {
  const length = toMs - fromMs;
  const grid = gridOf(db, { type: 'span', fromMs: Math.max(0, fromMs - length), toMs: fromMs }, nowMs, BUCKETS);
  const collected = collect(db, grid);
  return tallyIn(collected.all, WHOLE).coveredMs < length / 2 ? null : collected;
};

/** Answers for the head, the lists and the histogram of a range. Throws the database's errors. */
export const readSummary = (db: Database, range: HistoryRange, config: Config, context: Context): HistorySummary => {
  const { nowMs } = context;
  const grid = gridOf(db, range, nowMs, BUCKETS);
  const collected = collect(db, grid);
  const earlier = before(db, grid, nowMs);
  const now = nowMs - grid.toMs > FRESH_MS ? null : lastLook(db, nowMs);
  const whole = tallyIn(collected.all, WHOLE);
  const metric = (id: number, quantity: number, factor: number): Metric =>
    metricOf(
      grid,
      trackOf(collected, id, quantity, factor),
      value(now?.get(WHOLE)?.get(id), quantity, MEAN, factor, 1),
      earlier === null ? null : trackOf(earlier, id, quantity, factor).mean,
    );
  const running = new Map([...(now?.get(SESSION) ?? [])].map(([id, entry]) => [id, (entry[MEMORY + MEAN] ?? 0) * BYTES]));
  return {
    fromMs: grid.fromMs,
    toMs: grid.toMs,
    sinceMs: sinceOf(db),
    recording: context.recording,
    version: context.version,
    recordedMs: Math.round(whole.coveredMs),
    metrics: {
      processes: metric(TOTAL, PROCESSES, TENTH),
      sessions: metric(SESSIONS, PROCESSES, TENTH),
      memoryBytes: metric(TOTAL, MEMORY, BYTES),
      activeUsers: metricOf(
        grid,
        activeTrack(collected),
        now?.get(USER)?.size ?? null,
        earlier === null ? null : activeTrack(earlier).mean,
      ),
      cpuPercent: metric(TOTAL, CPU, TENTH),
    },
    memoryByteHours: hoursOf(whole, TOTAL, MEMORY, BYTES),
    cpuHours: cpuHoursOf(whole, TOTAL),
    ended: endedIn(db, grid),
    users: usersOf(db, tallyIn(collected.all, USER), now?.get(USER), config, grid),
    projects: usesOf(db, tallyIn(collected.all, PROJECT), now?.get(PROJECT), usersByProject(db, grid)),
    servers: usesOf(db, tallyIn(collected.all, SERVER), now?.get(SERVER), new Map()),
    growth: growthOf(db, running, config, nowMs),
    runTimes: runTimesIn(db, grid, running, nowMs),
  };
};
