import { z } from 'zod';
import { kind, version } from './json-shape.js';

/** `rehearse --json`: what the settings would have ended; `ends` holds the first 500 of `count`. */
export const rehearsalShape = z.strictObject({
  version,
  fromMs: z.number(),
  toMs: z.number(),
  sinceMs: z.number().nullable(),
  mode: z.enum(['off', 'report', 'ask', 'automatic']),
  count: z.int(),
  byCause: z.strictObject({ orphan: z.int(), old: z.int(), limit: z.int() }),
  freedBytes: z.number(),
  /** What cannot be known of the past. */
  unjudged: z.array(z.enum(['resumable', 'cpu', 'names', 'kept'])),
  /** What automatic cleanup really decided in that time, whatever its settings were. */
  decided: z.strictObject({
    ended: z.int(),
    failed: z.int(),
    cancelled: z.int(),
    asked: z.int(),
    reported: z.int(),
    skipped: z.int(),
  }),
  ends: z.array(
    z.strictObject({
      atMs: z.number(),
      pid: z.int(),
      user: z.string().nullable(),
      project: z.string().nullable(),
      kind,
      startedAtMs: z.number().nullable(),
      idleSinceMs: z.number().nullable(),
      cause: z.enum(['orphan', 'old', 'limit']),
      metric: z.enum(['memory', 'cpu', 'sessions', 'runtime', 'available']).nullable(),
      memoryBytes: z.number().nullable(),
    }),
  ),
});
export type RehearsalJson = z.infer<typeof rehearsalShape>;
