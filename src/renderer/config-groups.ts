import type { Config, GlobalSettings } from '../shared/config.js';
import type { Edit } from '../shared/config-edit.js';
import { editId } from '../shared/config-edit.js';
import type { Setting, SettingKey, UserSettingKey } from '../shared/settings.js';
import { SETTING_KEYS, SETTINGS, USER_SETTING_KEYS } from '../shared/settings.js';
import { loosens } from '../shared/weaker.js';

/** The sub-tabs, and what stands in each; a group's words are below ui.config.group. */
export const SECTIONS = ['users', 'global', 'security'] as const;
export type Section = (typeof SECTIONS)[number];

interface Group {
  readonly id: string;
  readonly section: Section;
  readonly keys: readonly SettingKey[];
}

/** What automatic cleanup goes by. */
export const CLEANUP_KEYS = [
  'auto_cleanup_enabled',
  'auto_cleanup_mode',
  'auto_cleanup_interval_minutes',
  'orphan_cleanup_enabled',
  'auto_cleanup_old_enabled',
  'min_idle_minutes',
  'auto_cleanup_attached_enabled',
  'auto_cleanup_countdown_seconds',
  'auto_cleanup_batch_limit',
  'cleanup_scope',
] as const satisfies readonly SettingKey[];

export const GROUPS: readonly Group[] = [
  { id: 'limits', section: 'global', keys: ['default_memory_limit_mb', 'max_process_age_hours', 'max_processes_per_user'] },
  {
    id: 'cleanup',
    section: 'global',
    keys: CLEANUP_KEYS,
  },
  {
    id: 'alerts',
    section: 'global',
    keys: ['alerts_enabled', 'alert_memory_threshold_mb', 'alert_cpu_threshold_percent', 'alert_available_memory_mb'],
  },
  { id: 'detection', section: 'global', keys: ['detection_names', 'detection_patterns'] },
  { id: 'display', section: 'global', keys: ['refresh_enabled', 'refresh_interval_seconds', 'language', 'theme'] },
  { id: 'system', section: 'global', keys: ['start_at_login', 'close_window'] },
  { id: 'history', section: 'global', keys: ['history_minute_days', 'history_quarter_hour_days', 'log_clear_days'] },
  { id: 'powers', section: 'security', keys: ['read_only', 'confirm_single_idle', 'elevation_enabled'] },
];

/** What stands after a figure: a key below ui.config.unit. */
export const UNITS: Readonly<Partial<Record<SettingKey, string>>> = {
  default_memory_limit_mb: 'mb',
  max_process_age_hours: 'hours',
  auto_cleanup_interval_minutes: 'minutes',
  min_idle_minutes: 'minutes',
  auto_cleanup_countdown_seconds: 'seconds',
  alert_memory_threshold_mb: 'mb',
  alert_cpu_threshold_percent: 'percent',
  alert_available_memory_mb: 'mb',
  refresh_interval_seconds: 'seconds',
  history_minute_days: 'days',
  history_quarter_hour_days: 'days',
  log_clear_days: 'days',
};

const defaultOf = (setting: Setting): unknown => (setting.type === 'words' ? [] : setting.fallback);

/** What holds where a user's row says nothing: the default row, then what everybody begins with; undefined = nothing does. */
export const aboveIn = (config: Pick<Config, 'user_limits'>, user: string, key: UserSettingKey): string | number | undefined =>
  (user === 'default' ? undefined : config.user_limits.default?.[key]) ??
  (key === 'enforce' ? 'alert' : key === 'priority' ? 'normal' : undefined);

/** What holds where a change leaves a key to the row above it, or to its default; undefined = nothing does. */
export const defaultIn = (config: Pick<Config, 'user_limits'>, edit: Edit): unknown => {
  if (edit.at === 'global') return defaultOf(SETTINGS[edit.key]);
  return edit.at === 'user' ? aboveIn(config, edit.user, edit.key) : undefined;
};

/** Whether a value is another than the default. */
export const isModified = (settings: GlobalSettings, key: SettingKey): boolean =>
  JSON.stringify(settings[key]) !== JSON.stringify(defaultOf(SETTINGS[key]));

/** What puts these settings back to their defaults. */
export const resetOf = (settings: GlobalSettings, keys: readonly SettingKey[]): readonly Edit[] =>
  keys.filter((key) => isModified(settings, key)).map((key): Edit => ({ at: 'global', key }));

type Users = Readonly<Record<string, Readonly<Partial<Record<UserSettingKey, unknown>>>>>;

/** What takes everything out of these users' rows. */
export const resetOfUsers = (limits: Users, users: readonly string[]): readonly Edit[] =>
  users.flatMap((user) =>
    USER_SETTING_KEYS.filter((key) => limits[user]?.[key] !== undefined).map((key): Edit => ({ at: 'user', user, key })),
  );

/** The settings of a section that differ from their defaults. */
export const modifiedIn = (settings: GlobalSettings, section: Section): readonly SettingKey[] => {
  const keys = GROUPS.filter((group) => group.section === section).flatMap((group) => group.keys);
  return SETTING_KEYS.filter((key) => keys.includes(key) && isModified(settings, key));
};

/** The number that a typed text stands for, decimals by dot or comma; null = it is none. */
export const parseFigure = (text: string): number | null => {
  const plain = text
    .trim()
    .replace(/[\s\u202f]/g, '')
    .replace(',', '.');
  const value = Number(plain);
  return plain !== '' && /^\d*\.?\d*$/.test(plain) && Number.isFinite(value) ? value : null;
};

/** Whether all words of a search are in a text, whatever their case. */
export const matches = (query: string, ...texts: readonly string[]): boolean => {
  const text = texts.join(' ').toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
};

/** A reset as a proposal shows it; what it would protect less starts unticked. */
export const resetChanges = (
  config: Config,
  sections: readonly Section[],
): readonly { readonly id: string; readonly edit: Edit; readonly before: unknown; readonly after: unknown; readonly weaker: boolean }[] => {
  const settings = config.global_settings;
  const keys = sections.flatMap((section) => modifiedIn(settings, section));
  const globals = resetOf(settings, keys).flatMap((edit) =>
    edit.at === 'global'
      ? [
          {
            id: editId(edit),
            edit,
            before: settings[edit.key],
            after: defaultOf(SETTINGS[edit.key]),
            weaker: loosens(config, edit),
          },
        ]
      : [],
  );
  const users = sections.includes('users') ? resetOfUsers(config.user_limits, Object.keys(config.user_limits)) : [];
  const rules = sections.includes('security') ? config.protect_rules : [];
  return [
    ...globals,
    ...users.flatMap((edit) =>
      edit.at === 'user'
        ? [{ id: editId(edit), edit, before: config.user_limits[edit.user]?.[edit.key], after: undefined, weaker: false }]
        : [],
    ),
    ...rules.map((rule) => {
      const edit: Edit = { at: 'rule', rule, on: false };
      return { id: editId(edit), edit, before: true, after: false, weaker: true };
    }),
  ];
};

/** How much of a section differs from the defaults: settings, users with limits of their own, rules. */
export const countModified = (config: Pick<Config, 'global_settings' | 'user_limits' | 'protect_rules'>, section: Section): number => {
  const settings = modifiedIn(config.global_settings, section).length;
  if (section === 'users')
    return Object.keys(config.user_limits).filter((user) => resetOfUsers(config.user_limits, [user]).length > 0).length;
  return section === 'security' ? settings + config.protect_rules.length : settings;
};
