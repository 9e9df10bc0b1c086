import { describe, expect, it } from 'vitest';
import { judgeLeftOver } from '../../../src/shared/leftover.js';
import type { ParentFacts, ProcessFacts, RegistryFacts } from '../../../src/shared/process-facts.js';
import type { Kind, LeftOver } from '../../../src/shared/types.js';
import { facts, mcpMarks, toolMarks } from '../../fixtures/builders.js';

const parent = (rest: Partial<ParentFacts> = {}): ParentFacts => ({
  pid: 3000,
  alive: true,
  comm: 'zsh',
  kind: null,
  role: null,
  pgid: null,
  startedBefore: true,
  ancestors: [],
  ...rest,
});
const orphan: Partial<ProcessFacts> = {
  ppid: 1,
  tty: '?',
  parent: parent({ pid: 1, comm: 'systemd', role: 'init', ancestors: ['systemd'] }),
};
const record = (rest: Partial<RegistryFacts> = {}): RegistryFacts => ({
  sessionId: 'x',
  kind: 'interactive',
  entrypoint: 'cli',
  status: 'idle',
  waitingFor: null,
  jobId: null,
  idleHours: 30,
  procStartMatches: true,
  ...rest,
});
const GONE = { fd0: '/dev/pts/7 (deleted)' };
const judge = (kind: Kind, rest: Partial<ProcessFacts> = {}): LeftOver => judgeLeftOver(facts(rest), kind).value;

describe('kinds that are never left over for certain', () => {
  it.each<[Kind, LeftOver]>([
    ['daemon', 'no'],
    ['desktop-app', 'no'],
    ['remote-control', 'no'],
    ['cli-utility', 'no'],
    ['plugin-daemon', 'no'],
    ['swarm-tmux', 'no'],
    ['unverified', 'unknown'],
    ['api-client', 'unknown'],
    ['zombie', 'unknown'],
    ['cowork-vm', 'unknown'],
    ['bg-session', 'unknown'],
    ['bg-spare', 'unknown'],
    ['mcp-serve', 'unknown'],
    ['cli-headless', 'unknown'],
  ])('%s without a parent: %s', (kind, leftOver) => {
    expect(judge(kind, { ...orphan, hints: GONE })).toBe(leftOver);
  });

  it('virtual machines: no where somebody looks after them', () => {
    const openFile = '/Users/dana/Library/Application Support/Claude/vm_bundles/x/rootfs.img';
    expect(judge('cowork-vm', { ...orphan, platform: 'darwin', hints: { openFile } })).toBe('no');
    expect(judge('cowork-vm', { ...orphan, hints: { openFile } })).toBe('unknown');
    expect(judge('cowork-vm', { hints: { openFile } })).toBe('no');
    expect(judge('cowork-vm', { hints: { computeSystem: 'cowork-vm-1' } })).toBe('unknown');
  });
});

describe('services', () => {
  const left: Partial<ProcessFacts> = { ...orphan, env: toolMarks(50), hints: { ownerAlive: false } };
  it('are not left over', () => {
    for (const kind of ['tool-child', 'cli-headless', 'sdk-worker', 'api-client', 'daemon'] as const) {
      expect(judge(kind, { ...left, hints: { ...left.hints, cgroup: '/system.slice/x.service' } })).toBe('no');
      expect(judge(kind, { ...left, env: { ...left.env, INVOCATION_ID: '6d0a' } })).toBe('no');
    }
    expect(judge('desktop-service', { platform: 'win32', exe: 'C:\\x\\cowork-svc.exe', parent: parent({ alive: false }) })).toBe('no');
  });

  it('hand their INVOCATION_ID on to terminals', () => {
    const scope = '/user.slice/user-1000.slice/user@1000.service/app.slice/vte-spawn-1.scope';
    expect(judge('tool-child', { ...left, env: { ...left.env, INVOCATION_ID: '6d0a' }, hints: { ownerAlive: false, cgroup: scope } })).toBe(
      'unknown',
    );
    expect(judge('tool-child', { ...left, hints: { ownerAlive: false, cgroup: scope } })).toBe('yes');
    expect(judge('cli-session', { ...orphan, env: { INVOCATION_ID: '6d0a' }, hints: { ...GONE, cgroup: scope } })).toBe('unknown');
  });

  it("are a container's first processes too", () => {
    const inside = { ppid: 1, parent: parent({ pid: 1, comm: 'tini', role: 'container-init' }) };
    for (const kind of ['cli-session', 'cli-headless', 'sdk-worker', 'tool-child'] as const)
      expect(judge(kind, { ...inside, env: toolMarks(50), hints: { ...GONE, ownerAlive: false } })).toBe('no');
    expect(judge('cli-headless', { pid: 1, ppid: 0, parent: null })).toBe('no');
    expect(judge('cli-session', { ppid: 0, parent: null })).toBe('no');
  });
});

describe('children of a session', () => {
  const BY_MARKS = ['mcp-server', 'hook', 'tool-shell', 'tool-child'] as const;
  const of = (alive: boolean | null, rest: Partial<ProcessFacts> = {}): Partial<ProcessFacts> => ({
    ...orphan,
    env: toolMarks(50),
    ...rest,
    hints: { ownerAlive: alive, ...rest.hints },
  });

  it.each(BY_MARKS)('%s: by the owner that the marks name', (kind) => {
    expect(judge(kind, of(true))).toBe('no');
    expect(judge(kind, of(false))).toBe('yes');
    expect(judge(kind, of(null))).toBe('unknown');
    expect(judge(kind, { ...orphan, env: toolMarks(50) })).toBe('unknown');
    expect(judge(kind, of(false, { env: mcpMarks(50) }))).toBe('yes');
  });

  it('are not left over because a session id without an owner is all that they have', () => {
    const { CLAUDE_CODE_MESSAGING_SOCKET: _, ...idOnly } = mcpMarks(50);
    expect(judge('mcp-server', of(false, { env: idOnly }))).toBe('unknown');
    expect(judge('mcp-server', { env: idOnly })).toBe('no');
  });

  it('are left over whatever their parent is', () => {
    expect(judge('tool-child', of(false, { ppid: 3000, parent: parent({ kind: 'tool-shell' }) }))).toBe('yes');
    expect(judge('tool-child', of(false, { ppid: 3000, parent: parent({ alive: false }) }))).toBe('yes');
  });

  it.each([
    ['serves', { listening: true }],
    ['may serve', { listening: null }],
    ['holds terminals', { ptyHolder: true }],
    ['may hold terminals', { ptyHolder: null }],
    ['contains an engine', { containsEngine: true }],
    ['may contain an engine', { containsEngine: null }],
    ['has an unreadable control group', { cgroup: null }],
  ])('are kept when one of them %s', (_, hints) => {
    expect(judge('tool-child', of(false, { hints }))).toBe('unknown');
  });

  it('are kept where somebody may sit in front of them', () => {
    const pane = (rest: Partial<ProcessFacts>) => judge('tool-child', of(false, { ppid: 3000, parent: parent(), ...rest }));
    expect(pane({ tty: 'pts/9' })).toBe('unknown');
    expect(pane({ tty: '?' })).toBe('yes');
    expect(pane({ tty: '??' })).toBe('yes');
    expect(pane({ tty: null })).toBe('yes');
    expect(pane({ tty: '?', parent: parent({ comm: 'bash', kind: 'tool-child', ancestors: ['bash', 'tmux: server', 'systemd'] }) })).toBe(
      'unknown',
    );
    expect(pane({ tty: '?', parent: parent({ comm: 'zellij', kind: 'tool-child' }) })).toBe('unknown');
    expect(judge('tool-child', of(false, { comm: 'tmux: server' }))).toBe('unknown');
    expect(judge('mcp-server', of(false, { tty: 'pts/9' }))).toBe('yes');
  });

  it('belong to the living engine that is their parent, whatever they inherited', () => {
    expect(judge('mcp-server', of(false, { ppid: 3000, parent: parent({ kind: 'cli-session' }) }))).toBe('no');
    expect(judge('mcp-server', of(false, { ppid: 3000, parent: parent({ kind: 'cli-session', startedBefore: false }) }))).toBe('yes');
  });

  it("are not proved to be anything by another user's pid", () => {
    expect(judge('tool-child', of(false, { hints: { ownerUidMatches: false } }))).toBe('unknown');
    expect(judge('tool-child', of(true, { hints: { ownerUidMatches: false } }))).toBe('unknown');
    expect(judge('tool-child', of(false, { ppid: 3000, parent: parent(), hints: { ownerUidMatches: false } }))).toBe('no');
  });
});

describe('engines', () => {
  it('are not judged by marks', () => {
    expect(judge('cli-session', { env: toolMarks(50), hints: { ownerAlive: false } })).toBe('no');
    expect(judge('sdk-worker', { ...orphan, env: toolMarks(50), hints: { ownerAlive: true } })).toBe('yes');
  });

  it.each(['cli-session', 'teammate'] as const)('%s: left over when the terminal is gone too', (kind) => {
    expect(judge(kind, { ...orphan, hints: GONE })).toBe('yes');
    expect(judge(kind, { ...orphan, hints: { fd0: '(revoked)' } })).toBe('yes');
    expect(judge(kind, { ...orphan, hints: { fd0: '/dev/pts/7' } })).toBe('unknown');
    expect(judge(kind, { ...orphan, hints: { fd0: null } })).toBe('unknown');
    expect(judge(kind, orphan)).toBe('unknown');
    expect(judge(kind, { ...orphan, hints: { ...GONE, cgroup: null } })).toBe('unknown');
    expect(judge(kind, { hints: GONE })).toBe('no');
  });

  it.each([
    'ide-session',
    'desktop-session',
    'sdk-worker',
    'acp-adapter',
    'desktop-helper',
    'desktop-launcher',
    'desktop-service',
    'chrome-native-host',
  ] as const)('%s: left over when nobody can feed it', (kind) => {
    expect(judge(kind, orphan)).toBe('yes');
    expect(judge(kind, { platform: 'win32', parent: parent({ alive: false }) })).toBe('yes');
    expect(judge(kind, { ...orphan, hints: { fd0: '/dev/pts/7' } })).toBe('unknown');
    expect(judge(kind, { ...orphan, hints: { fd0: 'socket:[12]' } })).toBe('yes');
    expect(judge(kind)).toBe('no');
  });

  it('Desktop services are kept while they serve', () => {
    expect(judge('desktop-service', { ...orphan, hints: { listening: true } })).toBe('unknown');
    expect(judge('desktop-service', { ...orphan, hints: { listening: null } })).toBe('unknown');
  });

  it('are kept while they work, by a record of their own', () => {
    for (const status of ['busy', 'waiting', 'shell', 'a word of tomorrow'])
      for (const kind of ['cli-session', 'sdk-worker', 'bg-pty-host'] as const)
        expect(judge(kind, { ...orphan, hints: { ...GONE, daemonSocketAlive: false }, registry: record({ status }) })).toBe('unknown');
    expect(judge('cli-session', { ...orphan, hints: GONE, registry: record({ status: 'busy', procStartMatches: false }) })).toBe('yes');
    expect(judge('cli-session', { ...orphan, hints: GONE, registry: record({ status: null }) })).toBe('yes');
  });

  it('terminal hosts: by their background service', () => {
    const host = (hints: ProcessFacts['hints']) => judge('bg-pty-host', { ...orphan, hints });
    expect(host({ daemonSocketAlive: false })).toBe('yes');
    expect(host({ daemonSocketAlive: true })).toBe('no');
    expect(host({ daemonSocketAlive: null })).toBe('unknown');
    expect(host({})).toBe('unknown');
    expect(host({ daemonSocketAlive: false, containsEngine: true })).toBe('unknown');
    expect(host({ daemonSocketAlive: false, containsEngine: null })).toBe('unknown');
  });

  it('that nobody has used for long are doubtful though their parent lives', () => {
    const idle = (kind: Kind, idleHours: number | null, rest: Partial<RegistryFacts> = {}) =>
      judge(kind, { registry: record({ idleHours, ...rest }) });
    expect([idle('sdk-worker', 1), idle('sdk-worker', 1.5)]).toEqual(['no', 'unknown']);
    expect([idle('ide-session', 24), idle('ide-session', 25)]).toEqual(['no', 'unknown']);
    expect([idle('desktop-session', 24), idle('desktop-session', 25)]).toEqual(['no', 'unknown']);
    expect(idle('cli-session', 1000)).toBe('no');
    expect(idle('sdk-worker', null)).toBe('no');
    expect(idle('sdk-worker', 5, { status: 'busy' })).toBe('no');
    expect(idle('sdk-worker', 5, { procStartMatches: false })).toBe('no');
  });
});

describe('parents that prove nothing', () => {
  it('are those whose pid was reused, and those that cannot be seen', () => {
    expect(judge('cli-session', { parent: parent({ startedBefore: false }) })).toBe('unknown');
    expect(judge('ide-session', { platform: 'win32', parent: parent({ startedBefore: false }) })).toBe('unknown');
    expect(judge('cli-session', { parent: parent({ alive: false }) })).toBe('unknown');
    expect(judge('cli-session', { parent: null })).toBe('unknown');
  });
});

it('gives its reasons, for and against', () => {
  expect(judgeLeftOver(facts({ ...orphan, env: toolMarks(16237), hints: { ownerAlive: false, listening: true } }), 'tool-shell')).toEqual({
    value: 'unknown',
    evidence: [
      { id: 'leftOver.ownerGone', weight: 'for', values: { pid: 16237 } },
      { id: 'leftOver.reparented', weight: 'info', values: { parent: 'systemd', pid: 1 } },
      { id: 'leftOver.listening', weight: 'against' },
    ],
  });
  expect(judgeLeftOver(facts({ ...orphan, hints: GONE, registry: record({ status: 'busy' }) }), 'cli-session')).toEqual({
    value: 'unknown',
    evidence: [
      { id: 'leftOver.reparented', weight: 'for', values: { parent: 'systemd', pid: 1 } },
      { id: 'leftOver.working', weight: 'against', values: { status: 'busy' } },
    ],
  });
});
