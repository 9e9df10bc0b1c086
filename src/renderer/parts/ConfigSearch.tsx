import { useConfig } from '../config-view.js';
import { useWords } from '../i18n.js';
import { Icon } from './Icon.js';

const clear = (): void => useConfig.setState({ query: '' });

/** The text that the settings are searched for. */
export const ConfigSearch = () => {
  const say = useWords();
  const query = useConfig((config) => config.query);
  return (
    <search className="field search">
      <Icon name="search" size="sm" />
      <input
        id="search"
        type="search"
        aria-label={say('ui.config.search')}
        placeholder={say('ui.config.search')}
        value={query}
        maxLength={256}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => useConfig.setState({ query: event.target.value })}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || query === '') return;
          event.preventDefault();
          event.stopPropagation();
          clear();
        }}
      />
      {query === '' ? (
        <kbd className="kbd">{say('ui.key.ctrlF')}</kbd>
      ) : (
        <button type="button" className="icon-btn" aria-label={say('ui.search.clear')} data-tip={say('ui.search.clear')} onClick={clear}>
          <Icon name="close" size="sm" />
        </button>
      )}
    </search>
  );
};
