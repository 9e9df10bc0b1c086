import { afterEach, describe, expect, it } from 'vitest';
import type { Platform } from '../../../../src/main/platform/index.js';
import { createLinuxPlatform } from '../../../../src/main/platform/linux.js';
import type { StaticFacts } from '../../../../src/shared/types.js';
import type { FakeHost, FakeProcess } from '../../../fixtures/proc/build.js';
import { makeHost, SELF_PID, writeProcess } from '../../../fixtures/proc/build.js';

let hosts: FakeHost[] = [];
afterEach(() => {
  for (const host of hosts) host.remove();
  hosts = [];
});

const WORKER = { comm: 'worker', exe: '/usr/sbin/worker', argv: ['worker', '--pool', '3'] } as const;
const worker = (pid: number, more: Partial<FakeProcess> = {}): FakeProcess => ({ pid, ...WORKER, env: { PATH: '/bin' }, ...more });

const setUp = (...processes: readonly FakeProcess[]): { readonly host: FakeHost; readonly platform: Platform } => {
  const host = makeHost(processes);
  hosts.push(host);
  return { host, platform: createLinuxPlatform({ ...host, selfPid: SELF_PID, selfUid: 0, selfGids: [], getent: null }) };
};
const factsOf = async (platform: Platform): Promise<(pid: number) => StaticFacts | undefined> => {
  const { processes } = await platform.read('all');
  return (pid) => processes.find(({ key }) => key.pid === pid)?.facts;
};

describe('many processes that are all the same', () => {
  it('are judged once and keep one set of facts, with the arguments of each', async () => {
    const { platform } = setUp(worker(501), worker(502), worker(503));
    const asked: StaticFacts[] = [];
    platform.focus((facts) => facts.comm === 'worker' && asked.push(facts) < 0);
    const facts = await factsOf(platform);
    expect(facts(502)).toMatchObject({ comm: 'worker', exe: '/usr/sbin/worker', argv: ['worker', '--pool', '3'], marks: {} });
    expect([facts(502), facts(503)].every((one) => one === facts(501))).toBe(true);
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['another argument', { argv: ['worker', '--pool', '4'] }],
    ['one argument in the place of two', { argv: ['worker', '--pool 3'] }],
    ['another name', { comm: 'worker-2' }],
    ['another executable', { exe: '/usr/local/sbin/worker' }],
    ['the marks of a session', { env: { CLAUDECODE: '1' } }],
  ] satisfies [string, Partial<FakeProcess>][])('do not lend them to one with %s', async (_, more) => {
    const { platform } = setUp(worker(501), worker(502, more), worker(503));
    const facts = await factsOf(platform);
    const { env, ...other } = { ...WORKER, env: {}, ...more };
    expect(facts(502)).toMatchObject({ ...other, marks: env });
    expect(facts(503)).toBe(facts(501));
    expect(facts(501)).toMatchObject({ ...WORKER, marks: {} });
  });

  it('are each read for themselves once they matter', async () => {
    const { platform } = setUp(worker(501, { exe: '/bin/sh' }), worker(502, { exe: '/bin/sh' }));
    platform.focus(({ comm }) => comm === 'worker');
    const facts = await factsOf(platform);
    expect(facts(501)?.exeId).toMatch(/^\d+:\d+$/);
    expect(facts(502)).toEqual(facts(501));
    expect(facts(502)).not.toBe(facts(501));
  });

  it('are judged by the rules of the day', async () => {
    const { host, platform } = setUp(worker(501, { exe: '/bin/sh' }));
    await platform.read('all');
    platform.focus(({ comm }) => comm === 'worker');
    writeProcess(host.procRoot, worker(502, { exe: '/bin/sh' }));
    const facts = await factsOf(platform);
    expect([facts(501)?.exeId, facts(502)?.exeId]).toEqual([expect.any(String), expect.any(String)]);
  });
});
