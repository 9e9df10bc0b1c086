import { setImmediate as breathe } from 'node:timers/promises';
import type { LoopState } from '../shared/api.js';
import { sampleOf } from '../shared/history-sample.js';
import { parseLogLine } from '../shared/log-line.js';
import type { Snapshot } from '../shared/types.js';
import { textAt } from './history-database.js';
import { eventOf } from './history-events.js';
import type { LogPosition } from './history-log.js';
import { newLogLines, parsePosition } from './history-log.js';
import { MOST_COVERED_MS } from './history-rollup.js';
import type { HistoryStore } from './history-store.js';
import type { NewEvent } from './history-writer.js';

/** A look for which nothing came before: what it stands for is not known, but it is not nothing. */
const FIRST_MS = 1_000;
/** Hidden, the loop looks three times as rarely; a look may be late. More is a gap: asleep, stopped, paused. */
const PAUSES = 4;
const HIDDEN_FACTOR = 3;
const LEAST_GAP_MS = 60_000;

/** For how long a look stands: since the last one, or only for itself where too much time has passed to know what was between. */
export const coveredMs = (
  last: { readonly atMs: number; readonly monotonicMs: number } | null,
  look: { readonly atMs: number; readonly monotonicMs: number },
  intervalMs: number,
): number => {
  if (last === null) return FIRST_MS;
  // The monotonic clock stands still in a sleep, the wall clock may be set: neither alone says how long we have looked.
  const elapsed = look.monotonicMs - last.monotonicMs;
  const wall = look.atMs - last.atMs;
  const most = Math.min(MOST_COVERED_MS, Math.max(LEAST_GAP_MS, PAUSES * HIDDEN_FACTOR * intervalMs));
  if (elapsed <= 0 || elapsed > most || wall - elapsed > most) return FIRST_MS;
  return Math.round(elapsed);
};

export interface Recorder {
  /** To be called after every turn of the loop: writes down a look that it has not seen yet. */
  readonly look: (seen: { readonly snapshot: Snapshot; readonly monotonicMs: number } | null, loop: LoopState) => void;
  /** Takes over what is new in the action log, whoever wrote it. */
  readonly log: () => Promise<void>;
}

export interface RecorderParts {
  readonly store: HistoryStore;
  /** claude_actions.log. */
  readonly logPath: string;
  /** Wall clock, ms. */
  readonly now: () => number;
}

const POSITION = 'log';
/** So many lines of the log are taken apart before the window gets its turn. */
const BATCH = 1_000;
/** The log of before the history began is no part of it. */
const MOST_BACK_MS = 86_400_000;

/** Local time of the log's lines; an hour that comes twice is taken for the one that is not in the future. */
const wallMs = (stamp: string, nowMs: number): number => {
  const ms = Date.parse(stamp);
  return Number.isNaN(ms) ? nowMs : Math.min(ms, nowMs);
};

/** Hands looks and what happened to the store. */
export const createRecorder = ({ store, logPath, now }: RecorderParts): Recorder => {
  let last: { readonly atMs: number; readonly monotonicMs: number; readonly sequence: number } | null = null;
  let position: LogPosition | null | 'unread' = 'unread';

  const readLog = async (): Promise<void> => {
    if (position === 'unread') {
      const kept = store.read((db) => textAt(db.rows('SELECT value FROM meta WHERE key = ?', [POSITION])[0], 0));
      // Another window takes it over, or the file cannot be opened yet: at the next look again.
      if (!kept.ok || store.recording().state !== 'on') return;
      position = parsePosition(kept.value);
    }
    const fresh = await newLogLines(logPath, position);
    if (fresh === null) return;
    const begunMs = position === null ? now() - MOST_BACK_MS : 0;
    const events: NewEvent[] = [];
    for (const [at, line] of fresh.lines.entries()) {
      // A first start may find a log of many megabytes, and the window must not wait for it.
      if (at % BATCH === BATCH - 1) await breathe();
      const entry = parseLogLine(line);
      const event = entry === null ? null : eventOf(entry, wallMs(entry.at, now()));
      if (event !== null && event.atMs >= begunMs) events.push(event);
    }
    position = fresh.position;
    store.note(events, { [POSITION]: JSON.stringify(position) });
  };

  let turn: Promise<void> = Promise.resolve();
  return {
    look: (seen, loop) => {
      if (seen === null || seen.snapshot.sequence === last?.sequence) return;
      const at = { atMs: seen.snapshot.takenAtMs, monotonicMs: seen.monotonicMs, sequence: seen.snapshot.sequence };
      store.record(sampleOf(seen.snapshot, coveredMs(last, at, loop.intervalMs)));
      last = at;
    },
    log: () => {
      turn = turn.then(readLog, readLog);
      return turn;
    },
  };
};
