import { keyId } from '../shared/process-key.js';
import { sameList } from '../shared/row-patch.js';
import type { ProcessView } from '../shared/types.js';

/** Which rows came and which went between two looks; nothing when there was no look before. */
export const compareLooks = (
  previous: readonly ProcessView[] | null,
  next: readonly ProcessView[],
): { readonly born: readonly string[]; readonly gone: readonly ProcessView[] } => {
  if (!previous || sameList(previous, next)) return { born: [], gone: [] };
  const before = new Set(previous.map((view) => keyId(view.key)));
  const after = new Set(next.map((view) => keyId(view.key)));
  return {
    born: [...after].filter((id) => !before.has(id)),
    gone: previous.filter((view) => !after.has(keyId(view.key))),
  };
};
