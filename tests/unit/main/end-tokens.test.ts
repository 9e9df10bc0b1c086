import { describe, expect, it } from 'vitest';
import type { On } from '../../fakes/actions-on.js';
import {
  actionsOn,
  brief,
  CALLER,
  done,
  end,
  fake,
  fieldsOf,
  key,
  previewAndEnd,
  previewOf,
  server,
  signals,
  valueIn,
} from '../../fakes/actions-on.js';
import type { World } from '../../fakes/recording-platform.js';
import { createWorld } from '../../fakes/recording-platform.js';

describe('tokens', () => {
  const refused = async (on: On, world: World, answer: ReturnType<typeof end>, reason: string, id: string) => {
    expect(await answer).toEqual({ ok: false, failure: { reason, id } });
    expect(world.sent).toEqual([]);
    expect(on.entries.map((entry) => [entry.level, fieldsOf(entry)['Result'], fieldsOf(entry)['Reason']])).toEqual([
      ['INFO', 'refused', `${reason} (${id})`],
    ]);
  };
  const set = async () => {
    const world = createWorld([fake(50), fake(60)]);
    const on = actionsOn(world);
    return { world, on, preview: await previewOf(on, [50]) };
  };

  it.each([
    ['forged', (token: string) => `${token}x`],
    ['shortened', (token: string) => token.slice(0, -1)],
    ['of another list', (token: string) => token.replace(/\..*/, '.AAAA')],
    ['empty', () => ''],
  ])('refuses a %s token', async (_, forge) => {
    const { world, on, preview } = await set();
    await refused(on, world, end(on, { ...preview, token: forge(preview.token ?? '') }), 'invalid', 'previewInvalid');
  });

  it('refuses another caller, and the token is spent by the attempt', async () => {
    const { world, on, preview } = await set();
    await refused(on, world, end(on, preview, [key(50)], 'window-2'), 'invalid', 'previewInvalid');
    expect(await end(on, preview)).toEqual({ ok: false, failure: { reason: 'invalid', id: 'previewInvalid' } });
    expect(world.sent).toEqual([]);
  });

  it('refuses a second use', async () => {
    const { world, on, preview } = await set();
    await end(on, preview);
    world.spawn(fake(50));
    expect(await end(on, preview)).toEqual({ ok: false, failure: { reason: 'invalid', id: 'previewInvalid' } });
    expect(signals(world)).toEqual(['50 ask sent']);
  });

  it('refuses the whole command where one key is not in the list, and spends the token', async () => {
    const { world, on, preview } = await set();
    await refused(on, world, end(on, preview, [key(50), key(60)]), 'invalid', 'previewOther');
    expect(await end(on, preview)).toEqual({ ok: false, failure: { reason: 'invalid', id: 'previewInvalid' } });
    const other = await previewOf(on, [50]);
    expect((await end(on, other, [{ pid: 50, startedAt: 'older' }])).ok).toBe(false);
    expect(world.sent).toEqual([]);
  });

  it.each([
    ['after five minutes', 300_000, 300_000, 'previewExpired'],
    ['when only the wall clock says so: the machine slept', 300_000, 10, 'previewExpired'],
    ['when only the steady clock says so: the wall clock was set back', 0, 300_000, 'previewExpired'],
    ['when the wall clock stands before its issue', -1, 10, 'previewExpired'],
    ['just before', 299_999, 299_999, null],
  ])('expires %s', async (_, wallMs, steadyMs, id) => {
    const world = createWorld([fake(50)]);
    const skew = { wallMs: 0, steadyMs: 0 };
    const clock = {
      ...world.clock,
      now: () => world.clock.now() + skew.wallMs,
      monotonicMs: () => world.clock.monotonicMs() + skew.steadyMs,
    };
    const on = actionsOn(world, { clock });
    const preview = await previewOf(on, [50]);
    Object.assign(skew, { wallMs, steadyMs });
    if (id) await refused(on, world, end(on, preview), 'expired', id);
    else expect(brief(valueIn(await end(on, preview)))).toEqual([done(50)]);
  });

  it('keeps the twenty youngest previews', async () => {
    const { world, on, preview } = await set();
    for (let i = 0; i < 20; i++) await previewOf(on, [60]);
    await refused(on, world, end(on, preview), 'invalid', 'previewInvalid');
  });

  it('answers at most ten calls in ten seconds', async () => {
    const { world, on, preview } = await set();
    for (let i = 0; i < 10; i++) await end(on, { ...preview, token: 'forged' });
    expect(await end(on, preview)).toEqual({ ok: false, failure: { reason: 'denied', id: 'tooManyRequests' } });
    expect(world.sent).toEqual([]);
    await world.clock.sleep(10_000);
    expect(brief(await previewAndEnd(on, [50]))).toEqual([done(50)]);
  });

  it('spends a cancelled one, with a line for what was chosen; a stranger cannot read it off', async () => {
    const world = createWorld([fake(50), server(51, 50)]);
    const on = actionsOn(world);
    const preview = await previewOf(on, [50]);
    expect(await on.actions.cancelPreview({ token: preview.token ?? '', caller: CALLER })).toEqual({ ok: true, value: null });
    expect(on.entries.map(fieldsOf)).toEqual([{ PID: '50', User: 'dana', Kind: 'cli-session', Result: 'cancelled', Reason: 'cancelled' }]);
    expect(await on.actions.cancelPreview({ token: preview.token ?? '', caller: CALLER })).toEqual({ ok: true, value: null });
    expect(on.entries.length).toBe(1);
    expect((await end(on, preview)).ok).toBe(false);
    expect(world.sent).toEqual([]);
  });
});
