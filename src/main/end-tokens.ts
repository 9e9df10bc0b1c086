import { createHash } from 'node:crypto';
import type { ActionRequest } from '../shared/api.js';
import type { ProcessKey } from '../shared/types.js';
import type { FrozenLine } from './end-survey.js';

/** How long a preview may be acted on. */
export const TOKEN_MS = 300_000;
const MOST_PREVIEWS = 20;

/** A list as it was shown; what is ended is a part of it or nothing. */
export interface Frozen {
  readonly caller: string;
  readonly request: ActionRequest;
  /** Asked for by nobody but the rules that a user has agreed to. */
  readonly automatic: boolean;
  /** What has to be typed for it, null = nothing. */
  readonly confirm: string | null;
  /** Whom the request was for when it was made. */
  readonly keys: readonly ProcessKey[];
  readonly lines: readonly FrozenLine[];
}

/** Wall and monotonic milliseconds: a changed clock makes no token young again, nor does a sleeping machine. */
export interface Clock {
  readonly now: () => number;
  readonly monotonicMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

export interface Tokens {
  /** Issues the one token of a list. `randomToken` gives at least 128 random bits as text. */
  readonly issue: (frozen: Frozen) => string;
  /** The list of a token, which is spent by the call whatever comes of it. */
  readonly take: (token: string, caller: string) => Frozen | 'expired' | 'invalid';
}

const hashOf = (frozen: Frozen): string => createHash('sha256').update(JSON.stringify(frozen)).digest('base64url');

/** One-time tokens, each bound to who asked and to the hash of its list; the oldest of more than 20 live ones is dropped. */
export const createTokens = ({ clock, randomToken }: { readonly clock: Clock; readonly randomToken: () => string }): Tokens => {
  const live = new Map<string, { readonly frozen: Frozen; readonly atMs: number; readonly monotonicMs: number }>();
  return {
    issue: (frozen) => {
      const token = `${randomToken()}.${hashOf(frozen)}`;
      live.set(token, { frozen, atMs: clock.now(), monotonicMs: clock.monotonicMs() });
      for (const oldest of live.keys()) if (live.size > MOST_PREVIEWS) live.delete(oldest);
      return token;
    },
    take: (token, caller) => {
      const found = live.get(token);
      live.delete(token);
      if (!found || found.frozen.caller !== caller || !token.endsWith(`.${hashOf(found.frozen)}`)) return 'invalid';
      const ages = [clock.now() - found.atMs, clock.monotonicMs() - found.monotonicMs];
      return ages.every((age) => age >= 0 && age < TOKEN_MS) ? found.frozen : 'expired';
    },
  };
};

/** Whether one more call is within `most` calls per `windowMs`; a call that is not does not count. */
export const createRateLimit = (clock: Pick<Clock, 'monotonicMs'>, most: number, windowMs: number): (() => boolean) => {
  let calls: readonly number[] = [];
  return () => {
    const nowMs = clock.monotonicMs();
    calls = calls.filter((at) => nowMs - at < windowMs);
    if (calls.length >= most) return false;
    calls = [...calls, nowMs];
    return true;
  };
};
