import type { Trend } from '../shared/api.js';

export interface SparkPath {
  /** The points of a polyline for each run without a gap, as SVG writes them; a single value makes none. */
  readonly lines: readonly string[];
  /** The newest value, null when it was not read. */
  readonly last: { readonly x: number; readonly y: number } | null;
  /** Height of the limit's line, null when the values are far from it. */
  readonly limitY: number | null;
  readonly peak: number | null;
}

/** In px. Points are rounded to tenths. */
export interface SparkBox {
  readonly width: number;
  readonly height: number;
  readonly pad: number;
}

/** A limit is drawn from here on; far below it, it would only flatten the line. */
const NEAR = 0.8;
/** The least span of the scale as a share of the values, so that noise of a few KB is a flat line and not a mountain. */
const LEAST_SPAN = 0.12;

const TENTHS: string[] = [];
/** A number of tenths as text. Kept: to write a fraction takes longer than all else of a point. */
const inTenths = (count: number): string => {
  TENTHS[count] ??= `${count / 10}`;
  return TENTHS[count];
};
const tenths = (px: number): number => Math.round(px * 10);

const placesByBox = new WeakMap<SparkBox, Map<number, readonly string[]>>();

/** Where the points of a trend of so many stand from left to right, newest at the right; worked out once, for there are rows of them at each look. */
const placesOf = (count: number, box: SparkBox): readonly string[] => {
  const byCount = placesByBox.get(box) ?? new Map<number, readonly string[]>();
  placesByBox.set(box, byCount);
  const kept = byCount.get(count);
  if (kept) return kept;
  const step = count > 1 ? (box.width - 2 * box.pad) / (count - 1) : 0;
  const places = Array.from({ length: count }, (_, index) => `${inTenths(tenths(box.width - box.pad - (count - 1 - index) * step))},`);
  byCount.set(count, places);
  return places;
};

/** A row's memory as a line in a box, newest at the right, on its own scale. Gaps stay gaps. Drawn for every row in view at each look, hence the plain loops. */
export const sparkPath = (trend: Trend, limit: number | null, box: SparkBox): SparkPath => {
  let peak = -Infinity;
  let bottom = Infinity;
  for (const value of trend) {
    if (value === null) continue;
    if (value > peak) peak = value;
    if (value < bottom) bottom = value;
  }
  if (peak === -Infinity) return { lines: [], last: null, limitY: null, peak: null };
  const showLimit = limit !== null && peak >= limit * NEAR;
  const top = showLimit ? Math.max(peak, limit) : peak;
  const span = Math.max(top - bottom, top * LEAST_SPAN, 1);
  const middle = (top + bottom) / 2;
  const { width, height, pad } = box;
  const yOf = (value: number): number => tenths(height / 2 - ((value - middle) / span) * (height - 2 * pad));

  const places = placesOf(trend.length, box);
  const lines: string[] = [];
  let points = '';
  let count = 0;
  for (let index = 0; index <= trend.length; index += 1) {
    const value = trend[index] ?? null;
    if (value !== null) {
      points += `${count === 0 ? '' : ' '}${places[index]}${inTenths(yOf(value))}`;
      count += 1;
      continue;
    }
    if (count > 1) lines.push(points);
    points = '';
    count = 0;
  }
  const newest = trend.at(-1) ?? null;
  return {
    lines,
    last: newest === null ? null : { x: width - pad, y: yOf(newest) / 10 },
    limitY: showLimit ? yOf(limit) / 10 : null,
    peak,
  };
};

/** Lines closed down to the box's floor, to be filled: the value of a path's d. */
export const areaBelow = (lines: readonly string[], height: number): string =>
  lines
    .map((points) => {
      const xs = points.split(' ').map((point) => point.split(',')[0]);
      return `M${xs[0]},${height}L${points} ${xs.at(-1)},${height}Z`;
    })
    .join('');
