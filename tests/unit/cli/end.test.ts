import { describe, expect, it } from 'vitest';
import { end } from '../../../src/cli/end.js';
import { endShape, errorShape } from '../../../src/cli/json-shape.js';
import type { Actions } from '../../../src/main/actions.js';
import type { EndResult, Preview, PreviewTarget } from '../../../src/shared/api.js';
import type { ProcessKey } from '../../../src/shared/types.js';
import { fakeCore } from './fake-core.js';
import { type FakeIoOptions, fakeUi } from './fake-io.js';

const MB = 1024 * 1024;
const key = (pid: number): ProcessKey => ({ pid, startedAt: `s${pid}` });
const warning = { id: 'busy', weight: 'against' } as const;

const target = (pid: number, over: Partial<PreviewTarget> = {}): PreviewTarget => ({
  key: key(pid),
  below: null,
  role: 'chosen',
  name: `p${pid}`,
  kind: 'cli-session',
  user: 'dana',
  memoryBytes: 100 * MB,
  startedAtMs: 0,
  leftOver: 'no',
  evidence: [],
  warnings: [],
  ticked: true,
  resume: null,
  ...over,
});
const owned = (pid: number, over: Partial<PreviewTarget> = {}) =>
  target(pid, { below: key(10), role: 'owned', kind: 'mcp-server', ...over });

const preview = (over: Partial<Preview> = {}): Preview => ({
  token: 't'.repeat(32),
  force: false,
  takenAtMs: 0,
  expiresAtMs: 300_000,
  graceMs: 5_000,
  targets: [target(10)],
  excluded: [],
  ...over,
});

const done = (pid: number, over: Partial<EndResult> = {}): EndResult => ({
  key: key(pid),
  name: `p${pid}`,
  kind: 'cli-session',
  user: 'dana',
  outcome: 'done',
  reason: null,
  id: 'done',
  signal: 'SIGTERM',
  freedBytes: 100 * MB,
  resume: null,
  ...over,
});

/** A door that notes what is asked of it; without `results` nothing may be ended. */
const door = (shown: Preview, results?: readonly EndResult[]) => {
  const calls: unknown[] = [];
  const actions: Actions = {
    previewEnd: async (keys, options) => {
      calls.push(['preview', keys, options]);
      return { ok: true, value: { ...shown, force: options.force } };
    },
    endProcesses: async (input) => {
      calls.push(['end', input]);
      if (results === undefined) throw new Error('nothing was to be ended');
      return { ok: true, value: { results, freedBytes: 100 * MB } };
    },
    cancelPreview: async (input) => {
      calls.push(['cancel', input]);
      return { ok: true, value: null };
    },
  };
  const identities = { 10: { key: key(10), uid: 1000, exeId: '1:1', state: 'S' } };
  return { calls, core: fakeCore({ actions, identities }) };
};

const act = async (
  shown: Preview,
  options: { yes?: boolean; force?: boolean; json?: boolean; results?: readonly EndResult[]; io?: FakeIoOptions; pid?: number } = {},
) => {
  const { calls, core } = door(shown, options.results);
  const fake = fakeUi({ ...options.io, json: options.json ?? false });
  const code = await end(fake.ui, core, options.pid ?? 10, { yes: options.yes ?? false, force: options.force ?? false });
  return { code, calls, out: fake.out(), err: fake.err(), held: fake.held() };
};
const CANCELLED = ['cancel', { token: 't'.repeat(32), caller: 'cli' }];
const asked = (force = false, pid = 10) => ['preview', [key(pid)], { force, caller: 'cli' }];

describe('end --yes', () => {
  it('ends what the preview shows and names the result', async () => {
    const resume = { sessionId: 'x', cwd: '/p', command: "cd '/p' && claude --resume x" };
    const seen = await act(preview({ targets: [target(10, { resume }), owned(11)] }), {
      yes: true,
      results: [done(10, { resume }), done(11)],
    });
    expect(seen.code).toBe(0);
    expect(seen.calls).toEqual([asked(), ['end', { token: 't'.repeat(32), keys: [key(10), key(11)], caller: 'cli' }]]);
    expect(seen.out.split('\n')).toEqual([
      '2 processes will be ended:',
      '  ✓ 10 p10 (cli-session, dana), 100 MB',
      "      Resume it with: cd '/p' && claude --resume x",
      '  ✓   11 p11 (mcp-server, dana), 100 MB',
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
    const seen = await act(preview({ targets }), { yes: true, results: [done(10)] });
    expect(seen.calls[1]).toEqual(['end', { token: 't'.repeat(32), keys: [key(10)], caller: 'cli' }]);
    expect(seen.out).toContain(
      'Left out:\n  –   11 p11 (mcp-server, dana), 100 MB\n      ! It is working on an answer; what is unfinished is lost.\n  –   12 p12',
    );
  });

  it('refuses where the chosen one itself is warned of', async () => {
    const seen = await act(preview({ targets: [target(10, { warnings: [warning] }), owned(11)] }), { yes: true });
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
    const seen = await act(preview({ excluded }), { yes: true, results: [done(10)] });
    expect(seen.out).toContain('Left alone:\n  – 12 evil␛[2J (daemon, dana): Protected by your rule for the name “e␇”.\n');
  });

  it('passes --force on', async () => {
    const seen = await act(preview(), { yes: true, force: true, results: [done(10, { signal: 'SIGKILL', id: 'forced' })] });
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
    expect(await end(fake.ui, core, 10, { yes: false, force: false })).toBe(0);
    expect(calls).toHaveLength(2);
  });

  it.each(['', 'n', 'no', 'yess', 'ye', 's', '\x03', null])('takes %j as a no', async (answer) => {
    const seen = await act(preview(), { io: { ...TTY, answer } });
    expect(seen).toMatchObject({
      code: 3,
      calls: [asked(), CANCELLED],
      err: 'claude-manager: Cancelled. Nothing was signalled.\n',
      held: 0,
    });
    expect(seen.out).toContain('End 1 process? [y/N]');
  });

  it('covers warned lines too: a person has read them', async () => {
    const seen = await act(preview({ targets: [target(10, { warnings: [warning] })] }), {
      io: { ...TTY, answer: 'y' },
      results: [done(10)],
    });
    expect(seen.calls[1]).toEqual(['end', { token: 't'.repeat(32), keys: [key(10)], caller: 'cli' }]);
  });

  it('is not asked where there is nobody to answer: no terminal and no --yes is a refusal', async () => {
    const seen = await act(preview(), { io: { answer: 'y' } });
    expect(seen).toMatchObject({ code: 3, calls: [asked(), CANCELLED] });
    expect(seen.err).toMatch(/^claude-manager: Nobody was asked/);
  });

  it('is not asked in JSON, where it would stand in the way', async () => {
    const seen = await act(preview(), { json: true, io: { ...TTY, answer: 'y' } });
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
    const seen = await act(excluded(id, reason), { yes: true });
    expect(seen).toEqual({ code: 3, calls: [asked()], out: '', err: `claude-manager: ${words}\n`, held: 0 });
  });

  it('asks the door about a pid that nobody has, so that it is logged', async () => {
    const shown = preview({
      token: null,
      targets: [],
      excluded: [{ key: { pid: 99, startedAt: '' }, name: '', kind: null, user: null, refusal: { reason: 'gone', id: 'gone' } }],
    });
    const seen = await act(shown, { yes: true, pid: 99 });
    expect(seen.code).toBe(3);
    expect(seen.calls).toEqual([['preview', [{ pid: 99, startedAt: '' }], { force: false, caller: 'cli' }]]);
    expect(seen.err).toBe('claude-manager: The process has already ended.\n');
  });

  it('are JSON too', async () => {
    const seen = await act(excluded('notClaude'), { yes: true, json: true });
    expect(seen.code).toBe(3);
    expect(errorShape.parse(JSON.parse(seen.out))).toMatchObject({
      error: { reason: 'protected', id: 'notClaude', message: 'This is not a Claude process.' },
      preview: { targets: [], excluded: [{ pid: 10, kind: null }] },
    });
  });

  it('never ends a preview that does not hold the process asked for', async () => {
    const seen = await act(preview({ targets: [target(55)] }), { yes: true });
    expect(seen).toMatchObject({ code: 3, calls: [asked(), CANCELLED] });
  });

  it('of the door itself are told with its words', async () => {
    const { core } = door(preview());
    const fake = fakeUi();
    const refusing = {
      ...core,
      actions: { ...core.actions, previewEnd: async () => ({ ok: false, failure: { reason: 'changed', id: 'cannotVerify' } }) as const },
    };
    expect(await end(fake.ui, refusing, 10, { yes: true, force: false })).toBe(3);
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
    const seen = await act(preview({ targets: [target(10), owned(11)] }), { yes: true, results });
    expect(seen.code).toBe(code);
  });

  it('are one JSON value of the documented shape', async () => {
    const seen = await act(preview({ targets: [target(10), owned(11, { warnings: [warning] })] }), {
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
      endProcesses: async (input) => {
        fake.raiseSignal();
        return core.actions.endProcesses(input);
      },
    };
    expect(await end(fake.ui, { ...core, actions: slow }, 10, { yes: true, force: false })).toBe(0);
    expect(fake.err()).toBe('The signals are sent; waiting a few seconds for the result.\n');
    expect(fake.held()).toBe(0);
  });
});
