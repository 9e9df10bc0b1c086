import { setImmediate as breathe } from 'node:timers/promises';
import type { LookSample } from '../shared/history-sample.js';
import type { Database } from './history-database.js';
import { MINUTE_MS, QUARTER_MS } from './history-tables.js';
import type { NewEvent } from './history-writer.js';
import { createWriter } from './history-writer.js';

/** A past to be made up: what a look at a moment would have seen, and what happened. */
export interface Past {
  /** Moments come in the order of time; null = nobody looked then. */
  readonly lookAt: (atMs: number, coveredMs: number) => LookSample | null;
  readonly events: readonly NewEvent[];
}

export interface MonthOptions {
  readonly nowMs: number;
  readonly days: number;
  /** How far back there are minutes; before that, quarters of an hour. */
  readonly minuteMs: number;
  /** Time between two of the last hour's looks. */
  readonly lookMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const AT_ONCE = 100;

/** Writes a past into an empty history as recording would have left it by now: for the demo, benchmarks and tests. */
export const writeMonth = async (db: Database, past: Past, options: MonthOptions): Promise<void> => {
  const { nowMs, days, minuteMs, lookMs } = options;
  const writer = createWriter(db);
  const hour = Math.floor((nowMs - HOUR_MS) / QUARTER_MS) * QUARTER_MS;
  const minutesFrom = Math.min(hour, Math.floor((nowMs - minuteMs) / QUARTER_MS) * QUARTER_MS);
  const first = Math.floor((nowMs - days * DAY_MS) / QUARTER_MS) * QUARTER_MS;
  const step = async (from: number, to: number, everyMs: number, write: (looks: readonly LookSample[]) => void): Promise<void> => {
    for (let at = from; at < to; at += everyMs * AT_ONCE) {
      const count = Math.min(AT_ONCE, Math.ceil((to - at) / everyMs));
      const moments = Array.from({ length: count }, (_, index) => at + (index + 1) * everyMs);
      write(moments.flatMap((moment) => past.lookAt(moment, everyMs) ?? []));
      // The window opens meanwhile.
      await breathe();
    }
  };
  await step(first, minutesFrom, QUARTER_MS, (looks) => writer.writeBuckets('quarter', looks));
  await step(minutesFrom, hour, MINUTE_MS, (looks) => writer.writeBuckets('minute', looks));
  const looks = Math.floor((nowMs - hour) / lookMs);
  await step(hour, hour + looks * lookMs, lookMs, (some) => writer.write(some, [], {}));
  writer.write([], past.events, {});
  while (writer.roll(nowMs)) await breathe();
};
