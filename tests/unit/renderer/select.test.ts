import { describe, expect, it } from 'vitest';
import { figuresOf, fold, neighbour, type RowsInput, range, selectRows, userOf } from '../../../src/renderer/select.js';
import type { ProcessKey, ProcessView } from '../../../src/shared/types.js';
import { aView } from '../../fakes/a-view.js';

const keyOf = (pid: number): ProcessKey => ({ pid, startedAt: `s${pid}` });
const MB = 1024 * 1024;

/** A row of its own whose tree holds `mb`. */
const aRoot = (pid: number, mb: number | null, over: Partial<ProcessView> = {}): ProcessView =>
  aView(pid, {
    memoryBytes: mb === null ? null : mb * MB,
    tree: { memoryBytes: mb === null ? null : mb * MB, cpuPercent: null, count: 1, memoryIsPartial: false },
    ...over,
  });
const aChild = (pid: number, owner: number, mb: number, over: Partial<ProcessView> = {}): ProcessView =>
  aView(pid, { kind: 'mcp-server', owner: keyOf(owner), memoryBytes: mb * MB, ...over });

const anInput = (processes: readonly ProcessView[], over: Partial<RowsInput> = {}): RowsInput => ({
  processes,
  gone: [],
  filter: { status: 'all', user: null, activity: 'any', finding: 'any', query: '' },
  sort: { by: 'memory', descending: true },
  tree: true,
  expanded: new Set(),
  order: null,
  kindName: (view) => ({ 'mcp-server': 'Servidor MCP' })[view.kind as string] ?? view.kind,
  ...over,
});
const pids = (input: RowsInput): readonly number[] => selectRows(input).map((row) => row.view.key.pid);
const filtered = (filter: Partial<RowsInput['filter']>): RowsInput['filter'] => ({
  status: 'all',
  user: null,
  activity: 'any',
  finding: 'any',
  query: '',
  ...filter,
});

describe('selectRows', () => {
  it('shows what was found, a child with its session around it', () => {
    const processes = [aRoot(1, 10), aChild(2, 1, 1), aRoot(3, 5), aRoot(4, 1)];
    const rows = selectRows(anInput(processes, { found: new Set(['2:s2', '3:s3']) }));
    expect(rows.map(({ id, context }) => [id, context])).toEqual([
      ['1:s1', true],
      ['2:s2', false],
      ['3:s3', false],
    ]);
  });

  it('shows sessions folded, with how many rows they hold', () => {
    const processes = [aRoot(1, 10), aChild(2, 1, 1), aChild(3, 1, 2), aRoot(4, 20)];
    expect(selectRows(anInput(processes))).toEqual([
      {
        id: '4:s4',
        view: processes[3],
        level: 1,
        parentId: null,
        parentUser: null,
        children: 0,
        expanded: null,
        context: false,
        gone: false,
        position: 1,
        siblings: 2,
      },
      {
        id: '1:s1',
        view: processes[0],
        level: 1,
        parentId: null,
        parentUser: null,
        children: 2,
        expanded: false,
        context: false,
        gone: false,
        position: 2,
        siblings: 2,
      },
    ]);
  });

  it('unfolds children below their session, sorted by their own figures', () => {
    const processes = [aRoot(1, 10), aChild(2, 1, 1), aChild(3, 1, 2), aRoot(4, 20)];
    const rows = selectRows(anInput(processes, { expanded: new Set(['1:s1']) }));
    expect(rows.map((row) => [row.view.key.pid, row.level, row.parentId, row.expanded, row.position, row.siblings])).toEqual([
      [4, 1, null, null, 1, 2],
      [1, 1, null, true, 2, 2],
      [3, 2, '1:s1', null, 1, 2],
      [2, 2, '1:s1', null, 2, 2],
    ]);
  });

  it('sorts a session by its whole tree, in a flat list by its own', () => {
    const session = aRoot(1, 1, { tree: { memoryBytes: 50 * MB, cpuPercent: null, count: 2, memoryIsPartial: false } });
    const processes = [session, aChild(2, 1, 49), aRoot(3, 20)];
    expect(pids(anInput(processes))).toEqual([1, 3]);
    expect(pids(anInput(processes, { tree: false }))).toEqual([2, 3, 1]);
  });

  it('puts what is not known last, whichever way the column runs, and equal rows by pid', () => {
    const processes = [aRoot(5, null), aRoot(4, 10), aRoot(3, 10), aRoot(2, 0)];
    expect(pids(anInput(processes))).toEqual([3, 4, 2, 5]);
    expect(pids(anInput(processes, { sort: { by: 'memory', descending: false } }))).toEqual([2, 3, 4, 5]);
  });

  it('sorts by every column that can be sorted by', () => {
    const a = aRoot(10, 1, {
      name: 'b10',
      user: 'zoe',
      status: 'orphan',
      startedAtMs: 100,
      lastActiveMs: 900,
      tree: { memoryBytes: 1, cpuPercent: 5, count: 1, memoryIsPartial: false },
    });
    const b = aRoot(20, 1, {
      name: 'b9',
      user: 'Ana',
      status: 'old',
      startedAtMs: 300,
      lastActiveMs: 800,
      tree: { memoryBytes: 3, cpuPercent: 9, count: 1, memoryIsPartial: false },
    });
    const c = aRoot(30, 1, {
      name: 'á',
      user: 'ben',
      status: 'normal',
      startedAtMs: 200,
      lastActiveMs: 950,
      tree: { memoryBytes: 2, cpuPercent: 7, count: 1, memoryIsPartial: false },
    });
    const by = (id: RowsInput['sort']['by']) => pids(anInput([a, b, c], { sort: { by: id, descending: false } }));
    expect({
      name: by('name'),
      user: by('user'),
      status: by('status'),
      age: by('age'),
      active: by('active'),
      memory: by('memory'),
      cpu: by('cpu'),
      pid: by('pid'),
    }).toEqual({
      name: [30, 20, 10],
      user: [20, 30, 10],
      status: [30, 20, 10],
      age: [20, 30, 10],
      active: [20, 10, 30],
      memory: [10, 30, 20],
      cpu: [10, 30, 20],
      pid: [10, 20, 30],
    });
  });

  it('keeps a held order and puts newcomers last', () => {
    const order = new Map([
      ['2:s2', 0],
      ['1:s1', 1],
    ]);
    const processes = [aRoot(1, 30), aRoot(2, 10), aRoot(3, 50), aRoot(4, 40)];
    expect(pids(anInput(processes, { order }))).toEqual([2, 1, 3, 4]);
    expect(pids(anInput(processes))).toEqual([3, 4, 1, 2]);
  });

  it('still shows what has just ended, in its place and marked', () => {
    const processes = [aRoot(1, 30), aRoot(3, 10)];
    const rows = selectRows(anInput(processes, { gone: [aRoot(2, 20)] }));
    expect(rows.map((row) => [row.view.key.pid, row.gone])).toEqual([
      [1, false],
      [2, true],
      [3, false],
    ]);
  });

  describe('with a filter', () => {
    it('matches every condition that holds, not the status alone', () => {
      const both = aRoot(1, 1, { status: 'old', conditions: ['old', 'high-memory'] });
      const processes = [
        both,
        aRoot(2, 2),
        aRoot(3, 3, { status: 'orphan', conditions: ['orphan'] }),
        aRoot(4, 4, { status: 'possible-orphan', conditions: ['possible-orphan'] }),
      ];
      const by = (status: RowsInput['filter']['status']) => pids(anInput(processes, { filter: filtered({ status }) }));
      expect([by('high-memory'), by('old'), by('normal'), by('orphan'), by('possible-orphan'), by('orphans'), by('all')]).toEqual([
        [1],
        [1],
        [2],
        [3],
        [4],
        [4, 3],
        [4, 3, 2, 1],
      ]);
    });

    it('brings the children of a session that matches along', () => {
      const processes = [aRoot(1, 5, { name: 'billing' }), aChild(2, 1, 1, { name: 'postgres' }), aRoot(3, 4, { name: 'notes' })];
      expect(pids(anInput(processes, { filter: filtered({ query: 'billing' }), expanded: new Set(['1:s1']) }))).toEqual([1, 2]);
    });

    it('shows a child that matches with its session as context, unfolded', () => {
      const processes = [aRoot(1, 5, { name: 'billing' }), aChild(2, 1, 1, { name: 'postgres' }), aChild(3, 1, 1, { name: 'github' })];
      const rows = selectRows(anInput(processes, { filter: filtered({ query: 'postgres' }) }));
      expect(rows.map((row) => [row.view.key.pid, row.context, row.expanded, row.children])).toEqual([
        [1, true, true, 1],
        [2, false, null, 0],
      ]);
    });

    it('does not list a session for a child that is merely normal', () => {
      const processes = [aRoot(1, 5, { status: 'old', conditions: ['old'] }), aChild(2, 1, 1)];
      expect(pids(anInput(processes, { filter: filtered({ status: 'normal' }) }))).toEqual([]);
    });

    it('finds text in name, pid, project, command, user, session and kind, without accents or case, every word of it', () => {
      const view = aRoot(4711, 1, {
        kind: 'mcp-server',
        name: 'Órfão-Tool',
        projectDir: '/home/dana/src/Billing',
        command: 'node server.js --port 80',
        user: 'dana',
        session: { sessionId: 'x', name: 'nightly run', projectDir: null, version: null, entrypoint: null, jobId: null, configDir: '/' },
      });
      const finds = (query: string): boolean => pids(anInput([view], { filter: filtered({ query }) })).length === 1;
      expect(
        ['orfao', '471', 'billing', 'PORT 80', 'dana', 'mcp-server', 'servidor mcp', 'nightly', 'dana   tool', '  '].map(finds),
      ).toEqual(Array.from({ length: 10 }, () => true));
      expect(['orfaos', '4712', 'dana rafael'].map(finds)).toEqual([false, false, false]);
    });

    it('follows a change of the reader’s words for a kind', () => {
      const view = aRoot(1, 1, { kind: 'mcp-server' });
      const input = anInput([view], { filter: filtered({ query: 'servidor' }) });
      expect([pids(input), pids({ ...input, kindName: () => 'MCP server' }), pids(input)]).toEqual([[1], [], [1]]);
    });

    it('narrows by user and activity together', () => {
      const processes = [
        aRoot(1, 1, { user: 'dana', activity: 'busy' }),
        aRoot(2, 2, { user: 'dana', activity: 'idle' }),
        aRoot(3, 3, { user: 'rafael', activity: 'busy' }),
        aRoot(4, 4, { user: null, uid: 7, activity: 'busy' }),
      ];
      const by = (filter: Partial<RowsInput['filter']>) => pids(anInput(processes, { filter: filtered(filter) }));
      expect([by({ user: 'dana' }), by({ activity: 'busy' }), by({ user: 'dana', activity: 'busy' }), by({ user: '#7' })]).toEqual([
        [2, 1],
        [4, 3, 1],
        [1],
        [4],
      ]);
    });

    it('lists a child by itself in a flat list', () => {
      const processes = [aRoot(1, 5, { name: 'billing' }), aChild(2, 1, 1, { name: 'postgres' })];
      expect(pids(anInput(processes, { tree: false, filter: filtered({ query: 'postgres' }) }))).toEqual([2]);
    });
  });
});

describe('what a row shows', () => {
  it('is its tree’s where it stands for one', () => {
    const view = aView(1, { memoryBytes: 1, cpuPercent: 2, tree: { memoryBytes: 3, cpuPercent: 4, count: 2, memoryIsPartial: true } });
    expect([figuresOf(view, true), figuresOf(view, false)]).toEqual([
      { memoryBytes: 3, cpuPercent: 4, partial: true },
      { memoryBytes: 1, cpuPercent: 2, partial: false },
    ]);
  });

  it('names a user by name, else by number, else not at all', () => {
    expect([userOf(aView(1)), userOf(aView(1, { user: null })), userOf(aView(1, { user: null, uid: null }))]).toEqual([
      'dana',
      '#1000',
      null,
    ]);
    expect(fold('Possível ÓRFÃO')).toBe('possivel orfao');
  });
});

describe('neighbour', () => {
  it('is the next row that lives, else the one before, else nobody', () => {
    const before = ['a', 'b', 'c', 'd'];
    expect([
      neighbour(before, 'b', new Set(['a', 'd'])),
      neighbour(before, 'd', new Set(['a', 'b'])),
      neighbour(before, 'b', new Set()),
      neighbour(before, 'x', new Set(['a'])),
    ]).toEqual(['d', 'b', null, null]);
  });
});

describe('range', () => {
  it('runs either way and falls back to the one row', () => {
    const ids = ['a', 'b', 'c', 'd'];
    expect([range(ids, 'b', 'd'), range(ids, 'd', 'b'), range(ids, null, 'c'), range(ids, 'gone', 'c')]).toEqual([
      ['b', 'c', 'd'],
      ['b', 'c', 'd'],
      ['c'],
      ['c'],
    ]);
  });
});
