import { useDeferredValue, useEffect, useState } from 'react';
import { useWords } from '../i18n.js';
import { setFilter, useView } from '../view.js';
import { SearchField } from './SearchField.js';

/** The text that the processes are searched for. Typing never waits for a long table: the rows follow. */
export const MonitorSearch = () => {
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
  return <SearchField label={say('ui.search.label')} text={text} onText={setText} maxLength={256} />;
};
