import { useCallback } from 'react';
import type { ProcessView } from '../../shared/types.js';
import { useWords } from '../i18n.js';

/** A process's kind in the reader's words. */
export const useKindName = (): ((view: Pick<ProcessView, 'kind'>) => string) => {
  const say = useWords();
  return useCallback((view) => say(`kind.${view.kind}`), [say]);
};
