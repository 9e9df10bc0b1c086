import { readFileSync } from 'node:fs';
import { availableParallelism, hostname, release } from 'node:os';
import { join } from 'node:path';
import type { HostTotals } from '../../shared/types.js';
import { parseBusyTicks, parseLoad1, parseMemory, parseOsName } from './host-parse.js';
import type { ProcFiles } from './proc-files.js';

/** Ticks are 10 ms: over less time than this they say nothing, and the last figure stands. */
const SHORTEST_MS = 250;

const readOsName = (etcRoot: string): string => {
  try {
    return parseOsName(readFileSync(join(etcRoot, 'os-release'), 'utf8')) ?? `Linux ${release()}`;
  } catch {
    // Minimal containers have none.
    return `Linux ${release()}`;
  }
};

/** A reader of the host's totals; CPU is the difference to the call before, so the first one has none. What fails is null. */
export const createHostReader = (parts: {
  procRoot: string;
  etcRoot: string;
  ticksPerSecond: () => number;
  files: ProcFiles;
  /** Text of /proc/stat as of now; empty = unreadable. */
  stat: () => string;
}): (() => HostTotals) => {
  let before: { readonly busyTicks: number; readonly atMs: number } | null = null;
  let cpuPercent: number | null = null;
  let osName: string | null = null;
  const meminfo = parts.files.holdText(join(parts.procRoot, 'meminfo'));
  const loadavg = parts.files.holdText(join(parts.procRoot, 'loadavg'));
  return () => {
    const stat = parts.stat();
    const memory = parseMemory(meminfo() ?? '');
    const atMs = performance.now();
    osName ??= readOsName(parts.etcRoot);
    const busyTicks = parseBusyTicks(stat);
    // os.cpus() would read every core's speed each time.
    const cores = stat.match(/^cpu\d/gm)?.length ?? availableParallelism();
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
      load1: parseLoad1(loadavg() ?? ''),
      cpuPercent,
    };
  };
};
