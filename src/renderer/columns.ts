/** The table's columns: which there are, how wide, and in what order they leave when room gets short. */

export const COLUMN_IDS = [
  'name',
  'kind',
  'project',
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
] as const;
export type ColumnId = (typeof COLUMN_IDS)[number];

export const SORT_IDS = ['name', 'status', 'user', 'memory', 'cpu', 'age', 'active', 'pid'] as const;
export type SortId = (typeof SORT_IDS)[number];

interface Column {
  /** Least width in px; what the column's widest text needs may be more. */
  readonly least: number;
  /** Shares of the left-over room beyond its width. */
  readonly grow: number;
  readonly numeric: boolean;
  /** Always there: a row without it could not be told apart or acted on. */
  readonly fixed: boolean;
}

export const COLUMNS: Readonly<Record<ColumnId, Column>> = {
  name: { least: 190, grow: 6, numeric: false, fixed: true },
  kind: { least: 120, grow: 0, numeric: false, fixed: false },
  project: { least: 150, grow: 3, numeric: false, fixed: false },
  status: { least: 90, grow: 0, numeric: false, fixed: false },
  activity: { least: 90, grow: 0, numeric: false, fixed: false },
  user: { least: 48, grow: 1, numeric: false, fixed: false },
  memory: { least: 60, grow: 0, numeric: true, fixed: true },
  trend: { least: 60, grow: 0, numeric: false, fixed: false },
  cpu: { least: 40, grow: 0, numeric: true, fixed: false },
  age: { least: 54, grow: 0, numeric: true, fixed: false },
  active: { least: 54, grow: 0, numeric: true, fixed: false },
  pid: { least: 44, grow: 0, numeric: true, fixed: false },
  actions: { least: 50, grow: 0, numeric: true, fixed: true },
};

export type Widths = Readonly<Record<ColumnId, number>>;

/** Each column's least width, for what is never cut off: `textWidth` is what its widest text takes in the page's font. */
export const columnWidths = (textWidth: (id: ColumnId) => number): Widths => {
  const width = (id: ColumnId): number => Math.max(COLUMNS[id].least, Math.ceil(textWidth(id)));
  return {
    name: width('name'),
    kind: width('kind'),
    project: width('project'),
    status: width('status'),
    activity: width('activity'),
    user: width('user'),
    memory: width('memory'),
    trend: width('trend'),
    cpu: width('cpu'),
    age: width('age'),
    active: width('active'),
    pid: width('pid'),
    actions: width('actions'),
  };
};

/** Columns that a person may hide, in the order of the table. */
export const CHOOSABLE: readonly ColumnId[] = COLUMN_IDS.filter((id) => !COLUMNS[id].fixed);

/** What the table shows until its user chooses; kind and project stand behind the name already. */
export const DEFAULT_COLUMNS: readonly ColumnId[] = CHOOSABLE.filter((id) => id !== 'kind' && id !== 'project');

/** Kind and project are there only because somebody asked for them: they outlast what is there by default. */
const LEAVE: readonly ColumnId[] = ['active', 'trend', 'age', 'pid', 'cpu', 'user', 'project', 'kind', 'activity', 'status'];

/** Below this the table is set tighter, and its rows say the name alone. */
const NARROW = 760;
const NARROW_NAME = 144;
/** The row's left inset, px; the right one is `edge`. */
const LEFT = 12;

export interface Fitted {
  readonly ids: readonly ColumnId[];
  /** The value of grid-template-columns. */
  readonly template: string;
  /** Between two columns, px. */
  readonly gap: number;
  /** At the right end of a row, px. */
  readonly edge: number;
  readonly narrow: boolean;
}

/** The chosen columns that fit a pane of `paneWidth` px, in table order, and how to lay them out. */
export const fitColumns = (chosen: readonly ColumnId[], widths: Widths, paneWidth: number): Fitted => {
  const narrow = paneWidth < NARROW;
  const gap = narrow ? 8 : 10;
  const edge = narrow ? 12 : 16;
  const widthOf = (id: ColumnId): number => (id === 'name' && narrow ? NARROW_NAME : widths[id]);
  let ids = COLUMN_IDS.filter((id) => COLUMNS[id].fixed || chosen.includes(id));
  for (const id of LEAVE) {
    const needed = LEFT + edge + ids.reduce((sum, each) => sum + widthOf(each), 0) + gap * (ids.length - 1);
    if (needed <= paneWidth) break;
    ids = ids.filter((each) => each !== id);
  }
  const template = ids
    .map((id) => (COLUMNS[id].grow > 0 ? `minmax(${widthOf(id)}px, ${COLUMNS[id].grow}fr)` : `${widthOf(id)}px`))
    .join(' ');
  return { ids, template, gap, edge, narrow };
};
