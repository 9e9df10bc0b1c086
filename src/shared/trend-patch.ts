import type { AppState, Trend } from './api.js';
import { rowId } from './row-id.js';
import type { Step } from './trend.js';
import { grow, trendPoint } from './trend.js';
import type { ProcessView } from './types.js';

/**
 * What makes the trends of one state into those of the next. Each belongs to a row and gets a point at each look, mostly that which the row
 * shows itself: of a look at which all of them grew by it, no more crosses than the word for how.
 */
export interface TrendsPatch {
  /** The newest point is another. */
  readonly latest?: Steps;
  /** One more point. */
  readonly added?: Steps;
  /** One more point, and the oldest is gone. */
  readonly shifted?: Steps;
  readonly whole?: Trends;
  readonly gone?: readonly string[];
}

interface Steps {
  /** Places in the new list of rows; absent = every row. */
  readonly at?: readonly number[];
  /** Their newest points; absent = each what its row shows. */
  readonly to?: readonly (number | null)[];
}

type Trends = AppState['trends'];

const STEPS = ['latest', 'added', 'shifted'] as const satisfies readonly Step[];

const samePoints = (a: Trend, b: Trend, count: number, offset: number): boolean => {
  for (let index = 0; index < count; index += 1) if (!Object.is(a[index + offset], b[index])) return false;
  return true;
};

/** How a trend came of another by its newest point alone; null = in no such way. */
const stepOf = (before: Trend, after: Trend): Step | null => {
  const last = after.length - 1;
  if (last < 0) return null;
  if (before.length === last) return samePoints(before, after, last, 0) ? 'added' : null;
  if (before.length !== after.length) return null;
  if (samePoints(before, after, last, 0)) return 'latest';
  return samePoints(before, after, last, 1) ? 'shifted' : null;
};

const same = (before: Trend, after: Trend): boolean =>
  before === after || (before.length === after.length && samePoints(before, after, after.length, 0));

/** What makes `before` into `after`, the trends of `rows`; null = nothing, they say the same. */
export const diffTrends = (before: Trends, after: Trends, rows: readonly ProcessView[]): TrendsPatch | null => {
  if (before === after) return null;
  const places = new Map(rows.map((view, at) => [rowId(view.key), at]));
  const grown: { readonly [S in Step]: { readonly at: number[]; readonly to: (number | null)[] } } = {
    latest: { at: [], to: [] },
    added: { at: [], to: [] },
    shifted: { at: [], to: [] },
  };
  const whole: [string, Trend][] = [];
  for (const [id, trend] of Object.entries(after)) {
    const old = Object.hasOwn(before, id) ? before[id] : undefined;
    if (old !== undefined && same(old, trend)) continue;
    const at = places.get(id);
    const step = old === undefined || at === undefined ? null : stepOf(old, trend);
    if (step === null || at === undefined) whole.push([id, trend]);
    else {
      grown[step].at.push(at);
      grown[step].to.push(trend.at(-1) ?? null);
    }
  }
  const gone = Object.keys(before).filter((id) => !Object.hasOwn(after, id));
  const patch: { -readonly [P in keyof TrendsPatch]: TrendsPatch[P] } = {};
  for (const step of STEPS) {
    const { at, to } = grown[step];
    if (at.length === 0) continue;
    const shown = at.every((place, index) => {
      const row = rows[place];
      return row !== undefined && Object.is(trendPoint(row), to[index]);
    });
    patch[step] = { ...(at.length === rows.length ? {} : { at }), ...(shown ? {} : { to: inOrder(at, to, rows.length) }) };
  }
  if (whole.length > 0) patch.whole = Object.fromEntries(whole);
  if (gone.length > 0) patch.gone = gone;
  return Object.keys(patch).length === 0 ? null : patch;
};

/** Points as their rows are listed, where those of every row are told without their places. */
const inOrder = (at: readonly number[], to: readonly (number | null)[], rows: number): readonly (number | null)[] => {
  if (at.length < rows) return to;
  const ordered: (number | null)[] = [...to];
  for (const [index, place] of at.entries()) ordered[place] = to[index] ?? null;
  return ordered;
};

/** The trends after the patch, those of `rows`, unchanged ones as the same objects; null = the patch is for other trends. */
export const applyTrends = (before: Trends, patch: TrendsPatch, rows: readonly ProcessView[]): Trends | null => {
  // One copy, not a list of pairs and a map: this runs over every row at every look.
  const after: Record<string, Trend> = { ...before, ...patch.whole };
  for (const id of patch.gone ?? []) delete after[id];
  for (const step of STEPS) {
    const steps = patch[step];
    if (steps === undefined) continue;
    const count = steps.at?.length ?? rows.length;
    for (let index = 0; index < count; index += 1) {
      const row = rows[steps.at?.[index] ?? index];
      if (row === undefined) return null;
      const id = rowId(row.key);
      const trend = Object.hasOwn(after, id) ? after[id] : undefined;
      const point = steps.to === undefined ? trendPoint(row) : steps.to[index];
      if (trend === undefined || point === undefined) return null;
      after[id] = grow(trend, step, point);
    }
  }
  return after;
};
