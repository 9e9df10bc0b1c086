import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, hostname, loadavg } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { createHostReader } from '../../../../src/main/platform/linux-host.js';
import { createProcFiles } from '../../../../src/main/platform/proc-files.js';
import type { HostTotals } from '../../../../src/shared/types.js';
import type { FakeHost } from '../../../fixtures/proc/build.js';
import { makeHost } from '../../../fixtures/proc/build.js';

let host: FakeHost | null = null;
afterEach(() => {
  host?.remove();
  host = null;
});
const readerOf = ({ procRoot, etcRoot }: Pick<FakeHost, 'procRoot' | 'etcRoot'>): (() => HostTotals) => {
  const files = createProcFiles();
  return createHostReader({ procRoot, etcRoot, ticksPerSecond: () => 100, files, stat: () => files.text(join(procRoot, 'stat')) ?? '' });
};
const totalKb = (): number => Number(/^MemTotal: +(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]);

it('reads the running system', () => {
  const totals = readerOf({ procRoot: '/proc', etcRoot: '/etc' })();
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

it('takes CPU as the difference of two calls, one core being 100, and never more than there are cores', () => {
  const fake = makeHost();
  host = fake;
  const busy = (ticks: number): void => writeFileSync(join(fake.procRoot, 'stat'), `cpu  ${ticks} 0 0 1000 5 0 0 0 0 0\ncpu0 1\ncpu1 1\n`);
  const clock = vi.spyOn(performance, 'now');
  const read = readerOf(fake);
  const at = (ms: number, ticks: number): number | null => {
    clock.mockReturnValue(ms);
    busy(ticks);
    return read().cpuPercent;
  };
  expect([at(1000, 100), at(2000, 150), at(2100, 160), at(3000, 170), at(4000, 9999), at(5000, 10), at(6000, 20)]).toEqual([
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

it('has null and a plain name for what cannot be read', () => {
  const fake = makeHost();
  host = fake;
  rmSync(join(fake.procRoot, 'stat'));
  rmSync(join(fake.etcRoot, 'os-release'));
  const read = readerOf(fake);
  read();
  const nothing = { cpuPercent: null, cores: expect.any(Number), memoryTotalBytes: null, memoryUsedBytes: null };
  expect(read()).toMatchObject({ ...nothing, osName: expect.stringMatching(/^Linux \d/) });
});
