import type { Looker } from '../../src/main/look.js';
import { rounded } from './figures.js';

/** How long the event loop waits for a look at a stretch: so long a window does not answer. */

const AGAIN = 8;
const ALL = 4;

/** The longest time in ms between two turns of the event loop while `work` is under way. */
const longestOf = async (work: () => Promise<unknown>): Promise<number> => {
  let longest = 0;
  let last = performance.now();
  let isDone = false;
  const turn = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isDone) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  isDone = true;
  turn();
  return longest;
};
const eachOf = async (count: number, work: () => Promise<unknown>): Promise<readonly number[]> => {
  const all: number[] = [];
  for (let i = 0; i < count; i++) all.push(rounded(await longestOf(work)));
  return all;
};

/** Longest stretches in ms of a new looker's first look, of those that follow, and of looks that read all, in their order. */
export const stretchesOf = async (looker: Looker) => ({
  first: await eachOf(1, () => looker.look()),
  next: await eachOf(AGAIN, () => looker.look()),
  all: await eachOf(ALL, () => looker.look('all')),
});
