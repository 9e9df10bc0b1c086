import { z } from 'zod';

/**
 * `claude_limits.json`: the original dashboard's shape and keys, to which ours only add.
 * A value out of its range falls back to its default, one by one; unknown keys survive a save (the store merges).
 */

const number = (min: number, max: number, fallback: number) => z.number().min(min).max(max).catch(fallback);

const flag = (fallback: boolean) => z.boolean().catch(fallback);
/** Words that name processes: what the user adds to the detection. */
const words = z
  .array(z.string().min(1).max(256).nullable().catch(null))
  .max(100)
  .catch(() => [])
  .transform((list) => list.filter((word) => word !== null));

const globalSettings = z.object({
  default_memory_limit_mb: number(1, 1_048_576, 1024),
  max_process_age_hours: number(0.1, 8760, 2),
  /** As the original had it; until the user has consented a run only reports, whatever stands here. */
  auto_cleanup_enabled: flag(true),
  auto_cleanup_interval_minutes: number(1, 10_080, 30),
  orphan_cleanup_enabled: flag(true),
  /** What a run may do once it is enabled; "automatic" needs consent, kept outside this file. */
  auto_cleanup_mode: z.enum(['report', 'ask', 'automatic']).catch('report'),
  /** Whether old, idle sessions are among an automatic run's targets, and not only left-overs. */
  auto_cleanup_old_enabled: flag(false),
  /** Sessions with a terminal may hold an unsent draft: only who says so has them ended automatically. */
  auto_cleanup_attached_enabled: flag(false),
  auto_cleanup_batch_limit: z.number().int().min(1).max(20).catch(5),
  auto_cleanup_countdown_seconds: number(10, 600, 30),
  /** "all" is for root alone. */
  cleanup_scope: z.enum(['own', 'all']).catch('own'),
  alerts_enabled: flag(true),
  alert_memory_threshold_mb: number(1, 1_048_576, 2048),
  alert_cpu_threshold_percent: number(1, 100_000, 80),
  /** The host's available memory below which it alerts; 0 = never. */
  alert_available_memory_mb: number(0, 1_048_576, 512),
  max_processes_per_user: z.number().int().min(1).max(100_000).catch(10),
  min_idle_minutes: number(1, 525_600, 120),
  /** Base names of executables, and parts of command lines, that are shown as api-client. */
  detection_names: words,
  detection_patterns: words,
  /** False: a single idle process of one's own is ended after five seconds to undo, without the dialog. */
  confirm_single_idle: flag(true),
  /** Nothing is ended, paused or slowed by anybody through this program. */
  read_only: flag(false),
  elevation_enabled: flag(true),
  history_minute_days: number(1, 90, 7),
  history_quarter_hour_days: number(1, 730, 90),
  /** Entries older than this are offered for clearing in the Logs tab. */
  log_clear_days: number(0, 36_500, 30),
  start_at_login: flag(false),
  /** What closing the window does; "ask" asks once. */
  close_window: z.enum(['ask', 'tray', 'quit']).catch('ask'),
  /** Seconds between two looks while the window is shown. */
  refresh_interval_seconds: number(1, 30, 5),
  refresh_enabled: flag(true),
  language: z.enum(['system', 'en', 'pt-BR']).catch('system'),
  theme: z.enum(['system', 'light', 'dark']).catch('system'),
});

const userLimit = z.object({
  memory_limit_mb: z.number().min(1).max(1_048_576).optional().catch(undefined),
  max_processes: z.number().int().min(1).max(100_000).optional().catch(undefined),
  max_runtime_hours: z.number().min(0.1).max(8760).optional().catch(undefined),
  cpu_limit_percent: z.number().min(1).max(100_000).optional().catch(undefined),
  priority: z.enum(['low', 'normal', 'high']).optional().catch(undefined),
  /** What a limit that is crossed leads to: an alert, or the end of what design.md allows, in its order. */
  enforce: z.enum(['alert', 'end']).optional().catch(undefined),
});

/** What a protect rule compares: user name, project directory (and below), session name, kind, or one pid. */
export const PROTECT_BY = ['user', 'project', 'name', 'kind', 'pid'] as const;
const protectRule = z.object({ by: z.enum(PROTECT_BY), value: z.string().min(1).max(4096) });

export const configSchema = z.object({
  global_settings: globalSettings.catch(() => globalSettings.parse({})),
  // One wrong row must not take the other users' limits with it, nor one wrong rule everybody's protection.
  user_limits: z
    .record(
      z.string(),
      userLimit.catch(() => ({})),
    )
    .catch(() => ({})),
  protect_rules: z
    .array(protectRule.nullable().catch(null))
    .catch(() => [])
    .transform((rules) => rules.filter((rule) => rule !== null)),
});

export type Config = z.infer<typeof configSchema>;
export type ProtectRule = z.infer<typeof protectRule>;
export type GlobalSettings = Config['global_settings'];

/** Any JSON value as a configuration; every value that is wrong or missing is its default. Never throws. */
export const parseConfig = (value: unknown): Config =>
  configSchema.catch(() => configSchema.parse({ global_settings: {}, user_limits: {}, protect_rules: [] })).parse(value);

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

const wrongFields = (given: unknown, known: z.ZodObject, path: string): readonly string[] => {
  if (given === undefined) return [];
  if (!isFields(given)) return [path];
  const taken: Fields = known.parse(given);
  return Object.keys(known.shape).flatMap((key) =>
    Object.hasOwn(given, key) && JSON.stringify(given[key]) !== JSON.stringify(taken[key]) ? [`${path}.${key}`] : [],
  );
};

/** Paths of the values in a configuration that `parseConfig` did not take because they are wrong, e.g. `user_limits.ann.priority`. */
export const configProblems = (value: unknown): readonly string[] => {
  if (!isFields(value)) return ['.'];
  const { user_limits: limits, protect_rules: rules } = value;
  const ofUsers =
    limits === undefined || isFields(limits)
      ? Object.entries(limits ?? {}).flatMap(([user, row]) => wrongFields(row, userLimit, `user_limits.${user}`))
      : ['user_limits'];
  const ofRules =
    rules === undefined || Array.isArray(rules)
      ? (rules ?? []).flatMap((rule, index) => (protectRule.safeParse(rule).success ? [] : [`protect_rules.${index}`]))
      : ['protect_rules'];
  return [...wrongFields(value.global_settings, globalSettings, 'global_settings'), ...ofUsers, ...ofRules];
};

/** Memory limit of one session tree of a user in bytes: the user's row, then "default", then the global value. */
export const memoryLimitBytes = (config: Config, user: string | null): number => {
  const own = user === null ? undefined : Object.hasOwn(config.user_limits, user) ? config.user_limits[user] : undefined;
  const mb = own?.memory_limit_mb ?? config.user_limits.default?.memory_limit_mb ?? config.global_settings.default_memory_limit_mb;
  return mb * 1024 * 1024;
};
