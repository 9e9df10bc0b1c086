import type { LogRow } from '../shared/api.js';
import type { Language } from '../shared/format.js';
import { cleanText } from '../shared/redact.js';
import { KINDS } from '../shared/types.js';

/** Fields, results and reasons that have words (`log.field`, `log.result`, `log.reason`); the others stand as they are. */
export const KNOWN_FIELDS: readonly string[] = [
  ...['PID', 'User', 'Memory', 'Signal', 'Priority', 'Result', 'Reason', 'Freed', 'Kind', 'Session', 'Resume', 'Name'],
  ...['Mortos', 'Ended', 'Failed', 'Skipped', 'Refused', 'Hours', 'Lines', 'Before'],
  ...['Cause', 'Rule', 'Value', 'Limit', 'Key', 'From', 'To', 'More', 'Agreed', 'Source'],
];
export const KNOWN_RESULTS: readonly string[] = [
  ...['done', 'ended', 'failed', 'skipped', 'refused', 'cancelled', 'nothing to do', 'respawned'],
  ...['asked', 'reported', 'removed', 'kept', 'agreed', 'not saved', 'firing', 'recovered'],
];
export const KNOWN_REASONS: readonly string[] = ['gone', 'denied', 'protected', 'changed', 'timeout', 'cancelled', 'expired', 'invalid'];

/** A text of the page's language by its key. */
export type LogWords = (key: string) => string;

/** A value of a line, or null; the first of that name. */
export const fieldOf = (row: LogRow, name: string): string | null => {
  const value = row.fields.find(([key]) => key === name)?.[1];
  return value === undefined || value === '' ? null : value;
};

/** Whom a line speaks of: its pid with its kind in words, or the pids that were ended. */
export const targetOf = (row: LogRow, say: LogWords): string | null => {
  const pid = fieldOf(row, 'PID');
  const many = pid === null ? (fieldOf(row, 'Ended') ?? fieldOf(row, 'Mortos')) : null;
  const kind = fieldOf(row, 'Kind');
  if (pid !== null)
    return cleanText(
      kind === null || kind === '?' ? pid : `${pid} ${KINDS.some((known) => known === kind) ? say(`kind.${kind}`) : kind}`,
      200,
    );
  return many === null ? null : cleanText(many, 200);
};

/** Fields that have a column of their own, or say less than the others. */
const ELSEWHERE = new Set(['PID', 'User', 'Freed', 'Kind', 'Memory', 'Session', 'Resume', 'Mortos', 'Ended']);

/** "changed (startStamp)" is a reason and, for who looks closer, which one of it. */
const reasonWord = (reason: string, say: LogWords): string => {
  const [, word = ''] = /^([a-z]+)(?: \(\w+\))?$/.exec(reason) ?? [];
  return KNOWN_REASONS.includes(word) ? say(`log.reason.${word}`) : reason;
};

/** How it went: result and reason in words where there are some, else whatever the line says that no other column shows. */
export const outcomeOf = (row: LogRow, say: LogWords): string | null => {
  const result = fieldOf(row, 'Result');
  const reason = fieldOf(row, 'Reason');
  const said = [
    ...(result === null ? [] : [KNOWN_RESULTS.includes(result) ? say(`log.result.${result}`) : result]),
    // That it was cancelled because it was cancelled is said once.
    ...(reason === null || reason === result ? [] : [reasonWord(reason, say)]),
  ];
  const rest = row.fields
    .filter(([key, value]) => !ELSEWHERE.has(key) && value !== '')
    .map(([key, value]) =>
      key === '' || key === 'Signal' ? value : `${KNOWN_FIELDS.includes(key) ? say(`log.field.${key}`) : key}: ${value}`,
    );
  const [setting, from, to] = ['Key', 'From', 'To'].map((key) => fieldOf(row, key));
  const memory = fieldOf(row, 'Memory');
  const changed = setting && from && to ? [`${setting}: ${from} → ${to}`] : null;
  const parts = said.length > 0 ? said : (changed ?? (rest.length > 0 || memory === null ? rest : [memory]));
  return parts.length === 0 ? null : cleanText(parts.join(', '), 300);
};

/** Megabytes that a line says were freed, as a number; null = it says none. */
export const freedOf = (row: LogRow): number | null => {
  const [, figure] = /^(\d+(?:\.\d+)?)\s?MB$/.exec(fieldOf(row, 'Freed') ?? '') ?? [];
  return figure === undefined ? null : Number(figure);
};

const days = new Map<string, Intl.DateTimeFormat>();
const dayFormat = (language: Language, withYear: boolean): Intl.DateTimeFormat => {
  const id = `${language}${withYear}`;
  const kept = days.get(id);
  if (kept) return kept;
  // In figures where the year is said too: in words it would not fit beside the time.
  const parts = withYear ? ({ day: '2-digit', month: '2-digit', year: 'numeric' } as const) : ({ day: 'numeric', month: 'short' } as const);
  const made = new Intl.DateTimeFormat(language, { ...parts, timeZone: 'UTC' });
  days.set(id, made);
  return made;
};

/** A local stamp as day and time of day; the year only where it is not `year`. */
export const whenOf = (at: string, year: number, language: Language): { readonly day: string; readonly time: string } => {
  // The stamp is local time already: it is read as UTC and written as UTC, so that no time zone moves it.
  const date = new Date(`${at}Z`);
  if (Number.isNaN(date.getTime())) return { day: at.slice(0, 10), time: at.slice(11) };
  return { day: dayFormat(language, date.getUTCFullYear() !== year).format(date), time: at.slice(11) };
};

const two = (value: number): string => String(value).padStart(2, '0');

/** A wall clock value in ms as the log's stamp to the minute, local time; what a date and time field takes, too. */
export const minuteStamp = (ms: number): string => {
  const date = new Date(ms);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
};

/** Days to keep out of what was typed: a number from 0 to 36,500; null = none. */
export const parseDays = (text: string): number | null => {
  const value = /^\d{1,5}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return value >= 0 && value <= 36_500 ? value : null;
};
