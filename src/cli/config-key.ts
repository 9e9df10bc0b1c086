import type { Config } from '../shared/config.js';
import type { Edit } from '../shared/config-edit.js';
import { isUserName } from '../shared/config-edit.js';
import type { Setting, SettingKey, UserSetting, UserSettingKey } from '../shared/settings.js';
import { PROTECT_BY, SETTING_KEYS, SETTINGS, USER_SETTING_KEYS, USER_SETTINGS } from '../shared/settings.js';

/** What a key of the command line means: a setting, one of a user's row, or a protect rule. */
export type ConfigKey =
  | { readonly at: 'global'; readonly key: SettingKey }
  | { readonly at: 'user'; readonly user: string; readonly key: UserSettingKey }
  | { readonly at: 'rule'; readonly rule: Config['protect_rules'][number] };

const isSettingKey = (word: string): word is SettingKey => SETTING_KEYS.some((key) => key === word);

/**
 * A key as `config list` prints it: `theme` or `global_settings.theme`, `user_limits.USER.max_processes` (a user's name may hold
 * dots), `protect_rules.user:ann`; null = there is none of that name.
 */
export const parseKey = (text: string): ConfigKey | null => {
  if (isSettingKey(text)) return { at: 'global', key: text };
  const [part = '', ...rest] = text.split('.');
  const tail = rest.join('.');
  if (part === 'global_settings') return isSettingKey(tail) ? { at: 'global', key: tail } : null;
  if (part === 'user_limits') {
    const user = rest.slice(0, -1).join('.');
    const key = USER_SETTING_KEYS.find((known) => known === rest.at(-1));
    return key !== undefined && isUserName(user) ? { at: 'user', user, key } : null;
  }
  const by = PROTECT_BY.find((known) => part === 'protect_rules' && tail.startsWith(`${known}:`));
  const value = by === undefined ? '' : tail.slice(by.length + 1);
  return by !== undefined && value !== '' ? { at: 'rule', rule: { by, value } } : null;
};

/** The full name of a key. */
export const keyName = (key: ConfigKey): string => {
  if (key.at === 'global') return `global_settings.${key.key}`;
  return key.at === 'user' ? `user_limits.${key.user}.${key.key}` : `protect_rules.${key.rule.by}:${key.rule.value}`;
};

/** The setting that a key names; a rule has none, for it is there or not. */
const settingOf = (key: ConfigKey): Setting | UserSetting | null =>
  key.at === 'global' ? SETTINGS[key.key] : key.at === 'user' ? USER_SETTINGS[key.key] : null;

/** A typed text as a value of the setting; what is none of its kind stays a text, which the setting then refuses. */
export const parseValue = (key: ConfigKey, text: string): unknown => {
  const setting = settingOf(key);
  if (setting === null || setting.type === 'flag') return text === 'true' ? true : text === 'false' ? false : text;
  if (setting.type === 'choice') return text;
  if (setting.type === 'words')
    return text
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '');
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
};

/** The change that gives a key a value; undefined takes it out. */
export const editOf = (key: ConfigKey, value: unknown): Edit =>
  key.at === 'rule' ? { at: 'rule', rule: key.rule, on: value === true } : { ...key, value };
