import { describe, expect, it } from 'vitest';
import { createPolicyState, rehearse } from '../../../src/shared/policy.js';
import { aConfig, aLook, anIdle, anOrphan, MINUTE_MS, play, START_MS, times } from '../../fakes/a-policy.js';
import { aGuard } from '../../fakes/a-view.js';

const orphans = (count: number) => Array.from({ length: count }, (_, index) => anOrphan(100 + index));
const automatic = { mode: 'automatic' } as const;

describe('runs of automatic cleanup', () => {
  it('come at their interval, never at the start', () => {
    const config = aConfig({ auto_cleanup_interval_minutes: 2 });
    const due = play(times(9, orphans(1)), { config, context: automatic, stepMs: 30_000 }).map(({ run }) => run !== null);
    expect(due).toEqual([false, false, false, false, true, false, false, false, true]);
  });

  it.each([
    ['switched off', aConfig({ auto_cleanup_enabled: false, auto_cleanup_interval_minutes: 1 }), automatic],
    ['read-only', aConfig({ read_only: true, auto_cleanup_interval_minutes: 1 }), automatic],
    ['paused', aConfig({ auto_cleanup_interval_minutes: 1 }), { mode: 'off' } as const],
    ['under way', aConfig({ auto_cleanup_interval_minutes: 1 }), { ...automatic, busy: true }],
  ])('do not come when it is %s', (_name, config, context) => {
    expect(play(times(10, orphans(1)), { config, context, stepMs: MINUTE_MS }).every(({ run }) => run === null)).toBe(true);
  });

  it('take no more than the batch, and say of the rest that they wait', () => {
    const config = aConfig({ auto_cleanup_interval_minutes: 1, auto_cleanup_batch_limit: 2 });
    const run = play(times(2, orphans(3)), { config, context: automatic, stepMs: MINUTE_MS }).at(-1)?.run;
    expect(run?.intents.map(({ key }) => key.pid)).toEqual([100, 101]);
    expect(run?.skips.map(({ key, refusal }) => [key.pid, refusal.id, refusal.values])).toEqual([[102, 'autoBatch', { count: 2 }]]);
  });

  it('give out 20 an hour at most, also counting those of before the start', () => {
    const config = aConfig({ auto_cleanup_interval_minutes: 1 });
    const given = (state = createPolicyState()) =>
      play(times(59, orphans(30)), { config, context: automatic, stepMs: MINUTE_MS, state }).reduce(
        (sum, { run }) => sum + (run?.intents.length ?? 0),
        0,
      );
    expect(given()).toBe(20);
    expect(given(createPolicyState(Array.from({ length: 18 }, () => 0)))).toBe(2);
    // Half an hour old: free again after another half.
    expect(given(createPolicyState(Array.from({ length: 20 }, () => 30 * MINUTE_MS)))).toBe(20);
  });

  it('only report as much as they would take, and count it as nothing', () => {
    const config = aConfig({ auto_cleanup_interval_minutes: 1 });
    const reports = play(times(10, orphans(7)), { config, context: { mode: 'report' }, stepMs: MINUTE_MS });
    expect(reports.map(({ run }) => run?.intents.length ?? 0)).toEqual([0, 5, 5, 5, 5, 5, 5, 5, 5, 5]);
  });

  it('are not hurried by a clock that is set forward, nor kept waiting for ever by one that is set back', () => {
    const config = aConfig({ auto_cleanup_interval_minutes: 30 });
    const first = play([orphans(1)], { config, context: automatic });
    const state = first[0]?.state ?? createPolicyState();
    const forward = play(times(2, orphans(1)), { config, context: automatic, state, stepMs: 24 * 60 * MINUTE_MS });
    expect(forward.map(({ run }) => run)).toEqual([null, null]);
    const back = play([orphans(1)], { config, context: automatic, state: { ...state, lastLookMs: START_MS + 1e9 }, stepMs: -1e9 });
    const after = play(times(31, orphans(1)), {
      config,
      context: automatic,
      stepMs: MINUTE_MS,
      ...(back[0] ? { state: back[0].state } : {}),
    });
    expect(after.findIndex(({ run }) => run !== null)).toBe(29);
  });
});

describe('rehearse', () => {
  it('says what a run would do right now', () => {
    const { intents, skips } = rehearse(aLook([anOrphan(100), anIdle(101)], START_MS), aConfig(), aGuard());
    expect(intents.map(({ key }) => key.pid)).toEqual([100]);
    expect(skips).toEqual([]);
  });
});
