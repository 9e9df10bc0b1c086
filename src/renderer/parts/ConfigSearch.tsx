import { useConfig } from '../config-view.js';
import { useWords } from '../i18n.js';
import { SearchField } from './SearchField.js';

const setQuery = (query: string): void => useConfig.setState({ query });

/** The text that the settings are searched for. */
export const ConfigSearch = () => {
  const say = useWords();
  const query = useConfig((config) => config.query);
  return <SearchField label={say('ui.config.search')} text={query} onText={setQuery} maxLength={256} />;
};
