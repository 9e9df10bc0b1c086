import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/shared/config.js';
import type { Edit } from '../../../src/shared/config-edit.js';
import { applyEdits } from '../../../src/shared/config-edit.js';
import { loosens, safetyOf, strengthened, weakenings } from '../../../src/shared/weaker.js';

const config = (globals: object, rules: readonly object[] = []) => parseConfig({ global_settings: globals, protect_rules: rules });
const ann = { by: 'user', value: 'ann' };

describe('what protects less', () => {
  test('is read-only mode off, a confirmation off, elevation on, a protect rule gone; and nothing else', () => {
    const before = config({ read_only: true, elevation_enabled: false }, [ann, { by: 'pid', value: '7' }]);
    expect(
      weakenings(
        before,
        config({ confirm_single_idle: false, theme: 'dark', auto_cleanup_enabled: false }, [
          { by: 'pid', value: '7' },
          { by: 'user', value: 'bob' },
        ]),
      ),
    ).toEqual([
      { id: 'global_settings.read_only', key: 'read_only' },
      { id: 'global_settings.confirm_single_idle', key: 'confirm_single_idle' },
      { id: 'global_settings.elevation_enabled', key: 'elevation_enabled' },
      { id: 'protect_rules.user:ann', rule: ann },
    ]);
    expect(weakenings(config({}), before)).toEqual([]);
    expect(weakenings(before, before)).toEqual([]);
  });

  test('is one change that leads to it, or to limits that end instead of alerting', () => {
    const json = {
      global_settings: { read_only: true, elevation_enabled: false },
      user_limits: { default: { enforce: 'end' }, ann: { enforce: 'alert' }, bob: {} },
      protect_rules: [ann],
    };
    const now = parseConfig(json);
    const cases: readonly (readonly [Edit, boolean])[] = [
      [{ at: 'global', key: 'read_only' }, true],
      [{ at: 'global', key: 'read_only', value: true }, false],
      [{ at: 'global', key: 'elevation_enabled' }, true],
      [{ at: 'global', key: 'confirm_single_idle' }, false],
      [{ at: 'global', key: 'confirm_single_idle', value: false }, true],
      [{ at: 'global', key: 'theme', value: 'dark' }, false],
      [{ at: 'rule', rule: { by: 'user', value: 'ann' }, on: false }, true],
      [{ at: 'rule', rule: { by: 'user', value: 'bob' }, on: false }, false],
      [{ at: 'rule', rule: { by: 'user', value: 'ann' }, on: true }, false],
      [{ at: 'user', user: 'ann', key: 'enforce', value: 'end' }, true],
      [{ at: 'user', user: 'ann', key: 'enforce' }, true],
      [{ at: 'user', user: 'bob', key: 'enforce', value: 'end' }, false],
      [{ at: 'user', user: 'bob', key: 'enforce', value: 'alert' }, false],
      [{ at: 'user', user: 'default', key: 'enforce' }, false],
      [{ at: 'user', user: 'constructor', key: 'enforce', value: 'end' }, false],
      [{ at: 'user', user: 'ann', key: 'max_processes', value: 1 }, false],
    ];
    expect(cases.filter(([edit, loose]) => loosens(now, edit) !== loose)).toEqual([]);
    for (const [edit, loose] of cases)
      if (edit.at !== 'user') expect(weakenings(now, parseConfig(applyEdits(json, [edit]))).length > 0).toBe(loose);
  });

  test('is taken back whole, and what is stronger stays', () => {
    const any = fc
      .record({ read_only: fc.boolean(), confirm_single_idle: fc.boolean(), elevation_enabled: fc.boolean() })
      .chain((globals) => fc.subarray([ann, { by: 'pid', value: '7' }, { by: 'kind', value: 'x' }]).map((rules) => config(globals, rules)));
    fc.assert(
      fc.property(any, any, (before, after) => {
        const kept = strengthened(after, weakenings(before, after));
        expect([weakenings(before, kept), weakenings(after, kept)]).toEqual([[], []]);
        expect(weakenings(safetyOf(before), after)).toEqual(weakenings(before, after));
      }),
    );
  });
});
