import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogFilter } from '../../../src/shared/api.js';
import { formatLogLine, LOG_ACTIONS, LOG_LEVELS, type LogEntry, parseLogLine } from '../../../src/shared/log-line.js';
import type { LogRecord } from '../../../src/shared/log-query.js';
import { csvCell, exportHead, exportLine, joinSelections, pageOf, readRecord, selectLog } from '../../../src/shared/log-query.js';

const AT = '2025-09-02T20:16:17';
const LINES = [
  '2025-09-01T08:00:00 - SUCCESS - KILL_PROCESS: PID 1 - User: john - Memory: 512MB - Signal: SIGTERM',
  '2025-09-01T09:00:00 - ERROR - KILL_USER_PROCESSES: User: ann - Mortos: [1, 2]',
  '2025-09-02T10:00:00 - INFO - KILL_PROCESS: PID 3 - User: ann - Result: skipped - Reason: changed',
  '2025-09-02T23:59:59 - INFO - ALERT: Text: a \\x2d User: eve',
  '2025-09-03T00:00:00 - SUCCESS - CLEAN_OLD: User: x\\x2dy',
] as const;
const recordsOf = (lines: readonly string[]): readonly LogRecord[] => lines.flatMap((line) => readRecord(line) ?? []);
const RECORDS = recordsOf(LINES);
const found = (filter: LogFilter) => selectLog(RECORDS, filter).matching;

const nasty = fc.constantFrom(
  ' - ',
  ' - - ',
  '-',
  ': ',
  'User: ',
  ' - User: x',
  '\\',
  '\\x2d',
  '\n',
  '\t',
  '=1+2',
  '+',
  '@',
  '\u202E',
  '"',
  ',',
  '😀',
  '\uD800',
);
const text = fc.oneof(
  fc.array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 6 }).map((parts) => parts.join('')),
  fc.string(),
);
const entries: fc.Arbitrary<LogEntry> = fc.record({
  at: fc.constant(AT),
  level: fc.constantFrom(...LOG_LEVELS),
  action: fc.constantFrom(...LOG_ACTIONS),
  fields: fc.array(fc.tuple(fc.oneof(fc.constantFrom('PID', 'User', 'Reason'), text), text), { maxLength: 5 }),
});
/** As the log writes it, or as somebody else did. */
const lines = fc.oneof(
  entries.map(formatLogLine),
  text.map((rest) => `${AT} - INFO - KILL_PROCESS: ${rest.replaceAll('\n', '')}`),
  text,
);

describe('a record', () => {
  test('is what the parser says, for 30,000 lines of ours and of anybody', () => {
    fc.assert(
      fc.property(lines, (line) => {
        const entry = parseLogLine(line);
        // A line that was read out of a file holds no line break at its end.
        if (/[\r\n]$/.test(line)) return;
        const expected = entry && {
          line,
          level: entry.level,
          action: entry.action,
          user: entry.fields.find(([key]) => key === 'User')?.[1] ?? null,
        };
        expect(readRecord(line)).toEqual(expected);
      }),
      { numRuns: 30_000 },
    );
  }, 60_000);
});

describe('a filter', () => {
  test('lets everything pass when it is empty', () => {
    expect(selectLog(RECORDS, {})).toEqual({ matching: [0, 1, 2, 3, 4], counts: { SUCCESS: 2, ERROR: 1, INFO: 2 } });
  });

  test('goes by level, and counts as if it did not', () => {
    expect(selectLog(RECORDS, { levels: ['ERROR', 'INFO'], user: 'ann' })).toEqual({
      matching: [1, 2],
      counts: { SUCCESS: 0, ERROR: 1, INFO: 1 },
    });
    expect(found({ levels: [] })).toEqual([]);
  });

  test('goes by action and by user, as they are and not as they are written', () => {
    expect(found({ action: 'KILL_PROCESS' })).toEqual([0, 2]);
    expect(found({ action: 'KILL' })).toEqual([]);
    expect(found({ user: 'x-y' })).toEqual([4]);
    expect(found({ user: 'eve' })).toEqual([]);
  });

  test('goes by time, both ends included, a short stamp for all it covers', () => {
    expect(found({ from: '2025-09-01T09:00:00', to: '2025-09-02T10:00:00' })).toEqual([1, 2]);
    expect(found({ from: '2025-09-02', to: '2025-09-02' })).toEqual([2, 3]);
    expect(found({ to: '2025-09-01T09:00' })).toEqual([0, 1]);
    expect(found({ from: '2025-09-02T23:59' })).toEqual([3, 4]);
  });

  test('goes by text in any case, in the line and in what its escapes stand for', () => {
    expect(found({ text: 'sigTERM' })).toEqual([0]);
    expect(found({ text: ' a - user: ' })).toEqual([3]);
    expect(found({ text: '  ' })).toEqual([0, 1, 2, 3, 4]);
    expect(found({ text: '.*' })).toEqual([]);
  });
});

describe('a page', () => {
  const ids = (offset: number, limit: number) => pageOf(RECORDS, selectLog(RECORDS, {}), { offset, limit }).map((row) => row.id);

  test('counts from the newest, newest first, and ends where the log does', () => {
    expect([ids(0, 2), ids(2, 2), ids(4, 2), ids(5, 2), ids(0, 99)]).toEqual([[4, 3], [2, 1], [0], [], [4, 3, 2, 1, 0]]);
  });

  test('holds whole entries', () => {
    expect(pageOf(RECORDS, selectLog(RECORDS, { user: 'x-y' }), { offset: 0, limit: 9 })).toEqual([
      { id: 4, at: '2025-09-03T00:00:00', level: 'SUCCESS', action: 'CLEAN_OLD', fields: [['User', 'x-y']], line: LINES[4] },
    ]);
  });

  test('any two pages side by side are the page of both, 1,000 times', () => {
    fc.assert(
      fc.property(fc.nat(6), fc.nat(6), fc.nat(6), (offset, a, b) => {
        expect([...ids(offset, a), ...ids(offset + a, b)]).toEqual(ids(offset, a + b));
      }),
    );
  });
});

test('a selection made in pieces is that of the whole, 1,000 times', () => {
  const filters = fc.constantFrom<LogFilter>({}, { user: 'ann' }, { levels: ['INFO'] }, { text: 'pid' }, { from: '2025-09-02' });
  fc.assert(
    fc.property(filters, fc.nat(RECORDS.length), (filter, at) => {
      const pieces = joinSelections(selectLog(RECORDS, filter, 0, at), selectLog(RECORDS, filter, at));
      expect(pieces).toEqual(selectLog(RECORDS, filter));
    }),
  );
});

/** The cells of one line, as a spreadsheet takes it apart. */
const cellsOf = (csv: string): readonly string[] =>
  [...csv.matchAll(/"((?:[^"]|"")*)"(?:,|\r\n)/g)].map((match) => (match[1] ?? '').replaceAll('""', '"'));

describe('an export', () => {
  const first = RECORDS[0];
  if (!first) throw new Error('no record');

  test('in each format', () => {
    expect(exportHead('text') + exportLine(first, 'text')).toBe(`${LINES[0]}\n`);
    expect(exportHead('jsonl') + exportLine(first, 'jsonl')).toBe(
      '{"at":"2025-09-01T08:00:00","level":"SUCCESS","action":"KILL_PROCESS","fields":[["PID","1"],["User","john"],["Memory","512MB"],["Signal","SIGTERM"]]}\n',
    );
    expect(exportHead('csv') + exportLine(first, 'csv')).toBe(
      '"Time","Level","Action","PID","User","Memory","Signal","Kind","Result","Reason","Session","Resume","Freed","Other"\r\n' +
        '"2025-09-01T08:00:00","SUCCESS","KILL_PROCESS","1","john","512MB","SIGTERM","","","","","","",""\r\n',
    );
  });

  test('keeps what has no column of its own', () => {
    const [record] = recordsOf([`${AT} - INFO - X: free text - User: a - User: b - Mortos: [1]`]);
    if (!record) throw new Error('no record');
    expect(exportLine(record, 'csv')).toMatch(/,"free text - User: b - Mortos: \[1\]"\r\n$/);
  });

  test('of what steers a terminal or turns the direction holds none of it', () => {
    const [record] = recordsOf([`${AT} - INFO - X: \x1b[31m\u202Eevil`]);
    if (!record) throw new Error('no record');
    expect(exportLine(record, 'text')).toBe(`${AT} - INFO - X: \\x1b[31m\\u202eevil\n`);
    expect(exportLine(record, 'csv')).toContain('"\\x1b[31m\\u202eevil"');
  });

  test('as JSON lines is the log again; as CSV it has no formula and the same number of cells, 20,000 times', () => {
    fc.assert(
      fc.property(lines, (line) => {
        const record = readRecord(line);
        if (!record) return;
        const json = exportLine(record, 'jsonl');
        expect(JSON.parse(json)).toEqual(parseLogLine(line));
        expect(json.indexOf('\n')).toBe(json.length - 1);
        const csv = exportLine(record, 'csv');
        const cells = cellsOf(csv);
        expect(cells.length).toBe(14);
        expect(csv.endsWith('"\r\n')).toBe(true);
        for (const cell of cells) expect(cell).not.toMatch(/^\s*[=+\-@\t\r]/);
        expect(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(csv.slice(0, -2))).toBe(false);
        expect(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(exportLine(record, 'text').slice(0, -1))).toBe(false);
      }),
      { numRuns: 20_000 },
    );
  }, 60_000);

  test('keeps a spreadsheet from calculating', () => {
    expect(['=1+2', '+1', '-1', '@x', '\t=1', '\r=1', ' =1', '＝1', 'a=1', '', 'say "x"'].map(csvCell)).toEqual([
      `"'=1+2"`,
      `"'+1"`,
      `"'-1"`,
      `"'@x"`,
      `"'\t=1"`,
      `"'\r=1"`,
      `"' =1"`,
      `"'＝1"`,
      '"a=1"',
      '""',
      '"say ""x"""',
    ]);
  });
});
