import { describe, expect, it } from 'vitest';
import { areaBelow, sparkPath } from '../../../src/renderer/spark-path.js';

const BOX = { width: 40, height: 20, pad: 0 };

describe('sparkPath', () => {
  it('draws a line from the oldest to the newest on its own scale', () => {
    expect(sparkPath([100, 200, 0], null, BOX)).toEqual({
      lines: ['0,10 20,0 40,20'],
      last: { x: 40, y: 20 },
      limitY: null,
      peak: 200,
    });
  });

  it('keeps gaps, and draws no line of a single value', () => {
    const { lines, last } = sparkPath([0, 100, null, 50, null, 100, 0], null, { ...BOX, width: 60 });
    expect({ lines, last }).toEqual({ lines: ['0,20 10,0', '50,0 60,20'], last: { x: 60, y: 20 } });
    expect(sparkPath([1, 2, null], null, BOX).last).toBeNull();
    expect(sparkPath([5], null, BOX)).toEqual({ lines: [], last: { x: 40, y: 10 }, limitY: null, peak: 5 });
  });

  it('closes each stretch down to the floor, to be filled', () => {
    expect(areaBelow(['0,10 20,0 40,20'], 20)).toBe('M0,20L0,10 20,0 40,20 40,20Z');
    expect(areaBelow(['0,20 10,0', '50,0 60,20'], 20)).toBe('M0,20L0,20 10,0 10,20ZM50,20L50,0 60,20 60,20Z');
    expect(areaBelow([], 20)).toBe('');
  });

  it('draws noise as a flat line', () => {
    expect(sparkPath([1000, 1001, 1000], null, BOX).lines).toEqual(['0,10.1 20,9.9 40,10.1']);
    expect(sparkPath([0, 0], null, BOX).lines).toEqual(['0,10 40,10']);
  });

  it('draws a limit only when the values come near it', () => {
    expect(sparkPath([0, 79], 100, BOX).limitY).toBeNull();
    expect(sparkPath([0, 80], 100, BOX).limitY).toBe(0);
    expect(sparkPath([0, 200], 100, BOX).limitY).toBe(10);
  });

  it('has nothing to draw of nothing', () => {
    const nothing = { lines: [], last: null, limitY: null, peak: null };
    expect([sparkPath([], 5, BOX), sparkPath([null, null], 5, BOX)]).toEqual([nothing, nothing]);
  });
});
