import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrived } from '../../../src/renderer/arrival.js';
import type { Update } from '../../../src/shared/patch.js';
import { diffState } from '../../../src/shared/patch.js';
import { twoStates } from '../../fakes/random-state.js';

describe('arrived', () => {
  it('says what main said, whole states and patches', () => {
    let newRows = 0;
    fc.assert(
      fc.property(twoStates, ([before, after]) => {
        const whole: Update = { sequence: 1, whole: before };
        expect(arrived(whole)).toStrictEqual(whole);
        const patch = diffState(before, after);
        if (patch === null) return;
        const update: Update = { sequence: 2, patch };
        expect(arrived(update)).toStrictEqual(update);
        if (patch.snapshot && 'rows' in patch.snapshot && patch.snapshot.rows?.list?.some((entry) => typeof entry === 'object'))
          newRows += 1;
      }),
    );
    // Without rows that come, the fields of none would have been looked at.
    expect(newRows).toBeGreaterThan(10);
  });
});
