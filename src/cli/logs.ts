import type { Core } from '../main/core.js';
import { createLogReader } from '../main/log-reader.js';
import type { LogLevel } from '../shared/log-line.js';
import { parseLogLine } from '../shared/log-line.js';
import { exportLine, selectLog } from '../shared/log-query.js';
import type { LogsJson } from './json-shape.js';
import { JSON_VERSION } from './json-shape.js';
import type { ExitCode, Ui } from './output.js';
import { fail, failureTrouble } from './output.js';

export interface LogsOptions {
  readonly limit: number;
  /** Null = all. */
  readonly levels: readonly LogLevel[] | null;
}

/** The last lines of the action log, the newest last as in the file; control characters that an old file may hold are escaped. */
export const logs = async (ui: Ui, core: Core, { limit, levels }: LogsOptions): Promise<ExitCode> => {
  const read = await createLogReader({ path: core.paths.actionLogFile }).read();
  if (!read.ok) return fail(ui, failureTrouble(read.failure));
  const { records, skipped } = read.value;
  const { matching } = selectLog(records, levels === null ? {} : { levels });
  const shown = matching.slice(-limit).flatMap((index) => records[index] ?? []);
  if (ui.json) {
    const lines = shown.flatMap(({ line }) => {
      const entry = parseLogLine(line);
      return entry === null ? [] : [{ ...entry, fields: entry.fields.map(([key, value]): [string, string] => [key, value]) }];
    });
    ui.data({ version: JSON_VERSION, matching: matching.length, total: records.length, skipped, lines } satisfies LogsJson);
    return 0;
  }
  const paint = { SUCCESS: ui.paint.green, ERROR: ui.paint.red, INFO: ui.paint.dim };
  for (const record of shown) ui.print(paint[record.level](exportLine(record, 'text').trimEnd()));
  // On stderr, so that what a pipe gets is the log's own lines.
  if (shown.length === 0) ui.note(ui.t('cli.logs.none'));
  else if (shown.length < matching.length) ui.note(ui.t('cli.logs.more', { count: shown.length, total: matching.length }));
  if (skipped > 0) ui.note(ui.t('cli.logs.skipped', { count: skipped }));
  return 0;
};
