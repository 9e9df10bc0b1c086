import { useWords } from '../i18n.js';
import { setLogFilter, useLog } from '../log-view.js';
import { focusedRow } from './grid-focus.js';
import { Icon } from './Icon.js';

/** The text that the log is searched for. */
export const LogSearch = () => {
  const say = useWords();
  const text = useLog((log) => log.filter.text ?? '');
  const leave = (): void => focusedRow()?.focus();
  return (
    <search className="field search">
      <Icon name="search" size="sm" />
      <input
        id="search"
        type="search"
        aria-label={say('ui.log.search')}
        placeholder={say('ui.log.search')}
        value={text}
        maxLength={512}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setLogFilter({ text: event.target.value })}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' && event.key !== 'Escape') return;
          event.preventDefault();
          event.stopPropagation();
          if (event.key === 'Escape' && text !== '') setLogFilter({ text: '' });
          else leave();
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
          onClick={() => setLogFilter({ text: '' })}
        >
          <Icon name="close" size="sm" />
        </button>
      )}
    </search>
  );
};
