import type { LogFilter, LogPage, LogRow } from './api.js';
import type { LogLevel } from './log-line.js';
import { LOG_LEVELS, parseLogLine } from './log-line.js';

/** What is kept of a line in memory: itself and what the filters ask for. Whole entries are parsed for the few that are shown. */
export interface LogRecord {
  /** As in the file, without its line break. */
  readonly line: string;
  readonly level: LogLevel;
  readonly action: string;
  /** Null = the line names none. */
  readonly user: string | null;
}

export type LogFormat = 'text' | 'jsonl' | 'csv';

const HEAD = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d - (SUCCESS|ERROR|INFO) - ([A-Z][A-Z0-9_]*):(?: |$)/;
const STAMP_LENGTH = 19;
const SEPARATOR = ' - ';
const USER = 'User: ';

/** Where only splitting tells which field a piece belongs to, or an escape hides in it. */
const isIntricate = (line: string): boolean => line.includes('\\') || line.includes(' - - ');

const userIn = (line: string, from: number): string | null => {
  if (isIntricate(line)) return parseLogLine(line)?.fields.find(([key]) => key === 'User')?.[1] ?? null;
  const first = line.startsWith(USER, from) ? from : line.indexOf(SEPARATOR + USER, from);
  if (first < 0) return null;
  const start = first === from && line.startsWith(USER, from) ? from + USER.length : first + SEPARATOR.length + USER.length;
  const end = line.indexOf(SEPARATOR, start);
  return end < 0 ? line.slice(start) : line.slice(start, end);
};

/** The record of a line without its line break; null = not a line of this log, just as `parseLogLine` says. */
export const readRecord = (line: string): LogRecord | null => {
  const [head, word, action] = HEAD.exec(line) ?? [];
  const level = LOG_LEVELS.find((each) => each === word);
  if (head === undefined || level === undefined || action === undefined) return null;
  return { line, level, action, user: userIn(line, head.length) };
};

/** The text that a search looks through: the line, and where it holds escapes, what they stand for. */
const searchable = (line: string): string => {
  const fields = line.includes('\\') ? (parseLogLine(line)?.fields ?? []) : [];
  return [line, ...fields.flat()].join('\n').toLowerCase();
};

/** Whether a record passes all of the filter but its levels. A shorter stamp means its whole span: "2025-09-02" as `to` is that day's end. */
const passer = ({ action, user, from, to, text }: LogFilter): ((record: LogRecord) => boolean) => {
  const wanted = text?.trim().toLowerCase() ?? '';
  const end = to?.slice(0, STAMP_LENGTH);
  return (record) =>
    (action === undefined || record.action === action) &&
    (user === undefined || record.user === user) &&
    (from === undefined || record.line.slice(0, STAMP_LENGTH) >= from) &&
    (end === undefined || record.line.slice(0, end.length) <= end) &&
    (wanted === '' || searchable(record.line).includes(wanted));
};

export interface LogSelection {
  /** Indices of the lines that pass, oldest first. */
  readonly matching: readonly number[];
  readonly counts: LogPage['counts'];
}

/** What of the log (oldest first) passes a filter, of its lines `from` to before `to`; indices are those of the whole log. */
export const selectLog = (records: readonly LogRecord[], filter: LogFilter, from = 0, to = records.length): LogSelection => {
  const passes = passer(filter);
  const levels = new Set<LogLevel>(filter.levels ?? LOG_LEVELS);
  const counts = { SUCCESS: 0, ERROR: 0, INFO: 0 };
  const matching: number[] = [];
  for (let index = from; index < to; index += 1) {
    const record = records[index];
    if (record === undefined || !passes(record)) continue;
    counts[record.level] += 1;
    if (levels.has(record.level)) matching.push(index);
  }
  return { matching, counts };
};

/** A selection and that of the lines that follow, as one. */
export const joinSelections = (first: LogSelection, next: LogSelection): LogSelection => ({
  // Not by spreading: that takes a hundred times as long, and this is done for each line that comes.
  matching: next.matching.length === 0 ? first.matching : first.matching.concat(next.matching),
  counts: {
    SUCCESS: first.counts.SUCCESS + next.counts.SUCCESS,
    ERROR: first.counts.ERROR + next.counts.ERROR,
    INFO: first.counts.INFO + next.counts.INFO,
  },
});

const rowOf = (record: LogRecord, id: number): LogRow => ({
  id,
  at: record.line.slice(0, STAMP_LENGTH),
  level: record.level,
  action: record.action,
  fields: parseLogLine(record.line)?.fields ?? [],
  line: record.line,
});

/** Lines `offset` to `offset + limit` of a selection, counted from the newest, newest first. */
export const pageOf = (
  records: readonly LogRecord[],
  { matching }: LogSelection,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): readonly LogRow[] =>
  matching
    .slice(Math.max(0, matching.length - offset - limit), Math.max(0, matching.length - offset))
    .reverse()
    .flatMap((index) => {
      const record = records[index];
      return record ? [rowOf(record, index)] : [];
    });

const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const escapeChar = (char: string): string => {
  const hex = (char.codePointAt(0) ?? 0).toString(16);
  if (hex.length <= 2) return `\\x${hex.padStart(2, '0')}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
};
/** What the original wrote raw, escaped as this log does it, so that no exported text steers a terminal or turns its direction. */
export const tame = (text: string): string => text.replace(UNSAFE, escapeChar);

/** Fields with a column of their own; whatever else a line says stands in the last one. */
const CSV_FIELDS = ['PID', 'User', 'Memory', 'Signal', 'Kind', 'Result', 'Reason', 'Session', 'Resume', 'Freed'] as const;
/** What a spreadsheet takes for a formula; the wide forms are folded to the plain ones by some. */
const FORMULA = /^[\s]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/** One CSV cell, always quoted; text that a spreadsheet would calculate is kept from it by an apostrophe. */
export const csvCell = (text: string): string => `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;

const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;

const csvRow = ({ at, level, action, fields }: LogRow): string => {
  const own = CSV_FIELDS.map((name) => fields.findIndex(([key]) => key === name));
  const other = fields.filter((_, index) => !own.includes(index)).map(([key, value]) => (key === '' ? value : `${key}: ${value}`));
  return csvLine([at, level, action, ...own.map((index) => tame(fields[index]?.[1] ?? '')), tame(other.join(SEPARATOR))]);
};

/** What an exported file begins with. */
export const exportHead = (format: LogFormat): string =>
  format === 'csv' ? csvLine(['Time', 'Level', 'Action', ...CSV_FIELDS, 'Other']) : '';

/** One line of an export with its line break. JSON lines hold the entry: `{at, level, action, fields}`. */
export const exportLine = (record: LogRecord, format: LogFormat): string => {
  if (format === 'text') return `${tame(record.line)}\n`;
  const row = rowOf(record, 0);
  if (format === 'csv') return csvRow(row);
  const { at, level, action, fields } = row;
  // JSON keeps control characters out, but not those that turn the direction.
  return `${JSON.stringify({ at, level, action, fields }).replace(/[\p{Cf}\p{Zl}\p{Zp}]/gu, jsonEscape)}\n`;
};

const jsonEscape = (char: string): string =>
  Array.from({ length: char.length }, (_, at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
