import { appendFileSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { LogReaderOptions } from '../../../src/main/log-reader.js';
import { createLogReader } from '../../../src/main/log-reader.js';
import { selectLog } from '../../../src/shared/log-query.js';
import { aFolder } from './real-files.js';

const line = (text: string, at = '2025-09-02T20:16:17'): string => `${at} - SUCCESS - PAUSE: User: ${text}\n`;
let path = '';
beforeEach(() => {
  const folder = join(aFolder(), 'state');
  mkdirSync(folder);
  path = join(folder, 'claude_actions.log');
});
const open = (options: Partial<LogReaderOptions> = {}) => {
  const reader = createLogReader({ path, ...options });
  return {
    ...reader,
    users: async () => {
      const read = await reader.read();
      return read.ok ? read.value.records.map((record) => record.user) : read.failure;
    },
  };
};

describe('the reader', () => {
  test('reads every kept file, oldest first, and the lines of the original', async () => {
    writeFileSync(path, `${line('5')}2025-09-02T20:16:18 - SUCCESS - KILL_USER_PROCESSES: User: john - Mortos: [1234, 1235]\r\njunk\n\n`);
    writeFileSync(`${path}.1`, line('4'));
    writeFileSync(`${path}.clearing`, line('4b'));
    writeFileSync(`${path}.4`, line('1') + line('2').trimEnd());
    writeFileSync(`${path}.5`, line('0'));
    const reader = open();
    expect(await reader.users()).toEqual(['1', '2', '4', '4b', '5', 'john']);
    const read = await reader.read();
    expect(read.ok && [read.value.actions, read.value.users, read.value.skipped]).toEqual([
      ['KILL_USER_PROCESSES', 'PAUSE'],
      ['1', '2', '4', '4b', '5', 'john'],
      1,
    ]);
  });

  test('is empty where there is no log, and sees it begin', async () => {
    const reader = open();
    expect(await reader.users()).toEqual([]);
    writeFileSync(path, line('1'));
    expect(await reader.users()).toEqual(['1']);
  });

  test('reads on only what was added, waits for the rest of a line, and gives the same object while nothing came', async () => {
    writeFileSync(path, line('a'));
    const reader = open();
    const first = await reader.read();
    expect(await reader.read()).toEqual(first);
    expect((await reader.read()).ok && (await reader.read())).toStrictEqual(first);
    const before = reader.bytesRead();
    const [head, tail] = [line('ünï').slice(0, 30), line('ünï').slice(30)];
    appendFileSync(path, head);
    await reader.read();
    appendFileSync(path, tail + line('c'));
    expect(await reader.users()).toEqual(['a', 'ünï', 'c']);
    expect(reader.bytesRead() - before).toBe(Buffer.byteLength(line('ünï') + line('c')));
  });

  test('a character cut in two by the end of a reading is whole again', async () => {
    const bytes = Buffer.from(line('é'));
    const cut = bytes.indexOf(0xc3) + 1;
    writeFileSync(path, bytes.subarray(0, cut));
    const reader = open();
    await reader.read();
    appendFileSync(path, bytes.subarray(cut));
    expect(await reader.users()).toEqual(['é']);
  });

  test('reads nothing anew when files are rotated, and forgets what is dropped', async () => {
    writeFileSync(path, line('2'));
    writeFileSync(`${path}.4`, line('1'));
    const reader = open();
    expect(await reader.users()).toEqual(['1', '2']);
    const before = reader.bytesRead();
    renameSync(path, `${path}.4`);
    writeFileSync(path, line('3'));
    expect(await reader.users()).toEqual(['2', '3']);
    expect(reader.bytesRead() - before).toBe(line('3').length);
  });

  test('loses and doubles nothing when files are rotated while it reads', async () => {
    for (const [name, text] of [
      ['', '4'],
      ['.1', '3'],
      ['.2', '2'],
      ['.3', '1'],
    ] as const)
      writeFileSync(path + name, line(text));
    let turn = 0;
    const reader = open({
      betweenFiles: async () => {
        turn += 1;
        if (turn > 2) return;
        for (const number of [3, 2, 1]) renameSync(`${path}.${number}`, `${path}.${number + 1}`);
        renameSync(path, `${path}.1`);
        writeFileSync(path, line(`new ${turn}`));
        turn = 9;
      },
    });
    expect(await reader.users()).toEqual(['1', '2', '3', '4']);
    expect(await reader.users()).toEqual(['1', '2', '3', '4', 'new 1']);
  });

  test('begins again at a file that was cut short or replaced', async () => {
    writeFileSync(path, line('a') + line('b'));
    const reader = open();
    await reader.read();
    writeFileSync(path, line('c'));
    expect(await reader.users()).toEqual(['c']);
    writeFileSync(`${path}.new`, line('d') + line('e') + line('f'));
    renameSync(`${path}.new`, path);
    expect(await reader.users()).toEqual(['d', 'e', 'f']);
  });

  test('who asks while it reads gets what was there when he asked', async () => {
    writeFileSync(path, line('a'));
    const reader = open();
    const first = reader.users();
    appendFileSync(path, line('b'));
    const [, second, third] = await Promise.all([first, reader.users(), reader.users()]);
    expect([second, third]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  test('knows what a reader knows that begins now, whatever comes, is rotated or cut short meanwhile', async () => {
    const steps: readonly (() => void)[] = [
      () => appendFileSync(path, line('a') + line('b')),
      () => appendFileSync(path, line('c').slice(0, 25)),
      () => appendFileSync(path, line('c').slice(25)),
      () => renameSync(path, `${path}.1`),
      () => writeFileSync(path, line('d')),
      () => appendFileSync(`${path}.1`, line('late')),
      () => appendFileSync(path, line('e')),
      () => writeFileSync(path, line('f')),
      () => appendFileSync(path, line('g')),
    ];
    const reader = open();
    for (const step of steps) {
      step();
      const [kept, fresh] = [await reader.read(), await open().read()];
      expect(kept).toEqual(fresh);
    }
  });

  test('does not go through a link', async () => {
    symlinkSync('/etc/passwd', path);
    expect(await open().users()).toEqual({ reason: 'denied', id: 'logNotRead', values: { file: path, code: 'ELOOP' } });
  });
});

test('200,000 lines cost a small multiple of splitting them, are filtered for about as much, and a new one next to nothing', async () => {
  const many = (from: number): string =>
    Array.from(
      { length: 40_000 },
      (_, index) =>
        `2025-09-02T20:16:17 - SUCCESS - KILL_PROCESS: PID ${from + index} - User: user${index % 7} - Memory: 512MB - Signal: SIGTERM - Result: done\n`,
    ).join('');
  for (const [at, name] of ['.4', '.3', '.2', '.1', ''].entries()) writeFileSync(path + name, many(at * 40_000));
  const cpu = async (work: () => Promise<unknown>): Promise<number> => {
    const from = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(from);
    return user + system;
  };
  const split = async (): Promise<number> => {
    let count = 0;
    for (const name of ['.4', '.3', '.2', '.1', '']) count += (await readFile(path + name, 'utf8')).split('\n').length;
    return count;
  };
  await split();
  const plain = await cpu(split);
  const reader = open();
  const whole = await cpu(reader.read);
  const read = await reader.read();
  if (!read.ok) throw new Error('not read');
  expect(read.value.records.length).toBe(200_000);
  const filtered = await cpu(async () =>
    expect(selectLog(read.value.records, { text: 'SIGTERM', user: 'user3' }).matching.length).toBeGreaterThan(28_000),
  );
  const before = reader.bytesRead();
  appendFileSync(path, line('one more'));
  const more = await cpu(reader.read);
  console.log(
    `split ${plain} µs, read ×${(whole / plain).toFixed(1)}, filter ×${(filtered / plain).toFixed(1)}, one more ×${(more / plain).toFixed(2)}`,
  );
  expect(reader.bytesRead() - before).toBe(line('one more').length);
  expect(whole / plain).toBeLessThan(12);
  expect(filtered / plain).toBeLessThan(8);
  expect(more / whole).toBeLessThan(0.5);
}, 60_000);
