import { z } from 'zod';
import { configEdit } from './config-schema.js';
import type { HistoryOutputs } from './history.js';
import { HISTORY_GROUPINGS, HISTORY_RANGES, MOST_SERIES } from './history.js';
import { MOST_REHEARSED_DAYS } from './rehearsal.js';

/** The last moment that a Date can hold. */
const MAX_TIME_MS = 8.64e15;
const time = z.number().min(0).max(MAX_TIME_MS);
const range = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('last'), last: z.enum(HISTORY_RANGES) }),
  z.strictObject({ type: z.literal('span'), fromMs: time, toMs: time }).refine(({ fromMs, toMs }) => fromMs < toMs),
]);
const by = z.enum(HISTORY_GROUPINGS);

/** What the commands on the history take; parsed in main before their handlers see it. */
export const historyInputs = {
  queryHistory: z.strictObject({
    range,
    by,
    /** An update: only buckets from this one on, of the groups that the asker shows, all else in "other" (`tailOf`). */
    tail: z.strictObject({ fromBucketMs: time, ids: z.array(z.string().min(1).max(5000)).max(MOST_SERIES + 1) }).nullable(),
  }),
  historySummary: z.strictObject({ range }),
  /** Every bucket of the range with min, mean and max of each group; words that a spreadsheet would calculate are made harmless. */
  exportHistoryCsv: z.strictObject({ range, by }),
  /** `edits`: what would change in the present settings; nothing is changed. */
  rehearse: z.strictObject({ edits: z.array(configEdit).max(1_000), days: z.int().min(1).max(MOST_REHEARSED_DAYS) }),
  readDecisions: z.strictObject({ days: z.int().min(1).max(MOST_REHEARSED_DAYS) }),
} satisfies Record<keyof HistoryOutputs, z.ZodType>;
