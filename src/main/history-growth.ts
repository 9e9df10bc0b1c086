import type { Config } from '../shared/config.js';
import { memoryLimitBytes } from '../shared/config.js';
import type { Growth } from '../shared/history.js';
import { isUnknown, MEAN, MEMORY } from '../shared/history-bucket.js';
import { SESSION, unpack } from './history-codec.js';
import type { Database, Row } from './history-database.js';
import { bytesAt, numberAt } from './history-database.js';
import { SESSION_COLUMNS, sessionOf } from './history-query.js';

/** A slope is taken over at most so much time, and not of less than that. */
const LOOK_BACK_MS = 7_200_000;
const LEAST_MS = 600_000;
const HOUR_MS = 3_600_000;
/** Later than this nobody would believe it. */
const FARTHEST_MS = 30 * 24 * HOUR_MS;
/** Slower than this is noise: a session's memory breathes. */
const LEAST_BYTES_PER_HOUR = 1_048_576;

/** A straight line by least squares, as its points come in; times in hours from `origin`. */
interface Line {
  n: number;
  t: number;
  y: number;
  tt: number;
  ty: number;
  firstMs: number;
  lastMs: number;
}

const addPoint = (line: Line, atMs: number, originMs: number, bytes: number): void => {
  const t = (atMs - originMs) / HOUR_MS;
  line.n += 1;
  line.t += t;
  line.y += bytes;
  line.tt += t * t;
  line.ty += t * bytes;
  line.firstMs = Math.min(line.firstMs, atMs);
  line.lastMs = Math.max(line.lastMs, atMs);
};

const slopeOf = ({ n, t, y, tt, ty }: Line): number => {
  const spread = n * tt - t * t;
  return spread <= 0 ? 0 : (n * ty - t * y) / spread;
};

const limitInMs = (memoryBytes: number, limitBytes: number, bytesPerHour: number): number | null => {
  if (memoryBytes >= limitBytes) return 0;
  if (bytesPerHour < LEAST_BYTES_PER_HOUR) return null;
  const ms = ((limitBytes - memoryBytes) / bytesPerHour) * HOUR_MS;
  return ms > FARTHEST_MS ? null : Math.round(ms);
};

/** How the sessions that run now have grown over the last two hours, fastest first; those of less than ten minutes are left out. */
export const growthOf = (db: Database, runningIds: ReadonlyMap<number, number>, config: Config, nowMs: number): readonly Growth[] => {
  const originMs = nowMs - LOOK_BACK_MS;
  const lines = new Map<number, Line>();
  const take = (row: Row, atMs: number, rowMs: number): void =>
    unpack(bytesAt(row, 2), SESSION, rowMs, (id, entry) => {
      if (!runningIds.has(id) || isUnknown(entry, MEMORY, rowMs)) return;
      const line = lines.get(id) ?? { n: 0, t: 0, y: 0, tt: 0, ty: 0, firstMs: atMs, lastMs: atMs };
      lines.set(id, line);
      addPoint(line, atMs, originMs, (entry[MEMORY + MEAN] ?? 0) * 1024);
    });
  db.each('SELECT at, covered, sessions FROM minute WHERE at >= ? AND at <= ?', [originMs, nowMs], (row) =>
    take(row, numberAt(row, 0), numberAt(row, 1)),
  );
  return [...runningIds]
    .flatMap(([id, memoryBytes]): readonly Growth[] => {
      const line = lines.get(id);
      const [row] = db.rows(`SELECT ${SESSION_COLUMNS} FROM life WHERE id = ?`, [id]);
      if (line === undefined || row === undefined || line.lastMs - line.firstMs < LEAST_MS) return [];
      const session = sessionOf(row);
      const bytesPerHour = slopeOf(line);
      const limitBytes = memoryLimitBytes(config, session.user);
      return [
        {
          session,
          memoryBytes,
          bytesPerHour: Math.round(bytesPerHour),
          limitBytes,
          limitInMs: limitInMs(memoryBytes, limitBytes, bytesPerHour),
          overMs: line.lastMs - line.firstMs,
        },
      ];
    })
    .sort((a, b) => b.bytesPerHour - a.bytesPerHour);
};
