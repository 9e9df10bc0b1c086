import type { Core } from '../main/core.js';
import { createLogClearing } from '../main/log-clearing.js';
import { canAsk, confirm } from './confirm.js';
import type { LogClearJson } from './json-shape.js';
import { JSON_VERSION } from './json-shape.js';
import type { ExitCode, Ui } from './output.js';
import { fail, failureTrouble } from './output.js';

export interface ClearLogOptions {
  /** Null = as configured. */
  readonly days: number | null;
  readonly dryRun: boolean;
  readonly yes: boolean;
}

/** Removes entries of the action log that are older than so many days: says first how many, asks, and is in the log itself. */
export const clearLog = async (ui: Ui, core: Core, { days, dryRun, yes }: ClearLogOptions): Promise<ExitCode> => {
  const { t } = ui;
  const olderThanDays = days ?? core.configStore.get().global_settings.log_clear_days;
  const clearing = createLogClearing({
    ...{ path: core.paths.actionLogFile, log: core.actionLog, now: Date.now, identify: core.platform.identify },
  });
  const conclude = (lines: number, cleared: boolean): ExitCode => {
    if (ui.json) ui.data({ version: JSON_VERSION, dryRun, days: olderThanDays, lines, cleared } satisfies LogClearJson);
    else ui.print(t(`cli.clearLog.${cleared ? 'done' : lines === 0 ? 'none' : 'would'}`, { count: lines, days: olderThanDays }));
    return 0;
  };

  const counted = await clearing({ olderThanDays, preview: true });
  if (!counted.ok) return fail(ui, failureTrouble(counted.failure));
  const { lines } = counted.value;
  if (dryRun || lines === 0) return conclude(lines, false);
  if (!yes) {
    if (!canAsk(ui)) return fail(ui, { reason: 'cancelled', key: 'cli.clearLog.needsYes' });
    if (!(await confirm(ui, t('cli.clearLog.ask', { count: lines, days: olderThanDays }))))
      return fail(ui, { reason: 'cancelled', key: 'cli.clearLog.cancelled' });
  }
  const cleared = await clearing({ olderThanDays, preview: false });
  return cleared.ok ? conclude(cleared.value.lines, true) : fail(ui, failureTrouble(cleared.failure));
};
