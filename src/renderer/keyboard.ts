import { useEffect } from 'react';
import { refreshNow, togglePause } from './commands.js';
import { askToEnd, useEnding } from './ending.js';
import { closeDetails } from './parts/Details.js';
import { keysToEnd } from './targets.js';
import { clearSelection, setFilter, useView } from './view.js';

/** Whether a key belongs to what has focus: text is being typed, or a control takes Space for itself. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.matches('input, textarea, select, [contenteditable]');
const takesSpace = (target: EventTarget | null): boolean =>
  isTyping(target) ||
  (target instanceof Element && target.closest('button, a, [role="switch"], [role="checkbox"], [role="menuitem"]') !== null);

/** Whether a dialog, a menu or a popover is open; the keys are its own then. */
const isCovered = (): boolean =>
  useEnding.getState().phase === 'open' ||
  useEnding.getState().phase === 'ending' ||
  // One that is on its way out takes no keys any more.
  document.querySelector(':is(.dialog, .menu, .panel)[data-open]') !== null;

/** Closes the details, then clears the search, then the selection: one at a time. */
const closeOne = (): void => {
  const { details, filter, selected } = useView.getState();
  if (details !== null) closeDetails();
  else if (filter.query !== '') setFilter({ query: '' });
  else if (selected.size > 0) clearSelection();
};

const focusSearch = (): void => {
  const field = document.querySelector<HTMLInputElement>('#search');
  field?.focus();
  field?.select();
};

/** What a key means for the whole window, or null when it means nothing here. */
const meaningOf = (event: KeyboardEvent): (() => void) | null => {
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (event.key === 'F5' || (command && key === 'r')) return () => void refreshNow();
  if (isCovered()) return null;
  if (command && key === 'f') return focusSearch;
  if (command && key === '1') return () => document.querySelector<HTMLElement>('#tab-monitor')?.focus();
  if (command && key === 'e') return () => void askToEnd(keysToEnd(), false);
  if (command && key === 'k') return () => void askToEnd(keysToEnd(), true);
  if (event.key === 'Escape') return closeOne;
  if (isTyping(event.target) || command || event.altKey) return null;
  if (event.key === '/') return focusSearch;
  if (event.key === '?') return () => useView.setState({ dialog: 'shortcuts' });
  if (event.key === ' ' && !takesSpace(event.target)) return () => void togglePause();
  if (event.key === 'Delete') return () => void askToEnd(keysToEnd(), event.shiftKey);
  return null;
};

/** The keys that work wherever focus is. */
export const useShortcuts = (): void => {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented) return;
      const act = meaningOf(event);
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
};
