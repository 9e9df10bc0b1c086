import type { Config, ProtectRule, UserLimits } from './config.js';
import type { Edit } from './config-edit.js';
import { SETTINGS } from './settings.js';

/** What keeps people from losing work: never taken back by a file alone, but by a tick for each. */
export type Safety = Pick<Config, 'protect_rules'> & {
  readonly global_settings: Pick<Config['global_settings'], 'read_only' | 'confirm_single_idle' | 'elevation_enabled'>;
};

/** One way in which a configuration protects less than another; `id` is that of the change (config-edit.ts). */
export type Weakening =
  | { readonly id: string; readonly key: 'read_only' | 'confirm_single_idle' | 'elevation_enabled' }
  | { readonly id: string; readonly rule: ProtectRule };

/** The value of each switch that protects more. */
const STRONG = { read_only: true, confirm_single_idle: true, elevation_enabled: false } as const;
const SWITCHES = ['read_only', 'confirm_single_idle', 'elevation_enabled'] as const;

const rowOf = ({ user_limits: rows }: Config, user: string): UserLimits | undefined => (Object.hasOwn(rows, user) ? rows[user] : undefined);

const hasRule = ({ protect_rules: rules }: Safety, { by, value }: ProtectRule): boolean =>
  rules.some((rule) => rule.by === by && rule.value === value);

/** In what `after` protects less than `before`: a protect rule that is gone, a confirmation, read-only mode, elevation. */
export const weakenings = (before: Safety, after: Safety): readonly Weakening[] => [
  ...SWITCHES.flatMap((key): Weakening[] =>
    before.global_settings[key] === STRONG[key] && after.global_settings[key] !== STRONG[key]
      ? [{ id: `global_settings.${key}`, key }]
      : [],
  ),
  ...before.protect_rules.flatMap((rule): Weakening[] =>
    hasRule(after, rule) ? [] : [{ id: `protect_rules.${rule.by}:${rule.value}`, rule }],
  ),
];

/** Whether one change, made to what is in force, protects less: a weakening, or limits that end instead of alerting. */
export const loosens = (config: Config, edit: Edit): boolean => {
  if (edit.at === 'rule') return !edit.on && hasRule(config, edit.rule);
  if (edit.at === 'global') {
    const key = SWITCHES.find((one) => one === edit.key);
    if (key === undefined) return false;
    return config.global_settings[key] === STRONG[key] && (edit.value ?? SETTINGS[key].fallback) !== STRONG[key];
  }
  if (edit.at !== 'user' || edit.key !== 'enforce') return false;
  const above = edit.user === 'default' ? 'alert' : (rowOf(config, 'default')?.enforce ?? 'alert');
  const [before, after] = [rowOf(config, edit.user)?.enforce ?? above, edit.value ?? above];
  return before !== 'end' && after === 'end';
};

/** A configuration without these weakenings: the stronger value of each in force. */
export const strengthened = (config: Config, list: readonly Weakening[]): Config => {
  if (list.length === 0) return config;
  const switches = list.flatMap((one) => ('key' in one ? [[one.key, STRONG[one.key]] as const] : []));
  return {
    ...config,
    global_settings: { ...config.global_settings, ...Object.fromEntries(switches) },
    protect_rules: [...config.protect_rules, ...list.flatMap((one) => ('rule' in one ? [one.rule] : []))],
  };
};

/** The part of a configuration that the rule is about. */
export const safetyOf = ({ global_settings: g, protect_rules }: Config): Safety => ({
  global_settings: { read_only: g.read_only, confirm_single_idle: g.confirm_single_idle, elevation_enabled: g.elevation_enabled },
  protect_rules,
});
