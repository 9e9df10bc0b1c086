import type { KeyboardEvent } from 'react';
import { TABS } from '../../shared/api.js';
import { useWords } from '../i18n.js';
import { tabAfter, useTab } from '../tab.js';

/** The list of tabs: one tab stop, arrows move along it and show what they reach. */
export const Tabs = () => {
  const say = useWords();
  const shown = useTab((state) => state.tab);
  const press = (event: KeyboardEvent<HTMLElement>): void => {
    const to = event.ctrlKey || event.altKey || event.metaKey ? null : tabAfter(event.key, shown);
    if (to === null) return;
    event.preventDefault();
    useTab.setState({ tab: to });
    event.currentTarget.querySelector<HTMLElement>(`#tab-${to}`)?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label={say('ui.tabs')} onKeyDown={press}>
      {TABS.map((tab, index) => (
        <button
          key={tab}
          type="button"
          className="tab"
          id={`tab-${tab}`}
          role="tab"
          aria-selected={tab === shown}
          aria-controls={tab === shown ? `panel-${tab}` : undefined}
          tabIndex={tab === shown ? 0 : -1}
          data-tip={`Ctrl ${index + 1}`}
          onClick={() => useTab.setState({ tab })}
        >
          {say(`ui.tab.${tab}`)}
        </button>
      ))}
    </div>
  );
};
