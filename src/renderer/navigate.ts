import type { Api, Destination } from '../shared/api.js';
import { TABS } from '../shared/api.js';
import { keyId } from '../shared/process-key.js';
import type { ProcessKey, ProcessView } from '../shared/types.js';
import { askFor } from './ending.js';
import { growForest } from './forest.js';
import { useShown } from './store.js';
import { useTab } from './tab.js';
import { showFailure } from './toasts.js';
import { expand, NO_FILTER, selectOnly, useView } from './view.js';

/** The row that has to be unfolded for a process to be seen, null = none; undefined = the process is not there. Pure. */
export const folderOf = (processes: readonly ProcessView[], key: ProcessKey): string | null | undefined => {
  const id = keyId(key);
  const { roots, childrenOf } = growForest(processes);
  if (roots.some((root) => keyId(root.key) === id)) return null;
  const folder = [...childrenOf].find(([, children]) => children.some((child) => keyId(child.key) === id))?.[0];
  return folder && keyId(folder.key);
};

/** Selects a row and has it scrolled to. The filter goes: it would hide what was asked for, or not, for reasons nobody sees. */
const showRow = (processes: readonly ProcessView[], key: ProcessKey): void => {
  const folder = folderOf(processes, key);
  if (folder === undefined) {
    showFailure({ reason: 'gone', id: 'gone' });
    return;
  }
  if (folder !== null) expand(folder, true);
  selectOnly(keyId(key));
  useView.setState({ filter: NO_FILTER, reveal: keyId(key) });
};

/** Takes the page to a tab, a row, a preview. */
export const goTo = ({ tab, key, request }: Destination): void => {
  const known = TABS.find((one) => one === tab);
  if (known) useTab.setState({ tab: known });
  useView.setState({ menu: null, dialog: null });
  const processes = useShown.getState().app?.snapshot?.processes;
  if (key !== null && processes) showRow(processes, key);
  if (request !== null) void askFor(request);
};

/** Follows main's directions; one that comes before the first reading waits for it. Returns the way to stop. */
export const followMain = (api: Pick<Api, 'onNavigate'>): (() => void) => {
  let waiting: Destination | null = null;
  const go = (): void => {
    if (waiting === null || !useShown.getState().app?.snapshot) return;
    const destination = waiting;
    waiting = null;
    goTo(destination);
  };
  const stopWaiting = useShown.subscribe(go);
  const stop = api.onNavigate((destination) => {
    waiting = destination;
    go();
  });
  return () => {
    stop();
    stopWaiting();
  };
};
