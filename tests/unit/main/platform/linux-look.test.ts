import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Platform } from '../../../../src/main/platform/index.js';
import { createLinuxPlatform } from '../../../../src/main/platform/linux.js';
import type { FakeHost, FakeProcess } from '../../../fixtures/proc/build.js';
import { BOOT_MS, makeHost, SELF_PID, statLine, writeProcess } from '../../../fixtures/proc/build.js';

let hosts: FakeHost[] = [];
let nowMs = 0;
// Sweeps are due by time, too: a busy machine must not bring one about.
beforeEach(() => {
  nowMs = 1_000_000;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
});
afterEach(() => {
  for (const host of hosts) host.remove();
  hosts = [];
});

const bystanders = Array.from({ length: 40 }, (_, index): FakeProcess => ({ pid: 1000 + index }));
const claude = (pid: number, more: Partial<FakeProcess> = {}): FakeProcess => ({ pid, comm: 'claude', argv: ['claude'], ...more });
/** What an exec changes. */
const EXECED = { startStack: 140_729_440_300_000, argStart: 140_729_440_309_000 };
/** In ticks, an hour ahead, as when the clock was set back: just born whenever it is met. What else is made here has been there since boot. */
const justBorn = (): string => String(Math.floor((Date.now() + 3_600_000 - BOOT_MS) / 10));
/** Nobody's number told of it, so that only listing finds it. */
const STRANGER = 700;

/** As lxcfs lays its own number over the kernel's. */
const mask = (host: FakeHost): void =>
  appendFileSync(join(host.procRoot, String(SELF_PID), 'mounts'), `lxcfs ${host.procRoot}/loadavg fuse.lxcfs rw 0 0\n`);

interface Scene {
  readonly host: FakeHost;
  readonly platform: Platform;
  readonly write: (...processes: readonly FakeProcess[]) => void;
  readonly remove: (pid: number) => void;
  readonly newest: (pid: number) => void;
  /** Pids called "claude" at the next look. */
  readonly look: () => Promise<readonly number[]>;
  readonly notes: () => Promise<readonly string[]>;
}

/** A table of some size whose first two looks, which list everything, are over; the next sweep is due at the fifth from here. */
const setUp = async (
  more: readonly FakeProcess[] = [],
  options: Parameters<typeof makeHost>[1] & { readonly selfUid?: number; readonly prepare?: (host: FakeHost) => void } = {},
): Promise<Scene> => {
  const host = makeHost([...bystanders, ...more], options);
  hosts.push(host);
  options.prepare?.(host);
  const { procRoot } = host;
  const platform = createLinuxPlatform({ ...host, selfPid: SELF_PID, selfUid: options.selfUid ?? 0, selfGids: [], getent: null });
  const look = async (): Promise<readonly number[]> => {
    nowMs += 100;
    return (await platform.read()).processes.filter(({ facts }) => facts.comm === 'claude').map(({ key }) => key.pid);
  };
  await look();
  await look();
  return {
    host,
    platform,
    look,
    write: (...processes) => {
      for (const one of processes) writeProcess(procRoot, one);
    },
    remove: (pid) => rmSync(join(procRoot, String(pid)), { recursive: true }),
    newest: (pid) => writeFileSync(join(procRoot, 'loadavg'), `0.10 0.20 0.30 1/100 ${pid}\n`),
    notes: async () => (await platform.notes()).map(({ id }) => id),
  };
};

describe('newcomers', () => {
  it('are found by their numbers, and nothing is listed for it', async () => {
    const { write, newest, look } = await setUp();
    write(claude(4243), claude(4246), claude(STRANGER));
    newest(4246);
    expect(await look()).toEqual([4243, 4246]);
    write(claude(4247));
    newest(4247);
    expect(await look()).toEqual([4243, 4246, 4247]);
  });

  it('are not looked for beyond the newest number', async () => {
    const { write, newest, look } = await setUp();
    write(claude(4245), claude(4246));
    newest(4245);
    expect(await look()).toEqual([4245]);
    newest(4246);
    expect(await look()).toEqual([4245, 4246]);
  });

  it('are asked for once more: a number is handed out before its process shows', async () => {
    const { write, newest, look } = await setUp();
    newest(4248);
    expect(await look()).toEqual([]);
    write(claude(4245), claude(STRANGER));
    newest(4249);
    expect(await look()).toEqual([4245]);
  });

  it('are no threads, whose numbers answer too', async () => {
    const { host, write, newest, look } = await setUp();
    const thread = claude(4244);
    write(thread, claude(4245));
    writeFileSync(join(host.procRoot, '4244', 'stat'), statLine(thread).replace(' 0 17 0 ', ' 0 -1 0 '));
    newest(4245);
    expect(await look()).toEqual([4245]);
  });

  it.each([
    ['wrapped', 400, 350],
    ['moved far', 9000, 8123],
  ])('are found by listing when the numbers have %s', async (_, newestPid, pid) => {
    const { write, newest, look } = await setUp();
    write(claude(pid), claude(STRANGER, { startedAt: justBorn() }));
    newest(newestPid);
    expect(await look()).toEqual([pid, STRANGER].toSorted((a, b) => a - b));
  });

  it('take the place of whoever had their number', async () => {
    const { platform, write, newest } = await setUp([claude(200)]);
    write(claude(200, { startedAt: '7777' }));
    newest(300);
    nowMs += 100;
    const { processes } = await platform.read();
    expect(processes.filter(({ key }) => key.pid === 200).map(({ key }) => key.startedAt)).toEqual(['7777']);
  });
});

describe('those known', () => {
  it('are out at the next look once they have gone, and once somebody else has their number', async () => {
    const { write, remove, look } = await setUp([claude(200), claude(201), claude(202)]);
    remove(200);
    write({ pid: 201, startedAt: '7777' });
    expect(await look()).toEqual([202]);
  });

  it('are read again for two looks while young: one of them sees the exec', async () => {
    const startedAt = justBorn();
    const young = (pid: number): FakeProcess => ({ pid, startedAt });
    const { write, newest, look } = await setUp();
    write(young(4243), young(4244), young(4245), young(4246));
    newest(4246);
    expect(await look()).toEqual([]);
    for (const pid of [4243, 4244, 4245, 4246]) write(claude(pid, { startedAt, ...EXECED }));
    expect(await look()).toHaveLength(2);
    expect(await look()).toEqual([4243, 4244, 4245, 4246]);
  });

  it.each<[number, string, Partial<FakeProcess>]>([
    [5, 'shells', { comm: 'bash' }],
    [201, 'shells', { comm: 'bash' }],
    [5, 'programs in a terminal', { comm: 'launcher', ttyNr: 34_816 }],
  ])('that are restless are read again at any age: two looks see every exec of %d %s', async (count, _, more) => {
    const pids = Array.from({ length: count }, (__, index) => 300 + index);
    const { write, look } = await setUp(pids.map((pid) => ({ pid, ...more })));
    write(...pids.map((pid) => claude(pid, EXECED)));
    expect(await look()).toHaveLength(Math.ceil(count / 2));
    expect(await look()).toEqual(pids);
  });

  it('that have got a terminal, and nothing else, are restless from then on', async () => {
    const { write, look } = await setUp([{ pid: 484, comm: 'launcher' }]);
    write({ pid: 484, comm: 'launcher', ttyNr: 34_816 });
    // By the sixth, its turn has come.
    for (let i = 0; i < 6; i++) await look();
    write(claude(484, { ...EXECED, ttyNr: 34_816 }));
    await look();
    expect(await look()).toEqual([484]);
  });

  it('that are restless no more, since they left their terminal by an exec, wait too', async () => {
    const { write, look } = await setUp([{ pid: 503, comm: 'launcher', ttyNr: 34_816 }]);
    write({ pid: 503, comm: 'daemon', startStack: 140_729_440_100_000 });
    await look();
    await look();
    write(claude(503, EXECED));
    expect(await look()).toEqual([]);
  });

  it('that are old wait for their turn: at each look it comes to eight', async () => {
    const late = Array.from({ length: 240 }, (_, index) => 2000 + index);
    const { write, look } = await setUp(late.map((pid) => ({ pid })));
    write(...late.map((pid) => claude(pid, EXECED)));
    let found: readonly number[] = [];
    // The forty that stand before them in the table; the look that came before took eight.
    for (let i = 0; i < 4; i++) found = await look();
    expect(found).toEqual([]);
    for (let i = 1; i <= 30; i++) {
      found = await look();
      expect(found).toHaveLength(i * 8);
    }
    expect(found).toEqual(late);
  });

  it('that are old have all had their turn within four minutes, however seldom a look is', async () => {
    const late = Array.from({ length: 960 }, (_, index) => 2000 + index);
    const { write, look } = await setUp(late.map((pid) => ({ pid })));
    write(...late.map((pid) => claude(pid, EXECED)));
    const seen: number[] = [];
    for (let i = 0; i < 4; i++) {
      nowMs += 59_900;
      seen.push((await look()).length);
    }
    // A quarter each time, of all that are known; the forty that stand before them are the first of these.
    expect(seen.map((count) => Math.round(count / 10))).toEqual([22, 47, 72, 96]);
  });
});

describe('the number of the newest', () => {
  it('is distrusted when a sweep finds somebody who has been there for long: from then on everything is read', async () => {
    const { write, look, notes } = await setUp();
    write(claude(STRANGER));
    const seen: (readonly number[])[] = [];
    for (let i = 0; i < 5; i++) seen.push(await look());
    expect(seen).toEqual([[], [], [], [], [STRANGER]]);
    write(claude(STRANGER + 1));
    expect(await look()).toEqual([STRANGER, STRANGER + 1]);
    expect(await notes()).toContain('looksAreLong.newestPidWrong');
  });

  it('is still believed when that one may be younger than the last look', async () => {
    const { write, look, notes } = await setUp();
    write(claude(STRANGER, { startedAt: justBorn() }));
    for (let i = 0; i < 5; i++) await look();
    write(claude(STRANGER + 1));
    expect(await look()).toEqual([STRANGER]);
    expect(await notes()).toContain('looksAreShort');
  });

  it.each<[string, Parameters<typeof setUp>[1]]>([
    ['hidePid', { mountOptions: 'rw,hidepid=2', selfUid: 1000 }],
    ['newestPidMasked', { prepare: mask }],
    ['newestPidMissing', { prepare: ({ procRoot }) => rmSync(join(procRoot, 'loadavg')) }],
  ])('is not asked where it says nothing (%s): every look reads everything, and doctor says so', async (why, options) => {
    const { write, look, notes } = await setUp([], options);
    for (const pid of [STRANGER, STRANGER + 1]) {
      write(claude(pid));
      expect(await look()).toContain(pid);
    }
    expect(await notes()).toContain(`looksAreLong.${why}`);
  });
});
