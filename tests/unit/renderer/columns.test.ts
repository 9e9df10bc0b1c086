import { describe, expect, it } from 'vitest';
import { CHOOSABLE, COLUMNS, columnWidths, DEFAULT_COLUMNS, fitColumns } from '../../../src/renderer/columns.js';

const narrowest = columnWidths(() => 0);

describe('columnWidths', () => {
  it('is what the widest text needs, rounded up, and never below the least', () => {
    const widths = columnWidths((id) => (id === 'status' ? 123.2 : 1));
    expect(widths).toEqual({ ...narrowest, status: 124 });
    expect(narrowest.pid).toBe(COLUMNS.pid.least);
  });
});

describe('fitColumns', () => {
  it('shows what was chosen where there is room, in the table’s order', () => {
    expect(fitColumns(DEFAULT_COLUMNS, narrowest, 1600).ids).toEqual([
      'name',
      'status',
      'activity',
      'user',
      'memory',
      'trend',
      'cpu',
      'age',
      'active',
      'pid',
      'actions',
    ]);
    expect(fitColumns(['pid', 'cpu'], narrowest, 1600).ids).toEqual(['name', 'memory', 'cpu', 'pid', 'actions']);
    expect(fitColumns(CHOOSABLE, narrowest, 3000).ids).toEqual([
      'name',
      'kind',
      'project',
      ...fitColumns(DEFAULT_COLUMNS, narrowest, 3000).ids.slice(1),
    ]);
  });

  it('lets columns go one by one as the pane gets narrower, and never those that a row needs', () => {
    const counts = [1600, 840, 760, 700, 560, 480, 400, 100].map((width) => fitColumns(DEFAULT_COLUMNS, narrowest, width).ids.length);
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    expect(fitColumns(DEFAULT_COLUMNS, narrowest, 100).ids).toEqual(['name', 'memory', 'actions']);
  });

  it('never lays out more than the pane holds while there is something left to drop', () => {
    for (let width = 420; width <= 1600; width += 1) {
      const { ids, gap, edge, narrow } = fitColumns(DEFAULT_COLUMNS, narrowest, width);
      const needed = 12 + edge + ids.reduce((sum, id) => sum + (id === 'name' && narrow ? 144 : narrowest[id]), 0) + gap * (ids.length - 1);
      expect(needed, `${width} px: ${ids}`).toBeLessThanOrEqual(width);
    }
  });

  it('keeps a column that somebody asked for longer than those that are there by default', () => {
    const { ids } = fitColumns([...DEFAULT_COLUMNS, 'kind'], narrowest, 900);
    expect([ids.includes('kind'), ids.includes('active')]).toEqual([true, false]);
  });
});
