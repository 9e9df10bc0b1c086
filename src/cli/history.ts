import type { Core } from '../main/core.js';
import { historyFile } from '../main/history.js';
import type { Database } from '../main/history-database.js';
import { openForReading } from '../main/history-open.js';
import type { Context } from '../main/history-query.js';
import { readSeries } from '../main/history-query.js';
import { readSummary } from '../main/history-summary.js';
import { errorCode } from '../main/paths.js';
import { formatBytes, formatDateTime, formatNumber } from '../shared/format.js';
import type { HistoryAnswer, HistoryGrouping, HistorySeries, HistorySummary, Measured } from '../shared/history.js';
import { historyCsv } from '../shared/history-csv.js';
import type { HistoryJson, RankingJson } from './json-shape.js';
import { JSON_VERSION } from './json-shape.js';
import type { ExitCode, Ui } from './output.js';
import { clean, fail } from './output.js';
import type { Cell, Column } from './table.js';
import { FILE_COLUMNS, renderTable } from './table.js';

const HOUR_MS = 3_600_000;
const GIGABYTE = 1024 ** 3;
/** All groups are named, and of time there is as much as a table or a file can use. */
const MOST = { series: 1_000, points: 400 };

export interface HistoryOptions {
  readonly by: HistoryGrouping;
  readonly sinceMs: number;
  readonly format: 'text' | 'csv';
}

/** Opens the history, asks and closes it; no window has to run, and one that runs goes on writing. */
export const asked = async (ui: Ui, core: Core, act: (db: Database, context: Context) => ExitCode): Promise<ExitCode> => {
  const path = historyFile(core.paths.stateDir);
  const unavailable = (code: string): ExitCode =>
    fail(ui, { reason: 'failed', key: 'error.historyUnavailable', values: { file: path, code } });
  const opened = await openForReading(path);
  if (!opened.ok) return opened.code === 'missing' ? fail(ui, { reason: 'failed', key: 'cli.history.nothing' }) : unavailable(opened.code);
  try {
    return act(opened.db, { nowMs: Date.now(), recording: { state: 'elsewhere' }, version: 0, hostTotalBytes: null });
  } catch (error) {
    return unavailable(errorCode(error));
  } finally {
    opened.db.close();
  }
};

const known = (value: number | null): value is number => value !== null;
const mean = (values: readonly (number | null)[]): number | null => {
  const some = values.filter(known);
  return some.length === 0 ? null : some.reduce((sum, value) => sum + value, 0) / some.length;
};
const most = (values: readonly (number | null)[]): number | null =>
  values.filter(known).reduce<number | null>((a, b) => Math.max(a ?? b, b), null);

const nameOf = (ui: Ui, by: HistoryGrouping, { id, name, session }: HistorySeries): string => {
  const { t, language } = ui;
  if (session !== null)
    return `${clean(session.project ?? '?')} (${t(`kind.${session.kind}`)}, ${clean(session.user ?? '?')}, ${formatDateTime(session.startedAtMs, language)})`;
  if (id === 'other') return t('cli.history.other');
  if (name === null) return t('cli.history.unknown');
  return by === 'kind' ? t(`kind.${name}`, { defaultValue: clean(name) }) : clean(name);
};

const tableOf = (ui: Ui, answer: HistoryAnswer): readonly string[] => {
  const { t, language } = ui;
  const columns: readonly Column[] = [
    { title: t(`cli.history.column.${answer.by}`), align: 'left', min: 12, keep: 'end' },
    { title: t('cli.history.column.mean'), align: 'right' },
    { title: t('cli.history.column.peak'), align: 'right' },
    { title: t('cli.history.column.cpu'), align: 'right', drop: 1 },
    { title: t('cli.history.column.processes'), align: 'right', drop: 2 },
  ];
  const row = (name: string, { memoryBytes, cpuPercent, processes }: Measured): Cell[] => [
    { text: name },
    { text: formatBytes(mean(memoryBytes.mean), language) },
    { text: formatBytes(most(memoryBytes.max), language) },
    { text: formatNumber(mean(cpuPercent.mean), language, 1) },
    { text: formatNumber(mean(processes.mean), language, 1) },
  ];
  const rows = [...answer.series.map((one) => row(nameOf(ui, answer.by, one), one)), row(t('cli.history.total'), answer.total)];
  return renderTable(columns, rows, ui.io.stdout.size()?.columns ?? FILE_COLUMNS, ui.paint.bold);
};

const historyJson = (answer: HistoryAnswer): HistoryJson => ({
  version: JSON_VERSION,
  by: answer.by,
  fromMs: answer.fromMs,
  toMs: answer.toMs,
  stepMs: answer.stepMs,
  sinceMs: answer.sinceMs,
  times: [...answer.times],
  hostAvailableBytes: [...answer.hostAvailableBytes.mean],
  total: measuredJson(answer.total),
  series: answer.series.map((one) => ({ id: one.id, name: one.name, session: one.session, ...measuredJson(one) })),
  events: answer.events.map((event) => ({ ...event })),
});

const measuredJson = ({ memoryBytes, cpuPercent, processes }: Measured): HistoryJson['total'] => {
  const lists = ({ min, mean: middle, max }: Measured['memoryBytes']) => ({ min: [...min], mean: [...middle], max: [...max] });
  return { memoryBytes: lists(memoryBytes), cpuPercent: lists(cpuPercent), processes: lists(processes) };
};

const since = (ui: Ui, answer: { readonly sinceMs: number | null; readonly fromMs: number; readonly toMs: number }): string =>
  ui.t('cli.history.span', {
    from: formatDateTime(Math.max(answer.fromMs, answer.sinceMs ?? 0), ui.language),
    to: formatDateTime(answer.toMs, ui.language),
  });

/** Memory, CPU and processes over a span of the past: a table for people, every bucket for programs. */
export const history = (ui: Ui, core: Core, { by, sinceMs, format }: HistoryOptions): Promise<ExitCode> =>
  asked(ui, core, (db, context) => {
    const range = { type: 'span' as const, fromMs: context.nowMs - sinceMs, toMs: context.nowMs };
    const answer = readSeries(db, { range, by, tail: null }, context, MOST);
    if (format === 'csv') {
      for (const line of historyCsv(answer, (ms) => new Date(ms).toISOString())) ui.io.stdout.write(line);
      return 0;
    }
    if (ui.json) {
      ui.data(historyJson(answer));
      return 0;
    }
    if (answer.total.memoryBytes.mean.every((value) => value === null)) {
      ui.print(
        answer.sinceMs === null
          ? ui.t('cli.history.nothing')
          : ui.t('cli.history.noneInSpan', { since: formatDateTime(answer.sinceMs, ui.language) }),
      );
      return 0;
    }
    ui.print(since(ui, answer));
    for (const line of tableOf(ui, answer)) ui.print(line);
    return 0;
  });

const rankingJson = (summary: HistorySummary): RankingJson => ({
  version: JSON_VERSION,
  fromMs: summary.fromMs,
  toMs: summary.toMs,
  sinceMs: summary.sinceMs,
  recordedMs: summary.recordedMs,
  users: summary.users.map((user) => ({ ...user })),
});

/** Users by what they used, the most memory over time first. */
export const ranking = (ui: Ui, core: Core, { sinceMs }: { readonly sinceMs: number }): Promise<ExitCode> =>
  asked(ui, core, (db, context) => {
    const { t, language } = ui;
    const range = { type: 'span' as const, fromMs: context.nowMs - sinceMs, toMs: context.nowMs };
    const summary = readSummary(db, range, core.configStore.get(), context);
    if (ui.json) {
      ui.data(rankingJson(summary));
      return 0;
    }
    if (summary.users.length === 0) {
      ui.print(t('cli.history.nothing'));
      return 0;
    }
    const columns: readonly Column[] = [
      { title: t('cli.history.column.user'), align: 'left', min: 6 },
      { title: t('cli.history.column.now'), align: 'right' },
      { title: t('cli.history.column.peak'), align: 'right', drop: 3 },
      { title: t('cli.history.column.memoryHours'), align: 'right' },
      { title: t('cli.history.column.cpuHours'), align: 'right' },
      { title: t('cli.history.column.processes'), align: 'right', drop: 2 },
      { title: t('cli.history.column.ended'), align: 'right', drop: 1 },
      { title: t('cli.history.column.limit'), align: 'right', drop: 4 },
    ];
    const rows = summary.users.map((user): Cell[] => [
      { text: user.user === null ? t('cli.history.unknown') : clean(user.user) },
      { text: formatBytes(user.memoryBytes, language) },
      { text: formatBytes(user.peakBytes, language) },
      { text: formatNumber(user.memoryByteHours / GIGABYTE, language, 1) },
      { text: formatNumber(user.cpuHours, language, 1) },
      { text: formatNumber(user.processes, language) },
      { text: formatNumber(user.sessionsEnded, language) },
      { text: formatBytes(user.limitBytes, language) },
    ]);
    ui.print(since(ui, summary));
    for (const line of renderTable(columns, rows, ui.io.stdout.size()?.columns ?? FILE_COLUMNS, ui.paint.bold)) ui.print(line);
    return 0;
  });

const UNITS: Readonly<Record<string, number>> = { m: HOUR_MS / 60, h: HOUR_MS, d: 24 * HOUR_MS };
export const MAX_SINCE_DAYS = 730;

/** A length of time, "90m", "24h" or "7d", in ms; null = none, or longer than two years. */
export const parseSince = (text: string): number | null => {
  const [, count = '', unit = ''] = /^([1-9]\d{0,6})([mhd])$/i.exec(text) ?? [];
  const ms = Number(count) * (UNITS[unit.toLowerCase()] ?? 0);
  return ms > 0 && ms <= MAX_SINCE_DAYS * 24 * HOUR_MS ? ms : null;
};
