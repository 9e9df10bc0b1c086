import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createFolderWatches } from '../../src/main/folder-watches.js';
import { createHostileFiles } from '../../src/main/hostile-file.js';
import { createLooker } from '../../src/main/look.js';
import { createPlatform } from '../../src/main/platform/index.js';
import { createSessionRegistry } from '../../src/main/sessions.js';
import { parseConfig } from '../../src/shared/config.js';

const PARTS = 10;
const BYTES_A_KB = 1024;

const collect = (): void => {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  if (typeof gc === 'function') gc();
};
/** The slope of the line that fits best through values taken at 0, 1, 2 … */
export const slope = (values: readonly number[]): number => {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = values.reduce((sum, _, at) => sum + (at - middle) ** 2, 0);
  return values.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0) / spread;
};

/** Looks one after the other without a pause; the heap after each tenth, collected, its slope in KB for 1,000 looks, and the descriptors. */
export const slopeOfLooks = async (home: string, looks: number) => {
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
  const looker = createLooker({ platform: createPlatform(), registry, config: () => config, selfUid });
  const part = Math.ceil(looks / PARTS);
  const heapKb: number[] = [];
  const descriptors: number[] = [];
  // The first part warms up and is not counted.
  for (let at = 0; at <= PARTS; at += 1) {
    for (let look = 0; look < part; look += 1) await looker.look();
    collect();
    if (at === 0) continue;
    heapKb.push(Math.round(process.memoryUsage().heapUsed / BYTES_A_KB));
    descriptors.push(readdirSync('/proc/self/fd').length);
  }
  return {
    looks: part * PARTS,
    heapKb,
    slopeKbIn1000: Number(((slope(heapKb) * 1_000) / part).toFixed(1)),
    descriptors: { first: descriptors[0], last: descriptors.at(-1) },
  };
};
