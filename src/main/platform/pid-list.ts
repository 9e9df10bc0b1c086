import { readdir } from 'node:fs/promises';
import type { Stretch } from './stretch.js';

/**
 * Everybody in the folder of processes, in the order of the folder; throws where it cannot be listed. Off the main thread, since for
 * thousands it takes longer than the window may wait; not in pieces (opendir), of which Node asks once more who each name is.
 */
export const listPids = async (procRoot: string, stretch: Stretch): Promise<readonly number[]> => {
  const names = await readdir(procRoot);
  stretch.begin();
  const pids: number[] = [];
  for (const name of names) {
    if (/^[1-9]\d{0,6}$/.test(name)) pids.push(Number(name));
    if (stretch.isLong()) await stretch.breathe();
  }
  return pids;
};
