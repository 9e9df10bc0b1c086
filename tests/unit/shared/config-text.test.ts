import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/shared/config.js';
import { MAX_CONFIG_BYTES, parseConfigText, rangeOf, settingAt } from '../../../src/shared/config-text.js';
import { SETTINGS, USER_SETTINGS } from '../../../src/shared/settings.js';

describe('the text of a configuration', () => {
  test('with wrong values names each with its line and what it may be', () => {
    const text = `{
  "global_settings": {
    "theme": "pink",
    "auto_cleanup_batch_limit": 1e309
  },
  "user_limits": {
    "ann.b": {
      "priority": "max" },
    "bob":
      5
  },
  "protect_rules": [
    { "by": "user", "value": "ann" },
    { "by": "colour", "value": "red" }
  ]
}`;
    const parsed = parseConfigText(text);
    expect(parsed.ok && parsed.wrong).toEqual([
      { path: 'global_settings.theme', line: 3, setting: SETTINGS.theme },
      { path: 'global_settings.auto_cleanup_batch_limit', line: 4, setting: SETTINGS.auto_cleanup_batch_limit },
      { path: 'user_limits.ann.b.priority', line: 8, setting: USER_SETTINGS.priority },
      { path: 'user_limits.bob', line: 9, setting: null },
      { path: 'protect_rules.1', line: 14, setting: null },
    ]);
  });

  test.each([
    ['{"a":', { ok: false, problem: 'syntax', line: 1 }],
    ['[1]', { ok: false, problem: 'notObject', line: 1 }],
    [`{"a":${'['.repeat(40)}${']'.repeat(40)}}`, { ok: false, problem: 'depth', line: 1 }],
    ['x'.repeat(MAX_CONFIG_BYTES + 1), { ok: false, problem: 'tooBig', line: null }],
    ['{"global_settings":{"min_idle_minutes":NaN}}', { ok: false, problem: 'syntax', line: 1 }],
  ])('that is none is refused: %#', (text, expected) => {
    expect(parseConfigText(text)).toEqual(expected);
  });

  test('with a prototype in it changes none', () => {
    const parsed = parseConfigText(
      '\uFEFF{"__proto__":{"polluted":1},"user_limits":{"__proto__":{"priority":"low"}},"constructor":{"prototype":{}}}',
    );
    expect(parsed.ok && parsed.wrong).toEqual([]);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(parsed.ok && parseConfig(parsed.json)).toEqual(parseConfig({}));
  });
});

describe('a setting', () => {
  test('is found by its path, whatever is in the name of a user, and none in a prototype', () => {
    expect(
      [
        'global_settings.theme',
        'user_limits.a.b.c.enforce',
        'user_limits.ann',
        'global_settings.toString',
        'theme',
        'user_limits.ann.__proto__',
      ].map(settingAt),
    ).toEqual([SETTINGS.theme, USER_SETTINGS.enforce, null, null, null, null]);
  });

  test('says what it may be', () => {
    expect(
      [SETTINGS.min_idle_minutes, SETTINGS.max_processes_per_user, SETTINGS.read_only, SETTINGS.theme, SETTINGS.detection_names, null].map(
        rangeOf,
      ),
    ).toEqual([
      { range: 'range', values: { min: 1, max: 525_600 } },
      { range: 'wholeRange', values: { min: 1, max: 100_000 } },
      { range: 'flag', values: {} },
      { range: 'words', values: { words: 'system, light, dark' } },
      { range: 'list', values: { most: 100, longest: 256 } },
      { range: 'other', values: {} },
    ]);
  });
});
