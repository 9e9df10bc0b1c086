import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Platform } from '../../../../src/main/platform/index.js';
import { createLinuxPlatform } from '../../../../src/main/platform/linux.js';
import { inspectProcesses } from '../../../../src/main/platform/linux-inspect.js';
import { createProcFiles } from '../../../../src/main/platform/proc-files.js';
import type { CandidateFacts, ProcessKey } from '../../../../src/shared/types.js';
import type { FakeHost, FakeProcess } from '../../../fixtures/proc/build.js';
import { makeHost, SELF_PID, writeProcess } from '../../../fixtures/proc/build.js';
import { eventually, isRoot, OTHER_UID, ownChildren, running } from './children.js';

const children = ownChildren();
const NODE = process.execPath;

describe('on a made-up table', () => {
  let host: FakeHost | null = null;
  afterEach(() => {
    host?.remove();
    host = null;
  });
  const TCP =
    '  sl  local_address rem_address   st\n   0: 0100007F:223D 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0 0 10 0\n';
  const UNIX =
    'Num       RefCount Protocol Flags    Type St Inode Path\n0000000000000000: 00000002 00000000 00010000 0001 01 222 /tmp/s\n0000000000000000: 00000003 00000000 00000000 0001 03 333 /tmp/s\n';
  const NET = { tcp: TCP, tcp6: 'sl\n', unix: UNIX };
  const key = (pid: number): ProcessKey => ({ pid, startedAt: '1000' });
  const over = (processes: readonly FakeProcess[]): { platform: Platform; root: string } => {
    host = makeHost(processes);
    return { platform: createLinuxPlatform({ ...host, selfPid: SELF_PID, getent: null }), root: host.procRoot };
  };
  const inspect = async (process: Partial<FakeProcess>): Promise<CandidateFacts | undefined> =>
    (await over([{ pid: 500, net: NET, ...process }]).platform.inspect([key(500)])).get(500);
  const QUIET: CandidateFacts = {
    cgroup: '/user.slice',
    fd0: '/dev/pts/3 (deleted)',
    listening: false,
    ptyHolder: false,
    sameNamespace: true,
  };
  const FD0 = { 0: '/dev/pts/3 (deleted)' };

  it.each<[string, Partial<FakeProcess>, CandidateFacts]>([
    ['nothing special', { fds: FD0 }, QUIET],
    ['a TCP listener', { fds: { ...FD0, 3: 'socket:[111]' } }, { ...QUIET, listening: true }],
    ['a unix listener', { fds: { ...FD0, 3: 'socket:[222]' } }, { ...QUIET, listening: true }],
    ['a mere connection', { fds: { ...FD0, 3: 'socket:[333]' } }, QUIET],
    ['somebody else’s socket', { fds: { ...FD0, 3: 'socket:[11]' } }, QUIET],
    ['a terminal’s master', { fds: { ...FD0, 3: '/dev/ptmx' } }, { ...QUIET, ptyHolder: true }],
    ['a master of devpts', { fds: { ...FD0, 3: '/dev/pts/ptmx' } }, { ...QUIET, ptyHolder: true }],
    ['no descriptor 0', { fds: { 5: 'anon_inode:[eventpoll]' } }, { ...QUIET, fd0: null }],
    ['a service', { fds: FD0, cgroup: '1:name=systemd:/system.slice/x.service\n0::/\n' }, { ...QUIET, cgroup: '/system.slice/x.service' }],
  ])('%s', async (_name, process, expected) => {
    expect(await inspect(process)).toEqual(expected);
  });

  it('says null, not false, where a table cannot be read; IPv6 may be absent', async () => {
    const { platform, root } = over([{ pid: 500, net: NET, fds: { ...FD0, 3: 'socket:[333]' } }]);
    rmSync(join(root, '500', 'net', 'tcp6'));
    expect((await platform.inspect([key(500)])).get(500)).toEqual(QUIET);
    rmSync(join(root, '500', 'net', 'unix'));
    expect((await platform.inspect([key(500)])).get(500)).toEqual({ ...QUIET, listening: null });
  });

  it('says true where one table suffices', async () => {
    const { platform, root } = over([{ pid: 500, net: NET, fds: { ...FD0, 3: 'socket:[111]' } }]);
    rmSync(join(root, '500', 'net', 'unix'));
    expect((await platform.inspect([key(500)])).get(500)?.listening).toBe(true);
  });

  it('needs no table for a process without sockets', async () => {
    const { platform, root } = over([{ pid: 500, fds: FD0 }]);
    rmSync(join(root, '500', 'net'), { recursive: true });
    expect((await platform.inspect([key(500)])).get(500)).toEqual(QUIET);
  });

  it('reads the tables of each network namespace, once', async () => {
    const { platform, root } = over([
      { pid: 500, net: NET, fds: { 3: 'socket:[111]' } },
      { pid: 501, net: NET, fds: { 3: 'socket:[222]' } },
      { pid: 502, netNs: 'net:[7]', fds: { 3: 'socket:[111]' } },
    ]);
    // Same namespace as 500: its own files are not looked at again.
    rmSync(join(root, '501', 'net'), { recursive: true });
    const facts = await platform.inspect([500, 501, 502].map(key));
    expect([...facts].map(([pid, one]) => [pid, one.listening])).toEqual([
      [500, true],
      [501, true],
      [502, false],
    ]);
  });

  it.each([
    ['fd', { fd0: null, listening: null, ptyHolder: null }],
    ['cgroup', { cgroup: null }],
  ])('says null where %s cannot be read', async (file, lost) => {
    const { platform, root } = over([{ pid: 500, fds: FD0 }]);
    rmSync(join(root, '500', file), { recursive: true });
    expect((await platform.inspect([key(500)])).get(500)).toEqual({ ...QUIET, ...lost });
  });

  it('looks at a limited number of descriptors', async () => {
    const { root } = over([{ pid: 500, fds: { ...FD0, 1: 'x', 2: 'x' } }]);
    const look = (maxDescriptors: number): Promise<ReadonlyMap<number, CandidateFacts>> =>
      inspectProcesses({ files: createProcFiles(), procRoot: root, maxDescriptors }, [key(500)]);
    expect([(await look(2)).get(500), (await look(3)).get(500)]).toEqual([{ ...QUIET, listening: null, ptyHolder: null }, QUIET]);
  });

  it('leaves out who vanished or is another process now, before or meanwhile', async () => {
    const { platform, root } = over([{ pid: 500 }, { pid: 501, fds: { ...FD0, 3: 'socket:[1]' } }]);
    expect(await platform.inspect([{ pid: 500, startedAt: '1' }, key(77)])).toEqual(new Map());
    // The tables are read off the main thread: time for the pid to change hands.
    const pending = platform.inspect([key(501)]);
    writeProcess(root, { pid: 501, startedAt: '1001' });
    expect(await pending).toEqual(new Map());
  });

  it('details memory, and knows nothing of another process', async () => {
    const { platform, root } = over([{ pid: 500, rssAnonKb: 4, swapKb: 1, rssPages: 2, threads: 3 }]);
    const details = { rssBytes: 8192, pssBytes: null, rssAnonBytes: 4096, swapBytes: 1024, threads: 3 };
    expect(await platform.memoryDetails(key(500))).toEqual(details);
    writeFileSync(join(root, '500', 'smaps_rollup'), '5555-7ffe ---p 0 00:00 0 [rollup]\nRss: 9 kB\nPss:   321 kB\n');
    expect(await platform.memoryDetails(key(500))).toEqual({ ...details, pssBytes: 328_704 });
    expect([await platform.memoryDetails({ pid: 500, startedAt: '2' }), await platform.memoryDetails(key(77))]).toEqual([null, null]);
  });

  it('is not misled by links of a hostile name', async () => {
    const { platform, root } = over([{ pid: 500, net: NET, fds: { ...FD0, 3: '/home/x/socket:[111]', 4: 'memfd:/ptmx' } }]);
    symlinkSync('socket:[111] (deleted)', join(root, '500', 'fd', '9'));
    expect((await platform.inspect([key(500)])).get(500)).toEqual(QUIET);
  });
});

describe('real processes', () => {
  const platform = createLinuxPlatform();
  let folder = '';
  afterEach(() => {
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
    folder = '';
  });
  const inspect = async (pid: number): Promise<CandidateFacts | undefined> => {
    const key = platform.identify(pid)?.key;
    return key === undefined ? undefined : (await platform.inspect([key])).get(pid);
  };
  /** Resolves once the child has written something. */
  const saying = async (script: string): Promise<number> => {
    const child = children.start(NODE, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (child.stdout) await once(child.stdout, 'data');
    return child.pid;
  };

  it('finds a TCP listener on IPv4', async () => {
    expect(await inspect(await saying("require('net').createServer().listen(0,'127.0.0.1',()=>console.log(1))"))).toMatchObject({
      listening: true,
      ptyHolder: false,
      fd0: '/dev/null',
      sameNamespace: true,
    });
  });

  it('finds a unix listener', async () => {
    folder = mkdtempSync(join(tmpdir(), 'cm-sock-'));
    const path = JSON.stringify(join(folder, 's'));
    expect((await inspect(await saying(`require('net').createServer().listen(${path},()=>console.log(1))`)))?.listening).toBe(true);
  });

  it('does not take a client for a server', async () => {
    const script =
      "const n=require('net');const s=n.createServer(c=>c.on('data',()=>{s.close();console.log(1)})).listen(0,'127.0.0.1',()=>n.connect(s.address().port,'127.0.0.1',function(){this.write('x')}));setInterval(()=>{},1e6)";
    expect((await inspect(await saying(script)))?.listening).toBe(false);
  });

  it('finds who holds other programs’ terminals, and what hangs on one', async () => {
    const holder = children.start('script', ['-qc', 'exec sleep 600', '/dev/null']);
    const sleeper = await eventually('its child', () => {
      const pid = Number(readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8').trim().split(' ')[0]);
      return pid > 0 && pid;
    });
    children.alsoEnd(sleeper);
    await running(sleeper, '/usr/bin/sleep');
    expect(await inspect(holder.pid)).toMatchObject({ listening: false, ptyHolder: true });
    expect(await inspect(sleeper)).toMatchObject({ fd0: expect.stringMatching(/^\/dev\/pts\/\d+$/), ptyHolder: false });
  });

  it.runIf(isRoot)('tells a process of another pid namespace (only root can make one)', async () => {
    const holder = children.start('unshare', ['--pid', '--fork', '--kill-child', 'sleep', '600']);
    const inside = await eventually('its child', () => {
      const pid = Number(readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8').trim().split(' ')[0]);
      return pid > 0 && pid;
    });
    children.alsoEnd(inside);
    expect([(await inspect(holder.pid))?.sameNamespace, (await inspect(inside))?.sameNamespace]).toEqual([true, false]);
  });

  it.runIf(isRoot)('knows nothing of another user’s descriptors (needs a second user: root only)', async () => {
    const child = children.start('sleep', ['600'], { uid: 12_345 });
    await running(child.pid, '/usr/bin/sleep');
    process.seteuid?.(OTHER_UID);
    try {
      expect(await inspect(child.pid)).toMatchObject({ cgroup: expect.stringMatching(/^\//), fd0: null, listening: null, ptyHolder: null });
    } finally {
      process.seteuid?.(0);
    }
  });
});
