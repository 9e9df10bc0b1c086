import { useEffect } from 'react';
import type { TabId } from '../shared/api.js';
import { TABS } from '../shared/api.js';
import { refreshNow, togglePause } from './commands.js';
import { useConfig } from './config-view.js';
import { askToEnd, askToPause, useEnding } from './ending.js';
import { setLogFilter, useLog } from './log-view.js';
import { closeDetails } from './parts/Details.js';
import { hasPending, undoEnd } from './quiet-end.js';
import { useTab } from './tab.js';
import { keysToEnd, rowsToActOn } from './targets.js';
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

/** The same in the log: the details of a line, then the search. */
const closeInLog = (): void => {
  if (useLog.getState().open !== null) useLog.setState({ open: null });
  else setLogFilter({ text: '' });
};

const clearConfigSearch = (): void => useConfig.setState({ query: '' });

const showTab = (tab: TabId): void => {
  useTab.setState({ tab });
  document.querySelector<HTMLElement>(`#tab-${tab}`)?.focus();
};

const focusSearch = (): void => {
  const field = document.querySelector<HTMLInputElement>('#search');
  field?.focus();
  field?.select();
};

/** What Escape does in each tab; null = nothing. */
const CLOSES: Readonly<Record<TabId, (() => void) | null>> = {
  monitor: closeOne,
  analytics: null,
  config: clearConfigSearch,
  logs: closeInLog,
};

/** What a key means for the whole window, or null when it means nothing here. */
const meaningOf = (event: KeyboardEvent): (() => void) | null => {
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (event.key === 'F5' || (command && key === 'r')) return () => void refreshNow();
  if (isCovered()) return null;
  if (command && key === 'z' && !isTyping(event.target) && hasPending()) return () => void undoEnd();
  if (command && key === 'f') return focusSearch;
  const tab = command && !event.shiftKey ? TABS[Number(key) - 1] : undefined;
  if (tab) return () => showTab(tab);
  // What acts on rows is the Monitor's: nothing is ended out of a table that is not seen.
  const onMonitor = useTab.getState().tab === 'monitor';
  if (onMonitor && command && key === 'e') return () => void askToEnd(keysToEnd(), false);
  if (onMonitor && command && key === 'k') return () => void askToEnd(keysToEnd(), true);
  if (onMonitor && command && event.shiftKey && key === 'p') return () => void askToPause(rowsToActOn());
  if (event.key === 'Escape') return CLOSES[useTab.getState().tab];
  if (command && event.key === ',') return () => showTab('config');
  if (isTyping(event.target) || command || event.altKey) return null;
  if (event.key === '/') return focusSearch;
  if (event.key === '?') return () => useView.setState({ dialog: 'shortcuts' });
  if (event.key === ' ' && !takesSpace(event.target)) return () => void togglePause();
  if (onMonitor && event.key === 'Delete') return () => void askToEnd(keysToEnd(), event.shiftKey);
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
