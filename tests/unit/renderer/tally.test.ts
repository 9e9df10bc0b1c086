import { describe, expect, it } from 'vitest';
import type { Filter } from '../../../src/renderer/select.js';
import { memoryOf, tallySessions, tallyStatuses, tallyUsers } from '../../../src/renderer/tally.js';
import type { ProcessView, StatusWord } from '../../../src/shared/types.js';
import { aView } from '../../fakes/a-view.js';

const EVERYTHING: Filter = { status: 'all', user: null, activity: 'any', finding: 'any', query: '' };
const aRoot = (pid: number, bytes: number | null, conditions: readonly StatusWord[], over: Partial<ProcessView> = {}): ProcessView =>
  aView(pid, { memoryBytes: bytes, conditions, tree: { memoryBytes: bytes, cpuPercent: null, count: 1, memoryIsPartial: false }, ...over });
const aChild = (pid: number, owner: number, bytes: number, over: Partial<ProcessView> = {}): ProcessView =>
  aView(pid, { owner: { pid: owner, startedAt: `s${owner}` }, memoryBytes: bytes, ...over });

const none = { count: 0, memoryBytes: null };

describe('tallyStatuses', () => {
  const processes = [
    aRoot(1, 100, ['old', 'high-memory'], { name: 'billing' }),
    aChild(2, 1, 30, { name: 'postgres' }),
    aRoot(3, null, ['normal']),
    aRoot(4, 7, ['orphan']),
    aRoot(5, 8, ['possible-orphan'], { user: 'rafael' }),
  ];

  it('counts every condition that holds; a child only for what is wrong with it', () => {
    expect(tallyStatuses(processes, EVERYTHING, () => '')).toEqual({
      all: { count: 4, memoryBytes: 115 },
      normal: { count: 1, memoryBytes: null },
      'high-memory': { count: 1, memoryBytes: 100 },
      old: { count: 1, memoryBytes: 100 },
      orphan: { count: 1, memoryBytes: 7 },
      'possible-orphan': { count: 1, memoryBytes: 8 },
      orphans: { count: 2, memoryBytes: 15 },
    });
    const wrong = [aRoot(1, 100, ['normal']), aChild(2, 1, 30, { conditions: ['orphan'] })];
    expect(tallyStatuses(wrong, EVERYTHING, () => '').orphan).toEqual({ count: 1, memoryBytes: 30 });
  });

  it('says what each status would find under the rest of the filter, whichever status is on', () => {
    expect(tallyStatuses(processes, { ...EVERYTHING, status: 'old', user: 'rafael' }, () => '')).toEqual({
      all: { count: 1, memoryBytes: 8 },
      normal: none,
      'high-memory': none,
      old: none,
      orphan: none,
      'possible-orphan': { count: 1, memoryBytes: 8 },
      orphans: { count: 1, memoryBytes: 8 },
    });
  });

  it('counts a session that shows for its child’s sake as one item, and not as old', () => {
    const { all, old } = tallyStatuses(processes, { ...EVERYTHING, query: 'postgres' }, () => '');
    expect({ all, old }).toEqual({ all: { count: 1, memoryBytes: 100 }, old: none });
  });
});

describe('tallyUsers', () => {
  it('sums every process of a user once, most memory first, and counts items', () => {
    const processes = [
      aRoot(1, 10, ['normal']),
      aChild(2, 1, 30),
      aChild(3, 1, 50, { user: 'root' }),
      aRoot(4, null, ['normal'], { user: 'rafael' }),
      aRoot(5, 1, ['normal'], { user: null, uid: null }),
    ];
    expect(tallyUsers(processes)).toEqual([
      { user: 'root', count: 1, memoryBytes: 50 },
      { user: 'dana', count: 1, memoryBytes: 40 },
      { user: null, count: 1, memoryBytes: 1 },
      { user: 'rafael', count: 1, memoryBytes: null },
    ]);
  });
});

describe('a look at which only figures change', () => {
  it('is summed up anew, and one at which a condition or a user changes is counted anew', () => {
    const before = [aRoot(1, 10, ['normal']), aChild(2, 1, 30, { conditions: ['orphan'] }), aRoot(3, 5, ['old'], { user: 'rafael' })];
    tallyStatuses(before, EVERYTHING, () => '');
    tallyUsers(before);
    const [one, two, three] = before.map((view) => ({
      ...view,
      memoryBytes: (view.memoryBytes ?? 0) + 1,
      tree: { ...view.tree, memoryBytes: 100 },
    })) as [ProcessView, ProcessView, ProcessView];
    const after = [one, two, three];
    expect(tallyStatuses(after, EVERYTHING, () => '')).toMatchObject({
      all: { count: 2, memoryBytes: 200 },
      orphan: { count: 1, memoryBytes: 31 },
      old: { count: 1, memoryBytes: 100 },
    });
    expect(tallyUsers(after)).toEqual([
      { user: 'dana', count: 1, memoryBytes: 42 },
      { user: 'rafael', count: 1, memoryBytes: 6 },
    ]);
    const changed = [one, { ...two, user: 'root' }, { ...three, conditions: ['orphan' as const] }];
    expect(tallyStatuses(changed, EVERYTHING, () => '')).toMatchObject({ old: none, orphan: { count: 2, memoryBytes: 131 } });
    expect(tallyUsers(changed).map(({ user }) => user)).toEqual(['root', 'dana', 'rafael']);
  });
});

describe('memoryOf', () => {
  const session = aRoot(1, 10, ['normal'], { tree: { memoryBytes: 40, cpuPercent: null, count: 2, memoryIsPartial: false } });
  const processes = [session, aChild(2, 1, 30), aRoot(3, null, ['normal'])];

  it('takes a session with all it owns, once', () => {
    expect(memoryOf(processes, new Set(['1:s1', '2:s2']), true)).toBe(40);
    expect(memoryOf(processes, new Set(['2:s2']), true)).toBe(30);
  });

  it('takes each row by itself in a flat list, and knows nothing of what could not be read', () => {
    expect(memoryOf(processes, new Set(['1:s1', '2:s2']), false)).toBe(40);
    expect(memoryOf(processes, new Set(['1:s1']), false)).toBe(10);
    expect(memoryOf(processes, new Set(['3:s3']), true)).toBeNull();
  });
});

describe('tallySessions', () => {
  it('counts what a user can be ended of, most first; a user without a name goes by number', () => {
    const processes = [
      aView(1, { user: 'rafael' }),
      aView(2),
      aView(3, { kind: 'ide-session' }),
      aView(4, { kind: 'mcp-server', user: 'nobody' }),
      aView(5, { user: null, uid: 1234 }),
      aView(6, { user: null, uid: null }),
      aView(7, { kind: 'daemon', user: 'rafael' }),
    ];
    expect(tallySessions(processes)).toEqual([
      { user: 'dana', count: 2 },
      { user: '1234', count: 1 },
      { user: 'rafael', count: 1 },
    ]);
  });
});
