import { useWords } from '../i18n.js';
import { focusedRow } from './grid-focus.js';
import { Icon } from './Icon.js';

interface SearchFieldProps {
  /** Names the field and stands in it while it is empty. */
  readonly label: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly maxLength: number;
}

/** The field that Ctrl+F goes to. Escape empties it, then goes back to the table, as the arrow down does. */
export const SearchField = ({ label, text, onText, maxLength }: SearchFieldProps) => {
  const say = useWords();
  const clear = (): void => onText('');
  return (
    <search className="field search">
      <Icon name="search" size="sm" />
      <input
        id="search"
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        maxLength={maxLength}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' && event.key !== 'Escape') return;
          event.preventDefault();
          event.stopPropagation();
          if (event.key === 'Escape' && text !== '') clear();
          else focusedRow()?.focus();
        }}
      />
      {text === '' ? (
        <kbd className="kbd">{say('ui.key.ctrlF')}</kbd>
      ) : (
        <button type="button" className="icon-btn" aria-label={say('ui.search.clear')} data-tip={say('ui.search.clear')} onClick={clear}>
          <Icon name="close" size="sm" />
        </button>
      )}
    </search>
  );
};
