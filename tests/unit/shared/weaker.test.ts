import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/shared/config.js';
import { safetyOf, strengthened, weakenings } from '../../../src/shared/weaker.js';

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
