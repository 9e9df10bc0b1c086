import { describe, expect, test } from 'vitest';
import { freedOf, minuteStamp, outcomeOf, parseDays, targetOf, whenOf } from '../../../src/renderer/log-row.js';
import type { LogRow } from '../../../src/shared/api.js';
import { parseLogLine } from '../../../src/shared/log-line.js';

const row = (rest: string): LogRow => {
  const line = `2025-09-02T20:16:17 - SUCCESS - ${rest}`;
  const entry = parseLogLine(line);
  if (!entry) throw new Error(line);
  return { id: 0, ...entry, line };
};

/** The key in brackets shows what was put into words, and what stands as it is. */
const say = (key: string): string => `<${key}>`;

describe('what a line says', () => {
  const OURS = row(
    'KILL_PROCESS: PID 5 - User: ann - Memory: 9MB - Signal: SIGTERM - Kind: mcp-server - Result: done - Reason: x (y) - Freed: 742MB',
  );

  test('of ours', () => {
    expect([targetOf(OURS, say), outcomeOf(OURS, say), freedOf(OURS)]).toEqual(['5 <kind.mcp-server>', '<log.result.done>, x (y)', 742]);
  });

  test("of the original's", () => {
    const one = row('KILL_PROCESS: PID 1234 - User: john - Memory: 512MB - Signal: SIGTERM');
    const many = row('KILL_USER_PROCESSES: User: john - Mortos: [1234, 1235]');
    expect([one, many].map((each) => [targetOf(each, say), outcomeOf(each, say), freedOf(each)])).toEqual([
      ['1234', 'SIGTERM', null],
      ['[1234, 1235]', null, null],
    ]);
  });

  test('with nothing known, free text or only its memory', () => {
    const rows = [
      row('X:'),
      row('X: No such process - Key: value'),
      row('ALERT: User: a - Memory: 3000MB'),
      row('KILL_PROCESS: PID 1 - Kind: ?'),
    ];
    expect(rows.map((each) => [targetOf(each, say), outcomeOf(each, say)])).toEqual([
      [null, null],
      [null, 'No such process, <log.field.Key>: value'],
      [null, '3000MB'],
      ['1', null],
    ]);
  });

  test('is shown without what steers or turns', () => {
    expect(outcomeOf(row('X: Result: a\\x1bb\\u202ec'), say)).toBe('a␛bc');
  });

  test('in words where there are some, and the same word not twice', () => {
    const said = [
      'Result: skipped - Reason: changed (startStamp)',
      'Result: cancelled - Reason: cancelled',
      'Result: odd - Reason: Changed',
    ];
    expect(said.map((rest) => outcomeOf(row(`X: ${rest}`), say))).toEqual([
      '<log.result.skipped>, <log.reason.changed>',
      '<log.result.cancelled>',
      'odd, Changed',
    ]);
  });

  test('a changed setting as what it was and what it is', () => {
    expect(outcomeOf(row('CONFIG_CHANGE: Key: global_settings.theme - From: system - To: dark'), say)).toBe(
      'global_settings.theme: system → dark',
    );
  });

  test('freed memory is a number of megabytes or not known', () => {
    expect(['1 MB', '1.5MB', '?', '', '-1MB', '1GB'].map((text) => freedOf(row(`X: Freed: ${text}`)))).toEqual([
      1,
      1.5,
      null,
      null,
      null,
      null,
    ]);
  });
});

test('the time is as it was written, in every time zone; the year only where it is another', () => {
  expect([
    whenOf('2025-09-02T20:16:17', 2025, 'en'),
    whenOf('2024-12-31T23:59:59', 2025, 'pt-BR'),
    whenOf('2025-99-99T20:16:17', 2025, 'en'),
  ]).toEqual([
    { day: 'Sep 2', time: '20:16:17' },
    { day: '31/12/2024', time: '23:59:59' },
    { day: '2025-99-99', time: '20:16:17' },
  ]);
});

test('a stamp to the minute is local time', () => {
  expect(minuteStamp(new Date(2025, 0, 2, 3, 4, 5).getTime())).toBe('2025-01-02T03:04');
});

test('days are whole numbers within a century', () => {
  expect(['90', ' 7 ', '0', '36500', '36501', '-1', '1.5', '', 'x', '1e3'].map(parseDays)).toEqual([
    90,
    7,
    0,
    36_500,
    null,
    null,
    null,
    null,
    null,
    null,
  ]);
});
