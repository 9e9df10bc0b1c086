import { describe, expect, it } from 'vitest';
import { displayName } from '../../../src/shared/display-name.js';
import type { Judgement } from '../../../src/shared/judge.js';
import type { Kind } from '../../../src/shared/types.js';

type Named = Pick<Judgement, 'kind'> & { argv?: string[] | null; comm?: string; cwd?: string | null; name?: string; recordCwd?: string };

const nameOf = ({ kind, argv = [], comm = 'node', cwd = null, name, recordCwd }: Named): string =>
  displayName({
    kind,
    raw: { key: { pid: 77, startedAt: '1' }, cwd, facts: { comm, argv } },
    record: name === undefined && recordCwd === undefined ? null : { name: name ?? null, cwd: recordCwd ?? null },
  } as Judgement);

const snapshotShell = (command: string): string[] => [
  '/bin/bash',
  '-c',
  `source /home/dana/.claude/shell-snapshots/snapshot-bash-1-a.sh 2>/dev/null || true && \\builtin shopt -u extglob 2>/dev/null || true && eval '${command}' < /dev/null && pwd -P >| /tmp/claude-f9bb-cwd`,
];

describe('a session', () => {
  it('is called by its own name, else by its folder', () => {
    expect(nameOf({ kind: 'cli-session', name: 'billing', recordCwd: '/home/dana/api', cwd: '/x' })).toBe('billing');
    expect(nameOf({ kind: 'cli-session', recordCwd: '/home/dana/api/', cwd: '/x' })).toBe('api');
    expect(nameOf({ kind: 'cli-headless', cwd: '/srv/etl-nightly' })).toBe('etl-nightly');
    expect(nameOf({ kind: 'ide-session', cwd: 'C:\\Users\\dana\\p' })).toBe('p');
  });

  it('is called by its command where nothing else is known', () => {
    expect(nameOf({ kind: 'cli-session', comm: '2.1.330' })).toBe('2.1.330');
    expect(nameOf({ kind: 'cli-session', comm: '' })).toBe('77');
  });
});

it.each<[string, string[]]>([
  ['server-filesystem', ['npm exec @modelcontextprotocol/server-filesystem /home/dana']],
  ['context7-mcp', ['node', '/home/dana/.npm/_npx/9833c18b2d85bc59/node_modules/.bin/context7-mcp']],
  ['github-mcp-server', ['docker', 'run', '-i', '--rm', 'ghcr.io/github/github-mcp-server']],
  ['mcp-server-time', ['uv', 'tool', 'uvx', 'mcp-server-time']],
  ['everything', ['node', '/home/dana/mcp/everything.js']],
  ['notes', ['python3', '/opt/notes.py', '--stdio']],
  ['mcp-memory', ['node', '/opt/mcp-memory/dist/index.js']],
])('calls the server %s by what it is, not by what runs it', (name, argv) => {
  expect(nameOf({ kind: 'mcp-server', argv })).toBe(name);
});

it.each<[string, Kind, string[]]>([
  ['claude daemon', 'daemon', ['/home/dana/.local/bin/claude', 'daemon', 'run', '--origin', 'transient']],
  ['claude bg-pty-host', 'bg-pty-host', ['claude bg-pty-host', '--bg-pty-host', '/tmp/x.sock']],
  ['claude attach 7c5dcf5d', 'cli-utility', ['claude', 'attach', '7c5dcf5d']],
])('calls infrastructure %s, not by the version that the kernel knows', (name, kind, argv) => {
  expect(nameOf({ kind, argv, comm: '2.1.330' })).toBe(name);
});

describe('a tool shell', () => {
  it('is called by the command that it was given', () => {
    expect(nameOf({ kind: 'tool-shell', argv: snapshotShell('npm test') })).toBe('npm test');
    expect(nameOf({ kind: 'tool-shell', argv: snapshotShell("echo '\\''hi'\\''") })).toBe("echo 'hi'");
    expect(nameOf({ kind: 'tool-shell', argv: null, comm: 'bash' })).toBe('bash');
  });

  it('shows no secret of that command', () => {
    expect(nameOf({ kind: 'tool-shell', argv: snapshotShell('curl -H "Authorization: Bearer abcdef0123456789abcdef" x') })).not.toContain(
      'abcdef0123456789',
    );
    expect(nameOf({ kind: 'tool-child', argv: ['/usr/bin/psql', 'postgresql://dana:hunter22@db/shop'] })).not.toContain('hunter22');
  });
});

it('is one clean line of at most 80 characters, whatever a process calls itself', () => {
  const hostile = `a\nb\u001b[31m\u202egnp.${'x'.repeat(500)}`;
  for (const kind of ['cli-session', 'mcp-server', 'tool-child', 'hook', 'daemon'] as const satisfies readonly Kind[]) {
    const name = nameOf({ kind, argv: [hostile, hostile], comm: hostile, name: hostile });
    expect(name.length).toBeLessThanOrEqual(80);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the point
    expect(name).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029]/);
  }
});
