import { parseBootTimeMs, parseHidePid } from './host-parse.js';
import type { ProcFiles } from './proc-files.js';

/** How long boot time and mount options are believed. */
const BELIEVE_MS = 30_000;

export interface SurroundingsParts {
  readonly procRoot: string;
  readonly files: ProcFiles;
  readonly selfUid: number;
  readonly selfGids: readonly number[];
  readonly machineId: () => string | null;
}

/** What all processes have in common; read seldom. */
export interface Surroundings {
  /** Unix ms of the boot by the text of /proc/stat; null = it does not say. */
  readonly bootMs: (wallMs: number, monotonicMs: number, stat: string) => number | null;
  /** Whether /proc is mounted so that other users' processes are hidden from us. */
  readonly hidesOthers: (monotonicMs: number) => boolean;
  /** "linux:machine:namespace", in which a pid means what it means to us; null = unknown. */
  readonly pidDomain: () => string | null;
}

export const createSurroundings = ({ procRoot, files, selfUid, selfGids, machineId }: SurroundingsParts): Surroundings => {
  let boot: { readonly ms: number | null; readonly readAtMs: number; readonly clockOffsetMs: number } | null = null;
  let mounts: { readonly hidden: boolean; readonly readAtMs: number } | null = null;
  let domain: string | null = null;

  return {
    bootMs: (wallMs, monotonicMs, stat) => {
      const clockOffsetMs = wallMs - monotonicMs;
      // The kernel's boot time moves when somebody sets the clock.
      if (boot === null || monotonicMs - boot.readAtMs > BELIEVE_MS || Math.abs(clockOffsetMs - boot.clockOffsetMs) > 500)
        boot = { ms: parseBootTimeMs(stat), readAtMs: monotonicMs, clockOffsetMs };
      return boot.ms;
    },
    hidesOthers: (monotonicMs) => {
      if (selfUid === 0) return false;
      if (mounts === null || monotonicMs - mounts.readAtMs > BELIEVE_MS) {
        const option = parseHidePid(files.text(`${procRoot}/self/mounts`) ?? '', procRoot);
        mounts = { hidden: option !== null && !(option.gid !== null && selfGids.includes(option.gid)), readAtMs: monotonicMs };
      }
      return mounts.hidden;
    },
    pidDomain: () => {
      if (domain !== null) return domain;
      const namespace = files.link(`${procRoot}/self/ns/pid`);
      const machine = machineId();
      if (typeof namespace !== 'string' && machine !== null) domain = `linux:${machine}:${namespace.target}`;
      return domain;
    },
  };
};
