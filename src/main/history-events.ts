import type { HistoryEvent, HistoryEventKind } from '../shared/history.js';
import { HISTORY_EVENTS } from '../shared/history.js';
import type { LogEntry } from '../shared/log-line.js';
import type { Database } from './history-database.js';
import { maybeNumberAt, numberAt, textAt } from './history-database.js';
import type { NewEvent } from './history-writer.js';

/** More marks than this tell nobody anything; the newest are shown. */
const MOST_EVENTS = 1_000;
const CLEANUPS: readonly string[] = ['CLEAN_ORPHANS', 'CLEAN_OLD', 'AUTO_CLEANUP'];
const ENDINGS: readonly string[] = ['KILL_PROCESS', 'KILL_USER_PROCESSES', 'KILL_ALL_PROCESSES', 'STOP_BACKGROUND', ...CLEANUPS];

const maybeText = (text: string): string | null => (text === '' ? null : text);

/** What happened in a span, oldest first. */
export const readEvents = (db: Database, fromMs: number, toMs: number): readonly HistoryEvent[] =>
  db
    .rows(
      `SELECT id, at, kind, action, user, process_kind, count, freed FROM event WHERE at >= ? AND at <= ? ORDER BY at DESC, id DESC LIMIT ${MOST_EVENTS}`,
      [fromMs, toMs],
    )
    .map((row) => ({
      id: numberAt(row, 0),
      atMs: numberAt(row, 1),
      kind: HISTORY_EVENTS.find((kind) => kind === textAt(row, 2)) ?? 'ended',
      action: textAt(row, 3),
      user: maybeText(textAt(row, 4)),
      processKind: maybeText(textAt(row, 5)),
      count: numberAt(row, 6),
      freedBytes: maybeNumberAt(row, 7),
    }))
    .reverse();

const field = ({ fields }: LogEntry, name: string): string | null => fields.find(([key]) => key === name)?.[1] ?? null;

/** Pids in a value of the log: "1234" or "[1234, 1235, …]". */
const pidsIn = (value: string | null): readonly number[] => (value?.match(/\d{1,10}/g) ?? []).map(Number);

/** "512MB" as bytes; null = unknown. */
const bytesIn = (value: string | null): number | null => {
  const megabytes = /^(\d{1,9})MB$/.exec(value ?? '')?.[1];
  return megabytes === undefined ? null : Number(megabytes) * 1_048_576;
};

const kindOf = ({ level, action }: LogEntry, result: string | null): HistoryEventKind | null => {
  if (action === 'ALERT') return 'alert';
  if (!ENDINGS.includes(action)) return null;
  if (result === 'respawned') return 'respawn';
  if (level === 'SUCCESS') return CLEANUPS.includes(action) ? 'cleanup' : 'ended';
  if (level === 'ERROR') return 'failed';
  // Nobody was there to be refused.
  return result === 'refused' || result === 'skipped' ? 'refused' : null;
};

/** A line of the action log as an event; null for one that marks nothing. Holds neither reasons nor commands. */
export const eventOf = (entry: LogEntry, atMs: number): NewEvent | null => {
  const kind = kindOf(entry, field(entry, 'Result'));
  if (kind === null) return null;
  const ended = field(entry, 'Mortos');
  const pid = field(entry, 'PID');
  // A bulk of which nobody obeyed, or not all: its line is an error's, but who was ended was ended.
  const pids = pidsIn(ended ?? pid);
  const endedSome = ended !== null && pids.length > 0;
  return {
    atMs,
    kind: endedSome ? (CLEANUPS.includes(entry.action) ? 'cleanup' : 'ended') : kind,
    action: entry.action,
    user: field(entry, 'User'),
    processKind: field(entry, 'Kind'),
    count: ended === null ? 1 : pids.length,
    freedBytes: bytesIn(field(entry, 'Freed')),
    endedPids: endedSome || kind === 'ended' || kind === 'cleanup' ? pids : [],
  };
};
