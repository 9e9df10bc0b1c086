import { type MouseEvent, memo } from 'react';
import type { ProcessKey, ProcessView } from '../../shared/types.js';
import type { ColumnId } from '../columns.js';
import { askToEnd } from '../ending.js';
import { sayFrom, useWords } from '../i18n.js';
import type { Row } from '../select.js';
import { useView } from '../view.js';
import { Cell } from './cells.js';
import { Icon } from './Icon.js';

export interface ProcessRowProps {
  readonly row: Row;
  readonly columns: readonly ColumnId[];
  readonly tree: boolean;
  /** Place in the list, from 0, and its distance from the top in px. */
  readonly index: number;
  readonly top: number;
  /** Whether this row holds the grid's tab stop. */
  readonly current: boolean;
  readonly selected: boolean;
  /** Whether the open menu is this row's. */
  readonly target: boolean;
  /** Whether it came a moment ago. */
  readonly fresh: boolean;
  /** How long ago it was started, and was last seen at work, as text. */
  readonly age: string;
  readonly active: string;
}

const openMenu = (event: MouseEvent<HTMLElement>, id: string): void => {
  const box = event.currentTarget.getBoundingClientRect();
  // A press of the keyboard comes as a click without a count.
  useView.setState({ menu: { id, x: box.right, y: box.bottom, byKey: event.detail === 0 }, focused: id });
};

type ActionsProps = Pick<Row, 'id' | 'gone'> & Pick<ProcessView, 'refusal' | 'name'> & { readonly target: ProcessKey };

const Actions = memo(({ id, gone, name, target: key, refusal: why }: ActionsProps) => {
  const say = useWords();
  const refusal = why ? sayFrom(say, 'refusal', why) : null;
  const end = say('ui.action.endNamed', { name });
  return (
    <div role="gridcell" className="c-actions">
      <button
        type="button"
        className="icon-btn end"
        tabIndex={-1}
        aria-disabled={refusal !== null || gone}
        aria-label={refusal === null ? end : `${end} ${refusal}`}
        data-tip={refusal ?? say('ui.action.end')}
        onClick={(event) => {
          event.stopPropagation();
          if (refusal === null && !gone) void askToEnd([key], false);
        }}
      >
        <Icon name="end" />
      </button>
      <button
        type="button"
        className="icon-btn"
        tabIndex={-1}
        aria-haspopup="menu"
        aria-label={say('ui.action.more', { name })}
        data-tip={say('ui.action.moreTip')}
        onClick={(event) => {
          event.stopPropagation();
          openMenu(event, id);
        }}
      >
        <Icon name="more" />
      </button>
    </div>
  );
});

const sameRow = (a: ProcessRowProps, b: ProcessRowProps): boolean =>
  a.row.view === b.row.view &&
  a.row.level === b.row.level &&
  a.row.children === b.row.children &&
  a.row.expanded === b.row.expanded &&
  a.row.gone === b.row.gone &&
  a.row.parentUser === b.row.parentUser &&
  a.row.position === b.row.position &&
  a.row.siblings === b.row.siblings &&
  a.columns === b.columns &&
  a.tree === b.tree &&
  a.index === b.index &&
  a.top === b.top &&
  a.current === b.current &&
  a.selected === b.selected &&
  a.target === b.target &&
  a.fresh === b.fresh &&
  a.age === b.age &&
  a.active === b.active;

/** One process, or one session with all it owns. Drawn again only when something of it changed. */
export const ProcessRow = memo(({ row, columns, tree, index, top, current, selected, target, fresh, age, active }: ProcessRowProps) => {
  const { view } = row;
  const wholeTree = tree && row.level === 1;
  const name = [
    'row',
    row.level > 1 ? 'child' : '',
    row.level > 1 && row.position === row.siblings ? 'last' : '',
    selected ? 'is-selected' : '',
    target ? 'is-target' : '',
    fresh ? 'is-new' : 'was-new',
    row.gone ? 'is-gone' : '',
  ];
  return (
    <div
      role="row"
      className={name.filter(Boolean).join(' ')}
      style={{ top }}
      tabIndex={current ? 0 : -1}
      data-row={row.id}
      data-pid={view.key.pid}
      aria-rowindex={index + 2}
      aria-level={row.level}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-selected={selected}
      aria-expanded={row.expanded ?? undefined}
    >
      {columns.map((column) =>
        column === 'actions' ? (
          <Actions key={column} id={row.id} gone={row.gone} name={view.name} target={view.key} refusal={view.refusal} />
        ) : (
          <Cell
            key={column}
            column={column}
            row={row}
            wholeTree={wholeTree}
            columns={columns}
            since={column === 'age' ? age : column === 'active' ? active : null}
          />
        ),
      )}
    </div>
  );
}, sameRow);
