import { describe, expect, it } from 'vitest';
import { deepEqual, keep } from '../../../src/shared/equal.js';

describe('deepEqual', () => {
  it('tells by value, at any depth', () => {
    const value = { a: [1, { b: null }], c: 'x', d: Number.NaN };
    expect(deepEqual(value, structuredClone(value))).toBe(true);
    const others = [
      { ...value, c: 'y' },
      { ...value, a: [1, { b: 0 }] },
      { ...value, a: [1] },
      { ...value, a: { 0: 1, 1: { b: null } } },
      { a: value.a, c: value.c },
      { ...value, e: undefined },
      { a: value.a, c: value.c, e: value.d },
      null,
      'x',
    ];
    expect(others.map((other) => deepEqual(value, other))).toEqual(others.map(() => false));
    expect(others.map((other) => deepEqual(other, value))).toEqual(others.map(() => false));
  });

  it('does not take an empty list for an empty record', () => {
    expect([deepEqual([], {}), deepEqual({}, []), deepEqual([], []), deepEqual({}, {})]).toEqual([false, false, true, true]);
  });
});

describe('keep', () => {
  it('gives the old object back where the new one says the same', () => {
    const old = { a: [1] };
    const other = { a: [2] };
    expect(keep(old, { a: [1] })).toBe(old);
    expect(keep(old, other)).toBe(other);
  });
});
