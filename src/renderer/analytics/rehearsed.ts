import type { Rehearsal } from '../../shared/rehearsal.js';

/** Spans that the Analytics tab tries the settings on, in days. */
export const REHEARSED_SPANS = [1, 3, 7] as const;
export type RehearsedSpan = (typeof REHEARSED_SPANS)[number];

/** How long a bar is, in hours of the local day. */
const BAR_HOURS: Readonly<Record<RehearsedSpan, number>> = { 1: 1, 3: 6, 7: 24 };
/** So many bars share a label. */
export const LABEL_EVERY: Readonly<Record<RehearsedSpan, number>> = { 1: 3, 3: 1, 7: 1 };

/** What would have been ended in a part of the span: left over, old, over a limit. */
export interface RehearsedBar {
  readonly atMs: number;
  readonly counts: readonly [orphan: number, old: number, limit: number];
}

const barAt = (atMs: number, hours: number): Date => {
  const at = new Date(atMs);
  at.setHours(Math.floor(at.getHours() / hours) * hours, 0, 0, 0);
  return at;
};

/** What a rehearsal would have ended, bar by bar over all of its span; bars begin at full hours or days of local time, also where the clocks change. */
export const rehearsedBars = (
  { fromMs, toMs, hours }: Pick<Rehearsal, 'fromMs' | 'toMs' | 'hours'>,
  days: RehearsedSpan,
): readonly RehearsedBar[] => {
  const length = BAR_HOURS[days];
  const starts: number[] = [];
  for (let at = barAt(fromMs, length); at.getTime() < toMs; ) {
    starts.push(at.getTime());
    // By the local clock: a day is one bar be it 23 hours long, and of the hour that comes twice there is one.
    at = new Date(at.getFullYear(), at.getMonth(), at.getDate(), at.getHours() + length);
  }
  return starts.map((atMs, index) => {
    const endMs = starts[index + 1] ?? Number.POSITIVE_INFINITY;
    const inside = hours.filter((hour) => hour.atMs < endMs && (index === 0 || hour.atMs >= atMs));
    const sum = (cause: 'orphan' | 'old' | 'limit'): number => inside.reduce((total, hour) => total + hour[cause], 0);
    return { atMs, counts: [sum('orphan'), sum('old'), sum('limit')] };
  });
};
