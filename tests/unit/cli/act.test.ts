import { describe, expect, it } from 'vitest';
import { act } from '../../../src/cli/act.js';
import { endShape, errorShape } from '../../../src/cli/json-shape.js';
import type { Actions } from '../../../src/main/actions.js';
import type { EndResult } from '../../../src/shared/api.js';
import { toEnd } from '../../fakes/a-view.js';
import { asked, CANCELLED, consent, done, door, key, order, owned, preview, run, target, warning } from './door.js';
import { fakeUi } from './fake-io.js';

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
    ['otherUser', 'denied', 'It belongs to the user jo. Only that user or an administrator may do that.'],
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
