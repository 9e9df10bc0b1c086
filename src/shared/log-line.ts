/**
 * One line of `claude_actions.log`, in the original dashboard's format. No value can forge a field or a line, and
 * `parseLogLine(formatLogLine(entry))` is the entry again; lines that the original wrote parse too.
 */

export const LOG_LEVELS = ['SUCCESS', 'ERROR', 'INFO'] as const;
/** SUCCESS: done. ERROR: failed. INFO: refused, skipped, cancelled, reported only. */
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_ACTIONS = [
  'KILL_PROCESS',
  'KILL_USER_PROCESSES',
  'KILL_ALL_PROCESSES',
  'CLEAN_OLD',
  'CLEAN_ORPHANS',
  'AUTO_CLEANUP',
  'PAUSE',
  'CONTINUE',
  'SET_PRIORITY',
  'STOP_BACKGROUND',
  'ELEVATE',
  'CONFIG_CHANGE',
  'CONFIG_IMPORT',
  'CONFIG_RESET',
  'LOG_CLEAR',
  'ALERT',
] as const;
export type LogAction = (typeof LOG_ACTIONS)[number];

/** Key and value. Free text of old files has the key "". */
export type LogField = readonly [key: string, value: string];

export interface LogEntry {
  /** Local time, YYYY-MM-DDTHH:mm:ss. */
  readonly at: string;
  readonly level: LogLevel;
  /** A LogAction; in old or newer files another word in capitals. */
  readonly action: string;
  readonly fields: readonly LogField[];
}

const HEAD = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d) - (SUCCESS|ERROR|INFO) - ([A-Z][A-Z0-9_]*):(?: ([\s\S]*))?$/;
const SHORT_PID = /^PID (\d{1,10})$/;

/** Control, format (bidi, zero width), line and paragraph separators, half characters (a file could not hold them), and the escape sign. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\\]/gu;
/** A hyphen that stands alone, the text's ends counting as blanks: with its neighbours it would be the separator. */
const LONE_HYPHEN = /(?<=^| )-(?= |$)/g;
const ESCAPED = /\\(?:\\|x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\})/g;

const escapeChar = (char: string): string => {
  if (char === '\\') return '\\\\';
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
};

const escapeText = (text: string): string => text.replace(UNSAFE, escapeChar).replace(LONE_HYPHEN, '\\x2d');

/** Escapes that we never write stay as they are: in old files a backslash means itself. */
const unescapeText = (text: string): string =>
  text.replace(ESCAPED, (whole: string, byte?: string, unit?: string, point?: string) => {
    const code = Number.parseInt(byte ?? unit ?? point ?? '5c', 16);
    return code > 0x10ffff ? whole : String.fromCodePoint(code);
  });

const formatField = ([key, value]: LogField, action: string, index: number): string => {
  const safe = escapeText(value);
  // The original's way to begin this line.
  if (index === 0 && action === 'KILL_PROCESS' && key === 'PID' && SHORT_PID.test(`PID ${value}`)) return `PID ${safe}`;
  return `${escapeText(key).replaceAll(':', '\\x3a')}: ${safe}`;
};

const parseField = (text: string, action: string, index: number): LogField => {
  const pid = index === 0 && action === 'KILL_PROCESS' ? SHORT_PID.exec(text)?.[1] : undefined;
  if (pid !== undefined) return ['PID', pid];
  const colon = text.indexOf(': ');
  return colon < 0 ? ['', unescapeText(text)] : [unescapeText(text.slice(0, colon)), unescapeText(text.slice(colon + 2))];
};

/** The entry as one line without its line break. `at` and `action` are the program's own words: what does not belong into them is dropped. */
export const formatLogLine = ({ at, level, action, fields }: LogEntry): string => {
  const head = `${at.replace(/[^\dT:-]/g, '')} - ${level} - ${action.replace(/[^A-Z0-9_]/g, '')}:`;
  return fields.length === 0 ? head : `${head} ${fields.map((field, index) => formatField(field, action, index)).join(' - ')}`;
};

/** The entry of a line, with or without its line break; null = not a line of this log. */
export const parseLogLine = (line: string): LogEntry | null => {
  const [, at, level, action, rest] = HEAD.exec(line.replace(/\r?\n?$/, '')) ?? [];
  const known = LOG_LEVELS.find((word) => word === level);
  if (at === undefined || known === undefined || action === undefined) return null;
  const fields = rest ? rest.split(' - ').map((text, index) => parseField(text, action, index)) : [];
  return { at, level: known, action, fields };
};
