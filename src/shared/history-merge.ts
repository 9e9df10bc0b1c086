import type { HistoryAnswer, HistorySeries, Measured, Series } from './history.js';

type Values = readonly (number | null)[];

const sameList = <T>(a: readonly T[], b: readonly T[]): boolean => a.length === b.length && a.every((value, at) => Object.is(value, b[at]));

/** The older answer's list where nothing of it changed, so that what is drawn from it need not be drawn anew. */
const keep = <T>(older: readonly T[], newer: readonly T[]): readonly T[] => (sameList(older, newer) ? older : newer);

interface Splice {
  /** How many of the older buckets have left the range at its beginning, and how many of the rest stay as they are. */
  readonly drop: number;
  readonly stay: number;
}

const spliceValues = (older: Values, tail: Values, { drop, stay }: Splice): Values =>
  keep(older, [...older.slice(drop, drop + stay), ...tail]);

const spliceSeries = (older: Series, tail: Series, how: Splice): Series => {
  const min = spliceValues(older.min, tail.min, how);
  const mean = spliceValues(older.mean, tail.mean, how);
  const max = spliceValues(older.max, tail.max, how);
  return min === older.min && mean === older.mean && max === older.max ? older : { min, mean, max };
};

const spliceMeasured = (older: Measured, tail: Measured, how: Splice): Measured => {
  const memoryBytes = spliceSeries(older.memoryBytes, tail.memoryBytes, how);
  const cpuPercent = spliceSeries(older.cpuPercent, tail.cpuPercent, how);
  const processes = spliceSeries(older.processes, tail.processes, how);
  const same = memoryBytes === older.memoryBytes && cpuPercent === older.cpuPercent && processes === older.processes;
  return same ? older : { memoryBytes, cpuPercent, processes };
};

const spliceGroup = (older: HistorySeries, tail: HistorySeries, how: Splice): HistorySeries => {
  const measured = spliceMeasured(older, tail, how);
  const sameSession = older.session?.endedAtMs === tail.session?.endedAtMs;
  return measured === older && sameSession ? older : { ...older, ...measured, session: sameSession ? older.session : tail.session };
};

/** From which bucket on to ask for an update: the last one, which was not full yet; null = ask for all of it. */
export const tailOf = (answer: HistoryAnswer): { readonly fromBucketMs: number; readonly ids: readonly string[] } | null => {
  const last = answer.times.at(-1);
  return last === undefined ? null : { fromBucketMs: last, ids: answer.series.map(({ id }) => id) };
};

/**
 * An older answer brought up to date by the tail that was asked for with `tailOf`; every list and object that did not change stays
 * the same object. Null where the two do not fit (another range, a gap, other groups): then all of it has to be asked for.
 */
export const mergeHistory = (older: HistoryAnswer, tail: HistoryAnswer): HistoryAnswer | null => {
  const first = tail.times[0];
  if (first === undefined || older.by !== tail.by || older.stepMs !== tail.stepMs) return null;
  const at = older.times.indexOf(first);
  const drop = older.times.findIndex((time) => time + older.stepMs > tail.fromMs);
  if (at < 0 || drop < 0 || at < drop) return null;
  const how: Splice = { drop, stay: at - drop };
  const ofTail = new Map(tail.series.map((group) => [group.id, group]));
  const known = new Set(older.series.map(({ id }) => id));
  if (older.series.some(({ id }) => !ofTail.has(id)) || tail.series.some(({ id }) => !known.has(id))) return null;
  const series = older.series.map((group) => {
    const end = ofTail.get(group.id);
    return end === undefined ? group : spliceGroup(group, end, how);
  });
  const times = [...older.times.slice(drop, at), ...tail.times];
  const events = [
    ...older.events.filter(({ atMs }) => atMs >= tail.fromMs && atMs < first),
    ...tail.events.map((event) => older.events.find((one) => one.id === event.id) ?? event),
  ];
  return {
    ...tail,
    times: keep(older.times, times),
    total: spliceMeasured(older.total, tail.total, how),
    sessions: spliceSeries(older.sessions, tail.sessions, how),
    leftOverBytes: spliceSeries(older.leftOverBytes, tail.leftOverBytes, how),
    hostAvailableBytes: spliceSeries(older.hostAvailableBytes, tail.hostAvailableBytes, how),
    hostCpuPercent: spliceSeries(older.hostCpuPercent, tail.hostCpuPercent, how),
    series: keep(older.series, series),
    events: keep(older.events, events),
  };
};

/** What moves a line by less than this part of the largest total moves no pixel of a chart. */
const SEEN = 1 / 300;

const largestOf = (values: Values): number => values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);

const isNear = (a: Values, b: Values, room: number): boolean => {
  const last = b.length - 1;
  if (a.length !== b.length || (a[last] === null) !== (b[last] === null)) return false;
  return Math.abs((a[last] ?? 0) - (b[last] ?? 0)) <= room && (a === b || a.every((value, at) => at === last || Object.is(value, b[at])));
};

/**
 * The older of two answers where the newer would be drawn the same: the same buckets, groups and events, and the last bucket, which
 * is not full yet, within less than a pixel. So a range of days is not drawn anew for every look.
 */
export const keepAnswer = (older: HistoryAnswer, newer: HistoryAnswer): HistoryAnswer => {
  if (older.times !== newer.times || older.events !== newer.events || older.series.length !== newer.series.length) return newer;
  const { recording, sinceMs, hostAvailableBytes } = newer;
  if (older.recording.state !== recording.state || older.sinceMs !== sinceMs) return newer;
  const bytes = SEEN * largestOf(newer.total.memoryBytes.mean);
  const percent = SEEN * largestOf(newer.total.cpuPercent.mean);
  const same = (a: Measured, b: Measured): boolean =>
    isNear(a.memoryBytes.mean, b.memoryBytes.mean, bytes) && isNear(a.cpuPercent.mean, b.cpuPercent.mean, percent);
  const groups = newer.series.every((group, at) => {
    const before = older.series[at];
    return before !== undefined && before.id === group.id && before.session?.endedAtMs === group.session?.endedAtMs && same(before, group);
  });
  return groups && same(older.total, newer.total) && isNear(older.hostAvailableBytes.mean, hostAvailableBytes.mean, bytes) ? older : newer;
};
