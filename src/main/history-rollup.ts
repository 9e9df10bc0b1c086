import type { Entry } from '../shared/history-bucket.js';
import { addEntry, cover, createTally, entryOf, spread } from '../shared/history-bucket.js';
import type { Dimension } from './history-codec.js';
import { pack, SESSION, unpack } from './history-codec.js';
import type { Database, Row } from './history-database.js';
import { bytesAt, numberAt } from './history-database.js';
import type { Tier, TierTable } from './history-tables.js';
import { MINUTE_MS, TIERS } from './history-tables.js';

/** No look stands for more than this: raw rows that reach into a minute begin at most so much later. */
export const MOST_COVERED_MS = 600_000;

/** Buckets that have to be made, or made anew, once their time is over. */
export interface Rollup {
  /** A look was written that stands for this time. */
  readonly touched: (fromMs: number, toMs: number) => void;
  /** A bucket of a tier was written from outside: what is made of it is due. */
  readonly wrote: (table: TierTable, at: number) => void;
  /** Makes up to `most` buckets that were over at `nowMs`; whether more are to be made. Each is written as a whole or not at all. */
  readonly roll: (nowMs: number, most: number) => boolean;
  /** Finds anew what is due; for after a failure. */
  readonly reload: () => void;
}

type Sections = Map<Dimension, Map<number, Entry>>;

const DIMENSIONS: readonly Dimension[] = [0, 1, 2, 3, 4, 5];

/** Sums rows into one bucket: `overlapOf` says how much of a row's time lies in it. */
const bucketOf = (rows: readonly Row[], overlapOf: (row: Row) => number) => {
  const tallies = new Map(DIMENSIONS.map((dimension) => [dimension, createTally()]));
  let seq = 0;
  let coveredMs = 0;
  for (const row of rows) {
    const overlapMs = overlapOf(row);
    const rowMs = numberAt(row, 1);
    if (overlapMs <= 0 || rowMs <= 0) continue;
    coveredMs += overlapMs;
    seq = Math.max(seq, numberAt(row, 2));
    for (const [dimension, tally] of tallies) {
      cover(tally, overlapMs);
      unpack(bytesAt(row, dimension === SESSION ? 4 : 3), dimension, rowMs, (id, entry) => addEntry(tally, id, entry, rowMs, overlapMs));
    }
  }
  const sections: Sections = new Map();
  for (const [dimension, tally] of tallies) sections.set(dimension, new Map([...tally.sums.keys()].map((id) => [id, entryOf(tally, id)])));
  return { coveredMs: Math.round(coveredMs), seq, sections };
};

/** The bytes of a bucket's two columns. */
export const packSections = (
  sections: ReadonlyMap<Dimension, ReadonlyMap<number, Entry>>,
  coveredMs: number,
): readonly [Buffer, Buffer] => {
  const sessions = sections.get(SESSION) ?? new Map<number, Entry>();
  return [
    pack(new Map([...sections].filter(([dimension]) => dimension !== SESSION)), coveredMs),
    pack(new Map([[SESSION, sessions]]), coveredMs),
  ];
};

/** Makes minutes of looks, quarters of an hour of minutes and pairs of hours of those, of what is in the file alone: a crash at any moment leaves nothing out. */
export const createRollup = (db: Database): Rollup => {
  const due = new Map<Tier, Set<number>>(TIERS.map((tier) => [tier, new Set()]));
  const dueOf = (tier: Tier): Set<number> => due.get(tier) ?? new Set();

  const touched: Rollup['touched'] = (fromMs, toMs) => spread(fromMs, toMs, MINUTE_MS, (at) => dueOf(TIERS[0]).add(at));

  const reload = (): void => {
    for (const set of due.values()) set.clear();
    db.each('SELECT at, covered FROM raw WHERE seq > (SELECT ifnull(max(seq), 0) FROM minute)', [], (row) =>
      touched(numberAt(row, 0) - numberAt(row, 1), numberAt(row, 0)),
    );
    // The last raw row of a minute that was made reaches into the next one as well.
    db.each('SELECT at, covered FROM raw WHERE seq = (SELECT max(seq) FROM minute)', [], (row) =>
      touched(numberAt(row, 0) - numberAt(row, 1), numberAt(row, 0)),
    );
    TIERS.forEach((tier, index) => {
      const finer = TIERS[index - 1];
      if (finer === undefined) return;
      db.each(
        `SELECT DISTINCT at / ${tier.stepMs} FROM ${finer.table} WHERE seq > (SELECT ifnull(max(seq), 0) FROM ${tier.table})`,
        [],
        (row) => dueOf(tier).add(numberAt(row, 0) * tier.stepMs),
      );
    });
  };
  reload();

  const write = (tier: Tier, at: number, bucket: ReturnType<typeof bucketOf>): void => {
    if (bucket.coveredMs === 0) return;
    const [data, sessions] = packSections(bucket.sections, bucket.coveredMs);
    db.run(`INSERT OR REPLACE INTO ${tier.table} (at, covered, seq, data, sessions) VALUES (?, ?, ?, ?, ?)`, [
      at,
      bucket.coveredMs,
      bucket.seq,
      data,
      sessions,
    ]);
  };

  /** A minute that was made already (the clock was set back into it, or a late look reaches into it) is added to. */
  const makeMinute = (at: number): void => {
    const made = db.rows('SELECT at, covered, seq, data, sessions FROM minute WHERE at = ?', [at]);
    const since = numberAt(made[0], 2);
    const end = at + MINUTE_MS;
    const looks = db.rows('SELECT at, covered, seq, data, sessions FROM raw WHERE at > ? AND at < ? AND seq > ?', [
      at,
      end + MOST_COVERED_MS,
      since,
    ]);
    const overlapOf = (row: Row): number => Math.min(numberAt(row, 0), end) - Math.max(numberAt(row, 0) - numberAt(row, 1), at);
    const isMade = (row: Row): boolean => row === made[0];
    write(
      TIERS[0],
      at,
      bucketOf([...made, ...looks], (row) => (isMade(row) ? numberAt(row, 1) : overlapOf(row))),
    );
  };
  /** A coarser bucket whose finer ones have been cleared away stays as it is. */
  const makeCoarser = (tier: Tier, finer: Tier, at: number): void => {
    const kept = numberAt(db.rows(`SELECT ifnull(min(at), 0) FROM ${finer.table}`)[0], 0);
    if (at < kept && db.rows(`SELECT 1 FROM ${tier.table} WHERE at = ?`, [at]).length > 0) return;
    const rows = db.rows(`SELECT at, covered, seq, data, sessions FROM ${finer.table} WHERE at >= ? AND at < ?`, [at, at + tier.stepMs]);
    write(
      tier,
      at,
      bucketOf(rows, (row) => numberAt(row, 1)),
    );
  };

  const wrote: Rollup['wrote'] = (table, at) => {
    const coarser = TIERS[TIERS.findIndex((tier) => tier.table === table) + 1];
    if (coarser !== undefined) dueOf(coarser).add(Math.floor(at / coarser.stepMs) * coarser.stepMs);
  };
  const makeOne = (nowMs: number): boolean => {
    for (const [index, tier] of TIERS.entries()) {
      const at = [...dueOf(tier)].find((bucket) => bucket + tier.stepMs <= nowMs);
      if (at === undefined) continue;
      db.transaction(() => {
        const finer = TIERS[index - 1];
        if (finer === undefined) makeMinute(at);
        else makeCoarser(tier, finer, at);
      });
      dueOf(tier).delete(at);
      wrote(tier.table, at);
      return true;
    }
    return false;
  };

  return {
    touched,
    wrote,
    reload,
    roll: (nowMs, most) => {
      for (let made = 0; made < most; made++) if (!makeOne(nowMs)) return false;
      return true;
    },
  };
};
