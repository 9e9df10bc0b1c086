import { describe, expect, it } from 'vitest';
import { parseSeconds } from '../../../src/renderer/interval.js';

describe('parseSeconds', () => {
  it('reads what a person types, by dot or comma', () => {
    expect(['1', ' 30 ', '2.5', '2,5'].map(parseSeconds)).toEqual([1, 30, 2.5, 2.5]);
  });

  it('takes nothing that is no number from 1 to 30', () => {
    expect(['', ' ', '0', '0.9', '31', '-5', 'x', '5s', 'Infinity', 'NaN', '1,2,3'].map(parseSeconds)).toEqual(
      Array.from({ length: 11 }, () => null),
    );
  });
});
