import { describe, expect, it } from 'vitest';
import { snapshotShape } from '../../../src/cli/json-shape.js';
import { caveatLines, list, tableLines, totalLines } from '../../../src/cli/list.js';
import { FILE_COLUMNS, textWidth } from '../../../src/cli/table.js';
import type { ProcessView } from '../../../src/shared/types.js';
import { fakeCore } from './fake-core.js';
import { fakeUi } from './fake-io.js';
import { aLook, aRow, NOW_MS } from './views.js';

const MB = 1024 * 1024;
const ALL = { user: null, status: null, sort: 'memory', tree: false } as const;
const key = (pid: number) => ({ pid, startedAt: `s${pid}` });

const session = aRow(4242, {
  name: 'billing',
  projectDir: '/home/dana/billing',
  status: 'old',
  conditions: ['old', 'high-memory'],
  startedAtMs: NOW_MS - (5 * 60 + 12) * 60_000,
  tree: { memoryBytes: 1700 * MB, cpuPercent: 12.6, count: 3, memoryIsPartial: true },
});
const shell = aRow(4243, {
  kind: 'tool-shell',
  ppid: 4242,
  owner: key(4242),
  name: 'npm test',
  activity: 'none',
  memoryBytes: 2 * MB,
  cpuPercent: 0,
});
const child = aRow(4244, {
  kind: 'tool-child',
  ppid: 4243,
  owner: key(4242),
  name: 'node',
  activity: 'none',
  memoryBytes: null,
  cpuPercent: 11,
});
const orphan = aRow(77, {
  kind: 'mcp-server',
  name: 'server-postgres',
  user: null,
  uid: 4001,
  status: 'orphan',
  leftOver: 'yes',
  activity: 'none',
  cpuPercent: null,
  startedAtMs: null,
});
const waiting = aRow(900, { user: 'jo', name: 'api', activity: 'waiting', waitingFor: 'permission prompt', memoryBytes: 20 * MB });
const looked = aLook([session, shell, child, orphan, waiting]);

describe('tableLines', () => {
  it('shows rows of their own, sessions first, with what they own summed up', () => {
    expect(tableLines(fakeUi().ui, looked, ALL, FILE_COLUMNS)).toEqual([
      ' PID  USER  MEMORY(MB)  CPU%      TIME  STATUS  KIND         ACTIVITY                    NAME             PROJECT',
      '4242  dana      ≥1\u2009700    13  5 h 12 m  Old     cli-session  Idle                        billing          /home/dana/billing',
      ' 900  jo            20     1       1 m  Normal  cli-session  Waiting: permission prompt  api',
      '  77  4001         100     –         –  Orphan  mcp-server                               server-postgres',
    ]);
  });

  it('unfolds what sessions own, each with its own figures', () => {
    const lines = tableLines(fakeUi().ui, looked, { ...ALL, tree: true, status: 'old' }, FILE_COLUMNS);
    expect(lines.map((line) => line.replace(/ {2,}/g, '|'))).toEqual([
      ' PID|USER|MEMORY(MB)|CPU%|TIME|STATUS|KIND|ACTIVITY|NAME|PROJECT',
      '4242|dana|≥1\u2009700|13|5 h 12 m|Old|cli-session|Idle|billing|/home/dana/billing',
      '4243|dana|2|0|1 m|Normal|tool-shell|└ npm test',
      '4244|dana|–|11|1 m|Normal|tool-child|└ node',
    ]);
  });

  it('draws the branches of a tree', () => {
    const owned = (pid: number, ppid: number): ProcessView => aRow(pid, { ppid, owner: key(10), name: `n${pid}` });
    const lines = tableLines(
      fakeUi().ui,
      aLook([aRow(10), owned(11, 10), owned(12, 11), owned(13, 11), owned(14, 10)]),
      { ...ALL, tree: true },
      FILE_COLUMNS,
    );
    const at = lines[0]?.indexOf('NAME');
    expect(lines.slice(2).map((line) => line.slice(at))).toEqual(['├ n11', '  ├ n12', '  └ n13', '└ n14']);
  });

  it('writes the home directory of whoever asks as ~', () => {
    const line = tableLines(fakeUi({ env: { HOME: '/home/dana' } }).ui, aLook([session]), ALL, FILE_COLUMNS)[1];
    expect(line).toMatch(/ {2}~\/billing$/);
  });

  it('lets no escape sequence, line break or direction mark of a process through', () => {
    const evil = '\x1b]0;owned\x07\x1b[2J\x9b31m\n\u202e';
    const hostile = aRow(5, { name: `n${evil}`, projectDir: `/p${evil}`, user: `u${evil}`, activity: 'waiting', waitingFor: `w${evil}` });
    const lines = tableLines(fakeUi().ui, aLook([hostile], { host: { ...looked.host, hostName: `h${evil}` } }), ALL, FILE_COLUMNS);
    expect(lines).toHaveLength(2);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(lines.join('').match(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/)).toBeNull();
    expect(lines[1]).toContain('n␛]0;owned');
  });

  it('fits every width from 60 cells on, whatever the names', () => {
    const wild = [session, aRow(4194304, { name: '日本語'.repeat(30), user: 'e\u0301'.repeat(40), projectDir: `/${'👩‍🚀'.repeat(99)}` })];
    for (let width = 60; width <= 200; width += 7)
      for (const line of tableLines(fakeUi().ui, aLook(wild), ALL, width)) expect(textWidth(line)).toBeLessThanOrEqual(width);
  });

  it('says in a sentence why there are no rows', () => {
    expect(tableLines(fakeUi().ui, aLook([]), ALL, 80)).toEqual(['No Claude process is running on this machine that you can see.']);
    expect(tableLines(fakeUi().ui, looked, { ...ALL, user: 'nobody' }, 80)).toEqual(['No Claude process matches these filters.']);
  });

  it('colours the status on a terminal', () => {
    const lines = tableLines(fakeUi({ tty: true, color: true }).ui, looked, ALL, 200);
    expect(lines.find((line) => line.includes('server-postgres'))).toContain('\x1b[31mOrphan\x1b[0m');
  });
});

describe('totals and caveats', () => {
  it('sum up', () => {
    expect(totalLines(fakeUi().ui, looked)).toEqual([
      'Claude: 5 processes, 2 sessions, ≥222 MB, CPU 3 %',
      'box: memory 4.0 GB of 16.0 GB, CPU 12 % of 8 cores (one core = 100 %), load 0.50',
    ]);
    expect(caveatLines(fakeUi().ui, looked)).toEqual(['The memory of 1 process could not be read; the sums (≥) are lower bounds.']);
    expect(caveatLines(fakeUi().ui, aLook([], { complete: false }))).toHaveLength(1);
    expect(caveatLines(fakeUi().ui, aLook([aRow(1)]))).toEqual([]);
  });

  it('do so in Portuguese', () => {
    expect(totalLines(fakeUi({ language: 'pt-BR' }).ui, looked)[0]).toBe('Claude: 5 processos, 2 sessões, ≥222 MB, CPU 3 %');
  });
});

describe('list', () => {
  it('looks twice, half a second apart, and shows the second look', async () => {
    const waits: number[] = [];
    const core = fakeCore({ looks: [aLook([aRow(1, { cpuPercent: null })]), aLook([aRow(2)])] });
    const fake = fakeUi({ onSleep: (ms) => waits.push(ms) });
    expect(await list(fake.ui, core, ALL)).toBe(0);
    expect(waits).toEqual([500]);
    expect(fake.out().split('\n').slice(1, 3)).toEqual([expect.stringMatching(/^ +2 /), '']);
    expect(fake.out().trimEnd().split('\n').at(-1)).toMatch(/^box: /);
  });

  it('prints one JSON value of the documented shape: rows as filtered, each followed by what it owns', async () => {
    const fake = fakeUi({ json: true });
    expect(await list(fake.ui, fakeCore({ looks: [looked, looked] }), { ...ALL, status: 'old' })).toBe(0);
    const value = snapshotShape.parse(JSON.parse(fake.out()));
    expect(value.processes.map(({ pid, owner }) => [pid, owner])).toEqual([
      [4242, null],
      [4243, key(4242)],
      [4244, key(4242)],
    ]);
    expect(value.totals).toEqual(looked.totals);
    expect(fake.out().match(/\n/g)).toHaveLength(1);
    expect(fake.err()).toBe('');
  });

  it('carries verdicts, evidence and refusals in words', async () => {
    const fake = fakeUi({ json: true });
    const daemon = aRow(8, { kind: 'daemon', refusal: { reason: 'protected', id: 'daemon' }, session: null });
    await list(fake.ui, fakeCore({ looks: [aLook([daemon]), aLook([daemon])] }), ALL);
    expect(snapshotShape.parse(JSON.parse(fake.out())).processes[0]?.refusal).toEqual({
      reason: 'protected',
      id: 'daemon',
      message: expect.stringContaining('claude daemon stop --any'),
    });
  });
});
