import { type KeyboardEvent, memo } from 'react';
import { COLUMNS, type ColumnId, SORT_IDS, type SortId } from '../columns.js';
import { useWords } from '../i18n.js';
import { sortBy, useView } from '../view.js';
import { focusedRow } from './grid-focus.js';
import { Icon } from './Icon.js';

const sortIdOf = (id: ColumnId): SortId | null => SORT_IDS.find((sort) => sort === id) ?? null;

/** Arrows move along the heads and down into the rows; the grid has one tab stop, and it is a row. */
const moveAlong = (event: KeyboardEvent<HTMLElement>): void => {
  const heads = [...event.currentTarget.querySelectorAll<HTMLElement>('button')];
  const at = document.activeElement instanceof HTMLElement ? heads.indexOf(document.activeElement) : -1;
  const to =
    event.key === 'ArrowRight'
      ? heads[at + 1]
      : event.key === 'ArrowLeft'
        ? heads[at - 1]
        : event.key === 'ArrowDown'
          ? focusedRow()
          : undefined;
  if (!to) return;
  event.preventDefault();
  to.focus();
};

/** The heads of the columns; those that sort are buttons. */
export const GridHead = memo(({ columns }: { readonly columns: readonly ColumnId[] }) => {
  const say = useWords();
  const sort = useView((view) => view.sort);
  return (
    <div role="rowgroup">
      <div className="thead" role="row" aria-rowindex={1} tabIndex={-1} onKeyDown={moveAlong}>
        {columns.map((id) => {
          const by = sortIdOf(id);
          const active = by !== null && sort.by === by;
          const label = say(`ui.head.${id}`);
          return (
            <div
              key={id}
              role="columnheader"
              className={`c-${id} ${COLUMNS[id].numeric ? 'num' : ''}`}
              aria-sort={active ? (sort.descending ? 'descending' : 'ascending') : undefined}
            >
              {by === null ? (
                <span className="clip">{label}</span>
              ) : (
                <button type="button" className="sort" tabIndex={-1} data-tip={say(`ui.column.${id}`)} onClick={() => sortBy(by)}>
                  {active && COLUMNS[id].numeric && <Icon name={sort.descending ? 'desc' : 'asc'} />}
                  <span className="clip">{label}</span>
                  {active && !COLUMNS[id].numeric && <Icon name={sort.descending ? 'desc' : 'asc'} />}
                </button>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
});
