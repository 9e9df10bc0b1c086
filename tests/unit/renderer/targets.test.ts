import { describe, expect, it } from 'vitest';
import { targetsOf } from '../../../src/renderer/targets.js';
import { aView } from '../../fakes/a-view.js';

describe('targetsOf', () => {
  const processes = [aView(1), aView(2), aView(3)];

  it('is the selection, in the list’s order, and not what merely has focus', () => {
    expect(targetsOf(processes, new Set(['3:s3', '1:s1']), '2:s2')).toEqual([processes[0], processes[2]]);
  });

  it('is the row with focus when nothing is selected', () => {
    expect(targetsOf(processes, new Set(), '2:s2')).toEqual([processes[1]]);
  });

  it('is nothing where neither is left', () => {
    expect(targetsOf(processes, new Set(['9:s9']), null)).toEqual([]);
    expect(targetsOf(processes, new Set(), '2:another-start')).toEqual([]);
  });
});
