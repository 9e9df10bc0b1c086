import { describe, expect, it } from 'vitest';
import { classify, createClassify, isSuspect } from '../../../src/shared/classify.js';
import { KIND_RULES } from '../../../src/shared/guard.js';
import type { ParentFacts, ProcessFacts } from '../../../src/shared/process-facts.js';
import type { Kind } from '../../../src/shared/types.js';
import { ENGINE, facts, mcpMarks, toolMarks, toolShellArgv } from '../../fixtures/builders.js';

const kindOf = (rest: Partial<ProcessFacts>): Kind | null => classify(facts(rest)).value;
const below = (kind: Kind | null, rest: Partial<ParentFacts> = {}): ParentFacts => ({
  pid: 3000,
  alive: true,
  comm: 'claude',
  kind,
  role: null,
  pgid: 3000,
  startedBefore: true,
  ancestors: ['claude'],
  ...rest,
});
const init = below(null, { pid: 1, comm: 'systemd', role: 'init' });
const node = (...argv: string[]): Partial<ProcessFacts> => ({ comm: 'node', exe: '/usr/bin/node', argv: ['node', ...argv] });

describe('our own processes', () => {
  it('are not listed', () => {
    expect(kindOf({ exe: ENGINE, argv: ['claude'], hints: { isSelf: true } })).toBeNull();
    expect(kindOf({ exe: ENGINE, argv: ['claude'], hints: { ancestorIsSelf: true } })).toBeNull();
    expect(kindOf({ exe: ENGINE, argv: ['claude'], hints: { isSelf: false, ancestorIsSelf: false } })).toBe('cli-session');
  });
});

describe('the dead', () => {
  const dead = { state: 'Z', exe: null, argv: [] } as const;
  it("are Claude's by name, and by a version only below Claude's", () => {
    expect(kindOf({ ...dead, comm: 'claude' })).toBe('zombie');
    expect(kindOf({ ...dead, comm: '.claude-wrapped' })).toBe('zombie');
    expect(kindOf({ ...dead, comm: '2.1.330', parent: below('bg-pty-host') })).toBe('zombie');
    expect(kindOf({ ...dead, comm: '2.1.330' })).toBeNull();
    expect(kindOf({ ...dead, comm: 'git', parent: below('cli-session') })).toBeNull();
  });
});

describe("what is Claude's by path", () => {
  it.each<[Kind | null, Partial<ProcessFacts>]>([
    ['acp-adapter', node('/x/node_modules/@zed-industries/claude-code-acp/dist/index.js')],
    ['acp-adapter', node('/x/node_modules/@zed-industries/claude-agent-acp/dist/index.js')],
    ['acp-adapter', node('/x/node_modules/.bin/claude-agent-acp')],
    [null, node('run.js', '/x/node_modules/@zed-industries/claude-code-acp/dist/index.js')],
    [null, { ...node(), exe: '/usr/bin/vim', argv: ['vim', '/x/@zed-industries/claude-code-acp/dist/index.js'] }],
    ['plugin-daemon', node('/home/dana/.claude/plugins/cache/a/mem/9.0.0/scripts/worker-service.cjs', '--daemon')],
    ['plugin-daemon', { exe: '/home/dana/.claude/plugins/cache/a/x/1.0/daemon', argv: ['daemon', '--daemon'] }],
    [null, node('/home/dana/.claude/plugins/cache/a/mem/9.0.0/scripts/worker-service.cjs')],
    [null, node('/home/dana/.claude/plugins/cache/a/mem/9.0.0/scripts/index.cjs', '--daemon')],
    ['swarm-tmux', { exe: '/usr/bin/tmux', argv: ['tmux', '-L', 'claude-swarm-16914', 'new-session'] }],
    ['swarm-tmux', { exe: '/usr/bin/tmux', argv: ['tmux', '-Lclaude-swarm-16914'] }],
    [null, { exe: '/usr/bin/tmux', argv: ['tmux', '-L', 'claude-swarm-notes'] }],
    [null, { exe: '/usr/bin/tmux', argv: ['tmux', 'new-session', '-s', 'claude-swarm-1'] }],
    [null, { exe: '/usr/bin/vim', argv: ['vim', '-L', 'claude-swarm-1'] }],
  ])('%s: %j', (kind, rest) => {
    expect(kindOf(rest)).toBe(kind);
  });
});

describe('tool shells', () => {
  const snapshot = '/home/dana/.claude/shell-snapshots/snapshot-zsh-1786301857061-h597ig.sh';
  it.each<[Kind | null, readonly string[]]>([
    ['tool-shell', toolShellArgv('npm test')],
    ['tool-shell', ['/bin/zsh', '-c', '-l', `source ${snapshot} && eval 'x'`]],
    ['tool-shell', ['bash', '-lc', `. ${snapshot}; x`]],
    ['tool-shell', ['bash', '-c', `source '/home/dana x/shell-snapshots/snapshot-bash-1-a.sh' && x`]],
    ['tool-shell', ['bash', '-c', `source /home/dana\\ x/shell-snapshots/snapshot-bash-1-a.sh`]],
    ['tool-shell', ['/usr/bin/bash', '-c', '-l', `source /c/Users/dana/.claude/shell-snapshots/snapshot-bash-1-a.sh`]],
    [null, ['bash', '-c', `cat ${snapshot}`]],
    [null, ['bash', '-c', `echo; source ${snapshot}`]],
    [null, ['bash', '-c', `source ${snapshot}.bak`]],
    [null, ['bash', '-c', `source /home/dana/other/snapshot-bash-1-a.sh`]],
    [null, ['bash', snapshot]],
    [null, ['bash']],
    [null, ['python3', '-c', `source ${snapshot}`]],
  ])('%s: %j', (kind, argv) => {
    expect(kindOf({ exe: argv[0] === 'python3' ? '/usr/bin/python3' : '/usr/bin/bash', argv })).toBe(kind);
  });

  it('come before their marks', () => {
    expect(kindOf({ exe: '/usr/bin/bash', argv: toolShellArgv('x'), env: toolMarks(5) })).toBe('tool-shell');
  });
});

describe('children', () => {
  it('are what their marks say', () => {
    const { CLAUDE_CODE_EXECPATH: _, ...hook } = { ...toolMarks(5), CLAUDE_PROJECT_DIR: '/x' };
    expect(kindOf({ env: mcpMarks(5) })).toBe('mcp-server');
    expect(kindOf({ env: hook })).toBe('hook');
    expect(kindOf({ env: toolMarks(5) })).toBe('tool-child');
  });

  it('are what their engine makes of them, where the environment says nothing', () => {
    for (const env of [{}, null]) {
      expect(kindOf({ env, pgid: 3000, parent: below('cli-session') })).toBe('mcp-server');
      expect(kindOf({ env, pgid: 3000, parent: below('cli-session', { pgid: null }) })).toBe('mcp-server');
      expect(kindOf({ env, pgid: 4000, parent: below('cli-session') })).toBe('tool-child');
      expect(kindOf({ env, parent: below('tool-shell') })).toBe('tool-child');
      expect(kindOf({ env, parent: below('desktop-app') })).toBeNull();
      expect(kindOf({ env, pgid: 3000, parent: below('cli-session', { startedBefore: false }) })).toBeNull();
    }
  });

  it('on Windows, without groups, are what their command says', () => {
    const windows = { platform: 'win32', pgid: null, parent: below('cli-session', { pgid: null }) } as const;
    expect(
      kindOf({ ...windows, exe: 'C:\\Windows\\System32\\cmd.exe', argv: ['cmd.exe', '/c', 'npx', '-y', '@upstash/context7-mcp'] }),
    ).toBe('mcp-server');
    expect(kindOf({ ...windows, exe: 'C:\\Windows\\System32\\conhost.exe', argv: ['conhost.exe', '0x4'] })).toBe('tool-child');
  });

  it('that keep the machine awake are no servers', () => {
    expect(
      kindOf({ platform: 'darwin', exe: '/usr/bin/caffeinate', argv: ['caffeinate', '-i'], pgid: 3000, parent: below('cli-session') }),
    ).toBe('tool-child');
  });

  it("without marks below a child are Claude's while its session lives", () => {
    expect(kindOf({ parent: below('mcp-server'), hints: { ownerAlive: true } })).toBe('tool-child');
    expect(kindOf({ parent: below('mcp-server') })).toBeNull();
    expect(kindOf({ parent: below('api-client'), hints: { ownerAlive: true } })).toBeNull();
  });
});

describe('suspects', () => {
  const server = { ...node('/x/.bin/context7-mcp'), ppid: 1, parent: init };
  it('lost their parent and name an MCP server', () => {
    const verdict = classify(facts(server));
    expect(verdict).toEqual({ value: 'mcp-server', evidence: [{ id: 'kind.suspect', weight: 'for', values: { name: 'context7-mcp' } }] });
    expect(isSuspect(verdict.evidence)).toBe(true);
    expect(kindOf({ ...server, ppid: 3000, parent: below(null) })).toBeNull();
  });

  it("are nobody's where a service manager runs them", () => {
    expect(kindOf({ ...server, hints: { cgroup: '/system.slice/mcp.service' } })).toBeNull();
    expect(kindOf({ ...server, env: { INVOCATION_ID: 'x' } })).toBeNull();
    expect(kindOf({ ...server, env: { INVOCATION_ID: 'x' }, hints: { cgroup: '/user.slice/vte-spawn-1.scope' } })).toBe('mcp-server');
  });
});

describe('names', () => {
  it.each<[Kind | null, Partial<ProcessFacts>]>([
    ['unverified', { exe: '/home/dana/games/claude', argv: ['claude'] }],
    ['unverified', { platform: 'win32', exe: 'C:\\games\\Claude.EXE', argv: ['claude'] }],
    ['unverified', { exe: null, comm: 'claude', argv: null }],
    ['unverified', { exe: null, comm: '2.1.330', argv: [ENGINE] }],
    ['unverified', { exe: null, comm: '2.1.330', argv: ['claude bg-spare', '--bg-spare'] }],
    [null, { exe: null, comm: '2.1.330', argv: ['/srv/app/2.1.330'] }],
    [null, { exe: '/usr/bin/bash', comm: 'claude', argv: ['/bin/bash', '/home/dana/bin/claude'] }],
    [null, { exe: '/usr/bin/claude-monitor', comm: 'claude-monitor', argv: ['claude-monitor'] }],
    [null, { ...node('/usr/bin/claude-code-router'), comm: 'claude-code-rou' }],
    [null, { exe: '/usr/bin/vim', argv: ['vim', 'CLAUDE.md'] }],
    [null, { exe: '/usr/bin/grep', argv: ['grep', 'claude'] }],
    [null, { user: 'claude', exe: '/usr/bin/zsh', comm: 'zsh', argv: ['-zsh'] }],
    [null, node('/home/dana/claude-project/server.js')],
    ['api-client', { exe: '/usr/local/bin/anthropic', argv: ['anthropic'] }],
    ['api-client', { exe: '/x/claude-api', argv: ['claude-api'] }],
    ['api-client', { exe: '/x/claude-cli', argv: ['claude-cli'] }],
    ['api-client', { exe: '/usr/bin/python3.12', argv: ['/usr/bin/python3', '/usr/local/bin/anthropic', 'chat'] }],
    [null, { exe: '/usr/bin/vim', argv: ['vim', 'anthropic'] }],
    ['api-client', { exe: '/usr/bin/python3', argv: ['python3', 'x.py', '--model=claude-opus-4'] }],
    ['api-client', { exe: '/usr/bin/python3', argv: ['python3', 'x.py', '--model', 'gpt', '--model', 'claude-3'] }],
    [null, { exe: '/usr/bin/python3', argv: ['python3', 'x.py', '--model', 'gpt', '--note', 'like --model claude'] }],
    [null, { exe: '/usr/bin/rg', argv: ['rg', '--', '--model', 'claude'] }],
    [null, { exe: '/usr/bin/x', argv: ['x', '--models=claude'] }],
    ['unverified', { exe: '/home/dana/games/claude', argv: ['claude', '--model', 'claude-3'] }],
  ])('%s: %j', (kind, rest) => {
    expect(kindOf(rest)).toBe(kind);
  });
});

it('says what weakens a claim', () => {
  const registry = {
    sessionId: 'x',
    kind: 'bg',
    entrypoint: null,
    status: null,
    waitingFor: null,
    jobId: null,
    idleHours: null,
    procStartMatches: false,
  };
  expect(classify(facts({ exe: '/home/dana/games/claude', argv: ['claude'], env: null, registry }))).toEqual({
    value: 'unverified',
    evidence: [
      { id: 'kind.nameOnly', weight: 'for', values: { name: 'claude' } },
      { id: 'kind.recordOfAnother', weight: 'info' },
      { id: 'kind.environmentUnreadable', weight: 'info' },
    ],
  });
});

it('shows hostile names as one clean line', () => {
  const exe = '/opt/evil\n\u202e/extensions/anthropic.claude-code-1/claude';
  expect(classify(facts({ exe, argv: ['claude'] })).evidence[0]?.values).toEqual({
    path: '/opt/evil␊/extensions/anthropic.claude-code-1/claude',
  });
});

describe('what the user adds', () => {
  const mine = createClassify({ names: ['ask-model', 'a.py'], patterns: ['--provider=acme', 'worker.py --claude', 'claude'] });
  const value = (rest: Partial<ProcessFacts>) => mine(facts(rest)).value;

  it('is shown by the whole name, of an interpreter its script, or by a part of the command line', () => {
    expect(mine(facts({ exe: '/opt/ask-model', argv: ['x'] }))).toMatchObject({
      value: 'api-client',
      evidence: [{ id: 'kind.addedName' }],
    });
    expect(mine(facts({ exe: '/usr/bin/foo', argv: ['foo', '--provider=acme-eu'] }))).toMatchObject({
      value: 'api-client',
      evidence: [{ id: 'kind.addedPattern', values: { pattern: '--provider=acme' } }],
    });
    expect(value({ exe: '/usr/bin/python3', argv: ['python3', '/srv/a.py'] })).toBe('api-client');
    expect(value({ exe: '/usr/bin/python3', argv: ['python3', 'worker.py', '--claude'] })).toBe('api-client');
    expect(value({ exe: '/opt/ask-model2', argv: ['ask-model2'] })).toBeNull();
    // What stands behind a bare "--" is another program's.
    expect(value({ exe: '/usr/bin/foo', argv: ['foo', '--', '--provider=acme'] })).toBeNull();
  });

  it('takes nothing away from what our own rules claim, and is never in a list of many', () => {
    expect(value({ exe: ENGINE, argv: ['claude'] })).toBe('cli-session');
    expect(value({ state: 'Z', comm: 'ask-model', exe: null, argv: [] })).toBeNull();
    expect(value({ exe: '/opt/ask-model', argv: ['x'], hints: { isSelf: true } })).toBeNull();
    expect(KIND_RULES['api-client']).toMatchObject({ inOrphans: false, inUser: 'no', inOld: 'no', alone: true });
  });

  it('of nothing finds nothing more', () => {
    expect(kindOf({ exe: '/opt/ask-model', argv: ['ask-model', ''] })).toBeNull();
  });
});
