import { describe, expect, it } from 'vitest';
import { createPublisher } from '../../../src/main/publisher.js';
import type { AppState } from '../../../src/shared/api.js';
import { applyUpdate, type WholeState } from '../../../src/shared/patch.js';
import { aView } from '../../fakes/a-view.js';
import { aState } from '../../fakes/app-state.js';

const states = [aState(null), aState([aView(1)]), aState([aView(1), aView(2)]), aState([aView(2, { tty: 'x' })])];

const aPublisher = () => {
  let state: AppState = states[0] ?? aState(null);
  const set = (index: number): void => {
    state = states[index] ?? state;
  };
  return { ...createPublisher(() => state), set };
};

describe('a publisher', () => {
  it('tells the whole state once, then what changed, then nothing', () => {
    const { next, set } = aPublisher();
    expect(next()).toEqual({ sequence: 1, whole: states[0] });
    expect(next()).toBeNull();
    set(1);
    expect(next()).toEqual({ sequence: 2, patch: { parts: {}, snapshot: { whole: states[1]?.snapshot } } });
    set(2);
    expect(next()).toEqual({
      sequence: 3,
      patch: { parts: {}, snapshot: { parts: { totals: states[2]?.snapshot?.totals }, rows: { list: [0, aView(2)], own: {}, tree: {} } } },
    });
    expect(next()).toBeNull();
  });

  it('tells the whole state anew after it was told to forget', () => {
    const { next, forget, set } = aPublisher();
    next();
    set(1);
    forget();
    expect(next()).toEqual({ sequence: 2, whole: states[1] });
  });

  it('numbers what is asked for and what is pushed in one row, so that they make one story in whatever order they arrive', () => {
    const { whole, next, set } = aPublisher();
    set(1);
    const first = next();
    set(2);
    const asked = whole();
    set(3);
    const pushed = next();
    if (first === null || pushed === null) throw new Error('nothing was pushed');
    const orders = [
      [first, asked, pushed],
      [asked, first, pushed],
      [first, asked, pushed, first, asked],
    ];
    const last = { sequence: 3, whole: states[3] };
    expect(orders.map((updates) => updates.reduce<WholeState | null>((known, update) => applyUpdate(known, update), null))).toEqual([
      last,
      last,
      last,
    ]);
  });
});
