import type { HistoryAnswer, Measured, Series } from './history.js';
import { csvCell, tame } from './log-query.js';

const line = (cells: readonly string[]): string => `${cells.map((cell) => csvCell(tame(cell))).join(',')}\r\n`;
const QUANTITIES = ['memory_bytes', 'cpu_percent', 'processes'] as const;
const BOUNDS = ['min', 'mean', 'max'] as const;

/** Numbers stand as they are, a point as their decimal sign; what is not known is empty. */
const cells = ({ min, mean, max }: Series, at: number): readonly string[] =>
  [min, mean, max].map((list) => (list[at] === null || list[at] === undefined ? '' : String(list[at])));

const measured = ({ memoryBytes, cpuPercent, processes }: Measured, at: number): readonly string[] =>
  [memoryBytes, cpuPercent, processes].flatMap((series) => cells(series, at));

/** A series over time as CSV, one line a bucket and group; buckets in which nothing was recorded are left out. `iso` writes a time. */
export const historyCsv = function* (answer: HistoryAnswer, iso: (ms: number) => string): Generator<string> {
  const { by, times, total, series, hostAvailableBytes } = answer;
  yield line(['from', 'to', by, ...QUANTITIES.flatMap((name) => BOUNDS.map((bound) => `${name}_${bound}`)), 'host_available_bytes_mean']);
  const groups = [
    { name: 'total', values: total },
    ...series.map((one) => ({
      // A session has no name of its own: its project and when it began tell it apart.
      name:
        one.session === null
          ? (one.name ?? (one.id === 'other' ? 'other' : ''))
          : `${one.session.project ?? ''} ${one.session.user ?? ''} ${one.session.key.pid} ${iso(one.session.startedAtMs)}`.trim(),
      values: one,
    })),
  ];
  for (const [at, time] of times.entries()) {
    if (total.processes.mean[at] === null) continue;
    for (const { name, values } of groups) {
      const host = hostAvailableBytes.mean[at];
      yield line([
        iso(time),
        iso(time + answer.stepMs),
        name,
        ...measured(values, at),
        host === null || host === undefined ? '' : String(host),
      ]);
    }
  }
};
