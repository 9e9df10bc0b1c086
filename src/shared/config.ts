import { z } from 'zod';
import type { Setting, SettingKey, UserSetting, UserSettingKey } from './settings.js';
import { fits, LONGEST_RULE, MOST_RULES, PROTECT_BY, SETTINGS, USER_SETTINGS } from './settings.js';

/**
 * `claude_limits.json`: the original dashboard's shape and keys, to which ours only add (settings.ts lists them).
 * A value that is missing is its default, one that is wrong the safer one, each by itself; unknown keys survive a save (the store merges).
 */

interface Fallbacks<T> {
  readonly fallback: T;
  readonly safer: T;
}
/** The default for what is missing, the safer value for what is wrong. */
const either =
  <T>({ fallback, safer }: Fallbacks<T>) =>
  ({ value }: { readonly value: unknown }): T =>
    value === undefined ? fallback : safer;

const number = (setting: Fallbacks<number> & { readonly type: string; readonly min: number; readonly max: number }) => {
  const range = z.number().min(setting.min).max(setting.max);
  return (setting.type === 'integer' ? range.int() : range).catch(either(setting));
};
const flag = (setting: Fallbacks<boolean>) => z.boolean().catch(either(setting));
const choice = <const W extends readonly [string, ...string[]]>(setting: Fallbacks<W[number]> & { readonly words: W }) =>
  z.enum(setting.words).catch(either<W[number]>(setting));
const words = (setting: typeof SETTINGS.detection_names) =>
  z
    .array(z.string().min(1).max(setting.longest).nullable().catch(null))
    .max(setting.most)
    .catch(() => [])
    .transform((list) => list.filter((word) => word !== null));

const S = SETTINGS;
const globalSettings = z.object({
  default_memory_limit_mb: number(S.default_memory_limit_mb),
  max_process_age_hours: number(S.max_process_age_hours),
  auto_cleanup_enabled: flag(S.auto_cleanup_enabled),
  auto_cleanup_interval_minutes: number(S.auto_cleanup_interval_minutes),
  orphan_cleanup_enabled: flag(S.orphan_cleanup_enabled),
  auto_cleanup_mode: choice(S.auto_cleanup_mode),
  auto_cleanup_old_enabled: flag(S.auto_cleanup_old_enabled),
  auto_cleanup_attached_enabled: flag(S.auto_cleanup_attached_enabled),
  auto_cleanup_batch_limit: number(S.auto_cleanup_batch_limit),
  auto_cleanup_countdown_seconds: number(S.auto_cleanup_countdown_seconds),
  cleanup_scope: choice(S.cleanup_scope),
  alerts_enabled: flag(S.alerts_enabled),
  alert_memory_threshold_mb: number(S.alert_memory_threshold_mb),
  alert_cpu_threshold_percent: number(S.alert_cpu_threshold_percent),
  alert_available_memory_mb: number(S.alert_available_memory_mb),
  max_processes_per_user: number(S.max_processes_per_user),
  min_idle_minutes: number(S.min_idle_minutes),
  detection_names: words(S.detection_names),
  detection_patterns: words(S.detection_patterns),
  confirm_single_idle: flag(S.confirm_single_idle),
  read_only: flag(S.read_only),
  elevation_enabled: flag(S.elevation_enabled),
  history_minute_days: number(S.history_minute_days),
  history_quarter_hour_days: number(S.history_quarter_hour_days),
  log_clear_days: number(S.log_clear_days),
  start_at_login: flag(S.start_at_login),
  close_window: choice(S.close_window),
  refresh_interval_seconds: number(S.refresh_interval_seconds),
  refresh_enabled: flag(S.refresh_enabled),
  language: choice(S.language),
  theme: choice(S.theme),
} satisfies Record<SettingKey, z.ZodType>);

const U = USER_SETTINGS;
const limit = (setting: { readonly type: string; readonly min: number; readonly max: number }) => {
  const range = z.number().min(setting.min).max(setting.max);
  return (setting.type === 'integer' ? range.int() : range).optional().catch(undefined);
};
const userLimit = z.object({
  memory_limit_mb: limit(U.memory_limit_mb),
  max_processes: limit(U.max_processes),
  max_runtime_hours: limit(U.max_runtime_hours),
  cpu_limit_percent: limit(U.cpu_limit_percent),
  priority: z.enum(U.priority.words).optional().catch(undefined),
  enforce: z.enum(U.enforce.words).optional().catch('alert'),
} satisfies Record<UserSettingKey, z.ZodType>);
export type UserLimits = z.infer<typeof userLimit>;

/** A row with a wrong value does not say what its user may use, so nothing is ended by it. */
const ONLY_ALERTS: UserLimits = { enforce: 'alert' };
const isSoundRow = (row: unknown): boolean =>
  isFields(row) && Object.entries(U).every(([key, setting]) => row[key] === undefined || fits(setting, row[key]));
const userRow = z.unknown().transform((row): UserLimits => {
  if (!isFields(row)) return ONLY_ALERTS;
  const limits = userLimit.parse(row);
  return isSoundRow(row) ? limits : { ...limits, ...ONLY_ALERTS };
});

const protectRule = z.object({ by: z.enum(PROTECT_BY), value: z.string().min(1).max(LONGEST_RULE) });

const whole = z.object({
  global_settings: globalSettings.catch(({ value }) => globalSettings.parse(value === undefined ? {} : allWrong)),
  // One wrong row must not take the other users' limits with it, nor one wrong rule everybody's protection.
  user_limits: z.record(z.string(), userRow).catch(() => ({})),
  protect_rules: z
    .array(protectRule.nullable().catch(null))
    .max(MOST_RULES)
    .catch(() => [])
    .transform((rules) => rules.filter((rule) => rule !== null)),
});

/** For settings of which nothing can be read: every value is wrong. */
const allWrong = Object.fromEntries(Object.keys(SETTINGS).map((key) => [key, null]));

export type Config = z.infer<typeof whole>;
export type ProtectRule = z.infer<typeof protectRule>;
export type GlobalSettings = Config['global_settings'];

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a rule that cannot be understood would have protected is not known: nothing is ended unasked until it is mended. */
const withoutAutomation = (config: Config): Config => ({
  ...config,
  global_settings: { ...config.global_settings, auto_cleanup_enabled: false, auto_cleanup_mode: 'report' },
  user_limits: Object.fromEntries(Object.entries(config.user_limits).map(([user, row]) => [user, { ...row, ...ONLY_ALERTS }])),
});

/** Any JSON value as a configuration; what is missing is its default, what is wrong the safer value. Never throws. */
export const parseConfig = (value: unknown): Config => {
  const given = isFields(value) ? value : value === undefined ? {} : { global_settings: null, user_limits: null, protect_rules: null };
  const config = whole.parse({
    global_settings: given.global_settings,
    user_limits: given.user_limits ?? {},
    protect_rules: given.protect_rules,
  });
  return ruleProblems(given.protect_rules).length > 0 ? withoutAutomation(config) : config;
};

const wrongFields = (given: unknown, known: Readonly<Record<string, Setting | UserSetting>>, path: string): readonly string[] => {
  if (given === undefined) return [];
  if (!isFields(given)) return [path];
  return Object.entries(known).flatMap(([key, setting]) =>
    Object.hasOwn(given, key) && given[key] !== undefined && !fits(setting, given[key]) ? [`${path}.${key}`] : [],
  );
};

const ruleProblems = (rules: unknown): readonly string[] => {
  if (rules === undefined) return [];
  if (!Array.isArray(rules) || rules.length > MOST_RULES) return ['protect_rules'];
  return rules.flatMap((rule, index) => (protectRule.safeParse(rule).success ? [] : [`protect_rules.${index}`]));
};

const userProblems = (limits: unknown): readonly string[] => {
  if (limits === undefined) return [];
  if (!isFields(limits)) return ['user_limits'];
  return Object.entries(limits).flatMap(([user, row]) => wrongFields(row, USER_SETTINGS, `user_limits.${user}`));
};

/** Paths of the values in a configuration that `parseConfig` did not take because they are wrong, e.g. `user_limits.ann.priority`. */
export const configProblems = (value: unknown): readonly string[] =>
  isFields(value)
    ? [
        ...wrongFields(value.global_settings, SETTINGS, 'global_settings'),
        ...userProblems(value.user_limits),
        ...ruleProblems(value.protect_rules),
      ]
    : ['.'];

/** Memory limit of one session tree of a user in bytes: the user's row, then "default", then the global value. */
export const memoryLimitBytes = (config: Config, user: string | null): number => {
  const own = user === null ? undefined : Object.hasOwn(config.user_limits, user) ? config.user_limits[user] : undefined;
  const mb = own?.memory_limit_mb ?? config.user_limits.default?.memory_limit_mb ?? config.global_settings.default_memory_limit_mb;
  return mb * 1024 * 1024;
};
