import { describe, expect, it } from 'vitest';
import type { ProcessView } from '../../../src/shared/types.js';
import { anIdle, anOrphan, GB, HOUR_MS, MINUTE_MS, play, type Script, START_MS, times, tree } from '../../fakes/a-policy.js';
import { aView } from '../../fakes/a-view.js';

const findingsAfter = (looks: readonly (readonly ProcessView[])[], script: Script = {}) =>
  (play(looks, script).at(-1)?.findings ?? []).map(({ type, keys, text }) => [type, keys.map(({ pid }) => pid), text.id, text.values]);
const young = { conditions: ['normal'] as const, startedAtMs: START_MS - HOUR_MS, activeSinceMs: START_MS - MINUTE_MS };

describe('findings', () => {
  it('show what is old, left over, over its limit', () => {
    const rows = [
      anIdle(100),
      anOrphan(101, { memoryBytes: 10 * 1_048_576 }),
      anIdle(102, { ...young, conditions: ['high-memory'], tree: tree(1.5 * GB) }),
    ];
    expect(findingsAfter([rows])).toEqual([
      ['old', [100], 'old', { count: 5 }],
      ['orphan', [101], 'orphan', { value: 10 }],
      ['over-limit', [102], 'overMemory', { value: 1536, limit: 1024 }],
    ]);
  });

  it('show what is retained: idle for long though its parent lives', () => {
    const idle = (pid: number, hours: number, over: Partial<ProcessView> = {}) =>
      anIdle(pid, { ...young, activeSinceMs: START_MS - hours * HOUR_MS, ...over });
    const rows = [idle(100, 23), idle(101, 25), idle(102, 2, { kind: 'sdk-worker' }), idle(103, 30, { reparented: true })];
    expect(findingsAfter([rows])).toEqual([
      ['retained', [101], 'retained', { count: 25 }],
      ['retained', [102], 'retained', { count: 2 }],
    ]);
  });

  it('show one session that runs twice, and a server that runs many times, with what they take together', () => {
    const twin = anIdle(100, young);
    const server = (pid: number, uid = 1000) => aView(pid, { kind: 'mcp-server', name: 'github', uid, memoryBytes: 20 * 1_048_576 });
    const rows = [twin, anIdle(101, { ...young, session: twin.session }), server(200), server(201), server(202), server(300, 1001)];
    expect(findingsAfter([rows])).toEqual([
      ['duplicate', [100, 101], 'duplicateSession', { count: 2, value: 191, name: 'p100' }],
      ['duplicate', [200, 201, 202], 'duplicateServer', { count: 3, value: 60, name: 'github' }],
    ]);
  });

  it('show a runaway after five minutes of heat without any change, and none that works or has just changed', () => {
    const hot = (pid: number, over: Partial<ProcessView> = {}) => anIdle(pid, { ...young, cpuPercent: 99, ...over });
    const rows = [
      hot(100),
      hot(101, { activity: 'busy' }),
      aView(102, { kind: 'tool-child', cpuPercent: 100, owner: { pid: 101, startedAt: 's101' } }),
      aView(103, { kind: 'tool-child', cpuPercent: 100 }),
    ];
    const runaways = (looks: readonly (readonly ProcessView[])[]) =>
      findingsAfter(looks, { stepMs: MINUTE_MS }).filter(([type]) => type === 'runaway');
    expect(runaways(times(5, rows))).toEqual([]);
    expect(runaways(times(6, rows))).toEqual([
      ['runaway', [100], 'runaway', { count: 5 }],
      ['runaway', [103], 'runaway', { count: 5 }],
    ]);
    const changed = [hot(100, { activeSinceMs: START_MS })];
    expect(runaways([...times(5, [hot(100)]), changed])).toEqual([]);
    expect(runaways([...times(3, [hot(100)]), [hot(100, { cpuPercent: 1 })], ...times(3, [hot(100)])])).toEqual([]);
  });

  it('call a busy session a runaway only where its transcript is known not to have been written', () => {
    const busy = [anIdle(100, { ...young, activity: 'busy', cpuPercent: 99 })];
    const found = (writtenMs: ReadonlyMap<string, number> | undefined) =>
      findingsAfter(times(7, busy), { stepMs: MINUTE_MS, ...(writtenMs ? { context: { writtenMs } } : {}) }).filter(
        ([type]) => type === 'runaway',
      );
    expect(found(undefined)).toEqual([]);
    expect(found(new Map([['100:s100', 5]]))).toEqual([['runaway', [100], 'runaway', { count: 6 }]]);
    // A map that another look has written to in between: what is written now is not what was written at the first look.
    const moving = new Map([['100:s100', 5]]);
    const states = play(times(4, busy), { stepMs: MINUTE_MS, context: { writtenMs: moving } });
    moving.set('100:s100', 6);
    const state = states.at(-1)?.state;
    const later = play(times(4, busy), { stepMs: MINUTE_MS, context: { writtenMs: moving }, ...(state ? { state } : {}) });
    expect(later.flatMap(({ findings }) => findings.filter(({ type }) => type === 'runaway'))).toEqual([]);
  });

  it('show what grows, and when it will be at its limit', () => {
    const at = (mb: number) => [anIdle(100, { ...young, tree: tree(mb * 1_048_576) })];
    const growing = Array.from({ length: 12 }, (_, minute) => at(500 + minute * 10));
    const found = findingsAfter(growing, { stepMs: MINUTE_MS }).filter(([type]) => type === 'growing');
    // 10 MB a minute: 600 an hour, and 414 MB are left.
    expect(found).toEqual([['growing', [100], 'growing', { value: 600, count: 42 }]]);
    const wavy = Array.from({ length: 12 }, (_, minute) => at(500 + (minute % 2) * 100 + minute * 10));
    expect(findingsAfter(wavy, { stepMs: MINUTE_MS }).filter(([type]) => type === 'growing')).toEqual([]);
    expect(findingsAfter(growing.slice(0, 9), { stepMs: MINUTE_MS }).filter(([type]) => type === 'growing')).toEqual([]);
  });
});
