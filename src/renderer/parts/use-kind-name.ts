import type { ProcessView } from '../../shared/types.js';
import { type Say, useWords } from '../i18n.js';

type KindName = (view: Pick<ProcessView, 'kind'>) => string;

const names = new WeakMap<Say, KindName>();

/** A process's kind in the reader's words; the same function to everybody, so that what is worked out with it is worked out once. */
export const useKindName = (): KindName => {
  const say = useWords();
  const kept = names.get(say);
  if (kept) return kept;
  const name: KindName = (view) => say(`kind.${view.kind}`);
  names.set(say, name);
  return name;
};
