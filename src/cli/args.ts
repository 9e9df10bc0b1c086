import type { StatusWord } from '../shared/types.js';

/** Linux' largest pid is 2^22, macOS' 99998, Windows' a DWORD below this one; more is a slip of the finger. */
const MAX_PID = 0x7fffffff;

/** A pid as written in plain decimal digits; null = no process id (text, fraction, sign, exponent, 0, too large). */
export const parsePid = (text: string): number | null => {
  if (!/^[1-9]\d{0,9}$/.test(text)) return null;
  const pid = Number(text);
  return pid <= MAX_PID ? pid : null;
};

export const MIN_INTERVAL_S = 0.5;
export const MAX_INTERVAL_S = 3600;

/** Seconds between two looks, fractions allowed, as ms; null = no number or out of 0.5 to 3600. */
export const parseIntervalMs = (text: string): number | null => {
  if (!/^(\d{1,7}(\.\d{0,9})?|\.\d{1,9})$/.test(text)) return null;
  const seconds = Number(text);
  return seconds >= MIN_INTERVAL_S && seconds <= MAX_INTERVAL_S ? Math.round(seconds * 1000) : null;
};

export const STATUS_WORDS = ['normal', 'high-memory', 'old', 'orphan', 'possible-orphan'] as const satisfies readonly StatusWord[];
export const SORTS = ['memory', 'cpu', 'time', 'pid'] as const;
export type Sort = (typeof SORTS)[number];

const oneOf = <T extends string>(words: readonly T[], text: string): T | null => words.find((word) => word === text.toLowerCase()) ?? null;

/** A status word in any case; null = none of ours. */
export const parseStatus = (text: string): StatusWord | null => oneOf(STATUS_WORDS, text);

/** A column to sort by, in any case; null = none of ours. */
export const parseSort = (text: string): Sort | null => oneOf(SORTS, text);

/** Languages by the names people give them; null = none that we have. */
export const parseLanguage = (text: string): 'en' | 'pt-BR' | null => {
  if (/^en([-_.].*)?$/i.test(text)) return 'en';
  return /^pt([-_.].*)?$/i.test(text) ? 'pt-BR' : null;
};
