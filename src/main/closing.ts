import type { GlobalSettings } from '../shared/config.js';

/** What closing the window leads to. */
export type CloseDecision = 'let' | 'quit' | 'hide' | 'ask' | 'sayNoTray';

export interface Closing {
  readonly quitting: boolean;
  readonly setting: GlobalSettings['close_window'];
  /** Whether an icon in the tray leads back to a window that is hidden. */
  readonly tray: boolean;
  /** Whether it has been said that there is no tray. */
  readonly said: boolean;
}

/** A window hides only where something brings it back; where nothing does, it quits, and says so the first time. */
export const decideClose = ({ quitting, setting, tray, said }: Closing): CloseDecision => {
  if (quitting) return 'let';
  if (setting === 'quit') return 'quit';
  if (!tray) return said ? 'quit' : 'sayNoTray';
  return setting === 'tray' ? 'hide' : 'ask';
};

const LOOP_MS = 60_000;

/** Whether a page that crashed at these times (wall ms, the last one just now) has crashed again too soon to be loaded once more. */
export const isCrashLoop = (crashesAtMs: readonly number[], nowMs: number): boolean =>
  crashesAtMs.filter((atMs) => nowMs - atMs < LOOP_MS).length > 1;
