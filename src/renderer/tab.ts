import { create } from 'zustand';
import type { TabId } from '../shared/api.js';
import { TABS } from '../shared/api.js';

export const useTab = create<{ readonly tab: TabId }>(() => ({ tab: 'monitor' }));

const STORAGE_KEY = 'claude-manager.tab';

/** The tab that a stored text names; anything else is the first. */
export const parseTab = (text: string | null): TabId => TABS.find((tab) => tab === text) ?? TABS[0];

/** Takes the tab from the page's storage and keeps it there from now on. */
export const rememberTab = (storage: Pick<Storage, 'getItem' | 'setItem'>): void => {
  useTab.setState({ tab: parseTab(storage.getItem(STORAGE_KEY)) });
  useTab.subscribe(({ tab }, before) => {
    if (tab !== before.tab) storage.setItem(STORAGE_KEY, tab);
  });
};

/** The tab that a key moves to from another in the list of tabs, which goes round; null = none of its keys. */
export const tabAfter = (key: string, from: TabId): TabId | null => {
  const at = TABS.indexOf(from);
  const to = key === 'ArrowRight' ? at + 1 : key === 'ArrowLeft' ? at - 1 : key === 'Home' ? 0 : key === 'End' ? TABS.length - 1 : null;
  return to === null ? null : (TABS[(to + TABS.length) % TABS.length] ?? null);
};
