import { once } from 'node:events';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Identity, Intent, Platform } from '../../../../src/main/platform/index.js';
import { createLinuxPlatform } from '../../../../src/main/platform/linux.js';
import type { FakeHost } from '../../../fixtures/proc/build.js';
import { makeHost, SELF_PID, writeProcess } from '../../../fixtures/proc/build.js';
import { eventually, isRoot, isUntouched, OTHER_UID, ownChildren, running, stateOf } from './children.js';

const children = ownChildren();
const platform = createLinuxPlatform();
const SLEEP = '/usr/bin/sleep';
const PLAIN = { pid: 500, exe: '/bin/sh', uid: 1000, startedAt: '77' };

const known = (identity: Identity | null): Identity => {
  if (identity === null) throw new Error('nobody there');
  return identity;
};
const sleeper = async (options = {}): Promise<{ pid: number; child: ReturnType<typeof children.start>; target: Identity }> => {
  const child = children.start('sleep', ['600'], options);
  await running(child.pid, SLEEP);
  return { pid: child.pid, child, target: known(platform.identify(child.pid)) };
};

describe('identify', () => {
  it('names pid, stamp, uid, executable and state of a real process', async () => {
    const { pid, target } = await sleeper();
    const { dev, ino } = statSync(SLEEP, { bigint: true });
    expect(target).toEqual({
      key: { pid, startedAt: expect.stringMatching(/^\d+$/) },
      uid: process.getuid?.(),
      exeId: `${dev}:${ino}`,
      state: 'S',
    });
  });
  it('tells the path of what runs, and of nobody none', async () => {
    const { pid } = await sleeper();
    expect([platform.exePath(pid), platform.exePath(0), platform.exePath(-1), platform.exePath(4_194_305)]).toEqual([
      SLEEP,
      null,
      null,
      null,
    ]);
  });
  it('is null where nobody is and for what is no pid', async () => {
    const child = children.start('/bin/true');
    await once(child, 'exit');
    expect([child.pid, 0, -1, 1.5, Number.NaN, 99_999_999].map((pid) => platform.identify(pid))).toEqual(Array(6).fill(null));
  });
  it('shows a zombie as one', async () => {
    const shell = children.start('/bin/bash', ['-c', 'cat <&0 & echo $!; exec sleep 600'], { stdio: ['pipe', 'pipe', 'ignore'] });
    const [line] = shell.stdout ? await once(shell.stdout, 'data') : [];
    const pid = Number(line);
    await running(shell.pid, SLEEP);
    // Its parent is no shell any more, and asks nobody how they ended.
    shell.stdin?.end();
    await eventually('its zombie', () => stateOf(pid) === 'Z');
    expect(platform.identify(pid)).toMatchObject({ key: { pid }, exeId: null, state: 'Z' });
  });
});

describe('signal', () => {
  it('asks a process to end, and then it is gone', async () => {
    const { child, target } = await sleeper();
    const ended = once(child, 'exit');
    expect(platform.signal(target, 'ask')).toBe('sent');
    expect(await ended).toEqual([null, 'SIGTERM']);
    expect(platform.signal(target, 'force')).toBe('gone');
  });

  it('forces one that ignores being asked', async () => {
    const child = children.start('/bin/bash', ['-c', 'trap "" TERM; echo ready; exec sleep 600'], { stdio: ['pipe', 'pipe', 'ignore'] });
    if (child.stdout) await once(child.stdout, 'data');
    await running(child.pid, SLEEP);
    const target = known(platform.identify(child.pid));
    expect(platform.signal(target, 'ask')).toBe('sent');
    expect(await isUntouched(child)).toBe(true);
    const ended = once(child, 'exit');
    expect(platform.signal(target, 'force')).toBe('sent');
    expect(await ended).toEqual([null, 'SIGKILL']);
  });

  it('ends a stopped process by asking and letting it go on', async () => {
    const { pid, child, target } = await sleeper();
    child.kill('SIGSTOP');
    await eventually('stopped', () => platform.identify(pid)?.state === 'T');
    const ended = once(child, 'exit');
    expect(platform.signal(target, 'ask')).toBe('sent');
    expect(stateOf(pid)).toBe('T');
    expect(platform.signal(target, 'continue')).toBe('sent');
    expect(await ended).toEqual([null, 'SIGTERM']);
  });

  it.each<[string, (target: Identity) => Identity]>([
    ['another start stamp', (target) => ({ ...target, key: { ...target.key, startedAt: '1' } })],
    ['no start stamp', (target) => ({ ...target, key: { ...target.key, startedAt: '' } })],
    ['another uid', (target) => ({ ...target, uid: 4711 })],
    ['an unknown uid', (target) => ({ ...target, uid: null })],
    ['another executable', (target) => ({ ...target, exeId: '1:2' })],
    ['an executable that was unreadable', (target) => ({ ...target, exeId: null })],
  ])('sends nothing to a target with %s', async (_name, change) => {
    const { child, target } = await sleeper();
    expect(['ask', 'force', 'continue'].map((intent) => platform.signal(change(target), intent as Intent))).toEqual(
      Array(3).fill('changed'),
    );
    expect(await isUntouched(child)).toBe(true);
  });

  it('sends nothing to a process that runs another program since', async () => {
    const child = children.start('/bin/bash', ['-c', 'read -r line; exec sleep 600']);
    await running(child.pid, '/usr/bin/bash');
    const target = known(platform.identify(child.pid));
    child.stdin?.write('go\n');
    await running(child.pid, SLEEP);
    expect(platform.identify(child.pid)?.key).toEqual(target.key);
    expect(platform.signal(target, 'force')).toBe('changed');
    expect(await isUntouched(child)).toBe(true);
  });

  it('refuses pid 1, our own and what is no pid, whatever else they say', () => {
    const self = known(platform.identify(process.pid));
    const first = known(platform.identify(1));
    const made = (pid: number): Identity => ({ ...self, key: { ...self.key, pid } });
    expect([self, first, made(0), made(-1), made(-process.pid), made(1.5)].map((target) => platform.signal(target, 'force'))).toEqual(
      Array(6).fill('denied'),
    );
  });

  it.runIf(isRoot)('is denied by another user’s process, which lives on (needs a second user: root only)', async () => {
    const { pid, child } = await sleeper({ uid: 12_345 });
    process.seteuid?.(OTHER_UID);
    try {
      const target = known(platform.identify(pid));
      expect(target).toMatchObject({ uid: 12_345, exeId: null });
      expect(platform.signal(target, 'force')).toBe('denied');
    } finally {
      process.seteuid?.(0);
    }
    expect(await isUntouched(child)).toBe(true);
  });
});

describe('on a made-up table', () => {
  let host: FakeHost | null = null;
  afterEach(() => {
    host?.remove();
    host = null;
  });
  const over = (
    process: Parameters<typeof writeProcess>[1],
  ): { fake: Platform; sent: [number, Intent][]; write: (next: Parameters<typeof writeProcess>[1]) => void; root: string } => {
    const made = makeHost([process]);
    host = made;
    const sent: [number, Intent][] = [];
    const signal = (pid: number, intent: Intent): 'sent' => {
      sent.push([pid, intent]);
      return 'sent';
    };
    return {
      fake: createLinuxPlatform({ ...made, selfPid: SELF_PID, getent: null, signal }),
      sent,
      write: (next) => writeProcess(made.procRoot, next),
      root: made.procRoot,
    };
  };

  it('signals exactly the target, once', () => {
    const { fake, sent } = over(PLAIN);
    expect(fake.signal(known(fake.identify(500)), 'ask')).toBe('sent');
    expect(sent).toEqual([[500, 'ask']]);
  });

  it.each<[string, object, string]>([
    ['a reused pid', { startedAt: '78' }, 'changed'],
    ['another user', { uid: 0 }, 'changed'],
    ['another executable', { exe: '/usr/bin/env' }, 'changed'],
    ['an executable that became unreadable', { exe: null }, 'changed'],
    ['a zombie', { state: 'Z', exe: null }, 'gone'],
    ['one that is dying', { state: 'X', exe: null }, 'gone'],
    ['one on its way out', { flags: 4, exe: null }, 'gone'],
    ['one on its way out that another follows', { flags: 4, exe: null, startedAt: '78' }, 'changed'],
    ['nothing new but figures', { utime: 9, comm: 'other', state: 'R' }, 'sent'],
  ])('%s', (_name, change, outcome) => {
    const { fake, sent, write } = over(PLAIN);
    const target = known(fake.identify(500));
    write({ ...PLAIN, ...change });
    expect(fake.signal(target, 'force')).toBe(outcome);
    expect(sent).toEqual(outcome === 'sent' ? [[500, 'force']] : []);
  });

  it('signals where the executable was and is unreadable', () => {
    const { fake, sent } = over({ ...PLAIN, exe: null });
    expect(fake.signal(known(fake.identify(500)), 'ask')).toBe('sent');
    expect(sent).toHaveLength(1);
  });

  it('never signals whom it takes itself for', () => {
    const { fake, sent } = over(PLAIN);
    expect(fake.signal(known(fake.identify(SELF_PID)), 'force')).toBe('denied');
    expect(sent).toEqual([]);
  });

  it('knows that somebody is there whose stat makes no sense, and signals nobody', () => {
    const { fake, sent, root } = over(PLAIN);
    const target = known(fake.identify(500));
    rmSync(join(root, '500', 'stat'));
    expect(fake.signal(target, 'ask')).toBe('gone');
    writeProcess(root, { ...PLAIN, startedAt: 'x' });
    const hidden = known(fake.identify(500));
    expect(hidden).toEqual({ key: { pid: 500, startedAt: '' }, uid: null, exeId: null, state: null });
    expect([fake.signal(target, 'ask'), fake.signal(hidden, 'ask')]).toEqual(['changed', 'changed']);
    expect(sent).toEqual([]);
  });
});
