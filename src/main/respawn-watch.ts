import { flagValue, ownSlots } from '../shared/argv-slots.js';
import type { Judgement } from '../shared/judge.js';
import { sameKey } from '../shared/process-key.js';
import type { ProcessKey } from '../shared/types.js';
import type { Look } from './look.js';

/** How long a background session that was stopped is watched. A signalled worker came back within 12 s. */
export const WATCH_MS = 60_000;
/** The time between two looks while something is watched. */
export const WATCH_EVERY_MS = 5_000;
/** What started that little before the stop may have been started by it: wall times of processes are made of two clocks. */
const CLOCK_ERROR_MS = 1_000;

/** A background session that was stopped. */
export interface Watched {
  readonly key: ProcessKey;
  readonly uid: number;
  readonly sessionId: string;
  readonly jobId: string;
  readonly user: string | null;
  readonly name: string;
  /** Wall ms at which stopping began. */
  readonly sinceMs: number;
}

export interface Respawn {
  readonly was: Watched;
  /** Who carries the session now. */
  readonly key: ProcessKey;
}

export interface RespawnWatchParts {
  readonly look: () => Promise<Pick<Look, 'judgements'>>;
  /** Monotonic ms. */
  readonly clock: { readonly monotonicMs: () => number; readonly sleep: (ms: number) => Promise<void> };
  /** Told of each at once. */
  readonly onRespawn: (respawn: Respawn) => Promise<void> | void;
  readonly onProblem: (problem: unknown) => void;
}

export interface RespawnWatch {
  readonly watch: (watched: Watched) => void;
  /** Resolves when nothing is watched any more: a command line that ends earlier would miss it. */
  readonly settled: () => Promise<void>;
  readonly close: () => void;
}

/** Whether a command line resumes a session: by id, or by its transcript as the background service does. */
const resumes = (argv: readonly string[] | null, sessionId: string): boolean => {
  const value = flagValue(ownSlots(argv), '--resume');
  return value === sessionId || value?.split('/').at(-1) === `${sessionId}.jsonl`;
};

/** The background session of the same user that carries on what was stopped; one that its user resumes in a terminal is none. */
export const respawnOf = (watched: Watched, judgements: readonly Judgement[]): ProcessKey | null => {
  const found = judgements.find(({ raw, kind, record }) => {
    if (kind !== 'bg-session' || raw.uid !== watched.uid || sameKey(raw.key, watched.key) || raw.state === 'Z') return false;
    if (raw.startedAtMs !== null && raw.startedAtMs < watched.sinceMs - CLOCK_ERROR_MS) return false;
    if (record !== null) return record.sessionId === watched.sessionId || record.jobId === watched.jobId;
    // Before it has written its record.
    return resumes(raw.facts.argv, watched.sessionId);
  });
  return found?.raw.key ?? null;
};

/** Watches stopped background sessions for a minute each: one look every few seconds for all of them, none while there are none. */
export const createRespawnWatch = ({ look, clock, onRespawn, onProblem }: RespawnWatchParts): RespawnWatch => {
  let open: readonly { readonly watched: Watched; readonly untilMs: number }[] = [];
  let looking = false;
  let loop: Promise<void> = Promise.resolve();
  let closed = false;

  const tell = async (respawn: Respawn): Promise<void> => {
    try {
      await onRespawn(respawn);
    } catch (error) {
      onProblem(error);
    }
  };
  const turn = async (): Promise<void> => {
    const asked = open;
    const { judgements } = await look();
    const seenMs = clock.monotonicMs();
    for (const one of asked) {
      const key = respawnOf(one.watched, judgements);
      if (key === null && seenMs < one.untilMs) continue;
      open = open.filter((other) => other !== one);
      if (key !== null) await tell({ was: one.watched, key });
    }
  };
  const keepLooking = async (): Promise<void> => {
    while (open.length > 0 && !closed) {
      await clock.sleep(WATCH_EVERY_MS);
      if (closed) break;
      try {
        await turn();
      } catch (error) {
        // A failed look says nothing of anybody; the end of the minute holds all the same.
        onProblem(error);
        const nowMs = clock.monotonicMs();
        open = open.filter(({ untilMs }) => nowMs < untilMs);
      }
    }
    looking = false;
  };

  return {
    watch: (watched) => {
      if (closed) return;
      open = [...open, { watched, untilMs: clock.monotonicMs() + WATCH_MS }];
      if (looking) return;
      looking = true;
      loop = keepLooking();
    },
    settled: async () => {
      while (looking) await loop;
    },
    close: () => {
      closed = true;
    },
  };
};
