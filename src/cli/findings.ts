import type { Core } from '../main/core.js';
import type { Finding } from '../shared/findings.js';
import { createPolicyState, evaluate } from '../shared/policy.js';
import type { Snapshot } from '../shared/types.js';
import type { FindingsJson } from './json-shape.js';
import { JSON_VERSION } from './json-shape.js';
import type { ExitCode, Ui } from './output.js';
import { clean, sentence } from './output.js';
import type { Cell, Column } from './table.js';
import { FILE_COLUMNS, renderTable } from './table.js';

/** A limit counts as crossed at the third look in a row; rates need two. */
const LOOKS = 4;
const GAP_MS = 500;
const MOST_PIDS = 4;

const pidsOf = ({ keys }: Finding): string => {
  const pids = keys.slice(0, MOST_PIDS).map(({ pid }) => String(pid));
  return keys.length > MOST_PIDS ? `${pids.join(', ')}, …` : pids.join(', ');
};

const findingsJson = (ui: Ui, findings: readonly Finding[]): FindingsJson => ({
  version: JSON_VERSION,
  findings: findings.map(({ type, keys, user, name, text }) => ({
    type,
    processes: keys.map(({ pid, startedAt }) => ({ pid, startedAt })),
    user,
    name,
    id: text.id,
    message: sentence(ui.t, `finding.${text.id}`, text.values),
  })),
});

const lines = (ui: Ui, findings: readonly Finding[]): readonly string[] => {
  const { t } = ui;
  const columns: readonly Column[] = [
    { title: t('cli.column.finding'), align: 'left' },
    { title: t('cli.column.pid'), align: 'left', drop: 1 },
    { title: t('cli.column.user'), align: 'left', min: 4, drop: 2 },
    { title: t('cli.column.name'), align: 'left', min: 10 },
    { title: t('cli.column.why'), align: 'left', min: 20 },
  ];
  const cells = (finding: Finding): Cell[] => [
    { text: t(`finding.type.${finding.type}`) },
    { text: pidsOf(finding) },
    { text: clean(finding.user ?? '') },
    { text: clean(finding.name) },
    { text: sentence(t, `finding.${finding.text.id}`, finding.text.values) },
  ];
  return renderTable(columns, findings.map(cells), ui.io.stdout.size()?.columns ?? FILE_COLUMNS, ui.paint.bold);
};

/** The last of a few looks in a row, and what is worth a look by them. What takes minutes to show (runaway, growing) only the window knows. */
export const lookClosely = async (ui: Ui, core: Core): Promise<{ readonly snapshot: Snapshot; readonly findings: readonly Finding[] }> => {
  let state = createPolicyState();
  for (let count = 1; ; count++) {
    const { snapshot, guard } = await core.looker.look();
    const evaluation = evaluate(state, snapshot, core.configStore.get(), { guard, mode: 'off', busy: false });
    if (count === LOOKS) return { snapshot, findings: evaluation.findings };
    state = evaluation.state;
    await ui.io.sleep(GAP_MS, ui.io.readerGone);
  }
};

/** What is worth a look right now. */
export const findings = async (ui: Ui, core: Core): Promise<ExitCode> => {
  const { findings: found } = await lookClosely(ui, core);
  if (ui.json) ui.data(findingsJson(ui, found));
  else if (found.length === 0) ui.print(ui.t('cli.findings.none'));
  else for (const line of lines(ui, found)) ui.print(line);
  return 0;
};
