import type { AppState } from '../shared/api.js';
import type { Update, WholeState } from '../shared/patch.js';
import { diffState } from '../shared/patch.js';

export interface Publisher {
  /** The whole state, for a window that has none yet or has lost count. */
  readonly whole: () => WholeState;
  /** What changed since the window was told last, or the whole state where it knows nothing; null = nothing changed. */
  readonly next: () => Update | null;
  /** The window is told nothing from now on, so that what it gets next must be whole. */
  readonly forget: () => void;
}

/** Remembers what the window was told, and so tells it only what is new. */
export const createPublisher = (state: () => AppState): Publisher => {
  let sequence = 0;
  let told: AppState | null = null;

  const whole = (): WholeState => {
    told = state();
    sequence += 1;
    return { sequence, whole: told };
  };

  return {
    whole,
    next: () => {
      if (told === null) return whole();
      const now = state();
      const patch = diffState(told, now);
      if (patch === null) return null;
      told = now;
      sequence += 1;
      return { sequence, patch };
    },
    forget: () => {
      told = null;
    },
  };
};
