import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/shared/config.js';
import { guardRules, KIND_RULES, refusalOf } from '../../../src/shared/guard.js';
import type { Kind, ProcessView } from '../../../src/shared/types.js';
import { KINDS } from '../../../src/shared/types.js';
import { aGuard, aView } from '../../fakes/a-view.js';

const session = (over: Partial<NonNullable<ProcessView['session']>> = {}): ProcessView['session'] => ({
  sessionId: 'a-session',
  name: null,
  projectDir: null,
  version: null,
  entrypoint: null,
  jobId: null,
  configDir: '/home/dana/.claude',
  ...over,
});

const idOf = (view: ProcessView, over: Parameters<typeof aGuard>[0] = {}): string | null => refusalOf(view, aGuard(over))?.id ?? null;

describe('who may never be ended', () => {
  it.each([
    [0, 'system'],
    [1, 'system'],
    [-5, 'system'],
    [1.5, 'system'],
    [Number.NaN, 'system'],
    [900, 'self'],
    [800, 'ancestor'],
    [901, 'child'],
    [902, 'child'],
  ])('pid %s is refused as %s, for root too', (pid, id) => {
    expect(refusalOf(aView(pid), aGuard({ isRoot: true }))).toEqual({ reason: 'protected', id });
  });

  it('lets an ordinary session of ours be ended', () => {
    expect(refusalOf(aView(50), aGuard())).toBeNull();
  });
});

describe('users', () => {
  it('denies another user, by name or else by number', () => {
    expect(refusalOf(aView(50, { uid: 1001, user: 'eve' }), aGuard())).toEqual({
      reason: 'denied',
      id: 'otherUser',
      values: { user: 'eve' },
    });
    expect(refusalOf(aView(50, { uid: 1001, user: null }), aGuard())).toEqual({
      reason: 'denied',
      id: 'otherUser',
      values: { user: '1001' },
    });
  });

  it('lets root end others, but nobody what is nobody knows whose', () => {
    expect(refusalOf(aView(50, { uid: 1001 }), aGuard({ selfUid: 0, isRoot: true }))).toBeNull();
    expect(refusalOf(aView(50, { uid: null }), aGuard({ selfUid: 0, isRoot: true }))).toEqual({ reason: 'denied', id: 'unknownUser' });
  });
});

describe('what is switched off', () => {
  it('stops everybody in read-only mode, and names it before anything else', () => {
    const readOnly = aGuard({ readOnly: true, elevated: true, isRoot: true });
    for (const view of [aView(50), aView(50, { uid: 1001, user: 'eve' }), aView(1), aView(900)])
      expect(refusalOf(view, readOnly)).toEqual({ reason: 'denied', id: 'readOnly' });
  });

  it("leaves others' processes alone without the offer of an administrator", () => {
    expect(refusalOf(aView(50, { uid: 1001, user: 'eve' }), aGuard({ noElevation: true }))).toEqual({
      reason: 'denied',
      id: 'otherUserNoElevation',
      values: { user: 'eve' },
    });
    expect(refusalOf(aView(50), aGuard({ noElevation: true }))).toBeNull();
  });

  it('is what the configuration says', () => {
    const config = parseConfig({
      global_settings: { read_only: true, elevation_enabled: false },
      protect_rules: [{ by: 'pid', value: '7' }],
    });
    expect(guardRules(config)).toEqual({ protectRules: [{ by: 'pid', value: '7' }], readOnly: true, noElevation: true });
    expect(guardRules(parseConfig({}))).toEqual({ protectRules: [], readOnly: false, noElevation: false });
  });
});

describe('as administrator', () => {
  it('ends what is other people’s, but neither the system’s nor what is refused anyway', () => {
    const ids = (over: Partial<ProcessView>) => idOf(aView(50, over), { elevated: true });
    expect(
      [{ uid: 1001 }, { uid: 1000 }, { uid: 999 }, { uid: 0 }, { uid: null }, { uid: 1001, kind: 'daemon' as const }].map(ids),
    ).toEqual([null, null, 'systemUser', 'systemUser', 'unknownUser', 'daemon']);
    expect(idOf(aView(800, { uid: 1001 }), { elevated: true })).toBe('ancestor');
    expect(idOf(aView(50, { uid: 1001, user: 'eve' }), { elevated: true, protectRules: [{ by: 'user', value: 'eve' }] })).toBe(
      'protectUser',
    );
  });
});

describe('kinds', () => {
  const byHand: Readonly<Record<'yes' | 'left-over' | 'stop' | 'no', readonly Kind[]>> = {
    yes: [
      'cli-session',
      'cli-headless',
      'ide-session',
      'desktop-session',
      'sdk-worker',
      'teammate',
      'acp-adapter',
      'mcp-server',
      'tool-shell',
      'tool-child',
      'hook',
      'api-client',
      'unverified',
      'cli-utility',
    ],
    'left-over': ['bg-pty-host', 'desktop-helper', 'desktop-launcher', 'desktop-service', 'chrome-native-host'],
    stop: ['bg-session'],
    no: ['bg-spare', 'daemon', 'remote-control', 'mcp-serve', 'plugin-daemon', 'swarm-tmux', 'desktop-app', 'cowork-vm', 'zombie'],
  };

  it('decides every kind as the table of the design does', () => {
    const decided = Object.fromEntries(KINDS.map((kind) => [kind, KIND_RULES[kind].byHand]));
    const wanted = Object.fromEntries(Object.entries(byHand).flatMap(([rule, kinds]) => kinds.map((kind) => [kind, rule])));
    expect(decided).toEqual(wanted);
  });

  it.each(KINDS)('%s: ended, or refused with words of its own', (kind) => {
    const rule = KIND_RULES[kind];
    const ids = (['yes', 'no', 'unknown'] as const).map((leftOver) => idOf(aView(50, { kind, leftOver })));
    const refusal = kind === 'bg-session' ? 'bgSessionUnknownJob' : rule.byHand === 'yes' ? null : rule.refusal;
    expect(ids).toEqual([rule.byHand === 'left-over' ? null : refusal, refusal, refusal]);
  });

  it("lets one's own background session be stopped, says how to stop another's, and neither if its id could be anything else", () => {
    const background = (jobId: string | null, uid = 1000, over: Parameters<typeof aGuard>[0] = {}) =>
      refusalOf(aView(50, { kind: 'bg-session', leftOver: 'yes', uid, session: session({ jobId }) }), aGuard(over));
    const theirs = { reason: 'protected', id: 'bgSession', values: { jobId: '444e602a' } };
    expect(background('444e602a')).toBeNull();
    expect(background('444e602a', 1001)).toEqual(theirs);
    expect(background('444e602a', 1001, { selfUid: 0, isRoot: true })).toEqual(theirs);
    expect(background('444e602a', 1001, { elevated: true })).toEqual(theirs);
    for (const jobId of [null, '', '444e602', '444E602A', '444e602a; rm -rf ~', '444e602a\n'])
      for (const uid of [1000, 1001]) expect(background(jobId, uid)).toEqual({ reason: 'protected', id: 'bgSessionUnknownJob' });
  });
});

describe('protect rules', () => {
  const view = aView(50, {
    name: 'api work',
    projectDir: '/home/dana/work/api',
    session: session({ name: 'api, second try', projectDir: '/srv/shared/lib' }),
  });
  const protectedBy = (by: 'user' | 'project' | 'name' | 'kind' | 'pid', value: string, of: ProcessView = view) =>
    idOf(of, { protectRules: [{ by, value }] });

  it.each([
    ['user', 'dana', 'protectUser'],
    ['user', '1000', 'protectUser'],
    ['user', 'dan', null],
    ['user', 'Dana', null],
    ['kind', 'cli-session', 'protectKind'],
    ['kind', 'cli', null],
    ['pid', '50', 'protectPid'],
    ['pid', ' 50 ', 'protectPid'],
    ['pid', '5', null],
    ['pid', '0x32', null],
  ] as const)('by %s %s: %s', (by, value, id) => {
    expect(protectedBy(by, value)).toBe(id);
  });

  it.each([
    ['/home/dana/work/api', 'protectProject'],
    ['/home/dana/work/api/', 'protectProject'],
    ['/home/dana/work', 'protectProject'],
    ['/home//dana/./x/../work', 'protectProject'],
    ['/', 'protectProject'],
    ['/srv/shared', 'protectProject'],
    ['~/work', 'protectProject'],
    ['work/api', 'protectProject'],
    ['/home/dana/work/ap', null],
    ['/home/dana/work/api/src', null],
    ['/work/api', null],
    ['work/lib', null],
  ] as const)('by project %s: %s', (value, id) => {
    expect(protectedBy('project', value)).toBe(id);
  });

  it('protects a project whose directory was removed under it', () => {
    const removed = aView(50, { projectDir: '/home/dana/work (deleted)' });
    expect(protectedBy('project', '/home/dana/work', removed)).toBe('protectProject');
    expect(protectedBy('project', '/home/dana/work (deleted)', removed)).toBe('protectProject');
  });

  it.each([
    ['api work', 'protectName'],
    ['api, second try', 'protectName'],
    ['api*', 'protectName'],
    ['*try', 'protectName'],
    ['*', 'protectName'],
    ['a*i*k', 'protectName'],
    ['a**k', 'protectName'],
    ['api', null],
    ['API work', null],
    ['api work*k', null],
    ['*second', null],
    ['api.work', null],
  ] as const)('by name %s: %s', (value, id) => {
    expect(protectedBy('name', value)).toBe(id);
  });

  it('takes a star in a name for itself too', () => {
    expect(protectedBy('name', 'a*b', aView(50, { name: 'a*b' }))).toBe('protectName');
  });

  it('answers a hostile pattern and a hostile name at once', () => {
    expect(protectedBy('name', `${'*a'.repeat(2000)}b`, aView(50, { name: 'a'.repeat(4000) }))).toBeNull();
  });

  it('wins over every other rule', () => {
    const all = { protectRules: [{ by: 'user', value: 'dana' }] as const, isRoot: true };
    for (const pid of [1, 900, 800, 901]) expect(idOf(aView(pid), all)).toBe('protectUser');
    expect(idOf(aView(50, { kind: 'daemon' }), all)).toBe('protectUser');
    expect(idOf(aView(50, { uid: 1001 }), { protectRules: [{ by: 'user', value: 'dana' }] })).toBe('protectUser');
  });

  it('protects what a protected session owns', () => {
    const child = aView(51, { kind: 'mcp-server', projectDir: '/tmp' });
    const guard = aGuard({ protectRules: [{ by: 'project', value: '/home/dana/work' }] });
    expect(refusalOf(child, guard, view)).toEqual({ reason: 'protected', id: 'protectOwner', values: { value: '/home/dana/work' } });
    expect(refusalOf(child, guard, aView(52))).toBeNull();
  });
});
