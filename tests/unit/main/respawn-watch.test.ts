import { describe, expect, test } from 'vitest';
import type { Respawn, Watched } from '../../../src/main/respawn-watch.js';
import { createRespawnWatch, respawnOf, WATCH_EVERY_MS, WATCH_MS } from '../../../src/main/respawn-watch.js';
import type { Judgement } from '../../../src/shared/judge.js';
import { judgeLeftOvers } from '../../../src/shared/judge.js';
import type { RawProcess, SessionRecord } from '../../../src/shared/types.js';
import { judgeKinds } from '../../fakes/in-one-go.js';
import { anEngine, aReading, aRecord, ENGINE, NOW_MS } from '../../fixtures/builders.js';

const SESSION = '13c2c993-a598-4176-a262-69131e462d31';
const JOB = '13c2c993';
const SINCE_MS = NOW_MS - 60_000;
const watched: Watched = {
  ...{ key: { pid: 6786, startedAt: '67860' }, uid: 1000, sessionId: SESSION, jobId: JOB, user: 'dana', name: 'labjob', sinceMs: SINCE_MS },
};

/** A worker below its pty host, as the background service starts it again (captured from 2.1.197). */
const again = (over: Parameters<typeof anEngine>[0] = {}): RawProcess[] => {
  const args = ['--resume', `/home/dana/.claude/projects/-home-dana-proj/${SESSION}.jsonl`, '--name', 'labjob'];
  return [
    anEngine({
      pid: 7584,
      tty: '?',
      startedAtMs: SINCE_MS + 12_000,
      args: ['--bg-pty-host', '/tmp/cc-daemon/x.sock', '200', '50', '--', ENGINE, ...args],
    }),
    anEngine({ pid: 7591, ppid: 7584, tty: '?', startedAtMs: SINCE_MS + 12_000, args, ...over }),
  ];
};
const judged = (processes: readonly RawProcess[], records: readonly SessionRecord[] = []): readonly Judgement[] =>
  judgeLeftOvers(judgeKinds(aReading(processes), new Map(records.map((one) => [one.pid, one]))), new Map(), NOW_MS);
const recordOf = (processes: readonly RawProcess[], over: Partial<SessionRecord> = {}): SessionRecord[] =>
  processes.slice(1).map((raw) => aRecord(raw, { kind: 'bg', sessionId: SESSION, jobId: JOB, ...over }));
const found = (processes: readonly RawProcess[], records: readonly SessionRecord[] = []) =>
  respawnOf(watched, judged(processes, records))?.pid ?? null;

describe('a session that was stopped is seen again', () => {
  test('by its command line, before there is a record', () => {
    expect(found(again())).toBe(7591);
    expect(found(again({ args: ['--resume', SESSION] }))).toBe(7591);
  });

  test('by its record, also in a spare that was claimed for it', () => {
    expect(found(again(), recordOf(again()))).toBe(7591);
    const spare = again({ args: ['--bg-spare', '/tmp/cc-daemon/claim.sock'] });
    expect(found(spare, recordOf(spare))).toBe(7591);
    expect(found(spare, recordOf(spare, { sessionId: 'another-session' }))).toBe(7591);
  });

  test.each<[string, RawProcess[], readonly SessionRecord[]]>([
    ['the spare that nobody has claimed', again({ args: ['--bg-spare', '/tmp/claim.sock'] }), []],
    ['a worker of another session', again({ args: ['--resume', `/x/${'0'.repeat(36)}.jsonl`] }), []],
    ['a worker whose record names another session', again(), recordOf(again(), { sessionId: 'another-session', jobId: '99999999' })],
    ['a worker of another user', again({ uid: 1001 }), []],
    ['the very process that was stopped', again({ pid: 6786, startedAt: '67860' }), []],
    ['one that was there before', again({ startedAtMs: SINCE_MS - 5_000 }), []],
    ['a zombie', again({ state: 'Z' }), []],
    ['the user, who resumes it in a terminal', [anEngine({ pid: 7600, args: ['--resume', SESSION], startedAtMs: SINCE_MS + 1 })], []],
  ])('but not in %s', (_what, processes, records) => {
    expect(found(processes, records)).toBeNull();
  });
});

/** A clock that runs while somebody sleeps, and a machine on which the worker comes back at a given time. */
const aWatch = (comesBackAtMs: number | null, fails: (look: number) => boolean = () => false) => {
  let nowMs = 0;
  let looks = 0;
  const told: Respawn[] = [];
  const problems: unknown[] = [];
  const watch = createRespawnWatch({
    look: async () => {
      looks++;
      if (fails(looks)) throw new Error('no table');
      return { judgements: judged(comesBackAtMs !== null && nowMs >= comesBackAtMs ? again() : []) };
    },
    clock: {
      monotonicMs: () => nowMs,
      sleep: async (ms) => {
        await new Promise((resolve) => setImmediate(resolve));
        nowMs += ms;
      },
    },
    onRespawn: (respawn) => {
      told.push(respawn);
    },
    onProblem: (problem) => problems.push(problem),
  });
  return { watch, told, problems, looks: () => looks, now: () => nowMs };
};
const respawn = { was: watched, key: { pid: 7591, startedAt: '75910' } };

describe('watching', () => {
  test('tells once of what came back, and looks no more', async () => {
    const on = aWatch(12_000);
    on.watch.watch(watched);
    await on.watch.settled();
    expect([on.told, on.looks(), on.problems]).toEqual([[respawn], 3, []]);
  });

  test('ends after a minute of nothing', async () => {
    const on = aWatch(null);
    on.watch.watch(watched);
    await on.watch.settled();
    expect([on.told, on.looks(), on.now()]).toEqual([[], WATCH_MS / WATCH_EVERY_MS, WATCH_MS]);
  });

  test('takes one look for all that is watched, each for a minute of its own', async () => {
    const on = aWatch(null);
    on.watch.watch(watched);
    on.watch.watch({ ...watched, sessionId: 'session-2', jobId: '22222222' });
    await on.watch.settled();
    on.watch.watch({ ...watched, sessionId: 'session-3', jobId: '33333333' });
    await on.watch.settled();
    expect(on.looks()).toBe((2 * WATCH_MS) / WATCH_EVERY_MS);
  });

  test('outlives looks that fail, and ends though all of them do', async () => {
    const on = aWatch(12_000, (look) => look < 5);
    on.watch.watch(watched);
    await on.watch.settled();
    expect([on.told, on.looks(), on.problems.length]).toEqual([[respawn], 5, 4]);
    const never = aWatch(0, () => true);
    never.watch.watch(watched);
    await never.watch.settled();
    expect([never.told, never.now()]).toEqual([[], WATCH_MS]);
  });

  test('looks no more once it is closed', async () => {
    const on = aWatch(0);
    on.watch.watch(watched);
    on.watch.close();
    await on.watch.settled();
    on.watch.watch(watched);
    await on.watch.settled();
    expect([on.told, on.looks()]).toEqual([[], 0]);
  });
});
