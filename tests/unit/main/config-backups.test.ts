import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { createBackups, outdated } from '../../../src/main/config-backups.js';
import { aFolder } from './real-files.js';

const START = Date.UTC(2025, 8, 2, 20, 16, 17);
const MINUTE = 60_000;
const DAY = 86_400_000;

let folder = '';
let nowMs = START;
beforeEach(() => {
  folder = join(aFolder(), 'backups');
  nowMs = START;
});
const backups = () => createBackups(folder, () => nowMs);

describe('earlier versions', () => {
  test('are one for the changes of five minutes, mode 0600, newest first', async () => {
    const kept = backups();
    expect(kept.list()).toEqual([]);
    for (const [minutes, text] of [
      [0, '{"a":1}'],
      [2, '{"a":2}'],
      [4.9, '{"a":3}'],
      [5, '{"a":4}'],
      // The clock is set back.
      [-60, '{"a":5}'],
    ] as const) {
      nowMs = START + minutes * MINUTE;
      expect(await kept.keep(text)).toBe(null);
    }
    expect(kept.list()).toEqual([
      { name: 'claude_limits-20250902T202117Z.json', atMs: START + 5 * MINUTE },
      { name: 'claude_limits-20250902T201617Z.json', atMs: START },
      { name: 'claude_limits-20250902T191617Z.json', atMs: START - 60 * MINUTE },
    ]);
    expect(kept.list().map(({ name }) => kept.read(name))).toMatchObject([{ json: { a: 4 } }, { json: { a: 1 } }, { json: { a: 5 } }]);
    expect([statSync(folder).mode & 0o777, statSync(join(folder, kept.list()[0]?.name ?? '')).mode & 0o777]).toEqual([0o700, 0o600]);
  });

  test('are the last twenty, and one a day for thirty days; other files stay', async () => {
    const kept = backups();
    mkdirSync(folder);
    writeFileSync(join(folder, 'mine.json'), '{}');
    for (let day = 40; day >= 0; day--)
      for (const hour of [0, 1, 2]) {
        nowMs = START - day * DAY + hour * 60 * MINUTE;
        expect(await kept.keep(`{"day":${day},"hour":${hour}}`)).toBe(null);
      }
    const ages = kept.list().map(({ atMs }) => [Math.floor(nowMs / DAY) - Math.floor(atMs / DAY)]);
    // Twenty of the last seven days; then the newest of each day.
    expect(ages.length).toBe(20 + 23);
    expect(new Set(ages.map(String)).size).toBe(30);
    expect(readdirSync(folder)).toContain('mine.json');
  }, 60_000);

  test('by a name that is none of theirs are not read, and a folder that cannot be written is said', async () => {
    writeFileSync(join(folder, '..', 'secret.json'), '{"a":1}');
    const kept = backups();
    for (const name of ['../secret.json', 'secret.json', '', 'claude_limits-20250902T201617Z.json'])
      expect(kept.read(name)).toEqual({ kind: 'missing' });
    writeFileSync(folder, 'a file');
    expect([await kept.keep('{}'), kept.list(), kept.newestGood()]).toEqual(['EEXIST', [], null]);
  });

  test('that are damaged are passed over for the newest good one', async () => {
    const kept = backups();
    await kept.keep('{"a":1}');
    nowMs += 10 * MINUTE;
    await kept.keep('{"a":');
    expect(kept.newestGood()).toMatchObject({ json: { a: 1 }, backup: { atMs: START } });
  });

  test('are let go of by their age alone', () => {
    const list = Array.from({ length: 25 }, (_, index) => ({ name: String(index), atMs: START - index * 31 * DAY }));
    expect(outdated(list, START).map(({ name }) => name)).toEqual(['20', '21', '22', '23', '24']);
    expect(outdated(list.slice(0, 20), START)).toEqual([]);
  });
});
