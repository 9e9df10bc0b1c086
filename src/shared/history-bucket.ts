/**
 * The arithmetic of buckets: what was measured over some time, brought to longer or shifted stretches of time. An entry is one
 * user, kind, project, session or server in one bucket, as twelve numbers: of memory, CPU and processes each for how long it was
 * not known, and least, time-weighted mean and greatest over all of the bucket (whoever was not there has 0 then).
 */

export const MEMORY = 0;
export const CPU = 4;
export const PROCESSES = 8;
/** Places within a quantity's four numbers. */
export const UNKNOWN_MS = 0;
export const LEAST = 1;
export const MEAN = 2;
export const GREATEST = 3;
export const ENTRY_LENGTH = 12;
export type Entry = Float64Array;

/** A sum under way: of each quantity unknown time, least, sum of value × time, greatest, known time; then the time it was there. */
const SUM_LENGTH = 16;
const SUM = MEAN;
const KNOWN_MS = 4;
const PRESENT_MS = 15;
/** Less than this is rounding. */
const TINY_MS = 0.5;

/** Buckets under way; ids are the store's. */
export interface Tally {
  coveredMs: number;
  readonly sums: Map<number, Float64Array>;
}

export const createTally = (): Tally => ({ coveredMs: 0, sums: new Map() });

const newSum = (tally: Tally, id: number): Float64Array => {
  const sum = new Float64Array(SUM_LENGTH);
  for (let from = 0; from < PRESENT_MS; from += 5) sum[from + LEAST] = Number.POSITIVE_INFINITY;
  tally.sums.set(id, sum);
  return sum;
};

/**
 * Adds one entry of a row that covers `rowMs`, of which `overlapMs` lie in this bucket. The row's own time is added once, by `cover`.
 * Numbers are read by index throughout: this runs a few hundred thousand times for one chart.
 */
export const addEntry = (tally: Tally, id: number, entry: Entry, rowMs: number, overlapMs: number): void => {
  const sum = tally.sums.get(id) ?? newSum(tally, id);
  const share = overlapMs / rowMs;
  for (let from = 0, to = 0; from < ENTRY_LENGTH; from += 4, to += 5) {
    const unknown = (entry[from] ?? 0) * share;
    const known = overlapMs - unknown;
    sum[to] = (sum[to] ?? 0) + unknown;
    if (known < TINY_MS && unknown > 0) continue;
    const least = entry[from + LEAST] ?? 0;
    const greatest = entry[from + GREATEST] ?? 0;
    if (least < (sum[to + LEAST] ?? 0)) sum[to + LEAST] = least;
    sum[to + SUM] = (sum[to + SUM] ?? 0) + (entry[from + MEAN] ?? 0) * known;
    if (greatest > (sum[to + GREATEST] ?? 0)) sum[to + GREATEST] = greatest;
    sum[to + KNOWN_MS] = (sum[to + KNOWN_MS] ?? 0) + known;
  }
  sum[PRESENT_MS] = (sum[PRESENT_MS] ?? 0) + overlapMs;
};

/** Counts a row's time into a bucket. */
export const cover = (tally: Tally, overlapMs: number): void => {
  tally.coveredMs += overlapMs;
};

/** One id's entry over all that a tally covers; nothing there at all = zeros. */
export const entryOf = ({ coveredMs, sums }: Tally, id: number): Entry => {
  const entry = new Float64Array(ENTRY_LENGTH);
  const sum = sums.get(id);
  if (sum === undefined) return entry;
  const absent = coveredMs - (sum[PRESENT_MS] ?? 0) > TINY_MS;
  for (let to = 0, from = 0; to < ENTRY_LENGTH; to += 4, from += 5) {
    const unknown = sum[from] ?? 0;
    const known = coveredMs - unknown;
    // Seen for no time that is known: unknown as a whole, or 0 % would be said of who was never measured.
    if ((sum[from + KNOWN_MS] ?? 0) <= TINY_MS && unknown > TINY_MS) {
      entry[to + UNKNOWN_MS] = coveredMs;
      continue;
    }
    entry[to + UNKNOWN_MS] = unknown > TINY_MS ? unknown : 0;
    entry[to + LEAST] = absent || sum[from + LEAST] === Number.POSITIVE_INFINITY ? 0 : (sum[from + LEAST] ?? 0);
    entry[to + MEAN] = known > 0 ? (sum[from + SUM] ?? 0) / known : 0;
    entry[to + GREATEST] = sum[from + GREATEST] ?? 0;
  }
  return entry;
};

/** An entry of one look: three values, null = not known. */
export const lookEntry = (memory: number | null, cpu: number | null, processes: number, coveredMs: number): Entry => {
  const entry = new Float64Array(ENTRY_LENGTH);
  [memory, cpu, processes].forEach((value, index) => {
    if (value === null) entry[index * 4] = coveredMs;
    else entry.fill(value, index * 4 + LEAST, index * 4 + GREATEST + 1);
  });
  return entry;
};

/** Whether a quantity of an entry was known for no time of its bucket. */
export const isUnknown = (entry: Entry, quantity: number, coveredMs: number): boolean =>
  coveredMs - (entry[quantity + UNKNOWN_MS] ?? 0) <= TINY_MS && (entry[quantity + UNKNOWN_MS] ?? 0) > 0;

/** Calls `visit` for each bucket that a stretch of time touches, with the bucket's beginning and how much of the stretch lies in it. */
export const spread = (fromMs: number, toMs: number, stepMs: number, visit: (bucketMs: number, overlapMs: number) => void): void => {
  for (let bucket = Math.floor(fromMs / stepMs) * stepMs; bucket < toMs; bucket += stepMs) {
    const overlap = Math.min(toMs, bucket + stepMs) - Math.max(fromMs, bucket);
    if (overlap > 0) visit(bucket, overlap);
  }
};

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Lengths of buckets that people can read an axis by; from a minute on each is a multiple of its tier's. */
const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 4, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 4, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 4, 8].map((n) => n * DAY),
];

/** The shortest length of buckets by which a span has at most `most` of them, and that is at least `atLeastMs`; multiples of the last beyond that. */
export const stepFor = (spanMs: number, most: number, atLeastMs: number): number => {
  // A span that does not begin with a bucket touches one more.
  const fits = (step: number): boolean => step >= atLeastMs && Math.ceil(spanMs / step) + 1 <= most;
  const found = STEPS_MS.find(fits);
  return found ?? Math.ceil(spanMs / (most - 1) / (8 * DAY)) * 8 * DAY;
};
