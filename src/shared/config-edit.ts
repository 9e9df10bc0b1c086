import type { Config, ProtectRule } from './config.js';
import type { Json } from './config-text.js';
import type { UnknownPath } from './config-unknown.js';
import { beyondRule, isFields, isSoundBeyondRule, isSoundUnknown, unknownIn } from './config-unknown.js';
import type { Setting, SettingKey, UserSetting, UserSettingKey } from './settings.js';
import { fits, LONGEST_RULE, LONGEST_USER, PROTECT_BY, SETTING_KEYS, SETTINGS, USER_SETTING_KEYS, USER_SETTINGS } from './settings.js';

/** One change to the configuration file; `value` undefined takes the key out of it, so that its default holds again. */
export type Edit =
  | { readonly at: 'global'; readonly key: SettingKey; readonly value?: unknown }
  | { readonly at: 'user'; readonly user: string; readonly key: UserSettingKey; readonly value?: unknown }
  /** Adds a protect rule, with what a file says of it that this version does not know (`more`), or takes it out. */
  | { readonly at: 'rule'; readonly rule: ProtectRule; readonly on: boolean; readonly more?: Json | undefined }
  /** What this version does not know, and keeps all the same. */
  | { readonly at: 'unknown'; readonly path: UnknownPath; readonly value?: unknown };

/** What a file says, and what is in force by it. */
export interface ConfigFile {
  readonly json: Json;
  readonly config: Config;
}

/** A change as a preview shows it: what the file says now and would say, and the values that are in force by that. */
export interface EditPreview {
  readonly id: string;
  readonly edit: Edit;
  readonly before: unknown;
  readonly after: unknown;
}

const fields = (value: unknown): Json => (isFields(value) ? value : {});
const ownOf = (of: Json, key: string): unknown => (Object.hasOwn(of, key) ? of[key] : undefined);
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Whether a name can be that of a user's row. */
export const isUserName = (user: string): boolean =>
  user !== '' && user !== '__proto__' && user.length <= LONGEST_USER && !/\p{Cc}/u.test(user);

/** Whether a change would leave a configuration that is taken as it is. */
export const isSoundEdit = (edit: Edit): boolean => {
  if (edit.at === 'rule')
    return (
      PROTECT_BY.some((by) => by === edit.rule.by) &&
      edit.rule.value !== '' &&
      edit.rule.value.length <= LONGEST_RULE &&
      (edit.more === undefined || isSoundBeyondRule(edit.more))
    );
  if (edit.at === 'unknown')
    return (edit.path[0] !== 'user_limits' || isUserName(edit.path[1] ?? '')) && isSoundUnknown({ value: undefined, ...edit });
  if (edit.at === 'user' && !isUserName(edit.user)) return false;
  return edit.value === undefined || fits(edit.at === 'global' ? SETTINGS[edit.key] : USER_SETTINGS[edit.key], edit.value);
};

/** What an import or an earlier version would change. */
export interface ConfigPreview {
  /** `weaker`: it would protect less, and needs a tick of its own. */
  readonly changes: readonly (EditPreview & { readonly weaker: boolean })[];
  /** Keys that this version does not know, of those that are imported or come back; they are kept. */
  readonly unknown: number;
}

/** A value that is wrong is as good as none. */
const sound = (setting: Setting | UserSetting, value: unknown): unknown => (fits(setting, value) ? value : undefined);

/** A user's name may hold dots; of any other key they would make the name of something that is known. */
const unknownId = (path: UnknownPath): string =>
  path.map((part, at) => (part.includes('.') && !(at === 1 && path.length === 3) ? JSON.stringify(part) : part)).join('.');

/** The name that a change goes by: the key as the command line has it, or the rule. */
export const editId = (edit: Edit): string => {
  if (edit.at === 'global') return `global_settings.${edit.key}`;
  if (edit.at === 'user') return `user_limits.${edit.user}.${edit.key}`;
  if (edit.at === 'unknown') return unknownId(edit.path);
  return `protect_rules.${edit.rule.by}:${edit.rule.value}`;
};

const isRule = (value: unknown, rule: ProtectRule): boolean => isFields(value) && value.by === rule.by && value.value === rule.value;

/** A rule as the file has it. */
const listedAs = (json: Json, rule: ProtectRule): unknown => {
  const listed = ownOf(json, 'protect_rules');
  return Array.isArray(listed) ? listed.find((one) => isRule(one, rule)) : undefined;
};

const withKey = (of: Json, key: string, value: unknown): Json =>
  Object.fromEntries(
    value === undefined
      ? Object.entries(of).filter(([name]) => name !== key)
      : Object.hasOwn(of, key)
        ? Object.entries(of).map(([name, old]) => [name, name === key ? value : old])
        : [...Object.entries(of), [key, value]],
  );

const withUserKey = (json: Json, user: string, key: string, value: unknown): Json => {
  const users = fields(ownOf(json, 'user_limits'));
  const row = withKey(fields(ownOf(users, user)), key, value);
  return withKey(json, 'user_limits', withKey(users, user, Object.keys(row).length === 0 ? undefined : row));
};

const applyOne = (json: Json, edit: Edit): Json => {
  if (edit.at === 'global') return withKey(json, 'global_settings', withKey(fields(ownOf(json, 'global_settings')), edit.key, edit.value));
  if (edit.at === 'user') return withUserKey(json, edit.user, edit.key, edit.value);
  if (edit.at === 'unknown') {
    const [first, second, third] = edit.path;
    if (second === undefined) return withKey(json, first, edit.value);
    if (third !== undefined) return withUserKey(json, second, third, edit.value);
    return withKey(json, 'global_settings', withKey(fields(ownOf(json, 'global_settings')), second, edit.value));
  }
  const listed = ownOf(json, 'protect_rules');
  const rules: readonly unknown[] = Array.isArray(listed) ? listed : [];
  const others = rules.filter((rule) => !isRule(rule, edit.rule));
  if (edit.on) return others.length < rules.length ? json : withKey(json, 'protect_rules', [...rules, { ...edit.more, ...edit.rule }]);
  return withKey(json, 'protect_rules', others);
};

/** The file's content after some changes; every other key, known or not, stays where and as it is. */
export const applyEdits = (json: Json, edits: readonly Edit[]): Json => edits.reduce(applyOne, json);

const unknownEdits = (now: Json, wanted: Json, whole: boolean): readonly Edit[] => {
  const idOf = (path: UnknownPath): string => JSON.stringify(path);
  const [here, there] = [now, wanted].map((json) => new Map(unknownIn(json).map((one) => [idOf(one.path), one] as const)));
  const added = [...(there?.values() ?? [])].filter(({ path, value }) => {
    const mine = here?.get(idOf(path));
    return mine === undefined || !same(mine.value, value);
  });
  const gone = whole ? [...(here?.values() ?? [])].filter(({ path }) => there?.has(idOf(path)) !== true) : [];
  const sound = added.map(({ path, value }): Edit => ({ at: 'unknown', path, value })).filter(isSoundEdit);
  return [...sound, ...gone.map(({ path }): Edit => ({ at: 'unknown', path }))];
};

/**
 * What would have to change in `now` for it to say what `wanted` says. With `whole`, what `wanted` does not mention goes back to
 * its default (a backup); without, it stays as it is (an import). Parts of `wanted` that are wrong are left out.
 */
export const editsTo = (now: ConfigFile, wanted: ConfigFile, whole: boolean): readonly Edit[] => {
  const [settings, wantedSettings] = [fields(ownOf(now.json, 'global_settings')), fields(ownOf(wanted.json, 'global_settings'))];
  const globals = SETTING_KEYS.flatMap((key): Edit[] => {
    const value = sound(SETTINGS[key], ownOf(wantedSettings, key));
    if (value === undefined && !whole) return [];
    return same(ownOf(settings, key), value) ? [] : [{ at: 'global', key, value }];
  });
  const [rows, wantedRows] = [fields(ownOf(now.json, 'user_limits')), fields(ownOf(wanted.json, 'user_limits'))];
  const names = [...new Set([...Object.keys(wantedRows), ...(whole ? Object.keys(rows) : [])])];
  const users = names.flatMap((user) =>
    USER_SETTING_KEYS.flatMap((key): Edit[] => {
      const value = sound(USER_SETTINGS[key], ownOf(fields(ownOf(wantedRows, user)), key));
      if (value === undefined && !whole) return [];
      return same(ownOf(fields(ownOf(rows, user)), key), value) ? [] : [{ at: 'user', user, key, value }];
    }),
  );
  const unknown = unknownEdits(now.json, wanted.json, whole);
  if (!whole && ownOf(wanted.json, 'protect_rules') === undefined) return [...globals, ...users, ...unknown];
  const [rules, wantedRules] = [now.config.protect_rules, wanted.config.protect_rules];
  const without = (list: readonly ProtectRule[], others: readonly ProtectRule[]): readonly ProtectRule[] =>
    list.filter((rule) => !others.some((other) => isRule(other, rule)));
  const gone = without(rules, wantedRules).map((rule): Edit => ({ at: 'rule', rule, on: false }));
  const added = without(wantedRules, rules).map((rule): Edit => {
    const more = beyondRule(listedAs(wanted.json, rule));
    return { at: 'rule', rule, on: true, ...(more === null ? {} : { more }) };
  });
  return [...globals, ...users, ...gone, ...added, ...unknown];
};

/** The value in force that a change is about; for a rule, whether it is there. What is not known is in force nowhere. */
export const valueIn = (config: Config, edit: Edit): unknown => {
  if (edit.at === 'unknown') return undefined;
  if (edit.at === 'global') return config.global_settings[edit.key];
  if (edit.at === 'rule') return config.protect_rules.some((rule) => isRule(rule, edit.rule));
  return Object.hasOwn(config.user_limits, edit.user) ? config.user_limits[edit.user]?.[edit.key] : undefined;
};

/** Changes with what each would change; those that change nothing in force are among them, for they change the file. */
export const previewEdits = (edits: readonly Edit[], before: ConfigFile, after: ConfigFile): readonly EditPreview[] => {
  const [was, is] = [before, after].map(({ json }) => new Map(unknownIn(json).map(({ path, value }) => [unknownId(path), value])));
  return edits.map((edit) => {
    const id = editId(edit);
    if (edit.at === 'unknown') return { id, edit, before: was?.get(id), after: is?.get(id) };
    return { id, edit, before: valueIn(before.config, edit), after: valueIn(after.config, edit) };
  });
};

const isUserKey = (key: string): boolean => USER_SETTING_KEYS.some((known) => known === key);

/** A file's content with the values in force in it; what this version does not know stays. */
export const mergedWith = (json: Json, config: Config): Json => {
  const rows = fields(ownOf(json, 'user_limits'));
  return {
    ...json,
    global_settings: { ...fields(ownOf(json, 'global_settings')), ...config.global_settings },
    user_limits: Object.fromEntries(
      Object.entries(config.user_limits).map(([user, row]) => [
        user,
        { ...Object.fromEntries(Object.entries(fields(ownOf(rows, user))).filter(([key]) => !isUserKey(key))), ...row },
      ]),
    ),
    protect_rules: config.protect_rules.map((rule) => ({ ...beyondRule(listedAs(json, rule)), ...rule })),
  };
};
