import { create } from 'zustand';
import type { ActionRequest, Preview } from '../shared/api.js';
import { keyId } from '../shared/process-key.js';
import type { ProcessKey, ProcessView } from '../shared/types.js';
import { ask } from './ask.js';
import { setPreferences } from './commands.js';
import { sayNow } from './i18n.js';
import { endSoon, isPending, isQuiet } from './quiet-end.js';
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
  /** Whether the dialog is not to come for such a one again. */
  readonly never: boolean;
}

const NONE: Ending = { phase: 'none', request: null, preview: null, ticks: new Set(), typed: '', never: false };

export const useEnding = create<Ending>(() => NONE);

const drop = async (preview: Preview | null): Promise<void> => {
  if (!preview?.token) return;
  const result = await ask(window.claudeManager.cancelPreview({ token: preview.token }));
  if (!result.ok && result.failure.reason !== 'expired') showFailure(result.failure);
};

/** Asks main what a request would do, and opens the preview. Nothing is done yet. */
export const askFor = async (request: ActionRequest): Promise<void> => {
  const { phase, preview: old } = useEnding.getState();
  const { scope } = request;
  if ((scope.type === 'keys' && scope.keys.length === 0) || phase === 'asking' || phase === 'ending') return;
  // It is on its way already.
  if (scope.type === 'keys' && scope.keys.length === 1 && isPending(scope.keys.map(keyId))) return;
  useEnding.setState({ ...NONE, phase: 'asking', request });
  await drop(old);
  const input = { ...request, scope: scope.type === 'keys' ? { ...scope, keys: [...scope.keys] } : scope };
  const result = await ask(window.claudeManager.previewAction(input));
  if (!result.ok) {
    useEnding.setState(NONE);
    showFailure(result.failure);
    return;
  }
  if (isQuiet(result.value)) {
    useEnding.setState(NONE);
    endSoon(result.value);
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

/** Not to be asked again about what is idle or left over; kept once the dialog is accepted. */
export const askNever = (never: boolean): void => useEnding.setState({ never });

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
  const { preview, ticks, typed, never } = state;
  if (!canEnd(state) || !preview?.token) return;
  useEnding.setState({ phase: 'ending' });
  const keys = preview.targets
    .filter((target) => ticks.has(keyId(target.key)))
    .map(({ key }) => ({ pid: key.pid, startedAt: key.startedAt }));
  const confirmation = preview.confirm === null ? null : typed;
  if (never && preview.light) await setPreferences({ confirm_single_idle: false });
  const result = await ask(window.claudeManager.performAction({ token: preview.token, keys, confirmation }));
  useEnding.setState(NONE);
  if (result.ok) showToast(describeReport(result.value, preview.request, sayNow, useShown.getState().app?.language ?? 'en'));
  else showFailure(result.failure);
};
