import type { Preview } from '../shared/api.js';
import { keyId } from '../shared/process-key.js';
import { ask } from './ask.js';
import { sayNow } from './i18n.js';
import { useShown } from './store.js';
import { closeToast, describeReport, retitleToast, showDone, showFailure, showToast, showUndo } from './toasts.js';

/** How long an end that nobody was asked about can be taken back. */
const UNDO_S = 5;
const SECOND_MS = 1000;

interface Pending {
  readonly preview: Preview;
  readonly token: string;
  readonly toast: number;
  left: number;
  timer: ReturnType<typeof setTimeout> | null;
}

let pending: readonly Pending[] = [];

const nameOf = ({ targets }: Preview): string => targets.find((target) => target.role === 'chosen')?.name ?? '';
const titleOf = (preview: Preview, left: number): string => sayNow('ui.quiet.title', { name: nameOf(preview), count: left });

const forget = (one: Pending): void => {
  if (one.timer !== null) clearTimeout(one.timer);
  pending = pending.filter((each) => each !== one);
  closeToast(one.toast);
};

const finish = async (one: Pending): Promise<void> => {
  const { preview, token } = one;
  forget(one);
  const keys = preview.targets.filter((target) => target.ticked).map(({ key }) => ({ pid: key.pid, startedAt: key.startedAt }));
  const result = await ask(window.claudeManager.performAction({ token, keys, confirmation: null }));
  if (result.ok) showToast(describeReport(result.value, preview.request, sayNow, useShown.getState().app?.language ?? 'en'));
  else showFailure(result.failure);
};

/** Whether a preview may go without the dialog: nothing speaks against it, and the user has said not to be asked then. */
export const isQuiet = (preview: Preview): boolean =>
  preview.light && preview.token !== null && useShown.getState().app?.config.global_settings.confirm_single_idle === false;

/** Acts on a preview in five seconds, unless it is taken back. It is main's list all the same, and each line of it is checked again. */
export const endSoon = (preview: Preview): void => {
  const { token } = preview;
  if (token === null) return;
  const toast = showUndo(titleOf(preview, UNDO_S), token);
  const one: Pending = { preview, token, toast, left: UNDO_S, timer: null };
  const turn = (): void => {
    one.left -= 1;
    if (one.left <= 0) {
      void finish(one);
      return;
    }
    retitleToast(toast, titleOf(preview, one.left));
    one.timer = setTimeout(turn, SECOND_MS);
  };
  one.timer = setTimeout(turn, SECOND_MS);
  pending = [...pending, one];
};

/** Takes back an end that is still to come: the one of a token, or without it the last one. Whether there was any. */
export const undoEnd = (token?: string): boolean => {
  const one = token === undefined ? pending.at(-1) : pending.find((each) => each.token === token);
  if (one === undefined) return false;
  const { preview } = one;
  forget(one);
  void ask(window.claudeManager.cancelPreview({ token: one.token })).then((result) => {
    if (result.ok) showDone(sayNow('ui.quiet.undone', { name: nameOf(preview) }));
    else showFailure(result.failure);
  });
  return true;
};

/** Whether anything can be taken back. */
export const hasPending = (): boolean => pending.length > 0;

/** Whether one of these is to be ended within seconds. */
export const isPending = (ids: readonly string[]): boolean =>
  pending.some(({ preview }) => preview.targets.some(({ key }) => ids.includes(keyId(key))));
