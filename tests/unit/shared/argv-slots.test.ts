import { describe, expect, it } from 'vitest';
import {
  baseName,
  flagValue,
  hasFlag,
  mcpPackage,
  ownSlots,
  plainPath,
  programName,
  runtimeOf,
  scriptIndex,
} from '../../../src/shared/argv-slots.js';
import { facts } from '../../fixtures/builders.js';

describe('paths', () => {
  it('are compared in one spelling', () => {
    expect(plainPath('linux', '/x/2.1.301 (deleted)')).toBe('/x/2.1.301');
    expect(plainPath('linux', '/x/a\\B')).toBe('/x/a\\B');
    expect(plainPath('win32', 'C:\\Users\\Dana\\Claude.EXE')).toBe('c:/users/dana/claude.exe');
    expect(plainPath('linux', null)).toBeNull();
  });

  it("end in the program's name", () => {
    expect(baseName('/usr/bin/node')).toBe('node');
    expect(baseName('node')).toBe('node');
    expect(programName('win32', 'C:\\x\\Bash.EXE')).toBe('bash');
    expect(programName('linux', '/x/claude.exe (deleted)')).toBe('claude.exe');
    expect(programName('linux', undefined)).toBe('');
  });
});

describe('slots', () => {
  it("are a program's own up to a bare --", () => {
    expect(ownSlots(['claude', '-p', '--', '--bg-spare'])).toEqual(['-p']);
    expect(ownSlots(['claude', '-p', '--x'])).toEqual(['-p', '--x']);
    expect(ownSlots(null)).toEqual([]);
  });

  it('hold a flag exactly, or with its value', () => {
    expect(hasFlag(['explain --bg-spare', '--bg-spareX'], '--bg-spare')).toBe(false);
    expect(hasFlag(['--bg-spare'], '--bg-spare')).toBe(true);
    expect(hasFlag(['--bg-spare=x'], '--bg-spare')).toBe(true);
    expect(flagValue(['--input-format', 'stream-json'], '--input-format')).toBe('stream-json');
    expect(flagValue(['--input-format=stream-json'], '--input-format')).toBe('stream-json');
    expect(flagValue(['--input-format'], '--input-format')).toBeNull();
    expect(flagValue(['x'], '--input-format')).toBeNull();
  });
});

describe('runtimes', () => {
  it.each([
    ['/usr/bin/node', 'node'],
    ['/usr/bin/nodejs', 'node'],
    ['/usr/bin/node-22', 'node'],
    ['/home/dana/.bun/bin/bun', 'bun'],
    ['/usr/bin/deno', 'deno'],
    ['/usr/bin/nodemon', null],
    ['/usr/bin/python3', null],
  ])('%s is %s', (exe, runtime) => {
    expect(runtimeOf(facts({ exe, comm: 'node', argv: ['node'] }))).toBe(runtime);
  });

  it('are known by their names where the executable cannot be read', () => {
    expect(runtimeOf(facts({ exe: null, comm: 'MainThread', argv: ['/usr/bin/node', 'x'] }))).toBe('node');
    expect(runtimeOf(facts({ exe: null, comm: 'node', argv: null }))).toBe('node');
    expect(runtimeOf(facts({ platform: 'win32', exe: 'C:\\Program Files\\nodejs\\Node.exe' }))).toBe('node');
  });

  it.each<[readonly string[], 'node' | 'bun' | 'deno', number]>([
    [['node', 'cli.js', '-p'], 'node', 1],
    [['node', '--max-old-space-size=4096', '-r', 'hook.js', 'cli.js'], 'node', 4],
    [['node', '--', 'cli.js'], 'node', 2],
    [['node', '-e', 'cli.js'], 'node', -1],
    [['node', ''], 'node', -1],
    [['node'], 'node', -1],
    [['node', '--'], 'node', -1],
    [['bun', 'run', 'cli.js'], 'bun', 2],
    [['deno', 'run', '--allow-all', 'cli.js'], 'deno', 3],
  ])('%j runs slot %3$d', (argv, runtime, at) => {
    expect(scriptIndex(argv, runtime)).toBe(at);
  });
});

describe('mcpPackage', () => {
  it.each<[readonly string[], string | null]>([
    [['npm exec @modelcontextprotocol/server-filesystem /home/dana'], '@modelcontextprotocol/server-filesystem'],
    [['npx', '-y', '@modelcontextprotocol/server-github@2025.1.1'], '@modelcontextprotocol/server-github'],
    [['npx', '-y', '@upstash/context7-mcp@latest'], '@upstash/context7-mcp'],
    [['npx', '@playwright/mcp'], '@playwright/mcp'],
    [['node', '/x/node_modules/@playwright/mcp/cli.js'], '@playwright/mcp'],
    [['node', '/home/dana/.npm/_npx/9833/node_modules/.bin/context7-mcp'], 'context7-mcp'],
    [['node', '/x/node_modules/mcp-remote/dist/proxy.js'], 'mcp-remote'],
    [['uv', 'tool', 'uvx', 'mcp-server-time'], 'mcp-server-time'],
    [['python3', '-m', 'mcp_server_fetch'], 'mcp_server_fetch'],
    [['/home/dana/.local/bin/github-mcp-server', 'stdio'], 'github-mcp-server'],
    [['node', '/opt/mcp/context7/index.js'], null],
    [['node', '/home/dana/mcp/everything.js'], null],
    [['vim', 'about mcp-server-time.md'], null],
    [['tail', '--', 'mcp-server-time'], null],
    [['node', '/home/dana/mcp-notes/app.js'], null],
  ])('%j names %j', (argv, name) => {
    expect(mcpPackage('linux', argv)).toBe(name);
  });

  it('reads Windows paths', () => {
    expect(mcpPackage('win32', ['node', 'C:\\x\\node_modules\\@ModelContextProtocol\\server-git\\dist\\index.js'])).toBe(
      '@modelcontextprotocol/server-git',
    );
    expect(mcpPackage('win32', null)).toBeNull();
  });
});
