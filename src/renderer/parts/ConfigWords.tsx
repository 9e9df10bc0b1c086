import { useState } from 'react';
import { cleanText } from '../../shared/redact.js';
import type { SettingKey } from '../../shared/settings.js';
import { fits, SETTINGS } from '../../shared/settings.js';
import { updateConfig } from '../config-view.js';
import { useWords } from '../i18n.js';
import { Icon } from './Icon.js';

/** A list of texts that can be added to and taken from. */
export const ConfigWords = ({ id, words, name }: { readonly id: SettingKey; readonly words: readonly string[]; readonly name: string }) => {
  const say = useWords();
  const [text, setText] = useState('');
  const next = [...new Set([...words, text.trim()])];
  const can = text.trim() !== '' && fits(SETTINGS[id], next);
  const change = (value: readonly string[]): void => void updateConfig([{ at: 'global', key: id, value: [...value] }]);
  const add = async (): Promise<void> => {
    if (can && (await updateConfig([{ at: 'global', key: id, value: next }]))) setText('');
  };
  return (
    <div className="words">
      {words.map((word) => (
        <span className="tag" key={word}>
          <span className="clip">{cleanText(word, 256)}</span>
          <button
            type="button"
            className="icon-btn"
            aria-label={say('ui.config.remove', { name: cleanText(word, 256) })}
            onClick={() => change(words.filter((one) => one !== word))}
          >
            <Icon name="close" size="sm" />
          </button>
        </span>
      ))}
      <form
        className="add"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <span className="field">
          <input
            type="text"
            aria-label={say('ui.config.addTo', { name })}
            placeholder={say('ui.config.addWord')}
            maxLength={256}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </span>
        <button type="submit" className="btn sm" aria-disabled={!can}>
          {say('ui.config.add')}
        </button>
      </form>
    </div>
  );
};
