import { create } from 'zustand';
import type { ActionRequest, Preview } from '../shared/api.js';
import { keyId } from '../shared/process-key.js';
import type { ProcessKey, ProcessView } from '../shared/types.js';
import { ask } from './ask.js';
import { sayNow } from './i18n.js';
import { isConfirmed, isPaused, toContinue, toEnd, toPause } from './requests.js';
import { useShown } from './store.js';
import { firstTicks, toggleTick } from './ticks.js';
import { describeReport, showFailure, showToast } from './toasts.js';

/** The way from "do this to these" to its result. Main holds the frozen list; the page holds only which of its lines are ticked. */
export interface Ending {
  readonly phase: 'none' | 'asking' | 'open' | 'ending';
  /** What was asked for, to ask again when the list has expired. */
  readonly request: ActionRequest | null;
  readonly preview: Preview | null;
  readonly ticks: ReadonlySet<string>;
  /** What was typed to confirm. */
  readonly typed: string;
}

const NONE: Ending = { phase: 'none', request: null, preview: null, ticks: new Set(), typed: '' };

export const useEnding = create<Ending>(() => NONE);

const drop = async (preview: Preview | null): Promise<void> => {
  if (!preview?.token) return;
  const result = await ask(window.claudeManager.cancelPreview({ token: preview.token }));
  if (!result.ok && result.failure.reason !== 'expired') showFailure(result.failure);
};

/** Asks main what a request would do, and opens the preview. Nothing is done yet. */
export const askFor = async (request: ActionRequest): Promise<void> => {
  const { phase, preview: old } = useEnding.getState();
  if ((request.scope.type === 'keys' && request.scope.keys.length === 0) || phase === 'asking' || phase === 'ending') return;
  useEnding.setState({ ...NONE, phase: 'asking', request });
  await drop(old);
  const { scope } = request;
  const input = { ...request, scope: scope.type === 'keys' ? { ...scope, keys: [...scope.keys] } : scope };
  const result = await ask(window.claudeManager.previewAction(input));
  if (!result.ok) {
    useEnding.setState(NONE);
    showFailure(result.failure);
    return;
  }
  useEnding.setState({ phase: 'open', preview: result.value, ticks: firstTicks(result.value) });
};

/** Asks what ending these would do. */
export const askToEnd = (keys: readonly ProcessKey[], force: boolean): Promise<void> => askFor(toEnd(keys, force));

/** Asks to let these go on where all of them are paused, else to pause those that are not. */
export const askToPause = (views: readonly ProcessView[]): Promise<void> => {
  const running = views.filter((view) => !isPaused(view));
  return askFor(running.length > 0 ? toPause(running.map((view) => view.key)) : toContinue(views.map((view) => view.key)));
};

export const tick = (id: string): void =>
  useEnding.setState(({ preview, ticks }) => (preview ? { ticks: toggleTick(preview, ticks, id) } : {}));

export const typeConfirmation = (typed: string): void => useEnding.setState({ typed });

/** Closes the preview; nothing is done. */
export const cancelEnding = async (): Promise<void> => {
  const { phase, preview } = useEnding.getState();
  if (phase !== 'open') return;
  useEnding.setState(NONE);
  await drop(preview);
};

/** Whether the ticked lines may be acted on as things stand. */
export const canEnd = ({ phase, preview, ticks, typed }: Ending): boolean =>
  phase === 'open' && preview !== null && preview.token !== null && ticks.size > 0 && isConfirmed(preview, typed);

/** Does to the ticked lines what was asked for, and shows what came of it. */
export const endTicked = async (): Promise<void> => {
  const state = useEnding.getState();
  const { preview, ticks, typed } = state;
  if (!canEnd(state) || !preview?.token) return;
  useEnding.setState({ phase: 'ending' });
  const keys = preview.targets
    .filter((target) => ticks.has(keyId(target.key)))
    .map(({ key }) => ({ pid: key.pid, startedAt: key.startedAt }));
  const confirmation = preview.confirm === null ? null : typed;
  const result = await ask(window.claudeManager.performAction({ token: preview.token, keys, confirmation }));
  useEnding.setState(NONE);
  if (result.ok) showToast(describeReport(result.value, preview.request, sayNow, useShown.getState().app?.language ?? 'en'));
  else showFailure(result.failure);
};
