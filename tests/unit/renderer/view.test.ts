import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_COLUMNS } from '../../../src/renderer/columns.js';
import {
  clearFilters,
  expand,
  NO_FILTER,
  parseKept,
  rememberView,
  selectOnly,
  selectRange,
  setFilter,
  sortBy,
  toggleSelected,
  toggleStatus,
  toggleUser,
  useView,
} from '../../../src/renderer/view.js';

const initial = useView.getState();
beforeEach(() => useView.setState(initial, true));

describe('parseKept', () => {
  const defaults = { sort: { by: 'memory', descending: true }, tree: true, columns: DEFAULT_COLUMNS };

  it('gives back what was stored', () => {
    const kept = { sort: { by: 'pid', descending: false }, tree: false, columns: ['kind', 'pid'] };
    expect(parseKept(JSON.stringify(kept))).toEqual(kept);
  });

  it('takes its default for whatever is missing or wrong, one by one', () => {
    for (const text of [
      null,
      '',
      '{',
      'null',
      '7',
      '[]',
      '{"sort":{"by":"shoes","descending":true}}',
      '{"sort":{"by":"pid"}}',
      '{"tree":"yes"}',
      '{"columns":"pid"}',
    ])
      expect(parseKept(text), String(text)).toEqual(defaults);
    expect(parseKept('{"tree":false,"columns":["pid","shoes","name",7]}')).toEqual({ ...defaults, tree: false, columns: ['pid'] });
    expect(parseKept('{"columns":[]}')).toEqual({ ...defaults, columns: [] });
  });
});

describe('rememberView', () => {
  it('takes what was stored and writes only what outlives the window', () => {
    const stored = new Map([['claude-manager.monitor', '{"tree":false}']]);
    const writes: string[] = [];
    const storage = {
      getItem: (name: string) => stored.get(name) ?? null,
      setItem: (_: string, value: string) => void writes.push(value),
    };
    rememberView(storage);
    expect(useView.getState().tree).toBe(false);
    setFilter({ query: 'x' });
    expect(writes).toEqual([]);
    sortBy('cpu');
    expect(writes).toEqual([JSON.stringify({ sort: { by: 'cpu', descending: true }, tree: false, columns: DEFAULT_COLUMNS })]);
  });
});

describe('sortBy', () => {
  it('begins words and pids at the first, figures at the largest, and turns round when asked again', () => {
    const sorted = (by: Parameters<typeof sortBy>[0]) => {
      sortBy(by);
      return useView.getState().sort;
    };
    expect([sorted('name'), sorted('name'), sorted('cpu'), sorted('pid'), sorted('user'), sorted('age')]).toEqual([
      { by: 'name', descending: false },
      { by: 'name', descending: true },
      { by: 'cpu', descending: true },
      { by: 'pid', descending: false },
      { by: 'user', descending: false },
      { by: 'age', descending: true },
    ]);
  });
});

describe('filters', () => {
  it('go on and off by the same touch', () => {
    toggleStatus('old');
    toggleUser('dana');
    setFilter({ query: 'x' });
    expect(useView.getState().filter).toEqual({ status: 'old', user: 'dana', activity: 'any', finding: 'any', query: 'x' });
    toggleStatus('old');
    toggleUser('dana');
    expect(useView.getState().filter).toEqual({ ...NO_FILTER, query: 'x' });
    toggleStatus('old');
    toggleStatus('orphan');
    expect(useView.getState().filter.status).toBe('orphan');
    clearFilters();
    expect(useView.getState().filter).toEqual(NO_FILTER);
  });
});

describe('selection', () => {
  it('moves focus with it, and open details too', () => {
    useView.setState({ details: 'a' });
    selectOnly('b');
    const { selected, anchor, focused, details } = useView.getState();
    expect({ selected, anchor, focused, details }).toEqual({ selected: new Set(['b']), anchor: 'b', focused: 'b', details: 'b' });
  });

  it('opens no details by itself', () => {
    selectOnly('b');
    expect(useView.getState().details).toBeNull();
  });

  it('grows by one, shrinks by one, and spans a range from its anchor', () => {
    selectOnly('a');
    toggleSelected('c');
    expect(useView.getState().selected).toEqual(new Set(['a', 'c']));
    toggleSelected('a');
    expect(useView.getState().selected).toEqual(new Set(['c']));
    selectRange(['a', 'b', 'c'], 'c');
    expect([useView.getState().selected, useView.getState().focused, useView.getState().anchor]).toEqual([
      new Set(['a', 'b', 'c']),
      'c',
      'a',
    ]);
  });
});

describe('expand', () => {
  it('folds and unfolds, and leaves the set alone when nothing changes', () => {
    expand('a', true);
    const once = useView.getState().expanded;
    expand('a', true);
    expect(useView.getState().expanded).toBe(once);
    expand('a', false);
    expect(useView.getState().expanded).toEqual(new Set());
  });
});
