import type { CommandInput, CommandOutputs, Result } from '../shared/api.js';
import { csvCell } from '../shared/log-query.js';
import { localStamp } from './action-log.js';
import { writeWhole } from './log-commands.js';
import { errorCode } from './paths.js';

export interface TableExportParts {
  /** Where to write; null = the user closed the dialog. */
  readonly askWhere: (suggestion: { readonly fileName: string }) => Promise<string | null>;
  /** Wall clock, ms. */
  readonly now: () => number;
}

type Cell = CommandInput<'exportTable'>['rows'][number][number];

/** One cell: numbers as numbers, with a point; words quoted and harmless to a spreadsheet; nothing where a value is unknown. */
const cellOf = (cell: Cell): string => (cell === null ? '' : typeof cell === 'number' ? String(cell) : csvCell(cell));

/** A table as CSV, its head first. */
export const tableCsv = ({ head, rows }: Pick<CommandInput<'exportTable'>, 'head' | 'rows'>): string =>
  [head, ...rows].map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');

/** The window's command that saves what stands behind a chart. */
export const createTableExport =
  ({ askWhere, now }: TableExportParts) =>
  async ({ name, head, rows }: CommandInput<'exportTable'>): Promise<Result<CommandOutputs['exportTable']>> => {
    const path = await askWhere({ fileName: `claude-${name}-${localStamp(now()).slice(0, 10)}.csv` });
    if (path === null) return { ok: true, value: { path: null, lines: 0 } };
    try {
      await writeWhole(path, [tableCsv({ head, rows })]);
      return { ok: true, value: { path, lines: rows.length } };
    } catch (error) {
      return { ok: false, failure: { reason: 'invalid', id: 'exportNotWritten', values: { file: path, code: errorCode(error) } } };
    }
  };
