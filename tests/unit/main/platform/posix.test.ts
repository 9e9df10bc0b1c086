import { once } from 'node:events';
import { getPriority } from 'node:os';
import { expect, it } from 'vitest';
import { isPid, sendSignal, setNice } from '../../../../src/main/platform/posix.js';
import { eventually, isRoot, isUntouched, OTHER_UID, ownChildren, running, stateOf } from './children.js';

const children = ownChildren();

it('isPid takes whole positive numbers that a kernel can hand out', () => {
  const given = [1, 2, 4_194_304, 0, -1, -300, 1.5, 4_194_305, Number.NaN, Number.POSITIVE_INFINITY];
  expect(given.filter(isPid)).toEqual([1, 2, 4_194_304]);
});

it('asks with SIGTERM and forces with SIGKILL', async () => {
  for (const [intent, signal] of [
    ['ask', 'SIGTERM'],
    ['force', 'SIGKILL'],
  ] as const) {
    const child = children.start('sleep', ['600']);
    const ended = once(child, 'exit');
    expect(sendSignal(child.pid, intent)).toBe('sent');
    expect(await ended).toEqual([null, signal]);
  }
});

it('lets a stopped process go on', async () => {
  const child = children.start('sleep', ['600']);
  await running(child.pid, '/usr/bin/sleep');
  child.kill('SIGSTOP');
  await eventually('stopped', () => stateOf(child.pid) === 'T');
  expect(sendSignal(child.pid, 'continue')).toBe('sent');
  await eventually('running again', () => stateOf(child.pid) === 'S');
});

it('says gone of who is not there', async () => {
  const child = children.start('/bin/true');
  await once(child, 'exit');
  expect(sendSignal(child.pid, 'force')).toBe('gone');
});

it('never signals pid 1, ourselves, or many at once', () => {
  expect([1, process.pid, 0, -1, -process.pid, 1.5, Number.NaN].map((pid) => sendSignal(pid, 'force'))).toEqual(Array(7).fill('denied'));
});

it.runIf(isRoot)('says denied of another user’s process, which lives on (needs a second user: root only)', async () => {
  const child = children.start('sleep', ['600'], { uid: 12_345 });
  await running(child.pid, '/usr/bin/sleep');
  process.seteuid?.(OTHER_UID);
  try {
    // Our real uid stays root's, which is not the child's either.
    expect(sendSignal(child.pid, 'force')).toBe('denied');
  } finally {
    process.seteuid?.(0);
  }
  expect(await isUntouched(child)).toBe(true);
});

it('pauses with SIGSTOP', async () => {
  const child = children.start('sleep', ['600']);
  await running(child.pid, '/usr/bin/sleep');
  expect(sendSignal(child.pid, 'pause')).toBe('sent');
  await eventually('stopped', () => stateOf(child.pid) === 'T');
});

it('sets the nice value of one process, never of pid 1, nobody or ourselves by 0', async () => {
  const child = children.start('sleep', ['600']);
  const own = getPriority();
  expect([setNice(child.pid, 10), getPriority(child.pid)]).toEqual(['sent', 10]);
  expect([0, 1, -1, 1.5].map((pid) => setNice(pid, 11))).toEqual(['denied', 'denied', 'denied', 'denied']);
  expect(getPriority()).toBe(own);
  const ended = once(child, 'exit');
  sendSignal(child.pid, 'force');
  await ended;
  expect(setNice(child.pid, 10)).toBe('gone');
});
