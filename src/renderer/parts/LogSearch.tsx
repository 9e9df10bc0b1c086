import { useWords } from '../i18n.js';
import { setLogFilter, useLog } from '../log-view.js';
import { SearchField } from './SearchField.js';

const setText = (text: string): void => setLogFilter({ text });

/** The text that the log is searched for. */
export const LogSearch = () => {
  const say = useWords();
  const text = useLog((log) => log.filter.text ?? '');
  return <SearchField label={say('ui.log.search')} text={text} onText={setText} maxLength={512} />;
};
