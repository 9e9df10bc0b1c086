import type { CommandInput } from '../shared/api.js';
import { ask } from './ask.js';
import { useShown } from './store.js';
import { announce, showDone, showFailure } from './toasts.js';

/** Looks again at once. */
export const refreshNow = async (): Promise<void> => {
  const result = await ask(window.claudeManager.refreshNow({}));
  if (!result.ok) showFailure(result.failure);
};

/** Changes preferences; what came of it arrives with the next update. */
export const setPreferences = async (input: CommandInput<'setPreferences'>): Promise<void> => {
  const result = await ask(window.claudeManager.setPreferences(input));
  if (!result.ok) showFailure(result.failure);
};

/** Adds a protect rule, and says so in `done`; the rows show it with the next look. */
export const protect = async (rule: CommandInput<'protect'>, done: string): Promise<void> => {
  const result = await ask(window.claudeManager.protect(rule));
  if (result.ok) showDone(done);
  else showFailure(result.failure);
};

/** Stops the regular looks, or starts them again. */
export const togglePause = async (): Promise<void> => {
  const enabled = useShown.getState().app?.loop.enabled;
  if (enabled !== undefined) await setPreferences({ refresh_enabled: !enabled });
};

/** Has main put a text on the clipboard, and says so in `done`. */
export const copyText = async (text: string, done: string): Promise<void> => {
  const result = await ask(window.claudeManager.copyText({ text }));
  if (result.ok) announce(done);
  else showFailure(result.failure);
};
