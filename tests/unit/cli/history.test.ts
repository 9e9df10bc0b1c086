import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HistoryOptions } from '../../../src/cli/history.js';
import { history, parseSince, ranking } from '../../../src/cli/history.js';
import { historyShape, rankingShape } from '../../../src/cli/json-shape.js';
import { historyFile } from '../../../src/main/history.js';
import type { Database } from '../../../src/main/history-database.js';
import { openForWriting } from '../../../src/main/history-open.js';
import { createWriter } from '../../../src/main/history-writer.js';
import { aLife, aLookSample } from '../../fakes/a-look-sample.js';
import { fakeCore } from './fake-core.js';
import { fakeUi } from './fake-io.js';

const MB = 1_048_576;
const MINUTE = 60_000;

describe('history and ranking', () => {
  let folder: string;
  let db: Database;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cm-cli-history-'));
    const now = Date.now();
    const opened = await openForWriting(historyFile(join(folder, 'state')), now);
    if (!opened.ok) throw new Error(opened.code);
    db = opened.db;
    const writer = createWriter(db);
    // The writer stays open: the command line reads while a window writes.
    for (let at = now - 30 * MINUTE; at <= now; at += 10_000)
      writer.write(
        [aLookSample(at, [aLife(1, 200 * MB), aLife(2, 100 * MB, { user: '=cmd|x', project: '/p/\u001b[2Jb' })], { coveredMs: 10_000 })],
        [],
        {},
      );
    while (writer.roll(now));
  });
  afterAll(() => {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = async (options: Partial<HistoryOptions> & { readonly json?: boolean; readonly folder?: string } = {}) => {
    const fake = fakeUi({ json: options.json === true });
    const core = fakeCore({ folder: options.folder ?? folder });
    const code = await history(fake.ui, core, { by: 'user', sinceMs: 24 * 60 * MINUTE, format: 'text', ...options });
    return { code, out: fake.out(), err: fake.err() };
  };

  it('prints a line for each group and one for all', async () => {
    const { code, out } = await run();
    expect(code).toBe(0);
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^From .+ to /);
    expect(lines[1]).toMatch(/^USER +MEAN +PEAK +CPU% +PROCESSES$/);
    expect(lines.slice(2, 5).map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
      ['dana', '200 MB', '200 MB'],
      ['=cmd|x', '100 MB', '100 MB'],
      ['Total', '300 MB', '300 MB'],
    ]);
  });

  it('lets no project act on the terminal', async () => {
    const { out } = await run({ by: 'project' });
    expect(out).toContain('␛[2Jb');
    expect(out).not.toContain('\u001b');
  });

  it('gives every bucket as JSON and as CSV, in which nothing is calculated', async () => {
    const json = historyShape.parse(JSON.parse((await run({ json: true })).out));
    expect(json.series.map(({ name }) => name)).toEqual(['dana', '=cmd|x']);
    expect(json.total.memoryBytes.max.filter((value) => value !== null)[0]).toBe(300 * MB);
    const csv = (await run({ format: 'csv' })).out.split('\r\n');
    expect(csv[0]).toContain('"memory_bytes_mean"');
    expect(csv.find((line) => line.includes('cmd'))).toContain(`"'=cmd|x"`);
    // Head, and a line for each of two users and the sum in each bucket that was recorded; the last line ends with a break.
    expect(csv.length).toBe(1 + 3 * json.times.filter((_, at) => json.total.memoryBytes.mean[at] !== null).length + 1);
  });

  it('ranks users by memory over time', async () => {
    const fake = fakeUi({ json: true });
    expect(await ranking(fake.ui, fakeCore({ folder }), { sinceMs: 60 * MINUTE })).toBe(0);
    const { users } = rankingShape.parse(JSON.parse(fake.out()));
    expect(users.map(({ user, memoryBytes, processes }) => [user, memoryBytes, processes])).toEqual([
      ['dana', 200 * MB, 1],
      ['=cmd|x', 100 * MB, 1],
    ]);
    expect((users[0]?.memoryByteHours ?? 0) / (200 * MB)).toBeCloseTo(0.5, 1);
    const text = fakeUi();
    await ranking(text.ui, fakeCore({ folder }), { sinceMs: 60 * MINUTE });
    expect(text.out().split('\n')[2]).toMatch(/^dana +200 MB/);
  });

  it('says that there is nothing, or why it cannot be read, and makes no file', async () => {
    expect(await run({ folder: '/nonexistent' })).toEqual({
      code: 1,
      out: '',
      err: 'claude-manager: There is no history yet: the window records while it is open.\n',
    });
    expect((await run({ sinceMs: 1000 })).code).toBe(0);
  });
});

describe('parseSince', () => {
  it('takes minutes, hours and days, and nothing else', () => {
    expect(['90m', '24h', '7D', '730d'].map(parseSince)).toEqual([90 * MINUTE, 1440 * MINUTE, 7 * 1440 * MINUTE, 730 * 1440 * MINUTE]);
    expect(['', '0h', '24', '1.5h', '-1h', '731d', '1w', '24h ', 'h'].map(parseSince)).toEqual(Array.from({ length: 9 }, () => null));
  });
});
