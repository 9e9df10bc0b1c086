import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { createProcessTable } from '../../../../src/main/platform/linux-table.js';
import { createProcFiles } from '../../../../src/main/platform/proc-files.js';
import { createRound } from '../../../../src/main/platform/round.js';
import type { FakeHost, FakeProcess } from '../../../fixtures/proc/build.js';
import { makeHost, SELF_PID, writeProcess } from '../../../fixtures/proc/build.js';

/** Old processes that show no sign of it when they become something else, and how all of them get their turn. */

let hosts: FakeHost[] = [];
afterEach(() => {
  for (const host of hosts) host.remove();
  hosts = [];
});

/** A table whose looks are a tenth of a second apart; `denied` = whose executable and environment the kernel refuses us. */
const setUp = async (processes: readonly FakeProcess[], denied: readonly number[] = []) => {
  const host = makeHost(processes);
  hosts.push(host);
  const { procRoot } = host;
  const real = createProcFiles();
  let nowMs = 1_000_000;
  const table = createProcessTable({
    procRoot,
    files: { ...real, link: (path) => (denied.some((pid) => path === `${procRoot}/${pid}/exe`) ? 'denied' : real.link(path)) },
    accounts: { refresh: () => undefined, userOf: () => null, homeOf: () => null },
    selfPid: SELF_PID,
    selfUid: 0,
    selfGids: [],
    machineId: () => null,
    units: () => ({ ticksPerSecond: 100, pageBytes: 4096 }),
    clock: () => nowMs,
    stat: () => real.text(`${procRoot}/stat`) ?? '',
  });
  const look = async (): Promise<readonly number[]> => {
    nowMs += 100;
    const { processes: shown } = await table.read();
    return shown.filter(({ facts }) => facts.argv?.includes('claude')).map(({ key }) => key.pid);
  };
  await look();
  return { procRoot, look, wait: (ms: number) => (nowMs += ms) };
};
const range = (count: number, from: number): readonly number[] => Array.from({ length: count }, (_, index) => from + index);

it('go round those who were there when it began, then round all', () => {
  const crowd = [1, 2];
  const next = createRound(() => crowd);
  const seen = [next()];
  crowd.push(3, 4);
  for (let i = 0; i < 5; i++) seen.push(next());
  expect(seen).toEqual([1, 2, 1, 2, 3, 4]);
  expect(createRound(() => [])()).toBeUndefined();
});

it('have their turn although more processes are born than it comes to at each look', async () => {
  const old = range(100, 400);
  const { procRoot, look } = await setUp(old.map((pid) => ({ pid })));
  let newest = 600;
  const births = async (looks: number): Promise<readonly number[]> => {
    let found: readonly number[] = [];
    for (let i = 0; i < looks; i++) {
      for (const pid of range(10, newest)) writeProcess(procRoot, { pid });
      newest += 10;
      writeFileSync(join(procRoot, 'loadavg'), `0.10 0.20 0.30 1/100 ${newest - 1}\n`);
      found = await look();
    }
    return found;
  };
  // All of the old ones have had a first turn by then.
  await births(16);
  for (const pid of old) writeProcess(procRoot, { pid, comm: 'claude', argv: ['claude'], startStack: 140_729_440_300_000 });
  expect(await births(40)).toEqual(old);
});

it('are read closely where we may not see an exec, with a terminal too', async () => {
  const denied = { pid: 500, comm: 'node', ttyNr: 34_816, startStack: 0, argStart: 0 } as const;
  const { procRoot, look, wait } = await setUp(
    [{ ...denied, argv: ['node', 'wrapper'] }, ...range(10, 600).map((pid) => ({ pid }))],
    [500],
  );
  // Old enough for nobody to expect another title.
  wait(120_000);
  await look();
  writeProcess(procRoot, { ...denied, argv: ['node', 'claude'] });
  let found: readonly number[] = [];
  for (let i = 0; i < 4; i++) found = await look();
  expect(found).toEqual([500]);
});
