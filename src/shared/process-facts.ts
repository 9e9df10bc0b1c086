import type { Kind, Marks, Os } from './types.js';

/** What the rules judge: the shape of a captured row. */

/** What the parent of a process is known to be. Unknown = null or absent. */
export interface ParentFacts {
  readonly pid: number | null;
  readonly alive: boolean;
  readonly comm: string | null;
  readonly kind: Kind | null;
  /** "systemd --user", "init", "container-init", … */
  readonly role: string | null;
  readonly pgid: number | null;
  /** False: the parent's pid was reused. */
  readonly startedBefore: boolean | null;
  /** Commands of the ancestors, nearest first. */
  readonly ancestors: readonly string[];
}

/** Facts that are not in the row itself. Absent = never asked; null = asked, could not be learned. */
export interface Hints {
  readonly fd0?: string | null;
  readonly cgroup?: string | null;
  readonly ownerAlive?: boolean | null;
  readonly ownerUidMatches?: boolean | null;
  readonly openFile?: string | null;
  readonly computeSystem?: string | null;
  readonly daemonSocketAlive?: boolean | null;
  readonly listening?: boolean | null;
  readonly ptyHolder?: boolean | null;
  readonly containsEngine?: boolean | null;
  readonly isSelf?: boolean;
  readonly ancestorIsSelf?: boolean;
}

/** What a verified or unverified registry record says to the rules. */
export interface RegistryFacts {
  readonly sessionId: string | null;
  readonly kind: string | null;
  readonly entrypoint: string | null;
  readonly status: string | null;
  readonly waitingFor: string | null;
  readonly jobId: string | null;
  readonly idleHours: number | null;
  /** The record's start stamp, pid domain and owner are the process's own. False = it speaks of somebody else. */
  readonly procStartMatches: boolean;
}

/** What the rules judge: one process with its surroundings. The shape of a captured row (see `capture`). */
export interface ProcessFacts {
  readonly platform: Os;
  readonly pid: number;
  readonly ppid: number | null;
  readonly user: string | null;
  readonly comm: string | null;
  readonly exe: string | null;
  readonly argv: readonly string[] | null;
  readonly tty: string | null;
  readonly cwd: string | null;
  readonly sid: number | null;
  readonly pgid: number | null;
  readonly state: string | null;
  readonly parent: ParentFacts | null;
  readonly env: Marks | null;
  readonly hints: Hints;
  readonly registry: RegistryFacts | null;
}
