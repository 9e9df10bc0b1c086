import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useWords } from '../i18n.js';
import { rowAt } from '../log-pages.js';
import { logScroll, readRange, useLog } from '../log-view.js';
import { indexAfter } from '../move.js';
import { createRowSlots } from '../row-slots.js';
import { Icon } from './Icon.js';
import { LogLine } from './LogLine.js';

const ROW_PX = 28;
const HEADS = ['when', 'level', 'action', 'target', 'user', 'freed', 'outcome'] as const;

const placeOf = (target: EventTarget | null): number | null => {
  const name = target instanceof Element ? target.closest('[data-row]')?.getAttribute('data-row') : null;
  return name ? Number(name) : null;
};

const toggleOpen = (place: number): void => useLog.setState(({ open }) => ({ open: open === place ? null : place, focused: place }));

const Head = () => {
  const say = useWords();
  return (
    <div role="rowgroup">
      <div className="thead" role="row" aria-rowindex={1}>
        {HEADS.map((id) => (
          <div
            key={id}
            role="columnheader"
            className={id === 'freed' ? 'num' : id === 'user' ? 'c-luser' : ''}
            aria-sort={id === 'when' ? 'descending' : undefined}
          >
            <span className="clip">{say(`ui.log.head.${id}`)}</span>
            {id === 'when' && <Icon name="desc" />}
          </div>
        ))}
      </div>
    </div>
  );
};

/** The lines that pass the filter, newest first: only those in view are there, and only those around it are fetched. */
export const LogGrid = ({ following, year }: { readonly following: boolean; readonly year: number }) => {
  const say = useWords();
  const scroller = useRef<HTMLDivElement>(null);
  const pages = useLog((log) => log.pages);
  const open = useLog((log) => log.open);
  const focused = useLog((log) => log.focused);
  const filter = useLog((log) => log.filter);
  const { matching } = pages;
  const [widths, setWidths] = useState({ bar: 0, rows: 0 });
  const current = focused !== null && focused < matching ? focused : matching - 1;
  const currentIndex = matching - 1 - current;

  const virtualizer = useVirtualizer({
    count: matching,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
    initialOffset: () => (logScroll.below === null ? 0 : Math.max(0, matching * ROW_PX - logScroll.below)),
    getItemKey: useCallback((index: number) => matching - 1 - index, [matching]),
    rangeExtractor: useCallback(
      (shown: Range) => [...new Set([...defaultRangeExtractor(shown), ...(currentIndex >= 0 ? [currentIndex] : [])])].sort((a, b) => a - b),
      [currentIndex],
    ),
  });
  const items = new Map(virtualizer.getVirtualItems().map((item) => [matching - 1 - item.index, item]));
  const [assign] = useState(createRowSlots);
  const slots = assign([...items.keys()], virtualizer.isScrolling);
  const first = virtualizer.range?.startIndex ?? 0;
  const last = virtualizer.range?.endIndex ?? 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `pages` stands for what may be missing by now
  useEffect(() => void readRange(first, last), [first, last, pages]);

  // Another filter begins at its newest line. New lines push down what is read only while they are followed.
  const before = useRef({ matching, filter });
  useLayoutEffect(() => {
    const element = scroller.current;
    const grown = matching - before.current.matching;
    const sameFilter = before.current.filter === filter;
    before.current = { matching, filter };
    if (!element) return;
    if (!sameFilter) element.scrollTop = 0;
    else if (grown > 0 && !following) element.scrollTop += grown * ROW_PX;
  }, [matching, filter, following]);

  // A closed row is one row high again, wherever it is by now.
  useEffect(() => {
    if (open === null) return;
    return () => {
      const index = useLog.getState().pages.matching - 1 - open;
      if (index >= 0) virtualizer.resizeItem(index, ROW_PX);
    };
  }, [open, virtualizer]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = (): void => setWidths({ bar: element.offsetWidth - element.clientWidth, rows: element.clientWidth });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const focusOn = (index: number): void => {
    const place = matching - 1 - index;
    useLog.setState({ focused: place });
    virtualizer.scrollToIndex(index);
  };
  // The row with the tab stop is always there; it takes the keyboard along when the stop moves.
  useLayoutEffect(() => {
    const active = document.activeElement;
    if (!scroller.current?.contains(active) || placeOf(active) === current || !active?.matches('[data-row]')) return;
    scroller.current.querySelector<HTMLElement>(`[data-row="${current}"]`)?.focus({ preventScroll: true });
  });

  const press = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const onRow = event.target instanceof Element && event.target.matches('[data-row]');
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? ROW_PX) / ROW_PX) - 1);
    const to = onRow ? indexAfter(event.key, currentIndex, matching, page) : null;
    if (to !== null) focusOn(to);
    else if (onRow && event.key === 'Enter') toggleOpen(current);
    else if (onRow && event.key === 'ArrowRight') useLog.setState({ open: current });
    else if (onRow && event.key === 'ArrowLeft') useLog.setState({ open: null });
    else if (event.key === 'Escape' && open !== null) {
      useLog.setState({ open: null, focused: open });
      scroller.current?.querySelector<HTMLElement>(`[data-row="${open}"]`)?.focus({ preventScroll: true });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const click = (event: MouseEvent<HTMLElement>): void => {
    const place = placeOf(event.target);
    // Text that is being selected is not a wish to open.
    if (place !== null && window.getSelection()?.isCollapsed !== false) toggleOpen(place);
  };
  const scroll = (): void => {
    const top = scroller.current?.scrollTop ?? 0;
    const { follow } = useLog.getState();
    logScroll.below = top <= ROW_PX / 2 ? null : matching * ROW_PX - top;
    if (top <= 1 && !follow) useLog.setState({ follow: true });
    else if (top > ROW_PX / 2 && follow) useLog.setState({ follow: false });
  };

  return (
    <div
      className="grid logs"
      role="treegrid"
      aria-label={say('ui.log.label')}
      aria-rowcount={matching + 1}
      style={{ '--bar-px': `${widths.bar}px`, ...(widths.rows > 0 ? { '--rows-px': `${widths.rows}px` } : {}) }}
    >
      <Head />
      <div
        ref={scroller}
        className="rows"
        role="rowgroup"
        onScroll={scroll}
        onKeyDown={press}
        onClick={click}
        onFocus={(event) => {
          const place = placeOf(event.target);
          if (place !== null && place !== focused) useLog.setState({ focused: place });
        }}
      >
        <div role="none" style={{ height: virtualizer.getTotalSize() }}>
          {slots.map(({ id, place }) => {
            const item = items.get(place);
            if (!item) return null;
            return (
              <div
                role="none"
                key={id}
                ref={place === open ? virtualizer.measureElement : undefined}
                data-index={item.index}
                className={place === open ? 'at is-open' : 'at'}
                style={{ top: item.start }}
              >
                <LogLine
                  row={rowAt(pages, item.index)}
                  place={place}
                  index={item.index}
                  open={place === open}
                  current={place === current}
                  year={year}
                />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
};
