import { describe, expect, it } from 'vitest';
import type { Elevate, ElevateReason, ElevateResult } from '../../../src/main/elevate.js';
import type { ActionRequest, StoppedSession } from '../../../src/shared/api.js';
import { acceptedKeys } from '../../../src/shared/end-plan.js';
import type { ProcessView } from '../../../src/shared/types.js';
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
  valueIn,
} from '../../fakes/actions-on.js';
import { helperOn } from '../../fakes/fake-helper.js';
import type { FakeProcess } from '../../fakes/recording-platform.js';
import { createWorld } from '../../fakes/recording-platform.js';

const SESSION = aSession();

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
      const { targets, excluded } = await previewRequest(on, request(keysOf(50, 60), over));
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
    const preview = await previewRequest(on, elevated(50, 60, 61, 62));
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
    const preview = await previewRequest(on, elevated(60, 61));
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
    const preview = await previewRequest(on, elevated(70));
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
