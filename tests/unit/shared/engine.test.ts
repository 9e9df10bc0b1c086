import { describe, expect, it } from 'vitest';
import { type Engine, embeddedTool, engineOf, isClaudeName, isVersionName } from '../../../src/shared/engine.js';
import type { ProcessFacts, RegistryFacts } from '../../../src/shared/process-facts.js';
import { ENGINE, facts } from '../../fixtures/builders.js';

const record: RegistryFacts = {
  sessionId: 'x',
  kind: 'interactive',
  entrypoint: 'cli',
  status: 'idle',
  waitingFor: null,
  jobId: null,
  idleHours: null,
  procStartMatches: true,
};
const installOf = (rest: Partial<ProcessFacts>): Engine['install'] | null =>
  engineOf(facts({ argv: ['claude'], ...rest }))?.install ?? null;

describe('engineOf', () => {
  it.each<[Engine['install'] | null, string]>([
    ['native', '/home/dana/.local/share/claude/versions/2.1.330'],
    ['native', '/home/dana/.local/share/claude/versions/2.1.301 (deleted)'],
    ['native', '/data/xdg/claude/versions/2.1.330'],
    ['native', '/Users/dana/.local/share/claude/ClaudeCode.app/Contents/MacOS/claude'],
    ['npm', '/usr/lib/node_modules/@anthropic-ai/claude-code/bin/claude.exe'],
    ['npm', '/usr/lib/node_modules/@anthropic-ai/claude-code/bin/claude'],
    ['npm', '/usr/lib/node_modules/@anthropic-ai/claude-code-linux-x64/claude'],
    ['npm', '/usr/lib/node_modules/@anthropic-ai/.claude-code-Ab3dE/bin/claude.exe (deleted)'],
    ['npm', '/x/node_modules/.pnpm/@anthropic-ai+claude-code@2.1.300/node_modules/@anthropic-ai/claude-code/bin/claude.exe'],
    ['homebrew', '/opt/homebrew/Caskroom/claude-code/2.1.62/claude'],
    ['homebrew', '/opt/homebrew/Caskroom/claude-code@latest/2.1.62/claude'],
    ['package', '/usr/bin/claude'],
    ['package', '/opt/claude-code/bin/claude'],
    ['nix', '/nix/store/0abc-claude-code-2.1.300/bin/.claude-wrapped'],
    ['nix', '/nix/store/0abc-claude-code-2.1.300/bin/claude'],
    ['ide', '/home/dana/.vscode-server/extensions/anthropic.claude-code-2.1.162-linux-arm64/resources/native-binary/claude'],
    ['ide', '/home/dana/.vscode-insiders/extensions/anthropic.claude-code-2.1.162-linux-x64/resources/native-binary/claude'],
    ['ide', '/home/dana/.antigravity/extensions/anthropic.claude-code-2.1.162-universal/resources/native-binary/claude'],
    ['desktop', '/Users/dana/Library/Application Support/Claude/claude-code/2.1.246/claude.app/Contents/MacOS/claude'],
    ['desktop', '/home/dana/.config/Claude/claude-code/2.1.246/claude'],
    ['sdk', '/x/node_modules/@anthropic-ai/claude-agent-sdk-linux-x64/claude'],
    ['sdk', '/opt/app/.venv/lib/python3.12/site-packages/claude_agent_sdk/_bundled/claude'],
    [null, '/home/dana/builds/app/2.1.30'],
    [null, '/home/dana/games/claude'],
    [null, '/usr/local/bin/claude'],
    [null, '/home/dana/.local/share/claude/versions/2.1.330/README'],
    [null, '/home/dana/.local/share/claude/versions-old/2.1.330'],
    [null, '/nix/store/0abc-claude-code-router-1.0/bin/ccr'],
    [null, '/Applications/ClaudeBar.app/Contents/MacOS/claude-caffeinate'],
    [null, '/home/dana/src/Claude/claude-code/2.1/claude'],
  ])('%s: %s', (install, exe) => {
    expect(installOf({ exe })).toBe(install);
  });

  it.each<[Engine['install'] | null, string]>([
    ['native', 'C:\\Users\\dana\\.local\\bin\\claude.exe'],
    ['native', 'C:\\Users\\dana\\.local\\bin\\claude.exe.old.1756000000000'],
    ['native', 'C:\\Users\\dana\\.local\\share\\claude\\versions\\2.1.330'],
    ['npm', 'C:\\Users\\dana\\AppData\\Roaming\\npm\\node_modules\\@anthropic-ai\\claude-code\\bin\\claude.exe'],
    [
      'winget',
      'C:\\Users\\dana\\AppData\\Local\\Microsoft\\WinGet\\Packages\\Anthropic.ClaudeCode_Microsoft.Winget.Source_8wekyb3d8bbwe\\claude.exe',
    ],
    ['ide', 'c:\\Users\\dana\\.CURSOR\\extensions\\Anthropic.claude-code-2.1.153-win32-x64\\resources\\native-binary\\CLAUDE.EXE'],
    ['desktop', 'C:\\Users\\dana\\AppData\\Roaming\\Claude\\claude-code\\2.1.138\\claude.exe'],
    ['desktop', 'C:\\Users\\dana\\AppData\\Local\\Packages\\Claude_pzs8\\LocalCache\\Roaming\\Claude\\claude-code\\2.1.138\\claude.exe'],
    [null, 'C:\\Users\\dana\\AppData\\Local\\AnthropicClaude\\app-1.1.886\\claude.exe'],
    [null, 'C:\\games\\claude.exe'],
  ])('on Windows %s: %s', (install, exe) => {
    expect(installOf({ platform: 'win32', exe })).toBe(install);
  });

  it.each<[Engine['install'] | null, Partial<ProcessFacts>]>([
    ['js', { argv: ['node', '/x/node_modules/@anthropic-ai/claude-code/cli.js'] }],
    ['js', { argv: ['node', '--no-warnings', '/x/node_modules/@anthropic-ai/claude-code/cli.js', '-p', 'x'] }],
    ['sdk', { argv: ['node', '/x/node_modules/@anthropic-ai/claude-agent-sdk/cli.js'] }],
    ['sdk', { exe: '/usr/bin/bun', argv: ['bun', 'run', '/x/claude-agent-sdk/cli.js'] }],
    ['js', { comm: 'claude', argv: ['claude'] }],
    ['js', { comm: 'claude', argv: ['claude', '', ''] }],
    ['js', { platform: 'darwin', comm: 'node', argv: ['claude'] }],
    [null, { comm: 'claude', argv: ['claude', 'x'] }],
    [null, { comm: 'node', argv: ['claude'] }],
    [null, { comm: 'node', argv: ['node', 'x.js', '/x/node_modules/@anthropic-ai/claude-code/cli.js'] }],
    [null, { argv: ['node', '/x/node_modules/@playwright/mcp/cli.js'] }],
    [null, { argv: ['node', '-e', '/x/node_modules/@anthropic-ai/claude-code/cli.js'] }],
    [null, { exe: '/usr/bin/vim', argv: ['vim', '/x/node_modules/@anthropic-ai/claude-code/cli.js'] }],
    [
      'ide',
      {
        platform: 'darwin',
        exe: '/Applications/Visual Studio Code.app/Contents/Frameworks/Code Helper (Plugin).app/Contents/MacOS/Code Helper (Plugin)',
        argv: ['Code Helper (Plugin)', '/Users/dana/.vscode/extensions/anthropic.claude-code-1.0.1/resources/claude-code/cli.js'],
      },
    ],
  ])('%s: %j', (install, rest) => {
    expect(installOf({ exe: '/usr/bin/node', comm: 'node', ...rest })).toBe(install);
  });

  it('believes a name only if a record of this very process vouches for it', () => {
    const unreadable = { exe: null, comm: '2.1.330', argv: null };
    expect(installOf({ ...unreadable, registry: record })).toBe('record');
    expect(installOf({ ...unreadable, comm: 'claude', registry: record })).toBe('record');
    expect(installOf({ exe: '/home/dana/games/claude', comm: 'claude', registry: record })).toBe('record');
    expect(installOf({ ...unreadable, registry: { ...record, procStartMatches: false } })).toBeNull();
    expect(installOf({ ...unreadable, comm: 'vim', registry: record })).toBeNull();
    expect(installOf({ exe: '/home/dana/builds/app/2.1.30', comm: '2.1.30', argv: ['2.1.30'], registry: record })).toBeNull();
    expect(installOf({ exe: '/usr/bin/vim', comm: 'claude', registry: record })).toBeNull();
  });

  it("gives the engine's own slots, without texts that look like flags", () => {
    const slots = (argv: readonly string[]) => engineOf(facts({ exe: ENGINE, argv }))?.slots;
    expect(slots(['claude', '-p', 'x', '--', '--bg-spare'])).toEqual(['-p', 'x']);
    expect(slots(['claude', '--append-system-prompt', '--bg-spare', '-p'])).toEqual(['--append-system-prompt', '', '-p']);
    expect(slots(['claude', '--name', '--', '-p'])).toEqual(['--name', '', '-p']);
    expect(engineOf(facts({ exe: '/usr/bin/node', argv: ['node', '/x/claude-agent-sdk/cli.js', 'mcp', 'serve'] }))?.slots).toEqual([
      'mcp',
      'serve',
    ]);
  });
});

it("the engine's binary is another tool under another name", () => {
  const tool = (argv: readonly string[]) => embeddedTool(facts({ exe: ENGINE, argv }));
  expect([tool(['rg', 'x']), tool(['/x/ugrep']), tool(['bfs']), tool(['apply-seccomp']), tool(['claude', 'rg']), tool([])]).toEqual([
    'rg',
    'ugrep',
    'bfs',
    'apply-seccomp',
    null,
    null,
  ]);
});

it('names are exact', () => {
  expect(['claude', 'claude.exe', '.claude-wrapped', 'Claude', 'claude-monitor', 'claude '].filter(isClaudeName)).toEqual([
    'claude',
    'claude.exe',
    '.claude-wrapped',
  ]);
  expect(['2.1.330', '2.1.330-beta.1', '2.1', 'v2.1.330', '2.1.330 x'].filter(isVersionName)).toEqual(['2.1.330', '2.1.330-beta.1']);
});
