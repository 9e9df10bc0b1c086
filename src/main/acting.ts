import type { ActionRequest, EndResult } from '../shared/api.js';
import type { Config } from '../shared/config.js';
import { isEngine } from '../shared/end-plan.js';
import { keyId } from '../shared/process-key.js';
import type { Climb } from './end-ladder.js';
import type { Change, FrozenLine, Survey } from './end-survey.js';
import { changeSince } from './end-survey.js';
import type { Clock } from './end-tokens.js';
import type { Platform } from './platform/index.js';

/** What became of one line, before it is written down. */
export type Verdict = Pick<EndResult, 'outcome' | 'reason' | 'id' | 'signal' | 'values'>;

/** One command under way: what it was asked for, what the last look before it showed, and the ways to act and to tell. */
export interface Acting {
  readonly platform: Pick<Platform, 'identify' | 'inspect' | 'signal' | 'setPriority'>;
  readonly clock: Clock;
  readonly config: () => Config;
  readonly request: ActionRequest;
  readonly newer: Survey;
  /** Processes that some command is acting on: a second SIGTERM would cut short what the first one began. */
  readonly busy: Set<string>;
  /** Writes down what became of a line, at once: the next one may take seconds. */
  readonly conclude: (line: FrozenLine, verdict: Verdict) => Promise<EndResult>;
  readonly onProblem: (problem: unknown) => void;
}

export const OWNER_STAYED: Change = { reason: 'cancelled', id: 'ownerStayed' };
export const UNEXPECTED: Climb = { outcome: 'failed', reason: 'invalid', id: 'unexpected', signal: null, gone: false };

/** A line to which nothing was done. */
export const skipped = ({ reason, id }: Change): Verdict => ({ outcome: 'skipped', reason, id, signal: null });

/** A line to be acted on, and what is acted on after it. */
export interface Root {
  readonly line: FrozenLine;
  readonly followers: readonly FrozenLine[];
}

/** What hangs below an accepted line waits for it; another engine does not, it has work of its own to save. */
export const rootsOf = (lines: readonly FrozenLine[]): { readonly roots: readonly Root[]; readonly ownerless: readonly FrozenLine[] } => {
  const ids = new Set(lines.map((line) => keyId(line.view.key)));
  const below = new Map<string, FrozenLine[]>();
  const roots: Root[] = [];
  const ownerless: FrozenLine[] = [];
  for (const line of lines) {
    const owner = line.below === null || isEngine(line.view) ? null : keyId(line.below);
    if (owner !== null && ids.has(owner)) {
      const siblings = below.get(owner) ?? [];
      siblings.push(line);
      below.set(owner, siblings);
    } else if (line.role === 'owned') ownerless.push(line);
    else roots.push({ line, followers: [] });
  }
  return { roots: roots.map(({ line }) => ({ line, followers: below.get(keyId(line.view.key)) ?? [] })), ownerless };
};

/**
 * Marks those of some lines as busy that are as they were shown, and hands out what holds each of the others back; `work` is
 * done under the marks.
 */
export const underMarks = async <T>(
  { busy, newer, platform, request }: Acting,
  lines: readonly FrozenLine[],
  work: (changeOf: (line: FrozenLine) => Change | null) => Promise<T>,
): Promise<T> => {
  const changes = new Map<FrozenLine, Change | null>();
  for (const line of lines)
    changes.set(
      line,
      busy.has(keyId(line.view.key)) ? { reason: 'changed', id: 'alreadyEnding' } : changeSince(line, newer, platform, request),
    );
  const mine = lines.filter((line) => changes.get(line) === null).map((line) => keyId(line.view.key));
  for (const id of mine) busy.add(id);
  try {
    return await work((line) => changes.get(line) ?? null);
  } finally {
    for (const id of mine) busy.delete(id);
  }
};
