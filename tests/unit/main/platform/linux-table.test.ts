import { chmodSync, mkdirSync, rmSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Platform } from '../../../../src/main/platform/index.js';
import { createLinuxPlatform } from '../../../../src/main/platform/linux.js';
import type { RawProcess, Reading } from '../../../../src/shared/types.js';
import type { FakeHost, FakeProcess } from '../../../fixtures/proc/build.js';
import { BOOT_MS, makeHost, SELF_PID, writeProcess } from '../../../fixtures/proc/build.js';
import { isRoot, OTHER_UID } from './children.js';

let hosts: FakeHost[] = [];
afterEach(() => {
  for (const host of hosts) host.remove();
  hosts = [];
});

const PID = 500;
/** Marked, so that everything of it is read; with an executable that exists. */
const CLAUDE: FakeProcess = {
  pid: PID,
  comm: 'claude',
  argv: ['claude', '--resume'],
  exe: '/bin/sh',
  cwd: '/tmp',
  env: { CLAUDECODE: '1' },
};

const setUp = (
  processes: readonly FakeProcess[],
  options: Parameters<typeof makeHost>[1] & { readonly selfUid?: number; readonly selfGids?: readonly number[] } = {},
): { host: FakeHost; platform: Platform } => {
  const host = makeHost(processes, options);
  hosts.push(host);
  const { selfUid = 0, selfGids = [] } = options;
  return { host, platform: createLinuxPlatform({ ...host, selfPid: SELF_PID, selfUid, selfGids, getent: null }) };
};
const find = (reading: Reading, pid: number): RawProcess | undefined => reading.processes.find((one) => one.key.pid === pid);
const pidsOf = (reading: Reading): readonly number[] => reading.processes.map((one) => one.key.pid).toSorted((a, b) => a - b);
const readOne = async (process: FakeProcess): Promise<RawProcess | undefined> =>
  find(await setUp([process]).platform.read('all'), process.pid);
/** Looks often enough that the turn of every process comes. */
const SLICES = 12;

describe('one look', () => {
  it('reads every field', async () => {
    const one = await readOne({
      ...CLAUDE,
      ppid: 400,
      pgid: 401,
      sid: 402,
      ttyNr: 34819,
      utime: 7,
      stime: 5,
      threads: 9,
      startedAt: '12345',
      rssPages: 10,
      rssAnonKb: 3,
      swapKb: 2,
      env: { PATH: '/bin', CLAUDECODE: '1', CLAUDE_PID: '77', ANTHROPIC_API_KEY: 'secret' },
    });
    expect(one).toEqual({
      key: { pid: PID, startedAt: '12345' },
      ppid: 400,
      uid: 1000,
      user: 'dana',
      state: 'S',
      tty: 'pts/3',
      cwd: '/tmp',
      pgid: 401,
      sid: 402,
      startedAtMs: BOOT_MS + 123_450,
      facts: {
        comm: 'claude',
        exe: '/bin/sh',
        exeId: expect.stringMatching(/^\d+:\d+$/),
        argv: ['claude', '--resume'],
        marks: { CLAUDECODE: '1', CLAUDE_PID: '77' },
      },
      counters: { cpuMs: 120, rssBytes: 40_960, rssAnonBytes: 3072, swapBytes: 2048, threads: 9 },
    });
  });

  it('shows the state of now also where it is that of the look before the last, which read everything', async () => {
    const { host, platform } = setUp([CLAUDE]);
    const stateAt = async (state: string, scope?: 'all'): Promise<string | null | undefined> => {
      writeProcess(host.procRoot, { ...CLAUDE, state });
      return find(await platform.read(scope), PID)?.state;
    };
    expect([await stateAt('S'), await stateAt('S'), await stateAt('T', 'all'), await stateAt('S')]).toEqual(['S', 'S', 'T', 'S']);
  });

  it('describes the whole table', async () => {
    const { platform } = setUp([CLAUDE]);
    const before = Date.now();
    const reading = await platform.read('all');
    expect({ ...reading, processes: pidsOf(reading) }).toEqual({
      takenAtMs: expect.any(Number),
      monotonicMs: expect.any(Number),
      processes: [1, PID, SELF_PID],
      complete: true,
      pidDomain: 'linux:0123456789abcdef0123456789abcdef:pid:[4026531836]',
      selfPid: SELF_PID,
    });
    expect(reading.takenAtMs).toBeGreaterThanOrEqual(before);
  });

  it.each(['a) b (c', 'npm exec @model', ') S 1 1 (', 'x\ny', '((', '', '\\n'])('reads a program called %j', async (comm) => {
    const one = await readOne({ ...CLAUDE, comm, startedAt: '777', ppid: 42 });
    expect([one?.facts.comm, one?.key.startedAt, one?.ppid, one?.uid]).toEqual([comm, '777', 42, 1000]);
  });

  it('keeps line breaks and empty arguments, and drops what a rewritten title leaves', async () => {
    const argv = ['claude', '--settings', '{\n"a": 1\n}', '', 'end'];
    expect((await readOne({ ...CLAUDE, argv }))?.facts.argv).toEqual(argv);
    expect((await readOne({ ...CLAUDE, exe: '/usr/bin/node', argv: Buffer.from('claude\0\0\0\0\0\0\0\0\0\0') }))?.facts.argv).toEqual([
      'claude',
    ]);
  });

  it('finds marks in a huge environment, up to 256 KiB, and takes no half entry', async () => {
    const filler = (bytes: number): string => `A=${'x'.repeat(bytes - 3)}\0`;
    const near = Buffer.from(`${filler(200_000)}CLAUDE_PID=7\0${filler(3_000_000)}TMUX=far\0`);
    expect((await readOne({ ...CLAUDE, env: near }))?.facts.marks).toEqual({ CLAUDE_PID: '7' });
    const cut = Buffer.from(`CLAUDE_PID=7\0${filler(262_144 - 13 - 12)}CLAUDE_PROJECT_DIR=/home/dana\0`);
    expect((await readOne({ ...CLAUDE, env: cut }))?.facts.marks).toEqual({ CLAUDE_PID: '7' });
  });

  it('knows a zombie by its name alone, and that it holds no memory', async () => {
    const one = await readOne({ ...CLAUDE, state: 'Z', argv: [], exe: null, cwd: null, rssPages: 0, env: {} });
    expect(one).toMatchObject({
      state: 'Z',
      cwd: null,
      facts: { comm: 'claude', exe: null, exeId: null, argv: [], marks: null },
      counters: { rssBytes: 0, rssAnonBytes: 0, swapBytes: 0, threads: 1 },
    });
  });

  it('leaves the kernel’s own threads out, whatever their pid or parent, and counts the table as whole', async () => {
    const { platform } = setUp([
      { pid: 2, ppid: 0, comm: 'kthreadd', flags: 0x208040, argv: [], exe: null },
      { pid: 30, ppid: 2, comm: 'kworker/0:0H', flags: 0x4208060, argv: [], exe: null },
      { pid: 31, ppid: 2, comm: 'claude' },
    ]);
    const reading = await platform.read('all');
    expect([pidsOf(reading), reading.complete]).toEqual([[1, 31, SELF_PID], true]);
  });

  it('strips nothing from a deleted executable', async () => {
    expect((await readOne({ ...CLAUDE, exe: '/opt/claude/2.1.330 (deleted)' }))?.facts).toMatchObject({
      exe: '/opt/claude/2.1.330 (deleted)',
      exeId: null,
    });
  });

  it('has null for what a process of nobody’s interest costs to know', async () => {
    const one = await readOne({ pid: PID, exe: '/bin/sh' });
    expect([one?.cwd, one?.facts, one?.counters.rssBytes]).toEqual([
      null,
      { comm: 'sleep', exe: '/bin/sh', exeId: null, argv: ['sleep', '600'], marks: {} },
      412 * 4096,
    ]);
  });

  it('reads memory, directory and executable’s identity of those in focus, and keeps the last when focus goes', async () => {
    const { platform } = setUp([{ pid: PID, exe: '/bin/sh', cwd: '/srv', rssAnonKb: 5 }]);
    const { dev, ino } = statSync('/bin/sh', { bigint: true });
    await platform.read('all');
    platform.focus(({ exe }) => exe === '/bin/sh');
    const one = find(await platform.read('all'), PID);
    expect([one?.cwd, one?.counters.rssAnonBytes, one?.counters.swapBytes, one?.facts.exeId]).toEqual(['/srv', 5120, 0, `${dev}:${ino}`]);
    expect(find(await platform.read('all'), PID)?.facts).toBe(one?.facts);
    platform.focus(() => false);
    for (let i = 0; i < SLICES; i++) expect(find(await platform.read('all'), PID)?.facts).toBe(one?.facts);
  });
});

describe('what cannot be read', () => {
  const whole = {
    uid: 1000,
    user: 'dana',
    cwd: '/tmp',
    facts: { comm: 'claude', exe: '/bin/sh', exeId: expect.any(String), argv: ['claude', '--resume'], marks: { CLAUDECODE: '1' } },
    counters: { cpuMs: 0, rssBytes: 412 * 4096, rssAnonBytes: 122_880, swapBytes: 0, threads: 1 },
  };
  it.each<[string, object]>([
    ['exe', { ...whole, facts: { ...whole.facts, exe: null, exeId: null } }],
    ['cmdline', { ...whole, facts: { ...whole.facts, argv: null } }],
    ['environ', { ...whole, facts: { ...whole.facts, marks: null } }],
    ['status', { ...whole, uid: null, user: null, counters: { ...whole.counters, rssAnonBytes: null, swapBytes: null } }],
    ['cwd', { ...whole, cwd: null }],
    ['cgroup', whole],
    ['fd', whole],
    ['ns', whole],
  ])('is null alone: no %s', async (file, expected) => {
    const { host, platform } = setUp([CLAUDE]);
    rmSync(join(host.procRoot, String(PID), file), { recursive: true });
    const reading = await platform.read('all');
    expect(find(reading, PID)).toMatchObject(expected);
    expect(reading.complete).toBe(true);
  });

  it('leaves a pid out that has no stat (it vanished), and forgets it', async () => {
    const { host, platform } = setUp([CLAUDE]);
    const first = find(await platform.read('all'), PID);
    unlinkSync(join(host.procRoot, String(PID), 'stat'));
    const reading = await platform.read('all');
    expect([find(reading, PID), reading.complete]).toEqual([undefined, true]);
    writeProcess(host.procRoot, CLAUDE);
    const again = find(await platform.read('all'), PID);
    expect(again).toEqual(first);
    expect(again?.facts).not.toBe(first?.facts);
  });

  it('counts the table as incomplete where a stat makes no sense, and reads the others', async () => {
    const { host, platform } = setUp([CLAUDE, { ...CLAUDE, pid: 501 }]);
    writeFileSync(join(host.procRoot, String(PID), 'stat'), 'nonsense');
    const reading = await platform.read('all');
    expect([find(reading, PID), find(reading, 501)?.facts.comm, reading.complete]).toEqual([undefined, 'claude', false]);
  });

  it('survives folders and files that are no processes', async () => {
    const { host, platform } = setUp([]);
    for (const name of ['0', '007', '99999999', '12x', '77']) mkdirSync(join(host.procRoot, name));
    writeFileSync(join(host.procRoot, '78'), '');
    symlinkSync('/nowhere', join(host.procRoot, '79'));
    expect(pidsOf(await platform.read('all'))).toEqual([1, SELF_PID]);
  });

  it.runIf(isRoot)(
    'is null where we may not look, and incomplete only where stat is refused (needs a second user: root only)',
    async () => {
      const { host, platform } = setUp([CLAUDE, { ...CLAUDE, pid: 501 }]);
      chmodSync(join(host.procRoot, '..'), 0o755);
      for (const file of ['cmdline', 'environ', 'status']) chmodSync(join(host.procRoot, String(PID), file), 0o000);
      process.seteuid?.(OTHER_UID);
      try {
        const first = await platform.read('all');
        expect(find(first, PID)).toMatchObject({
          uid: null,
          user: null,
          facts: { comm: 'claude', exe: '/bin/sh', argv: null, marks: null },
          counters: { rssBytes: 412 * 4096, rssAnonBytes: null, swapBytes: null },
        });
        expect([find(first, 501)?.facts.argv, first.complete]).toEqual([['claude', '--resume'], true]);
        process.seteuid?.(0);
        chmodSync(join(host.procRoot, '501', 'stat'), 0o000);
        process.seteuid?.(OTHER_UID);
        const second = await platform.read('all');
        expect([find(second, 501), second.complete]).toEqual([undefined, false]);
      } finally {
        process.seteuid?.(0);
      }
    },
  );

  it('throws where there is no table, or not ours', async () => {
    const { host } = setUp([]);
    const over = (procRoot: string, selfPid: number): Platform =>
      createLinuxPlatform({ procRoot, etcRoot: host.etcRoot, selfPid, getent: null });
    await expect(over('/nowhere', SELF_PID).read('all')).rejects.toThrow('does not show our own process');
    await expect(over(host.procRoot, 99).read('all')).rejects.toThrow('does not show our own process');
    const platform = over(host.procRoot, SELF_PID);
    unlinkSync(join(host.procRoot, String(SELF_PID), 'stat'));
    await expect(platform.read('all')).rejects.toThrow('our own process is not in');
    writeProcess(host.procRoot, { pid: SELF_PID });
    expect((await platform.read('all')).processes).toHaveLength(2);
  });

  it.each<[string, Parameters<typeof setUp>[1], boolean]>([
    ['as an ordinary user', { selfUid: 1000 }, true],
    ['hidepid, as an ordinary user', { selfUid: 1000, mountOptions: 'rw,hidepid=2' }, false],
    ['hidepid by its name', { selfUid: 1000, mountOptions: 'rw,hidepid=ptraceable' }, false],
    ['hidepid, in the group that sees all', { selfUid: 1000, selfGids: [27], mountOptions: 'rw,gid=27,hidepid=2' }, true],
    ['hidepid, as root', { selfUid: 0, mountOptions: 'rw,hidepid=2' }, true],
  ])('says whether all is seen: %s', async (_name, options, complete) => {
    expect((await setUp([CLAUDE], options).platform.read('all')).complete).toBe(complete);
  });

  it('has not seen all without pid 1', async () => {
    const { host, platform } = setUp([CLAUDE], { selfUid: 1000 });
    rmSync(join(host.procRoot, '1'), { recursive: true });
    expect((await platform.read('all')).complete).toBe(false);
  });

  it('knows no start time and no pid domain without their files', async () => {
    const { host, platform } = setUp([CLAUDE]);
    unlinkSync(join(host.procRoot, 'stat'));
    unlinkSync(join(host.etcRoot, 'machine-id'));
    const reading = await platform.read('all');
    expect([reading.pidDomain, find(reading, PID)?.startedAtMs]).toEqual([null, null]);
  });
});

describe('look after look', () => {
  it('hands out the same facts and key as long as nothing changes, re-readings included', async () => {
    const { platform } = setUp([CLAUDE, { pid: 501 }]);
    const first = await platform.read('all');
    for (let i = 0; i < SLICES + 1; i++) {
      const next = await platform.read('all');
      for (const pid of [PID, 501]) {
        expect(find(next, pid)?.facts).toBe(find(first, pid)?.facts);
        expect(find(next, pid)?.key).toBe(find(first, pid)?.key);
      }
    }
  });

  it('hands out the very same reading of who shows no change, its sizes read again meanwhile', async () => {
    const { platform } = setUp([CLAUDE]);
    await platform.read();
    const first = find(await platform.read(), PID);
    for (let i = 0; i < SLICES + 1; i++) expect(find(await platform.read(), PID)).toBe(first);
  });

  it('reads counters anew each time', async () => {
    const { host, platform } = setUp([CLAUDE]);
    await platform.read('all');
    writeProcess(host.procRoot, { ...CLAUDE, utime: 50, rssPages: 500, rssAnonKb: 900, swapKb: 4 });
    expect(find(await platform.read('all'), PID)?.counters).toEqual({
      cpuMs: 500,
      rssBytes: 500 * 4096,
      rssAnonBytes: 921_600,
      swapBytes: 4096,
      threads: 1,
    });
  });

  it('takes a reused pid for another process', async () => {
    const { host, platform } = setUp([CLAUDE]);
    await platform.read('all');
    writeProcess(host.procRoot, { ...CLAUDE, startedAt: '99999', argv: ['vim'], uid: 0 });
    const one = find(await platform.read('all'), PID);
    expect([one?.key, one?.facts.argv, one?.uid, one?.user]).toEqual([{ pid: PID, startedAt: '99999' }, ['vim'], 0, 'root']);
  });

  it.each<[string, Partial<FakeProcess>]>([
    ['its name', { comm: 'sh' }],
    ['its stack', { startStack: 140_000_000_000_000 }],
    ['its arguments’ place', { argStart: 140_000_000_000_001 }],
    ['its code', { startCode: 94_000_000_000_000 }],
  ])('sees an exec at the next look by %s', async (_sign, sign) => {
    // Old and of no interest, so that nothing else than the sign is looked at.
    const plain: FakeProcess = { pid: PID, exe: '/bin/sh' };
    for (const shift of [0, 1]) {
      const { host, platform } = setUp([plain]);
      // A second run with the slices shifted: one of them is not this process's turn.
      for (let i = 0; i <= shift; i++) await platform.read('all');
      writeProcess(host.procRoot, { ...plain, ...sign, exe: '/usr/bin/env', env: { CLAUDE_PID: '3' } });
      expect(find(await platform.read('all'), PID)?.facts).toMatchObject({ exe: '/usr/bin/env', marks: { CLAUDE_PID: '3' } });
    }
  });

  it('finds an exec that left no sign within twelve looks', async () => {
    const plain: FakeProcess = { pid: PID, exe: '/bin/sh' };
    const { host, platform } = setUp([plain]);
    await platform.read('all');
    writeProcess(host.procRoot, { ...plain, exe: '/usr/bin/env' });
    const seen: (string | null | undefined)[] = [];
    for (let i = 0; i < SLICES; i++) seen.push(find(await platform.read('all'), PID)?.facts.exe);
    expect(new Set(seen)).toEqual(new Set(['/bin/sh', '/usr/bin/env']));
    expect(seen.at(-1)).toBe('/usr/bin/env');
  });

  it('sees a rewritten title of what is of interest at the next look', async () => {
    const { host, platform } = setUp([CLAUDE]);
    await platform.read('all');
    writeFileSync(join(host.procRoot, String(PID), 'cmdline'), 'claude\0\0\0\0\0');
    expect(find(await platform.read('all'), PID)?.facts.argv).toEqual(['claude']);
  });

  it('keeps what it knew of a process on its way out', async () => {
    const { host, platform } = setUp([CLAUDE]);
    const first = find(await platform.read('all'), PID);
    writeProcess(host.procRoot, {
      ...CLAUDE,
      flags: 4_194_304 | 0x4,
      exe: null,
      argv: [],
      env: {},
      startStack: 0,
      argStart: 0,
      startCode: 0,
    });
    for (let i = 0; i < SLICES; i++) expect(find(await platform.read('all'), PID)?.facts).toBe(first?.facts);
  });

  it('answers calls one after the other', async () => {
    const { platform } = setUp([CLAUDE]);
    const readings = await Promise.all([platform.read('all'), platform.read('all'), platform.read('all')]);
    expect(readings.map((one) => one.processes.length)).toEqual([3, 3, 3]);
    expect(readings.map((one) => one.monotonicMs)).toEqual(readings.map((one) => one.monotonicMs).toSorted((a, b) => a - b));
  });

  it('goes on after a failed look', async () => {
    const { host, platform } = setUp([CLAUDE]);
    unlinkSync(join(host.procRoot, 'self'));
    await expect(platform.read('all')).rejects.toThrow();
    symlinkSync(String(SELF_PID), join(host.procRoot, 'self'));
    expect((await platform.read('all')).processes).toHaveLength(3);
  });
});
