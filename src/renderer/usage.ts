import { isSession } from '../shared/end-plan.js';
import type { ProcessView } from '../shared/types.js';

/** What a user's sessions use now; null = none of them could be read. */
export interface Usage {
  /** Of the largest session with what it owns. */
  readonly memoryMb: number | null;
  readonly sessions: number;
  readonly hours: number | null;
  /** Of the busiest session; one core is 100. */
  readonly cpuPercent: number | null;
}

export const NO_USAGE: Usage = { memoryMb: null, sessions: 0, hours: null, cpuPercent: null };
const HOUR_MS = 3_600_000;

const larger = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.max(a, b));

/** Each user's use, by name; users without a name that could be read are left out. */
export const usageByUser = (processes: readonly ProcessView[], nowMs: number): ReadonlyMap<string, Usage> => {
  const users = new Map<string, Usage>();
  for (const view of processes) {
    if (view.user === null) continue;
    const now = users.get(view.user) ?? NO_USAGE;
    const { tree, startedAtMs } = view;
    users.set(
      view.user,
      isSession(view)
        ? {
            memoryMb: larger(now.memoryMb, tree.memoryBytes === null ? null : tree.memoryBytes / 1_048_576),
            sessions: now.sessions + 1,
            hours: larger(now.hours, startedAtMs === null ? null : (nowMs - startedAtMs) / HOUR_MS),
            cpuPercent: larger(now.cpuPercent, tree.cpuPercent),
          }
        : now,
    );
  }
  return users;
};
