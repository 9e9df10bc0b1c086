import { useSyncExternalStore } from 'react';

/**
 * The wall clock in whole seconds, for what counts down or ages between two looks. One timer for the page, and none
 * while the page is hidden or nobody listens.
 */
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | null = null;

const seconds = (): number => Math.floor(Date.now() / 1000);

const arm = (): void => {
  if (timer !== null || listeners.size === 0 || document.hidden) return;
  timer = setTimeout(
    () => {
      timer = null;
      for (const listener of listeners) listener();
      arm();
    },
    1000 - (Date.now() % 1000),
  );
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  arm();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearTimeout(timer);
    timer = null;
  };
};

if (typeof document !== 'undefined')
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return;
    for (const listener of listeners) listener();
    arm();
  });

/** Now in ms, to the second; re-renders once a second while the page is shown. */
export const useNow = (): number => useSyncExternalStore(subscribe, seconds) * 1000;
