import { isMountPoint, parseForks, parseNewestPid } from './host-parse.js';
import type { ProcFiles } from './proc-files.js';

/**
 * What may have been born since the last call: the ids after `from` up to `to`, and of those after `late` up to `from` the ones that
 * were nobody's at the last call (a number is handed out before its process can be seen); the same around a wrap; or nobody can tell,
 * and only reading everything helps.
 */
export type News =
  | { readonly type: 'ids' | 'wrapped'; readonly late: number; readonly from: number; readonly to: number }
  | { readonly type: 'unknown' };

/** Why new processes are not told by their numbers; keys below "doctor" in the locales. */
export type CursorDoubt = 'newestPidMissing' | 'newestPidMasked' | 'newestPidWrong';

export interface PidCursor {
  /** What may have been born since the last call. `stat` is the text of /proc/stat, read before the call. */
  readonly next: (stat: string) => News;
  /** The number has proved wrong: everything is read for a while. */
  readonly distrust: () => void;
  readonly doubt: () => CursorDoubt | null;
}

/** Long enough that a number which is always wrong costs little more than none; a restored process (CRIU) makes it wrong only once. */
const DISTRUST_MS = 600_000;
const BELIEVE_MS = 30_000;
/** So many of the ids before the last call's are asked for once more. */
const LATE_IDS = 256;
/** What 32-bit kernels have, and the default of 64-bit ones: where the real limit cannot be read, rather too small. */
const USUAL_PID_MAX = 32_768;

/** Follows the newest pid of our pid namespace (the last field of /proc/loadavg) from call to call. */
export const createPidCursor = (files: ProcFiles, procRoot: string, clock: () => number): PidCursor => {
  const loadavg = files.holdText(`${procRoot}/loadavg`);
  let last: { readonly pid: number; readonly forks: number; readonly late: number } | null = null;
  let doubt: CursorDoubt | null = null;
  let distrustedUntilMs = -Infinity;
  let believed: { readonly masked: boolean; readonly pidMax: number; readonly atMs: number } | null = null;

  const read = (): number | null => parseNewestPid(loadavg() ?? '');
  const surroundings = (): { readonly masked: boolean; readonly pidMax: number } => {
    const now = clock();
    if (believed === null || now - believed.atMs > BELIEVE_MS) {
      const masked = isMountPoint(files.text(`${procRoot}/self/mounts`) ?? '', `${procRoot}/loadavg`);
      const pidMax = Number(files.text(`${procRoot}/sys/kernel/pid_max`)?.trim() || USUAL_PID_MAX);
      believed = { masked, pidMax: pidMax > 0 ? pidMax : USUAL_PID_MAX, atMs: now };
    }
    return believed;
  };

  const next = (stat: string): News => {
    const before = last;
    const { masked, pidMax } = surroundings();
    const forks = parseForks(stat);
    const pid = read();
    const late = before === null || pid === null || before.pid > pid ? 0 : Math.max(before.pid, pid - LATE_IDS);
    last = pid === null || forks === null ? null : { pid, forks, late };
    if (clock() < distrustedUntilMs) doubt = 'newestPidWrong';
    else doubt = masked ? 'newestPidMasked' : last === null ? 'newestPidMissing' : null;
    if (doubt !== null || last === null || before === null) return { type: 'unknown' };
    const [from, to] = [before.pid, last.pid];
    // Forks count for all namespaces, so they say only how far ours cannot have come. Once around, any pid may be somebody else's.
    if (last.forks - before.forks >= pidMax / 2 || last.forks < before.forks) return { type: 'unknown' };
    return { type: to >= from ? 'ids' : 'wrapped', late: before.late, from, to };
  };

  return {
    next,
    distrust: () => {
      distrustedUntilMs = clock() + DISTRUST_MS;
    },
    doubt: () => doubt,
  };
};
