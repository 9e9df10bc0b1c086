import { describe, expect, test } from 'vitest';
import type { Edit } from '../../../src/shared/config-edit.js';
import { applyEdits, isSoundEdit } from '../../../src/shared/config-edit.js';
import type { Json } from '../../../src/shared/config-text.js';
import { parseConfigText } from '../../../src/shared/config-text.js';
import { unknownIn } from '../../../src/shared/config-unknown.js';

const parsed = (text: string): Json => {
  const result = parseConfigText(text);
  return result.ok ? result.json : {};
};
const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
const unknown = (path: Extract<Edit, { at: 'unknown' }>['path'], value: unknown): Edit => ({ at: 'unknown', path, value });

describe('what this version does not know', () => {
  test('is found wherever it stands, without the names that no file should hold', () => {
    const text = `{"later":{"a":{"__proto__":1,"prototype":2,"b":[{"constructor":3,"c":4}]}},"__proto__":{"x":1},"constructor":5,
      "global_settings":{"theme":"dark","mine":null,"__proto__":6},
      "user_limits":{"ann":{"priority":"low","colour":"red"},"__proto__":{"colour":"blue"},"bob":7},"protect_rules":[]}`;
    expect(unknownIn(parsed(text))).toEqual([
      { path: ['later'], value: { a: { b: [{ c: 4 }] } } },
      { path: ['global_settings', 'mine'], value: null },
      { path: ['user_limits', 'ann', 'colour'], value: 'red' },
    ]);
  });

  test('is put in and taken out again, and nothing else is', () => {
    const before: Json = { global_settings: { theme: 'dark' }, user_limits: { ann: { priority: 'low' } } };
    const paths = [['later'], ['global_settings', 'mine'], ['user_limits', 'ann', 'colour'], ['user_limits', 'eve', 'colour']] as const;
    const after = applyEdits(
      before,
      paths.map((path) => unknown(path, 1)),
    );
    expect(after).toEqual({
      later: 1,
      global_settings: { theme: 'dark', mine: 1 },
      user_limits: { ann: { priority: 'low', colour: 1 }, eve: { colour: 1 } },
    });
    expect(
      applyEdits(
        after,
        paths.map((path) => unknown(path, undefined)),
      ),
    ).toEqual(before);
  });

  test('never stands for something that is known, is forbidden, too deep or too big', () => {
    const wrong = [
      unknown(['global_settings'], {}),
      unknown(['protect_rules'], []),
      unknown(['global_settings', 'read_only'], false),
      unknown(['user_limits', 'ann', 'enforce'], 'end'),
      unknown(['user_limits', '', 'colour'], 1),
      unknown(['__proto__'], 1),
      unknown(['user_limits', '__proto__', 'colour'], 1),
      unknown(['a'], parsed('{"b":[{"__proto__":1}]}')),
      unknown(['a'], deep(32)),
      unknown(['a'], 'x'.repeat(1_048_577)),
      unknown(['x'.repeat(257)], 1),
    ];
    expect(wrong.filter(isSoundEdit)).toEqual([]);
    expect([unknown(['a'], deep(31)), unknown(['global_settings', 'b'], { c: null })].every(isSoundEdit)).toBe(true);
  });
});
