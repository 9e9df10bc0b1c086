import { markedOwnerPid } from '../shared/marks.js';
import type { Steps } from '../shared/steps.js';
import { STEP } from '../shared/steps.js';
import type { Reading } from '../shared/types.js';

/** Whom we stand below, and who stands below us: neither is ever ended. */
export interface Kin {
  readonly ancestorPids: ReadonlySet<number>;
  readonly childPids: ReadonlySet<number>;
}

/** Everyone above and below `selfPid` by parent links; loops that a hostile table might hold end each walk. In steps, for tables of thousands. */
export function* kinSteps({ processes, selfPid }: Reading): Steps<Kin> {
  let done = 0;
  const parents = new Map<number, number | null>();
  let marks = null;
  for (const { key, ppid, facts } of processes) {
    if (++done % STEP === 0) yield;
    parents.set(key.pid, ppid);
    if (key.pid === selfPid) marks = facts.marks;
  }
  const parentOf = (pid: number): number => parents.get(pid) ?? 0;

  const ancestorPids = new Set<number>();
  for (let pid = parentOf(selfPid); pid > 0 && !ancestorPids.has(pid); pid = parentOf(pid)) ancestorPids.add(pid);
  // Started from a session's tool and cut loose (setsid, nohup), we have lost the session as a parent; the marks still name it.
  const startedBy = markedOwnerPid(marks);
  if (startedBy !== null) ancestorPids.add(startedBy);

  const isBelow = new Map<number, boolean>([[selfPid, true]]);
  const childPids = new Set<number>();
  for (const first of parents.keys()) {
    if (++done % STEP === 0) yield;
    const path: number[] = [];
    let pid = first;
    for (; pid > 0 && !isBelow.has(pid); pid = parentOf(pid)) {
      isBelow.set(pid, false);
      path.push(pid);
    }
    if (isBelow.get(pid) !== true) continue;
    for (const one of path) {
      isBelow.set(one, true);
      childPids.add(one);
    }
  }
  return { ancestorPids, childPids };
}
