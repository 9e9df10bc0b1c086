import type { Priority } from '../shared/api.js';
import type { FindingType } from '../shared/findings.js';
import { FINDING_TYPES } from '../shared/findings.js';
import type { LogLevel } from '../shared/log-line.js';
import { LOG_LEVELS } from '../shared/log-line.js';
import type { StatusWord } from '../shared/types.js';

/** Linux' largest pid is 2^22, macOS' 99998, Windows' a DWORD below this one; more is a slip of the finger. */
const MAX_PID = 0x7fffffff;

/** A pid as written in plain decimal digits; null = no process id (text, fraction, sign, exponent, 0, too large). */
export const parsePid = (text: string): number | null => {
  if (!/^[1-9]\d{0,9}$/.test(text)) return null;
  const pid = Number(text);
  return pid <= MAX_PID ? pid : null;
};

/** The most that one command takes, as the window's contract has it. */
export const MAX_PIDS = 1000;

/** Process ids as given, each once, in their order; or the first word that is none. */
export const parsePids = (words: readonly string[]): { readonly pids: readonly number[] } | { readonly bad: string } => {
  const pids = new Set<number>();
  for (const word of words) {
    const pid = parsePid(word);
    if (pid === null) return { bad: word };
    pids.add(pid);
  }
  return { pids: [...pids] };
};

const DECIMAL = /^(\d{1,7}(\.\d{0,9})?|\.\d{1,9})$/;

/** A plain decimal number, fractions allowed; null = none, or out of the range. */
const parseWithin = (text: string, min: number, max: number): number | null => {
  if (!DECIMAL.test(text)) return null;
  const value = Number(text);
  return value >= min && value <= max ? value : null;
};

export const MIN_HOURS = 0.1;
export const MAX_HOURS = 8760;

/** An age in hours; null = no number or out of 0.1 to 8760. */
export const parseHours = (text: string): number | null => parseWithin(text, MIN_HOURS, MAX_HOURS);

export const MAX_MINUTES = 525_600;

/** An age in minutes; null = no number or out of 0 to 525600 (a year). */
export const parseMinutes = (text: string): number | null => parseWithin(text, 0, MAX_MINUTES);

export const MAX_DAYS = 36_500;

/** An age in days; null = no number or out of 0 to 36500 (a hundred years). */
export const parseDays = (text: string): number | null => parseWithin(text, 0, MAX_DAYS);

export const MAX_LIMIT = 1000;

/** How many lines to show; null = no whole number or out of 1 to 1000. */
export const parseLimit = (text: string): number | null => (/^\d{1,4}$/.test(text) ? parseWithin(text, 1, MAX_LIMIT) : null);

export const MIN_INTERVAL_S = 0.5;
export const MAX_INTERVAL_S = 3600;

/** Seconds between two looks, fractions allowed, as ms; null = no number or out of 0.5 to 3600. */
export const parseIntervalMs = (text: string): number | null => {
  const seconds = parseWithin(text, MIN_INTERVAL_S, MAX_INTERVAL_S);
  return seconds === null ? null : Math.round(seconds * 1000);
};

export const STATUS_WORDS = ['normal', 'high-memory', 'old', 'orphan', 'possible-orphan'] as const satisfies readonly StatusWord[];
export const SORTS = ['memory', 'cpu', 'time', 'pid'] as const;
export type Sort = (typeof SORTS)[number];

const oneOf = <T extends string>(words: readonly T[], text: string): T | null => words.find((word) => word === text.toLowerCase()) ?? null;

/** A status word in any case; null = none of ours. */
export const parseStatus = (text: string): StatusWord | null => oneOf(STATUS_WORDS, text);

/** What was found, in any case; null = none of ours. */
export const parseFinding = (text: string): FindingType | null => oneOf(FINDING_TYPES, text);

/** A column to sort by, in any case; null = none of ours. */
export const parseSort = (text: string): Sort | null => oneOf(SORTS, text);

export const PRIORITIES = ['low', 'normal', 'high'] as const satisfies readonly Priority[];

/** A priority, in any case; null = none of ours. */
export const parsePriority = (text: string): Priority | null => oneOf(PRIORITIES, text);

export const CLEAN_WORDS = ['orphans', 'old'] as const;
export type CleanWord = (typeof CLEAN_WORDS)[number];

/** What is to be cleaned, in any case; null = none of ours. */
export const parseClean = (text: string): CleanWord | null => oneOf(CLEAN_WORDS, text);

/** Levels of the action log as a list with commas, in any case; null = one of them is none of ours. */
export const parseLevels = (text: string): readonly LogLevel[] | null => {
  const levels = text.split(',').map((word) => LOG_LEVELS.find((level) => level === word.trim().toUpperCase()));
  return levels.every((level) => level !== undefined) ? [...new Set(levels)] : null;
};

/** Languages by the names people give them; null = none that we have. */
export const parseLanguage = (text: string): 'en' | 'pt-BR' | null => {
  if (/^en([-_.].*)?$/i.test(text)) return 'en';
  return /^pt([-_.].*)?$/i.test(text) ? 'pt-BR' : null;
};
