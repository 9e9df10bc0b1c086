import { describe, expect, it } from 'vitest';
import type { StoppedSession } from '../../../src/shared/api.js';
import { addStopped, formatStopped, MOST_STOPPED, parseStopped, stoppedOf } from '../../../src/shared/stopped.js';
import { aView } from '../../fakes/a-view.js';

const SESSION = '4f1c2a90-7d53-4b1e-9a60-2f0c1d7e8b11';
const one = (over: Partial<StoppedSession> = {}): StoppedSession => ({
  sessionId: SESSION,
  name: 'api',
  projectDir: '/home/dana/api',
  user: 'dana',
  pid: 50,
  endedAtMs: 1_000,
  action: 'KILL_PROCESS',
  freedBytes: 5,
  resume: { sessionId: SESSION, cwd: '/home/dana/api', command: `cd /home/dana/api && claude --resume ${SESSION}` },
  ...over,
});
const many = (count: number): StoppedSession[] =>
  Array.from({ length: count }, (_, i) => one({ sessionId: `session-${1000 + i}`, endedAtMs: i + 1, resume: null }));

describe('the list of stopped sessions', () => {
  it('reads back what it wrote, newest first', () => {
    const list = [
      one(),
      one({ sessionId: 'session-0002', endedAtMs: 2_000, resume: null, freedBytes: null, projectDir: null, user: null }),
    ];
    expect(parseStopped(formatStopped(list))).toEqual([list[1], list[0]]);
  });

  it('keeps the newest 50', () => {
    const list = addStopped(many(MOST_STOPPED), one({ endedAtMs: 9_999 }));
    expect([list.length, list[0]?.sessionId, list.at(-1)?.sessionId]).toEqual([MOST_STOPPED, SESSION, 'session-1001']);
  });

  it('keeps of a session that was resumed and ended again the last time only, and of two users each his own', () => {
    const again = one({ pid: 70, endedAtMs: 500 });
    expect(addStopped([one()], again)).toEqual([again]);
    expect(addStopped([one()], one({ user: 'eve', endedAtMs: 2_000 })).map(({ user }) => user)).toEqual(['eve', 'dana']);
  });

  it.each([
    ['a session id that would be an option', { ...one(), sessionId: '--dangerously-skip' }],
    ['a pid of nobody', { ...one(), pid: 0 }],
    ['a time that no clock has', { ...one(), endedAtMs: 1e300 }],
    ['an action that could forge a line', { ...one(), action: 'KILL_PROCESS\n2025' }],
    ['a command with a control character', { ...one(), resume: { sessionId: SESSION, cwd: '/', command: 'cd /\nrm -rf ~' } }],
    ['a command with a bidi character', { ...one(), resume: { sessionId: SESSION, cwd: '/', command: 'cd \u202e/' } }],
    ['text instead of a session', 'x'],
    ['nothing', null],
  ])('leaves out %s, and nothing else', (_what, wrong) => {
    expect(parseStopped(JSON.stringify({ sessions: [wrong, one()] }))).toEqual([one()]);
  });

  it.each(['', 'x', '[]', '{}', 'null', '{"sessions":{}}', '{"sessions":'])('is none at all in %j', (text) => {
    expect(parseStopped(text)).toBeNull();
  });
});

describe('what is kept of a process', () => {
  const how = { endedAtMs: 3, action: 'CLEAN_OLD', freedBytes: 7, resume: null };

  it('is its session, where it has one', () => {
    const session = { sessionId: SESSION, name: null, projectDir: '/a', version: null, entrypoint: null, jobId: null, configDir: '/c' };
    const kept = { sessionId: SESSION, name: 'api', projectDir: '/a', user: 'dana', pid: 50, ...how };
    expect(stoppedOf(aView(50, { name: 'api', projectDir: '/b', session }), how)).toEqual(kept);
    expect(stoppedOf(aView(50, { name: 'api', projectDir: '/b', session: { ...session, projectDir: null } }), how)).toEqual({
      ...kept,
      projectDir: '/b',
    });
  });

  it('is nothing of a process whose session nobody knows', () => {
    expect(stoppedOf(aView(50), how)).toBeNull();
  });
});
