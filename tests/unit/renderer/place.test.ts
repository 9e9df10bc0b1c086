import { describe, expect, it } from 'vitest';
import { parsePlace, placeOf } from '../../../src/renderer/place.js';
import { useView } from '../../../src/renderer/view.js';

describe('the place of a page', () => {
  const view = { ...useView.getState(), selected: new Set(['1:a']), expanded: new Set(['2:b']), focused: '1:a', details: '1:a' };
  const place = placeOf(view, { text: 'x' }, 120, 5_600, '#run');

  it('comes back in the same run as it was noted', () => {
    expect(parsePlace(JSON.stringify(place), '#run')).toEqual(place);
  });

  it('is of no use in another run, nor when it is broken', () => {
    expect(parsePlace(JSON.stringify(place), '#other')).toBe(null);
    for (const text of [
      null,
      '',
      '{',
      '[]',
      '{"run":"#run"}',
      JSON.stringify({ ...place, selected: [1] }),
      JSON.stringify({ ...place, logBelow: '5600' }),
    ])
      expect(parsePlace(text, '#run')).toBe(null);
  });
});
