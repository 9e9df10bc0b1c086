import { describe, expect, it } from 'vitest';
import type { Elevate, ElevateReason, ElevateResult } from '../../../src/main/elevate.js';
import type { ActionRequest, ActionScope, StoppedSession } from '../../../src/shared/api.js';
import { parseConfig } from '../../../src/shared/config.js';
import { acceptedKeys } from '../../../src/shared/end-plan.js';
import type { ProcessView } from '../../../src/shared/types.js';
import { toEnd } from '../../fakes/a-view.js';
import type { On } from '../../fakes/actions-on.js';
import { actionsOn, brief, CALLER, done, fake, fieldsOf, key, server, signals, skipped, valueIn } from '../../fakes/actions-on.js';
import { helperOn } from '../../fakes/fake-helper.js';
import type { FakeProcess } from '../../fakes/recording-platform.js';
import { createWorld } from '../../fakes/recording-platform.js';

const MB = 1_048_576;
const SESSION: NonNullable<ProcessView['session']> = {
  sessionId: '00000000-0000-4000-8000-000000000050',
  name: 'work',
  projectDir: '/work/a',
  version: null,
  entrypoint: null,
  jobId: null,
  configDir: '/home/dana/.claude',
};
const request = (scope: ActionScope, over: Partial<ActionRequest> = {}): ActionRequest => ({ ...toEnd([]), scope, ...over });
const keysOf = (...pids: readonly number[]): ActionScope => ({ type: 'keys', keys: pids.map(key) });
const previewOf = async ({ actions }: On, asked: ActionRequest) => valueIn(await actions.previewAction(asked, { caller: CALLER }));
const perform = async (on: On, asked: ActionRequest, confirmation: string | null = null) => {
  const preview = await previewOf(on, asked);
  const keys = acceptedKeys(preview, { includeWarned: true });
  return on.actions.performAction({ token: preview.token ?? 'none', keys, confirmation, caller: CALLER });
};
const logOf = ({ entries }: On) => entries.map((entry) => [entry.level, entry.action, fieldsOf(entry)['PID'] ?? fieldsOf(entry)['Mortos']]);

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
      const preview = await previewOf(on, request(keysOf(pid), over));
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
    const { token } = await previewOf(on, request({ type: 'all' }));
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
    expect((await previewOf(on, request({ type: 'orphans' }))).token).toBeNull();
    const { token } = await previewOf(on, request({ type: 'all' }));
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
    const preview = await previewOf(on, request({ type: 'old', hours: null }));
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

describe('other verbs', () => {
  it('stop a session first and let it go on last', async () => {
    const world = createWorld([fake(50), server(51, 50)]);
    const on = actionsOn(world);
    await perform(on, request(keysOf(50), { verb: 'pause' }));
    await perform(on, request(keysOf(50), { verb: 'continue' }));
    expect(signals(world)).toEqual(['50 pause sent', '51 pause sent', '51 continue sent', '50 continue sent']);
    expect(logOf(on).map(([, action, pid]) => [action, pid])).toEqual([
      ['PAUSE', '50'],
      ['PAUSE', '51'],
      ['CONTINUE', '51'],
      ['CONTINUE', '50'],
    ]);
  });

  it('leave the rest running where the session may not be stopped', async () => {
    const world = createWorld([fake(50, {}, { denies: true }), server(51, 50)]);
    const report = valueIn(await perform(actionsOn(world), request(keysOf(50), { verb: 'pause' })));
    expect(brief(report).map(({ outcome, id }) => [outcome, id])).toEqual([
      ['failed', 'denied'],
      ['skipped', 'ownerStayed'],
    ]);
    expect(world.processes.get(51)?.view.state).toBe('S');
  });

  it('set a priority, and say who may not', async () => {
    const world = createWorld([fake(50, {}, { holdsNice: true }), fake(60)]);
    const on = actionsOn(world);
    const report = valueIn(await perform(on, request(keysOf(50, 60), { verb: 'priority', priority: 'high' })));
    expect(brief(report)).toEqual([
      { pid: 50, outcome: 'failed', reason: 'denied', id: 'priorityDenied', signal: null },
      done(60, null, 'prioritySet'),
    ]);
    expect([signals(world), report.freedBytes]).toEqual([['50 nice -5 denied', '60 nice -5 sent'], 0]);
    expect(on.entries.map((entry) => [entry.action, fieldsOf(entry)['Priority']])).toEqual([
      ['SET_PRIORITY', 'high'],
      ['SET_PRIORITY', 'high'],
    ]);
  });

  it('warn of a busy session only where it is paused, and leave background sessions alone', async () => {
    const background = fake(60, { kind: 'bg-session', session: { ...SESSION, jobId: '0123abcd' } });
    const on = actionsOn(createWorld([fake(50, { activity: 'busy', tty: 'pts/1' }), background]));
    const warningsOf = async (over: Partial<ActionRequest>) => {
      const { targets, excluded } = await previewOf(on, request(keysOf(50, 60), over));
      return [targets.map(({ ticked, warnings }) => [ticked, ...warnings.map(({ id }) => id)]), excluded.map(({ refusal }) => refusal.id)];
    };
    expect(await warningsOf({ verb: 'pause' })).toEqual([[[false, 'busy']], ['bgSessionOnlyEnds']]);
    expect(await warningsOf({ verb: 'priority', priority: 'low' })).toEqual([[[true]], ['bgSessionOnlyEnds']]);
  });
});

it('keeps of what rules have ended by themselves that nobody asked for it', async () => {
  const kept: StoppedSession[] = [];
  const on = actionsOn(createWorld([fake(50, { session: SESSION })]), { onStopped: async (one) => kept.push(one) });
  const asked = await on.actions.previewAction(request(keysOf(50)), { caller: CALLER, automatic: true });
  const preview = valueIn(asked);
  const keys = acceptedKeys(preview, { includeWarned: true });
  valueIn(await on.actions.performAction({ token: preview.token ?? 'none', keys, confirmation: null, caller: CALLER }));
  expect(kept.map(({ pid, action }) => [pid, action])).toEqual([[50, 'AUTO_CLEANUP']]);
});

describe('as administrator', () => {
  const eve = (pid: number, over: Partial<ProcessView> = {}) => fake(pid, { uid: 1001, user: 'eve', ...over });
  const elevated = (...pids: readonly number[]) => request(keysOf(...pids), { elevated: true });
  const set = (answer: (world: ReturnType<typeof createWorld>) => Elevate, more: readonly FakeProcess[] = []) => {
    const world = createWorld([fake(50), eve(60), eve(61), fake(62, { uid: 33, user: 'www-data' }), ...more]);
    const asked: unknown[] = [];
    const act = answer(world);
    const elevate: Elevate = async (targets, intent) => {
      asked.push([
        targets.map(({ identity, below }) => (below === null ? identity.key.pid : `${identity.key.pid} after ${below}`)),
        intent,
      ]);
      return act(targets, intent);
    };
    return { world, asked, on: actionsOn(world, { elevate }) };
  };
  it('hands the others’ processes over at once, ends its own itself, and never touches the system’s', async () => {
    const { on, world, asked } = set(helperOn);
    const preview = await previewOf(on, elevated(50, 60, 61, 62));
    expect(preview.excluded.map(({ key: { pid }, refusal }) => [pid, refusal.id])).toEqual([[62, 'systemUser']]);
    expect(brief(valueIn(await perform(on, elevated(50, 60, 61, 62))))).toEqual([done(50), done(60), done(61)]);
    expect(asked).toEqual([[[60, 61], 'ask']]);
    expect(signals(world).sort()).toEqual(['50 ask sent', '60 ask sent', '61 ask sent']);
    const prompts = on.entries.filter(({ action }) => action === 'ELEVATE');
    expect(prompts.map((entry) => [entry.level, fieldsOf(entry)])).toEqual([
      ['INFO', { PID: '60, 61', Result: 'asked' }],
      ['SUCCESS', { PID: '60, 61', Result: 'done' }],
    ]);
  });

  it('asks for nobody who changed before the prompt, and believes its own eyes after it', async () => {
    const { on, world, asked } = set(() => async () => ({
      ok: true,
      results: new Map([
        [60, 'asked' as const],
        [61, 'gone' as const],
      ]),
    }));
    const preview = await previewOf(on, elevated(60, 61));
    world.update(61, { exeId: '9:9' });
    const keys = acceptedKeys(preview, { includeWarned: true });
    const report = valueIn(await on.actions.performAction({ token: preview.token ?? '', keys, confirmation: null, caller: CALLER }));
    // The helper said that it was asked, yet it is there.
    expect(brief(report).map(({ pid, id }) => [pid, id])).toEqual([
      [61, 'changed'],
      [60, 'timeout'],
    ]);
    expect(asked).toEqual([[[60], 'ask']]);
  });

  const forced = (...pids: readonly number[]) => request(keysOf(...pids), { elevated: true, force: true });
  const bySession = { kind: 'mcp-server', ppid: 70, owner: key(70) } as const;

  it('ends what a session owns after it, in the same prompt, and not at all where the session stays', async () => {
    const people = [eve(70), eve(71, bySession), eve(72, bySession)];
    people[2] = { ...people[2], ...eve(72, bySession), endsAfterMs: null };
    const obeys = set(helperOn, people);
    const { results } = valueIn(await perform(obeys.on, elevated(70)));
    expect(results.map(({ key: { pid }, id, signal }) => [pid, id, signal])).toEqual([
      [70, 'done', 'SIGTERM'],
      [71, 'done', 'SIGTERM'],
      [72, 'timeout', 'SIGTERM'],
    ]);
    expect(obeys.asked).toEqual([[[70, '71 after 70', '72 after 70'], 'ask']]);
    const order = obeys.world.sent.map(({ target }) => target.key.pid);
    expect(order[0]).toBe(70);

    const stays = set(helperOn, [{ ...eve(70), endsAfterMs: null }, eve(71, bySession)]);
    const kept = valueIn(await perform(stays.on, elevated(70)));
    expect(kept.results.map(({ key: { pid }, outcome, id }) => [pid, outcome, id])).toEqual([
      [70, 'failed', 'timeout'],
      [71, 'skipped', 'ownerStayed'],
    ]);
    expect(stays.world.sent.map(({ target }) => target.key.pid)).toEqual([70]);
  });

  it('asks before it kills, and kills only who stayed', async () => {
    const { on, world } = set(helperOn, [{ ...eve(70), endsAfterMs: null, diesAfterMs: 0 }]);
    const { results } = valueIn(await perform(on, forced(60, 70)));
    expect(results.map(({ key: { pid }, id, signal }) => [pid, id, signal])).toEqual([
      [60, 'done', 'SIGTERM'],
      [70, 'forced', 'SIGKILL'],
    ]);
    expect(signals(world).sort()).toEqual(['60 ask sent', '70 ask sent', '70 force sent']);
  });

  it('keeps what belongs to a session that changed before the prompt out of it', async () => {
    const { on, world, asked } = set(helperOn, [eve(70), eve(71, bySession)]);
    const preview = await previewOf(on, elevated(70));
    world.update(70, { exeId: '9:9' });
    const keys = acceptedKeys(preview, { includeWarned: true });
    const report = valueIn(await on.actions.performAction({ token: preview.token ?? '', keys, confirmation: null, caller: CALLER }));
    expect([report.results.map(({ id }) => id), asked]).toEqual([['changed', 'ownerStayed'], []]);
  });

  it.each<[ElevateResult, string, string, string | null]>([
    ['gone', 'skipped', 'gone', null],
    ['changed', 'skipped', 'changed', null],
    ['denied', 'failed', 'denied', null],
    ['kept', 'skipped', 'ownerStayed', null],
    ['left', 'failed', 'unexpected', null],
    ['asked', 'failed', 'timeout', 'SIGTERM'],
    ['ended', 'failed', 'timeout', 'SIGTERM'],
    ['stayed', 'failed', 'timeout', 'SIGTERM'],
    ['became', 'failed', 'changed', 'SIGTERM'],
    ['killed', 'failed', 'stuck', 'SIGKILL'],
    ['stuck', 'failed', 'stuck', 'SIGKILL'],
    ['signalled', 'failed', 'stuck', 'SIGKILL'],
  ])('makes of “%s”, where the process is still there: %s (%s)', async (said, outcome, id, signal) => {
    const { on } = set(() => async () => ({ ok: true, results: new Map([[60, said]]) }));
    const { results } = valueIn(await perform(on, forced(60)));
    expect(results.map((one) => [one.outcome, one.id, one.signal])).toEqual([[outcome, id, signal]]);
  });

  it.each<[ElevateReason, string | null, string, string]>([
    ['dismissed', null, 'skipped', 'elevateDismissed'],
    ['notAuthorised', null, 'failed', 'elevateNotAuthorised'],
    ['noAgent', 'sudo x', 'skipped', 'elevateNoAgent'],
    ['notInstalled', 'sudo x', 'skipped', 'elevateNotInstalled'],
    ['notInstalled', null, 'failed', 'elevateFailed'],
    ['failed', null, 'failed', 'elevateFailed'],
  ])('says of a prompt that was %s (%s) what came of it', async (reason, command, outcome, id) => {
    const { on, world } = set(() => async () => ({ ok: false, reason, command }));
    const { results } = valueIn(await perform(on, elevated(60)));
    expect(results.map((one) => [one.outcome, one.id, one.values?.['command'] ?? null])).toEqual([
      [outcome, id, id === 'elevateFailed' ? null : command],
    ]);
    expect(world.sent).toEqual([]);
    expect(on.entries.filter(({ action }) => action === 'ELEVATE').map((entry) => fieldsOf(entry)['Reason'])).toEqual([undefined, reason]);
  });

  it('is refused where there is no prompt, and for more than one prompt takes', async () => {
    const none = actionsOn(createWorld([eve(60)]));
    expect(await perform(none, elevated(60))).toEqual({ ok: false, failure: { reason: 'denied', id: 'elevateUnavailable' } });
    const pids = Array.from({ length: 65 }, (_, i) => 100 + i);
    const world = createWorld(pids.map((pid) => eve(pid)));
    const many = actionsOn(world, { elevate: helperOn(world) });
    expect(await perform(many, elevated(...pids))).toEqual({ ok: false, failure: { reason: 'invalid', id: 'elevateTooMany' } });
    expect(world.sent).toEqual([]);
  });
});
