import { describe, expect, test } from 'vitest';
import type { Stopped, StopTarget } from '../../../src/main/claude-stop.js';
import type { Entry } from '../../../src/main/end-log.js';
import { createBackground } from '../../../src/main/stop-background.js';
import type { StoppedSession } from '../../../src/shared/api.js';
import type { JobVerdict } from '../../../src/shared/job-owner.js';
import { judgeLeftOvers } from '../../../src/shared/judge.js';
import { aView } from '../../fakes/a-view.js';
import { actionsOn, brief, fake, fieldsOf, key, previewAndEnd, server, signals } from '../../fakes/actions-on.js';
import { judgeKinds } from '../../fakes/in-one-go.js';
import { createWorld } from '../../fakes/recording-platform.js';
import { anEngine, aReading, aRecord, NOW_MS } from '../../fixtures/builders.js';

const SESSION = '13c2c993-a598-4176-a262-69131e462d31';
const stopped: Stopped = { outcome: 'done', reason: null, id: 'stopped', signal: null, gone: true };
const session = {
  sessionId: SESSION,
  name: 'labjob',
  projectDir: '/p',
  version: null,
  entrypoint: null,
  jobId: '13c2c993',
  configDir: '/c',
};
const lineOf = (over: Partial<typeof session> | null = {}) => {
  const view = aView(6786, { kind: 'bg-session', name: 'labjob', session: over === null ? null : { ...session, ...over } });
  const identity = { key: view.key, uid: 1000, exeId: '1:1', state: 'S' };
  return { view, identity, role: 'chosen' as const, below: null, warnings: [], resume: null };
};

const aBackground = (result: Stopped, comesBack: boolean, whose: JobVerdict = 'same') => {
  const asked: StopTarget[] = [];
  const entries: Entry[] = [];
  let nowMs = 0;
  let looks = 0;
  const checked: unknown[] = [];
  const background = createBackground({
    jobCheck: async (job) => {
      checked.push(job);
      return whose;
    },
    claudeStop: async (target) => {
      asked.push(target);
      return result;
    },
    look: async () => {
      looks++;
      const worker = anEngine({ pid: 7591, tty: '?', startedAtMs: NOW_MS + 12_000 });
      const record = aRecord(worker, { kind: 'bg', sessionId: SESSION, jobId: '13c2c993' });
      const judged = judgeKinds(aReading([worker]), new Map([[7591, record]]));
      return { judgements: comesBack ? judgeLeftOvers(judged, new Map(), NOW_MS) : [] };
    },
    log: {
      append: async (entry) => {
        entries.push(entry);
        return { ok: true };
      },
    },
    now: () => NOW_MS,
    clock: {
      monotonicMs: () => nowMs,
      sleep: async (ms) => {
        nowMs += ms;
      },
    },
    onProblem: (problem) => {
      throw problem;
    },
  });
  return { background, asked, checked, entries, looks: () => looks };
};

describe('stopping a background session', () => {
  test('hands over what its record says, and tells and logs when it comes back', async () => {
    const { background, asked, entries } = aBackground(stopped, true);
    let told = 0;
    background.onChange(() => told++);
    const line = lineOf();
    expect(await background.stop(line)).toEqual(stopped);
    expect(asked).toEqual([{ identity: line.identity, jobId: '13c2c993', configDir: '/c' }]);
    const key = { pid: 7591, startedAt: '75910' };
    expect((await background.settled()).map((one) => [one.was.key.pid, one.key])).toEqual([[6786, key]]);
    expect([told, background.notices()]).toEqual([1, [{ id: 'respawned', values: { name: 'labjob', pid: 7591 } }]]);
    expect(entries).toEqual([
      {
        level: 'ERROR',
        action: 'STOP_BACKGROUND',
        fields: [
          ['PID', '7591'],
          ['User', 'dana'],
          ['Was', '6786'],
          ['Result', 'respawned'],
          ['Session', SESSION],
        ],
      },
    ]);
  });

  test('says nothing of one that stays stopped, and does not watch one that did not stop', async () => {
    const quiet = aBackground(stopped, false);
    await quiet.background.stop(lineOf());
    expect([await quiet.background.settled(), quiet.background.notices(), quiet.entries, quiet.looks()]).toEqual([[], [], [], 12]);
    const failed = aBackground({ ...stopped, outcome: 'failed', reason: 'timeout', id: 'stopStayed', gone: false }, true);
    await failed.background.stop(lineOf());
    expect([await failed.background.settled(), failed.looks()]).toEqual([[], 0]);
  });

  test.each<[JobVerdict, string]>([
    ['other', 'stopOtherJob'],
    ['unknown', 'stopUnverifiedJob'],
  ])('runs nothing where the daemon says of the job: %s', async (whose, id) => {
    const on = aBackground(stopped, true, whose);
    expect(await on.background.stop(lineOf())).toEqual({
      ...{ outcome: 'skipped', reason: 'protected', id, signal: null, gone: false, values: { jobId: '13c2c993' } },
    });
    const { key: who } = lineOf().identity;
    expect([on.asked, on.checked]).toEqual([
      [],
      [{ jobId: '13c2c993', configDir: '/c', uid: 1000, key: who, ppid: 1, sessionId: SESSION }],
    ]);
  });

  test('runs nothing without an id that may stand in a command', async () => {
    const on = aBackground(stopped, false);
    const unknown = { outcome: 'skipped', reason: 'protected', id: 'stopUnknownJob', signal: null, gone: false };
    expect([await on.background.stop(lineOf(null)), await on.background.stop(lineOf({ jobId: '-rf' })), on.asked]).toEqual([
      unknown,
      unknown,
      [],
    ]);
  });
});

describe('a background session at the one door', () => {
  const theSession = { kind: 'bg-session', name: 'labjob', session } as const;
  const stopper =
    (result: Stopped, gone: readonly number[]) =>
    (world: ReturnType<typeof createWorld>): (() => Promise<Stopped>) =>
    async () => {
      for (const pid of gone) world.kill(pid);
      return result;
    };
  const run = async (stop: ReturnType<typeof stopper>) => {
    const world = createWorld([fake(50, theSession), server(51, 50), server(52, 50)]);
    const kept: StoppedSession[] = [];
    const on = actionsOn(world, { stopBackground: stop(world), onStopped: async (one) => kept.push(one) });
    const report = await previewAndEnd(on, [50]);
    return { report, kept, signals: signals(world), log: on.entries.map((entry) => [entry.action, fieldsOf(entry)['Result']]) };
  };

  test('is stopped without a signal to it or to what it owns, and kept among the stopped', async () => {
    const { report, kept, signals: sent, log } = await run(stopper(stopped, [50, 51]));
    expect([brief(report), sent]).toEqual([
      [
        { pid: 50, outcome: 'done', reason: null, id: 'stopped', signal: null },
        { pid: 51, outcome: 'done', reason: null, id: 'endedWithOwner', signal: null },
        { pid: 52, outcome: 'skipped', reason: 'changed', id: 'stayedAfterStop', signal: null },
      ],
      [],
    ]);
    expect(log).toEqual([
      ['STOP_BACKGROUND', 'done'],
      ['KILL_PROCESS', 'done'],
      ['KILL_PROCESS', 'skipped'],
    ]);
    expect(kept.map(({ pid, sessionId, action, freedBytes }) => [pid, sessionId, action, freedBytes])).toEqual([
      [50, SESSION, 'STOP_BACKGROUND', 2 * 1_048_576],
    ]);
  });

  test('that cannot be stopped keeps all it owns', async () => {
    const failed: Stopped = {
      outcome: 'failed',
      reason: 'invalid',
      id: 'stopFailed',
      values: { jobId: '13c2c993' },
      signal: null,
      gone: false,
    };
    const { report, kept, signals: sent } = await run(stopper(failed, []));
    expect([report.results.map(({ key: { pid }, id, values }) => ({ pid, id, values })), sent, kept]).toEqual([
      [
        { pid: 50, id: 'stopFailed', values: { jobId: '13c2c993' } },
        { pid: 51, id: 'ownerStayed', values: undefined },
        { pid: 52, id: 'ownerStayed', values: undefined },
      ],
      [],
      [],
    ]);
  });

  test('is never signalled where nobody can stop it', async () => {
    const world = createWorld([fake(50, theSession)]);
    const report = await previewAndEnd(actionsOn(world), [50]);
    expect([brief(report), signals(world)]).toEqual([
      [{ pid: 50, outcome: 'failed', reason: 'invalid', id: 'unexpected', signal: null }],
      [],
    ]);
    expect(key(50)).toEqual(report.results[0]?.key);
  });
});
