import { create } from 'zustand';
import type { Preview } from '../shared/api.js';
import { keyId } from '../shared/process-key.js';
import type { ProcessKey } from '../shared/types.js';
import { ask } from './ask.js';
import { sayNow } from './i18n.js';
import { useShown } from './store.js';
import { firstTicks, toggleTick } from './ticks.js';
import { describeReport, showFailure, showToast } from './toasts.js';

/** The way from "end this" to its result. Main holds the frozen list; the page holds only which of its lines are ticked. */
export interface Ending {
  readonly phase: 'none' | 'asking' | 'open' | 'ending';
  /** What was asked for, to ask again when the list has expired. */
  readonly keys: readonly ProcessKey[];
  readonly preview: Preview | null;
  readonly ticks: ReadonlySet<string>;
}

const NONE: Ending = { phase: 'none', keys: [], preview: null, ticks: new Set() };

export const useEnding = create<Ending>(() => NONE);

const drop = async (preview: Preview | null): Promise<void> => {
  if (!preview?.token) return;
  const result = await ask(window.claudeManager.cancelPreview({ token: preview.token }));
  if (!result.ok && result.failure.reason !== 'expired') showFailure(result.failure);
};

/** Asks main what ending these would do, and opens the preview. Nothing is ended yet. */
export const askToEnd = async (keys: readonly ProcessKey[], force: boolean): Promise<void> => {
  const { phase, preview: old } = useEnding.getState();
  if (keys.length === 0 || phase === 'asking' || phase === 'ending') return;
  useEnding.setState({ ...NONE, phase: 'asking', keys });
  await drop(old);
  const result = await ask(window.claudeManager.previewEnd({ keys: keys.map(({ pid, startedAt }) => ({ pid, startedAt })), force }));
  if (!result.ok) {
    useEnding.setState(NONE);
    showFailure(result.failure);
    return;
  }
  useEnding.setState({ phase: 'open', preview: result.value, ticks: firstTicks(result.value) });
};

export const tick = (id: string): void =>
  useEnding.setState(({ preview, ticks }) => (preview ? { ticks: toggleTick(preview, ticks, id) } : {}));

/** Closes the preview; nothing is ended. */
export const cancelEnding = async (): Promise<void> => {
  const { phase, preview } = useEnding.getState();
  if (phase !== 'open') return;
  useEnding.setState(NONE);
  await drop(preview);
};

/** Ends the ticked lines and shows what came of it. */
export const endTicked = async (): Promise<void> => {
  const { phase, preview, ticks } = useEnding.getState();
  if (phase !== 'open' || !preview?.token || ticks.size === 0) return;
  useEnding.setState({ phase: 'ending' });
  const keys = preview.targets
    .filter((target) => ticks.has(keyId(target.key)))
    .map(({ key }) => ({ pid: key.pid, startedAt: key.startedAt }));
  const result = await ask(window.claudeManager.endProcesses({ token: preview.token, keys }));
  useEnding.setState(NONE);
  if (result.ok) showToast(describeReport(result.value, preview.force, sayNow, useShown.getState().app?.language ?? 'en'));
  else showFailure(result.failure);
};
