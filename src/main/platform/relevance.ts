import type { Steps } from '../../shared/steps.js';
import { STEP } from '../../shared/steps.js';

/** What of a process decides whether it can matter to the rules. */
export interface Related {
  readonly pid: number;
  readonly ppid: number | null;
  /** It might be Claude's by what it is itself. */
  readonly ofInterest: boolean;
  /** Whom its marks name as owner. */
  readonly ownerPid: number | null;
}

export interface Relevance<T> {
  /** Who might be Claude's, ourselves, and everybody below those. */
  readonly below: ReadonlySet<T>;
  /** Those, everybody above them, whom their marks name, and pid 1: all that the rules ever ask for, in the order of their pids. */
  readonly all: ReadonlySet<T>;
  /** Pids that those name as a parent or an owner and that nobody is known to have. */
  readonly unknown: readonly number[];
}

/**
 * Picks from all known processes those whom the rules may ask for. What a process is claimed for is its own nature, its session
 * record, or its parent's being claimed; what is judged of it rests on those above it, those below it and the owner that its
 * marks name. So that a table of thousands costs no more than its few.
 * In steps, for tables so large that the event loop must not wait for all of it.
 */
export function* relevanceSteps<T extends Related>(known: ReadonlyMap<number, T>, selfPid: number): Steps<Relevance<T>> {
  let done = 0;
  const decided = new Map<T, boolean>();
  const below = new Set<T>();
  for (const first of known.values()) {
    if (++done % STEP === 0) yield;
    const path: T[] = [];
    let at: T | undefined = first;
    // Undecided ones on the way up.
    while (at !== undefined && !decided.has(at)) {
      decided.set(at, at.ofInterest || at.pid === selfPid);
      path.push(at);
      at = at.ppid === null ? undefined : known.get(at.ppid);
    }
    // In a circle of parents, which only a table that changes while it is read can hold, everybody stands below everybody.
    const circle = at === undefined ? -1 : path.indexOf(at);
    let inherited = circle >= 0 ? path.slice(circle).some((one) => decided.get(one)) : at !== undefined && decided.get(at) === true;
    for (let index = path.length - 1; index >= 0; index--) {
      const one = path[index];
      if (one === undefined) continue;
      inherited ||= decided.get(one) === true;
      decided.set(one, inherited);
      if (inherited) below.add(one);
    }
  }

  const all = new Set<T>(below);
  const unknown = new Set<number>();
  const follow = (pid: number | null): T | null => {
    if (pid === null || pid <= 0) return null;
    const found = known.get(pid);
    if (found === undefined) unknown.add(pid);
    if (found === undefined || all.has(found)) return null;
    all.add(found);
    return found;
  };
  for (const one of below) {
    if (++done % STEP === 0) yield;
    for (let up = follow(one.ppid); up !== null; ) up = follow(up.ppid);
    for (let up = follow(one.ownerPid); up !== null; ) up = follow(up.ppid);
  }
  follow(1);
  return { below, all: new Set([...all].sort((a, b) => a.pid - b.pid)), unknown: [...unknown] };
}
