import type { HistoryRange } from '../shared/history.js';
import { MOST_POINTS } from '../shared/history.js';
import { spread, stepFor } from '../shared/history-bucket.js';
import type { Database, Row } from './history-database.js';
import { bytesAt, maybeNumberAt, numberAt } from './history-database.js';
import { BLOCK_MS, MINUTE_MS, QUARTER_MS, TIERS } from './history-tables.js';

const HOUR_MS = 3_600_000;
const LENGTHS_MS = { '1h': HOUR_MS, '6h': 6 * HOUR_MS, '24h': 24 * HOUR_MS, '7d': 168 * HOUR_MS, '30d': 720 * HOUR_MS } as const;
/** Raw looks answer for a little more than the last hour. */
const RAW_RANGE_MS = HOUR_MS + MINUTE_MS;

/** A span of time in buckets: `times` are their beginnings. */
export interface Grid {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  readonly times: readonly number[];
}

/** The span that a range means now; it never reaches beyond now, and is at least a second long. */
export const spanOf = (range: HistoryRange, nowMs: number): { readonly fromMs: number; readonly toMs: number } => {
  if (range.type === 'last') return { fromMs: nowMs - LENGTHS_MS[range.last], toMs: nowMs };
  const toMs = Math.min(range.toMs, nowMs);
  return { fromMs: Math.min(range.fromMs, toMs - 1000), toMs };
};

const oldest = (db: Database, table: string): number =>
  maybeNumberAt(db.rows(`SELECT min(at) FROM ${table}`)[0], 0) ?? Number.POSITIVE_INFINITY;

/** The finest buckets in which all of a span is still kept. */
const finestMs = (db: Database, fromMs: number, nowMs: number): number => {
  if (fromMs >= nowMs - RAW_RANGE_MS) return 1000;
  const minutes = oldest(db, 'minute');
  return fromMs < minutes && oldest(db, 'quarter') < minutes - QUARTER_MS ? QUARTER_MS : MINUTE_MS;
};

/** The buckets for a span: at most `most` of them, none finer than what is kept. */
export const gridOf = (db: Database, range: HistoryRange, nowMs: number, most = MOST_POINTS): Grid => {
  const { fromMs, toMs } = spanOf(range, nowMs);
  const stepMs = stepFor(toMs - fromMs, most, finestMs(db, fromMs, nowMs));
  const first = Math.floor(fromMs / stepMs) * stepMs;
  const times: number[] = [];
  for (let time = first; time < toMs; time += stepMs) times.push(time);
  return { fromMs, toMs, stepMs, times };
};

/** One row of what was recorded, or the part of it that lies in one bucket of a grid. */
export interface Piece {
  /** Index in `times`. */
  readonly bucket: number;
  readonly rowMs: number;
  readonly overlapMs: number;
  readonly bytes: Uint8Array;
}

const tiersFor = (stepMs: number): readonly (typeof TIERS)[number][] => {
  const index = [BLOCK_MS, QUARTER_MS, MINUTE_MS].findIndex((tierMs) => stepMs % tierMs === 0);
  return index < 0 ? [] : TIERS.slice(0, TIERS.length - index).reverse();
};

/**
 * Everything that was recorded from the bucket `first` of a grid on: of the coarsest tier that fits, then of each finer one what
 * the coarser has not got yet, down to the last looks.
 */
export const eachPiece = (
  db: Database,
  { times, stepMs, toMs }: Grid,
  { column, first = 0 }: { readonly column: 'data' | 'sessions'; readonly first?: number },
  visit: (piece: Piece) => void,
): void => {
  const origin = times[0];
  let at = times[first];
  if (origin === undefined || at === undefined) return;
  for (const tier of tiersFor(stepMs)) {
    const from = at;
    db.each(`SELECT at, covered, ${column} FROM ${tier.table} WHERE at >= ? AND at < ? ORDER BY at`, [from, toMs], (row: Row) => {
      const rowAt = numberAt(row, 0);
      const rowMs = numberAt(row, 1);
      at = rowAt + tier.stepMs;
      visit({ bucket: Math.floor((rowAt - origin) / stepMs), rowMs, overlapMs: rowMs, bytes: bytesAt(row, 2) });
    });
  }
  const from = at;
  db.each(`SELECT at, covered, ${column} FROM raw WHERE at > ? AND at <= ? ORDER BY at`, [from, toMs], (row: Row) => {
    const rowAt = numberAt(row, 0);
    const rowMs = numberAt(row, 1);
    const bytes = bytesAt(row, 2);
    spread(Math.max(from, rowAt - rowMs), rowAt, stepMs, (bucketMs, overlapMs) =>
      visit({ bucket: Math.round((bucketMs - origin) / stepMs), rowMs, overlapMs, bytes }),
    );
  });
};
