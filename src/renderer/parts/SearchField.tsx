import { useDeferredValue, useEffect, useState } from 'react';
import { useWords } from '../i18n.js';
import { setFilter, useView } from '../view.js';
import { focusedRow } from './grid-focus.js';
import { Icon } from './Icon.js';

/** The text query. Typing never waits for a long table: the rows follow. */
export const SearchField = () => {
  const say = useWords();
  const query = useView((view) => view.filter.query);
  const [text, setText] = useState(query);
  const deferred = useDeferredValue(text);
  useEffect(() => {
    if (deferred !== useView.getState().filter.query) setFilter({ query: deferred });
  }, [deferred]);
  useEffect(() => {
    // Cleared from elsewhere.
    if (query === '') setText('');
  }, [query]);
  return (
    <search className="field search">
      <Icon name="search" size="sm" />
      <input
        id="search"
        type="search"
        aria-label={say('ui.search.label')}
        placeholder={say('ui.search.label')}
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') {
            event.preventDefault();
            focusedRow()?.focus();
          } else if (event.key === 'Escape' && text !== '') {
            event.stopPropagation();
            setText('');
          } else if (event.key === 'Escape') {
            event.stopPropagation();
            focusedRow()?.focus();
          }
        }}
      />
      {text === '' ? (
        <kbd className="kbd">{say('ui.key.ctrlF')}</kbd>
      ) : (
        <button
          type="button"
          className="icon-btn"
          aria-label={say('ui.search.clear')}
          data-tip={say('ui.search.clear')}
          onClick={() => setText('')}
        >
          <Icon name="close" size="sm" />
        </button>
      )}
    </search>
  );
};
