import { setImmediate as nextTurn } from 'node:timers/promises';

/** So long the event loop waits for us at most, with room for what is read last. */
const STRETCH_MS = 4;

/** How long the event loop has been waiting for us. */
export interface Stretch {
  /** It begins to wait now. */
  readonly begin: () => void;
  /** It has waited long enough. */
  readonly isLong: () => boolean;
  /** Lets it go round once. */
  readonly breathe: () => Promise<void>;
}

/** A stretch of work that is to be interrupted now and then. */
export const createStretch = (): Stretch => {
  let fromMs = 0;
  const begin = (): void => {
    fromMs = performance.now();
  };
  return {
    begin,
    isLong: () => performance.now() - fromMs >= STRETCH_MS,
    breathe: async () => {
      await nextTurn();
      begin();
    },
  };
};
