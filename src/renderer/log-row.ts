import type { LogRow } from '../shared/api.js';
import type { Language } from '../shared/format.js';
import { cleanText } from '../shared/redact.js';

/** Fields whose names have words; the others stand as they are. */
export const KNOWN_FIELDS = [
  'PID',
  'User',
  'Memory',
  'Signal',
  'Result',
  'Reason',
  'Freed',
  'Kind',
  'Session',
  'Resume',
  'Mortos',
  'Ended',
  'Lines',
  'Before',
] as const;

/** A value of a line, or null; the first of that name. */
export const fieldOf = (row: LogRow, name: string): string | null => {
  const value = row.fields.find(([key]) => key === name)?.[1];
  return value === undefined || value === '' ? null : value;
};

/** Whom a line speaks of: its pid, the pids that were ended, or what stands first in it. */
export const targetOf = (row: LogRow): string | null => {
  const pid = fieldOf(row, 'PID');
  const many = pid === null ? (fieldOf(row, 'Ended') ?? fieldOf(row, 'Mortos')) : null;
  const kind = fieldOf(row, 'Kind');
  if (pid !== null) return cleanText(kind === null || kind === '?' ? pid : `${pid} ${kind}`, 200);
  return many === null ? null : cleanText(many, 200);
};

/** Fields that have a column of their own, or say less than the others. */
const ELSEWHERE = new Set(['PID', 'User', 'Freed', 'Kind', 'Memory', 'Session', 'Resume', 'Mortos', 'Ended']);

/** How it went, as the line says it: result and reason, else whatever it says that no other column shows. */
export const outcomeOf = (row: LogRow): string | null => {
  const said = [fieldOf(row, 'Result'), fieldOf(row, 'Reason')].filter((text) => text !== null);
  const rest = row.fields
    .filter(([key, value]) => !ELSEWHERE.has(key) && value !== '')
    .map(([key, value]) => (key === '' || key === 'Signal' ? value : `${key}: ${value}`));
  const memory = fieldOf(row, 'Memory');
  const parts = said.length > 0 ? said : rest.length > 0 || memory === null ? rest : [memory];
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
