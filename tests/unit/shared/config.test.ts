import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Config, GlobalSettings } from '../../../src/shared/config.js';
import { configProblems, memoryLimitBytes, parseConfig } from '../../../src/shared/config.js';
import { SETTINGS } from '../../../src/shared/settings.js';

const DEFAULTS: Config = {
  global_settings: {
    default_memory_limit_mb: 1024,
    max_process_age_hours: 2,
    alert_memory_threshold_mb: 2048,
    alert_cpu_threshold_percent: 80,
    max_processes_per_user: 10,
    min_idle_minutes: 120,
    auto_cleanup_enabled: true,
    auto_cleanup_interval_minutes: 30,
    orphan_cleanup_enabled: true,
    auto_cleanup_mode: 'report',
    auto_cleanup_old_enabled: false,
    auto_cleanup_attached_enabled: false,
    auto_cleanup_batch_limit: 5,
    auto_cleanup_countdown_seconds: 30,
    cleanup_scope: 'own',
    alerts_enabled: true,
    alert_available_memory_mb: 512,
    detection_names: [],
    detection_patterns: [],
    confirm_single_idle: true,
    read_only: false,
    elevation_enabled: true,
    history_minute_days: 7,
    history_quarter_hour_days: 90,
    log_clear_days: 30,
    start_at_login: false,
    close_window: 'ask',
    refresh_interval_seconds: 5,
    refresh_enabled: true,
    language: 'system',
    theme: 'system',
  },
  user_limits: {},
  protect_rules: [],
};

const withGlobals = (globals: Partial<Config['global_settings']>): Config => ({
  ...DEFAULTS,
  global_settings: { ...DEFAULTS.global_settings, ...globals },
});

describe('a configuration', () => {
  test("that is the original's is valid as it is", () => {
    const original: unknown =
      JSON.parse(`{ "global_settings": { "default_memory_limit_mb": 1024, "max_process_age_hours": 2, "auto_cleanup_enabled": true,
      "auto_cleanup_interval_minutes": 30, "orphan_cleanup_enabled": true, "alert_memory_threshold_mb": 2048,
      "alert_cpu_threshold_percent": 80, "max_processes_per_user": 10 },
      "user_limits": { "default": { "memory_limit_mb": 1024, "max_processes": 5, "max_runtime_hours": 4, "priority": "normal" } } }`);
    expect(parseConfig(original)).toEqual({
      ...DEFAULTS,
      user_limits: { default: { memory_limit_mb: 1024, max_processes: 5, max_runtime_hours: 4, priority: 'normal' } },
    });
    expect(configProblems(original)).toEqual([]);
  });

  test('without anything in it is the defaults', () => {
    for (const value of [undefined, {}]) expect([value, parseConfig(value)]).toEqual([value, DEFAULTS]);
  });

  test('that is none is the safer value everywhere', () => {
    const safest = Object.fromEntries(
      Object.entries(SETTINGS).map(([key, setting]) => [key, setting.type === 'words' ? [] : setting.safer]),
    );
    for (const value of [null, 5, 'x', [], [{}], { global_settings: [], user_limits: 5, protect_rules: {} }])
      expect([value, parseConfig(value)]).toEqual([value, { global_settings: safest, user_limits: {}, protect_rules: [] }]);
  });

  /** What is wrong: less is ended, more is asked, nothing is deleted. Everything else takes its default. */
  const SAFER: Partial<GlobalSettings> = {
    max_process_age_hours: 8760,
    auto_cleanup_enabled: false,
    orphan_cleanup_enabled: false,
    auto_cleanup_mode: 'report',
    auto_cleanup_old_enabled: false,
    auto_cleanup_attached_enabled: false,
    auto_cleanup_batch_limit: 1,
    auto_cleanup_countdown_seconds: 600,
    cleanup_scope: 'own',
    alerts_enabled: true,
    min_idle_minutes: 525_600,
    confirm_single_idle: true,
    read_only: true,
    elevation_enabled: false,
    history_minute_days: 90,
    history_quarter_hour_days: 730,
    log_clear_days: 36_500,
    start_at_login: false,
    close_window: 'ask',
  };
  test.each(Object.keys(SETTINGS))('a wrong %s takes the safer value, whatever the default is', (key) => {
    const wrong: readonly unknown[] = [null, {}, [[]], 'often', Number.NaN, Number.POSITIVE_INFINITY, -1, '1', 1e300];
    const expected = withGlobals(Object.fromEntries(Object.entries(SAFER).filter(([name]) => name === key)));
    for (const value of wrong) {
      const given = { global_settings: { [key]: value } };
      expect([value, parseConfig(given), configProblems(given)]).toEqual([value, expected, [`global_settings.${key}`]]);
    }
  });

  test('a rule that cannot be understood stops what acts by itself, and a row with a wrong value only alerts', () => {
    const given = {
      global_settings: { auto_cleanup_mode: 'automatic' },
      user_limits: { ann: { enforce: 'end', memory_limit_mb: 5 }, bob: { enforce: 'end', max_processes: 'many' } },
    };
    expect(parseConfig(given)).toEqual({
      ...withGlobals({ auto_cleanup_mode: 'automatic' }),
      user_limits: { ann: { enforce: 'end', memory_limit_mb: 5 }, bob: { enforce: 'alert' } },
    });
    expect(parseConfig({ ...given, protect_rules: [{ by: 'usr', value: 'ann' }] })).toEqual({
      ...withGlobals({ auto_cleanup_mode: 'report', auto_cleanup_enabled: false }),
      user_limits: { ann: { enforce: 'alert', memory_limit_mb: 5 }, bob: { enforce: 'alert' } },
    });
  });

  test('keys that are missing are defaults', () => {
    expect(parseConfig({ global_settings: { language: 'pt-BR' } })).toEqual(withGlobals({ language: 'pt-BR' }));
  });

  test('wrong values give way one by one, and are named', () => {
    const wrong = {
      global_settings: {
        default_memory_limit_mb: '1024',
        max_process_age_hours: 0,
        alert_memory_threshold_mb: null,
        alert_cpu_threshold_percent: 1e9,
        max_processes_per_user: 2.5,
        min_idle_minutes: true,
        refresh_interval_seconds: 31,
        refresh_enabled: 'yes',
        language: 'de',
        theme: 'dark',
        auto_cleanup_enabled: 'no',
        auto_cleanup_mode: 'always',
        auto_cleanup_batch_limit: 500,
        detection_names: 'x',
      },
      user_limits: { ann: { memory_limit_mb: -1, max_processes: 7, priority: 'max' }, bob: 5, eve: { max_runtime_hours: 8 } },
      protect_rules: [
        { by: 'user', value: 'ann' },
        { by: 'colour', value: 'red' },
        5,
        { by: 'name', value: '' },
        { by: 'pid', value: '12' },
      ],
    };
    expect(parseConfig(wrong)).toEqual({
      ...withGlobals({
        theme: 'dark',
        max_process_age_hours: 8760,
        auto_cleanup_enabled: false,
        auto_cleanup_batch_limit: 1,
        min_idle_minutes: 525_600,
      }),
      user_limits: {
        ann: { max_processes: 7, enforce: 'alert' },
        bob: { enforce: 'alert' },
        eve: { max_runtime_hours: 8, enforce: 'alert' },
      },
      protect_rules: [
        { by: 'user', value: 'ann' },
        { by: 'pid', value: '12' },
      ],
    });
    const keys = Object.keys(wrong.global_settings).filter((key) => key !== 'theme');
    expect([...configProblems(wrong)].sort()).toEqual(
      [
        ...keys.map((key) => `global_settings.${key}`),
        'user_limits.ann.memory_limit_mb',
        'user_limits.ann.priority',
        'user_limits.bob',
        'protect_rules.1',
        'protect_rules.2',
        'protect_rules.3',
      ].sort(),
    );
  });

  test('whole parts that are wrong are named', () => {
    expect(configProblems([])).toEqual(['.']);
    expect(configProblems({ global_settings: 5, user_limits: [], protect_rules: {} })).toEqual([
      'global_settings',
      'user_limits',
      'protect_rules',
    ]);
    expect(configProblems({})).toEqual([]);
  });

  test('takes nothing from a prototype', () => {
    const hostile: unknown = JSON.parse(
      '{"__proto__":{"protect_rules":5},"user_limits":{"__proto__":{"memory_limit_mb":1},"constructor":{"memory_limit_mb":3}}}',
    );
    const config = parseConfig(hostile);
    expect(config).toEqual({ ...DEFAULTS, user_limits: { constructor: { memory_limit_mb: 3 } } });
    expect(['ann', '__proto__', 'toString', 'constructor', null].map((user) => memoryLimitBytes(config, user) / 1024 / 1024)).toEqual([
      1024, 1024, 1024, 3, 1024,
    ]);
  });

  test('any JSON value: never an exception, and its own result is free of problems', () => {
    const part = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.dictionary(fc.constantFrom(...Object.keys(DEFAULTS.global_settings), 'ann'), fc.jsonValue({ maxDepth: 1 })),
    );
    const value = fc.oneof(
      fc.jsonValue(),
      fc.record({ global_settings: part, user_limits: part, protect_rules: fc.oneof(part, fc.array(part)) }),
    );
    fc.assert(
      fc.property(value, (hostile) => {
        configProblems(hostile);
        const config = parseConfig(hostile);
        expect(configProblems(config)).toEqual([]);
        expect(parseConfig(config)).toEqual(config);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the memory limit', () => {
  const MB = 1024 * 1024;
  test("is the user's row, else the default row, else the global value", () => {
    const config = parseConfig({
      global_settings: { default_memory_limit_mb: 300 },
      user_limits: { ann: { memory_limit_mb: 100 }, bob: { max_processes: 1 }, default: { memory_limit_mb: 200 } },
    });
    expect(['ann', 'bob', 'eve', null].map((user) => memoryLimitBytes(config, user) / MB)).toEqual([100, 200, 200, 200]);
    const { default: _, ...users } = config.user_limits;
    expect(['ann', 'bob', 'eve', null].map((user) => memoryLimitBytes({ ...config, user_limits: users }, user) / MB)).toEqual([
      100, 300, 300, 300,
    ]);
  });
});
