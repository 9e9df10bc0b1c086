import type { Core } from '../main/core.js';
import type { StoppedSession } from '../shared/api.js';
import { formatBytes, formatDateTime } from '../shared/format.js';
import type { StoppedJson } from './json-shape.js';
import { JSON_VERSION } from './json-shape.js';
import { projectText } from './list.js';
import type { ExitCode, Ui } from './output.js';
import { clean, sentence } from './output.js';
import type { Cell, Column } from './table.js';
import { FILE_COLUMNS, renderTable } from './table.js';

/** The log's words that end sessions; another one (of a newer version) is shown as it is. */
const KNOWN_ACTIONS = [
  'KILL_PROCESS',
  'KILL_USER_PROCESSES',
  'KILL_ALL_PROCESSES',
  'CLEAN_OLD',
  'CLEAN_ORPHANS',
  'AUTO_CLEANUP',
  'STOP_BACKGROUND',
];

const stoppedJson = (sessions: readonly StoppedSession[]): StoppedJson => ({
  version: JSON_VERSION,
  stopped: sessions.map((one) => ({
    sessionId: one.sessionId,
    name: one.name,
    projectDir: one.projectDir,
    user: one.user,
    pid: one.pid,
    endedAtMs: one.endedAtMs,
    action: one.action,
    freedBytes: one.freedBytes,
    resume: one.resume?.command ?? null,
  })),
});

const lines = (ui: Ui, sessions: readonly StoppedSession[]): string[] => {
  const { t, language } = ui;
  const columns: readonly Column[] = [
    { title: t('cli.column.ended'), align: 'left' },
    { title: t('cli.column.user'), align: 'left', min: 4, drop: 2 },
    { title: t('cli.column.freed'), align: 'right', drop: 3 },
    { title: t('cli.column.why'), align: 'left', drop: 1 },
    { title: t('cli.column.name'), align: 'left', min: 10 },
    { title: t('cli.column.project'), align: 'left', min: 12, keep: 'end', drop: 4 },
  ];
  const cells = (one: StoppedSession): Cell[] => [
    { text: formatDateTime(one.endedAtMs, language) },
    { text: clean(one.user ?? '?') },
    { text: formatBytes(one.freedBytes, language) },
    { text: KNOWN_ACTIONS.includes(one.action) ? t(`cli.stopped.why.${one.action}`) : clean(one.action) },
    { text: clean(one.name) },
    { text: projectText(ui, one.projectDir), paint: ui.paint.dim },
  ];
  const [head = '', ...rows] = renderTable(columns, sessions.map(cells), ui.io.stdout.size()?.columns ?? FILE_COLUMNS, ui.paint.bold);
  // The command is to be copied, so it stands on a line of its own and is never cut.
  const resume = (one: StoppedSession | undefined): string =>
    one?.resume ? t('cli.end.resume', { command: clean(one.resume.command) }) : t('cli.stopped.noResume');
  return [head, ...rows.flatMap((row, i) => [row, `    ${resume(sessions[i])}`])];
};

/** The sessions that were ended here lately, newest first, each with the command to pick it up again. */
export const stopped = async (ui: Ui, core: Core): Promise<ExitCode> => {
  const sessions = core.stopped.list();
  for (const { id, values } of core.stopped.notices()) ui.note(ui.t('cli.error.line', { message: sentence(ui.t, `notice.${id}`, values) }));
  if (ui.json) ui.data(stoppedJson(sessions));
  else if (sessions.length === 0) ui.print(ui.t('cli.stopped.none'));
  else for (const line of lines(ui, sessions)) ui.print(line);
  return 0;
};
