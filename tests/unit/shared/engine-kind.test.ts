import { describe, expect, it } from 'vitest';
import { classifyEngine } from '../../../src/shared/engine-kind.js';
import type { ProcessFacts, RegistryFacts } from '../../../src/shared/process-facts.js';
import type { Kind } from '../../../src/shared/types.js';
import { ENGINE, facts } from '../../fixtures/builders.js';

const kindOf = (args: readonly string[], rest: Partial<ProcessFacts> = {}): Kind | null =>
  classifyEngine(facts({ comm: 'claude', exe: ENGINE, argv: ['claude', ...args], ...rest }))?.value ?? null;
const record = (rest: Partial<RegistryFacts>): RegistryFacts => ({
  sessionId: 'x',
  kind: 'interactive',
  entrypoint: 'cli',
  status: 'idle',
  waitingFor: null,
  jobId: null,
  idleHours: null,
  procStartMatches: true,
  ...rest,
});
const below = (kind: Kind) => ({
  pid: 3000,
  alive: true,
  comm: '2.1.330',
  kind,
  role: null,
  pgid: null,
  startedBefore: true,
  ancestors: [],
});

describe('classifyEngine', () => {
  it.each<[Kind, readonly string[]]>([
    ['cli-session', []],
    ['cli-session', ['fix the login']],
    ['cli-session', ['--resume', 'daemon', 'run']],
    ['cli-session', ['-c']],
    ['cli-session', ['--', '-p']],
    ['cli-session', ['please', 'mcp', 'serve']],
    ['cli-session', ['--agent-id', 'x']],
    ['daemon', ['daemon', 'run', '--origin', 'transient']],
    ['cli-utility', ['daemon']],
    ['cli-utility', ['daemon', 'status']],
    ['bg-pty-host', ['--bg-pty-host', '/tmp/x', '9', '9', '--', ENGINE, '--bg-spare', 'y']],
    ['bg-spare', ['--bg-spare', '/tmp/x']],
    ['chrome-native-host', ['--chrome-native-host']],
    ['mcp-server', ['--claude-in-chrome-mcp']],
    ['mcp-serve', ['mcp', 'serve', '--debug']],
    ['cli-utility', ['mcp', 'list']],
    ['remote-control', ['remote-control', '--name', 'box']],
    ['remote-control', ['rc']],
    ['remote-control', ['self-hosted-runner']],
    ['cli-utility', ['doctor']],
    ['cli-utility', ['update']],
    ['cli-utility', ['agents', '--json']],
    ['cli-utility', ['attach', '7c5dcf5d']],
    ['cli-utility', ['logs', '7c5dcf5d']],
    ['cli-utility', ['--version']],
    ['cli-utility', ['--handle-uri', 'claude-cli://open']],
    ['teammate', ['--agent-id', 'reviewer@team', '--team-name', 'team']],
    ['teammate', ['--agent-id=reviewer@team', '--parent-session-id=x']],
    ['sdk-worker', ['--output-format', 'stream-json', '--input-format', 'stream-json']],
    ['sdk-worker', ['--input-format=stream-json', '-p']],
    ['cli-headless', ['--input-format', 'text', '-p', 'x']],
    ['cli-headless', ['-p', 'explain --bg-pty-host']],
    ['cli-headless', ['--print']],
    ['cli-headless', ['-cp', 'x']],
  ])('%s: claude %j', (kind, args) => {
    expect(kindOf(args)).toBe(kind);
  });

  it('hears a record of this very process only', () => {
    const heard = (rest: Partial<RegistryFacts>, args: readonly string[] = []) => kindOf(args, { registry: record(rest) });
    expect(heard({ kind: 'bg' })).toBe('bg-session');
    // A spare keeps its command line when a session moves into it.
    const spare = ['--bg-spare', '/tmp/x.claim.sock'];
    expect(kindOf(spare, { registry: record({ kind: 'bg' }) })).toBe('bg-session');
    expect(kindOf(spare, { registry: record({ kind: 'bg', procStartMatches: false }) })).toBe('bg-spare');
    expect(kindOf(spare, { registry: record({ kind: 'interactive' }) })).toBe('bg-spare');
    expect(heard({ entrypoint: 'claude-vscode' })).toBe('ide-session');
    expect(heard({ entrypoint: 'claude-desktop-3p' })).toBe('desktop-session');
    expect(heard({ entrypoint: 'sdk-py' })).toBe('sdk-worker');
    expect(heard({ entrypoint: 'sdk-cli' })).toBe('cli-headless');
    expect(heard({ entrypoint: 'some-new-word' })).toBe('cli-session');
    expect(heard({ entrypoint: 'claude-desktop' }, ['--input-format', 'stream-json'])).toBe('desktop-session');
    for (const rest of [{ kind: 'bg' }, { entrypoint: 'claude-vscode' }, { entrypoint: 'sdk-ts' }])
      expect(heard({ ...rest, procStartMatches: false })).toBe('cli-session');
  });

  it('knows a background session by its parent, if that is its parent', () => {
    expect(kindOf([], { parent: below('bg-pty-host') })).toBe('bg-session');
    expect(kindOf([], { parent: { ...below('bg-pty-host'), startedBefore: false } })).toBe('cli-session');
    expect(kindOf([], { parent: below('cli-session') })).toBe('cli-session');
  });

  it('knows who starts it by where it lies', () => {
    const at = (exe: string) => kindOf(['-p'], { exe });
    expect(at('/home/dana/.cursor/extensions/anthropic.claude-code-2.1.1-linux-x64/resources/native-binary/claude')).toBe('ide-session');
    expect(at('/home/dana/.config/Claude/claude-code/2.1.246/claude')).toBe('desktop-session');
    expect(at('/x/claude_agent_sdk/_bundled/claude')).toBe('sdk-worker');
  });

  it('never takes a mark for what it is', () => {
    expect(kindOf([], { env: { CLAUDECODE: '1', CLAUDE_PID: '9', CLAUDE_CODE_ENTRYPOINT: 'claude-vscode' } })).toBe('cli-session');
  });

  it('says why', () => {
    expect(classifyEngine(facts({ exe: ENGINE, argv: ['claude', 'daemon', 'run'] }))).toEqual({
      value: 'daemon',
      evidence: [
        { id: 'kind.install.native', weight: 'for', values: { path: ENGINE } },
        { id: 'kind.command', weight: 'for', values: { command: 'daemon run' } },
      ],
    });
    expect(classifyEngine(facts({ exe: ENGINE, argv: ['rg', 'TODO'] }))?.evidence.at(-1)).toEqual({
      id: 'kind.embeddedTool',
      weight: 'for',
      values: { name: 'rg' },
    });
    expect(classifyEngine(facts({}))).toBeNull();
  });
});
