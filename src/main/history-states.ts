import type { LookSample } from '../shared/history-sample.js';
import type { StateSample, StateSpan, WantedStates } from '../shared/history-state.js';
import { EVERY_STATE, isSameState } from '../shared/history-state.js';
import { keyId } from '../shared/process-key.js';
import { KINDS } from '../shared/types.js';
import type { Database, Row } from './history-database.js';
import { maybeNumberAt, numberAt, textAt } from './history-database.js';

/** A span's row is written when it begins or ends, and else so often. */
const WRITE_MS = 60_000;
/** A look that comes later than it says leaves a hole: nobody knows what was in it. */
const JOIN_MS = 30_000;
/** Who was in no look for so long is let go, be it that looks do not see everybody. */
const LOST_MS = 120_000;
const SINCE = 'states';

export interface States {
  /** Lengthens the spans of what has not changed, begins those of what has. To be called within a transaction. */
  readonly see: (look: Pick<LookSample, 'atMs' | 'coveredMs' | 'complete' | 'states'>) => void;
  /** What was undone with a transaction is begun anew. */
  readonly reload: () => void;
}

interface Open {
  readonly id: number;
  readonly state: StateSample;
  seenMs: number;
  writtenMs: number;
}

const kilobytes = (bytes: number | null): number | null => (bytes === null ? null : Math.round(bytes / 1024));

/** Keeps the states of sessions and left-overs as spans of time; a start of the program begins new ones. */
export const createStates = (db: Database): States => {
  const open = new Map<string, Open>();
  let told = false;

  const write = (span: Open): void => {
    db.run('UPDATE state SET seen = ? WHERE id = ?', [span.seenMs, span.id]);
    span.writtenMs = span.seenMs;
  };
  const close = (id: string, span: Open): void => {
    if (span.seenMs !== span.writtenMs) write(span);
    open.delete(id);
  };
  const begin = (id: string, state: StateSample, fromMs: number, atMs: number): void => {
    const { key, uid, user, project, kind, startedAtMs, leftOver, activity, idleSinceMs, attached, kept, memoryBytes } = state;
    const number = db.run(
      `INSERT INTO state (begun, seen, pid, stamp, uid, user, project, kind, started, left_over, activity, idle_since, attached, kept, memory)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        ...[fromMs, atMs, key.pid, key.startedAt, uid, user, project, kind, startedAtMs, leftOver, activity, idleSinceMs],
        ...[attached ? 1 : 0, kept ? 1 : 0, kilobytes(memoryBytes)],
      ],
    );
    open.set(id, { id: number, state, seenMs: atMs, writtenMs: atMs });
  };

  return {
    see: ({ atMs, coveredMs, complete, states }) => {
      const fromMs = atMs - coveredMs;
      if (!told) db.run('INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)', [SINCE, String(fromMs)]);
      told = true;
      const met = new Set<string>();
      for (const state of states) {
        const id = keyId(state.key);
        met.add(id);
        const span = open.get(id);
        const joins = span !== undefined && atMs > span.seenMs && fromMs - span.seenMs <= JOIN_MS;
        if (joins && isSameState(span.state, state)) {
          span.seenMs = atMs;
          if (span.seenMs - span.writtenMs >= WRITE_MS) write(span);
          continue;
        }
        if (span !== undefined) close(id, span);
        begin(id, state, joins ? Math.max(fromMs, span.seenMs) : fromMs, atMs);
      }
      for (const [id, span] of open) if (!met.has(id) && (complete || Math.abs(atMs - span.seenMs) > LOST_MS)) close(id, span);
    },
    reload: () => {
      open.clear();
      told = false;
    },
  };
};

const KIND_OF: ReadonlyMap<string, StateSpan['kind']> = new Map(KINDS.map((kind) => [kind, kind]));
const LEFT_OVER_OF: ReadonlyMap<string, StateSpan['leftOver']> = new Map((['yes', 'possible', 'no'] as const).map((word) => [word, word]));
const ACTIVITY_OF: ReadonlyMap<string, StateSpan['activity']> = new Map((['work', 'idle', 'unknown'] as const).map((word) => [word, word]));

/** A week has thousands of these: no spread, no search. */
const spanOf = (row: Row): StateSpan | null => {
  const kind = KIND_OF.get(textAt(row, 6));
  const leftOver = LEFT_OVER_OF.get(textAt(row, 8));
  const activity = ACTIVITY_OF.get(textAt(row, 9));
  if (kind === undefined || leftOver === undefined || activity === undefined) return null;
  const memory = maybeNumberAt(row, 13);
  return {
    fromMs: numberAt(row, 0),
    toMs: numberAt(row, 1),
    key: { pid: numberAt(row, 2), startedAt: textAt(row, 3) },
    uid: maybeNumberAt(row, 14),
    user: textAt(row, 4),
    project: textAt(row, 5),
    kind,
    startedAtMs: maybeNumberAt(row, 7),
    leftOver,
    activity,
    idleSinceMs: maybeNumberAt(row, 10),
    attached: numberAt(row, 11) !== 0,
    kept: numberAt(row, 12) !== 0,
    memoryBytes: memory === null ? null : memory * 1024,
  };
};

/** The states of a span of the past that are asked for, in the order in which they began. */
export const readStates = (db: Database, fromMs: number, toMs: number, wanted: WantedStates = EVERY_STATE): readonly StateSpan[] => {
  const spans: StateSpan[] = [];
  const { uid, others, agedMs, idleMs } = wanted;
  db.each(
    `SELECT begun, seen, pid, stamp, user, project, kind, started, left_over, activity, idle_since, attached, kept, memory, uid
     FROM state WHERE seen >= ? AND begun < ? AND (? OR uid = ?) 
       AND (left_over = 'yes' OR ? OR (? AND activity = 'idle' AND seen >= started + ? AND seen >= idle_since + ?)) ORDER BY begun, id`,
    [fromMs, toMs, uid === 'any' ? 1 : 0, uid === 'any' ? null : uid, others === 'all' ? 1 : 0, others === 'idle' ? 1 : 0, agedMs, idleMs],
    (row) => {
      const span = spanOf(row);
      if (span !== null) spans.push(span);
    },
  );
  return spans;
};

/** Since when states are kept, wall ms; null = not yet. */
export const statesSince = (db: Database): number | null => {
  const text = textAt(db.rows('SELECT value FROM meta WHERE key = ?', [SINCE])[0], 0);
  return text === '' ? null : Number(text);
};
