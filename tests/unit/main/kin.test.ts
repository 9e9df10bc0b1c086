import { expect, it } from 'vitest';
import { kinSteps } from '../../../src/main/kin.js';
import type { Marks, RawProcess, Reading } from '../../../src/shared/types.js';
import { finish } from '../../fakes/in-one-go.js';

const SELF = 50;

const process = (pid: number, ppid: number | null, marks: Marks = {}): RawProcess => ({
  key: { pid, startedAt: String(pid) },
  ppid,
  uid: 1000,
  user: 'dana',
  state: 'S',
  tty: null,
  cwd: null,
  pgid: pid,
  sid: pid,
  startedAtMs: null,
  facts: { comm: 'x', exe: null, exeId: null, argv: [], marks },
  counters: { cpuMs: null, rssBytes: null, rssAnonBytes: null, swapBytes: null, threads: null },
});

const kinOf = (...processes: readonly RawProcess[]) => {
  const reading: Reading = { takenAtMs: 0, monotonicMs: 0, processes, complete: true, pidDomain: null, selfPid: SELF };
  const { ancestorPids, childPids } = finish(kinSteps(reading));
  return { ancestors: [...ancestorPids], children: [...childPids] };
};

it('knows everybody above and below us', () => {
  expect(kinOf(process(1, 0), process(10, 1), process(SELF, 10), process(60, SELF), process(61, 60), process(70, 10))).toEqual({
    ancestors: [10, 1],
    children: [60, 61],
  });
});

it('ends its walk in a table that holds loops', () => {
  expect(kinOf(process(10, 11), process(11, 10), process(SELF, 10))).toEqual({ ancestors: [10, 11], children: [] });
});

it('counts the session that started us as an ancestor, also where it is our parent no more', () => {
  expect(kinOf(process(1, 0), process(30, 1), process(SELF, 1, { CLAUDE_PID: '30' })).ancestors).toEqual([1, 30]);
  expect(kinOf(process(1, 0), process(SELF, 1, { CLAUDE_CODE_MESSAGING_SOCKET: '/tmp/cc-socks/31.sock' })).ancestors).toEqual([1, 31]);
});

it('takes whom a loop holds for ours only where we are in it', () => {
  expect(kinOf(process(SELF, 60), process(60, SELF), process(70, 71), process(71, 70)).children).toEqual([60]);
});
