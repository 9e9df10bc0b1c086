import { describe, expect, it } from 'vitest';
import { compareLooks } from '../../../src/renderer/compare-looks.js';
import { aView } from '../../fakes/a-view.js';

describe('compareLooks', () => {
  it('names who came and who went, a reused pid being both', () => {
    const reborn = aView(1, { key: { pid: 1, startedAt: 'later' } });
    const gone = aView(1);
    expect(compareLooks([gone, aView(2)], [reborn, aView(2), aView(3)])).toEqual({ born: ['1:later', '3:s3'], gone: [gone] });
  });

  it('calls nobody new at the first look, nor when only figures or the order change', () => {
    expect(compareLooks(null, [aView(1)])).toEqual({ born: [], gone: [] });
    expect(compareLooks([aView(1)], [aView(1, { cpuPercent: 3 })])).toEqual({ born: [], gone: [] });
    expect(compareLooks([aView(1), aView(2)], [aView(2), aView(1)])).toEqual({ born: [], gone: [] });
  });
});
