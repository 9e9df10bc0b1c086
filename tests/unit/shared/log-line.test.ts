import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogEntry } from '../../../src/shared/log-line.js';
import { formatLogLine, LOG_ACTIONS, LOG_LEVELS, parseLogLine } from '../../../src/shared/log-line.js';

const AT = '2025-09-02T20:16:17';
const entry = (fields: LogEntry['fields'], action = 'KILL_PROCESS'): LogEntry => ({ at: AT, level: 'SUCCESS', action, fields });

describe('a line of the original', () => {
  const ONE = '2025-09-02T20:16:17 - SUCCESS - KILL_PROCESS: PID 1234 - User: john - Memory: 512MB - Signal: SIGTERM';
  const MANY = '2025-09-02T20:16:18 - SUCCESS - KILL_USER_PROCESSES: User: john - Mortos: [1234, 1235]';
  const one = entry([
    ['PID', '1234'],
    ['User', 'john'],
    ['Memory', '512MB'],
    ['Signal', 'SIGTERM'],
  ]);
  const many: LogEntry = {
    at: '2025-09-02T20:16:18',
    level: 'SUCCESS',
    action: 'KILL_USER_PROCESSES',
    fields: [
      ['User', 'john'],
      ['Mortos', '[1234, 1235]'],
    ],
  };

  test('is written and read as it was', () => {
    expect([formatLogLine(one), formatLogLine(many)]).toEqual([ONE, MANY]);
    expect([parseLogLine(ONE), parseLogLine(MANY)]).toEqual([one, many]);
    expect([parseLogLine(`${ONE}\n`), parseLogLine(`${MANY}\r\n`)]).toEqual([one, many]);
  });

  test('with free text, backslashes or nothing after its action parses', () => {
    expect(parseLogLine(`${AT} - ERROR - KILL_PROCESS: No such process`)?.fields).toEqual([['', 'No such process']]);
    expect(parseLogLine(`${AT} - ERROR - KILL_PROCESS: PID 12 gone`)?.fields).toEqual([['', 'PID 12 gone']]);
    expect(parseLogLine(`${AT} - INFO - CONFIG_CHANGE: File: C:\\Users\\new - x`)?.fields).toEqual([
      ['File', 'C:\\Users\\new'],
      ['', 'x'],
    ]);
    expect(parseLogLine(`${AT} - INFO - LOG_CLEAR: `)?.fields).toEqual([]);
    expect(parseLogLine(`${AT} - INFO - SOMETHING_NEW2: A: b`)).toEqual({
      at: AT,
      level: 'INFO',
      action: 'SOMETHING_NEW2',
      fields: [['A', 'b']],
    });
  });

  test('is told from what is none', () => {
    for (const line of [
      '',
      'x',
      `${AT} - SUCCESS - KILL_PROCESS`,
      `${AT} - WARN - KILL_PROCESS: x`,
      `${AT} - INFO - kill: x`,
      ` ${ONE}`,
      ONE.replace('T', ' '),
      ONE.slice(3),
    ])
      expect([line, parseLogLine(line)]).toEqual([line, null]);
  });
});

describe('values', () => {
  test('that would forge a field, a line or a direction are escaped', () => {
    const name =
      'x - Signal: SIGKILL\n2025-09-02T20:16:18 - SUCCESS - KILL_PROCESS: PID 1\r\u2028\u2029\u0085\u202Eevil\u2066\u200B\\n\0\x1b[31m\u{E0001}\uD800';
    const line = formatLogLine(entry([['User', name]], 'CLEAN_OLD'));
    expect(line).toBe(
      `${AT} - SUCCESS - CLEAN_OLD: User: x \\x2d Signal: SIGKILL\\x0a2025-09-02T20:16:18 \\x2d SUCCESS \\x2d KILL_PROCESS: PID 1\\x0d\\u2028\\u2029\\x85\\u202eevil\\u2066\\u200b\\\\n\\x00\\x1b[31m\\u{e0001}\\ud800`,
    );
    expect(parseLogLine(line)).toEqual(entry([['User', name]], 'CLEAN_OLD'));
  });

  test('that are only nearly the separator, at their ends or in keys, come back too', () => {
    for (const text of [
      '',
      ' ',
      '-',
      ' -',
      '- ',
      ' - ',
      '- -',
      '--',
      'a-b',
      'a -',
      '- a',
      ' - - ',
      ': ',
      ':',
      'a: b',
      'PID 12',
      '\\x2d',
      '\\',
      '\\\\',
      '\\u{110000}',
      ' : - ',
    ]) {
      const whole = entry([
        [text, text],
        ['PID', text],
        [text, ''],
        ['', text],
      ]);
      expect(parseLogLine(formatLogLine(whole))).toEqual(whole);
    }
  });

  test('that are harmless stay readable', () => {
    expect(formatLogLine(entry([['Resume', "cd '/srv/my-app v2' && claude --resume x"]], 'CLEAN_OLD'))).toBe(
      `${AT} - SUCCESS - CLEAN_OLD: Resume: cd '/srv/my-app v2' && claude --resume x`,
    );
    expect(formatLogLine(entry([['Project', 'ünï 😀']], 'ALERT'))).toBe(`${AT} - SUCCESS - ALERT: Project: ünï 😀`);
  });

  test('PID has its short form in its place only, and for numbers only', () => {
    expect(formatLogLine(entry([['PID', 'x']]))).toBe(`${AT} - SUCCESS - KILL_PROCESS: PID: x`);
    expect(formatLogLine(entry([['PID', '1']], 'PAUSE'))).toBe(`${AT} - SUCCESS - PAUSE: PID: 1`);
    expect(formatLogLine(entry([]))).toBe(`${AT} - SUCCESS - KILL_PROCESS:`);
  });

  test('that the program itself gets wrong cannot break a line either', () => {
    expect(formatLogLine({ at: 'now\n - x', level: 'INFO', action: 'kill\nALL: x', fields: [] })).toBe('- - INFO - ALL:');
  });
});

test('50,000 random entries: the same after writing and reading, and never a line break', () => {
  const nasty = fc.constantFrom(
    ' - ',
    '-',
    ' ',
    ': ',
    ':',
    '\\',
    '\\x2d',
    '\n',
    '\r',
    '\u2028',
    '\u2029',
    '\u0085',
    '\v',
    '\f',
    '\u202E',
    'PID 1',
    'Signal: SIGKILL',
    '😀',
    '\uD800',
    `\n${AT} - SUCCESS - X: `,
  );
  const text = fc.oneof(
    fc.array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 6 }).map((parts) => parts.join('')),
    fc.string(),
  );
  const key = fc.oneof(fc.constantFrom('PID', 'User', 'Memory', 'Reason'), text);
  const entries = fc.record({
    at: fc.constant(AT),
    level: fc.constantFrom(...LOG_LEVELS),
    action: fc.constantFrom(...LOG_ACTIONS),
    fields: fc.array(fc.tuple(key, fc.oneof(text, fc.nat().map(String))), { maxLength: 4 }),
  });
  const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}]/u;
  fc.assert(
    fc.property(entries, (whole) => {
      const line = formatLogLine(whole);
      if (unsafe.test(line) || !line.startsWith(`${AT} - `)) throw new Error(JSON.stringify(line));
      // Written to a file and read again.
      const back = parseLogLine(Buffer.from(`${line}\n`, 'utf8').toString('utf8'));
      if (JSON.stringify(back) !== JSON.stringify(whole)) throw new Error(JSON.stringify([line, back]));
    }),
    { numRuns: 50_000 },
  );
}, 120_000);
