import { wrongEdit } from '../main/config-door.js';
import type { Core } from '../main/core.js';
import { decisionsFile, readDecisions } from '../main/decision-history.js';
import { readRehearsal } from '../main/rehearse.js';
import { DECISIONS, type Decided, decidedSince } from '../shared/care.js';
import type { Edit } from '../shared/config-edit.js';
import { formatBytes, formatDateTime } from '../shared/format.js';
import type { Rehearsal } from '../shared/rehearsal.js';
import { refused } from './config.js';
import { asked } from './history.js';
import { JSON_VERSION } from './json-shape.js';
import type { ExitCode, Ui } from './output.js';
import { clean, fail, failureTrouble } from './output.js';
import type { RehearsalJson } from './rehearse-shape.js';
import type { Cell, Column } from './table.js';
import { FILE_COLUMNS, renderTable } from './table.js';

const DAY_MS = 86_400_000;

export interface RehearseOptions {
  readonly edits: readonly Edit[];
  readonly days: number;
}

const jsonOf = (result: Rehearsal, decided: Decided): RehearsalJson => ({
  version: JSON_VERSION,
  fromMs: result.fromMs,
  toMs: result.toMs,
  sinceMs: result.sinceMs,
  mode: result.mode,
  count: result.count,
  byCause: { ...result.byCause },
  freedBytes: result.freedBytes,
  unjudged: [...result.unjudged],
  ends: result.ends.map((end) => ({ ...end })),
  decided: { ...decided.counts },
});

const tableOf = ({ t, language, io, paint }: Ui, { ends }: Rehearsal): readonly string[] => {
  const columns: readonly Column[] = [
    { title: t('cli.rehearse.column.when'), align: 'left' },
    { title: t('cli.rehearse.column.project'), align: 'left', min: 12, keep: 'end' },
    { title: t('cli.rehearse.column.user'), align: 'left', drop: 2 },
    { title: t('cli.rehearse.column.kind'), align: 'left', drop: 3 },
    { title: t('cli.rehearse.column.pid'), align: 'right', drop: 4 },
    { title: t('cli.rehearse.column.cause'), align: 'left' },
    { title: t('cli.rehearse.column.memory'), align: 'right', drop: 1 },
  ];
  const rows = ends.map((end): Cell[] => [
    { text: formatDateTime(end.atMs, language) },
    { text: end.project === null ? t('cli.history.unknown') : clean(end.project) },
    { text: end.user === null ? t('cli.history.unknown') : clean(end.user) },
    { text: t(`kind.${end.kind}`) },
    { text: String(end.pid) },
    { text: t(`cleanup.cause.${end.cause}`) },
    { text: formatBytes(end.memoryBytes, language) },
  ]);
  return renderTable(columns, rows, io.stdout.size()?.columns ?? FILE_COLUMNS, paint.bold);
};

const decidedText = ({ t }: Ui, { counts }: Decided): string => {
  const some = DECISIONS.filter((one) => counts[one] > 0).map((one) => `${counts[one]} ${t(`cleanup.decision.${one}`)}`);
  return some.length === 0 ? t('cli.rehearse.decidedNothing') : t('cli.rehearse.decided', { counts: some.join(', ') });
};

/** What automatic cleanup would have ended in the last days, by the settings in force or with some of them changed, and how much it really decided. Changes nothing. */
export const rehearse = async (ui: Ui, core: Core, { edits, days }: RehearseOptions): Promise<ExitCode> => {
  const wrong = wrongEdit(edits);
  if (wrong !== null && !wrong.ok) return refused(ui, wrong.failure);
  const sinceMs = Date.now() - days * DAY_MS;
  const read = await readDecisions(decisionsFile(core.paths.stateDir), sinceMs);
  if (!read.ok) return fail(ui, failureTrouble(read.failure));
  const decided = decidedSince(read.value, sinceMs);
  return asked(ui, core, (db, { nowMs }) => {
    const { t, language } = ui;
    const result = readRehearsal(db, { edits, days, config: core.configStore.get(), nowMs, selfUid: core.self.uid });
    if (ui.json) {
      ui.data(jsonOf(result, decided));
      return 0;
    }
    if (result.sinceMs === null) return fail(ui, { reason: 'failed', key: 'cli.history.nothing' });
    ui.print(t('cli.history.span', { from: formatDateTime(result.fromMs, language), to: formatDateTime(result.toMs, language) }));
    ui.print(t(`rehearsal.says.${result.mode}`, { count: result.count, size: formatBytes(result.freedBytes, language) }));
    if (result.ends.length > 0) for (const line of tableOf(ui, result)) ui.print(line);
    if (result.count > result.ends.length) ui.print(t('rehearsal.more', { count: result.count - result.ends.length }));
    for (const id of result.unjudged) ui.print(t(`rehearsal.unjudged.${id}`));
    ui.print(decidedText(ui, decided));
    return 0;
  });
};
