import { join } from 'node:path';
import { z } from 'zod';
import type { Result } from '../shared/api.js';
import type { Decision } from '../shared/care.js';
import { METRICS } from '../shared/limits.js';
import { KINDS } from '../shared/types.js';
import { readTail } from './file-tail.js';
import { errorCode } from './paths.js';

/** Where automatic cleanup keeps what it decided; the file before it is beside it, `.1`. */
export const decisionsFile = (stateDir: string): string => join(stateDir, 'decisions.jsonl');

/** Twice the size at which the file is begun anew. */
const MOST_BYTES = 4_000_000;

const decision = z.object({
  atMs: z.number(),
  run: z.enum(['interval', 'limit']),
  mode: z.enum(['report', 'ask', 'automatic']),
  key: z.object({ pid: z.int(), startedAt: z.string() }),
  name: z.string(),
  user: z.string().nullable(),
  kind: z.enum(KINDS).nullable().catch(null),
  cause: z.enum(['orphan', 'old', 'limit']).nullable(),
  metric: z.enum(METRICS).nullable(),
  decision: z.enum(['reported', 'asked', 'ended', 'failed', 'skipped', 'cancelled']),
  reason: z.string().nullable(),
  values: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  memoryBytes: z.number().nullable(),
}) satisfies z.ZodType<Decision>;

const parsed = (line: string): readonly Decision[] => {
  try {
    const read = decision.safeParse(JSON.parse(line));
    return read.success ? [read.data] : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
};

/** What automatic cleanup decided since a time (wall ms), oldest first; lines that are none of its own are passed by. */
export const readDecisions = async (path: string, sinceMs: number): Promise<Result<readonly Decision[]>> => {
  try {
    const lines = [...(await readTail(`${path}.1`, MOST_BYTES)), ...(await readTail(path, MOST_BYTES))];
    return { ok: true, value: lines.flatMap(parsed).filter(({ atMs }) => atMs >= sinceMs) };
  } catch (error) {
    return { ok: false, failure: { reason: 'denied', id: 'logNotRead', values: { file: path, code: errorCode(error) } } };
  }
};
