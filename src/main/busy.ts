/** Work that has to come to its end before the program does. */
export interface Busy {
  /** The same work, counted while it runs. */
  readonly track: <A extends readonly unknown[], T>(work: (...args: A) => Promise<T>) => (...args: A) => Promise<T>;
  readonly isIdle: () => boolean;
  /** Resolves when nothing that is tracked runs any more. */
  readonly idle: () => Promise<void>;
}

export const createBusy = (): Busy => {
  let running = 0;
  let waiting: (() => void)[] = [];
  const release = (): void => {
    running -= 1;
    if (running > 0) return;
    const all = waiting;
    waiting = [];
    for (const go of all) go();
  };
  return {
    track:
      (work) =>
      (...args) => {
        running += 1;
        return work(...args).finally(release);
      },
    isIdle: () => running === 0,
    idle: () => (running === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
};
