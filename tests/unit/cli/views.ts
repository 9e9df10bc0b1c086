import type { ProcessView, Snapshot } from '../../../src/shared/types.js';
import { aSnapshot, aView } from '../../fakes/a-view.js';

export const NOW_MS = 1_790_000_000_000;
const MB = 1024 * 1024;

/** A row of one process, a minute old: its tree is itself, its only condition its status, unless told otherwise. */
export const aRow = (pid: number, over: Partial<ProcessView> = {}): ProcessView => {
  const memoryBytes = over.memoryBytes === undefined ? 100 * MB : over.memoryBytes;
  const cpuPercent = over.cpuPercent === undefined ? 1 : over.cpuPercent;
  return aView(pid, {
    activity: 'idle',
    startedAtMs: NOW_MS - 60_000,
    tree: { memoryBytes, cpuPercent, count: 1, memoryIsPartial: false },
    conditions: [over.status ?? 'normal'],
    ...over,
    memoryBytes,
    cpuPercent,
  });
};

/** A snapshot on a host with figures, its totals those of the processes. */
export const aLook = (processes: readonly ProcessView[], over: Partial<Snapshot> = {}): Snapshot => ({
  ...aSnapshot(processes),
  takenAtMs: NOW_MS,
  host: {
    hostName: 'box',
    osName: 'Debian',
    memoryTotalBytes: 16 * 1024 * MB,
    memoryUsedBytes: 4 * 1024 * MB,
    cores: 8,
    load1: 0.5,
    cpuPercent: 12,
  },
  totals: {
    processes: processes.length,
    sessions: processes.filter((view) => view.kind === 'cli-session').length,
    memoryBytes: processes.reduce((sum, view) => sum + (view.memoryBytes ?? 0), 0),
    memoryIsPartial: processes.some((view) => view.memoryBytes === null),
    cpuPercent: 3,
    unreadable: processes.filter((view) => view.memoryBytes === null).length,
  },
  ...over,
});
