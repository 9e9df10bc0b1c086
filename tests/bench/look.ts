import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFolderWatches } from '../../src/main/folder-watches.js';
import { createHostileFiles } from '../../src/main/hostile-file.js';
import type { Looker } from '../../src/main/look.js';
import { createLooker } from '../../src/main/look.js';
import { createPlatform } from '../../src/main/platform/index.js';
import { createSessionRegistry } from '../../src/main/sessions.js';
import { parseConfig } from '../../src/shared/config.js';
import type { Crowd } from './crowd.js';
import { startCrowd } from './crowd.js';
import { median, rounded } from './figures.js';
import { compiled, cpuMs, floorMs, readPlainly, rivalsMs, startWatch } from './rivals.js';
import { inStorm } from './storm.js';
import { stretchesOf } from './stretches.js';

/**
 * What one look costs, side by side with how others look at all processes, all in one run, on a crowd of its own that grows: CPU time, of
 * this process or of the program that is started. A look is the program's whole one: reading, session registry, classification, left-over
 * verdicts, snapshot. What counts is the ratio to the floor (floor.c): listing /proc once and reading one file of each Claude process in C.
 * `npm run -s bench -- look [BYSTANDERS…]` prints one JSON object.
 */

const SIZES = [200, 1_000, 5_000];
const ENGINES = 50;
const FORKS = 200;
/** So long a process counts as young and is watched more closely; few are, on a machine that is used. */
const YOUNG_MS = 10_000;
const ROUNDS = 7;
/** A multiple of the looks after which all are listed, so that each round pays for its share of that. */
const LOOKS = 60;
const WARM_UP = 360;
const PLAIN_ROUNDS = 3;
const WATCHED_LOOKS = 10;
/** A session is found without its record where the disk did not answer in time, on a machine that is busy. */
const TRIES = 5;
const TARGETS = { quietToFloor: 0.5, forksToFloor: 2, growth: 2, stormToNodeFullRead: 1, longestStretchMs: 8 };

const newLooker = (home: string): Looker => {
  const platform = createPlatform();
  const selfUid = process.getuid?.() ?? -1;
  const registry = createSessionRegistry({
    files: createHostileFiles({ selfUid }),
    homeOf: (uid) => (uid === selfUid ? home : null),
    selfUid,
    selfConfigDir: null,
    now: Date.now,
    watches: createFolderWatches({ selfUid }),
  });
  const config = parseConfig({});
  return createLooker({ platform, registry, config: () => config, selfUid });
};

/** How many of the sessions a look finds, with their records. */
const foundBy = async (looker: Looker, engines: ReadonlySet<number>): Promise<number> => {
  const { snapshot } = await looker.look();
  return snapshot.processes.filter(({ key, session }) => engines.has(key.pid) && session !== null).length;
};
const expectAll = async (looker: Looker, { engines }: Crowd): Promise<void> => {
  const wanted = new Set(engines);
  let found = 0;
  for (let i = 0; i < TRIES && found < wanted.size; i++) found = await foundBy(looker, wanted);
  if (found < wanted.size) throw new Error(`the look found ${found} of ${wanted.size} sessions: what it costs means nothing`);
};

const measure = async (bystanders: number, crowd: Crowd, looker: Looker, floor: string | null) => {
  const grownMs = await crowd.grow(bystanders);
  const watch = startWatch(crowd.home);
  try {
    // The others take their time while the newcomers grow up.
    const rivals = rivalsMs();
    const plain = [];
    for (let i = 0; i < PLAIN_ROUNDS; i++) plain.push(await cpuMs(readPlainly));
    const all = [];
    for (let i = 0; i < PLAIN_ROUNDS; i++) all.push(await cpuMs(() => looker.look('all')));
    await sleep(Math.max(0, grownMs + YOUNG_MS + 1_000 - performance.now()));
    const watchPerLook = watch === null ? null : await watch.perLookMs(WATCHED_LOOKS);
    watch?.end();

    for (let i = 0; i < WARM_UP; i++) await looker.look();
    const quiet: number[] = [];
    const forked: number[] = [];
    const floors: number[] = [];
    // In turns: what else the machine does hits all alike.
    for (let round = 0; round < ROUNDS; round++) {
      if (floor !== null) floors.push(floorMs(floor, crowd.engines));
      const ms = await cpuMs(async () => {
        for (let i = 0; i < LOOKS; i++) await looker.look();
      });
      quiet.push(ms / LOOKS);
      spawnSync('/bin/bash', ['-c', `for ((i = 0; i < ${FORKS}; i++)); do /bin/true; done`]);
      forked.push(await cpuMs(() => looker.look()));
    }
    await expectAll(looker, crowd);
    const storm = await inStorm(looker, crowd.home);
    const longestStretchMs = await stretchesOf(newLooker(crowd.home));
    const floorMedian = floors.length === 0 ? null : median(floors);
    const toFloor = (ms: number): number | null => (floorMedian === null ? null : rounded(ms / floorMedian));
    return {
      bystanders,
      processes: readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length,
      ms: {
        lookQuiet: rounded(median(quiet)),
        [`lookAfter${FORKS}Forks`]: rounded(median(forked)),
        lookAtAll: rounded(median(all)),
        floor: floorMedian === null ? null : rounded(floorMedian),
        nodeFullRead: rounded(median(plain)),
        ...rivals,
        watchPerLook,
      },
      quietToFloor: toFloor(median(quiet)),
      forksToFloor: toFloor(median(forked)),
      quietToNodeFullRead: rounded(median(quiet) / median(plain)),
      storm,
      longestStretchMs,
      lookQuietMs: median(quiet),
    };
  } finally {
    watch?.end();
  }
};

const given = process.argv.slice(2).map(Number);
const sizes = (given.length > 0 ? given : SIZES).toSorted((a, b) => a - b);
if (sizes.some((size) => !Number.isInteger(size) || size < 1)) throw new Error('how many bystanders? e.g. 200 1000 5000');
const crowd = await startCrowd(ENGINES);
const results: Awaited<ReturnType<typeof measure>>[] = [];
try {
  const looker = newLooker(crowd.home);
  const floor = compiled(crowd.home, 'floor');
  for (const bystanders of sizes) results.push(await measure(bystanders, crowd, looker, floor));
} finally {
  crowd.end();
}
const growth = rounded((results.at(-1)?.lookQuietMs ?? Number.NaN) / (results[0]?.lookQuietMs ?? Number.NaN));
const crowds = results.map(({ lookQuietMs: _, ...rest }) => rest);
process.stdout.write(`${JSON.stringify({ engines: ENGINES, forks: FORKS, targets: TARGETS, growth, crowds })}\n`);
