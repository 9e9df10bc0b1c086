import { describe, expect, it } from 'vitest';
import { selectCleanup } from '../../../src/shared/cleanup-selection.js';
import type { GlobalSettings } from '../../../src/shared/config.js';
import type { GuardContext } from '../../../src/shared/guard.js';
import type { ProcessView } from '../../../src/shared/types.js';
import { aConfig, aLook, anIdle, anOrphan, HOUR_MS, MINUTE_MS, play, START_MS, times, tree } from '../../fakes/a-policy.js';
import { aGuard } from '../../fakes/a-view.js';

const OLD: Partial<GlobalSettings> = { auto_cleanup_old_enabled: true };

const select = (processes: readonly ProcessView[], settings: Partial<GlobalSettings> = {}, guard: Partial<GuardContext> = {}) => {
  const { candidates, skips } = selectCleanup(aLook(processes, START_MS), aConfig(settings), aGuard(guard));
  return {
    taken: candidates.map(({ key, cause }) => `${key.pid} ${cause}`),
    left: skips.map(({ key, refusal }) => `${key.pid} ${refusal.id}`),
  };
};

describe('selectCleanup', () => {
  it('takes left-overs beyond doubt, and leaves each other one with its reason', () => {
    const rows = [
      anOrphan(100),
      anOrphan(101, { startedAtMs: START_MS - 9 * MINUTE_MS }),
      anOrphan(102, { leftOver: 'unknown' }),
      anOrphan(103, { uid: 1001, user: 'eve' }),
      anOrphan(104, { kind: 'cli-session', activity: 'busy' }),
      anOrphan(105, { startedAtMs: null }),
      anIdle(106),
    ];
    expect(select(rows)).toEqual({
      taken: ['100 orphan'],
      left: ['101 tooYoung', '103 otherUser', '105 ageUnknown', '102 autoPossible', '104 notIdleBusy'],
    });
  });

  it('takes nothing that is switched off', () => {
    expect(select([anOrphan(100), anIdle(101)], { orphan_cleanup_enabled: false })).toEqual({ taken: [], left: [] });
  });

  it('takes old, idle sessions only where that is switched on, those that are idle longest first', () => {
    const rows = [
      anIdle(100),
      anIdle(101, { activeSinceMs: START_MS - 4 * HOUR_MS }),
      anIdle(102, { activity: 'waiting' }),
      anIdle(103, { activity: 'busy' }),
      anIdle(104, { activity: 'unknown', session: null }),
      anIdle(105, { activeSinceMs: START_MS - 119 * MINUTE_MS }),
      anIdle(106, { tty: 'pts/3' }),
      anIdle(107, { tty: null }),
      anIdle(108, { kind: 'bg-session' }),
      anOrphan(109),
    ];
    expect(select(rows).taken).toEqual(['109 orphan']);
    expect(select(rows, OLD)).toEqual({
      taken: ['109 orphan', '101 old', '100 old'],
      left: [
        '102 notIdleWaiting',
        '103 notIdleBusy',
        '104 notIdleUnknown',
        '105 notIdleLong',
        '108 bgSessionUnknownJob',
        '106 autoAttached',
        '107 autoAttached',
      ],
    });
    expect(select([anIdle(106, { tty: 'pts/3' })], { ...OLD, auto_cleanup_attached_enabled: true }).taken).toEqual(['106 old']);
  });

  it('stays with its own user, and with everybody only for root who asked for it', () => {
    const rows = [anOrphan(100, { uid: 1001, user: 'eve' })];
    const root = { selfUid: 0, isRoot: true };
    expect(select(rows, { cleanup_scope: 'all' }).taken).toEqual([]);
    expect(select(rows, {}, root)).toEqual({ taken: [], left: ['100 autoForeign'] });
    expect(select(rows, { cleanup_scope: 'all' }, root).taken).toEqual(['100 orphan']);
  });

  it('lets protection win', () => {
    expect(select([anOrphan(100)], {}, { protectRules: [{ by: 'pid', value: '100' }] })).toEqual({ taken: [], left: ['100 protectPid'] });
  });
});

describe('limits that are enforced', () => {
  const enforce = (row: object) => aConfig({}, { limits: { dana: { enforce: 'end', ...row } } });
  const runs = (rows: readonly ProcessView[], row: object, looks = 3) =>
    play(times(looks, rows), { config: enforce(row), context: { mode: 'automatic' } }).map(({ run }) =>
      run === null ? null : run.intents.map(({ key, metric }) => `${key.pid} ${metric}`),
    );

  it('end what is too many at the third look: left over first, then idle longest; never busy, waiting or unknown', () => {
    const rows = [
      anIdle(100, { activity: 'busy' }),
      anIdle(101, { activity: 'waiting' }),
      anIdle(102),
      anIdle(103, { activeSinceMs: START_MS - 4 * HOUR_MS }),
      anIdle(104, { leftOver: 'yes', reparented: true, activeSinceMs: START_MS - HOUR_MS }),
      anIdle(105, { activity: 'unknown' }),
    ];
    expect(runs(rows, { max_processes: 3 })).toEqual([null, null, ['104 sessions', '103 sessions', '102 sessions']]);
    expect(runs(rows, { max_processes: 5 })).toEqual([null, null, ['104 sessions']]);
    expect(runs(rows, { max_processes: 6 })).toEqual([null, null, null]);
    expect(runs([anIdle(100, { activity: 'busy' }), anIdle(101, { activity: 'busy' })], { max_processes: 1 })).toEqual([null, null, []]);
  });

  it('end the session itself that is over a limit of its own, where it is idle', () => {
    const rows = [anIdle(100, { tree: tree(300_000_000) }), anIdle(101, { activity: 'busy', tree: tree(300_000_000) })];
    expect(runs(rows, { memory_limit_mb: 200 })).toEqual([null, null, ['100 memory']]);
    expect(runs([anIdle(100)], { max_runtime_hours: 4 })).toEqual([null, null, ['100 runtime']]);
  });

  it('only alert where that is the choice, and whoever has no row', () => {
    expect(runs([anIdle(100)], { max_runtime_hours: 4, enforce: 'alert' })).toEqual([null, null, null]);
    expect(runs([anIdle(100, { user: 'eve' })], { max_runtime_hours: 4 })).toEqual([null, null, null]);
  });

  it('do not name the same session again within 15 minutes', () => {
    const all = runs([anIdle(100)], { max_runtime_hours: 4 }, 200);
    expect(all.flatMap((run, index) => (run ? [index] : []))).toEqual([2, 182]);
  });
});
