import { describe, expect, it } from 'vitest';
import { aGuard } from '../../fakes/a-view.js';
import {
  actionsOn,
  aSession,
  brief,
  done,
  end,
  fake,
  fieldsOf,
  key,
  noSessionFiles,
  previewAndEnd,
  previewOf,
  server,
  signals,
  skipped,
  valueIn,
} from '../../fakes/actions-on.js';
import { createWorld } from '../../fakes/recording-platform.js';

const session = aSession({ sessionId: '0d7a3a3e-0000-4000-8000-000000000000', name: 'api', projectDir: '/srv/api' });

describe('performAction', () => {
  it('ends a session, what it owns after it, and writes a line for each', async () => {
    const resume = { sessionId: session.sessionId, cwd: '/srv/api', command: 'cd /srv/api && claude --resume x' };
    const world = createWorld([
      fake(50, { session, memoryBytes: 512 * 1_048_576 }, { endsAfterMs: 1_600 }),
      server(51, 50),
      server(52, 50, { memoryBytes: null }),
      fake(60),
    ]);
    // One server leaves with its session, the other has to be asked.
    world.at(2_000, () => world.kill(51));
    const on = actionsOn(world, {
      sessionFiles: {
        ...noSessionFiles,
        transcriptOf: async () => ({ path: '/x', mtimeMs: 0, hasUserMessage: true }),
        resumeOf: async () => resume,
      },
    });
    const report = await previewAndEnd(on, [50]);
    const base = { kind: 'mcp-server', user: 'dana', outcome: 'done', reason: null, resume: null };
    expect(report).toEqual({
      results: [
        { ...base, key: key(50), name: 'p50', kind: 'cli-session', id: 'done', signal: 'SIGTERM', freedBytes: 512 * 1_048_576, resume },
        { ...base, key: key(51), name: 'p51', id: 'endedWithOwner', signal: null, freedBytes: 1_048_576 },
        { ...base, key: key(52), name: 'p52', id: 'done', signal: 'SIGTERM', freedBytes: null },
      ],
      freedBytes: 513 * 1_048_576,
    });
    expect(signals(world)).toEqual(['50 ask sent', '52 ask sent']);
    expect(world.sent[1]?.atMs).toBeGreaterThanOrEqual((world.sent[0]?.atMs ?? 0) + 1_600 + 1_000);
    const own = { User: 'dana', Kind: 'mcp-server', Result: 'done' };
    expect(on.entries.map(({ level, action }) => [level, action])).toEqual(Array.from({ length: 3 }, () => ['SUCCESS', 'KILL_PROCESS']));
    expect(on.entries.map(fieldsOf)).toEqual([
      {
        ...own,
        PID: '50',
        Memory: '512MB',
        Signal: 'SIGTERM',
        Kind: 'cli-session',
        Session: session.sessionId,
        Resume: resume.command,
        Freed: '512MB',
      },
      { ...own, PID: '51', Memory: '1MB', Signal: 'none', Freed: '1MB' },
      { ...own, PID: '52', Memory: '?', Signal: 'SIGTERM' },
    ]);
  });

  it('leaves what a session owns alone while the session stays, and offers no force by itself', async () => {
    const world = createWorld([fake(50, {}, { endsAfterMs: null }), server(51, 50)]);
    const on = actionsOn(world);
    expect(brief(await previewAndEnd(on, [50]))).toEqual([
      { pid: 50, outcome: 'failed', reason: 'timeout', id: 'timeout', signal: 'SIGTERM' },
      skipped(51, 'ownerStayed', 'cancelled'),
    ]);
    expect(signals(world)).toEqual(['50 ask sent']);
    expect(on.entries.map((entry) => [entry.level, fieldsOf(entry)['Result'], fieldsOf(entry)['Reason']])).toEqual([
      ['ERROR', 'failed', 'timeout (timeout)'],
      ['INFO', 'skipped', 'cancelled (ownerStayed)'],
    ]);
  });

  it('forces where that was chosen, the owned ones too', async () => {
    const world = createWorld([fake(50, {}, { endsAfterMs: null }), server(51, 50, {}, { endsAfterMs: null })]);
    expect(brief(await previewAndEnd(actionsOn(world), [50], true))).toEqual([
      done(50, 'SIGKILL', 'forced'),
      done(51, 'SIGKILL', 'forced'),
    ]);
    expect(signals(world)).toEqual(['50 ask sent', '50 force sent', '51 ask sent', '51 force sent']);
  });

  it('ends a chosen child alone', async () => {
    const world = createWorld([fake(50), server(51, 50), server(52, 50)]);
    expect(brief(await previewAndEnd(actionsOn(world), [51]))).toEqual([done(51)]);
    expect(signals(world)).toEqual(['51 ask sent']);
  });

  it('touches no owned process whose session was unticked', async () => {
    const world = createWorld([fake(50), server(51, 50)]);
    const on = actionsOn(world);
    const report = valueIn(await end(on, await previewOf(on, [50]), [key(51)]));
    expect(brief(report)).toEqual([skipped(51, 'ownerStayed', 'cancelled')]);
    expect(world.sent).toEqual([]);
  });

  it('ends a ticked separate line by itself, or after the session above it', async () => {
    const views = () => [fake(50), server(51, 50, {}, { listening: true, endsAfterMs: 0 }), fake(52, { ppid: 51 }, { endsAfterMs: 100 })];
    const alone = createWorld(views());
    const onAlone = actionsOn(alone);
    expect(brief(valueIn(await end(onAlone, await previewOf(onAlone, [50]), [key(51)])))).toEqual([done(51)]);
    const world = createWorld(views());
    const on = actionsOn(world);
    const preview = await previewOf(on, [50]);
    expect(preview.targets.map(({ role, ticked }) => [role, ticked])).toEqual([
      ['chosen', true],
      ['separate', false],
      ['separate', false],
    ]);
    // Another engine has its own work to save: it is asked together with the first.
    expect(brief(valueIn(await end(on, preview, [key(50), key(51), key(52)])))).toEqual([done(50), done(51), done(52)]);
    expect(signals(world)).toEqual(['50 ask sent', '52 ask sent', '51 ask sent']);
  });

  it('ends fifty sessions in hardly more time than the slowest', async () => {
    const pids = Array.from({ length: 50 }, (_, i) => 2_000 + i);
    const world = createWorld(pids.map((pid) => fake(pid, {}, { endsAfterMs: 2_000 })));
    const report = await previewAndEnd(actionsOn(world), pids);
    expect(brief(report)).toEqual(pids.map((pid) => done(pid)));
    const times = world.sent.map(({ atMs }) => atMs);
    expect(Math.max(...times) - Math.min(...times)).toBe(0);
  });

  it('wakes a stopped process', async () => {
    const world = createWorld([fake(50, { state: 'T' })]);
    expect(brief(await previewAndEnd(actionsOn(world), [50]))).toEqual([done(50)]);
    expect(signals(world)).toEqual(['50 ask sent', '50 continue sent']);
  });

  it('reports what the system denies and what hangs in it', async () => {
    const world = createWorld([fake(50, {}, { denies: true }), fake(60, {}, { endsAfterMs: null, diesAfterMs: null })]);
    expect(brief(await previewAndEnd(actionsOn(world), [50, 60], true))).toEqual([
      { pid: 50, outcome: 'failed', reason: 'denied', id: 'denied', signal: null },
      { pid: 60, outcome: 'failed', reason: 'timeout', id: 'stuck', signal: 'SIGKILL' },
    ]);
  });

  const worse: readonly (readonly [string, Parameters<ReturnType<typeof createWorld>['update']>[1], ReturnType<typeof skipped>])[] = [
    ['executable', { exeId: '9:9' }, skipped(50, 'changed')],
    ['user', { over: { uid: 1001 } }, skipped(50, 'deniedNow', 'denied')],
    ['stamp', { over: { key: { pid: 50, startedAt: 'new' } } }, skipped(50, 'changed')],
    ['kind', { over: { kind: 'cli-headless' } }, skipped(50, 'changedKind')],
    ['kind, into one that is refused', { over: { kind: 'bg-session' } }, skipped(50, 'protectedNow', 'protected')],
    ['verdict', { over: { leftOver: 'unknown' } }, skipped(50, 'changedVerdict')],
    ['activity', { over: { activity: 'waiting' } }, skipped(50, 'changedActivity')],
    ['warnings', { over: { tty: 'pts/3' } }, skipped(50, 'changedWarning')],
    ['being listed', { listed: false }, skipped(50, 'protectedNow', 'protected')],
    ['state, into a zombie', { over: { state: 'Z' } }, skipped(50, 'gone', 'gone')],
  ];
  it.each(worse)('skips a target that changed its %s, and all that it owns', async (_, change, result) => {
    const world = createWorld([fake(50, { activity: 'shell' }), server(51, 50)]);
    const on = actionsOn(world);
    const preview = await previewOf(on, [50]);
    world.update(50, change);
    const report = valueIn(await end(on, preview));
    expect(brief(report)[0]).toEqual(result);
    expect(report.results.map(({ outcome }) => outcome)).toEqual(['skipped', 'skipped']);
    expect(world.sent).toEqual([]);
    expect(on.entries.map((entry) => [entry.level, fieldsOf(entry)['Result']])).toEqual([
      ['INFO', 'skipped'],
      ['INFO', 'skipped'],
    ]);
  });

  it('skips an owned process that is another session’s by now', async () => {
    const world = createWorld([fake(50), server(51, 50), fake(60)]);
    const on = actionsOn(world);
    const preview = await previewOf(on, [50, 60]);
    world.update(51, { over: { owner: key(60) } });
    expect(brief(valueIn(await end(on, preview)))).toEqual([done(50), skipped(51, 'changedPlace'), done(60)]);
  });

  it('goes on with a target that has become quieter', async () => {
    const world = createWorld([fake(50, { activity: 'busy', tty: 'pts/3' })]);
    const on = actionsOn(world);
    const preview = await previewOf(on, [50]);
    world.update(50, { over: { activity: 'idle', tty: '?' } });
    expect(brief(valueIn(await end(on, preview)))).toEqual([done(50)]);
  });

  it('skips what has ended by itself', async () => {
    const world = createWorld([fake(50), fake(60)]);
    const on = actionsOn(world);
    const preview = await previewOf(on, [50, 60]);
    world.kill(50);
    expect(brief(valueIn(await end(on, preview)))).toEqual([skipped(50, 'gone', 'gone'), done(60)]);
  });

  it('skips what was protected meanwhile, before the first signal and before a later one', async () => {
    let rules: { by: 'pid'; value: string }[] = [];
    const world = createWorld([fake(50, {}, { endsAfterMs: 500 }), server(51, 50), fake(60)]);
    const on = actionsOn(world, { rules: () => rules });
    const preview = await previewOf(on, [50, 60]);
    rules = [{ by: 'pid', value: '60' }];
    world.at(200, () => {
      rules = [...rules, { by: 'pid', value: '51' }];
    });
    expect(brief(valueIn(await end(on, preview)))).toEqual([
      done(50),
      skipped(51, 'protectedNow', 'protected'),
      skipped(60, 'protectedNow', 'protected'),
    ]);
    expect(signals(world)).toEqual(['50 ask sent']);
  });

  it('asks no owned process that has begun to serve others since', async () => {
    const world = createWorld([fake(50, {}, { endsAfterMs: 500 }), server(51, 50)]);
    const on = actionsOn(world);
    const preview = await previewOf(on, [50]);
    world.at(300, () => world.update(51, { listening: true }));
    expect(brief(valueIn(await end(on, preview)))).toEqual([done(50), skipped(51, 'changedWarning')]);
  });

  it('never touches what was born after the preview', async () => {
    const world = createWorld([fake(50, {}, { endsAfterMs: 500 })]);
    const on = actionsOn(world);
    const preview = await previewOf(on, [50]);
    world.spawn(server(51, 50));
    world.at(200, () => world.spawn(server(52, 50)));
    expect(brief(valueIn(await end(on, preview)))).toEqual([done(50)]);
    expect([...world.processes.keys()]).toEqual([51, 52]);
  });

  it('sends no second request to what another command is ending', async () => {
    const world = createWorld([fake(50, {}, { endsAfterMs: 3_000 })]);
    const on = actionsOn(world);
    const previews = [await previewOf(on, [50]), await previewOf(on, [50])];
    const reports = await Promise.all(previews.map((preview) => end(on, preview)));
    expect(reports.flatMap((report) => brief(valueIn(report)))).toEqual([done(50), skipped(50, 'alreadyEnding')]);
    expect(signals(world)).toEqual(['50 ask sent']);
  });

  it('keeps its results when the log cannot be written, and says so', async () => {
    const failure = { reason: 'denied', id: 'logNotWritten' } as const;
    for (const append of [async () => ({ ok: false, failure }) as const, async () => Promise.reject(failure)]) {
      const on = actionsOn(createWorld([fake(50)]), { log: { append } });
      expect(brief(await previewAndEnd(on, [50]))).toEqual([done(50)]);
      expect(on.problems).toEqual([failure]);
    }
  });

  it('gives one result each when a signal fails in an unknown way', async () => {
    const world = createWorld([fake(50), server(51, 50), fake(60)]);
    const signal: typeof world.platform.signal = (target, intent) => {
      if (target.key.pid === 50) throw new Error('EINVAL');
      return world.platform.signal(target, intent);
    };
    const on = actionsOn(world, { platform: { ...world.platform, signal } });
    expect(brief(await previewAndEnd(on, [50, 60]))).toEqual([
      { pid: 50, outcome: 'failed', reason: 'invalid', id: 'unexpected', signal: null },
      skipped(51, 'ownerStayed', 'cancelled'),
      done(60),
    ]);
    expect([on.problems.length, on.entries.length]).toEqual([1, 3]);
  });

  it('ends nothing when the second look fails', async () => {
    const world = createWorld([fake(50)]);
    const look = world.look(() => aGuard());
    let looks = 0;
    const on = actionsOn(world, { look: () => (++looks > 1 ? Promise.reject(new Error('no table')) : look()) });
    expect(await end(on, await previewOf(on, [50]))).toEqual({ ok: false, failure: { reason: 'changed', id: 'cannotVerify' } });
    expect(world.sent).toEqual([]);
    expect(on.entries.map((entry) => [entry.level, fieldsOf(entry)])).toEqual([
      ['INFO', { PID: '50', Result: 'refused', Reason: 'changed (cannotVerify)' }],
    ]);
  });
});
