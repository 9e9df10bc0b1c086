import { describe, expect, it } from 'vitest';
import type { ActionRequest, ActionScope, StoppedSession } from '../../../src/shared/api.js';
import { parseConfig } from '../../../src/shared/config.js';
import { acceptedKeys } from '../../../src/shared/end-plan.js';
import {
  actionsOn,
  aSession,
  brief,
  CALLER,
  done,
  fake,
  fieldsOf,
  key,
  keysOf,
  logOf,
  perform,
  previewRequest,
  request,
  server,
  signals,
  skipped,
  valueIn,
} from '../../fakes/actions-on.js';
import { createWorld } from '../../fakes/recording-platform.js';

const MB = 1_048_576;
const SESSION = aSession();

describe('requests that make no sense', () => {
  it.each<[string, Partial<ActionRequest>]>([
    ['a forced pause', { verb: 'pause', force: true }],
    ['a priority that is none', { verb: 'priority' }],
    ['an end with a priority', { priority: 'low' }],
    ['a pause as administrator', { verb: 'pause', elevated: true }],
    ['everybody as administrator', { scope: { type: 'all' }, elevated: true }],
  ])('refuses %s', async (_, over) => {
    const on = actionsOn(createWorld([fake(50)]));
    expect(await on.actions.previewAction(request(keysOf(50), over), { caller: CALLER })).toEqual({
      ok: false,
      failure: { reason: 'invalid', id: 'requestInvalid' },
    });
  });
});

describe('what is switched off', () => {
  const config = (globals: object) => () => parseConfig({ global_settings: globals });
  const refusal = (id: string) => ({ ok: false, failure: { reason: 'denied', id } });

  it.each(['end', 'pause', 'continue', 'priority'] as const)('refuses to %s anything in read-only mode, and logs it', async (verb) => {
    const world = createWorld([fake(50)]);
    const on = actionsOn(world, { config: config({ read_only: true }) });
    const asked = request(keysOf(50), { verb, priority: verb === 'priority' ? 'low' : null });
    expect(await on.actions.previewAction(asked, { caller: CALLER })).toEqual(refusal('readOnly'));
    expect([signals(world), on.entries.map((entry) => [entry.level, fieldsOf(entry)['Reason']])]).toEqual([
      [],
      [['INFO', 'denied (readOnly)']],
    ]);
  });

  it('refuses a preview that was taken before, and asks no administrator', async () => {
    let globals: object = {};
    let asked = 0;
    const elevate = async () => {
      asked++;
      throw new Error('not to be asked');
    };
    const world = createWorld([fake(50), fake(60, { uid: 1001, user: 'eve' })]);
    const on = actionsOn(world, { config: () => parseConfig({ global_settings: globals }), elevate });
    const perform = async (over: Partial<ActionRequest>, pid: number) => {
      globals = {};
      const preview = await previewRequest(on, request(keysOf(pid), over));
      globals = over.elevated ? { elevation_enabled: false } : { read_only: true };
      return on.actions.performAction({ token: preview.token ?? 'none', keys: [key(pid)], confirmation: null, caller: CALLER });
    };
    expect(await perform({}, 50)).toEqual(refusal('readOnly'));
    expect(await perform({ elevated: true }, 60)).toEqual(refusal('elevationOff'));
    expect([signals(world), asked]).toEqual([[], 0]);
  });

  it('refuses to act as administrator where that is off', async () => {
    const on = actionsOn(createWorld([fake(60, { uid: 1001 })]), { config: config({ elevation_enabled: false }) });
    expect(await on.actions.previewAction(request(keysOf(60), { elevated: true }), { caller: CALLER })).toEqual(refusal('elevationOff'));
  });
});

describe('what has to be typed', () => {
  const typed = async (scope: ActionScope, confirmation: string | null) => {
    const world = createWorld([fake(50)]);
    const on = actionsOn(world);
    const answer = await perform(on, request(scope), confirmation);
    return {
      answer: answer.ok ? 'done' : answer.failure,
      sent: signals(world),
      log: on.entries.map((entry) => [entry.action, fieldsOf(entry)['Reason']]),
    };
  };
  const refused = (action: string) => ({
    answer: { reason: 'invalid', id: 'confirmation' },
    sent: [],
    log: [[action, 'invalid (confirmation)']],
  });

  it.each([null, '', 'dan', 'Dana', 'dana ', 'ALL'])('for a user is his name, not %j', async (word) => {
    expect(await typed({ type: 'user', user: 'dana' }, word)).toEqual(refused('KILL_USER_PROCESSES'));
  });
  it.each([null, '', 'all', 'dana'])('for everybody is ALL, not %j', async (word) => {
    expect(await typed({ type: 'all' }, word)).toEqual(refused('KILL_ALL_PROCESSES'));
  });
  it('lets it be done', async () => {
    const words: readonly [ActionScope, string | null][] = [
      [{ type: 'user', user: 'dana' }, 'dana'],
      [{ type: 'all' }, 'ALL'],
      [keysOf(50), 'whatever'],
    ];
    for (const [scope, word] of words) expect(await typed(scope, word)).toMatchObject({ answer: 'done', sent: ['50 ask sent'] });
  });
  it('spends the token when it is wrong', async () => {
    const world = createWorld([fake(50)]);
    const on = actionsOn(world);
    const { token } = await previewRequest(on, request({ type: 'all' }));
    const again = (confirmation: string) => on.actions.performAction({ token: token ?? '', keys: [key(50)], confirmation, caller: CALLER });
    await again('al');
    expect(await again('ALL')).toEqual({ ok: false, failure: { reason: 'invalid', id: 'previewInvalid' } });
    expect(world.sent).toEqual([]);
  });
});

describe('the log of a bulk', () => {
  it('has a line for each and one in the original’s form for all', async () => {
    const on = actionsOn(
      createWorld([fake(50), server(51, 50), fake(60, {}, { endsAfterMs: null }), fake(70, { uid: 1001, user: 'eve' })]),
    );
    await perform(on, request({ type: 'user', user: 'dana' }), 'dana');
    expect(logOf(on)).toEqual([
      ['SUCCESS', 'KILL_PROCESS', '50'],
      ['SUCCESS', 'KILL_PROCESS', '51'],
      ['ERROR', 'KILL_PROCESS', '60'],
      ['ERROR', 'KILL_USER_PROCESSES', '[50, 51]'],
    ]);
    expect(on.entries.at(-1)?.fields).toEqual([
      ['User', 'dana'],
      ['Mortos', '[50, 51]'],
      ['Failed', '[60]'],
      ['Freed', '2MB'],
    ]);
  });

  it('tells of a bulk that found nobody, and of one that was cancelled', async () => {
    const on = actionsOn(createWorld([fake(50)]));
    expect((await previewRequest(on, request({ type: 'orphans' }))).token).toBeNull();
    const { token } = await previewRequest(on, request({ type: 'all' }));
    await on.actions.cancelPreview({ token: token ?? '', caller: CALLER });
    expect(on.entries.map((entry) => [entry.level, entry.action, fieldsOf(entry)['Result']])).toEqual([
      ['INFO', 'CLEAN_ORPHANS', 'nothing to do'],
      ['INFO', 'KILL_PROCESS', 'cancelled'],
    ]);
  });
});

describe('a scope that changes', () => {
  it('leaves alone what no longer belongs to it', async () => {
    const idle = {
      session: SESSION,
      startedAtMs: -36_000_000,
      lastActiveMs: -36_000_000,
      activity: 'idle',
      activeSinceMs: -10_800_000,
    } as const;
    const world = createWorld([fake(50, idle), fake(60, idle)]);
    const on = actionsOn(world);
    const preview = await previewRequest(on, request({ type: 'old', hours: null }));
    // It has worked in between, and rests again.
    world.update(60, { over: { activeSinceMs: -60_000 } });
    const keys = acceptedKeys(preview, { includeWarned: true });
    const ended = await on.actions.performAction({ token: preview.token ?? '', keys, confirmation: null, caller: CALLER });
    expect(brief(valueIn(ended))).toEqual([done(50), skipped(60, 'changedScope')]);
    expect(signals(world)).toEqual(['50 ask sent']);
  });
});

describe('sessions that were ended', () => {
  it('are handed on with what all of them freed', async () => {
    const stopped: StoppedSession[] = [];
    const world = createWorld([fake(50, { session: SESSION, memoryBytes: 3 * MB }), server(51, 50), fake(60)]);
    const on = actionsOn(world, { onStopped: async (one) => stopped.push(one) });
    await perform(on, request({ type: 'all' }), 'ALL');
    expect(stopped).toEqual([
      {
        sessionId: SESSION.sessionId,
        name: 'p50',
        projectDir: '/work/a',
        user: 'dana',
        pid: 50,
        endedAtMs: expect.any(Number),
        action: 'KILL_ALL_PROCESSES',
        freedBytes: 4 * MB,
        resume: null,
      },
    ]);
  });
});
