import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Config, GlobalSettings } from '../../../src/shared/config.js';
import { refusalOf } from '../../../src/shared/guard.js';
import type { StateSpan } from '../../../src/shared/history-state.js';
import { statesOf } from '../../../src/shared/history-state.js';
import { ENDS_PER_HOUR, rehearse } from '../../../src/shared/policy.js';
import type { RehearsalSpan } from '../../../src/shared/rehearsal.js';
import { rehearsePast } from '../../../src/shared/rehearsal.js';
import type { ProcessView } from '../../../src/shared/types.js';
import { aConfig, aLook, anIdle, anOrphan, GB, HOUR_MS, MINUTE_MS, START_MS, tree } from '../../fakes/a-policy.js';
import { aGuard } from '../../fakes/a-view.js';

const OLD: Partial<GlobalSettings> = { auto_cleanup_old_enabled: true };
/** Long enough ago for what a-policy.ts makes to be old, idle and not too young. */
const DAY: RehearsalSpan = { fromMs: START_MS, toMs: START_MS + 24 * HOUR_MS, sinceMs: START_MS, selfUid: 1000 };

/** One row as it stood for a while; hours from START_MS. */
const during = (view: ProcessView, fromHour: number, toHour: number): StateSpan => {
  const [fromMs, toMs] = [START_MS + fromHour * HOUR_MS, START_MS + toHour * HOUR_MS];
  const [state] = statesOf({ processes: [view], takenAtMs: fromMs });
  if (state === undefined) throw new Error('nothing is kept of this row');
  return { ...state, fromMs, toMs };
};
const ends = (spans: readonly StateSpan[], config: Config = aConfig(), span: Partial<RehearsalSpan> = {}) =>
  rehearsePast(spans, config, { ...DAY, ...span }).ends.map(({ atMs, pid, cause }) => [(atMs - START_MS) / MINUTE_MS, pid, cause]);

describe('a rehearsal', () => {
  it('takes left-overs at the next run, once, and only while they were there', () => {
    const orphan = anOrphan(100);
    const spans = [during(orphan, 1.1, 2), during(orphan, 2, 20), during(anOrphan(101), 3.1, 3.4)];
    expect(ends(spans)).toEqual([[90, 100, 'orphan']]);
    expect(ends(spans, aConfig({ auto_cleanup_interval_minutes: 10 }))).toEqual([
      [70, 100, 'orphan'],
      [190, 101, 'orphan'],
    ]);
    expect(ends(spans, aConfig({ orphan_cleanup_enabled: false }))).toEqual([]);
    expect(rehearsePast(spans, aConfig({ auto_cleanup_enabled: false }), DAY)).toMatchObject({ mode: 'off', count: 0 });
    expect(rehearsePast(spans, aConfig({ read_only: true }), DAY)).toMatchObject({ mode: 'off', count: 0 });
  });

  it('takes old sessions when they have been idle for long enough, as the settings have it', () => {
    const at = START_MS + 2 * HOUR_MS;
    const spans = [during(anIdle(100, { activeSinceMs: at }), 2.1, 12), during(anIdle(101, { tty: 'pts/1', activeSinceMs: at }), 2.1, 12)];
    expect(ends(spans)).toEqual([]);
    expect(ends(spans, aConfig(OLD))).toEqual([[240, 100, 'old']]);
    expect(ends(spans, aConfig({ ...OLD, min_idle_minutes: 240 }))).toEqual([[360, 100, 'old']]);
    expect(ends(spans, aConfig({ ...OLD, max_process_age_hours: 30 }))).toEqual([]);
    expect(ends(spans, aConfig({ ...OLD, auto_cleanup_attached_enabled: true })).map(([, pid]) => pid)).toEqual([100, 101]);
  });

  it('leaves alone what a rule protects, be it one that only then was known', () => {
    const orphan = anOrphan(100, { projectDir: '/home/dana/src' });
    const byName = anOrphan(101, { refusal: { reason: 'protected', id: 'protectName', values: { value: 'x' } } });
    const spans = [during(orphan, 1, 5), during(byName, 1, 5)];
    expect(ends(spans, aConfig({}, { rules: [{ by: 'project', value: '/home/dana' }] }))).toEqual([]);
    const result = rehearsePast(spans, aConfig({}, { rules: [{ by: 'name', value: 'y' }] }), DAY);
    expect([result.ends.map(({ pid }) => pid), result.unjudged]).toEqual([[100], ['names', 'kept']]);
  });

  it('enforces limits by number and memory, idle longest first, and says that it knows nothing of CPU', () => {
    const config = aConfig(
      { orphan_cleanup_enabled: false },
      { limits: { dana: { enforce: 'end', max_processes: 2, memory_limit_mb: 2048, cpu_limit_percent: 50 } } },
    );
    const spans = [
      during(anIdle(100, { activeSinceMs: START_MS - 4 * HOUR_MS }), 1, 9),
      during(anIdle(101), 1, 5),
      during(anIdle(102, { activity: 'busy' }), 1, 9),
      during(anIdle(103, { tree: tree(3 * GB) }), 6, 9),
    ];
    const result = rehearsePast(spans, config, DAY);
    expect(result.ends.map(({ atMs, pid, cause, metric }) => [(atMs - START_MS) / MINUTE_MS, pid, cause, metric])).toEqual([
      [65, 100, 'limit', 'sessions'],
      [365, 103, 'limit', 'memory'],
    ]);
    expect(result.unjudged).toEqual(['resumable', 'cpu']);
    const none = { orphan: 0, old: 0, limit: 0 };
    expect(result.hours).toEqual([1, 6].map((hour) => ({ ...none, atMs: START_MS + hour * HOUR_MS, limit: 1 })));
    expect(result.freedBytes).toBe(100_000_000 + 3 * GB);
    const off = { ...config, global_settings: { ...config.global_settings, auto_cleanup_enabled: false } };
    expect(rehearsePast(spans, off, DAY)).toMatchObject({ mode: 'off', count: 0 });
  });

  it('says no name, and keeps none', () => {
    const [state] = statesOf({ processes: [anIdle(100, { name: 'secret', command: 'claude -p secret' })], takenAtMs: START_MS });
    expect(JSON.stringify(state)).not.toContain('secret');
  });
});

const aRow = fc.record({
  orphan: fc.constantFrom('yes' as const, 'yes' as const, 'no' as const, 'unknown' as const),
  uid: fc.constantFrom(1000, 1000, 1000, 1001),
  tty: fc.constantFrom('?', '?', 'pts/1', null),
  ageMs: fc.constantFrom(null, 30 * HOUR_MS, 5 * HOUR_MS, 5 * MINUTE_MS),
  kind: fc.constantFrom('cli-session' as const, 'ide-session' as const, 'mcp-server' as const, 'daemon' as const, 'bg-session' as const),
  activity: fc.constantFrom('busy' as const, 'waiting' as const, 'shell' as const, 'idle' as const, 'idle' as const, 'unknown' as const),
  idleMs: fc.constantFrom(null, 5_000, 61_000, 3 * HOUR_MS, 20 * HOUR_MS),
  name: fc.constantFrom('a', 'b'),
});
const rules = fc.constantFrom<Config['protect_rules']>(
  [],
  [{ by: 'name', value: 'a' }],
  [{ by: 'pid', value: '103' }],
  [{ by: 'user', value: 'u1001' }],
);
const settings = fc.record({
  auto_cleanup_interval_minutes: fc.constantFrom(1, 5, 30),
  auto_cleanup_old_enabled: fc.boolean(),
  orphan_cleanup_enabled: fc.boolean(),
  auto_cleanup_attached_enabled: fc.boolean(),
  auto_cleanup_batch_limit: fc.integer({ min: 1, max: 20 }),
  min_idle_minutes: fc.constantFrom(1, 120),
  read_only: fc.constantFrom(false, false, false, true),
});
const viewOf = (row: typeof aRow extends fc.Arbitrary<infer T> ? T : never, index: number, config: Config): ProcessView => {
  const base = row.kind.endsWith('session') ? anIdle(100 + index) : anOrphan(100 + index);
  const view: ProcessView = {
    ...base,
    ...{
      kind: row.kind,
      uid: row.uid,
      user: `u${row.uid}`,
      tty: row.tty,
      name: row.name,
      activity: base.session === null ? 'none' : row.activity,
      leftOver: row.orphan,
    },
    ...{ reparented: row.orphan !== 'no', startedAtMs: row.ageMs === null ? null : START_MS - row.ageMs },
    activeSinceMs: row.idleMs === null ? null : START_MS - row.idleMs,
  };
  return { ...view, refusal: refusalOf(view, aGuard({ protectRules: config.protect_rules })) };
};

describe('a rehearsal of any past', () => {
  it('agrees with the rehearsal of a look where the past is that look', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.array(aRow, { minLength: 8, maxLength: 24 }), settings, rules, (rows, global, protect) => {
        const config = aConfig(global, { rules: protect });
        const views = rows.map((row, index) => viewOf(row, index, config));
        const look = aLook(views, START_MS);
        const guard = aGuard({ protectRules: protect, readOnly: global.read_only });
        const expected = global.read_only ? [] : rehearse(look, config, guard).intents.map(({ key, cause }) => [key.pid, cause]);
        const spans = statesOf(look).map((state): StateSpan => ({ ...state, fromMs: START_MS - 5_000, toMs: START_MS }));
        const fromMs = START_MS - global.auto_cleanup_interval_minutes * MINUTE_MS;
        const result = rehearsePast(spans, config, { fromMs, toMs: START_MS, sinceMs: fromMs, selfUid: 1000 });
        expect(result.ends.map(({ pid, cause }) => [pid, cause])).toEqual(expected);
        taken += expected.length;
      }),
      { numRuns: 500 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  it('ends nobody at work, attached, protected or of somebody else, nobody twice, and keeps the caps', () => {
    let taken = 0;
    const aSpan = fc.record({ row: aRow, at: fc.integer({ min: 0, max: 30 }), hours: fc.integer({ min: 1, max: 8 }) });
    const limit = fc.constantFrom(null, 1, 3);
    fc.assert(
      fc.property(fc.array(aSpan, { minLength: 30, maxLength: 60 }), settings, rules, limit, (past, global, protect, most) => {
        const limits = most === null ? {} : { default: { enforce: 'end' as const, max_processes: most } };
        const config = aConfig(global, { rules: protect, limits });
        const spans = past.map(({ row, at, hours }, index): StateSpan => during(anyView(viewOf(row, index, config)), at, at + hours));
        const { ends: ended } = rehearsePast(spans, config, { ...DAY, toMs: START_MS + 40 * HOUR_MS });
        const batches = new Map<number, number>();
        for (const { atMs, pid, cause } of ended) {
          const span = spans.find(({ key }) => key.pid === pid);
          if (span === undefined) throw new Error('ended what was not there');
          batches.set(atMs, (batches.get(atMs) ?? 0) + 1);
          const row = past[pid - 100]?.row;
          expect([span.uid, span.kept, atMs > span.fromMs && atMs <= span.toMs]).toEqual([1000, false, true]);
          expect(span.kind.endsWith('session') && ['busy', 'waiting', 'shell'].includes(row?.activity ?? '')).toBe(false);
          if (span.leftOver !== 'yes') {
            expect([span.activity, span.idleSinceMs === null]).toEqual(['idle', false]);
            if (!global.auto_cleanup_attached_enabled) expect(row?.tty).toBe('?');
          }
          if (cause === 'limit') expect(most).not.toBeNull();
          if (protect[0]?.by === 'name') expect(row?.name).not.toBe('a');
          if (protect[0]?.by === 'pid') expect(pid).not.toBe(103);
          expect(ended.filter(({ atMs: other }) => other > atMs - HOUR_MS && other <= atMs).length).toBeLessThanOrEqual(ENDS_PER_HOUR);
        }
        expect(new Set(ended.map(({ pid }) => pid)).size).toBe(ended.length);
        for (const count of batches.values()) expect(count).toBeLessThanOrEqual(global.auto_cleanup_batch_limit);
        if (global.read_only) expect(ended).toEqual([]);
        taken += ended.length;
      }),
      { numRuns: 150 },
    );
    expect(taken).toBeGreaterThan(200);
  });
});

/** Everything here is kept as a state. */
function anyView(view: ProcessView): ProcessView {
  return view.kind.endsWith('session') ? view : { ...view, leftOver: 'yes' };
}
