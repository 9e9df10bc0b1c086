import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, hostname, loadavg } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { createHostReader } from '../../../../src/main/platform/linux-host.js';
import type { FakeHost } from '../../../fixtures/proc/build.js';
import { makeHost } from '../../../fixtures/proc/build.js';

let host: FakeHost | null = null;
afterEach(() => {
  host?.remove();
  host = null;
});
const totalKb = (): number => Number(/^MemTotal: +(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]);

it('reads the running system', async () => {
  const totals = await createHostReader({ procRoot: '/proc', etcRoot: '/etc', ticksPerSecond: () => 100 })();
  expect(totals).toEqual({
    hostName: hostname(),
    osName: expect.stringMatching(/./),
    memoryTotalBytes: totalKb() * 1024,
    memoryUsedBytes: expect.any(Number),
    cores: cpus().length,
    load1: expect.any(Number),
    cpuPercent: null,
  });
  expect(totals.memoryUsedBytes).toBeGreaterThan(0);
  expect(totals.memoryUsedBytes).toBeLessThan(totalKb() * 1024);
  expect(totals.load1).toBeLessThanOrEqual(Math.max(...loadavg()) + 1);
});

it('takes CPU as the difference of two calls, one core being 100, and never more than there are cores', async () => {
  const fake = makeHost();
  host = fake;
  const busy = (ticks: number): void => writeFileSync(join(fake.procRoot, 'stat'), `cpu  ${ticks} 0 0 1000 5 0 0 0 0 0\ncpu0 1\ncpu1 1\n`);
  const clock = vi.spyOn(performance, 'now');
  const read = createHostReader({ ...fake, ticksPerSecond: () => 100 });
  const at = async (ms: number, ticks: number): Promise<number | null> => {
    clock.mockReturnValue(ms);
    busy(ticks);
    return (await read()).cpuPercent;
  };
  expect([
    await at(1000, 100),
    await at(2000, 150),
    await at(2100, 160),
    await at(3000, 170),
    await at(4000, 9999),
    await at(5000, 10),
    await at(6000, 20),
  ]).toEqual([
    null,
    50,
    // Too short a time says nothing: the last figure stands, and the time counts for the next one.
    50,
    20,
    200,
    // Fewer ticks than before: another boot, or counters that went back.
    null,
    10,
  ]);
});

it('has null and a plain name for what cannot be read', async () => {
  const fake = makeHost();
  host = fake;
  rmSync(join(fake.procRoot, 'stat'));
  rmSync(join(fake.etcRoot, 'os-release'));
  const read = createHostReader({ ...fake, ticksPerSecond: () => 100 });
  await read();
  expect(await read()).toMatchObject({ osName: expect.stringMatching(/^Linux \d/), cpuPercent: null, cores: expect.any(Number) });
});
