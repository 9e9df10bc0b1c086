import { lstat, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Decision } from '../shared/care.js';
import { keyId } from '../shared/process-key.js';
import { appendLine } from './action-log.js';
import type { Entry } from './end-log.js';
import { ensurePrivateFolder, errorCode } from './paths.js';

export interface Decisions {
  /** Writes a decision down: into the action log where it is news, and into the record for rehearsals. Never rejects. */
  readonly record: (decision: Decision) => Promise<void>;
}

export interface DecisionsParts {
  /** decisions.jsonl; the one before it is beside it, `.1`. */
  readonly path: string;
  readonly write: (entry: Entry) => Promise<void>;
  /** Told of each decision that is news. */
  readonly onDecision?: (decision: Decision) => void;
  readonly onProblem: (problem: unknown) => void;
  readonly maxBytes?: number;
}

const LEVELS = { reported: 'INFO', asked: 'INFO', ended: 'SUCCESS', failed: 'ERROR', skipped: 'INFO', cancelled: 'INFO' } as const;
/** What an end came to is always news; that something is left alone is, once. */
const ALWAYS: readonly Decision['decision'][] = ['ended', 'failed', 'cancelled'];
const MOST_REMEMBERED = 5_000;

const entryOf = (decision: Decision): Entry => ({
  level: LEVELS[decision.decision],
  action: 'AUTO_CLEANUP',
  fields: [
    ['PID', String(decision.key.pid)],
    ['User', decision.user ?? '?'],
    ['Memory', decision.memoryBytes === null ? '?' : `${Math.round(decision.memoryBytes / 1_048_576)}MB`],
    ['Kind', decision.kind ?? '?'],
    ...(decision.cause === null ? [] : [['Cause', decision.metric ?? decision.cause] as const]),
    ['Result', decision.decision],
    ...(decision.reason === null ? [] : [['Reason', decision.reason] as const]),
  ],
});

const sizeOf = async (path: string): Promise<number> => {
  try {
    return (await lstat(path)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
};

/** Keeps what automatic cleanup decided. A decision that repeats the last one about the same process is no news. */
export const createDecisions = (parts: DecisionsParts): Decisions => {
  const { path, write, onDecision, onProblem, maxBytes = 2_000_000 } = parts;
  const last = new Map<string, string>();
  let turn: Promise<void> = Promise.resolve();

  const keep = async (decision: Decision): Promise<void> => {
    try {
      ensurePrivateFolder(dirname(path));
      if ((await sizeOf(path)) >= maxBytes) await rename(path, `${path}.1`);
      await appendLine(path, JSON.stringify(decision));
    } catch (error) {
      onProblem(error);
    }
  };
  return {
    record: (decision) => {
      const id = keyId(decision.key);
      const what = `${decision.decision} ${decision.cause} ${decision.reason}`;
      const news = ALWAYS.includes(decision.decision) || last.get(id) !== what;
      if (last.size > MOST_REMEMBERED) last.clear();
      last.set(id, what);
      if (!news) return turn;
      turn = turn.then(async () => {
        await write(entryOf(decision));
        await keep(decision);
        onDecision?.(decision);
      });
      return turn;
    },
  };
};
