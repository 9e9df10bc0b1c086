import type { Trend } from '../shared/api.js';

export interface SparkPath {
  /** The value of a path's d: one stretch of line for each run without a gap; empty when there is none. */
  readonly line: string;
  /** The same stretches closed down to the box's floor, to be filled. */
  readonly area: string;
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

/** A row's memory as a line in a box, newest at the right, on its own scale. Gaps stay gaps. */
export const sparkPath = (trend: Trend, limit: number | null, box: SparkBox): SparkPath => {
  const known = trend.filter((value): value is number => value !== null);
  if (known.length === 0) return { line: '', area: '', last: null, limitY: null, peak: null };
  const peak = Math.max(...known);
  const showLimit = limit !== null && peak >= limit * NEAR;
  const top = showLimit ? Math.max(peak, limit) : peak;
  const bottom = Math.min(...known);
  const span = Math.max(top - bottom, top * LEAST_SPAN, 1);
  const middle = (top + bottom) / 2;
  const { width, height, pad } = box;
  const step = trend.length > 1 ? (width - 2 * pad) / (trend.length - 1) : 0;
  const xOf = (index: number): number => width - pad - (trend.length - 1 - index) * step;
  const yOf = (value: number): number => height / 2 - ((value - middle) / span) * (height - 2 * pad);
  const round = (value: number): number => Math.round(value * 10) / 10;

  let line = '';
  let area = '';
  let stretch: { readonly x: number; readonly y: number }[] = [];
  trend.forEach((value, index) => {
    if (value !== null) stretch.push({ x: round(xOf(index)), y: round(yOf(value)) });
    if (value !== null && index < trend.length - 1) return;
    const first = stretch[0];
    const last = stretch.at(-1);
    if (first && last && stretch.length > 1) {
      const points = stretch.map(({ x, y }) => `${x} ${y}`).join('L');
      line += `M${points}`;
      area += `M${first.x} ${height}L${points}L${last.x} ${height}Z`;
    }
    stretch = [];
  });
  const newest = trend.at(-1) ?? null;
  return {
    line,
    area,
    last: newest === null ? null : { x: round(width - pad), y: round(yOf(newest)) },
    limitY: showLimit ? round(yOf(limit)) : null,
    peak,
  };
};
