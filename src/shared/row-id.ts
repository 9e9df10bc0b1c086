import { keyId } from './process-key.js';
import type { ProcessKey } from './types.js';

const ids = new WeakMap<ProcessKey, string>();

/** `keyId`, made once for each key object: a row keeps its key from look to look, and a thousand rows are asked several times at each. */
export const rowId = (key: ProcessKey): string => {
  const kept = ids.get(key);
  if (kept !== undefined) return kept;
  const id = keyId(key);
  ids.set(key, id);
  return id;
};
