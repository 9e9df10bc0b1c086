import type { Language } from '../../shared/format.js';

/** A scale from 0 to a round number above the largest value. */
export interface Axis {
  readonly top: number;
  readonly ticks: readonly number[];
  /** Decimals that the ticks need. */
  readonly digits: number;
}

const STEPS = [1, 2, 2.5, 5, 10];

/** A scale with at most `most` parts for values up to `largest`; nothing at all is a scale up to 1. `whole`: of what is counted there are no halves. */
export const niceAxis = (largest: number, most = 4, whole = false): Axis => {
  const goal = largest > 0 && Number.isFinite(largest) ? largest : 1;
  const power = 10 ** Math.max(whole ? 0 : Number.NEGATIVE_INFINITY, Math.floor(Math.log10(goal / most)));
  const fits = (one: number): boolean => one * power * most >= goal * (1 - 1e-9) && (!whole || Number.isInteger(one * power));
  const step = (STEPS.find(fits) ?? 10) * power;
  const parts = Math.max(1, Math.ceil(goal / step - 1e-9));
  const digits = Math.max(0, Math.min(3, -Math.floor(Math.log10(step) + 1e-9) + (step / power === 2.5 ? 1 : 0)));
  return { top: step * parts, ticks: Array.from({ length: parts + 1 }, (_, at) => step * at), digits };
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIME_STEPS = [1, 2, 5, 10, 15, 30]
  .map((n) => n * MINUTE)
  .concat(
    [1, 2, 3, 6, 12].map((n) => n * HOUR),
    [1, 2, 5, 7, 14].map((n) => n * DAY),
  );

/** Round moments of the reader's own clock between two others, at most `most`; days begin at their own midnight, also when it is an hour off. */
export const timeTicks = (fromMs: number, toMs: number, most = 6): readonly number[] => {
  const span = toMs - fromMs;
  if (!(span > 0)) return [];
  const step = TIME_STEPS.find((one) => span / one <= most) ?? Math.ceil(span / most / DAY) * DAY;
  const begin = new Date(fromMs);
  begin.setHours(0, 0, 0, 0);
  const ticks: number[] = [];
  for (let count = 0; ticks.length <= most; count += 1) {
    const at = new Date(begin);
    if (step >= DAY) at.setDate(at.getDate() + count * (step / DAY));
    else at.setMinutes(at.getMinutes() + count * (step / MINUTE));
    if (at.getTime() > toMs) break;
    if (at.getTime() >= fromMs && at.getTime() !== ticks.at(-1)) ticks.push(at.getTime());
    if (count > 20_000) break;
  }
  return ticks;
};

const formats = new Map<string, Intl.DateTimeFormat>();
const format = (language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
  const id = `${language}${JSON.stringify(options)}`;
  const made = formats.get(id) ?? new Intl.DateTimeFormat(language, options);
  formats.set(id, made);
  return made;
};

/** What stands below a tick: the time of day within two days, the day above. */
export const tickLabel = (atMs: number, spanMs: number, language: Language): string => {
  const at = new Date(atMs);
  const midnight = at.getHours() === 0 && at.getMinutes() === 0;
  if (spanMs > 2.5 * DAY || (midnight && spanMs > DAY)) return format(language, { day: 'numeric', month: 'short' }).format(at);
  return format(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
};

/** A moment in full, in a table or a tooltip: "Sat, Nov 22, 09:30"; with seconds where steps are shorter than a minute. */
export const momentLabel = (atMs: number, language: Language, stepMs = MINUTE): string =>
  format(language, {
    ...(stepMs < MINUTE ? { second: '2-digit' } : {}),
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(atMs);
