import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Steps } from '../../shared/steps.js';

/** So long the event loop waits for us at most, with room for what is read last. */
const STRETCH_MS = 3;

/** How long the event loop has been waiting for us. */
export interface Stretch {
  /** It begins to wait now. */
  readonly begin: () => void;
  /** It has waited long enough. */
  readonly isLong: () => boolean;
  /** Lets it go round once. */
  readonly breathe: () => Promise<void>;
  /** Goes through steps to what they come to, and lets it go round between them where it has waited long enough. */
  readonly walk: <T>(steps: Steps<T>) => Promise<T>;
}

/** A stretch of work that is to be interrupted now and then. */
export const createStretch = (): Stretch => {
  let fromMs = 0;
  const begin = (): void => {
    fromMs = performance.now();
  };
  const isLong = (): boolean => performance.now() - fromMs >= STRETCH_MS;
  const breathe = async (): Promise<void> => {
    await nextTurn();
    begin();
  };
  return {
    begin,
    isLong,
    breathe,
    walk: async (steps) => {
      for (;;) {
        const step = steps.next();
        if (step.done === true) return step.value;
        if (isLong()) await breathe();
      }
    },
  };
};
