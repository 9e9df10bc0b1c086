import { describe, expect, it } from 'vitest';
import { act, type Order } from '../../../src/cli/act.js';
import { endShape, errorShape } from '../../../src/cli/json-shape.js';
import type { Actions } from '../../../src/main/actions.js';
import type { ActionScope, EndResult } from '../../../src/shared/api.js';
import { toEnd } from '../../fakes/a-view.js';
import { asked, CANCELLED, consent, done, door, key, order, owned, preview, run, target, warning } from './door.js';
import { fakeUi } from './fake-io.js';

describe('several pids', () => {
  const pids = (...all: number[]): Partial<Order> => ({ scope: { type: 'pids', pids: all } });
  const requestFor = (...all: number[]) => ['preview', toEnd(all.map(key)), { caller: 'cli' }];
  const other = { key: key(12), name: 'p12', kind: null, user: null, refusal: { reason: 'protected', id: 'notClaude' } } as const;

  it('are one request, one preview, one question, one command', async () => {
    const shown = preview({ targets: [target(10), target(11)] });
    const seen = await run(shown, { order: pids(10, 11), io: { tty: true, answer: 'y' }, results: [done(10), done(11)] });
    expect(seen).toMatchObject({
      code: 0,
      calls: [requestFor(10, 11), ['end', { token: 't'.repeat(32), keys: [key(10), key(11)], confirmation: null, caller: 'cli' }]],
    });
    expect(seen.out).toContain('End 2 processes? [y/N]');
  });

  it('of which one is refused: the others end, the refusal is told, and the code is 3', async () => {
    const shown = preview({ targets: [target(10)], excluded: [other] });
    const seen = await run(shown, { order: pids(10, 12), yes: true, results: [done(10)] });
    expect(seen).toMatchObject({ code: 3, err: '' });
    expect(seen.calls[1]).toEqual(['end', { token: 't'.repeat(32), keys: [key(10)], confirmation: null, caller: 'cli' }]);
    expect(seen.out).toContain("Left alone:\n  – 12 p12 (not Claude's, ?): This is not a Claude process.\n");
  });

  it('of which one is left out for a warning: 3 as well', async () => {
    const shown = preview({ targets: [target(10), target(11, { warnings: [warning], ticked: false })] });
    expect((await run(shown, { order: pids(10, 11), yes: true, results: [done(10)] })).code).toBe(3);
  });

  it('that are all refused signal nobody', async () => {
    const shown = preview({ token: null, targets: [], excluded: [{ ...other, key: key(10) }, other] });
    const seen = await run(shown, { order: pids(10, 12), yes: true });
    expect(seen).toMatchObject({
      code: 3,
      calls: [requestFor(10, 12)],
      err: 'claude-manager: None of these processes can be acted on; the reasons stand above. Nothing was signalled.\n',
    });
  });

  it('one of which belongs to another one end with it', async () => {
    const shown = preview({ targets: [target(10), owned(11)] });
    expect((await run(shown, { order: pids(10, 11), yes: true, results: [done(10), done(11)] })).code).toBe(0);
  });
});

describe('scopes', () => {
  const CLEAN: Partial<Order> = { scope: { type: 'orphans' }, minAgeMinutes: 0 };
  const bulk = (scope: ActionScope, minAgeMinutes: number | null = null) => [
    'preview',
    { verb: 'end', scope, force: false, priority: null, minAgeMinutes, elevated: false },
    { caller: 'cli' },
  ];
  const young = {
    key: key(12),
    name: 'p12',
    kind: 'mcp-server',
    user: 'dana',
    refusal: { reason: 'protected', id: 'protectPid', values: { value: '12' } },
  } as const;

  it.each([
    [{ type: 'orphans' }, 'Nothing is left over. There is nothing to end.'],
    [{ type: 'old', hours: 3 }, 'No session is that old and idle. There is nothing to end.'],
    [{ type: 'user', user: 'jo' }, 'This user has no Claude sessions that you can see. There is nothing to end.'],
    [{ type: 'all' }, 'No Claude session is running that you can see. There is nothing to end.'],
  ] as const)('%j without members: a sentence, and 0', async (scope, words) => {
    const seen = await run(preview({ token: null, targets: [] }), { order: { scope } });
    expect(seen).toEqual({ code: 0, calls: [bulk(scope)], out: `${words}\n`, err: '', held: 0 });
  });

  it('clean where all is held back, or only possible: shown, nothing done, 0, and the token spent', async () => {
    const shown = preview({ targets: [target(10, { leftOver: 'unknown', ticked: false })], excluded: [young] });
    const seen = await run(shown, { order: CLEAN, yes: true });
    expect(seen).toMatchObject({ code: 0, calls: [bulk({ type: 'orphans' }, 0), CANCELLED], err: '' });
    expect(seen.out).toBe(
      'Left out:\n  – 10 p10 (cli-session, dana), 100 MB, 0 s, perhaps left over\n' +
        'Left alone:\n  – 12 p12 (mcp-server, dana): Protected by your rule for PID 12.\n' +
        'None of these is ended by a clean-up. Nothing was signalled.\n',
    );
  });

  it('end --user where all is left out or left alone: 3', async () => {
    const shown = preview({ targets: [target(10, { warnings: [warning], ticked: false })], confirm: 'jo' });
    const seen = await run(shown, { order: { scope: { type: 'user', user: 'jo' } }, confirmation: 'jo' });
    expect(seen).toMatchObject({ code: 3, calls: [bulk({ type: 'user', user: 'jo' }), CANCELLED] });
    expect(seen.err).toContain('All of them are left out or left alone');
  });

  it('clean --yes ends what is ticked; what had gone meanwhile is no fault', async () => {
    const gone: EndResult = done(11, { outcome: 'skipped', reason: 'gone', id: 'gone', signal: null, freedBytes: null });
    const shown = preview({ targets: [target(10, { leftOver: 'yes' }), target(11, { leftOver: 'yes' }), target(12, { ticked: false })] });
    const seen = await run(shown, { order: CLEAN, yes: true, results: [done(10), gone] });
    expect(seen.code).toBe(0);
    expect(seen.calls[1]).toEqual(['end', { token: 't'.repeat(32), keys: [key(10), key(11)], confirmation: null, caller: 'cli' }]);
  });

  it('clean without a terminal and without --yes is a refusal', async () => {
    expect(await run(preview(), { order: CLEAN })).toMatchObject({ code: 3, calls: [bulk({ type: 'orphans' }, 0), CANCELLED] });
  });
});

describe('--dry-run', () => {
  it('shows the preview, spends the token, and is done', async () => {
    const seen = await run(preview(), { dryRun: true });
    expect(seen).toMatchObject({ code: 0, calls: [asked(), CANCELLED], err: '' });
    expect(seen.out).toMatch(/^1 process will be ended:\n[\s\S]*\nDry run: nothing was signalled\.\n$/);
  });

  it('wins over every agreement', async () => {
    const seen = await run(preview({ confirm: 'ALL' }), {
      order: { scope: { type: 'all' } },
      dryRun: true,
      yes: true,
      confirmation: 'ALL',
      io: { tty: true, answer: 'ALL' },
    });
    expect(seen).toMatchObject({ code: 0 });
    expect(seen.calls.slice(1)).toEqual([CANCELLED]);
  });

  it('is JSON that says what would be ended', async () => {
    const seen = await run(preview({ targets: [target(10), owned(11, { warnings: [warning] })] }), { dryRun: true, yes: true, json: true });
    expect(endShape.parse(JSON.parse(seen.out))).toMatchObject({
      dryRun: true,
      preview: {
        verb: 'end',
        scope: 'keys',
        targets: [
          { pid: 10, accepted: true },
          { pid: 11, accepted: false, below: { pid: 10 } },
        ],
      },
      results: [],
      freedBytes: 0,
    });
  });

  it('of what is refused is a refusal all the same', async () => {
    const refused = preview({
      token: null,
      targets: [],
      excluded: [{ key: key(10), name: 'x', kind: null, user: null, refusal: { reason: 'protected', id: 'notClaude' } }],
    });
    expect((await run(refused, { dryRun: true })).code).toBe(3);
  });
});

describe('a word to type', () => {
  const shown = preview({ confirm: 'jo' });
  const USER: Partial<Order> = { scope: { type: 'user', user: 'jo' } };
  const ended = (confirmation: string) => ['end', { token: 't'.repeat(32), keys: [key(10)], confirmation, caller: 'cli' }];

  it.each(['jo', 'JO', ' jo', 'someone'])('given as --confirm %j goes to the door as it is, which decides', async (confirmation) => {
    const seen = await run(shown, { order: USER, confirmation, results: [done(10)] });
    expect(seen.calls[1]).toEqual(ended(confirmation));
    expect(seen.out).not.toContain('[y/N]');
  });

  it('that the door does not take is a refusal, with the preview in JSON', async () => {
    const { core } = door(shown);
    const refusing: Actions = {
      ...core.actions,
      performAction: async () => ({ ok: false, failure: { reason: 'invalid', id: 'previewInvalid' } }),
    };
    const fake = fakeUi({ json: true });
    expect(await act(fake.ui, { ...core, actions: refusing }, order(USER), consent({ confirmation: 'no' }))).toBe(3);
    expect(errorShape.parse(JSON.parse(fake.out()))).toMatchObject({
      error: { reason: 'invalid', id: 'previewInvalid' },
      preview: { confirm: 'jo', scope: 'user', targets: [{ pid: 10, accepted: false }] },
    });
  });

  it.each([
    ['no terminal', {}],
    ['JSON', { json: true, io: { tty: true, answer: 'jo' } }],
  ] as const)('is not replaced by --yes: %s is a refusal', async (_, over) => {
    const seen = await run(shown, { order: USER, yes: true, ...over });
    expect(seen.code).toBe(3);
    expect(seen.calls.slice(1)).toEqual([CANCELLED]);
    expect(seen.out + seen.err).toContain('--confirm jo');
  });

  it('is asked for on a terminal, --yes or not', async () => {
    for (const yes of [true, false]) {
      const seen = await run(shown, { order: USER, yes, io: { tty: true, answer: 'jo' }, results: [done(10)] });
      expect(seen).toMatchObject({ code: 0, held: 0 });
      expect(seen.calls[1]).toEqual(ended('jo'));
      expect(seen.out).toContain('To end 1 process, type jo: ');
    }
  });

  it.each(['', null])('typed as %j is a no', async (answer) => {
    const seen = await run(shown, { order: USER, io: { tty: true, answer } });
    expect(seen).toMatchObject({ code: 3, err: 'claude-manager: Cancelled. Nothing was signalled.\n' });
    expect(seen.calls.slice(1)).toEqual([CANCELLED]);
  });

  it('does not let a name act on the terminal', async () => {
    const seen = await run(preview({ confirm: 'j\x1b[2Jo' }), { order: USER, io: { tty: true, answer: null } });
    expect(seen.out).toContain('type j␛[2Jo: ');
  });

  it('given where none is asked for agrees to nothing', async () => {
    const seen = await run(preview(), { order: USER, confirmation: 'jo' });
    expect(seen.code).toBe(3);
    expect(seen.calls.slice(1)).toEqual([CANCELLED]);
  });
});

describe('other verbs', () => {
  const result = (signal: EndResult['signal']): EndResult => done(10, { signal, freedBytes: null });
  const resume = { sessionId: 'x', cwd: '/p', command: 'claude --resume x' };

  it('pause says that it frees CPU, not memory', async () => {
    const seen = await run(preview({ targets: [target(10, { resume })] }), {
      order: { verb: 'pause' },
      io: { tty: true, answer: 'y' },
      results: [result('SIGSTOP')],
    });
    expect(seen.code).toBe(0);
    expect(seen.out.split('\n').slice(0, 4)).toEqual([
      '1 process will be paused:',
      '  ✓ 10 p10 (cli-session, dana), 100 MB, 0 s',
      'Each is stopped where it is (SIGSTOP) until it is continued. That frees CPU, not memory; connections of a paused session may time out.',
      expect.stringMatching(/^Pause 1 process\? \[y\/N\] {3}✓ paused {2}10 p10/),
    ]);
    expect(seen.out).not.toMatch(/Freed|Would free|Resume/);
  });

  it('continue and priority have their own words', async () => {
    const go = await run(preview(), { order: { verb: 'continue' }, yes: true, results: [result('SIGCONT')] });
    expect(go.out).toMatch(/^1 process will be continued:[\s\S]*SIGCONT[\s\S]*✓ continued/);
    const nice = await run(preview(), {
      order: { verb: 'priority', priority: 'low' },
      io: { tty: true, answer: 'y' },
      results: [result(null)],
    });
    expect(nice.out).toMatch(
      /^The priority of 1 process will be set:[\s\S]*New priority: low\.[\s\S]*Set the priority of 1 process to low\? \[y\/N\] {3}✓ set/,
    );
  });

  it('a warned one is left out by --yes with words that fit', async () => {
    const seen = await run(preview({ targets: [target(10, { warnings: [warning] })] }), { order: { verb: 'pause' }, yes: true });
    expect(seen.code).toBe(3);
    expect(seen.err).toContain('Nothing was done. Do it at a terminal');
  });
});
