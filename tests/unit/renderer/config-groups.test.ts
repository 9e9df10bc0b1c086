import { describe, expect, it } from 'vitest';
import {
  countModified,
  GROUPS,
  isModified,
  matches,
  modifiedIn,
  parseFigure,
  resetChanges,
  resetOf,
  resetOfUsers,
  SECTIONS,
} from '../../../src/renderer/config-groups.js';
import { parseConfig } from '../../../src/shared/config.js';
import { SETTING_KEYS } from '../../../src/shared/settings.js';

const CONFIG = parseConfig({
  global_settings: { theme: 'dark', read_only: true, detection_names: ['x'], confirm_single_idle: false },
  user_limits: { ann: { max_processes: 2, enforce: 'end' }, bob: {} },
  protect_rules: [{ by: 'user', value: 'ann' }],
});

describe('the settings', () => {
  it('each stand in one group', () => {
    expect(GROUPS.flatMap(({ keys }) => keys).sort()).toEqual([...SETTING_KEYS].sort());
  });

  it('are counted where they differ from their defaults', () => {
    expect(SECTIONS.map((section) => countModified(CONFIG, section))).toEqual([1, 2, 3]);
    expect(SECTIONS.map((section) => countModified(parseConfig({}), section))).toEqual([0, 0, 0]);
    expect(modifiedIn(CONFIG.global_settings, 'global')).toEqual(['detection_names', 'theme']);
    expect(isModified(CONFIG.global_settings, 'language')).toBe(false);
  });

  it('are reset by taking them out of the file, those that protect with a warning', () => {
    expect(resetOf(CONFIG.global_settings, ['theme', 'language'])).toEqual([{ at: 'global', key: 'theme' }]);
    expect(resetOfUsers(CONFIG.user_limits, ['ann', 'bob', 'eve'])).toEqual([
      { at: 'user', user: 'ann', key: 'max_processes' },
      { at: 'user', user: 'ann', key: 'enforce' },
    ]);
    expect(resetChanges(CONFIG, SECTIONS).map(({ id, before, after, weaker }) => [id, before, after, weaker])).toEqual([
      ['global_settings.detection_names', ['x'], [], false],
      ['global_settings.theme', 'dark', 'system', false],
      ['global_settings.confirm_single_idle', false, true, false],
      ['global_settings.read_only', true, false, true],
      ['user_limits.ann.max_processes', 2, undefined, false],
      ['user_limits.ann.enforce', 'end', undefined, false],
      ['protect_rules.user:ann', true, false, true],
    ]);
  });
});

it('a figure is read with dot or comma and thin spaces, and nothing else is one', () => {
  expect(['1\u2009024', '1.5', '1,5', ' 7 ', '.5', '', '-1', '1e9', '0x10', 'abc', '1.2.3', 'Infinity'].map(parseFigure)).toEqual([
    1024,
    1.5,
    1.5,
    7,
    0.5,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
  ]);
});

it('a search finds all of its words, in any order and case', () => {
  expect([matches('idle end', 'Ask before ENDING', 'idle'), matches('idle zzz', 'idle'), matches('', 'x')]).toEqual([true, false, true]);
});
