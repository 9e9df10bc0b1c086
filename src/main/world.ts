import type { ClaudeStop, ClaudeStopParts } from './claude-stop.js';
import type { Elevate } from './elevate.js';
import type { Past } from './history-month.js';
import type { JobCheck } from './job-check.js';
import type { Paths } from './paths.js';
import type { Platform } from './platform/index.js';
import type { SessionFiles } from './session-files.js';
import type { SessionRegistry } from './sessions.js';

/** Who runs the program, as the guard and the window see it. */
export interface Self {
  readonly pid: number;
  /** Whoever started us, as the world's readings know him. */
  readonly ppid: () => number;
  readonly uid: number;
  /** Null = no account has this uid. */
  readonly user: string | null;
}

/**
 * All that a core reads from and acts on: the running system, or the demo's script. A core reaches nothing beyond it, so that a scripted
 * world cannot touch a real process (tests/unit/main/demo/fence.test.ts walks its imports).
 */
export interface World {
  /** True: everything shown is invented, and nothing outside the window may be changed for its sake. */
  readonly demo: boolean;
  readonly platform: Platform;
  readonly paths: Paths;
  readonly self: Self;
  readonly registry: SessionRegistry;
  readonly sessionFiles: SessionFiles;
  readonly elevate: Elevate;
  readonly claudeStop: (clock: ClaudeStopParts['clock']) => ClaudeStop;
  readonly jobCheck: JobCheck;
  /** A past that is made up where there is none yet; null = only what was recorded. */
  readonly past: ((nowMs: number) => Past) | null;
  /** The very last call before the program ends. */
  readonly leave: () => void;
}
