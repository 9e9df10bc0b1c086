import { keyId } from '../shared/process-key.js';
import type { ProcessKey, ProcessView } from '../shared/types.js';
import { useShown } from './store.js';
import { useView } from './view.js';

/** The rows that a key or a button of the footer acts on: the selection, else the row that has focus. */
export const targetsOf = (
  processes: readonly ProcessView[],
  selected: ReadonlySet<string>,
  focused: string | null,
): readonly ProcessView[] => {
  const chosen = processes.filter((view) => selected.has(keyId(view.key)));
  return chosen.length > 0 ? chosen : processes.filter((view) => keyId(view.key) === focused);
};

/** Those rows as they are now; empty when there are none. Focus counts only where it is on a row or in its details. */
export const rowsToActOn = (): readonly ProcessView[] => {
  const { selected, focused: row, details } = useView.getState();
  const at = document.activeElement;
  const focused = at?.closest('[data-row]') ? row : at?.closest('.details') ? details : null;
  return targetsOf(useShown.getState().app?.snapshot?.processes ?? [], selected, focused);
};

/** Their keys. */
export const keysToEnd = (): readonly ProcessKey[] => rowsToActOn().map((view) => view.key);
