import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../../src/shared/config.js';
import { refusalOf } from '../../../src/shared/guard.js';
import { createPolicyState, ENDS_PER_HOUR, evaluate } from '../../../src/shared/policy.js';
import { keyId } from '../../../src/shared/process-key.js';
import type { ProcessView } from '../../../src/shared/types.js';
import { aConfig, aLook, anIdle, anOrphan, GB, HOUR_MS, MINUTE_MS, START_MS, tree } from '../../fakes/a-policy.js';
import { aGuard } from '../../fakes/a-view.js';

/** A day of a machine in steps: looks, and between them processes that change, settings that change, clocks that are set. */

const pid = fc.integer({ min: 100, max: 111 });
const aStep = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1_000, max: 6 * MINUTE_MS }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('set clock' as const), ms: fc.integer({ min: -48 * HOUR_MS, max: 48 * HOUR_MS }) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('activity' as const), pid, to: fc.constantFrom('busy', 'waiting', 'shell', 'idle', 'unknown') }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reuse' as const), pid }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('die' as const), pid }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('protect' as const), pid }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unprotect' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('grow' as const), pid, bytes: fc.constantFrom(null, 1_000_000, GB, 5 * GB) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('read-only' as const), on: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('mode' as const), mode: fc.constantFrom('automatic', 'automatic', 'report', 'off') }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('settings' as const),
      batch: fc.integer({ min: 1, max: 20 }),
      interval: fc.constantFrom(1, 1, 5),
      old: fc.boolean(),
      attached: fc.boolean(),
      limit: fc.constantFrom(null, 1, 3),
    }),
  },
);

const aRow = fc.record({
  orphan: fc.constantFrom('yes', 'yes', 'no', 'unknown'),
  uid: fc.constantFrom(1000, 1000, 1000, 1001),
  tty: fc.constantFrom('?', '?', 'pts/1', null),
  ageMs: fc.constantFrom(5 * HOUR_MS, 5 * HOUR_MS, 5 * MINUTE_MS),
  kind: fc.constantFrom('cli-session', 'cli-session', 'mcp-server', 'daemon', 'unverified', 'bg-session'),
});
type Row = typeof aRow extends fc.Arbitrary<infer T> ? T : never;

const viewOf = ({ orphan, uid, tty, ageMs, kind }: Row, index: number): ProcessView => {
  const base = kind === 'cli-session' ? anIdle(100 + index) : anOrphan(100 + index);
  return {
    ...base,
    kind,
    uid,
    user: `u${uid}`,
    tty,
    leftOver: orphan,
    startedAtMs: START_MS - ageMs,
    reparented: orphan !== 'no',
  } as ProcessView;
};

describe('the policy over scripted days', () => {
  it('never wishes the end of what is protected, at work, somebody else’s, too young or not there, and keeps its caps', () => {
    let given = 0;
    fc.assert(
      fc.property(fc.array(aRow, { minLength: 12, maxLength: 12 }), fc.array(aStep, { minLength: 60, maxLength: 200 }), (rows, steps) => {
        let views = rows.map(viewOf);
        let config: Config = aConfig({ auto_cleanup_interval_minutes: 1 });
        let mode: 'automatic' | 'report' | 'off' = 'automatic';
        let [monotonicMs, offsetMs, born] = [1_000_000, 0, 0];
        let state = createPolicyState();
        const ends: number[] = [];
        const change = (which: number, over: Partial<ProcessView>): void => {
          views = views.map((view) => (view.key.pid === which ? { ...view, ...over } : view));
        };
        for (const step of steps) {
          if (step.do === 'wait') monotonicMs += step.ms;
          else if (step.do === 'set clock') offsetMs += step.ms;
          else if (step.do === 'activity') change(step.pid, { activity: step.to as ProcessView['activity'] });
          else if (step.do === 'reuse')
            change(step.pid, { key: { pid: step.pid, startedAt: `new${++born}` }, leftOver: 'no', activity: 'unknown', session: null });
          else if (step.do === 'die') views = views.filter(({ key }) => key.pid !== step.pid);
          else if (step.do === 'protect')
            config = { ...config, protect_rules: [...config.protect_rules, { by: 'pid', value: String(step.pid) }] };
          else if (step.do === 'unprotect') config = { ...config, protect_rules: [] };
          else if (step.do === 'grow') change(step.pid, { tree: tree(step.bytes) });
          else if (step.do === 'read-only') config = { ...config, global_settings: { ...config.global_settings, read_only: step.on } };
          else if (step.do === 'mode') mode = step.mode as typeof mode;
          else {
            const settings = {
              ...config.global_settings,
              auto_cleanup_batch_limit: step.batch,
              auto_cleanup_interval_minutes: step.interval,
              auto_cleanup_old_enabled: step.old,
              auto_cleanup_attached_enabled: step.attached,
            };
            const limits = step.limit === null ? {} : { default: { max_processes: step.limit, enforce: 'end' as const } };
            config = { ...config, global_settings: settings, user_limits: limits };
          }

          const nowMs = START_MS + monotonicMs - 1_000_000 + offsetMs;
          const guard = aGuard({ protectRules: config.protect_rules });
          const { state: next, run } = evaluate(state, aLook(views, nowMs), config, { guard, mode, busy: false, monotonicMs });
          state = next;
          if (run === null) continue;
          expect(config.global_settings.read_only).toBe(false);
          expect(run.mode).toBe(mode);
          expect(run.intents.length).toBeLessThanOrEqual(config.global_settings.auto_cleanup_batch_limit);
          expect(new Set(run.intents.map(({ key }) => keyId(key))).size).toBe(run.intents.length);
          for (const { key, cause } of run.intents) {
            const view = views.find((one) => keyId(one.key) === keyId(key));
            if (view === undefined) throw new Error('an intent on a process that is not there');
            expect(refusalOf(view, guard)).toBeNull();
            expect(['busy', 'waiting', 'shell']).not.toContain(view.activity);
            expect(view.uid).toBe(1000);
            expect(view.kind).not.toBe('daemon');
            expect(view.kind).not.toBe('unverified');
            expect(view.kind).not.toBe('bg-session');
            expect(view.startedAtMs !== null && nowMs - view.startedAtMs >= 10 * MINUTE_MS).toBe(true);
            if (view.leftOver === 'yes') continue;
            expect(cause).not.toBe('orphan');
            expect(view.activity === 'idle' && view.session !== null && view.activeSinceMs !== null).toBe(true);
            expect(nowMs - (view.activeSinceMs ?? nowMs)).toBeGreaterThanOrEqual(120 * MINUTE_MS);
            expect(view.tty === '?' || config.global_settings.auto_cleanup_attached_enabled).toBe(true);
          }
          if (run.mode !== 'automatic') continue;
          given += run.intents.length;
          for (const _ of run.intents) ends.push(monotonicMs);
          expect(ends.filter((at) => monotonicMs - at < HOUR_MS).length).toBeLessThanOrEqual(ENDS_PER_HOUR);
        }
      }),
      { numRuns: 300 },
    );
    // A policy that never wishes anything would pass all of the above.
    expect(given).toBeGreaterThan(500);
  });
});
