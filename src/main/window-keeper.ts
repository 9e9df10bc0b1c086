import type { Destination } from '../shared/api.js';

/** What the keeper needs of a window; an Electron window is one. */
export interface KeptWindow {
  readonly show: () => void;
  readonly focus: () => void;
  readonly restore: () => void;
  readonly isMinimized: () => boolean;
  readonly isDestroyed: () => boolean;
}

export interface WindowKeeper<W extends KeptWindow> {
  /** The window, where there is one. */
  readonly current: () => W | null;
  /** Shows the window, made where there is none, and takes it to `destination` as soon as its page listens; null = where it is. */
  readonly show: (destination: Destination | null) => void;
  /** The page of the window listens: what waits for it is handed over. */
  readonly pageListens: () => void;
}

export interface WindowKeeperParts<W extends KeptWindow> {
  /** Makes the window; it shows itself once it has painted. `gone` is to be called when it is closed. */
  readonly create: (gone: () => void) => W;
  readonly navigate: (window: W, destination: Destination) => void;
}

/** Keeps the one window: at most one at a time, made when it is wanted. */
export const createWindowKeeper = <W extends KeptWindow>({ create, navigate }: WindowKeeperParts<W>): WindowKeeper<W> => {
  let window: W | null = null;
  let listens = false;
  let waiting: Destination | null = null;

  const deliver = (): void => {
    if (window === null || !listens || waiting === null) return;
    const destination = waiting;
    waiting = null;
    navigate(window, destination);
  };
  const make = (): void => {
    listens = false;
    const made = create(() => {
      if (window === made) window = null;
    });
    window = made;
  };

  return {
    current: () => window,
    show: (destination) => {
      // Only the last one counts: nobody wants to be led through two places.
      waiting = destination ?? waiting;
      if (window === null || window.isDestroyed()) {
        make();
        return;
      }
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
      deliver();
    },
    pageListens: () => {
      listens = true;
      deliver();
    },
  };
};
