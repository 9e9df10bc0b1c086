import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRowSlots } from '../../../src/renderer/row-slots.js';

const span = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

describe('createRowSlots', () => {
  it('keeps the element of what stays, and hands those of what left to what came, without moving any', () => {
    const assign = createRowSlots();
    const first = assign([1, 2, 3, 4], false);
    expect(first.map(({ place }) => place)).toEqual([1, 2, 3, 4]);
    const [one, two, three, four] = first.map(({ id }) => id);
    expect(assign([3, 4, 5, 6], true)).toEqual([
      { id: one, place: 5 },
      { id: two, place: 6 },
      { id: three, place: 3 },
      { id: four, place: 4 },
    ]);
  });

  it('stands in the order of the lines as soon as the list rests', () => {
    const assign = createRowSlots();
    assign([1, 2, 3, 4], false);
    const moving = assign([3, 4, 5, 6], true);
    const resting = assign([3, 4, 5, 6], false);
    expect(resting.map(({ place }) => place)).toEqual([3, 4, 5, 6]);
    expect(new Map(resting.map(({ id, place }) => [place, id]))).toEqual(new Map(moving.map(({ id, place }) => [place, id])));
  });

  it('shows every line once, in elements of their own, however it is scrolled', () => {
    const step = fc.tuple(fc.nat(200), fc.nat(40), fc.boolean(), fc.nat(300));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const assign = createRowSlots();
        for (const [from, count, moving, kept] of steps) {
          // The line that holds the tab stop is there wherever it stands.
          const places = [...new Set([...span(from, from + count), kept])];
          const slots = assign(places, moving);
          expect(slots.map(({ place }) => place).sort((a, b) => a - b)).toEqual(places.toSorted((a, b) => a - b));
          expect(new Set(slots.map(({ id }) => id)).size).toBe(places.length);
          expect(assign(places, moving)).toEqual(slots);
        }
      }),
    );
  });
});
