import type { Trend } from '../shared/api.js';

export interface SparkPath {
  /** The value of a path's d: one stretch of line for each run without a gap; empty when there is none. */
  readonly line: string;
  /** The newest value, null when it was not read. */
  readonly last: { readonly x: number; readonly y: number } | null;
  /** Height of the limit's line, null when the values are far from it. */
  readonly limitY: number | null;
  readonly peak: number | null;
}

export interface SparkBox {
  readonly width: number;
  readonly height: number;
  readonly pad: number;
}

/** A limit is drawn from here on; far below it, it would only flatten the line. */
const NEAR = 0.8;
/** The least span of the scale as a share of the values, so that noise of a few KB is a flat line and not a mountain. */
const LEAST_SPAN = 0.12;

/** A row's memory as a line in a box, newest at the right, on its own scale. Gaps stay gaps. Drawn for every row in view at each look, hence the plain loops. */
export const sparkPath = (trend: Trend, limit: number | null, box: SparkBox): SparkPath => {
  let peak = -Infinity;
  let bottom = Infinity;
  for (const value of trend) {
    if (value === null) continue;
    if (value > peak) peak = value;
    if (value < bottom) bottom = value;
  }
  if (peak === -Infinity) return { line: '', last: null, limitY: null, peak: null };
  const showLimit = limit !== null && peak >= limit * NEAR;
  const top = showLimit ? Math.max(peak, limit) : peak;
  const span = Math.max(top - bottom, top * LEAST_SPAN, 1);
  const middle = (top + bottom) / 2;
  const { width, height, pad } = box;
  const step = trend.length > 1 ? (width - 2 * pad) / (trend.length - 1) : 0;
  const yOf = (value: number): number => round(height / 2 - ((value - middle) / span) * (height - 2 * pad));

  let line = '';
  let points = '';
  let count = 0;
  for (let index = 0; index <= trend.length; index += 1) {
    const value = trend[index] ?? null;
    if (value !== null) {
      const x = round(width - pad - (trend.length - 1 - index) * step);
      points += `${count === 0 ? '' : 'L'}${x} ${yOf(value)}`;
      count += 1;
      continue;
    }
    if (count > 1) line += `M${points}`;
    points = '';
    count = 0;
  }
  const newest = trend.at(-1) ?? null;
  return {
    line,
    last: newest === null ? null : { x: round(width - pad), y: yOf(newest) },
    limitY: showLimit ? yOf(limit) : null,
    peak,
  };
};

/** The stretches of a line closed down to the box's floor, to be filled. */
export const areaBelow = (line: string, height: number): string =>
  line
    .split('M')
    .slice(1)
    .map((stretch) => {
      const xs = stretch.split('L').map((point) => point.split(' ')[0]);
      return `M${xs[0]} ${height}L${stretch}L${xs.at(-1)} ${height}Z`;
    })
    .join('');

const round = (value: number): number => Math.round(value * 10) / 10;
