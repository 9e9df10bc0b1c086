import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { clearOlder, countOlder } from '../../../src/main/log-clear.js';
import { createLogReader } from '../../../src/main/log-reader.js';
import { aFolder, bundle, IDENTIFY_SOURCE, identify, run, SRC } from './real-files.js';

const BEFORE = '2025-06-01T00:00:00';
const old = (text: string): string => `2025-01-02T20:16:17 - SUCCESS - PAUSE: User: ${text}\n`;
const recent = (text: string): string => `2025-09-02T20:16:17 - SUCCESS - PAUSE: User: ${text}\n`;
let folder = '';
let path = '';
beforeEach(() => {
  folder = join(aFolder(), 'state');
  mkdirSync(folder);
  path = join(folder, 'claude_actions.log');
});
const clear = () => clearOlder(BEFORE, { path, identify, settleMs: 20 });
const users = async () => {
  const read = await createLogReader({ path }).read();
  return read.ok ? read.value.records.map((record) => record.user) : read.failure;
};
const put = (name: string, text: string): void => writeFileSync(path + name, text, { mode: 0o600 });

describe('clearing', () => {
  test('takes old entries out of every file, keeps the others in their order, and what is no entry', async () => {
    put('.2', old('1'));
    put('.1', `${old('2')}junk\n${recent('3')}`);
    put(
      '',
      `${old('4')}2025-05-31T23:59:59 - INFO - ALERT: User: 5\n2025-06-01T00:00:00 - INFO - ALERT: User: 6\r\n${recent('7').trimEnd()}`,
    );
    expect(await countOlder(path, BEFORE)).toBe(4);
    expect(await users()).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    expect(await clear()).toEqual({ ok: true, value: 4 });
    expect(await users()).toEqual(['3', '6', '7']);
    expect(readFileSync(`${path}.1`, 'utf8')).toContain('junk\n');
    expect(readdirSync(folder)).toEqual(['claude_actions.log.1']);
    expect(statSync(`${path}.1`).mode & 0o777).toBe(0o600);
    expect(await countOlder(path, BEFORE)).toBe(0);
  });

  test('touches no file that has nothing old', async () => {
    put('.1', recent('1'));
    put('', recent('2'));
    const before = ['', '.1'].map((name) => statSync(path + name).ino);
    expect(await clear()).toEqual({ ok: true, value: 0 });
    expect(['', '.1'].map((name) => statSync(path + name).ino)).toEqual(before);
    expect(readdirSync(folder).sort()).toEqual(['claude_actions.log', 'claude_actions.log.1']);
  });

  test('of a log that is not there is nothing', async () => {
    expect([await countOlder(path, BEFORE), await clear()]).toEqual([0, { ok: true, value: 0 }]);
  });

  test('takes in what a crash left aside, in its place, and clears the file in use too', async () => {
    put('.1', recent('1'));
    put('.clearing', old('2') + recent('3'));
    put('', old('4') + recent('5'));
    expect(await clear()).toEqual({ ok: true, value: 2 });
    expect(await users()).toEqual(['1', '3', '5']);
    expect(existsSync(`${path}.clearing`)).toBe(false);
  });

  test('rejects where it may not write, and loses nothing', async () => {
    put('', old('1') + recent('2'));
    symlinkSync('/etc/passwd', `${path}.1`);
    await expect(clear()).rejects.toMatchObject({ code: 'ELOOP' });
    expect(readFileSync(existsSync(path) ? path : `${path}.clearing`, 'utf8')).toBe(old('1') + recent('2'));
    chmodSync(folder, 0o700);
  });
});

test('two processes that write 3,000 lines each while the log is cleared again and again lose and double none', async () => {
  const script = await bundle(
    aFolder(),
    `${IDENTIFY_SOURCE}
    import { createActionLog } from ${JSON.stringify(join(SRC, 'main/action-log.ts'))};
    const [path, name] = process.argv.slice(2);
    const log = createActionLog({ path, now: Date.now, identify, maxBytes: 60_000, keep: 100 });
    for (let index = 0; index < 3000; index++) {
      const result = await log.append({ level: 'SUCCESS', action: 'PAUSE', fields: [['User', name + index]] });
      if (!result.ok) throw new Error(JSON.stringify(result));
    }`,
  );
  put('', Array.from({ length: 500 }, (_, index) => old(String(index))).join(''));
  const writers = ['a', 'b'].map((name) => run(script, [path, name]));
  let running = true;
  const ended = Promise.all(writers.map((writer) => writer.ended)).finally(() => {
    running = false;
  });
  let removed = 0;
  let turns = 0;
  while (running) {
    // Something old again, so that each turn has to move the file in use aside.
    writeFileSync(path, old('again'), { flag: 'a', mode: 0o600 });
    const cleared = await clearOlder(BEFORE, { path, identify, keep: 100, settleMs: 30 });
    if (cleared.ok) removed += cleared.value;
    turns += 1;
  }
  expect(await ended).toEqual([
    { how: 0, output: '' },
    { how: 0, output: '' },
  ]);
  const last = await clearOlder(BEFORE, { path, identify, keep: 100, settleMs: 30 });
  const read = await createLogReader({ path, keep: 100 }).read();
  const names = read.ok ? read.value.records.map((record) => record.user ?? '') : [];
  const expected = ['a', 'b'].flatMap((name) => Array.from({ length: 3000 }, (_, index) => name + index));
  expect([...names].sort()).toEqual([...expected].sort());
  expect([removed + (last.ok ? last.value : 0), turns > 3, read.ok && read.value.skipped]).toEqual([500 + turns, true, 0]);
}, 120_000);
