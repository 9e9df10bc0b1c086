/** Numbers in the reader's language. What is unknown is a dash, never 0: a zero that was not read is a lie. */

export type Language = 'en' | 'pt-BR';

/** What stands where a value is not known. */
export const UNKNOWN = '–';

/** Thousands stand apart by a thin space in both languages: a comma or a dot reads as a decimal sign in the other one. */
const THIN_SPACE = '\u2009';
const MEGABYTE = 1024 * 1024;

const numberFormats = new Map<string, Intl.NumberFormat>();

const numberFormat = (language: Language, digits: number): Intl.NumberFormat => {
  const id = `${language}/${digits}`;
  const kept = numberFormats.get(id);
  if (kept) return kept;
  const made = new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: 'always' });
  numberFormats.set(id, made);
  return made;
};

const known = (value: number | null | undefined): value is number => typeof value === 'number' && Number.isFinite(value);

/** What each language puts between thousands. */
const GROUPS: Readonly<Record<Language, string>> = { en: ',', 'pt-BR': '.' };

/** A plain number with `digits` decimals, thousands by a thin space. A table asks for hundreds of them at every look. */
export const formatNumber = (value: number | null, language: Language, digits = 0): string => {
  if (!known(value)) return UNKNOWN;
  // Small whole numbers are written alike everywhere.
  if (digits === 0 && value >= 0 && value < 999.5) return String(Math.round(value));
  return numberFormat(language, digits)
    .format(Object.is(Math.round(value * 10 ** digits), -0) ? 0 : value)
    .replaceAll(GROUPS[language], THIN_SPACE);
};

/** Bytes as whole megabytes (1024 × 1024) without the unit, for a column whose head names it; "<1" for a little. */
export const formatMegabytes = (bytes: number | null, language: Language): string =>
  known(bytes) && bytes > 0 && bytes < MEGABYTE ? '<1' : formatNumber(known(bytes) ? bytes / MEGABYTE : null, language);

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** Bytes as figure and unit apart: whole numbers up to MB, one decimal from GB on; nothing is 0 MB. The unit is empty where unknown. */
export const splitBytes = (bytes: number | null, language: Language): { readonly figure: string; readonly unit: string } => {
  if (!known(bytes)) return { figure: UNKNOWN, unit: '' };
  if (bytes === 0) return { figure: '0', unit: 'MB' };
  let value = bytes;
  let step = 0;
  // 1023.6 MB would print as "1 024 MB": step up from what rounds to 1024, and from 1000 MB on, so that no figure has four digits.
  while (Math.round(value) >= (step >= 2 ? 1000 : 1024) && step < UNITS.length - 1) {
    value /= 1024;
    step += 1;
  }
  return { figure: formatNumber(value, language, step >= 3 ? 1 : 0), unit: UNITS[step] ?? '' };
};

/** Bytes with their unit: "604 MB", "14.1 GB". */
export const formatBytes = (bytes: number | null, language: Language): string => {
  const { figure, unit } = splitBytes(bytes, language);
  return unit === '' ? figure : `${figure} ${unit}`;
};

/** Percent of one core as a whole number without the sign. */
export const formatCpu = (percent: number | null, language: Language): string => formatNumber(percent, language);

const two = (value: number): string => String(value).padStart(2, '0');

/** A span of ms in its two largest units: "9 s", "52 m", "5 h 12 m", "3 d 04 h". A clock that ran back gives "0 s". */
export const formatAge = (ms: number | null): string => {
  if (!known(ms)) return UNKNOWN;
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return `${days} d ${two(hours % 24)} h`;
  if (hours > 0) return `${hours} h ${two(minutes % 60)} m`;
  return minutes > 0 ? `${minutes} m` : `${seconds} s`;
};

/** Time of day of a wall clock value in ms, with seconds; `timeZone` defaults to the machine's. */
export const formatTime = (ms: number | null, language: Language, timeZone?: string): string =>
  known(ms)
    ? new Intl.DateTimeFormat(language, {
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hourCycle: 'h23',
        ...(timeZone ? { timeZone } : {}),
      }).format(ms)
    : UNKNOWN;

/** Day and time of a wall clock value in ms: "Sep 2, 14:32:08"; `timeZone` defaults to the machine's. */
export const formatDateTime = (ms: number | null, language: Language, timeZone?: string): string =>
  known(ms)
    ? `${new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', ...(timeZone ? { timeZone } : {}) }).format(ms)}, ${formatTime(ms, language, timeZone)}`
    : UNKNOWN;
