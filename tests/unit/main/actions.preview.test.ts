import { describe, expect, it } from 'vitest';
import { toEnd } from '../../fakes/a-view.js';
import { actionsOn, aSession, CALLER, fake, fieldsOf, key, noSessionFiles, previewOf, server } from '../../fakes/actions-on.js';
import { createWorld } from '../../fakes/recording-platform.js';

const session = aSession({ sessionId: '0d7a3a3e-0000-4000-8000-000000000000', name: 'api', projectDir: '/srv/api' });

describe('previewAction', () => {
  it('freezes what would be ended, with what speaks against it and how to pick it up again', async () => {
    const resume = { sessionId: session.sessionId, cwd: '/srv/api', command: 'cd /srv/api && claude --resume x' };
    const busy = fake(50, { session, activity: 'busy', lastActiveMs: 900_000, memoryBytes: 7 });
    const on = actionsOn(createWorld([busy, server(51, 50, { name: 'time' })]), {
      sessionFiles: {
        transcriptOf: async () => ({ path: '/x', mtimeMs: 300_000, hasUserMessage: true }),
        gitLocked: async () => true,
        resumeOf: async () => resume,
      },
    });
    const preview = await previewOf(on, [50], true);
    const target = { user: 'dana', startedAtMs: 1_000, leftOver: 'no', evidence: [], ticked: true };
    expect(preview).toEqual({
      token: expect.stringMatching(/^token-1\.[\w-]{43}$/),
      request: toEnd([key(50)], true),
      confirm: null,
      takenAtMs: 1_000_013,
      expiresAtMs: 1_300_013,
      graceMs: 5_000,
      light: false,
      targets: [
        {
          ...target,
          key: key(50),
          below: null,
          role: 'chosen',
          name: 'p50',
          kind: 'cli-session',
          memoryBytes: 7,
          warnings: [
            { id: 'busy', weight: 'against' },
            { id: 'transcriptUnwritten', values: { count: 10 }, weight: 'against' },
            { id: 'gitLock', weight: 'against' },
          ],
          resume,
        },
        {
          ...target,
          key: key(51),
          below: key(50),
          role: 'owned',
          name: 'time',
          kind: 'mcp-server',
          memoryBytes: 1_048_576,
          warnings: [],
          resume: null,
        },
      ],
      excluded: [],
    });
    expect(on.entries).toEqual([]);
  });

  it.each([
    ['no transcript though it worked', { activity: 'busy' }, null, ['busy', 'transcriptMissing']],
    ['no transcript, active long after its start', { lastActiveMs: 302_000 }, null, ['transcriptMissing']],
    ['no transcript of a session that was only started', { lastActiveMs: 2_000 }, null, []],
    ['a transcript as young as its activity', { lastActiveMs: 600_000 }, 400_000, []],
    ['a transcript that stopped', { lastActiveMs: 700_001 }, 400_000, ['transcriptUnwritten']],
    ['an unreadable transcript', {}, 'unreadable', ['transcriptUnreadable']],
  ] as const)('on %s', async (_, over, written, warnings) => {
    const transcript = typeof written === 'number' ? { path: '/x', mtimeMs: written, hasUserMessage: true } : written;
    const on = actionsOn(createWorld([fake(50, { session, ...over })]), {
      sessionFiles: { ...noSessionFiles, transcriptOf: async () => transcript },
    });
    const { targets } = await previewOf(on, [50]);
    expect(targets.map((target) => target.warnings.map(({ id }) => id))).toEqual([warnings]);
  });

  it('warns where git cannot be read, and asks nothing where no directory is known', async () => {
    const world = createWorld([fake(50, { projectDir: '/srv' }), fake(60)]);
    const on = actionsOn(world, { sessionFiles: { ...noSessionFiles, gitLocked: async () => null } });
    const { targets } = await previewOf(on, [50, 60]);
    expect(targets.map(({ warnings, ticked }) => [warnings.map(({ id }) => id), ticked])).toEqual([
      [['gitUnreadable'], false],
      [[], true],
    ]);
  });

  it('logs each refusal where all is refused, and issues no token', async () => {
    const on = actionsOn(createWorld([fake(50, { kind: 'daemon' }), fake(60, {}, { listed: false })]));
    const preview = await previewOf(on, [50, 60, 70, 1, 900, 800]);
    expect([preview.token, preview.targets]).toEqual([null, []]);
    const ids = [
      [50, 'protected', 'daemon'],
      [60, 'protected', 'notClaude'],
      [70, 'gone', 'gone'],
      [1, 'protected', 'system'],
      [900, 'protected', 'self'],
      [800, 'protected', 'ancestor'],
    ];
    expect(preview.excluded.map(({ key: { pid }, refusal }) => [pid, refusal.reason, refusal.id])).toEqual(ids);
    expect(
      on.entries.map((entry) => [entry.level, entry.action, fieldsOf(entry)['PID'], fieldsOf(entry)['Result'], fieldsOf(entry)['Reason']]),
    ).toEqual(ids.map(([pid, reason, id]) => ['INFO', 'KILL_PROCESS', String(pid), 'refused', `${reason} (${id})`]));
  });

  it('leaves out who ended or became another between look and check', async () => {
    const world = createWorld([fake(50), fake(60), server(61, 60), fake(70)]);
    world.at(5, () => world.kill(60));
    world.at(5, () => {
      world.kill(70);
      world.spawn({ ...fake(70, { key: { pid: 70, startedAt: 'new' } }) });
    });
    const preview = await previewOf(actionsOn(world), [50, 60, 70]);
    expect(preview.targets.map((target) => target.key.pid)).toEqual([50]);
    expect(preview.excluded.map(({ key: { pid }, refusal }) => [pid, refusal.id])).toEqual([
      [60, 'gone'],
      [70, 'changed'],
    ]);
  });

  it('names what was chosen and has lost its session between look and check', async () => {
    const world = createWorld([fake(50), server(51, 50), server(52, 50)]);
    world.at(5, () => world.kill(50));
    const preview = await previewOf(actionsOn(world), [50, 51]);
    expect([preview.token, preview.targets]).toEqual([null, []]);
    expect(preview.excluded.map(({ key: { pid }, refusal }) => [pid, refusal.id])).toEqual([
      [50, 'gone'],
      [51, 'ownerGone'],
    ]);
  });

  it.each([
    ['our parent is not among our ancestors', { self: { pid: 900, ppid: () => 801 } }],
    ['the look is somebody else’s', { self: { pid: 901, ppid: () => 800 } }],
    ['the look fails', { look: () => Promise.reject(new Error('no table')) }],
  ])('shows nothing when %s', async (_, over) => {
    const on = actionsOn(createWorld([fake(50)]), over);
    expect(await on.actions.previewAction(toEnd([key(50)]), { caller: CALLER })).toEqual({
      ok: false,
      failure: { reason: 'changed', id: 'cannotVerify' },
    });
    expect(on.problems).toEqual([expect.any(Error)]);
  });
});
