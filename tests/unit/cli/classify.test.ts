import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { classifyRows } from '../../../src/cli/classify.js';
import { classifyShape } from '../../../src/cli/json-shape.js';
import { fakeUi } from './fake-io.js';

const row = (id: string, over: Record<string, unknown> = {}): string =>
  JSON.stringify({
    id,
    platform: 'linux',
    pid: 410,
    ppid: 400,
    user: 'dana',
    comm: 'claude',
    exe: '/home/dana/.local/share/claude/versions/2.1.330',
    argv: ['claude'],
    tty: 'pts/1',
    parent: { alive: true, comm: 'bash', kind: null },
    env: {},
    hints: {},
    ...over,
  });
const stranger = row('S1', { comm: 'vim', exe: '/usr/bin/vim', argv: ['vim', 'CLAUDE.md'] });

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rows-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const parsed = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => classifyShape.parse(JSON.parse(line)));

describe('classify', () => {
  it('judges each row of a file, blank lines left out', async () => {
    const file = join(folder, 'rows.jsonl');
    writeFileSync(file, `${row('A1')}\n\n${stranger}\r\n`);
    const fake = fakeUi();
    expect(await classifyRows(fake.ui, file)).toBe(0);
    expect(parsed(fake.out())).toEqual([
      { id: 'A1', kind: 'cli-session', leftOver: 'no' },
      { id: 'S1', kind: null, leftOver: null },
    ]);
    expect(fake.err()).toBe('');
  });

  it('names each bad line on stderr, judges the others, and ends with 1', async () => {
    const fake = fakeUi({ stdin: ['{"pid":\x1b[2J', row('A1'), '', '[]', '{"pid":1}', 'null'] });
    expect(await classifyRows(fake.ui, '-')).toBe(1);
    expect(parsed(fake.out())).toEqual([{ id: 'A1', kind: 'cli-session', leftOver: 'no' }]);
    expect(fake.err().split('\n')).toEqual([
      'claude-manager: Line 1: it is not JSON.',
      'claude-manager: Line 4: it is not a process row (platform and pid are needed).',
      'claude-manager: Line 5: it is not a process row (platform and pid are needed).',
      'claude-manager: Line 6: it is not a process row (platform and pid are needed).',
      'claude-manager: 4 lines were no process rows.',
      '',
    ]);
  });

  it('says that a file cannot be read', async () => {
    const fake = fakeUi();
    expect(await classifyRows(fake.ui, join(folder, 'none'))).toBe(1);
    expect(fake.err()).toMatch(/^claude-manager: .*none cannot be read: ENOENT/);
    expect(await classifyRows(fakeUi().ui, folder)).toBe(1);
  });

  it('stops when its reader has gone', async () => {
    const fake = fakeUi({ stdin: [row('A1')] });
    fake.loseReader();
    expect(await classifyRows(fake.ui, '-')).toBe(0);
    expect(fake.out()).toBe('');
  });
});
