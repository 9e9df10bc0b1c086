import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { type LogWatch, watchLog } from '../../../src/main/log-watch.js';
import { aFolder } from './real-files.js';

let watched: LogWatch | null = null;
afterEach(() => watched?.close());

test('the version grows when anybody adds to the log or rotates it, and for nothing else', async () => {
  const path = join(aFolder(), 'state', 'claude_actions.log');
  const log = watchLog(path, { settleMs: 10 });
  watched = log;
  const calls: number[] = [];
  const stop = log.onChange(() => calls.push(log.version()));
  const first = log.version();
  writeFileSync(path, 'a\n');
  await vi.waitFor(() => expect(calls).toEqual([first + 1]));
  writeFileSync(`${path}.lock`, 'x');
  log.soon();
  await sleep(60);
  expect(log.version()).toBe(first + 1);
  appendFileSync(path, 'b\n');
  await vi.waitFor(() => expect(log.version()).toBe(first + 2));
  renameSync(path, `${path}.1`);
  await vi.waitFor(() => expect(log.version()).toBe(first + 3));
  stop();
  writeFileSync(path, 'c\n');
  await vi.waitFor(() => expect(log.version()).toBe(first + 4));
  expect(calls).toEqual([first + 1, first + 2, first + 3]);
});

test('once closed, whoever asks still gets to know', () => {
  const path = join(aFolder(), 'state', 'claude_actions.log');
  const log = watchLog(path);
  log.close();
  const first = log.version();
  writeFileSync(path, 'a\n');
  expect([log.version(), log.version()]).toEqual([first + 1, first + 1]);
});
