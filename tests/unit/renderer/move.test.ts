import { describe, expect, it } from 'vitest';
import { indexAfter } from '../../../src/renderer/move.js';

describe('indexAfter', () => {
  it('moves by one, by a page and to the ends, and stays inside', () => {
    const from = (at: number) => ['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End'].map((key) => indexAfter(key, at, 10, 4));
    expect(from(5)).toEqual([4, 6, 1, 9, 0, 9]);
    expect(from(0)).toEqual([0, 1, 0, 4, 0, 9]);
    expect(from(9)).toEqual([8, 9, 5, 9, 0, 9]);
  });

  it('begins at the first row when none is current', () => {
    expect(indexAfter('ArrowDown', -1, 10, 4)).toBe(0);
  });

  it('moves nowhere for other keys, names of every object among them, and in an empty list', () => {
    expect([indexAfter('a', 1, 10, 4), indexAfter('toString', 1, 10, 4), indexAfter('End', 0, 0, 4)]).toEqual([null, null, null]);
  });
});
