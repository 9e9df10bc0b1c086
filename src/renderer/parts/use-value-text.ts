import type { Edit } from '../../shared/config-edit.js';
import { formatNumber } from '../../shared/format.js';
import { cleanText } from '../../shared/redact.js';
import { SETTINGS } from '../../shared/settings.js';
import { UNITS } from '../config-groups.js';
import { useLanguage, useWords } from '../i18n.js';

/** A setting's value in words, with its unit. */
export const useValueText = (): ((edit: Edit, value: unknown) => string) => {
  const say = useWords();
  const language = useLanguage();
  return (edit, value) => {
    if (value === undefined) return say('ui.config.none');
    if (edit.at === 'unknown') return cleanText(JSON.stringify(value) ?? '', 120);
    if (typeof value === 'boolean') return say(value ? 'ui.config.on' : 'ui.config.off');
    if (Array.isArray(value)) return value.length === 0 ? say('ui.config.none') : cleanText(value.join(', '), 300);
    if (typeof value === 'number') {
      const figure = formatNumber(value, language, Number.isInteger(value) ? 0 : 2);
      const unit = edit.at === 'global' ? UNITS[edit.key] : undefined;
      return unit === undefined ? figure : `${figure} ${say(`ui.config.unit.${unit}`)}`;
    }
    const word = cleanText(String(value), 64);
    if (edit.at === 'global' && SETTINGS[edit.key].type === 'choice') return say(`ui.config.word.${edit.key}.${word}`);
    return edit.at === 'user' ? say(`ui.config.field.${edit.key}Word.${word}`) : word;
  };
};
