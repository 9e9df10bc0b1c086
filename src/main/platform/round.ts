/**
 * Goes round a crowd, one of it at each call: those who are in it when a round begins. Who joins meanwhile belongs to the next round, so that a
 * stream of newcomers keeps nobody waiting; who has left meanwhile is given out all the same. Undefined = there is nobody.
 */
export const createRound = <T>(crowd: () => Iterable<T>): (() => T | undefined) => {
  let round: readonly T[] = [];
  let next = 0;
  return () => {
    if (next >= round.length) {
      round = [...crowd()];
      next = 0;
    }
    const one = round[next];
    next++;
    return one;
  };
};
