import { describe, expect, it } from 'vitest';
import type { PreviewTarget } from '../../../src/shared/api.js';
import type { EndPlan } from '../../../src/shared/end-plan.js';
import { acceptedKeys, keysToInspect, planEnd, tickedIds } from '../../../src/shared/end-plan.js';
import type { GuardContext } from '../../../src/shared/guard.js';
import { keyId } from '../../../src/shared/process-key.js';
import type { CandidateFacts, ProcessView } from '../../../src/shared/types.js';
import { aGuard, aSnapshot, aView } from '../../fakes/a-view.js';

const key = (pid: number) => ({ pid, startedAt: `s${pid}` });
const owned = (pid: number, owner: number, over: Partial<ProcessView> = {}) =>
  aView(pid, { kind: 'mcp-server', ppid: owner, owner: key(owner), ...over });

/** Facts of every process: it serves nobody, but for those named. */
const facts = (views: readonly ProcessView[], serving: Readonly<Record<number, Partial<CandidateFacts>>> = {}) =>
  new Map(views.map(({ key: { pid } }) => [pid, { cgroup: null, fd0: null, listening: false, ptyHolder: false, ...serving[pid] }]));

const plan = (views: readonly ProcessView[], pids: readonly number[], serving = {}, context: Partial<GuardContext> = {}): EndPlan =>
  planEnd(aSnapshot(views), pids.map(key), aGuard(context), facts(views, serving));

/** Each line as "pid role below: warnings", each exclusion as "pid id". */
const shape = ({ lines, excluded }: EndPlan) => ({
  lines: lines.map(
    ({ view, role, below, warnings }) =>
      `${view.key.pid} ${role}${below ? ` ${below.pid}` : ''}${warnings.map((one) => ` !${one.id}${one.values?.['count'] ?? ''}`).join('')}`,
  ),
  excluded: excluded.map((one) => `${one.key.pid} ${one.refusal.id}`),
});

describe('planEnd', () => {
  it('leaves out what is gone and what has got another stamp, without a word about who it is now', () => {
    const views = [aView(50)];
    const { lines, excluded } = planEnd(aSnapshot(views), [key(51), { pid: 50, startedAt: 'older' }], aGuard(), facts(views));
    expect(lines).toEqual([]);
    expect(excluded).toEqual([
      { key: key(51), name: '51', kind: null, user: null, refusal: { reason: 'gone', id: 'gone' } },
      { key: { pid: 50, startedAt: 'older' }, name: '50', kind: null, user: null, refusal: { reason: 'changed', id: 'changed' } },
    ]);
  });

  it('says of ourselves, our ancestors and pid 1 who they are, though no look lists them', () => {
    expect(shape(plan([], [1, 900, 800, 901]))).toEqual({ lines: [], excluded: ['1 system', '900 self', '800 ancestor', '901 child'] });
  });

  it('refuses a session that we run in', () => {
    expect(shape(plan([aView(800), owned(810, 800)], [800]))).toEqual({ lines: [], excluded: ['800 ancestor'] });
  });

  it('knows nobody of another pid namespace by marks alone: the pid that they name is another there', () => {
    const views = [aView(50), owned(51, 50, { ppid: 1 }), owned(52, 50), owned(53, 50, { ppid: 1 })];
    const elsewhere = { 51: { sameNamespace: false }, 52: { sameNamespace: false }, 53: { sameNamespace: true } };
    expect(shape(plan(views, [50], elsewhere)).lines).toEqual(['50 chosen', '52 owned 50', '53 owned 50']);
  });

  it('brings along what a session owns, below it or re-parented, and nobody else', () => {
    const views = [
      aView(50),
      owned(51, 50),
      owned(52, 50, { kind: 'tool-shell' }),
      owned(53, 50, { kind: 'tool-child', ppid: 52 }),
      owned(54, 50, { kind: 'tool-child', ppid: 1 }),
      owned(55, 50, { kind: 'tool-child', ppid: 54 }),
      aView(60),
      owned(61, 60),
    ];
    expect(shape(plan(views, [50]))).toEqual({
      lines: ['50 chosen !runningShell1', '51 owned 50', '52 owned 50', '53 owned 50', '54 owned 50', '55 owned 50'],
      excluded: [],
    });
  });

  it('brings along what is below a chosen shell, and not its session', () => {
    const views = [
      aView(50),
      owned(52, 50, { kind: 'tool-shell' }),
      owned(53, 50, { kind: 'tool-child', ppid: 52 }),
      aView(54, { kind: 'tool-child', ppid: 53 }),
      owned(55, 50),
    ];
    expect(shape(plan(views, [52])).lines).toEqual(['52 chosen', '53 owned 52', '54 owned 52']);
  });

  it('lets no dead process stand between', () => {
    const views = [aView(50), owned(51, 50, { state: 'Z' }), owned(52, 50, { kind: 'zombie', ppid: 50, state: 'Z' })];
    expect(shape(plan(views, [50]))).toEqual({ lines: ['50 chosen'], excluded: [] });
    expect(shape(plan(views, [52, 51]))).toEqual({ lines: [], excluded: ['52 zombie', '51 gone'] });
  });

  it('does not take a parent for one that started after its child', () => {
    const views = [aView(52, { kind: 'tool-shell', startedAtMs: 90_000 }), aView(53, { kind: 'tool-child', ppid: 52, startedAtMs: 5_000 })];
    expect(shape(plan(views, [52])).lines).toEqual(['52 chosen']);
  });

  it('makes another engine a line of its own, and touches nothing below it', () => {
    const views = [
      aView(50),
      owned(52, 50, { kind: 'tool-shell' }),
      aView(53, { kind: 'cli-headless', ppid: 52, activity: 'busy' }),
      owned(54, 53),
      // Inherited the outer session's mark.
      owned(55, 50, { ppid: 53 }),
      owned(56, 50),
    ];
    expect(shape(plan(views, [50])).lines).toEqual([
      '50 chosen !runningShell1 !containsEngine1',
      '52 separate 50 !containsEngine1',
      '53 separate 50 !busy',
      '56 owned 50',
    ]);
  });

  it('stops at a change of user, for root too', () => {
    const views = [
      aView(50),
      owned(52, 50, { kind: 'tool-shell' }),
      aView(53, { kind: 'tool-child', ppid: 52, uid: 0, user: 'root' }),
      owned(54, 50, { kind: 'tool-child', ppid: 53 }),
    ];
    expect(shape(plan(views, [50]))).toEqual({
      lines: ['50 chosen !runningShell1 !containsProtected1', '52 separate 50 !containsProtected1'],
      excluded: ['53 otherUser'],
    });
    expect(shape(plan(views, [50], {}, { isRoot: true })).lines).toEqual(['50 chosen !runningShell1', '52 owned 50', '53 separate 50']);
  });

  it('does not own what carries another user’s claim', () => {
    const views = [aView(50), aView(51, { kind: 'mcp-server', uid: 1001, user: 'eve', owner: key(50) })];
    expect(shape(plan(views, [50], {}, { isRoot: true }))).toEqual({ lines: ['50 chosen'], excluded: [] });
  });

  it('does not own what is below a session without any mark of it', () => {
    const views = [aView(50), aView(51, { kind: 'unverified', ppid: 50 })];
    expect(shape(plan(views, [50])).lines).toEqual(['50 chosen', '51 separate 50']);
  });

  it('leaves what serves others unticked, with all that holds it and all that is part of it', () => {
    const views = [
      aView(50),
      owned(52, 50, { kind: 'tool-shell' }),
      owned(53, 50, { kind: 'tool-child', ppid: 52 }),
      owned(54, 50, { kind: 'tool-child', ppid: 53 }),
      owned(55, 50),
    ];
    expect(shape(plan(views, [50], { 53: { listening: true } })).lines).toEqual([
      '50 chosen !runningShell1',
      '52 separate 50 !containsServing1',
      '53 separate 50 !listens',
      '54 separate 50 !partOfServing',
      '55 owned 50',
    ]);
  });

  it('keeps the panes of a terminal server apart, also of one that was chosen itself', () => {
    const views = [
      aView(50),
      owned(60, 50, { kind: 'tool-child', ppid: 1 }),
      owned(61, 50, { kind: 'tool-child', ppid: 60 }),
      aView(62, { ppid: 61 }),
    ];
    const tmux = { 60: { ptyHolder: true } };
    expect(shape(plan(views, [50], tmux)).lines).toEqual([
      '50 chosen',
      '60 separate 50 !holdsTerminals !containsEngine1',
      '61 separate 50 !containsEngine1',
      '62 separate 50',
    ]);
    expect(shape(plan([...views, owned(63, 50, { kind: 'tool-child', ppid: 60 })], [60], tmux)).lines).toEqual([
      '60 chosen !holdsTerminals !containsEngine1',
      '61 separate 60 !containsEngine1',
      '62 separate 60',
      '63 separate 60 !partOfServing',
    ]);
  });

  it('takes what cannot be read for serving', () => {
    const views = [aView(50), owned(51, 50), owned(52, 50)];
    const unread = new Map([[51, { cgroup: null, fd0: null, listening: null, ptyHolder: false }]]);
    expect(shape(planEnd(aSnapshot(views), [key(50)], aGuard(), unread)).lines).toEqual([
      '50 chosen',
      '51 separate 50 !servingUnknown',
      '52 separate 50 !servingUnknown',
    ]);
  });

  it('asks for the facts of every line that is no engine, before it has any', () => {
    const views = [aView(50), owned(52, 50), owned(53, 50, { ppid: 52 }), aView(54, { ppid: 53 })];
    expect(keysToInspect(planEnd(aSnapshot(views), [key(50)], aGuard()))).toEqual([key(52), key(53)]);
  });

  it('leaves a protected child alone, says so, and unticks what is above and below it', () => {
    const views = [
      aView(50),
      owned(52, 50, { kind: 'tool-shell' }),
      owned(53, 50, { kind: 'tool-child', ppid: 52 }),
      owned(54, 50, { kind: 'tool-child', ppid: 53 }),
    ];
    expect(shape(plan(views, [50], {}, { protectRules: [{ by: 'pid', value: '53' }] }))).toEqual({
      lines: ['50 chosen !runningShell1 !containsProtected1', '52 separate 50 !containsProtected1', '54 separate 50 !partOfServing'],
      excluded: ['53 protectPid'],
    });
  });

  it('refuses the child of a protected session that was chosen for itself', () => {
    const views = [aView(50, { projectDir: '/srv/a' }), owned(51, 50)];
    const context = { protectRules: [{ by: 'project', value: '/srv' } as const] };
    expect(shape(plan(views, [51], {}, context))).toEqual({ lines: [], excluded: ['51 protectOwner'] });
  });

  it('names each process once, whatever was chosen with what', () => {
    const views = [
      aView(50),
      owned(52, 50, { kind: 'tool-shell' }),
      owned(53, 50, { kind: 'tool-child', ppid: 52 }),
      aView(54, { ppid: 53 }),
    ];
    const lines = [
      '50 chosen !runningShell1 !containsEngine1',
      '52 separate 50 !containsEngine1',
      '53 separate 50 !containsEngine1',
      '54 chosen',
    ];
    expect(shape(plan(views, [54, 50, 50])).lines.sort()).toEqual(lines.sort());
    const alone = views.slice(0, 3);
    for (const pids of [
      [50, 52, 53],
      [53, 52, 50],
      [52, 50],
    ])
      expect(shape(plan(alone, pids)).lines).toEqual(['50 chosen !runningShell1', '52 owned 50', '53 owned 50']);
  });

  it('ends on a table with loops', () => {
    const views = [
      aView(52, { kind: 'tool-shell', ppid: 53 }),
      aView(53, { kind: 'tool-child', ppid: 52 }),
      aView(54, { kind: 'tool-child', ppid: 54 }),
    ];
    expect(shape(plan(views, [52, 53, 54])).lines).toEqual(['53 chosen', '52 owned 53', '54 chosen']);
  });

  it('plans a chain of ten thousand', () => {
    const views = Array.from({ length: 10_000 }, (_, i) => aView(2000 + i, { kind: 'tool-child', ppid: 1999 + i }));
    expect(plan(views, [2000]).lines.map(({ role }) => role)).toEqual(['chosen', ...Array.from({ length: 9_999 }, () => 'owned')]);
  });

  it.each([
    [{ activity: 'busy' }, ['busy']],
    [{ activity: 'waiting', waitingFor: 'permission prompt' }, ['waitingFor']],
    [{ activity: 'waiting' }, ['waiting']],
    [{ activity: 'shell' }, ['runningShell']],
    [{ activity: 'idle', tty: 'pts/3' }, ['attachedTerminal']],
    [{ activity: 'idle', tty: 'pts/3', leftOver: 'yes' }, []],
    [{ activity: 'idle', tty: '?' }, []],
    [{ activity: 'busy', tty: 'pts/3', kind: 'mcp-server' }, []],
  ] as const)('warns of %j', (over, ids) => {
    expect(plan([aView(50, over)], [50]).lines[0]?.warnings.map(({ id }) => id)).toEqual(ids);
  });
});

describe('what is ticked and what is accepted', () => {
  const views = [aView(50, { activity: 'busy' }), owned(51, 50), aView(60), owned(61, 60), owned(62, 60)];
  const serving = { 62: { listening: true } };

  it('ticks a single choice though warned of, and in a bulk only what is not', () => {
    expect([...tickedIds(plan(views, [50]).lines, false)]).toEqual(['50:s50', '51:s51']);
    expect([...tickedIds(plan(views, [50, 60], serving).lines, true)]).toEqual(['60:s60', '61:s61']);
  });

  it('accepts the ticked lines, or those of them without a warning and what they own', () => {
    const targets = (pids: readonly number[]): PreviewTarget[] => {
      const { lines } = plan(views, pids, serving);
      const ticked = tickedIds(lines, false);
      return lines.map(({ view, role, below, warnings }) => ({
        ...view,
        role,
        below,
        warnings,
        evidence: [],
        ticked: ticked.has(keyId(view.key)),
        resume: null,
      }));
    };
    const preview = { targets: targets([50, 60]) };
    expect(acceptedKeys(preview, { includeWarned: true })).toEqual([50, 51, 60, 61].map(key));
    expect(acceptedKeys(preview, { includeWarned: false })).toEqual([60, 61].map(key));
  });
});
