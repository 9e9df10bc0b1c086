import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clearLog } from '../../../src/cli/clear-log.js';
import { errorShape, logClearShape } from '../../../src/cli/json-shape.js';
import { createActionLog, localStamp } from '../../../src/main/action-log.js';
import { fakeCore } from './fake-core.js';
import { fakeUi } from './fake-io.js';

const DAY_MS = 86_400_000;
let folder: string;
let file: string;
const line = (days: number): string => `${localStamp(Date.now() - days * DAY_MS)} - INFO - KILL_PROCESS: PID 7 - Result: refused`;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-clear-'));
  mkdirSync(join(folder, 'state'));
  file = join(folder, 'state/claude_actions.log');
  writeFileSync(file, [50, 40, 20, 1].map((days) => `${line(days)}\n`).join(''), { mode: 0o600 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = async (options: { days?: number; dryRun?: boolean; yes?: boolean; json?: boolean; answer?: string } = {}) => {
  const { days = null, dryRun = false, yes = false, json = false, answer } = options;
  const fake = fakeUi({ json, ...(answer === undefined ? {} : { tty: true, answer }) });
  const actionLog = createActionLog({ path: file, now: Date.now, identify: () => null });
  const code = await clearLog(fake.ui, { ...fakeCore({ folder }), actionLog }, { days, dryRun, yes });
  // What stays of a file that was cleared is among the rotated ones.
  const texts = [`${file}.1`, file].map((name) => (existsSync(name) ? readFileSync(name, 'utf8') : ''));
  return { code, out: fake.out(), err: fake.err(), left: texts.join('').split('\n').slice(0, -1) };
};

describe('clear-log', () => {
  it('removes what is older than the configured thirty days, and logs that', async () => {
    const { code, out, err, left } = await run({ yes: true });
    expect([code, out, err]).toEqual([0, '2 entries were removed.\n', '']);
    expect(left.map((one) => one.slice(19, 51))).toEqual([
      ...[line(20), line(1)].map((one) => one.slice(19, 51)),
      expect.stringMatching(/^ - SUCCESS - LOG_CLEAR: Lines: 2/),
    ]);
  });

  it('only counts in a dry run', async () => {
    const { code, out, left } = await run({ days: 10, dryRun: true, yes: true });
    expect([code, out, left.length]).toEqual([0, '3 entries are older than 10 days. Nothing was removed.\n', 4]);
  });

  it('removes nothing where nobody says yes', async () => {
    const alone = await run({ json: true });
    expect([alone.code, errorShape.parse(JSON.parse(alone.out)).error.id, alone.left.length]).toEqual([3, 'needsYes', 4]);
    const no = await run({ answer: '' });
    expect([no.code, no.err, no.left.length]).toEqual([3, 'claude-manager: Not agreed to. Nothing was removed.\n', 4]);
    expect(no.out).toContain('Remove 2 entries older than 30 days? [y/N]');
  });

  it('asks on a terminal, and takes a clear yes', async () => {
    expect((await run({ answer: 'y' })).left).toHaveLength(3);
  });

  it('is JSON of the documented shape, and no failure where nothing is old', async () => {
    const parse = async (options: Parameters<typeof run>[0]) =>
      logClearShape.parse(JSON.parse((await run({ json: true, ...options })).out));
    expect(await parse({ days: 400 })).toEqual({ version: 1, dryRun: false, days: 400, lines: 0, cleared: false });
    expect(await parse({ days: 45, yes: true })).toEqual({ version: 1, dryRun: false, days: 45, lines: 1, cleared: true });
  });
});
