import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import type { CommandInput, CommandOutputs, LogFilter, Result } from '../shared/api.js';
import type { LogFormat, LogSelection } from '../shared/log-query.js';
import { exportHead, exportLine, joinSelections, pageOf, selectLog } from '../shared/log-query.js';
import type { ActionLog } from './action-log.js';
import { localStamp } from './action-log.js';
import type { Identify } from './file-lock.js';
import { createLogClearing } from './log-clearing.js';
import type { LogReader, LogSnapshot } from './log-reader.js';
import { errorCode } from './paths.js';

type LogCommandName = 'readLog' | 'exportLog' | 'clearLog';
export type LogCommands = {
  readonly [C in LogCommandName]: (input: CommandInput<C>) => Promise<Result<CommandOutputs[C]>>;
};

export interface LogCommandsOptions {
  /** claude_actions.log. */
  readonly path: string;
  readonly reader: LogReader;
  readonly log: Pick<ActionLog, 'append'>;
  /** Wall clock, ms. */
  readonly now: () => number;
  readonly identify: Identify;
  /** Asks where to save; null = the user closed the dialog. */
  readonly askWhere: (suggestion: { readonly fileName: string; readonly format: LogFormat }) => Promise<string | null>;
}

const EXTENSIONS = { text: 'log', jsonl: 'jsonl', csv: 'csv' } as const;
/** So many lines are put together before the window gets its turn. */
const BATCH = 2_000;
/** So many lines are looked through before the window gets its turn. */
const SEARCHED = 10_000;
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

const failure = (id: string, file: string, code: string): Result<never> => ({
  ok: false,
  failure: { reason: 'denied', id, values: { file, code } },
});

/** A device or a folder of that name must not be replaced by a file. */
const refuseOthers = async (path: string): Promise<void> => {
  try {
    const stats = await lstat(path);
    if (!stats.isFile()) throw Object.assign(new Error('not a file'), { code: 'ENOTSUP' });
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
};

/** Writes a file, mode 0600, that is there as a whole or not at all. Rejects with the operating system's error. */
export const writeWhole = async (path: string, pieces: Iterable<string>): Promise<void> => {
  await refuseOthers(path);
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  const handle = await open(draft, CREATE, 0o600);
  try {
    try {
      for (const piece of pieces) {
        await handle.writeFile(piece, 'utf8');
        await breathe();
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
};

const exported = function* ({ records }: LogSnapshot, { matching }: LogSelection, format: LogFormat): Generator<string> {
  yield exportHead(format);
  for (let from = 0; from < matching.length; from += BATCH) {
    const batch = matching.slice(from, from + BATCH).flatMap((index) => records[index] ?? []);
    yield batch.map((record) => exportLine(record, format)).join('');
  }
};

/** The window's commands on the action log. Exports stand oldest first, as the log itself does. */
export const createLogCommands = ({ path, reader, log, now, identify, askWhere }: LogCommandsOptions): LogCommands => {
  // A page after the other is asked for with the same filter, and lines come at the end: what passes is found once.
  let last: {
    readonly records: LogSnapshot['records'];
    readonly by: string;
    readonly upTo: number;
    readonly selection: LogSelection;
  } | null = null;
  const select = async ({ records }: LogSnapshot, filter: LogFilter): Promise<LogSelection> => {
    const by = JSON.stringify(filter);
    const known = last?.records === records && last.by === by ? last : null;
    let selection = known?.selection ?? selectLog(records, filter, 0, 0);
    const upTo = records.length;
    for (let from = known?.upTo ?? 0; from < upTo; from += SEARCHED) {
      if (from > (known?.upTo ?? 0)) await breathe();
      selection = joinSelections(selection, selectLog(records, filter, from, Math.min(upTo, from + SEARCHED)));
    }
    last = { records, by, upTo, selection };
    return selection;
  };

  return {
    readLog: async ({ filter, offset, limit }) => {
      const read = await reader.read();
      if (!read.ok) return read;
      const { records, actions, users, skipped } = read.value;
      const total = records.length;
      const selection = await select(read.value, filter);
      const rows = pageOf(records, selection, { offset, limit });
      return {
        ok: true,
        value: { rows, matching: selection.matching.length, total, counts: selection.counts, actions, users, skipped },
      };
    },
    exportLog: async ({ filter, format }) => {
      const day = localStamp(now()).slice(0, 10);
      const target = await askWhere({ fileName: `claude_actions-${day}.${EXTENSIONS[format]}`, format });
      if (target === null) return { ok: true, value: { path: null, lines: 0 } };
      const read = await reader.read();
      if (!read.ok) return read;
      const selection = await select(read.value, filter);
      try {
        await writeWhole(target, exported(read.value, selection, format));
      } catch (error) {
        return failure('exportNotWritten', target, errorCode(error));
      }
      return { ok: true, value: { path: target, lines: selection.matching.length } };
    },
    clearLog: createLogClearing({ path, log, now, identify }),
  };
};
