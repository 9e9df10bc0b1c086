import type { Core } from '../main/core.js';
import type { FindingType } from '../shared/findings.js';
import { formatAge, formatBytes, formatCpu, formatMegabytes, formatNumber, UNKNOWN } from '../shared/format.js';
import { keyId } from '../shared/process-key.js';
import type { ProcessView, Snapshot } from '../shared/types.js';
import { lookClosely } from './findings.js';
import { snapshotJson } from './json.js';
import type { ExitCode, Paint, Ui } from './output.js';
import { clean } from './output.js';
import type { Group, Selection } from './rows.js';
import { selectGroups } from './rows.js';
import type { Cell, Column } from './table.js';
import { FILE_COLUMNS, fitText, renderTable } from './table.js';

/** CPU is a difference of two looks; shorter gaps are mostly rounding, the kernel counts in 10 ms. */
const CPU_GAP_MS = 500;

const WAITING_CELLS = 20;

export interface ListOptions extends Selection {
  readonly tree: boolean;
  /** Only what this was found about; absent or null = everything. */
  readonly finding?: FindingType | null;
}

const columnsOf = (ui: Ui): readonly Column[] => {
  const title = (name: string): string => ui.t(`cli.column.${name}`);
  return [
    { title: title('pid'), align: 'right' },
    { title: title('user'), align: 'left', min: 4, drop: 4 },
    { title: title('memory'), align: 'right' },
    { title: title('cpu'), align: 'right' },
    { title: title('time'), align: 'right', drop: 2 },
    { title: title('status'), align: 'left', drop: 1 },
    { title: title('kind'), align: 'left', drop: 3 },
    { title: title('activity'), align: 'left', drop: 5 },
    { title: title('name'), align: 'left', min: 10 },
    { title: title('project'), align: 'left', min: 12, keep: 'end', drop: 6 },
  ];
};

const statusPaint = (paint: Paint, view: ProcessView): ((text: string) => string) => {
  if (view.status === 'orphan') return paint.red;
  return view.status === 'normal' ? (text) => text : paint.yellow;
};

/** A path as people write it, clean: the home directory of whoever asks is "~". */
export const projectText = (ui: Ui, path: string | null): string => {
  if (path === null) return '';
  const home = ui.io.env.HOME;
  return clean(home && home !== '/' && (path === home || path.startsWith(`${home}/`)) ? `~${path.slice(home.length)}` : path);
};

const activityText = (ui: Ui, view: ProcessView): string => {
  if (view.activity === 'none') return '';
  if (view.activity === 'waiting' && view.waitingFor !== null)
    return ui.t('cli.list.waitingFor', { what: fitText(clean(view.waitingFor), WAITING_CELLS) });
  return ui.t(`activity.${view.activity}`);
};

const cells = (ui: Ui, view: ProcessView, nowMs: number, place: { depth: number; whole: boolean; last: boolean }): Cell[] => {
  const figures = place.whole ? view.tree : { memoryBytes: view.memoryBytes, cpuPercent: view.cpuPercent, memoryIsPartial: false };
  const lowerBound = figures.memoryIsPartial && figures.memoryBytes !== null ? '≥' : '';
  const branch = place.depth === 0 ? '' : `${'  '.repeat(place.depth - 1)}${place.last ? '└ ' : '├ '}`;
  return [
    { text: String(view.key.pid) },
    { text: view.user === null ? (view.uid === null ? UNKNOWN : String(view.uid)) : clean(view.user) },
    { text: lowerBound + formatMegabytes(figures.memoryBytes, ui.language) },
    { text: formatCpu(figures.cpuPercent, ui.language) },
    { text: formatAge(view.startedAtMs === null ? null : nowMs - view.startedAtMs) },
    { text: ui.t(`status.${view.status}`), paint: statusPaint(ui.paint, view) },
    { text: view.kind },
    { text: activityText(ui, view) },
    { text: branch + clean(view.name) },
    { text: place.depth === 0 ? projectText(ui, view.projectDir) : '', paint: ui.paint.dim },
  ];
};

const groupRows = (ui: Ui, { row, owned }: Group, nowMs: number, tree: boolean): Cell[][] => {
  const head = cells(ui, row, nowMs, { depth: 0, whole: true, last: false });
  if (!tree) return [head];
  return [
    head,
    ...owned.map(({ view, depth }, i) => {
      // The last of its depth before the tree comes back to a lesser one.
      const rest = owned.slice(i + 1);
      const next = rest.findIndex((other) => other.depth <= depth);
      return cells(ui, view, nowMs, { depth, whole: false, last: next < 0 || (rest[next]?.depth ?? 0) < depth });
    }),
  ];
};

/** Sums over all Claude processes, and the host's own figures: two lines. */
export const totalLines = (ui: Ui, { totals, host }: Snapshot): string[] => {
  const { language, t } = ui;
  return [
    t('cli.list.totals', {
      processes: t('cli.count.processes', { count: totals.processes }),
      sessions: t('cli.count.sessions', { count: totals.sessions }),
      memory: (totals.memoryIsPartial ? '≥' : '') + formatBytes(totals.memoryBytes, language),
      cpu: formatCpu(totals.cpuPercent, language),
    }),
    t('cli.list.host', {
      name: clean(host.hostName),
      used: formatBytes(host.memoryUsedBytes, language),
      total: formatBytes(host.memoryTotalBytes, language),
      load: formatNumber(host.load1, language, 2),
      cpu: formatCpu(host.cpuPercent, language),
      cores: t('cli.count.cores', { count: host.cores }),
    }),
  ];
};

/** What the figures do not cover, one line each; none where everything could be read. */
export const caveatLines = (ui: Ui, { totals, complete }: Snapshot): string[] => [
  ...(complete ? [] : [ui.t('cli.list.incomplete')]),
  ...(totals.unreadable > 0 ? [ui.t('cli.list.unreadable', { count: totals.unreadable })] : []),
];

/** The table of a snapshot in lines of at most `width` cells, of its first `most` groups; an empty list is a sentence. */
export const tableLines = (ui: Ui, snapshot: Snapshot, options: ListOptions, width: number, most?: number): string[] => {
  const groups = selectGroups(snapshot.processes, options).slice(0, most);
  if (groups.length === 0) return [ui.t(snapshot.processes.length === 0 ? 'cli.list.none' : 'cli.list.noneMatch')];
  const rows = groups.flatMap((group) => groupRows(ui, group, snapshot.takenAtMs, options.tree));
  return renderTable(columnsOf(ui), rows, width, ui.paint.bold);
};

/** The processes that a selection leaves, each row followed by what it owns. */
export const selectedProcesses = (snapshot: Snapshot, selection: Selection): ProcessView[] =>
  selectGroups(snapshot.processes, selection).flatMap(({ row, owned }) => [row, ...owned.map(({ view }) => view)]);

type Found = ReadonlySet<string> | null;

const looked = async (ui: Ui, core: Core, finding: FindingType | null): Promise<{ readonly snapshot: Snapshot; readonly found: Found }> => {
  if (finding !== null) {
    const { snapshot, findings } = await lookClosely(ui, core);
    const keys = findings.filter(({ type }) => type === finding).flatMap((one) => one.keys);
    return { snapshot, found: new Set(keys.map(keyId)) };
  }
  await core.looker.look();
  await ui.io.sleep(CPU_GAP_MS, ui.io.readerGone);
  return { snapshot: (await core.looker.look()).snapshot, found: null };
};

/** Two looks, so that CPU is real (more where findings are asked for), then one table or one JSON value. */
export const list = async (ui: Ui, core: Core, options: ListOptions): Promise<ExitCode> => {
  const { snapshot, found } = await looked(ui, core, options.finding ?? null);
  const selection = { ...options, found };
  if (ui.json) {
    ui.data(snapshotJson(ui.t, snapshot, selectedProcesses(snapshot, selection)));
    return 0;
  }
  const width = ui.io.stdout.size()?.columns ?? FILE_COLUMNS;
  for (const line of tableLines(ui, snapshot, selection, width)) ui.print(line);
  ui.print('');
  for (const line of [...totalLines(ui, snapshot), ...caveatLines(ui, snapshot)]) ui.print(line);
  return 0;
};
