import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLinuxPlatform } from '../../../../src/main/platform/linux.js';
import type { RawProcess, Reading } from '../../../../src/shared/types.js';
import { eventually, ownChildren, running, stateOf } from './children.js';

const find = (reading: Reading, pid: number): RawProcess | undefined => reading.processes.find((one) => one.key.pid === pid);

describe('real processes', () => {
  const children = ownChildren();
  const folders: string[] = [];
  afterEach(() => {
    vi.restoreAllMocks();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  it('sees an exec that keeps pid, stamp, name and arguments', async () => {
    // The name makes it of interest, so that the executable's identity is read too.
    const folder = mkdtempSync(join(tmpdir(), 'cm-claude-exec-'));
    folders.push(folder);
    const [first, second] = ['a', 'b'].map((name) => {
      mkdirSync(join(folder, name));
      copyFileSync('/bin/bash', join(folder, name, 'worker'));
      return join(folder, name, 'worker');
    });
    if (first === undefined || second === undefined) throw new Error('unreachable');
    // The second copy is called by the first one's name and runs the same script, which waits once more.
    const script = `read -r line; exec -a ${first} ${second} -c "$BASH_EXECUTION_STRING"`;
    const child = children.start(first, ['-c', script]);
    await running(child.pid, first);
    const platform = createLinuxPlatform();
    const before = find(await platform.read('all'), child.pid);
    child.stdin?.write('go\n');
    await running(child.pid, second);
    const after = find(await platform.read('all'), child.pid);
    expect(after?.key).toEqual(before?.key);
    expect(before?.facts).toMatchObject({ comm: 'worker', exe: first, argv: [first, '-c', script] });
    expect(after?.facts).toMatchObject({ comm: 'worker', exe: second, argv: [first, '-c', script] });
    const { dev, ino } = statSync(second, { bigint: true });
    expect(after?.facts.exeId).toBe(`${dev}:${ino}`);
    expect(before?.facts.exeId).not.toBe(after?.facts.exeId);
  });

  it('reads a title that node rewrote', async () => {
    const child = children.start(process.execPath, [
      '-e',
      'process.title = "claude"; process.stdin.resume()',
      '--',
      'a long argument that leaves room',
    ]);
    const platform = createLinuxPlatform();
    await eventually('the title', () => readFileSync(`/proc/${child.pid}/comm`, 'utf8') === 'claude\n');
    const one = find(await platform.read('all'), child.pid);
    expect([one?.facts.comm, one?.facts.argv]).toEqual(['claude', ['claude']]);
  });

  it('leaves out who ended between two looks, and shows a zombie', async () => {
    const child = children.start('/bin/bash', ['-c', 'cat <&0 & exec sleep 600']);
    const platform = createLinuxPlatform();
    await running(child.pid, '/usr/bin/sleep');
    const childsChild = await eventually(
      'its child',
      () => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim() || null,
    );
    // Its parent is no shell any more, and asks nobody how they ended.
    child.stdin?.end();
    await eventually('a zombie', () => stateOf(Number(childsChild)) === 'Z');
    expect(find(await platform.read('all'), Number(childsChild))).toMatchObject({
      ppid: child.pid,
      state: 'Z',
      cwd: null,
      facts: { exe: null, exeId: null, argv: [], marks: null },
      counters: { rssBytes: 0, rssAnonBytes: 0, swapBytes: 0 },
    });
    child.kill('SIGKILL');
    await eventually('its end', () => child.signalCode !== null);
    expect(find(await platform.read('all'), child.pid)).toBeUndefined();
  });

  it('is not disturbed by processes that come and go while it looks', async () => {
    children.start('/bin/bash', ['-c', 'while read -t 0 -r || true; do /bin/true; done']);
    const platform = createLinuxPlatform();
    for (let i = 0; i < 30; i++) {
      const reading = await platform.read('all');
      expect(reading.complete).toBe(true);
      expect(find(reading, process.pid)?.facts.argv).toEqual(find(await platform.read('all'), process.pid)?.facts.argv);
    }
  });

  it('keeps the files open of whoever is read at each look, and of nobody else', async () => {
    const isOpen = (pid: number): boolean =>
      readdirSync('/proc/self/fd').some((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`) === `/proc/${pid}/stat`;
        } catch {
          // The descriptor of this listing itself.
          return false;
        }
      });
    let laterMs = 0;
    const { now } = performance;
    vi.spyOn(performance, 'now').mockImplementation(() => now.call(performance) + laterMs);
    // Left to pid 1, and without our terminal: it is nobody's below us, and nothing that asks a person.
    const { stdout } = spawnSync('/bin/bash', ['-c', 'setsid /bin/sleep 600 < /dev/null > /dev/null 2>&1 & echo $!'], { encoding: 'utf8' });
    const stranger = Number(stdout);
    children.alsoEnd(stranger);
    const own = children.start('/bin/sleep', ['600']);
    const platform = createLinuxPlatform();
    const opened = async (looks: number): Promise<readonly boolean[]> => {
      for (let i = 0; i < looks; i++) await platform.read();
      return [isOpen(own.pid), isOpen(stranger)];
    };
    // While it is young it may become anything.
    expect(await opened(4)).toEqual([true, true]);
    laterMs = 60_000;
    // Enough that each of the old ones has been read once more.
    expect(await opened(80)).toEqual([true, false]);
  });
});
