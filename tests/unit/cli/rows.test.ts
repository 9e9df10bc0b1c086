import { describe, expect, it } from 'vitest';
import type { Selection } from '../../../src/cli/rows.js';
import { selectGroups } from '../../../src/cli/rows.js';
import type { ProcessView } from '../../../src/shared/types.js';
import { aRow } from './views.js';

const ALL: Selection = { user: null, status: null, sort: 'memory' };
const MB = 1024 * 1024;
const pids = (processes: readonly ProcessView[], selection: Partial<Selection> = {}) =>
  selectGroups(processes, { ...ALL, ...selection }).map(({ row }) => row.key.pid);
const key = (pid: number) => ({ pid, startedAt: `s${pid}` });

describe('selectGroups', () => {
  it('puts sessions first, then sorts; unknown comes last', () => {
    const some = [
      aRow(9, { kind: 'daemon', memoryBytes: 900 * MB, cpuPercent: 90, startedAtMs: 1 }),
      aRow(5, { memoryBytes: 10 * MB, cpuPercent: 3, startedAtMs: 300 }),
      aRow(6, { memoryBytes: null, cpuPercent: null, startedAtMs: null }),
      aRow(7, { memoryBytes: 30 * MB, cpuPercent: 0, startedAtMs: 200 }),
      aRow(4, { memoryBytes: null, cpuPercent: null, startedAtMs: null }),
    ];
    expect(pids(some)).toEqual([7, 5, 4, 6, 9]);
    expect(pids(some, { sort: 'cpu' })).toEqual([5, 7, 4, 6, 9]);
    expect(pids(some, { sort: 'time' })).toEqual([7, 5, 4, 6, 9]);
    expect(pids(some, { sort: 'pid' })).toEqual([4, 5, 6, 7, 9]);
  });

  it('sorts by what a row and all it owns take', () => {
    const small = aRow(5, { memoryBytes: 1 * MB, tree: { memoryBytes: 500 * MB, cpuPercent: 1, count: 2, memoryIsPartial: false } });
    expect(pids([aRow(4, { memoryBytes: 200 * MB }), small])).toEqual([5, 4]);
  });

  it('filters by user name and number, and by any condition that holds', () => {
    const some = [
      aRow(1),
      aRow(2, { user: 'jo', uid: 1001, status: 'orphan', conditions: ['orphan', 'old'] }),
      aRow(3, { user: null, uid: 4242 }),
    ];
    expect(pids(some, { user: 'jo' })).toEqual([2]);
    expect(pids(some, { user: '4242' })).toEqual([3]);
    expect(pids(some, { user: 'JO' })).toEqual([]);
    expect(pids(some, { status: 'old' })).toEqual([2]);
    expect(pids(some, { status: 'normal' })).toEqual([1, 3]);
    expect(pids(some, { status: 'high-memory' })).toEqual([]);
  });

  it('hangs what a session owns below it, by parent, whatever its own status', () => {
    const [session, shell, child, orphaned] = [
      aRow(10, { status: 'old' }),
      aRow(11, { kind: 'tool-shell', ppid: 10, owner: key(10) }),
      aRow(12, { kind: 'tool-child', ppid: 11, owner: key(10) }),
      aRow(13, { kind: 'mcp-server', ppid: 1, owner: key(10) }),
    ];
    expect(selectGroups([session, child, shell, orphaned], { ...ALL, status: 'old' })).toEqual([
      {
        row: session,
        owned: [
          { view: shell, depth: 1 },
          { view: child, depth: 2 },
          { view: orphaned, depth: 1 },
        ],
      },
    ]);
  });

  it('shows each process once, also where hostile parents and owners go round in circles', () => {
    const processes = [
      aRow(10),
      aRow(11, { ppid: 12, owner: key(10) }),
      aRow(12, { ppid: 11, owner: key(10) }),
      aRow(13, { ppid: 13, owner: key(10) }),
      aRow(14, { owner: key(14) }),
      aRow(15, { owner: key(999) }),
      aRow(16, { owner: { pid: 10, startedAt: 'another life' } }),
    ];
    const shown = selectGroups(processes, ALL).flatMap(({ row, owned }) => [row, ...owned.map(({ view }) => view)]);
    expect(shown.map((view) => view.key.pid).sort()).toEqual([10, 11, 12, 13, 14, 15, 16]);
  });
});
