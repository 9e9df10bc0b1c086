import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { giveSlots, SLOTS, slotClass } from '../../../../src/renderer/analytics/colours.js';

const ids = (names: string): string[] => [...names].map((name) => `user:${name}`);

describe('giveSlots', () => {
  it('gives colours in order, and keeps them when the order changes', () => {
    const first = giveSlots({}, ids('abc'));
    expect(first).toEqual({ 'user:a': 0, 'user:b': 1, 'user:c': 2 });
    expect(giveSlots(first, ids('cab'))).toBe(first);
    expect(giveSlots(first, ids('cd'))).toEqual({ ...first, 'user:d': 3 });
  });

  it('colours users and kinds apart from each other', () => {
    expect(giveSlots({}, ['user:a', 'kind:hook'])).toEqual({ 'user:a': 0, 'kind:hook': 0 });
  });

  it('takes a colour from one who is not shown, and gives another to him when he comes back', () => {
    const full = giveSlots({}, ids('abcdef'));
    const next = giveSlots(full, ids('bcdefg'));
    expect(next['user:g']).toBe(full['user:a']);
    const back = giveSlots(next, ids('ag'));
    expect(back['user:a']).not.toBe(back['user:g']);
  });

  it('never gives one colour to two that are shown together, and never changes one that was settled', () => {
    const names = fc.uniqueArray(fc.constantFrom(...'abcdefghijkl'), { maxLength: 9 });
    fc.assert(
      fc.property(fc.array(names, { maxLength: 8 }), (turns) => {
        let slots = {};
        for (const turn of turns) {
          const shown = ids(turn.join(''));
          const next: Readonly<Record<string, number>> = giveSlots(slots, shown);
          const given = shown.slice(0, SLOTS).map((id) => next[id]);
          expect(given).not.toContain(undefined);
          expect(new Set(given).size).toBe(given.length);
          expect(giveSlots(next, shown)).toBe(next);
          slots = next;
        }
      }),
    );
  });
});

it('draws what has no colour in grey', () => {
  expect(['user:a', 'user:b', 'other'].map((id) => slotClass({ 'user:a': 5, other: 1 }, id))).toEqual([
    'series-6',
    'series-other',
    'series-other',
  ]);
});
