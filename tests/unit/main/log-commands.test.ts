import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { createActionLog } from '../../../src/main/action-log.js';
import { createLogCommands } from '../../../src/main/log-commands.js';
import { createLogReader } from '../../../src/main/log-reader.js';
import { aFolder, identify, makeFifo } from './real-files.js';

const NOW = new Date(2025, 8, 2, 20, 16, 17).getTime();
const line = (day: string, text: string): string => `2025-${day}T20:16:17 - SUCCESS - PAUSE: User: ${text}`;
let folder = '';
let path = '';
let asked: unknown[] = [];
beforeEach(() => {
  folder = join(aFolder(), 'state');
  mkdirSync(folder);
  path = join(folder, 'claude_actions.log');
  asked = [];
});
const commands = (target: string | null = null) =>
  createLogCommands({
    path,
    reader: createLogReader({ path }),
    log: createActionLog({ path, now: () => NOW, identify }),
    now: () => NOW,
    identify,
    askWhere: async (suggestion) => {
      asked.push(suggestion);
      return target;
    },
  });
const fill = (): void => writeFileSync(path, `${line('01-01', 'a')}\n${line('09-01', 'b')}\nx\n${line('09-02', 'c')}\n`);

test('a page holds lines, counts and words; the next one sees what was added', async () => {
  fill();
  const { readLog } = commands();
  const page = await readLog({ filter: { text: 'user' }, offset: 1, limit: 1 });
  expect(page).toEqual({
    ok: true,
    value: {
      rows: [{ id: 1, at: '2025-09-01T20:16:17', level: 'SUCCESS', action: 'PAUSE', fields: [['User', 'b']], line: line('09-01', 'b') }],
      matching: 3,
      total: 3,
      counts: { SUCCESS: 3, ERROR: 0, INFO: 0 },
      actions: ['PAUSE'],
      users: ['a', 'b', 'c'],
      skipped: 1,
    },
  });
  writeFileSync(path, `${line('09-02', 'd')}\n`, { flag: 'a' });
  expect(await readLog({ filter: { text: 'user' }, offset: 0, limit: 1 })).toMatchObject({ value: { matching: 4, rows: [{ id: 3 }] } });
});

describe('an export', () => {
  test('asks where, and writes what the filter matches, oldest first, for its owner only', async () => {
    fill();
    const target = join(folder, 'out.log');
    writeFileSync(target, 'before', { mode: 0o644 });
    const result = await commands(target).exportLog({ filter: { from: '2025-09-01' }, format: 'text' });
    expect(result).toEqual({ ok: true, value: { path: target, lines: 2 } });
    expect(readFileSync(target, 'utf8')).toBe(`${line('09-01', 'b')}\n${line('09-02', 'c')}\n`);
    expect([statSync(target).mode & 0o777, readdirSync(folder).sort()]).toEqual([0o600, ['claude_actions.log', 'out.log']]);
    expect(asked).toEqual([{ fileName: 'claude_actions-2025-09-02.log', format: 'text' }]);
  });

  test('of many lines is whole', async () => {
    writeFileSync(path, Array.from({ length: 5_001 }, (_, index) => `${line('09-01', `u${index}`)}\n`).join(''));
    const target = join(folder, 'out.jsonl');
    await commands(target).exportLog({ filter: {}, format: 'jsonl' });
    const users = readFileSync(target, 'utf8')
      .trimEnd()
      .split('\n')
      .map((text) => (JSON.parse(text) as { fields: string[][] }).fields[0]?.[1]);
    expect(users).toEqual(Array.from({ length: 5_001 }, (_, index) => `u${index}`));
  });

  test('that is not wanted writes nothing', async () => {
    fill();
    expect(await commands(null).exportLog({ filter: {}, format: 'csv' })).toEqual({ ok: true, value: { path: null, lines: 0 } });
    expect(readdirSync(folder)).toEqual(['claude_actions.log']);
  });

  test('to where nothing can be written is a value, and what stands there stays', async () => {
    fill();
    const fifo = join(folder, 'fifo');
    makeFifo(fifo);
    const failed = (file: string, code: string) => ({
      ok: false,
      failure: { reason: 'denied', id: 'exportNotWritten', values: { file, code } },
    });
    expect(await commands(fifo).exportLog({ filter: {}, format: 'csv' })).toEqual(failed(fifo, 'ENOTSUP'));
    expect(statSync(fifo).isFIFO()).toBe(true);
    const nowhere = join(folder, 'none', 'x.csv');
    expect(await commands(nowhere).exportLog({ filter: {}, format: 'csv' })).toEqual(failed(nowhere, 'ENOENT'));
  });
});

describe('clearing', () => {
  test('is counted first, and changes nothing by that', async () => {
    fill();
    const before = readFileSync(path, 'utf8');
    expect(await commands().clearLog({ olderThanDays: 90, preview: true })).toEqual({ ok: true, value: { lines: 1 } });
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test('is logged, with how much and up to when', async () => {
    fill();
    const { clearLog, readLog } = commands();
    expect(await clearLog({ olderThanDays: 90, preview: false })).toEqual({ ok: true, value: { lines: 1 } });
    expect(readFileSync(path, 'utf8')).toBe('2025-09-02T20:16:17 - SUCCESS - LOG_CLEAR: Lines: 1 - Before: 2025-06-04T20:16:17\n');
    const page = await readLog({ filter: {}, offset: 0, limit: 10 });
    expect(page.ok && page.value.rows.map((row) => row.line)).toEqual([
      '2025-09-02T20:16:17 - SUCCESS - LOG_CLEAR: Lines: 1 - Before: 2025-06-04T20:16:17',
      line('09-02', 'c'),
      line('09-01', 'b'),
    ]);
  });

  test('that fails is a value, and logged as an error', async () => {
    fill();
    mkdirSync(`${path}.1`);
    const { clearLog } = commands();
    expect(await clearLog({ olderThanDays: 90, preview: false })).toEqual({
      ok: false,
      failure: { reason: 'denied', id: 'logNotCleared', values: { file: path, code: 'ENOTSUP' } },
    });
    expect(readFileSync(path, 'utf8')).toContain(' - ERROR - LOG_CLEAR: ');
    const all = [path, `${path}.clearing`].flatMap((name) => (existsSync(name) ? [readFileSync(name, 'utf8')] : [])).join('');
    for (const text of ['a', 'b', 'c']) expect(all).toContain(`User: ${text}\n`);
  });
});
