import type { HistoryAnswer, HistoryEvent, HistorySeries, Series } from '../../shared/history.js';

export type Values = readonly (number | null)[];

/** One band of a stacked chart. */
export interface Band {
  /** "other" = all that have no band of their own. */
  readonly id: string;
  readonly name: string | null;
  readonly values: Values;
}

/** What a chart over time shows; bands from the floor upwards. */
export interface Stack {
  readonly times: readonly number[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  readonly bands: readonly Band[];
  readonly total: Values;
}

const sumOf = (lists: readonly Values[]): Values =>
  (lists[0] ?? []).map((_, at) =>
    lists.reduce<number | null>((sum, list) => (list[at] == null ? sum : (sum ?? 0) + (list[at] ?? 0)), null),
  );

const scaled = (values: Values, unit: number): Values => values.map((value) => (value === null ? null : value / unit));

/** The stack of one measure, in units of `unit`: the first `most` groups with a band each, the smallest on top, all others in one. */
export const stackOf = (
  answer: HistoryAnswer,
  measure: (group: Pick<HistorySeries, 'memoryBytes' | 'cpuPercent' | 'processes'>) => Series,
  unit: number,
  most: number,
): Stack => {
  const named = answer.series.filter(({ id }) => id !== 'other');
  const others = [...named.slice(most), ...answer.series.filter(({ id }) => id === 'other')];
  const bands: Band[] = named
    .slice(0, most)
    .map((group) => ({ id: group.id, name: group.name, values: scaled(measure(group).mean, unit) }));
  if (others.length > 0) {
    const values = sumOf(others.map((group) => scaled(measure(group).mean, unit)));
    if (values.some((value) => value !== null && value > 0)) bands.push({ id: 'other', name: null, values });
  }
  const { times, stepMs } = answer;
  // From the first bucket's beginning to the last one's end: the scale moves when a bucket is full, not with every look.
  const fromMs = times[0] ?? answer.fromMs;
  const toMs = (times.at(-1) ?? answer.toMs) + stepMs;
  return { times, fromMs, toMs, stepMs, bands, total: scaled(measure(answer.total).mean, unit) };
};

/** Stretches of buckets in which something was recorded, first and last index. */
export const stretchesOf = (values: Values): readonly (readonly [number, number])[] => {
  const found: [number, number][] = [];
  values.forEach((value, at) => {
    if (value === null) return;
    const last = found.at(-1);
    if (last && last[1] === at - 1) last[1] = at;
    else found.push([at, at]);
  });
  return found;
};

/** Times in which nothing was recorded, from the beginning of the range to its end. */
export const gapsOf = ({ times, total, fromMs, toMs, stepMs }: Stack): readonly { readonly fromMs: number; readonly toMs: number }[] => {
  const gaps: { fromMs: number; toMs: number }[] = [];
  let at = fromMs;
  for (const [first, last] of stretchesOf(total)) {
    const begin = Math.max(fromMs, times[first] ?? fromMs);
    if (begin - at >= stepMs) gaps.push({ fromMs: at, toMs: begin });
    at = Math.min(toMs, (times[last] ?? toMs) + stepMs);
  }
  // The bucket that has just begun is no gap.
  if (toMs - at >= 2 * stepMs) gaps.push({ fromMs: at, toMs });
  return gaps;
};

export interface Box {
  readonly x: (ms: number) => number;
  readonly y: (value: number) => number;
}

/** One band as drawn: its area, and the line along its upper edge. */
export interface BandPath {
  readonly id: string;
  readonly area: string;
  readonly line: string;
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** A line along values as a path; gaps stay gaps. A lone bucket is as wide as it lasted. */
export const linePath = (times: readonly number[], values: Values, stepMs: number, { x, y }: Box): string =>
  stretchesOf(values)
    .map(([first, last]) => {
      const points: string[] = [];
      for (let at = first; at <= last; at += 1) points.push(`${round(x((times[at] ?? 0) + stepMs / 2))} ${round(y(values[at] ?? 0))}`);
      return first === last
        ? `M${round(x(times[first] ?? 0))} ${points[0]?.split(' ')[1]}h${Math.max(1, round(x(stepMs) - x(0)))}`
        : `M${points.join('L')}`;
    })
    .join('');

/** The bands as paths, each standing on the one below. A group that was not there while others were is of no height, not a gap. */
export const bandPaths = ({ times, bands, total, stepMs }: Stack, box: Box): readonly BandPath[] => {
  const { x, y } = box;
  const floor = times.map(() => 0);
  const stretches = stretchesOf(total);
  return bands.map(({ id, values }) => {
    let area = '';
    let line = '';
    for (const [first, last] of stretches) {
      const upper: string[] = [];
      const lower: string[] = [];
      for (let at = first; at <= last; at += 1) {
        const base = floor[at] ?? 0;
        const top = base + (values[at] ?? 0);
        floor[at] = top;
        const begin = times[at] ?? 0;
        // One bucket alone has no line to its neighbour: it is drawn as wide as it lasted.
        const places = first === last ? [begin, begin + stepMs] : [begin + stepMs / 2];
        for (const place of places) {
          upper.push(`${round(x(place))} ${round(y(top))}`);
          lower.push(`${round(x(place))} ${round(y(base))}`);
        }
      }
      line += `M${upper.join('L')}`;
      area += `M${upper.join('L')}L${lower.reverse().join('L')}Z`;
    }
    return { id, area, line };
  });
};

/** Several events so near to each other that one mark stands for all of them. */
export interface Mark {
  readonly atMs: number;
  /** Processes that ended; 0 = nothing ended, only said. */
  readonly ended: number;
  readonly events: readonly HistoryEvent[];
}

/** Marks for events (ascending), each at its first one and never nearer to each other than a part of `slots` of the range. */
export const marksOf = (events: readonly HistoryEvent[], fromMs: number, toMs: number, slots = 24): readonly Mark[] => {
  const width = (toMs - fromMs) / slots;
  const clusters: HistoryEvent[][] = [];
  for (const event of events) {
    if (event.atMs < fromMs || event.atMs > toMs || !(width > 0)) continue;
    const last = clusters.at(-1);
    if (last !== undefined && event.atMs - (last[0]?.atMs ?? 0) < width) last.push(event);
    else clusters.push([event]);
  }
  return clusters.map((list) => ({
    atMs: list[0]?.atMs ?? fromMs,
    ended: list.reduce((sum, { kind, count }) => sum + (kind === 'ended' || kind === 'cleanup' ? count : 0), 0),
    events: list,
  }));
};

/** The first and the last value, the largest and when it was; null = nothing was recorded. */
export const courseOf = (
  times: readonly number[],
  values: Values,
): { readonly first: number; readonly last: number; readonly top: number; readonly topAtMs: number } | null => {
  let course: { first: number; last: number; top: number; topAtMs: number } | null = null;
  values.forEach((value, at) => {
    if (value === null) return;
    const atMs = times[at] ?? 0;
    if (course === null) course = { first: value, last: value, top: value, topAtMs: atMs };
    else course = value > course.top ? { ...course, last: value, top: value, topAtMs: atMs } : { ...course, last: value };
  });
  return course;
};
