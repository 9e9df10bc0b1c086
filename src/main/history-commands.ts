import type { CommandInput, CommandOutputs, Result } from '../shared/api.js';
import { decidedSince } from '../shared/care.js';
import type { Config } from '../shared/config.js';
import type { HistoryOutputs } from '../shared/history.js';
import { historyCsv } from '../shared/history-csv.js';
import { localStamp } from './action-log.js';
import { wrongEdit } from './config-door.js';
import { readDecisions } from './decision-history.js';
import type { Context } from './history-query.js';
import { readSeries } from './history-query.js';
import type { HistoryStore } from './history-store.js';
import { readSummary } from './history-summary.js';
import { writeWhole } from './log-commands.js';
import { errorCode } from './paths.js';
import { readRehearsal } from './rehearse.js';

export type HistoryCommands = {
  readonly [C in keyof HistoryOutputs]: (input: CommandInput<C>) => Promise<Result<CommandOutputs[C]>>;
};

export interface HistoryCommandsParts {
  readonly store: Pick<HistoryStore, 'read' | 'recording' | 'version'>;
  readonly config: () => Config;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Memory of the host as it is now; null = unknown. */
  readonly hostTotalBytes: () => number | null;
  readonly selfUid: number;
  /** Where automatic cleanup keeps its decisions (decision-history.ts). */
  readonly decisionsPath: string;
  /** Asks where to save; null = the user closed the dialog. */
  readonly askWhere: (suggestion: { readonly fileName: string }) => Promise<string | null>;
}

/** An export has every group, and as many buckets as are worth a line each. */
const EXPORT_SERIES = 1_000;
const EXPORT_POINTS = 2_000;
const DAY_MS = 86_400_000;

const iso = (ms: number): string => new Date(ms).toISOString();

/** The window's commands on the history. */
export const createHistoryCommands = ({
  store,
  config,
  now,
  hostTotalBytes,
  selfUid,
  decisionsPath,
  askWhere,
}: HistoryCommandsParts): HistoryCommands => {
  const context = (): Context => ({
    nowMs: now(),
    recording: store.recording(),
    version: store.version(),
    hostTotalBytes: hostTotalBytes(),
  });
  return {
    queryHistory: async (question) => store.read((db) => readSeries(db, question, context())),
    historySummary: async ({ range }) => store.read((db) => readSummary(db, range, config(), context())),
    rehearse: async (question) =>
      wrongEdit(question.edits) ?? store.read((db) => readRehearsal(db, { ...question, config: config(), nowMs: now(), selfUid })),
    readDecisions: async ({ days }) => {
      const fromMs = now() - days * DAY_MS;
      const read = await readDecisions(decisionsPath, fromMs);
      return read.ok ? { ok: true, value: decidedSince(read.value, fromMs) } : read;
    },
    exportHistoryCsv: async ({ range, by }) => {
      const target = await askWhere({ fileName: `claude_history-${by}-${localStamp(now()).slice(0, 10)}.csv` });
      if (target === null) return { ok: true, value: { path: null, lines: 0 } };
      const read = store.read((db) =>
        readSeries(db, { range, by, tail: null }, context(), { series: EXPORT_SERIES, points: EXPORT_POINTS }),
      );
      if (!read.ok) return read;
      const lines = [...historyCsv(read.value, iso)];
      try {
        await writeWhole(target, lines);
      } catch (error) {
        return { ok: false, failure: { reason: 'denied', id: 'exportNotWritten', values: { file: target, code: errorCode(error) } } };
      }
      return { ok: true, value: { path: target, lines: lines.length - 1 } };
    },
  };
};
