import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorShape, logsShape } from '../../../src/cli/json-shape.js';
import { type LogsOptions, logs } from '../../../src/cli/logs.js';
import { fakeCore } from './fake-core.js';
import { fakeUi } from './fake-io.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-logs-'));
  mkdirSync(join(folder, 'state'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const line = (second: number, level: string, rest: string): string => `2025-09-02T20:16:0${second} - ${level} - ${rest}`;
const LINES = [
  line(1, 'SUCCESS', 'KILL_PROCESS: PID 1234 - User: john - Memory: 512MB - Signal: SIGTERM'),
  line(2, 'ERROR', 'KILL_PROCESS: PID 7 - Result: failed'),
  line(3, 'INFO', 'CLEAN_ORPHANS: Result: refused'),
  line(4, 'SUCCESS', 'KILL_USER_PROCESSES: User: john - Mortos: [1234, 1235]'),
];

const shown = async (lines: readonly string[], options: Partial<LogsOptions> & { json?: boolean } = {}) => {
  if (lines.length > 0) writeFileSync(join(folder, 'state/claude_actions.log'), `${lines.join('\n')}\n`);
  const fake = fakeUi({ json: options.json ?? false });
  const code = await logs(fake.ui, fakeCore({ folder }), { limit: options.limit ?? 50, levels: options.levels ?? null });
  return { code, out: fake.out(), err: fake.err() };
};

describe('logs', () => {
  it('prints the lines as they are, the newest last', async () => {
    expect(await shown(LINES)).toEqual({ code: 0, out: `${LINES.join('\n')}\n`, err: '' });
  });

  it('prints the last ones, and says on stderr that there are more', async () => {
    expect(await shown(LINES, { limit: 2 })).toEqual({
      code: 0,
      out: `${LINES.slice(2).join('\n')}\n`,
      err: 'The last 2 lines of 4 are shown.\n',
    });
  });

  it('prints those of the levels asked for', async () => {
    expect((await shown(LINES, { levels: ['ERROR', 'INFO'] })).out).toBe(`${LINES.slice(1, 3).join('\n')}\n`);
    expect(await shown(LINES.slice(0, 1), { levels: ['INFO'] })).toEqual({ code: 0, out: '', err: 'The action log has no such line.\n' });
  });

  it('lets nothing of an old line act on the terminal, and counts what is no line', async () => {
    const seen = await shown([line(1, 'INFO', 'ALERT: a\x1b[2Jb\u202ec'), 'what is this']);
    expect(seen).toEqual({
      code: 0,
      out: `${line(1, 'INFO', 'ALERT: a\\x1b[2Jb\\u202ec')}\n`,
      err: '1 line in the log is not in its format and is not shown.\n',
    });
  });

  it('is JSON of the documented shape', async () => {
    const seen = await shown(LINES, { json: true, limit: 1, levels: ['ERROR', 'SUCCESS'] });
    expect(logsShape.parse(JSON.parse(seen.out))).toEqual({
      version: 1,
      matching: 3,
      total: 4,
      skipped: 0,
      lines: [
        {
          at: '2025-09-02T20:16:04',
          level: 'SUCCESS',
          action: 'KILL_USER_PROCESSES',
          fields: [
            ['User', 'john'],
            ['Mortos', '[1234, 1235]'],
          ],
        },
      ],
    });
  });

  it('without a log is a sentence', async () => {
    expect(await shown([])).toEqual({ code: 0, out: '', err: 'The action log has no such line.\n' });
  });

  it('never follows a link', async () => {
    writeFileSync(join(folder, 'other'), `${LINES.join('\n')}\n`);
    symlinkSync(join(folder, 'other'), join(folder, 'state/claude_actions.log'));
    const seen = await shown([], { json: true });
    expect(seen.code).toBe(3);
    expect(errorShape.parse(JSON.parse(seen.out)).error).toMatchObject({ reason: 'denied', id: 'logNotRead' });
  });
});
