/** The index that a key moves to from `at` (-1 = none) in a list of `count` rows, `page` of them in view; null = no movement. */
export const indexAfter = (key: string, at: number, count: number, page: number): number | null => {
  const steps: Readonly<Record<string, number>> = {
    ArrowUp: at - 1,
    ArrowDown: at + 1,
    Home: 0,
    End: count - 1,
    PageUp: at - page,
    PageDown: at + page,
  };
  const to = Object.hasOwn(steps, key) ? steps[key] : undefined;
  return to === undefined || count === 0 ? null : Math.min(count - 1, Math.max(0, to));
};
