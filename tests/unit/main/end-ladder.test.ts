import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { climb, GRACE_MS, isGone, waitUntilGone } from '../../../src/main/end-ladder.js';
import type { Identity } from '../../../src/main/platform/index.js';
import { aView } from '../../fakes/a-view.js';
import type { Tree } from '../../fakes/real-processes.js';
import { createPlayground, fastClock, lives, platform, realClock, statOf, until } from '../../fakes/real-processes.js';
import type { FakeProcess } from '../../fakes/recording-platform.js';
import { createWorld } from '../../fakes/recording-platform.js';

const DONE = { outcome: 'done', reason: null, id: 'done', signal: 'SIGTERM', gone: true };

describe('in a scripted world', () => {
  const target: Identity = { key: { pid: 50, startedAt: 's50' }, uid: 1000, exeId: '1:50', state: 'S' };
  const set = (over: Partial<FakeProcess> = {}) => {
    const world = createWorld([{ view: aView(50), exeId: '1:50', ...over }]);
    return { world, parts: { platform: world.platform, clock: world.clock } };
  };
  const steps = ({ sent }: ReturnType<typeof createWorld>) => sent.map(({ intent, outcome, atMs }) => `${intent} ${outcome} ${atMs}`);

  it('waits the whole grace, and forces only then and only if it may', async () => {
    for (const [force, sent] of [
      [false, ['ask sent 0']],
      [true, ['ask sent 0', `force sent ${GRACE_MS}`]],
    ] as const) {
      const { world, parts } = set({ endsAfterMs: null });
      await climb(parts, target, () => force);
      expect(steps(world)).toEqual(sent);
    }
  });

  it('does not force what was protected within the grace', async () => {
    const { world, parts } = set({ endsAfterMs: null });
    let may = true;
    world.at(3_000, () => {
      may = false;
    });
    expect(await climb(parts, target, () => may)).toMatchObject({ outcome: 'failed', id: 'timeout', signal: 'SIGTERM' });
    expect(steps(world)).toEqual(['ask sent 0']);
  });

  it('does not force what goes in the last moment', async () => {
    const { world, parts } = set({ endsAfterMs: GRACE_MS });
    expect(await climb(parts, target, () => true)).toEqual(DONE);
    expect(steps(world)).toEqual(['ask sent 0']);
  });

  it('does not force what became another program or another process meanwhile', async () => {
    const exec = set({ endsAfterMs: null });
    exec.world.at(100, () => exec.world.update(50, { exeId: '9:9' }));
    expect(await climb(exec.parts, target, () => true)).toEqual({
      outcome: 'failed',
      reason: 'changed',
      id: 'changed',
      signal: 'SIGTERM',
      gone: false,
    });
    expect(steps(exec.world)).toEqual(['ask sent 0', `force changed ${GRACE_MS}`]);

    const reused = set({ endsAfterMs: null });
    reused.world.at(100, () => reused.world.spawn({ view: aView(50, { key: { pid: 50, startedAt: 'new' } }), exeId: '1:50' }));
    expect(await climb(reused.parts, target, () => true)).toEqual(DONE);
    expect(steps(reused.world)).toEqual(['ask sent 0']);
  });

  it('takes a pid that changed hands at the last moment for an end', async () => {
    const { world, parts } = set({ endsAfterMs: null });
    const signal: typeof world.platform.signal = (identity, intent) => {
      if (intent === 'force') world.spawn({ view: aView(50, { key: { pid: 50, startedAt: 'new' } }), exeId: '1:50' });
      return world.platform.signal(identity, intent);
    };
    expect(await climb({ ...parts, platform: { ...world.platform, signal } }, target, () => true)).toEqual(DONE);
    expect([...world.processes.keys()]).toEqual([50]);
  });

  it('says that it became another program where nobody wants force', async () => {
    const { world, parts } = set({ endsAfterMs: null });
    world.at(100, () => world.update(50, { exeId: '9:9' }));
    expect(await climb(parts, target, () => false)).toEqual({
      outcome: 'failed',
      reason: 'changed',
      id: 'changed',
      signal: 'SIGTERM',
      gone: false,
    });
  });

  it('wakes one that stops during the grace, once', async () => {
    const { world, parts } = set({ endsAfterMs: null });
    for (const atMs of [500, 1_500]) world.at(atMs, () => world.update(50, { over: { state: 'T' } }));
    await climb(parts, target, () => false);
    expect(steps(world)).toEqual(['ask sent 0', 'continue sent 500']);
  });

  it('takes a zombie for gone, and somebody whom it may not look at for nobody known', async () => {
    const zombie = set({ view: aView(50, { state: 'Z' }) });
    expect([isGone(zombie.parts, target), await climb(zombie.parts, target, () => true)]).toEqual([
      true,
      { outcome: 'skipped', reason: 'gone', id: 'gone', signal: null, gone: true },
    ]);
    const hidden = set({ view: aView(50, { key: { pid: 50, startedAt: '' } }) });
    expect([isGone(hidden.parts, target), await climb(hidden.parts, target, () => true)]).toEqual([
      false,
      { outcome: 'skipped', reason: 'changed', id: 'changed', signal: null, gone: false },
    ]);
  });
});

describe('on real processes', () => {
  const playground = createPlayground();
  let bystanders: Identity[] = [];
  const parts = { platform, clock: realClock };
  const deaf = { platform, clock: fastClock };

  const start = async (script: string, name = 'target', exe = '2.1.330'): Promise<{ tree: Tree; target: Identity }> => {
    const tree = playground.start(script);
    const target = await tree.find(name, exe);
    bystanders = [tree.parent(), await tree.find('sibling', 'sleep')];
    return { tree, target };
  };

  afterEach(async () => {
    const harmed = bystanders.filter((identity) => !lives(identity));
    bystanders = [];
    await playground.clear();
    expect(harmed).toEqual([]);
  });
  afterAll(playground.close);

  it('ends one of a group by asking', async () => {
    const { target } = await start('(exec -a claude "$ENGINE" 300) & echo target $!');
    expect(await climb(parts, target, () => false)).toEqual(DONE);
    expect(lives(target)).toBe(false);
  });

  const DEAF = `(trap '' TERM; exec -a claude "$ENGINE" 300) & echo target $!`;

  it('leaves one that does not listen, unless force was chosen', async () => {
    const { target } = await start(DEAF);
    expect(await climb(deaf, target, () => false)).toEqual({
      outcome: 'failed',
      reason: 'timeout',
      id: 'timeout',
      signal: 'SIGTERM',
      gone: false,
    });
    expect(lives(target)).toBe(true);
    expect(await climb(deaf, target, () => true)).toEqual({ outcome: 'done', reason: null, id: 'forced', signal: 'SIGKILL', gone: true });
    expect(lives(target)).toBe(false);
  });

  it('wakes a stopped one, so that it can end', async () => {
    const { target } = await start('(exec -a claude "$ENGINE" 300) & echo target $!');
    process.kill(target.key.pid, 'SIGSTOP');
    await until(() => statOf(target.key.pid)?.state === 'T');
    expect(await climb(parts, target, () => false)).toEqual(DONE);
  });

  it('signals no other program under the same pid and stamp', async () => {
    const { target } = await start(
      `("$SHELL_ENGINE" -c 'trap "exec sleep 300" USR1; echo target $BASHPID; while :; do read -r -t 0.05 _ <> <(:); done') &`,
      'target',
      '2.1.331',
    );
    process.kill(target.key.pid, 'SIGUSR1');
    await until(() => platform.identify(target.key.pid)?.exeId !== target.exeId);
    expect(await climb(parts, target, () => true)).toEqual({
      outcome: 'skipped',
      reason: 'changed',
      id: 'changed',
      signal: null,
      gone: false,
    });
    expect(lives(target)).toBe(true);
  });

  it('does not kill what has become another program after it was asked', async () => {
    const { target } = await start(
      `("$SHELL_ENGINE" -c 'trap "exec sleep 300" TERM; echo target $BASHPID; while :; do read -r -t 0.05 _ <> <(:); done') &`,
      'target',
      '2.1.331',
    );
    expect(await climb(deaf, target, () => true)).toEqual({
      outcome: 'failed',
      reason: 'changed',
      id: 'changed',
      signal: 'SIGTERM',
      gone: false,
    });
    expect(lives(target)).toBe(true);
  });

  it('does nothing to one that has ended, be it a zombie still', async () => {
    const { tree, target } = await start(`("$SHELL_ENGINE" -c '"$ENGINE" 300 & echo target $!; exec sleep 300') & echo holder $!`);
    await tree.find('holder', 'sleep');
    process.kill(target.key.pid, 'SIGKILL');
    await until(() => statOf(target.key.pid)?.state === 'Z');
    expect(await climb(parts, target, () => true)).toEqual({ outcome: 'skipped', reason: 'gone', id: 'gone', signal: null, gone: true });
  });

  it('does nothing to one whose stamp is another', async () => {
    const { target } = await start('(exec -a claude "$ENGINE" 300) & echo target $!');
    const older = { ...target, key: { ...target.key, startedAt: `${BigInt(target.key.startedAt) - 1n}` } };
    expect(await climb(parts, older, () => true)).toEqual({ outcome: 'skipped', reason: 'gone', id: 'gone', signal: null, gone: true });
    expect(lives(target)).toBe(true);
  });

  it('sees an end that it did not cause', async () => {
    const { target } = await start('(exec -a claude "$ENGINE" 300) & echo target $!');
    const waiting = waitUntilGone(parts, target, 60_000);
    process.kill(target.key.pid, 'SIGKILL');
    expect(await waiting).toBe(true);
  });
});
