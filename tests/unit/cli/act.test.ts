import { describe, expect, it } from 'vitest';
import { act, type Consent, type Order } from '../../../src/cli/act.js';
import { endShape, errorShape } from '../../../src/cli/json-shape.js';
import type { Actions } from '../../../src/main/actions.js';
import type { ActionScope, EndResult, Preview } from '../../../src/shared/api.js';
import { toEnd } from '../../fakes/a-view.js';
import { done, door, key, owned, preview, target, warning } from './door.js';
import { type FakeIoOptions, fakeUi } from './fake-io.js';

const order = (over: Partial<Order> = {}): Order => ({
  verb: 'end',
  scope: { type: 'pids', pids: [10] },
  force: false,
  priority: null,
  minAgeMinutes: null,
  ...over,
});
const consent = (over: Partial<Consent> = {}): Consent => ({ yes: false, confirmation: null, dryRun: false, ...over });

interface RunOptions extends Partial<Consent> {
  readonly order?: Partial<Order>;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly results?: readonly EndResult[];
  readonly io?: FakeIoOptions;
  readonly pid?: number;
}

const run = async (shown: Preview, options: RunOptions = {}) => {
  const { calls, core } = door(shown, options.results);
  const fake = fakeUi({ ...options.io, json: options.json ?? false });
  const { yes = false, confirmation = null, dryRun = false, force = false, pid = 10 } = options;
  const wanted = order({ scope: { type: 'pids', pids: [pid] }, force, ...options.order });
  const code = await act(fake.ui, core, wanted, { yes, confirmation, dryRun });
  return { code, calls, out: fake.out(), err: fake.err(), held: fake.held() };
};
const CANCELLED = ['cancel', { token: 't'.repeat(32), caller: 'cli' }];
const asked = (force = false, pid = 10) => ['preview', toEnd([key(pid)], force), { caller: 'cli' }];

describe('end --yes', () => {
  it('ends what the preview shows and names the result', async () => {
    const resume = { sessionId: 'x', cwd: '/p', command: "cd '/p' && claude --resume x" };
    const seen = await run(preview({ targets: [target(10, { resume }), owned(11)] }), {
      yes: true,
      results: [done(10, { resume }), done(11)],
    });
    expect(seen.code).toBe(0);
    expect(seen.calls).toEqual([asked(), ['end', { token: 't'.repeat(32), keys: [key(10), key(11)], confirmation: null, caller: 'cli' }]]);
    expect(seen.out.split('\n')).toEqual([
      '2 processes will be ended:',
      '  ✓ 10 p10 (cli-session, dana), 100 MB, 0 s',
      "      Resume it with: cd '/p' && claude --resume x",
      '  ✓   11 p11 (mcp-server, dana), 100 MB, 0 s',
      'Each is asked to end (SIGTERM) and has 5 s; what is still there then stays. --force would kill it.',
      'Would free: 200 MB',
      '  ✓ ended  10 p10 (cli-session, dana): Ended.',
      "      Resume it with: cd '/p' && claude --resume x",
      '  ✓ ended  11 p11 (cli-session, dana): Ended.',
      'Freed: 100 MB',
      '',
    ]);
    expect(seen.held).toBe(0);
  });

  it('leaves out what is warned of or unticked, and names it', async () => {
    const targets = [target(10), owned(11, { warnings: [warning] }), owned(12, { ticked: false, role: 'separate' })];
    const seen = await run(preview({ targets }), { yes: true, results: [done(10)] });
    expect(seen.calls[1]).toEqual(['end', { token: 't'.repeat(32), keys: [key(10)], confirmation: null, caller: 'cli' }]);
    expect(seen.out).toContain(
      'Left out:\n  –   11 p11 (mcp-server, dana), 100 MB, 0 s\n      ! It is working on an answer; what is unfinished is lost.\n  –   12 p12',
    );
  });

  it('refuses where the chosen one itself is warned of', async () => {
    const seen = await run(preview({ targets: [target(10, { warnings: [warning] }), owned(11)] }), { yes: true });
    expect(seen.code).toBe(3);
    expect(seen.calls).toEqual([asked(), CANCELLED]);
    expect(seen.err).toMatch(/^claude-manager: Process 10 is left out because of the warnings above/);
  });

  it('says what it leaves alone and why', async () => {
    const excluded = [
      {
        key: key(12),
        name: 'evil\x1b[2J',
        kind: 'daemon',
        user: 'dana',
        refusal: { reason: 'protected', id: 'protectName', values: { value: 'e\x07' } },
      },
    ] as const;
    const seen = await run(preview({ excluded }), { yes: true, results: [done(10)] });
    expect(seen.out).toContain('Left alone:\n  – 12 evil␛[2J (daemon, dana): Protected by your rule for the name “e␇”.\n');
  });

  it('passes --force on', async () => {
    const seen = await run(preview(), { yes: true, force: true, results: [done(10, { signal: 'SIGKILL', id: 'forced' })] });
    expect(seen.calls[0]).toEqual(asked(true));
    expect(seen.out).toContain('is killed (SIGKILL)');
    expect(seen.out).toContain('Killed by force.');
  });
});

describe('the question', () => {
  const TTY = { tty: true };

  it.each([
    ['y', 'en'],
    ['Y', 'en'],
    [' yes ', 'en'],
    ['s', 'pt-BR'],
    ['sim', 'pt-BR'],
    ['y', 'pt-BR'],
  ] as const)('takes %j as a yes (%s)', async (answer, language) => {
    const { calls, core } = door(preview(), [done(10)]);
    const fake = fakeUi({ ...TTY, answer, language });
    expect(await act(fake.ui, core, order(), consent({ yes: false }))).toBe(0);
    expect(calls).toHaveLength(2);
  });

  it.each(['', 'n', 'no', 'yess', 'ye', 's', '\x03', null])('takes %j as a no', async (answer) => {
    const seen = await run(preview(), { io: { ...TTY, answer } });
    expect(seen).toMatchObject({
      code: 3,
      calls: [asked(), CANCELLED],
      err: 'claude-manager: Cancelled. Nothing was signalled.\n',
      held: 0,
    });
    expect(seen.out).toContain('End 1 process? [y/N]');
  });

  it('covers warned lines too: a person has read them', async () => {
    const seen = await run(preview({ targets: [target(10, { warnings: [warning] })] }), {
      io: { ...TTY, answer: 'y' },
      results: [done(10)],
    });
    expect(seen.calls[1]).toEqual(['end', { token: 't'.repeat(32), keys: [key(10)], confirmation: null, caller: 'cli' }]);
  });

  it('is not asked where there is nobody to answer: no terminal and no --yes is a refusal', async () => {
    const seen = await run(preview(), { io: { answer: 'y' } });
    expect(seen).toMatchObject({ code: 3, calls: [asked(), CANCELLED] });
    expect(seen.err).toMatch(/^claude-manager: Nobody was asked/);
  });

  it('is not asked in JSON, where it would stand in the way', async () => {
    const seen = await run(preview(), { json: true, io: { ...TTY, answer: 'y' } });
    expect(seen).toMatchObject({ code: 3, calls: [asked(), CANCELLED], err: '' });
    expect(errorShape.parse(JSON.parse(seen.out))).toMatchObject({
      error: { reason: 'cancelled', id: 'needsYes' },
      preview: { targets: [{ pid: 10, accepted: false }] },
    });
  });
});

describe('refusals', () => {
  const excluded = (id: string, reason: 'protected' | 'denied' | 'gone' | 'changed' = 'protected') =>
    preview({
      token: null,
      targets: [],
      excluded: [{ key: key(10), name: 'p10', kind: null, user: null, refusal: { reason, id, values: { user: 'jo' } } }],
    });

  it.each([
    ['notClaude', 'protected', 'This is not a Claude process.'],
    ['ancestor', 'protected', 'Claude Manager runs inside this process.'],
    ['otherUser', 'denied', 'It belongs to the user jo. Only that user or an administrator can end it.'],
  ] as const)('%s ends with 3 and says why', async (id, reason, words) => {
    const seen = await run(excluded(id, reason), { yes: true });
    expect(seen).toEqual({ code: 3, calls: [asked()], out: '', err: `claude-manager: ${words}\n`, held: 0 });
  });

  it('asks the door about a pid that nobody has, so that it is logged', async () => {
    const shown = preview({
      token: null,
      targets: [],
      excluded: [{ key: { pid: 99, startedAt: '' }, name: '', kind: null, user: null, refusal: { reason: 'gone', id: 'gone' } }],
    });
    const seen = await run(shown, { yes: true, pid: 99 });
    expect(seen.code).toBe(3);
    expect(seen.calls).toEqual([['preview', toEnd([{ pid: 99, startedAt: '' }]), { caller: 'cli' }]]);
    expect(seen.err).toBe('claude-manager: The process has already ended.\n');
  });

  it('are JSON too', async () => {
    const seen = await run(excluded('notClaude'), { yes: true, json: true });
    expect(seen.code).toBe(3);
    expect(errorShape.parse(JSON.parse(seen.out))).toMatchObject({
      error: { reason: 'protected', id: 'notClaude', message: 'This is not a Claude process.' },
      preview: { targets: [], excluded: [{ pid: 10, kind: null }] },
    });
  });

  it('never ends a preview that does not hold the process asked for', async () => {
    const seen = await run(preview({ targets: [target(55)] }), { yes: true });
    expect(seen).toMatchObject({ code: 3, calls: [asked(), CANCELLED] });
  });

  it('of the door itself are told with its words', async () => {
    const { core } = door(preview());
    const fake = fakeUi();
    const refusing = {
      ...core,
      actions: { ...core.actions, previewAction: async () => ({ ok: false, failure: { reason: 'changed', id: 'cannotVerify' } }) as const },
    };
    expect(await act(fake.ui, refusing, order(), consent({ yes: true }))).toBe(3);
    expect(fake.err()).toBe('claude-manager: The processes could not be checked; nothing was ended.\n');
  });
});

describe('results', () => {
  const skipped = (pid: number, reason: EndResult['reason']): EndResult =>
    done(pid, { outcome: 'skipped', reason, id: 'gone', signal: null, freedBytes: null });
  const failed = (pid: number, reason: EndResult['reason']): EndResult =>
    done(pid, { outcome: 'failed', reason, id: 'timeout', freedBytes: null });

  it.each([
    ['all done', [done(10), done(11)], 0],
    ['a child that went by itself', [done(10), skipped(11, 'gone')], 0],
    ['the chosen one had gone', [skipped(10, 'gone')], 3],
    ['changed since', [skipped(10, 'changed')], 3],
    ['not permitted', [failed(10, 'denied')], 3],
    ['still there', [failed(10, 'timeout')], 1],
    ['an error inside', [failed(10, 'invalid')], 1],
    ['still there, and what belongs to it left alone', [failed(10, 'timeout'), skipped(11, 'cancelled')], 1],
    ['a child refused', [done(10), skipped(11, 'protected')], 3],
  ] as const)('%s', async (_, results, code) => {
    const seen = await run(preview({ targets: [target(10), owned(11)] }), { yes: true, results });
    expect(seen.code).toBe(code);
  });

  it('are one JSON value of the documented shape', async () => {
    const seen = await run(preview({ targets: [target(10), owned(11, { warnings: [warning] })] }), {
      yes: true,
      json: true,
      results: [failed(10, 'timeout')],
    });
    expect(seen.code).toBe(1);
    expect(endShape.parse(JSON.parse(seen.out))).toMatchObject({
      version: 1,
      preview: {
        targets: [
          { pid: 10, accepted: true },
          { pid: 11, accepted: false, warnings: [{ id: 'busy' }] },
        ],
      },
      results: [
        { pid: 10, outcome: 'failed', reason: 'timeout', message: 'It was asked to end but is still running. You can kill it by force.' },
      ],
    });
    expect(seen.err).toBe('');
  });

  it('an interrupt waits for them', async () => {
    const { core } = door(preview(), [done(10)]);
    const fake = fakeUi();
    const slow: Actions = {
      ...core.actions,
      performAction: async (input) => {
        fake.raiseSignal();
        return core.actions.performAction(input);
      },
    };
    expect(await act(fake.ui, { ...core, actions: slow }, order(), consent({ yes: true }))).toBe(0);
    expect(fake.err()).toBe('The signals are sent; waiting a few seconds for the result.\n');
    expect(fake.held()).toBe(0);
  });
});

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
