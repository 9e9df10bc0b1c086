import type { Share } from '../../shared/statistics.js';
import { isSessionKind } from '../../shared/statistics.js';
import type { ProcessView } from '../../shared/types.js';

/** A slice of the pie, with its part of the whole (0 to 1). */
export interface Slice {
  readonly id: string;
  readonly name: string | null;
  readonly memoryBytes: number;
  readonly part: number;
}

/** The largest shares with a slice each, all others in one; what uses nothing has none. */
export const slicesOf = (shares: readonly Share[], most: number): readonly Slice[] => {
  const some = shares.filter(({ memoryBytes }) => memoryBytes > 0);
  const whole = some.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  const slice = ({ id, name, memoryBytes }: Pick<Share, 'id' | 'name' | 'memoryBytes'>): Slice => ({
    ...{ id, name, memoryBytes },
    part: memoryBytes / whole,
  });
  const rest = some.slice(most).reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  return [...some.slice(0, most).map(slice), ...(rest > 0 ? [slice({ id: 'other', name: null, memoryBytes: rest })] : [])];
};

/** The older slices where the newer look the same: a pie is not drawn anew for less than half a percent. */
export const keepSlices = (older: readonly Slice[], newer: readonly Slice[]): readonly Slice[] =>
  older.length === newer.length &&
  newer.every((slice, at) => {
    const before = older[at];
    return (
      before !== undefined &&
      before.id === slice.id &&
      Math.abs(before.part - slice.part) < 0.005 &&
      Math.abs(before.memoryBytes / slice.memoryBytes - 1) < 0.01
    );
  })
    ? older
    : newer;

/** How many sessions each user runs now: what his limit of processes counts. */
export const sessionsByUser = (processes: readonly ProcessView[]): ReadonlyMap<string | null, number> => {
  const counts = new Map<string | null, number>();
  for (const { kind, user } of processes) if (isSessionKind(kind)) counts.set(user, (counts.get(user) ?? 0) + 1);
  return counts;
};

/** The older counts where the newer say the same, so that what is drawn from them is not drawn anew. */
export const keepCounts = <K>(older: ReadonlyMap<K, number>, newer: ReadonlyMap<K, number>): ReadonlyMap<K, number> =>
  older.size === newer.size && [...newer].every(([key, count]) => older.get(key) === count) ? older : newer;
