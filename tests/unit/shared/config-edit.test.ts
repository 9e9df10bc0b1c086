import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/shared/config.js';
import type { Edit } from '../../../src/shared/config-edit.js';
import { applyEdits, editId, editsTo, isSoundEdit, mergedWith, previewEdits } from '../../../src/shared/config-edit.js';
import type { Json } from '../../../src/shared/config-text.js';
import type { UnknownPath } from '../../../src/shared/config-unknown.js';

const file = (json: Json) => ({ json, config: parseConfig(json) });
const rule = { by: 'user', value: 'ann' } as const;

const NOW: Json = {
  later: [1],
  global_settings: { theme: 'dark', mine: 1, min_idle_minutes: 60 },
  user_limits: { ann: { max_processes: 3, colour: 'red' }, bob: { priority: 'low' } },
  protect_rules: [rule, 5, { by: 'project', value: '/a' }],
};

describe('a change', () => {
  test('touches its own key alone; what is unknown or wrong stays', () => {
    const edits: readonly Edit[] = [
      { at: 'global', key: 'theme', value: 'light' },
      { at: 'global', key: 'min_idle_minutes' },
      { at: 'user', user: 'ann', key: 'max_processes' },
      { at: 'user', user: 'bob', key: 'priority' },
      { at: 'user', user: 'eve.x', key: 'memory_limit_mb', value: 512 },
      { at: 'rule', rule, on: false },
      { at: 'rule', rule: { by: 'pid', value: '7' }, on: true },
      { at: 'rule', rule: { by: 'pid', value: '7' }, on: true },
    ];
    expect(applyEdits(NOW, edits)).toEqual({
      later: [1],
      global_settings: { theme: 'light', mine: 1 },
      user_limits: { ann: { colour: 'red' }, 'eve.x': { memory_limit_mb: 512 } },
      protect_rules: [5, { by: 'project', value: '/a' }, { by: 'pid', value: '7' }],
    });
    expect(edits.map(editId).slice(3, 6)).toEqual([
      'user_limits.bob.priority',
      'user_limits.eve.x.memory_limit_mb',
      'protect_rules.user:ann',
    ]);
  });

  test('of what is not known goes by no name that a setting goes by', () => {
    const unknown = (...path: UnknownPath): Edit => ({ at: 'unknown', path, value: 1 });
    expect([
      editId(unknown('global_settings.read_only')),
      editId(unknown('user_limits.ann.priority')),
      editId(unknown('user_limits', 'eve.x', 'colour')),
      editId(unknown('global_settings', 'a.b')),
    ]).toEqual(['"global_settings.read_only"', '"user_limits.ann.priority"', 'user_limits.eve.x.colour', 'global_settings."a.b"']);
    const json = { 'global_settings.read_only': 2 };
    const edits = editsTo(file({}), file(json), false);
    expect(previewEdits(edits, file({}), file(json)).map(({ before, after }) => [before, after])).toEqual([[undefined, 2]]);
  });

  test('that no configuration could hold is none', () => {
    const wrong: readonly Edit[] = [
      { at: 'global', key: 'theme', value: 'pink' },
      { at: 'global', key: 'min_idle_minutes', value: Number.NaN },
      { at: 'user', user: '', key: 'max_processes', value: 1 },
      { at: 'user', user: '__proto__', key: 'max_processes', value: 1 },
      { at: 'user', user: 'a\nb', key: 'max_processes', value: 1 },
      { at: 'user', user: 'ann', key: 'max_processes', value: 1.5 },
      { at: 'rule', rule: { by: 'user', value: '' }, on: true },
    ];
    expect(wrong.filter(isSoundEdit)).toEqual([]);
    expect(isSoundEdit({ at: 'user', user: 'ann.b', key: 'max_processes' })).toBe(true);
  });
});

describe('the changes to another content', () => {
  const WANTED: Json = {
    global_settings: { theme: 'light', min_idle_minutes: 60, new: 1 },
    user_limits: { bob: { priority: 'high' } },
    protect_rules: [rule],
  };

  test('of an import leave alone what it does not mention', () => {
    expect(editsTo(file(NOW), file(WANTED), false)).toEqual([
      { at: 'global', key: 'theme', value: 'light' },
      { at: 'user', user: 'bob', key: 'priority', value: 'high' },
      { at: 'rule', rule: { by: 'project', value: '/a' }, on: false },
      { at: 'unknown', path: ['global_settings', 'new'], value: 1 },
    ]);
    expect(editsTo(file(NOW), file({ user_limits: {} }), false)).toEqual([]);
  });

  test('of an earlier version lead to it, whether this version knows it or not', () => {
    const part = fc.record(
      {
        global_settings: fc.record(
          {
            theme: fc.constantFrom('dark', 'light', 'wrong'),
            mine: fc.constantFrom('x', 2),
            min_idle_minutes: fc.integer({ min: -5, max: 5 }),
          },
          { requiredKeys: [] },
        ),
        user_limits: fc.dictionary(
          fc.constantFrom('ann', 'b.c', '__proto__'),
          fc.record(
            { max_processes: fc.integer({ min: -1, max: 3 }), colour: fc.constantFrom('red', { deep: [1] }) },
            { requiredKeys: [] },
          ),
        ),
        protect_rules: fc.array(fc.record({ by: fc.constantFrom('user', 'pid', 'x'), value: fc.constantFrom('a', 'b') }), { maxLength: 4 }),
        later: fc.constantFrom(null, 1, [{ a: 'b' }], {}),
        ['__proto__']: fc.constant({ read_only: true }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(part, part, (before, wanted) => {
        const edits = editsTo(file(before), file(wanted), true);
        const after = file(applyEdits(before, edits));
        // What was wrong in the earlier version was never in force, and is not brought back.
        expect(editsTo(after, file(wanted), true)).toEqual([]);
        expect(edits.filter((edit) => !isSoundEdit(edit) && !(edit.at === 'user' && edit.user === '__proto__'))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('are shown with what is in force before and after', () => {
    const edits = editsTo(file(NOW), file(WANTED), false);
    expect(previewEdits(edits, file(NOW), file(applyEdits(NOW, edits))).map(({ id, before, after }) => [id, before, after])).toEqual([
      ['global_settings.theme', 'dark', 'light'],
      ['user_limits.bob.priority', 'low', 'high'],
      ['protect_rules.project:/a', true, false],
      ['global_settings.new', undefined, 1],
    ]);
  });
});

test('an export holds what is in force and what this version does not know', () => {
  const exported = mergedWith(NOW, parseConfig(NOW));
  expect(exported).toMatchObject({
    later: [1],
    global_settings: { theme: 'dark', mine: 1, read_only: false },
    user_limits: { ann: { max_processes: 3, colour: 'red' } },
  });
  expect(editsTo(file({}), file(exported), false).every(isSoundEdit)).toBe(true);
});

test('a protect rule brings along what this version does not know of it, but nothing that no file should hold', () => {
  const wanted = JSON.parse(
    '{"protect_rules":[{"by":"user","value":"ann","note":"on leave","__proto__":{"x":1}},{"by":"user","value":"eve"}]}',
  );
  const edits = editsTo(file({}), file(wanted), false);
  expect(edits.every(isSoundEdit)).toBe(true);
  expect(applyEdits({}, edits)).toEqual({
    protect_rules: [
      { by: 'user', value: 'ann', note: 'on leave' },
      { by: 'user', value: 'eve' },
    ],
  });
  expect(isSoundEdit({ at: 'rule', rule: { by: 'user', value: 'ann' }, on: true, more: { value: 'eve' } })).toBe(false);
  expect(mergedWith(wanted, parseConfig(wanted))['protect_rules']).toEqual([
    { by: 'user', value: 'ann', note: 'on leave' },
    { by: 'user', value: 'eve' },
  ]);
});
