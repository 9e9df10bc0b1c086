import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Looker } from '../../src/main/look.js';
import { median, rounded } from './figures.js';
import { compiled, cpuMs, readPlainly } from './rivals.js';

/** What a look costs while processes that end at once are started as fast as a build or a test suite gone wild does. */

const FORKS_A_SECOND = 5_000;
const LIFE_S = 30;
const ROUNDS = 9;
const GAP_MS = 200;

const forksSoFar = (): number => Number(/^processes (\d+)$/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1]);

/** CPU time in ms of a look, of one that reads all, and of Node's plain reading, one after the other in the same storm; null where there is no compiler. */
export const inStorm = async (looker: Looker, folder: string) => {
  const program = compiled(folder, 'storm');
  if (program === null) return null;
  const storm: ChildProcess = spawn(program, [String(FORKS_A_SECOND), String(LIFE_S)], { stdio: 'ignore' });
  try {
    await sleep(GAP_MS);
    const [looks, all, plain]: [number[], number[], number[]] = [[], [], []];
    const [from, fromMs] = [forksSoFar(), performance.now()];
    for (let round = 0; round < ROUNDS; round++) {
      await sleep(GAP_MS);
      looks.push(await cpuMs(() => looker.look()));
      await sleep(GAP_MS);
      all.push(await cpuMs(() => looker.look('all')));
      plain.push(await cpuMs(readPlainly));
    }
    const forksPerSecond = Math.round(((forksSoFar() - from) * 1000) / (performance.now() - fromMs));
    if (storm.exitCode !== null) throw new Error('the storm was over before its looks were');
    const [lookMs, allMs, plainMs] = [median(looks), median(all), median(plain)];
    return {
      forksPerSecond,
      lookMs: rounded(lookMs),
      lookAtAllMs: rounded(allMs),
      nodeFullReadMs: rounded(plainMs),
      toLookAtAll: rounded(lookMs / allMs),
      toNodeFullRead: rounded(lookMs / plainMs),
    };
  } finally {
    storm.kill('SIGKILL');
  }
};
