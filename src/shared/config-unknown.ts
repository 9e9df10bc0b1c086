import type { Json } from './config-text.js';
import { MAX_CONFIG_BYTES, MAX_CONFIG_DEPTH } from './config-text.js';
import { LONGEST_USER, SETTING_KEYS, USER_SETTING_KEYS } from './settings.js';

/** What a configuration holds and this version does not know: keys of later versions, of other programs, of a person's own. */

/** Where it stands: in the file itself, in `global_settings`, or in a user's row. */
export type UnknownPath = readonly [string] | readonly ['global_settings', string] | readonly ['user_limits', string, string];

export interface Unknown {
  readonly path: UnknownPath;
  readonly value: unknown;
}

const PARTS = ['global_settings', 'user_limits', 'protect_rules'];
const KNOWN_SETTINGS: readonly string[] = SETTING_KEYS;
const KNOWN_LIMITS: readonly string[] = USER_SETTING_KEYS;
/** Names that mean something to the language itself; whoever reads the file next may be less careful than we are. */
const FORBIDDEN = ['__proto__', 'constructor', 'prototype'];

export const isFields = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const isName = (name: string): boolean => name.length <= LONGEST_USER && !FORBIDDEN.includes(name);
const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  isFields(value) ? Object.entries(value).filter(([name]) => isName(name)) : [];

/** A value without the names that no file should hold, however deep. */
const clean = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(clean);
  return isFields(value) ? Object.fromEntries(entriesOf(value).map(([name, inner]) => [name, clean(inner)])) : value;
};

/** Everything in a configuration that this version does not know, without what no file should hold. */
export const unknownIn = (json: Json): readonly Unknown[] => {
  const of = (json: unknown, known: readonly string[], pathOf: (name: string) => UnknownPath): readonly Unknown[] =>
    entriesOf(json).flatMap(([name, value]) => (known.includes(name) ? [] : [{ path: pathOf(name), value: clean(value) }]));
  return [
    ...of(json, PARTS, (name) => [name]),
    ...of(json.global_settings, KNOWN_SETTINGS, (name) => ['global_settings', name]),
    ...entriesOf(json.user_limits).flatMap(([user, row]) => of(row, KNOWN_LIMITS, (name) => ['user_limits', user, name])),
  ];
};

/** What a protect rule of a file holds beside whom it protects; null = nothing. */
export const beyondRule = (rule: unknown): Json | null => {
  const more = Object.fromEntries(
    entriesOf(rule).flatMap(([name, value]) => (name === 'by' || name === 'value' ? [] : [[name, clean(value)]])),
  );
  return Object.keys(more).length === 0 ? null : more;
};

/** Whether a protect rule may hold this beside whom it protects. */
export const isSoundBeyondRule = (more: Json): boolean => !Object.hasOwn(more, 'by') && !Object.hasOwn(more, 'value') && isSound(more, 2);

const isWithin = (value: unknown, levels: number): boolean => {
  if (Array.isArray(value)) return levels > 0 && value.every((inner) => isWithin(inner, levels - 1));
  if (!isFields(value)) return true;
  return levels > 0 && Object.entries(value).every(([name, inner]) => isName(name) && isWithin(inner, levels - 1));
};

/** Whether a value may stand at this depth of the file. */
const isSound = (value: unknown, depth: number): boolean =>
  isWithin(value, MAX_CONFIG_DEPTH - depth) && (JSON.stringify(value) ?? '').length <= MAX_CONFIG_BYTES;

/** Whether something may stand at a place of the file that this version does not know. */
export const isSoundUnknown = ({ path, value }: Unknown): boolean => {
  const [first, second, third] = path;
  const isPlace =
    path.length === 1
      ? !PARTS.includes(first)
      : path.length === 2
        ? first === 'global_settings' && !KNOWN_SETTINGS.includes(second ?? '')
        : path.length === 3 && first === 'user_limits' && second !== '' && !KNOWN_LIMITS.includes(third ?? '');
  if (!isPlace || !path.every(isName)) return false;
  if (value === undefined) return true;
  return isSound(value, path.length);
};
