import type { Core } from '../main/core.js';
import { decisionsFile, readDecisions } from '../main/decision-history.js';
import { MISSING_MARK } from '../main/i18n.js';
import type { Decision } from '../shared/care.js';
import { REASON_WORDS } from '../shared/care.js';
import { formatBytes, formatDateTime } from '../shared/format.js';
import type { DecisionsJson } from './decisions-shape.js';
import { JSON_VERSION } from './json-shape.js';
import type { ExitCode, Ui } from './output.js';
import { clean, fail, failureTrouble } from './output.js';
import type { Cell, Column } from './table.js';
import { FILE_COLUMNS, renderTable } from './table.js';

const reasonText = ({ t }: Ui, { reason, values }: Decision): string => {
  if (reason === null) return '';
  const words = REASON_WORDS.map((group) => t(`${group}.${reason}`, values)).find((text) => !text.startsWith(MISSING_MARK));
  return clean(words ?? reason);
};

const tableOf = (ui: Ui, decisions: readonly Decision[]): readonly string[] => {
  const { t, language } = ui;
  const columns: readonly Column[] = [
    { title: t('cli.rehearse.column.when'), align: 'left' },
    { title: t('cli.column.decision'), align: 'left' },
    { title: t('cli.column.name'), align: 'left', min: 10 },
    { title: t('cli.column.user'), align: 'left', min: 4, drop: 2 },
    { title: t('cli.column.pid'), align: 'right', drop: 4 },
    { title: t('cli.rehearse.column.memory'), align: 'right', drop: 1 },
    { title: t('cli.column.why'), align: 'left', min: 20 },
  ];
  const cells = (one: Decision): Cell[] => [
    { text: formatDateTime(one.atMs, language) },
    { text: t(`cleanup.decision.${one.decision}`) },
    { text: clean(one.name) },
    { text: clean(one.user ?? '?') },
    { text: String(one.key.pid) },
    { text: formatBytes(one.memoryBytes, language) },
    { text: [one.cause === null ? '' : t(`cleanup.cause.${one.cause}`), reasonText(ui, one)].filter(Boolean).join(': ') },
  ];
  return renderTable(columns, decisions.map(cells), ui.io.stdout.size()?.columns ?? FILE_COLUMNS, ui.paint.bold);
};

/** What automatic cleanup decided since a time, ends and skips alike, each with its reason; the newest last. */
export const decisions = async (ui: Ui, core: Core, sinceMs: number): Promise<ExitCode> => {
  const read = await readDecisions(decisionsFile(core.paths.stateDir), Date.now() - sinceMs);
  if (!read.ok) return fail(ui, failureTrouble(read.failure));
  if (ui.json)
    ui.data({ version: JSON_VERSION, decisions: read.value.map((one) => ({ ...one, key: { ...one.key } })) } satisfies DecisionsJson);
  else if (read.value.length === 0) ui.print(ui.t('cli.decisions.none'));
  else for (const line of tableOf(ui, read.value)) ui.print(line);
  return 0;
};
