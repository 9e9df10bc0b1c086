import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import en from '../../../../resources/locales/en.json' with { type: 'json' };
import ptBr from '../../../../resources/locales/pt-BR.json' with { type: 'json' };
import type { PlatformNote } from '../../../../src/main/platform/index.js';
import { createLinuxPlatform } from '../../../../src/main/platform/linux.js';
import type { RawProcess } from '../../../../src/shared/types.js';
import type { FakeHost } from '../../../fixtures/proc/build.js';
import { makeHost, SELF_PID } from '../../../fixtures/proc/build.js';
import { eventually, isRoot, OTHER_UID, ownChildren, running } from './children.js';

const children = ownChildren();
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** What ps writes for a line break depends on the locale. */
const PS_ENV = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C.UTF-8' };

describe('compared with ps', () => {
  const platform = createLinuxPlatform();
  const read = async (pid: number): Promise<RawProcess> => {
    const one = (await platform.read()).processes.find((process) => process.key.pid === pid);
    if (one === undefined) throw new Error(`${pid} is not in the table`);
    return one;
  };
  const ps = (pid: number, column: string): string =>
    execFileSync('ps', ['-ww', '-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8', env: PS_ENV }).trim();
  const agrees = (one: RawProcess): void => {
    const { pid } = one.key;
    expect({
      ppid: one.ppid,
      uid: one.uid,
      user: one.user,
      state: one.state,
      tty: one.tty,
      pgid: one.pgid,
      sid: one.sid,
      threads: one.counters.threads,
      exe: one.facts.exe,
    }).toEqual({
      ppid: Number(ps(pid, 'ppid')),
      uid: Number(ps(pid, 'ruid')),
      user: ps(pid, 'ruser'),
      state: ps(pid, 'state'),
      tty: ps(pid, 'tty'),
      pgid: Number(ps(pid, 'pgid')),
      sid: Number(ps(pid, 'sess')),
      threads: Number(ps(pid, 'nlwp')),
      exe: ps(pid, 'exe'),
    });
    // ps rounds to seconds.
    expect(Math.abs((one.startedAtMs ?? 0) - Date.parse(ps(pid, 'lstart')))).toBeLessThanOrEqual(1500);
    expect(Math.abs((one.counters.rssBytes ?? 0) - Number(ps(pid, 'rss')) * 1024)).toBeLessThan(1_048_576);
  };

  it('an ordinary child', async () => {
    const child = children.start('sleep', ['600'], { cwd: '/', env: { PATH: '/usr/bin:/bin', CLAUDE_PID: '123', OTHER: 'x' } });
    await running(child.pid, '/usr/bin/sleep');
    const one = await read(child.pid);
    agrees(one);
    expect(one.facts).toMatchObject({ comm: 'sleep', argv: ['sleep', '600'], marks: { CLAUDE_PID: '123' } });
    expect([one.cwd, one.ppid]).toEqual(['/', process.pid]);
    expect(one.key.startedAt).toBe(readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(' ')[21]);
  });

  it('a child of an odd name with odd arguments, in a session of its own', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cm-odd-'));
    folders.push(folder);
    const odd = join(folder, 'a) b\n(c 1 2');
    copyFileSync('/bin/bash', odd);
    const argv = ['-c', 'read -r line', '0\n1 2', '', '--settings', '{\n}'];
    const child = children.start(odd, argv, { detached: true, argv0: 'claude (x)\n7 8' });
    await running(child.pid, odd);
    const one = await read(child.pid);
    expect(one.facts).toMatchObject({ comm: 'a) b\n(c 1 2', exe: odd, argv: ['claude (x)\n7 8', ...argv] });
    // ps writes another character for the line break.
    agrees({ ...one, facts: { ...one.facts, exe: odd.replace('\n', '?') } });
    expect([one.sid, one.pgid]).toEqual([child.pid, child.pid]);
  });

  it('a program on a terminal', async () => {
    const holder = children.start('script', ['-qc', 'exec sleep 600', '/dev/null']);
    const pid = await eventually(
      'its child',
      () => Number(readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8').trim()) || null,
    );
    children.alsoEnd(pid);
    await running(pid, '/usr/bin/sleep');
    const one = await read(pid);
    agrees(one);
    expect(one.tty).toMatch(/^pts\/\d+$/);
  });

  it('a program with threads that works', async () => {
    const child = children.start(process.execPath, ['-e', 'process.stdin.once("data", () => { for (;;); })']);
    await eventually('threads', () => Number(ps(child.pid, 'nlwp')) > 4);
    const before = await read(child.pid);
    child.stdin?.write('go\n');
    await eventually('work', () => Number(ps(child.pid, 'times')) >= 1);
    const after = await read(child.pid);
    expect((after.counters.cpuMs ?? 0) - (before.counters.cpuMs ?? 0)).toBeGreaterThan(500);
    expect(after.counters.cpuMs).toBeGreaterThanOrEqual(Number(ps(child.pid, 'times')) * 1000 - 1000);
  });

  it('memory as status has it', async () => {
    const child = children.start(process.execPath, ['-e', 'process.stdin.resume()', 'claude']);
    await eventually('threads', () => Number(ps(child.pid, 'nlwp')) > 4);
    const kb = (label: string): number =>
      Number(new RegExp(`^${label}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]);
    // It has come to rest when nothing changed for half a second.
    for (let before = -1, turn = 0; kb('RssAnon') !== before && turn < 20; turn++) {
      before = kb('RssAnon');
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    const one = await read(child.pid);
    expect([one.counters.rssAnonBytes, one.counters.swapBytes]).toEqual([kb('RssAnon') * 1024, kb('VmSwap') * 1024]);
    const details = await platform.memoryDetails(one.key);
    expect(details).toMatchObject({ rssAnonBytes: kb('RssAnon') * 1024, threads: one.counters.threads });
    expect(details?.pssBytes).toBeGreaterThan(kb('RssAnon') * 1024 * 0.9);
    expect(details?.pssBytes).toBeLessThanOrEqual((details?.rssBytes ?? 0) * 1.1);
  });

  it.runIf(isRoot)('another user’s child, seen as an ordinary user (needs a second user: root only)', async () => {
    const child = children.start('sleep', ['600'], { uid: 12_345, env: { PATH: '/usr/bin:/bin', CLAUDE_PID: '9' } });
    await running(child.pid, '/usr/bin/sleep');
    process.seteuid?.(OTHER_UID);
    try {
      expect(await read(child.pid)).toMatchObject({
        uid: 12_345,
        user: null,
        cwd: null,
        facts: { comm: 'sleep', exe: null, exeId: null, argv: ['sleep', '600'], marks: null },
        counters: { rssBytes: expect.any(Number), threads: 1 },
      });
    } finally {
      process.seteuid?.(0);
    }
  });

  it('knows our own account', () => {
    const { uid, username } = userInfo();
    expect(platform.userOf(uid)).toBe(username);
    expect(platform.homeOf(uid)).toBe(userInfo().homedir);
  });
});

describe('notes', () => {
  let hosts: FakeHost[] = [];
  afterEach(() => {
    for (const host of hosts) host.remove();
    hosts = [];
  });
  const notesOf = (options: {
    selfUid: number;
    mountOptions?: string;
    damage?: (host: FakeHost) => void;
  }): Promise<readonly PlatformNote[]> => {
    const host = makeHost([], options.mountOptions === undefined ? {} : { mountOptions: options.mountOptions });
    hosts.push(host);
    options.damage?.(host);
    return createLinuxPlatform({ ...host, selfPid: SELF_PID, selfUid: options.selfUid, selfGids: [], getent: null }).notes();
  };

  it('all is well, as root', async () => {
    expect(await notesOf({ selfUid: 0 })).toEqual([
      { id: 'procReadable', ok: true, values: { count: 2 } },
      { id: 'asRoot', ok: true },
      { id: 'tableComplete', ok: true },
      { id: 'allReadable', ok: true },
      { id: 'looksAreShort', ok: true },
      { id: 'pidDomainKnown', ok: true },
    ]);
  });

  it('hidden processes and no machine id, as a user', async () => {
    const damage = ({ etcRoot }: FakeHost): void => rmSync(join(etcRoot, 'machine-id'));
    expect(await notesOf({ selfUid: 1000, mountOptions: 'rw,hidepid=2', damage })).toEqual([
      { id: 'procReadable', ok: true, values: { count: 2 } },
      { id: 'asUser', ok: true, values: { user: 'dana' } },
      { id: 'tableIncomplete', ok: false, values: { path: hosts[0]?.procRoot } },
      { id: 'allReadable', ok: true },
      { id: 'looksAreLong.hidePid', ok: false, values: { path: hosts[0]?.procRoot } },
      { id: 'pidDomainUnknown', ok: false, values: { path: join(hosts[0]?.etcRoot ?? '', 'machine-id') } },
    ]);
  });

  it.each<[string, (host: FakeHost) => void]>([
    ['newestPidMissing', ({ procRoot }) => rmSync(join(procRoot, 'loadavg'))],
    ['newestPidMissing', ({ procRoot }) => writeFileSync(join(procRoot, 'loadavg'), '0.00 0.00 0.00 0/0 0\n')],
    [
      'newestPidMasked',
      ({ procRoot }) =>
        writeFileSync(join(procRoot, 'self', 'mounts'), `proc ${procRoot} proc rw 0 0\nlxcfs ${procRoot}/loadavg fuse.lxcfs rw 0 0\n`),
    ],
  ])('says that each look has to read all: %s', async (why, damage) => {
    const notes = await notesOf({ selfUid: 0, damage });
    expect(notes.filter(({ ok }) => !ok)).toEqual([{ id: `looksAreLong.${why}`, ok: false, values: { path: hosts[0]?.procRoot } }]);
  });

  it('no table at all', async () => {
    const damage = ({ procRoot }: FakeHost): void => rmSync(join(procRoot, 'self'));
    expect(await notesOf({ selfUid: 77, damage })).toEqual([
      { id: 'procUnreadable', ok: false, values: { path: hosts[0]?.procRoot, reason: expect.stringContaining('our own process') } },
      { id: 'asUser', ok: true, values: { user: '77' } },
    ]);
  });

  it.runIf(isRoot)('counts what an ordinary user cannot read (needs a second user: root only)', async () => {
    const child = children.start('sleep', ['600'], { uid: 12_345 });
    await running(child.pid, '/usr/bin/sleep');
    process.seteuid?.(OTHER_UID);
    try {
      const notes = await createLinuxPlatform().notes();
      expect(notes.find((note) => note.id === 'someUnreadable')).toEqual({
        id: 'someUnreadable',
        ok: false,
        values: { count: expect.any(Number) },
      });
    } finally {
      process.seteuid?.(0);
    }
  });

  it('have words in both languages', () => {
    const ids = [
      'procUnreadable',
      'asRoot',
      'asUser',
      'tableComplete',
      'tableIncomplete',
      'allReadable',
      'pidDomainKnown',
      'pidDomainUnknown',
      'looksAreShort',
    ];
    for (const { doctor } of [en, ptBr])
      expect(Object.keys(doctor.looksAreLong)).toEqual(['hidePid', 'newestPidMissing', 'newestPidMasked', 'newestPidWrong']);
    const counted = (forms: readonly string[]): readonly string[] =>
      ['procReadable', 'someUnreadable'].flatMap((id) => forms.map((form) => `${id}_${form}`));
    expect(Object.keys(en.doctor)).toEqual(expect.arrayContaining([...ids, ...counted(['one', 'other'])]));
    expect(Object.keys(ptBr.doctor)).toEqual(expect.arrayContaining([...ids, ...counted(['one', 'many', 'other'])]));
  });
});
