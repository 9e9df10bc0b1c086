import type { KeyboardEvent } from 'react';
import { askToEnd } from '../ending.js';
import { indexAfter } from '../move.js';
import { type Row, range } from '../select.js';
import { keysToEnd } from '../targets.js';
import { clearSelection, expand, selectOnly, selectRange, toggleSelected, useView } from '../view.js';

const SELECTS = ['ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown'];

const buttonsOf = (row: Element): readonly HTMLElement[] => [...row.querySelectorAll<HTMLElement>('.c-actions button')];

/** Left and right: fold and unfold, go to the session or its first child, and along the row's own buttons. */
const sideways = (event: KeyboardEvent<HTMLElement>, rows: readonly Row[], at: number, row: Row): boolean => {
  const right = event.key === 'ArrowRight';
  const element = event.target instanceof Element ? event.target.closest('[data-row]') : null;
  const buttons = element ? buttonsOf(element) : [];
  const button = document.activeElement instanceof HTMLElement ? buttons.indexOf(document.activeElement) : -1;
  if (button >= 0) {
    const next = buttons[button + (right ? 1 : -1)];
    if (next) next.focus();
    else if (!right && element instanceof HTMLElement) element.focus();
    return true;
  }
  if (right) {
    if (row.expanded === false) expand(row.id, true);
    else buttons[0]?.focus();
    return true;
  }
  if (row.expanded && !row.context) expand(row.id, false);
  else if (row.parentId) selectOnly(row.parentId);
  else return at >= 0 && rows.length > 0;
  return true;
};

/** What the keys do in the rows. Returns whether the key was one of them. */
export const gridKey = (event: KeyboardEvent<HTMLElement>, rows: readonly Row[], page: number): boolean => {
  const { focused, anchor, selected } = useView.getState();
  const ids = rows.map((row) => row.id);
  const at = focused === null ? -1 : ids.indexOf(focused);
  const row = rows[at];
  const command = event.ctrlKey || event.metaKey;
  const onRow = event.target instanceof Element && event.target.matches('[data-row]');

  if (command && event.key.toLowerCase() === 'a') {
    selectRange(ids, focused ?? ids[0] ?? '');
    return true;
  }
  if (SELECTS.includes(event.key)) {
    if (event.key === 'ArrowUp' && at <= 0 && !event.shiftKey) {
      const head = document.querySelector<HTMLElement>('.thead [aria-sort] button') ?? document.querySelector<HTMLElement>('.thead button');
      head?.focus();
      return true;
    }
    const to = indexAfter(event.key, at, rows.length, page);
    const id = to === null ? undefined : ids[to];
    if (id === undefined) return true;
    if (event.shiftKey) {
      if (anchor === null) useView.setState({ anchor: focused ?? id });
      selectRange(range(ids, anchor ?? focused, id), id);
    } else if (command) useView.setState({ focused: id });
    else selectOnly(id);
    return true;
  }
  if (!row) return false;
  if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') return sideways(event, rows, at, row);
  if (event.key === 'Enter' && onRow) {
    useView.setState({ details: row.id });
    return true;
  }
  if (event.key === ' ' && command) {
    toggleSelected(row.id);
    return true;
  }
  if (event.key === 'Delete') {
    void askToEnd(keysToEnd(), event.shiftKey);
    return true;
  }
  if (event.key === 'Escape' && !onRow) {
    if (event.target instanceof Element) event.target.closest<HTMLElement>('[data-row]')?.focus();
    return true;
  }
  if (event.key === 'Escape' && selected.size > 0 && useView.getState().details === null && useView.getState().filter.query === '') {
    clearSelection();
    return true;
  }
  return false;
};
