import { describe, expect, it } from 'vitest';
import type { ActionScope } from '../../../src/shared/api.js';
import { confirmationOf, isBulk, isLight, planMembers, quickCounts, selectMembers } from '../../../src/shared/bulk.js';
import { parseConfig } from '../../../src/shared/config.js';
import type { PlanLine } from '../../../src/shared/end-plan.js';
import { excludedAs, tickedIds } from '../../../src/shared/end-plan.js';
import type { GuardContext } from '../../../src/shared/guard.js';
import { keyId } from '../../../src/shared/process-key.js';
import type { ProcessView } from '../../../src/shared/types.js';
import { KINDS } from '../../../src/shared/types.js';
import { aGuard, aSnapshot, aView } from '../../fakes/a-view.js';

const key = (pid: number) => ({ pid, startedAt: `s${pid}` });
const NOW = 100_000_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SESSION: ProcessView['session'] = {
  sessionId: 'a-session',
  name: null,
  projectDir: null,
  version: null,
  entrypoint: null,
  jobId: null,
  configDir: '/home/dana/.claude',
};
const config = parseConfig({});
const snapshotOf = (views: readonly ProcessView[]) => ({ ...aSnapshot(views), takenAtMs: NOW });
const left = (pid: number, over: Partial<ProcessView> = {}) =>
  aView(pid, { kind: 'mcp-server', leftOver: 'yes', reparented: true, startedAtMs: NOW - HOUR, ...over });
/** A session of three hours, idle for all but a few minutes of them. */
const old = (pid: number, over: Partial<ProcessView> = {}) =>
  aView(pid, { session: SESSION, startedAtMs: NOW - 3 * HOUR, activity: 'idle', activeSinceMs: NOW - 170 * MINUTE, ...over });

const select = (
  views: readonly ProcessView[],
  scope: ActionScope,
  guard: Partial<GuardContext> = {},
  minAgeMinutes: number | null = null,
) => {
  const { keys, excluded } = selectMembers(snapshotOf(views), { scope, minAgeMinutes }, config, aGuard(guard));
  return { keys: keys.map(({ pid }) => pid), excluded: excluded.map((one) => `${one.key.pid} ${one.refusal.id}`) };
};

describe('orphans', () => {
  const scope: ActionScope = { type: 'orphans' };

  it('are what is left over, and what perhaps is', () => {
    const views = [
      left(50),
      left(51, { leftOver: 'unknown' }),
      left(52, { leftOver: 'unknown', reparented: false }),
      left(53, { leftOver: 'no' }),
      left(54, { kind: 'cli-session' }),
    ];
    expect(select(views, scope)).toEqual({ keys: [50, 51, 54], excluded: [] });
  });

  it('are a minute old at least, or as old as is asked; what cannot be dated is no minute old', () => {
    const views = [left(50, { startedAtMs: NOW - MINUTE }), left(51, { startedAtMs: NOW - MINUTE + 1 }), left(52, { startedAtMs: null })];
    expect(select(views, scope)).toEqual({ keys: [50], excluded: ['51 tooYoung', '52 ageUnknown'] });
    expect(select(views, scope, {}, 10)).toEqual({ keys: [], excluded: ['50 tooYoung', '51 tooYoung', '52 ageUnknown'] });
    expect(select(views, scope, {}, 0)).toEqual({ keys: [50, 51, 52], excluded: [] });
  });

  it('of others are for root alone', () => {
    const views = [left(50), left(51, { uid: 1001, user: 'eve' })];
    expect(select(views, scope)).toEqual({ keys: [50], excluded: ['51 otherUser'] });
    expect(select(views, scope, { selfUid: 0, isRoot: true })).toEqual({ keys: [50, 51], excluded: [] });
  });

  it('are of kinds that end together only, and never what is dead, protected, or above us', () => {
    const views = [
      left(50, { kind: 'api-client' }),
      left(51, { kind: 'chrome-native-host' }),
      left(52, { kind: 'zombie', state: 'Z' }),
      left(53, { user: 'dana', name: 'keep' }),
      left(800),
      left(54, { kind: 'daemon', leftOver: 'unknown' }),
    ];
    const protectRules = [{ by: 'name' as const, value: 'keep' }];
    expect(select(views, scope, { protectRules })).toEqual({
      keys: [],
      excluded: ['50 notInBulk', '51 notInBulk', '53 protectName', '800 ancestor', '54 daemon'],
    });
  });
});

describe('old ones', () => {
  const scope: ActionScope = { type: 'old', hours: null };

  it('are sessions that began long ago and have been idle by their own record since', () => {
    const views = [
      old(50),
      old(51, { activity: 'busy' }),
      old(52, { activity: 'waiting' }),
      old(53, { activity: 'shell' }),
      old(54, { activity: 'unknown' }),
      old(55, { activeSinceMs: NOW - 119 * MINUTE }),
      old(56, { activeSinceMs: null }),
      old(57, { session: null }),
      old(58, { activeSinceMs: NOW + HOUR }),
      old(59, { startedAtMs: NOW - 2 * HOUR }),
      old(60, { startedAtMs: null }),
      old(61, { kind: 'mcp-server' }),
      old(62, { kind: 'acp-adapter' }),
    ];
    expect(select(views, scope)).toEqual({
      keys: [50],
      excluded: [
        '51 notIdleBusy',
        '52 notIdleWaiting',
        '53 notIdleShell',
        '54 notIdleUnknown',
        '55 notIdleLong',
        '56 notIdleUnknown',
        '57 notIdleUnknown',
        '58 notIdleLong',
      ],
    });
  });

  it('are as old as is asked', () => {
    const views = [old(50), old(51, { startedAtMs: NOW - 10 * HOUR })];
    expect(select(views, { type: 'old', hours: 4 }).keys).toEqual([51]);
    expect(select(views, { type: 'old', hours: 0.5 }).keys).toEqual([50, 51]);
  });

  it('are never of another user, unless root asks', () => {
    const views = [old(50, { uid: 1001, user: 'eve' })];
    expect(select(views, scope)).toEqual({ keys: [], excluded: ['50 otherUser'] });
    expect(select(views, scope, { selfUid: 0, isRoot: true }).keys).toEqual([50]);
  });
});

describe('all of a user', () => {
  const views = [
    aView(50),
    aView(51, { kind: 'mcp-server', owner: key(50) }),
    aView(52, { kind: 'mcp-server', owner: key(99) }),
    aView(53, { kind: 'daemon' }),
    aView(54, { kind: 'unverified' }),
    aView(55, { kind: 'acp-adapter' }),
    aView(56, { uid: 1001, user: 'eve' }),
    aView(57, { kind: 'zombie', state: 'Z' }),
    aView(58, { kind: 'mcp-server', owner: key(57) }),
  ];

  it('is every session, with what belongs to it, and the rest is named', () => {
    expect(select(views, { type: 'user', user: 'dana' })).toEqual({
      keys: [50, 55],
      excluded: ['52 noSession', '53 daemon', '54 notInBulk', '58 noSession'],
    });
  });

  it('of everybody, too', () => {
    expect(select(views, { type: 'all' }).excluded).toContain('56 otherUser');
    expect(select(views, { type: 'all' }, { selfUid: 0, isRoot: true }).keys).toEqual([50, 55, 56]);
    expect(select(views, { type: 'user', user: 'eve' }, { selfUid: 0, isRoot: true }).keys).toEqual([56]);
  });

  it('takes the number for a name where there is none, and nobody’s name for nobody', () => {
    expect(select([aView(50, { user: null })], { type: 'user', user: '1000' }).keys).toEqual([50]);
    expect(select([aView(50)], { type: 'user', user: '1000' })).toEqual({ keys: [], excluded: [] });
  });
});

describe('chosen ones', () => {
  const keys = (...pids: readonly number[]): ActionScope => ({ type: 'keys', keys: pids.map(key) });
  const views = [aView(50), aView(51, { kind: 'unverified' }), aView(52, { startedAtMs: NOW })];

  it('are all taken, but what is ended by itself only by itself', () => {
    expect(select(views, keys(50, 51))).toEqual({ keys: [50], excluded: ['51 alone'] });
    expect(select(views, keys(51))).toEqual({ keys: [51], excluded: [] });
    expect(select(views, keys(51, 51))).toEqual({ keys: [51], excluded: [] });
  });

  it('have no least age unless one is asked for', () => {
    expect(select(views, keys(52)).keys).toEqual([52]);
    expect(select(views, keys(52, 99), {}, 1)).toEqual({ keys: [99], excluded: ['52 tooYoung'] });
  });
});

describe('a bulk', () => {
  it('is everything but one that was chosen', () => {
    const scopes: readonly ActionScope[] = [
      { type: 'all' },
      { type: 'user', user: 'x' },
      { type: 'old', hours: null },
      { type: 'orphans' },
    ];
    expect(scopes.map(isBulk)).toEqual([true, true, true, true]);
    expect([[key(1)], [key(1), key(1)], [key(1), key(2)]].map((keys) => isBulk({ type: 'keys', keys }))).toEqual([false, false, true]);
  });

  it('asks for a name where it takes everything', () => {
    const scopes: readonly ActionScope[] = [
      { type: 'all' },
      { type: 'user', user: 'x' },
      { type: 'old', hours: null },
      { type: 'orphans' },
    ];
    expect([...scopes, { type: 'keys' as const, keys: [key(1)] }].map(confirmationOf)).toEqual(['ALL', 'x', null, null, null]);
  });

  it('ends no unknown that belongs to a session, and names nobody twice', () => {
    const views = [aView(50), aView(51, { kind: 'unverified', ppid: 50, owner: key(50) }), aView(52, { kind: 'mcp-server', ppid: 50 })];
    const members = selectMembers(snapshotOf(views), { scope: { type: 'all' }, minAgeMinutes: null }, config, aGuard());
    const facts = new Map(views.map((view) => [view.key.pid, { cgroup: null, fd0: null, listening: false, ptyHolder: false }]));
    const { lines, excluded } = planMembers(snapshotOf(views), members, true, aGuard(), facts);
    expect(lines.map(({ view, role }) => `${view.key.pid} ${role}`)).toEqual(['50 chosen', '52 separate']);
    expect(excluded.map((one) => `${one.key.pid} ${one.refusal.id}`)).toEqual(['51 alone']);
    expect([...tickedIds(lines, true)]).toEqual([keyId(key(50))]);
  });

  it('never has a kind that ends alone, in whatever place', () => {
    const views = KINDS.map((kind, i) =>
      left(50 + i, { kind, session: { ...(SESSION as NonNullable<typeof SESSION>), jobId: '0123abcd' } }),
    );
    const scopes: readonly ActionScope[] = [{ type: 'all' }, { type: 'orphans' }];
    const kindsIn = (scope: ActionScope) =>
      selectMembers(snapshotOf(views), { scope, minAgeMinutes: null }, config, aGuard()).keys.map(({ pid }) => KINDS[pid - 50]);
    const sessions = ['cli-session', 'cli-headless', 'ide-session', 'desktop-session', 'sdk-worker', 'teammate', 'acp-adapter'];
    expect(scopes.map(kindsIn)).toEqual([
      [...sessions, 'bg-session'],
      [...sessions, 'mcp-server', 'tool-shell', 'tool-child', 'hook'],
    ]);
  });
});

describe('quickCounts', () => {
  it('counts what the previews would tick, what belongs to a session with it', () => {
    const views = [
      old(50),
      aView(51, { kind: 'mcp-server', ppid: 50, owner: key(50), startedAtMs: NOW - HOUR }),
      old(52, { tty: 'pts/1' }),
      aView(53, { activity: 'busy', startedAtMs: NOW - HOUR }),
      left(54),
      left(55, { leftOver: 'unknown' }),
      left(56, { uid: 1001 }),
    ];
    expect(quickCounts(snapshotOf(views), config, aGuard())).toEqual({ orphans: 1, possibleOrphans: 1, old: 2, all: 2 });
    expect(quickCounts(snapshotOf(views), config, aGuard({ selfUid: 0, isRoot: true })).orphans).toBe(2);
  });

  it('is nothing on an empty machine', () => {
    expect(quickCounts(snapshotOf([]), config, aGuard())).toEqual({ orphans: 0, possibleOrphans: 0, old: 0, all: 0 });
  });
});

describe('the light case', () => {
  const one: ActionScope = { type: 'keys', keys: [key(50)] };
  const asked = { verb: 'end', scope: one, force: false, elevated: false } as const;
  const line = (view: ProcessView, over: Partial<PlanLine> = {}): PlanLine => ({
    view,
    role: 'chosen',
    below: null,
    warnings: [],
    ...over,
  });
  const owned = (over: Partial<ProcessView> = {}, more: Partial<PlanLine> = {}) =>
    line(aView(51, { kind: 'mcp-server', ...over }), { role: 'owned', below: key(50), ...more });
  const light = (lines: readonly PlanLine[], over: Partial<Parameters<typeof isLight>[0]> = {}, excluded: readonly ProcessView[] = []) =>
    isLight(
      { ...asked, ...over },
      { lines, excluded: excluded.map((view) => excludedAs(view, { reason: 'protected', id: 'daemon' })) },
      NOW,
      120,
      1000,
    );
  const warnings = [{ id: 'attachedTerminal', weight: 'against' as const }];

  it('is one that is idle by its record for long, or left over, with what belongs to it', () => {
    expect([light([line(old(50))]), light([line(old(50)), owned()]), light([line(left(50))])]).toEqual([true, true, true]);
  });

  it.each<[string, readonly PlanLine[], Partial<Parameters<typeof isLight>[0]>?, (readonly ProcessView[])?]>([
    ['idle for a moment', [line(old(50, { activeSinceMs: NOW - MINUTE }))]],
    ['busy', [line(old(50, { activity: 'busy' }))]],
    ['idle as nobody knows', [line(old(50, { activity: 'unknown' }))]],
    ['idle without a record', [line(old(50, { session: null }))]],
    ['perhaps left over', [line(left(50, { leftOver: 'unknown' }))]],
    ['somebody else’s', [line(old(50, { uid: 1001 }))]],
    ['warned of', [line(old(50), { warnings })]],
    ['an owner of what is warned of', [line(old(50)), owned({}, { warnings })]],
    ['over what stands on its own', [line(old(50)), owned({}, { role: 'separate' })]],
    ['over what is somebody else’s', [line(old(50)), owned({ uid: 1001 })]],
    ['one with something that is left alone', [line(old(50))], {}, [aView(52)]],
    ['one of two', [line(old(50)), line(old(51))], { scope: { type: 'keys', keys: [key(50), key(51)] } }],
    ['one of a bulk', [line(old(50))], { scope: { type: 'old', hours: null } }],
    ['forced', [line(old(50))], { force: true }],
    ['for an administrator', [line(old(50))], { elevated: true }],
    ['paused', [line(old(50))], { verb: 'pause' }],
    ['nobody', []],
  ])('is not one that is %s', (_what, lines, over, excluded) => {
    expect(light(lines, over, excluded)).toBe(false);
  });
});
