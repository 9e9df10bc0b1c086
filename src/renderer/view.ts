import { create } from 'zustand';
import { CHOOSABLE, type ColumnId, DEFAULT_COLUMNS, SORT_IDS, type SortId } from './columns.js';
import type { Filter, Sort } from './select.js';

/** What the user has set on the page: filter, order, selection, what is open. Nothing of it concerns main. */
export interface ViewState {
  readonly filter: Filter;
  readonly sort: Sort;
  readonly tree: boolean;
  readonly columns: readonly ColumnId[];
  readonly expanded: ReadonlySet<string>;
  readonly selected: ReadonlySet<string>;
  /** Where a range of rows starts. */
  readonly anchor: string | null;
  /** The row that holds the grid's one tab stop. */
  readonly focused: string | null;
  /** The row whose details are open. */
  readonly details: string | null;
  /** A row that is to be scrolled to once. */
  readonly reveal: string | null;
  /** The row whose menu is open, and where. */
  readonly menu: {
    readonly id: string;
    readonly x: number;
    readonly y: number;
    readonly byKey: boolean;
    /** Opened by the details: focus goes back there, and "Details" would lead nowhere. */
    readonly inDetails?: boolean;
  } | null;
  readonly dialog: 'shortcuts' | 'about' | 'stopped' | 'consent' | null;
  /** Notices that were put away, by their text's id and values. */
  readonly dismissed: ReadonlySet<string>;
}

export const NO_FILTER: Filter = { status: 'all', user: null, activity: 'any', finding: 'any', query: '' };

/** What outlives a restart of the window. */
export interface Kept {
  readonly sort: Sort;
  readonly tree: boolean;
  readonly columns: readonly ColumnId[];
}

const DEFAULTS: Kept = { sort: { by: 'memory', descending: true }, tree: true, columns: DEFAULT_COLUMNS };

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
const isSortId = (value: unknown): value is SortId => SORT_IDS.some((id) => id === value);

/** Stored text back to what it says; whatever of it is wrong or missing is its default. Never throws. */
export const parseKept = (text: string | null): Kept => {
  let stored: unknown;
  try {
    stored = text === null ? null : JSON.parse(text);
  } catch {
    // Somebody else's or a broken value: the defaults are no loss.
    return DEFAULTS;
  }
  const by = field(field(stored, 'sort'), 'by');
  const descending = field(field(stored, 'sort'), 'descending');
  const tree = field(stored, 'tree');
  const columns = field(stored, 'columns');
  return {
    sort: isSortId(by) && typeof descending === 'boolean' ? { by, descending } : DEFAULTS.sort,
    tree: typeof tree === 'boolean' ? tree : DEFAULTS.tree,
    columns: Array.isArray(columns) ? CHOOSABLE.filter((id) => columns.includes(id)) : DEFAULTS.columns,
  };
};

const STORAGE_KEY = 'claude-manager.monitor';
const EMPTY: ReadonlySet<string> = new Set();

export const useView = create<ViewState>(() => ({
  filter: NO_FILTER,
  ...DEFAULTS,
  expanded: EMPTY,
  selected: EMPTY,
  anchor: null,
  focused: null,
  details: null,
  reveal: null,
  menu: null,
  dialog: null,
  dismissed: EMPTY,
}));

/** Takes sort, tree and columns from the page's storage and keeps them there from now on. */
export const rememberView = (storage: Pick<Storage, 'getItem' | 'setItem'>): void => {
  useView.setState(parseKept(storage.getItem(STORAGE_KEY)));
  useView.subscribe(({ sort, tree, columns }, before) => {
    if (sort === before.sort && tree === before.tree && columns === before.columns) return;
    storage.setItem(STORAGE_KEY, JSON.stringify({ sort, tree, columns } satisfies Kept));
  });
};

/** Sets one part of the filter; the same status or user again takes it off. */
export const setFilter = (part: Partial<Filter>): void => useView.setState(({ filter }) => ({ filter: { ...filter, ...part } }));
export const toggleStatus = (status: Filter['status']): void =>
  useView.setState(({ filter }) => ({ filter: { ...filter, status: filter.status === status ? 'all' : status } }));
export const toggleUser = (user: string | null): void =>
  useView.setState(({ filter }) => ({ filter: { ...filter, user: filter.user === user ? null : user } }));
export const clearFilters = (): void => useView.setState({ filter: NO_FILTER });

/** Sorts by a column; again turns it round. Words begin at A, figures at the largest. */
export const sortBy = (by: SortId): void =>
  useView.setState(({ sort }) => ({
    sort: { by, descending: sort.by === by ? !sort.descending : by !== 'name' && by !== 'user' && by !== 'pid' },
  }));

const toggled = (set: ReadonlySet<string>, id: string, on: boolean): ReadonlySet<string> => {
  if (set.has(id) === on) return set;
  const next = new Set(set);
  if (on) next.add(id);
  else next.delete(id);
  return next;
};

/** Folds or unfolds a session's row. */
export const expand = (id: string, on: boolean): void => useView.setState(({ expanded }) => ({ expanded: toggled(expanded, id, on) }));

/** Puts the tab stop on a row and selects it alone. Open details follow. */
export const selectOnly = (id: string): void =>
  useView.setState(({ details }) => ({ selected: new Set([id]), anchor: id, focused: id, details: details === null ? null : id }));

/** Adds a row to the selection, or takes it out. */
export const toggleSelected = (id: string): void =>
  useView.setState(({ selected }) => ({ selected: toggled(selected, id, !selected.has(id)), anchor: id, focused: id }));

/** Selects rows as one range that ends at `id`. */
export const selectRange = (ids: readonly string[], id: string): void => useView.setState({ selected: new Set(ids), focused: id });

export const clearSelection = (): void => useView.setState({ selected: EMPTY, anchor: null });
