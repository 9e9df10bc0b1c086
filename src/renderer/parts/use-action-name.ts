import { LOG_ACTIONS } from '../../shared/log-line.js';
import { useWords } from '../i18n.js';

/** The words for an action of the log; one that is not known stands as it is. */
export const useActionName = (): ((action: string) => string) => {
  const say = useWords();
  return (action) => (LOG_ACTIONS.some((known) => known === action) ? say(`log.action.${action}`) : action);
};
