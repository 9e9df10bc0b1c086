import { z } from 'zod';

/**
 * `claude_limits.json`: the original dashboard's shape and keys, to which ours only add.
 * A value out of its range falls back to its default, one by one; unknown keys survive a save (the store merges).
 */

const number = (min: number, max: number, fallback: number) => z.number().min(min).max(max).catch(fallback);

const globalSettings = z.object({
  default_memory_limit_mb: number(1, 1_048_576, 1024),
  max_process_age_hours: number(0.1, 8760, 2),
  alert_memory_threshold_mb: number(1, 1_048_576, 2048),
  alert_cpu_threshold_percent: number(1, 100_000, 80),
  max_processes_per_user: z.number().int().min(1).max(100_000).catch(10),
  min_idle_minutes: number(1, 525_600, 120),
  /** Seconds between two looks while the window is shown. */
  refresh_interval_seconds: number(1, 30, 5),
  refresh_enabled: z.boolean().catch(true),
  language: z.enum(['system', 'en', 'pt-BR']).catch('system'),
  theme: z.enum(['system', 'light', 'dark']).catch('system'),
});

const userLimit = z.object({
  memory_limit_mb: z.number().min(1).max(1_048_576).optional().catch(undefined),
  max_processes: z.number().int().min(1).max(100_000).optional().catch(undefined),
  max_runtime_hours: z.number().min(0.1).max(8760).optional().catch(undefined),
  priority: z.enum(['low', 'normal', 'high']).optional().catch(undefined),
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
  return Object.keys(known.shape).flatMap((key) => (Object.hasOwn(given, key) && given[key] !== taken[key] ? [`${path}.${key}`] : []));
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
