import { readFile } from 'node:fs/promises';
import { availableParallelism, hostname, loadavg, release } from 'node:os';
import { join } from 'node:path';
import type { HostTotals } from '../../shared/types.js';
import { parseBusyTicks, parseOsName } from './host-parse.js';

/** Ticks are 10 ms: over less time than this they say nothing, and the last figure stands. */
const SHORTEST_MS = 250;

const textOf = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return null;
  }
};

/** Memory in bytes from systeminformation, loaded at first use; null where it fails. Its osInfo and currentLoad run commands and wait for them: not for a loop. */
const readMemory = async (): Promise<{ readonly total: number; readonly available: number } | null> => {
  try {
    const { mem } = await import('systeminformation');
    const { total, available } = await mem();
    return Number.isFinite(total) && Number.isFinite(available) && total > 0 ? { total, available } : null;
  } catch {
    return null;
  }
};

/** A reader of the host's totals; CPU is the difference to the call before, so the first one has none. What fails is null. */
export const createHostReader = (parts: {
  procRoot: string;
  etcRoot: string;
  ticksPerSecond: () => number;
}): (() => Promise<HostTotals>) => {
  let before: { readonly busyTicks: number; readonly atMs: number } | null = null;
  let cpuPercent: number | null = null;
  let osName: string | null = null;
  return async () => {
    const [memory, stat] = await Promise.all([readMemory(), textOf(join(parts.procRoot, 'stat'))]);
    const atMs = performance.now();
    osName ??= parseOsName((await textOf(join(parts.etcRoot, 'os-release'))) ?? '') ?? `Linux ${release()}`;
    const busyTicks = parseBusyTicks(stat ?? '');
    // os.cpus() would read every core's speed each time.
    const cores = stat?.match(/^cpu\d/gm)?.length ?? availableParallelism();
    if (busyTicks === null || before === null || busyTicks < before.busyTicks) {
      cpuPercent = null;
      before = busyTicks === null ? null : { busyTicks, atMs };
    } else if (atMs - before.atMs >= SHORTEST_MS) {
      const busyMs = ((busyTicks - before.busyTicks) * 1000) / parts.ticksPerSecond();
      cpuPercent = Math.min(100 * cores, (100 * busyMs) / (atMs - before.atMs));
      before = { busyTicks, atMs };
    }
    return {
      hostName: hostname(),
      osName,
      memoryTotalBytes: memory === null ? null : memory.total,
      memoryUsedBytes: memory === null ? null : memory.total - memory.available,
      cores,
      load1: loadavg()[0] ?? null,
      cpuPercent,
    };
  };
};
