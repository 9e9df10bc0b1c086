import type { Edit } from '../../shared/config-edit.js';
import { cleanText } from '../../shared/redact.js';
import { useWords } from '../i18n.js';

/** What a change is about, in words. */
export const useEditName = (): ((edit: Edit) => string) => {
  const say = useWords();
  return (edit) => {
    if (edit.at === 'global') return say(`ui.config.set.${edit.key}.name`);
    if (edit.at === 'user') return `${cleanText(edit.user, 64)}: ${say(`ui.config.field.${edit.key}`)}`;
    if (edit.at === 'unknown') return say('ui.config.unknownKey', { key: cleanText(edit.path.join('.'), 200) });
    return say(edit.on ? 'ui.config.ruleAdded' : 'ui.config.ruleGone', {
      by: say(`ui.config.by.${edit.rule.by}`),
      value: cleanText(edit.rule.value, 200),
    });
  };
};
