import { describe, expect, it } from 'vitest';
import { jobVerdict } from '../../../src/shared/job-owner.js';

const JOB = '8525e3ee';
const me = { key: { pid: 76, startedAt: '89312' }, ppid: 62, sessionId: '8525e3ee-e684-499d-94d6-6bf888d5d800' };
const rosterOf = (workers: unknown): string => JSON.stringify({ proto: 1, workers });
/** As 2.1.330 writes it once the engine runs, and before. */
const running = { pid: 62, procStart: '89310', replPid: 76, replProcStart: '89312', sessionId: me.sessionId };
const starting = { pid: 62, procStart: '89310', sessionId: me.sessionId };
const stateOf = (sessionId: unknown): string => JSON.stringify({ state: 'working', sessionId });

describe('jobVerdict', () => {
  it.each<[string, unknown, string | null]>([
    ['the roster names its engine', { [JOB]: running }, null],
    ['its engine has gone on to another conversation', { [JOB]: { ...running, sessionId: 'another-conversation' } }, stateOf('x')],
    ['the roster names its host and conversation only', { [JOB]: starting }, null],
    ['an old roster names no start stamp', { [JOB]: { ...running, replProcStart: undefined } }, null],
    ['the roster does not know the job yet, and its own state names the conversation', {}, stateOf(me.sessionId)],
  ])('same: %s', (_what, workers, state) => {
    expect(jobVerdict(JOB, me, rosterOf(workers), state)).toBe('same');
  });

  it.each<[string, unknown, string | null]>([
    ['another engine carries it', { [JOB]: { ...running, replPid: 77 } }, stateOf(me.sessionId)],
    ['an engine of that pid did, before it was reused', { [JOB]: { ...running, replProcStart: '1' } }, stateOf(me.sessionId)],
    ['it is starting below another host', { [JOB]: { ...starting, pid: 63 } }, stateOf(me.sessionId)],
    ['it is starting with another conversation', { [JOB]: { ...starting, sessionId: 'another-one' } }, stateOf(me.sessionId)],
    ['the process carries another job', { aaaaaaaa: running }, stateOf(me.sessionId)],
    ['its state names another conversation', {}, stateOf('another-conversation')],
    ['its state names no text', {}, stateOf(7)],
  ])('other: %s', (_what, workers, state) => {
    expect(jobVerdict(JOB, me, rosterOf(workers), state)).toBe('other');
  });

  it.each([
    [null, null],
    ['', ''],
    ['[]', '[]'],
    ['{"workers":[]}', '{'],
    ['{"workers":{"8525e3ee":null}}', null],
    [`{"__proto__":{"workers":{"${JOB}":{"replPid":76}}}}`, '{"__proto__":{"sessionId":"x"}}'],
  ])('unknown: %s and %s', (roster, state) => {
    expect(jobVerdict(JOB, me, roster, state)).toBe('unknown');
  });

  it('never finds a job among what every object has', () => {
    expect(jobVerdict('constructor', me, rosterOf({}), null)).toBe('unknown');
  });
});
