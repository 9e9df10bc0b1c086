import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { createLinuxPlatform } from '../../../../src/main/platform/linux.js';
import { ownChildren } from './children.js';

const BYSTANDERS = 300;
const ROUNDS = 5;
/** Other tests fork by the thousand beside this one; without them few ids are handed out in so long a time. */
const QUIET_MS = 300;
const QUIET_IDS = 100;
const PATIENCE_MS = 240_000;
const LOOKS = 12;

const children = ownChildren();

/** The plainest way to read all processes. */
const readPlainly = (): void => {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      readFileSync(`/proc/${name}/stat`, 'latin1');
      readFileSync(`/proc/${name}/cmdline`, 'latin1');
    } catch {
      // It ended meanwhile.
    }
  }
};
const cpuMs = async (work: () => unknown): Promise<number> => {
  const before = process.cpuUsage();
  for (let i = 0; i < LOOKS; i++) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};
/** Their shell ends at once: what stands below ourselves is read at each look. */
const startBystanders = (): readonly number[] => {
  const command = `for ((i = 0; i < ${BYSTANDERS}; i++)); do sleep 300 > /dev/null 2>&1 & echo $!; done`;
  const { stdout } = spawnSync('/bin/bash', ['-c', command], { encoding: 'utf8' });
  const pids = stdout.trim().split('\n').map(Number);
  for (const pid of pids) children.alsoEnd(pid);
  return pids;
};
const newestPid = (): number => Number(readFileSync('/proc/loadavg', 'latin1').trim().split(' ').at(-1));
const isQuiet = (before: number): boolean => Math.abs(newestPid() - before) <= QUIET_IDS;
const quiet = async (): Promise<void> => {
  let before: number;
  do {
    before = newestPid();
    await sleep(QUIET_MS);
  } while (!isQuiet(before));
};
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

// The full form is `npm run -s bench -- look`, where the target is far lower; a quarter is room for noise.
it.runIf(process.platform === 'linux')(
  'costs less than a quarter of reading all processes plainly, in a quiet crowd (needs Linux)',
  async () => {
    const pids = startBystanders();
    let aheadMs = 0;
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + aheadMs);
    const { read } = createLinuxPlatform({ getent: null });
    const { processes } = await read('all');
    expect(pids.filter((pid) => !processes.some(({ key }) => key.pid === pid))).toEqual([]);
    // Newcomers are read more often for ten seconds.
    aheadMs = 60_000;
    for (let i = 0; i < 12; i++) await read();
    const [looks, plain]: [number[], number[]] = [[], []];
    while (looks.length < ROUNDS) {
      await quiet();
      const before = newestPid();
      const [ours, theirs] = [await cpuMs(() => read()), await cpuMs(readPlainly)];
      if (!isQuiet(before)) continue;
      looks.push(ours);
      plain.push(theirs);
    }
    expect(median(looks) / median(plain)).toBeLessThan(0.25);
  },
  PATIENCE_MS,
);

// The full form, with 5,000 forks a second while it looks, is `npm run -s bench -- look`.
it.runIf(process.platform === 'linux')(
  'costs no more than a look that reads all when a fifth of a second of 5,000 forks each lies between two (needs Linux)',
  async () => {
    startBystanders();
    const { read } = createLinuxPlatform({ getent: null });
    const once = async (scope: 'relevant' | 'all'): Promise<number> => {
      spawnSync('/bin/bash', ['-c', 'for ((i = 0; i < 1000; i++)); do (:); done']);
      const before = process.cpuUsage();
      await read(scope);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    for (let i = 0; i < 5; i++) await once('all');
    const [looks, all]: [number[], number[]] = [[], []];
    for (let i = 0; i < LOOKS; i++) {
      looks.push(await once('relevant'));
      all.push(await once('all'));
    }
    expect(median(looks) / median(all)).toBeLessThan(1);
  },
  // A fork takes milliseconds on some virtual machines.
  PATIENCE_MS,
);
