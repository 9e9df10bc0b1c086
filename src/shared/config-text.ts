import { configProblems } from './config.js';
import { scanJson } from './json-scan.js';
import type { Setting, UserSetting } from './settings.js';
import { SETTINGS, USER_SETTINGS } from './settings.js';

export type Json = Readonly<Record<string, unknown>>;

/** A value that is wrong, where it stands, and what it may be; `line` null where there is no text to point at. */
export interface WrongValue {
  readonly path: string;
  readonly line: number | null;
  /** Null for what has no range: a row, a rule, a whole part. */
  readonly setting: Setting | UserSetting | null;
}

export type ParsedText =
  | { readonly ok: true; readonly json: Json; readonly wrong: readonly WrongValue[] }
  | { readonly ok: false; readonly problem: 'syntax' | 'depth' | 'notObject' | 'tooBig'; readonly line: number | null };

/** Files, imports and backups alike. */
export const MAX_CONFIG_BYTES = 1024 * 1024;
/** Ours have three levels; later versions' and others' keys get some more, and nothing that walks them gets into trouble. */
export const MAX_CONFIG_DEPTH = 32;

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const own = <T>(known: Readonly<Record<string, T>>, key: string): T | null => (Object.hasOwn(known, key) ? (known[key] ?? null) : null);

/** The setting that a path means, e.g. `user_limits.ann.b.priority`: users' names may hold dots. */
export const settingAt = (path: string): Setting | UserSetting | null => {
  const [part, ...rest] = path.split('.');
  if (part === 'global_settings') return own<Setting>(SETTINGS, rest.join('.'));
  return part === 'user_limits' && rest.length > 1 ? own<UserSetting>(USER_SETTINGS, rest.at(-1) ?? '') : null;
};

/** The path in its parts. A row that is wrong as a whole has no key of its own below it. */
const partsOf = (path: string): readonly string[] => {
  const [part = '', ...rest] = path.split('.');
  if (part !== 'user_limits' || rest.length === 0) return [part, ...rest];
  return settingAt(path) === null ? [part, rest.join('.')] : [part, rest.slice(0, -1).join('.'), rest.at(-1) ?? ''];
};

/** What is wrong in a configuration, with what it may be; in the text's order. */
export const wrongValues = (json: Json, lineOf: ((path: readonly string[]) => number) | null = null): readonly WrongValue[] =>
  configProblems(json)
    .map((path) => ({ path, line: lineOf === null ? null : lineOf(partsOf(path)), setting: settingAt(path) }))
    .sort((one, other) => (one.line ?? 0) - (other.line ?? 0));

/** A configuration's text, which anybody may have written, as JSON: size and depth limited, mistakes with their lines. Never throws. */
export const parseConfigText = (given: string): ParsedText => {
  if (given.length > MAX_CONFIG_BYTES) return { ok: false, problem: 'tooBig', line: null };
  // Windows editors begin with a byte order mark.
  const text = given.replace(/^\uFEFF/, '');
  const scan = scanJson(text, MAX_CONFIG_DEPTH);
  if (!scan.ok) return scan;
  const json: unknown = JSON.parse(text);
  return isJson(json) ? { ok: true, json, wrong: wrongValues(json, scan.lineOf) } : { ok: false, problem: 'notObject', line: 1 };
};

export type Range = 'range' | 'wholeRange' | 'flag' | 'words' | 'list' | 'other';

/** What a setting may be, as a key of a text and its values. */
export const rangeOf = (
  setting: Setting | UserSetting | null,
): { readonly range: Range; readonly values: Readonly<Record<string, string | number>> } => {
  switch (setting?.type) {
    case 'number':
      return { range: 'range', values: { min: setting.min, max: setting.max } };
    case 'integer':
      return { range: 'wholeRange', values: { min: setting.min, max: setting.max } };
    case 'flag':
      return { range: 'flag', values: {} };
    case 'choice':
      return { range: 'words', values: { words: setting.words.join(', ') } };
    case 'words':
      return { range: 'list', values: { most: setting.most, longest: setting.longest } };
    default:
      return { range: 'other', values: {} };
  }
};
