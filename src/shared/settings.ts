/**
 * Every setting of `global_settings` and of a user's row: its range, its default, and what stands in for a value that is wrong.
 * That is the safer one: it ends less, asks more, warns all the same, and deletes nothing. Without zod, for the window reads it too.
 */

interface NumberSetting {
  readonly type: 'number' | 'integer';
  readonly min: number;
  readonly max: number;
  readonly fallback: number;
  readonly safer: number;
}
interface FlagSetting {
  readonly type: 'flag';
  readonly fallback: boolean;
  readonly safer: boolean;
}
interface ChoiceSetting<W extends readonly string[] = readonly string[]> {
  readonly type: 'choice';
  readonly words: W;
  readonly fallback: W[number];
  readonly safer: W[number];
}
/** Words that name processes; a wrong one is left out, so that less is found and nothing more ended. */
interface WordsSetting {
  readonly type: 'words';
  readonly longest: number;
  readonly most: number;
}
export type Setting = NumberSetting | FlagSetting | ChoiceSetting | WordsSetting;

const number = (min: number, max: number, fallback: number, safer = fallback): NumberSetting => ({
  type: 'number',
  min,
  max,
  fallback,
  safer,
});
const integer = (min: number, max: number, fallback: number, safer = fallback): NumberSetting => ({
  ...number(min, max, fallback, safer),
  type: 'integer',
});
const flag = (fallback: boolean, safer = fallback): FlagSetting => ({ type: 'flag', fallback, safer });
const choice = <const W extends readonly [string, ...string[]]>(list: W, fallback: W[number]): ChoiceSetting<W> => ({
  type: 'choice',
  words: list,
  fallback,
  safer: fallback,
});
const words: WordsSetting = { type: 'words', longest: 256, most: 100 };

export const SETTINGS = {
  default_memory_limit_mb: number(1, 1_048_576, 1024),
  // A longer age makes fewer sessions old, and so fewer are offered to be ended.
  max_process_age_hours: number(0.1, 8760, 2, 8760),
  /** As the original had it; until the user has consented a run only reports, whatever stands here. */
  auto_cleanup_enabled: flag(true, false),
  auto_cleanup_interval_minutes: number(1, 10_080, 30),
  orphan_cleanup_enabled: flag(true, false),
  /** What a run may do once it is enabled; "automatic" needs consent, kept outside this file. */
  auto_cleanup_mode: choice(['report', 'ask', 'automatic'], 'report'),
  /** Whether old, idle sessions are among an automatic run's targets, and not only left-overs. */
  auto_cleanup_old_enabled: flag(false),
  /** Sessions with a terminal may hold an unsent draft: only who says so has them ended automatically. */
  auto_cleanup_attached_enabled: flag(false),
  auto_cleanup_batch_limit: integer(1, 20, 5, 1),
  auto_cleanup_countdown_seconds: number(10, 600, 30, 600),
  /** "all" is for root alone. */
  cleanup_scope: choice(['own', 'all'], 'own'),
  alerts_enabled: flag(true),
  alert_memory_threshold_mb: number(1, 1_048_576, 2048),
  alert_cpu_threshold_percent: number(1, 100_000, 80),
  /** The host's available memory below which it alerts; 0 = never. */
  alert_available_memory_mb: number(0, 1_048_576, 512),
  max_processes_per_user: integer(1, 100_000, 10),
  // Nothing has been idle for a year.
  min_idle_minutes: number(1, 525_600, 120, 525_600),
  /** Base names of executables, and parts of command lines, that are shown as api-client. */
  detection_names: words,
  detection_patterns: words,
  /** False: a single idle process of one's own is ended after five seconds to undo, without the dialog. */
  confirm_single_idle: flag(true),
  /** Nothing is ended, paused or slowed by anybody through this program. */
  read_only: flag(false, true),
  elevation_enabled: flag(true, false),
  // What is thrown away sooner does not come back.
  history_minute_days: number(1, 90, 7, 90),
  history_quarter_hour_days: number(1, 730, 90, 730),
  /** Entries older than this are offered for clearing in the Logs tab. */
  log_clear_days: number(0, 36_500, 30, 36_500),
  start_at_login: flag(false),
  /** What closing the window does; "ask" asks once. */
  close_window: choice(['ask', 'tray', 'quit'], 'ask'),
  /** Seconds between two looks while the window is shown. */
  refresh_interval_seconds: number(1, 30, 5),
  refresh_enabled: flag(true),
  language: choice(['system', 'en', 'pt-BR'], 'system'),
  theme: choice(['system', 'light', 'dark'], 'system'),
} as const satisfies Readonly<Record<string, Setting>>;

export type SettingKey = keyof typeof SETTINGS;

/** A setting of a user's row; one that is missing is that of the "default" row, then the global one. */
export type UserSetting = Omit<NumberSetting, 'fallback' | 'safer'> | Omit<ChoiceSetting, 'fallback' | 'safer'>;

export const USER_SETTINGS = {
  memory_limit_mb: { type: 'number', min: 1, max: 1_048_576 },
  max_processes: { type: 'integer', min: 1, max: 100_000 },
  max_runtime_hours: { type: 'number', min: 0.1, max: 8760 },
  cpu_limit_percent: { type: 'number', min: 1, max: 100_000 },
  priority: { type: 'choice', words: ['low', 'normal', 'high'] },
  /** What a limit that is crossed leads to: an alert, or the end of what design.md allows, in its order. */
  enforce: { type: 'choice', words: ['alert', 'end'] },
} as const satisfies Readonly<Record<string, UserSetting>>;

export type UserSettingKey = keyof typeof USER_SETTINGS;

/** What a protect rule compares: user name, project directory (and below), session name, kind, or one pid. */
export const PROTECT_BY = ['user', 'project', 'name', 'kind', 'pid'] as const;
/** More is no list that a person keeps. */
export const MOST_RULES = 1_000;
export const MOST_USERS = 10_000;
export const LONGEST_USER = 256;
export const LONGEST_RULE = 4096;

export const SETTING_KEYS = Object.keys(SETTINGS).filter((key): key is SettingKey => Object.hasOwn(SETTINGS, key));
export const USER_SETTING_KEYS = Object.keys(USER_SETTINGS).filter((key): key is UserSettingKey => Object.hasOwn(USER_SETTINGS, key));

/** Whether a value is one that a setting can have. */
export const fits = (setting: Setting | UserSetting, value: unknown): boolean => {
  switch (setting.type) {
    case 'flag':
      return typeof value === 'boolean';
    case 'choice':
      return setting.words.some((word) => word === value);
    case 'words':
      return (
        Array.isArray(value) &&
        value.length <= setting.most &&
        value.every((word) => typeof word === 'string' && word !== '' && word.length <= setting.longest)
      );
    default:
      return (
        typeof value === 'number' &&
        value >= setting.min &&
        value <= setting.max &&
        (setting.type === 'number' || Number.isSafeInteger(value))
      );
  }
};
