import { z } from 'zod';
import { version } from './json-shape.js';

/** `decisions --json`, oldest first. `reason`: why it was left alone or did not end; null = as decided. */
export const decisionsShape = z.strictObject({
  version,
  decisions: z.array(
    z.strictObject({
      atMs: z.number(),
      run: z.enum(['interval', 'limit']),
      mode: z.enum(['report', 'ask', 'automatic']),
      key: z.strictObject({ pid: z.int().positive(), startedAt: z.string() }),
      name: z.string(),
      user: z.string().nullable(),
      kind: z.string().nullable(),
      cause: z.enum(['orphan', 'old', 'limit']).nullable(),
      metric: z.string().nullable(),
      decision: z.enum(['reported', 'asked', 'ended', 'failed', 'skipped', 'cancelled']),
      reason: z.string().nullable(),
      /** What fills the reason's words. */
      values: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
      memoryBytes: z.number().nullable(),
    }),
  ),
});

export type DecisionsJson = z.infer<typeof decisionsShape>;
