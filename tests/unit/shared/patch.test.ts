import { serialize } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyPatch, applyUpdate, diffState, type Patch, type WholeState } from '../../../src/shared/patch.js';
import { keyId } from '../../../src/shared/process-key.js';
import { aView } from '../../fakes/a-view.js';
import { aState } from '../../fakes/app-state.js';
import { twoStates } from '../../fakes/random-state.js';

/** A patch as it arrives on the other side. */
const sent = (patch: Patch | null): Patch | null => structuredClone(patch);

describe('diffState and applyPatch', () => {
  it('lead from any state to any other, and keep what did not change', () => {
    let changed = 0;
    fc.assert(
      fc.property(twoStates, ([before, after]) => {
        const untouched = structuredClone(before);
        const patch = sent(diffState(before, after));
        const applied = patch === null ? before : applyPatch(before, patch);
        expect(applied).toEqual(after);
        expect(before).toEqual(untouched);
        if (patch === null || applied === null) return;
        changed += 1;
        const rows = new Map(before.snapshot?.processes.map((view) => [keyId(view.key), view]));
        for (const view of applied.snapshot?.processes ?? []) {
          const old = rows.get(keyId(view.key));
          if (old === undefined || before.snapshot === null) continue;
          const same = JSON.stringify(old) === JSON.stringify(view);
          expect(view === old).toBe(same);
        }
        for (const [id, trend] of Object.entries(applied.trends))
          if (Object.hasOwn(before.trends, id) && JSON.stringify(before.trends[id]) === JSON.stringify(trend))
            expect(trend).toBe(before.trends[id]);
        for (const part of ['config', 'loop', 'about', 'stopped', 'settings'] as const) expect(applied[part]).toBe(before[part]);
      }),
      { numRuns: 1_000 },
    );
    // Random states that never differ would prove nothing.
    expect(changed).toBeGreaterThan(700);
  });

  it('say nothing where nothing changed, and keep the whole state', () => {
    const state = aState([aView(1)], { trends: { '1:s1': [1] } });
    expect(diffState(state, structuredClone(state))).toBeNull();
  });

  it('send only the newest point of a trend', () => {
    const at = (trends: Record<string, (number | null)[]>) => aState([aView(1), aView(2), aView(3), aView(4)], { trends });
    const before = at({ '1:s1': [1, 2], '2:s2': [1, 2], '3:s3': [1, 2], '4:s4': [1, 2], gone: [1] });
    const after = at({ '1:s1': [1, 3], '2:s2': [1, 2, 9], '3:s3': [2, 3], '4:s4': [7, 8] });
    expect(diffState(before, after)).toEqual({
      parts: {},
      trends: {
        latest: { at: [0], to: [3] },
        added: { at: [1], to: [9] },
        shifted: { at: [2], to: [3] },
        whole: { '4:s4': [7, 8] },
        gone: ['gone'],
      },
    });
  });

  it('send no point of a trend that its row shows, and no places where every row got one', () => {
    const rows = [aView(1, { memoryBytes: 5, owner: { pid: 2, startedAt: 's2' } }), aView(2, { memoryBytes: 5 })];
    const shown = rows[1]?.tree.memoryBytes ?? null;
    const before = aState(rows, { trends: { '2:s2': [1, 2], '1:s1': [1, 2] } });
    const trendsOf = (trends: Record<string, readonly (number | null)[]>) => {
      const after = { ...before, trends };
      const patch = sent(diffState(before, after));
      expect(patch && applyPatch(before, patch)).toEqual(after);
      return patch?.trends;
    };
    expect(trendsOf({ '2:s2': [2, shown], '1:s1': [2, 5] })).toEqual({ shifted: {} });
    expect(trendsOf({ '2:s2': [1, 2, shown], '1:s1': [1, 2, 5] })).toEqual({ added: {} });
    expect(trendsOf({ '2:s2': [2, 7], '1:s1': [2, 5] })).toEqual({ shifted: { to: [5, 7] } });
    expect(trendsOf({ '2:s2': [1, 2], '1:s1': [2, 5] })).toEqual({ shifted: { at: [0] } });
    expect(trendsOf({ '2:s2': [1, shown], '1:s1': [2, 6] })).toEqual({ latest: { at: [1] }, shifted: { at: [0], to: [6] } });
  });

  it('send the places of busy rows once, whatever of them changed', () => {
    const at = (figure: number) => aState([1, 2, 3].map((pid) => aView(pid, pid === 2 ? {} : { memoryBytes: figure, cpuPercent: figure })));
    const own = sent(diffState(at(1), at(2)))?.snapshot;
    const columns = own && 'rows' in own ? own.rows?.own : undefined;
    expect(columns).toEqual({ memoryBytes: { at: [0, 2], to: [2, 2] }, cpuPercent: { at: [0, 2], to: [2, 2] } });
    expect(columns?.memoryBytes?.at).toBe(columns?.cpuPercent?.at);
  });

  it('keep the list of rows where only the time of the look is another', () => {
    const before = aState([aView(1)]);
    const after = aState([aView(1)]);
    const later = { ...after, snapshot: after.snapshot && { ...after.snapshot, takenAtMs: 7 } };
    const patch = diffState(before, later);
    expect(patch).toEqual({ parts: {}, snapshot: { parts: { takenAtMs: 7 } } });
    const applied = patch && applyPatch(before, patch);
    expect(applied?.snapshot?.processes).toBe(before.snapshot?.processes);
    expect(applied?.snapshot?.host).toBe(before.snapshot?.host);
  });

  it('refuse a state that the patch is not for', () => {
    const rows: Patch = { parts: {}, snapshot: { parts: {}, rows: { own: { tty: { at: [3], to: ['x'] } }, tree: {} } } };
    const trends: Patch = { parts: {}, trends: { added: { at: [0], to: [1] } } };
    expect([applyPatch(aState([aView(1)]), rows), applyPatch(aState(null), rows), applyPatch(aState([aView(1)]), trends)]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe('what crosses in a tick', () => {
  /** Figures as they are read: bytes in pages, shares of a core with all their digits, 48 points of memory each, the newest not as the row shows. */
  const figures = (pid: number, tick: number) => ({
    memoryBytes: 4096 * (35_000 + pid * 17 + tick * 3),
    cpuPercent: (100 / 7) * ((pid % 9) + tick / 13),
    lastActiveMs: 1_767_225_600_000 + tick * 5000,
    tree: {
      memoryBytes: 4096 * (90_000 + pid * 19 + tick * 5),
      cpuPercent: (100 / 3) * ((pid % 9) + tick / 11),
      count: 4,
      memoryIsPartial: false,
    },
  });
  const crowd = (tick: number, changes: (pid: number) => boolean) => {
    const rows = Array.from({ length: 300 }, (_, index) => aView(index + 1, figures(index + 1, changes(index + 1) ? tick : 0)));
    const trends = Object.fromEntries(
      rows.map((view) => [keyId(view.key), Array.from({ length: 48 + tick }, (_, at) => 4096 * (35_000 + ((at * view.key.pid) % 97)))]),
    );
    const state = aState(rows, { trends });
    return {
      ...state,
      loop: { ...state.loop, looks: tick, nextLookAtMs: 1_767_225_600_000 + tick * 5000 },
      snapshot: state.snapshot && { ...state.snapshot, sequence: tick, takenAtMs: 1_767_225_600_000 + tick * 5000 },
    };
  };

  it('is at most 20 kB at 300 rows of which 60 % changed every figure', () => {
    const changes = (pid: number) => pid % 5 < 3;
    const before = crowd(0, changes);
    const patch = diffState(before, crowd(1, changes));
    const bytes = serialize({ sequence: 2, patch }).length;
    expect(patch?.snapshot).toMatchObject({ rows: { own: { cpuPercent: { at: { length: 180 } } } } });
    expect(bytes).toBeLessThanOrEqual(20_000);
    expect(bytes).toBeGreaterThan(5_000);
  });
});

describe('applyUpdate', () => {
  const one = aState([aView(1), aView(2)]);
  const two = aState([aView(1), aView(2, { tty: 'x' })]);
  const patch = diffState(one, two);
  if (patch === null) throw new Error('the states are the same');
  const known: WholeState = { sequence: 4, whole: one };

  it('follows the next patch, and keeps the rest', () => {
    const next = applyUpdate(known, { sequence: 5, patch });
    expect(next).toEqual({ sequence: 5, whole: two });
    expect(next?.whole.snapshot?.processes[0]).toBe(one.snapshot?.processes[0]);
  });

  it('leaves out old news, and finds gaps', () => {
    expect([4, 3].map((sequence) => applyUpdate(known, { sequence, patch }))).toEqual([known, known]);
    expect(applyUpdate(known, { sequence: 3, whole: two })).toBe(known);
    expect(applyUpdate(known, { sequence: 6, patch })).toBeNull();
    expect(applyUpdate(null, { sequence: 1, patch })).toBeNull();
    expect(applyUpdate({ sequence: 4, whole: aState(null) }, { sequence: 5, patch })).toBeNull();
  });

  it('takes a whole state with whatever number, and keeps of the old one what is the same', () => {
    const next = applyUpdate(known, { sequence: 9, whole: structuredClone(two) });
    expect(next).toEqual({ sequence: 9, whole: two });
    expect(next?.whole.snapshot?.processes[0]).toBe(one.snapshot?.processes[0]);
    expect(next?.whole.config).toBe(one.config);
    expect(applyUpdate(known, { sequence: 9, whole: structuredClone(one) })?.whole).toBe(one);
    expect(applyUpdate(null, { sequence: 9, whole: one })?.whole).toBe(one);
  });
});
