import fc from 'fast-check';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { COLUMN_IDS, DEFAULT_COLUMNS } from '../../../src/renderer/columns.js';
import { Cell, type CellProps, sameCell } from '../../../src/renderer/parts/cells.js';
import type { Row } from '../../../src/renderer/select.js';
import { KINDS, type ProcessView } from '../../../src/shared/types.js';
import { aView } from '../../fakes/a-view.js';

const someOf = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** Rows that differ in everything that a row can show, few values each, so that many pairs are alike in part. */
const rows: fc.Arbitrary<Row> = fc
  .record({
    view: fc
      .record({
        name: someOf('a', 'b'),
        kind: someOf(...KINDS.slice(0, 3)),
        projectDir: someOf(null, '/home/x/p', '/srv'),
        status: someOf<ProcessView['status']>('normal', 'old'),
        conditions: someOf<ProcessView['conditions']>(['normal'], ['old', 'high-memory']),
        activity: someOf<ProcessView['activity']>('waiting', 'idle', 'none'),
        state: someOf('S', 'T'),
        waitingFor: someOf(null, 'permission'),
        user: someOf(null, 'dana', 'root'),
        uid: someOf(null, 1000, 0),
        memoryBytes: someOf(null, 1 << 20, 1 << 30),
        cpuPercent: someOf(null, 0, 12.3),
        tree: someOf<ProcessView['tree']>(
          { memoryBytes: 1 << 21, cpuPercent: 1, count: 2, memoryIsPartial: true },
          { memoryBytes: 1 << 21, cpuPercent: 2, count: 2, memoryIsPartial: false },
        ),
        limitBytes: someOf(null, 1 << 30),
        startedAtMs: someOf(null, 1),
        lastActiveMs: someOf(null, 2),
        refusal: someOf<ProcessView['refusal']>(null, { reason: 'protected', id: 'self' }),
        command: someOf(null, 'claude'),
      })
      .map((over) => aView(1, over)),
    level: someOf(1, 2),
    children: someOf(0, 3),
    expanded: someOf(null, true, false),
    parentUser: someOf(null, 'dana'),
    position: someOf(1, 2),
  })
  .map((over): Row => ({ id: '1:s1', parentId: null, context: false, gone: false, siblings: 2, ...over }));

const cells: fc.Arbitrary<CellProps> = fc.record({
  column: someOf(...COLUMN_IDS),
  row: rows,
  wholeTree: fc.boolean(),
  columns: someOf(DEFAULT_COLUMNS, COLUMN_IDS),
  since: someOf('1 h 00 m', '1 h 01 m'),
});
const drawn = (props: CellProps): string => renderToStaticMarkup(createElement(Cell, props));

describe('sameCell', () => {
  it('is said only of cells that look the same', () => {
    let alike = 0;
    fc.assert(
      fc.property(cells, rows, someOf('1 h 00 m', '1 h 01 m'), (props, row, since) => {
        const other = { ...props, row, since };
        if (!sameCell(props, other)) return;
        alike += 1;
        expect(drawn(other)).toBe(drawn(props));
      }),
      { numRuns: 6_000 },
    );
    // Pairs that are never taken for the same would prove nothing.
    expect(alike).toBeGreaterThan(600);
  });

  it('is said of most cells of a row whose figures changed', () => {
    const before = { id: '1:s1', view: aView(1, { cpuPercent: 1, memoryBytes: 5 }), level: 1, parentId: null, parentUser: null } as const;
    const rest = { children: 0, expanded: null, context: false, gone: false, position: 1, siblings: 1 } as const;
    const row: Row = { ...before, ...rest };
    const after: Row = { ...row, view: aView(1, { cpuPercent: 2, memoryBytes: 6 }), position: 9 };
    const props = { columns: COLUMN_IDS, wholeTree: false, since: null };
    const changed = COLUMN_IDS.filter((column) => !sameCell({ ...props, column, row }, { ...props, column, row: after }));
    expect(changed).toEqual(['memory', 'cpu']);
    expect(sameCell({ ...props, column: 'age', row, since: '1 s' }, { ...props, column: 'age', row, since: '2 s' })).toBe(false);
  });
});
