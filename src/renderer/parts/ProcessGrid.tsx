import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import { type FocusEvent, type MouseEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { formatAge, UNKNOWN } from '../../shared/format.js';
import { fitColumns } from '../columns.js';
import { useWords } from '../i18n.js';
import { tableScroll } from '../place.js';
import { neighbour, type Row, range } from '../select.js';
import { useShown } from '../store.js';
import { clearSelection, selectOnly, selectRange, toggleSelected, useView } from '../view.js';
import { GridHead } from './GridHead.js';
import { gridKey } from './grid-keys.js';
import { ProcessRow } from './ProcessRow.js';
import { useColumnWidths } from './use-column-widths.js';

const ROW_PX = 28;
/** Rows beyond either edge that are drawn too, so that a turn of the wheel meets none that is missing. Each costs at every look. */
const OVERSCAN = 4;

interface ProcessGridProps {
  readonly rows: readonly Row[];
  readonly tree: boolean;
  readonly stale: boolean;
  readonly onPointer: (inside: boolean) => void;
  readonly onKeyboard: (inside: boolean) => void;
}

const rowIdOf = (target: EventTarget | null): string | null =>
  target instanceof Element ? (target.closest('[data-row]')?.getAttribute('data-row') ?? null) : null;

/** Time since a moment at the last look, as text: `now` in place of less than a second. */
const since = (atMs: number | null, takenAtMs: number | null, now: string | null): string => {
  if (takenAtMs === null || atMs === null) return UNKNOWN;
  return now !== null && takenAtMs - atMs < 1000 ? now : formatAge(takenAtMs - atMs);
};

/** The room that the rows have, and what the scrollbar takes of the pane; px. */
const useRoom = (scroller: React.RefObject<HTMLElement | null>): { readonly width: number; readonly bar: number } => {
  const [room, setRoom] = useState({ width: 1040, bar: 0 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = (): void => setRoom({ width: element.clientWidth, bar: element.offsetWidth - element.clientWidth });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);
  return room;
};

/** The table: heads, and as many rows as are in view. One tab stop; the keys are in grid-keys.ts. */
export const ProcessGrid = ({ rows, tree, stale, onPointer, onKeyboard }: ProcessGridProps) => {
  const say = useWords();
  const scroller = useRef<HTMLDivElement>(null);
  const focused = useView((view) => view.focused);
  // Asked for here and not in each row: thirty rows with questions of their own cost more at a look than what they show.
  const selected = useView((view) => view.selected);
  const target = useView((view) => view.menu?.id ?? null);
  const fresh = useShown((shown) => shown.fresh);
  const takenAtMs = useShown((shown) => shown.app?.snapshot?.takenAtMs ?? null);
  const nowWord = say('ui.row.now');
  const chosen = useView((view) => view.columns);
  const widths = useColumnWidths();
  const room = useRoom(scroller);
  const fitted = useMemo(() => fitColumns(chosen, widths, room.width), [chosen, widths, room.width]);
  const ids = useMemo(() => rows.map((row) => row.id), [rows]);
  const focusedIndex = focused === null ? -1 : ids.indexOf(focused);
  const currentIndex = focusedIndex >= 0 ? focusedIndex : ids.length > 0 ? 0 : -1;
  const current = ids[currentIndex] ?? null;

  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    initialOffset: () => tableScroll.top,
    // Without keys of their own: all are alike in height, and a list of keys would be gone through at every look.
    overscan: OVERSCAN,
    // The row that has focus stays, wherever the list is scrolled to.
    rangeExtractor: useCallback(
      (shown: Range) => [...new Set([...defaultRangeExtractor(shown), ...(currentIndex >= 0 ? [currentIndex] : [])])].sort((a, b) => a - b),
      [currentIndex],
    ),
  });

  // Focus follows the row's identity. A row that dies hands it to its neighbour at once, while it is still there to be seen.
  const before = useRef<readonly string[]>([]);
  const hasFocus = useRef(false);
  useEffect(() => {
    const { focused: at, selected, anchor } = useView.getState();
    const last = before.current;
    before.current = ids;
    if (at === null && selected.size === 0) return;
    const living = new Set(rows.filter((row) => !row.gone).map((row) => row.id));
    if (at !== null && !living.has(at)) useView.setState({ focused: neighbour(last.includes(at) ? last : ids, at, living) });
    const still = [...selected].filter((id) => living.has(id));
    if (still.length < selected.size)
      useView.setState({ selected: new Set(still), anchor: anchor !== null && living.has(anchor) ? anchor : null });
  }, [rows, ids]);

  useLayoutEffect(() => {
    const active = document.activeElement;
    const inside = scroller.current?.contains(active) || (hasFocus.current && active === document.body);
    if (!inside || current === null || rowIdOf(active) === current) return;
    virtualizer.scrollToIndex(currentIndex);
    scroller.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(current)}"]`)?.focus({ preventScroll: true });
  }, [current, currentIndex, virtualizer]);

  const reveal = useView((view) => view.reveal);
  useLayoutEffect(() => {
    const at = reveal === null ? -1 : ids.indexOf(reveal);
    if (at < 0) return;
    virtualizer.scrollToIndex(at, { align: 'center' });
    useView.setState({ reveal: null });
  }, [reveal, ids, virtualizer]);

  const focusIn = (event: FocusEvent<HTMLElement>): void => {
    hasFocus.current = true;
    onKeyboard(event.target.matches(':focus-visible'));
    const id = rowIdOf(event.target);
    if (id !== null && id !== useView.getState().focused) useView.setState({ focused: id });
  };
  const focusOut = (event: FocusEvent<HTMLElement>): void => {
    if (event.currentTarget.contains(event.relatedTarget)) return;
    if (event.relatedTarget !== null) hasFocus.current = false;
    onKeyboard(false);
  };

  const press = (event: MouseEvent<HTMLElement>): void => {
    const id = rowIdOf(event.target);
    if (event.button !== 0 || (event.target instanceof Element && event.target.closest('button, .twist'))) return;
    if (id === null) clearSelection();
    else if (event.shiftKey) selectRange(range(ids, useView.getState().anchor, id), id);
    else if (event.ctrlKey || event.metaKey) toggleSelected(id);
    else selectOnly(id);
  };

  const menu = (event: MouseEvent<HTMLElement>): void => {
    const id = rowIdOf(event.target);
    if (id === null) return;
    event.preventDefault();
    if (!useView.getState().selected.has(id)) selectOnly(id);
    // The menu key gives no place of the pointer: open at the row then.
    const box = event.target instanceof Element ? event.target.closest('[data-row]')?.getBoundingClientRect() : undefined;
    const byKey = event.button !== 2 && box !== undefined;
    useView.setState({ menu: { id, x: byKey ? box.left + 40 : event.clientX, y: byKey ? box.bottom : event.clientY, byKey } });
  };

  return (
    // The tab stop is one of its rows
    <div
      className={`grid ${stale ? 'is-stale' : ''} ${fitted.narrow ? 'is-narrow' : ''}`}
      role="treegrid"
      aria-label={say('ui.grid.label')}
      aria-multiselectable="true"
      aria-rowcount={rows.length + 1}
      style={{ '--cols': fitted.template, '--col-gap': `${fitted.gap}px`, '--edge': `${fitted.edge}px`, '--bar-px': `${room.bar}px` }}
    >
      <GridHead columns={fitted.ids} />
      <div
        ref={scroller}
        className="rows"
        role="rowgroup"
        onPointerEnter={() => onPointer(true)}
        onPointerLeave={() => onPointer(false)}
        onFocus={focusIn}
        onBlur={focusOut}
        onMouseDown={press}
        onContextMenu={menu}
        onScroll={({ currentTarget }) => {
          tableScroll.top = currentTarget.scrollTop;
        }}
        onDoubleClick={(event) => {
          const id = rowIdOf(event.target);
          if (id !== null && !(event.target instanceof Element && event.target.closest('button'))) useView.setState({ details: id });
        }}
        onKeyDown={(event) => {
          const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? ROW_PX) / ROW_PX) - 1);
          if (event.altKey || !gridKey(event, rows, page)) return;
          event.preventDefault();
          event.stopPropagation();
        }}
      >
        <div role="none" style={{ height: rows.length * ROW_PX }}>
          {virtualizer.getVirtualItems().map((item) => {
            const row = rows[item.index];
            return row ? (
              <ProcessRow
                key={row.id}
                row={row}
                columns={fitted.ids}
                tree={tree}
                index={item.index}
                top={item.start}
                current={row.id === current}
                selected={selected.has(row.id)}
                target={row.id === target}
                fresh={fresh.has(row.id)}
                age={since(row.view.startedAtMs, takenAtMs, null)}
                active={since(row.view.lastActiveMs, takenAtMs, nowWord)}
              />
            ) : null;
          })}
        </div>
      </div>
    </div>
  );
};
