import type { Trend } from './api.js';
import type { ProcessView } from './types.js';

/** What a point does to a trend: it takes the newest one's place, is one more, or is one more and the oldest goes. */
export type Step = 'latest' | 'added' | 'shifted';

/** The memory that a row stands for in the table, bytes: a session's with all it owns. Its trend gets it at each look. */
export const trendPoint = (view: Pick<ProcessView, 'owner' | 'memoryBytes' | 'tree'>): number | null =>
  view.owner === null ? view.tree.memoryBytes : view.memoryBytes;

/**
 * A trend with one more point, as a new list. There are sixty points of each of a thousand rows: one copy of the right size, and a plain loop,
 * for V8 moves elements by `copyWithin` twenty times as slowly.
 */
export const grow = (trend: Trend, step: Step, point: number | null): Trend => {
  if (step === 'added') return [...trend, point];
  const grown = trend.slice();
  if (step === 'shifted') for (let index = 1; index < trend.length; index += 1) grown[index - 1] = trend[index] ?? null;
  grown[trend.length - 1] = point;
  return grown;
};
