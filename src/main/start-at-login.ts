import type { AppState } from '../shared/api.js';
import type { Os } from '../shared/types.js';
import { autostartEntry, setAutostart } from './autostart.js';

export interface StartAtLoginParts {
  readonly os: Os;
  /** The entry's file; Linux only. */
  readonly file: string;
  /** What starts us, hidden, as program and arguments. */
  readonly command: readonly string[];
  readonly comment: string;
  /** macOS and Windows keep login items of their own. */
  readonly setLoginItem: (open: boolean) => void;
}

export interface StartAtLogin {
  /** Brings the system in line with the setting. What stands there while the setting is off from the start is left alone. */
  readonly apply: (enabled: boolean) => void;
  readonly notices: () => AppState['notices'];
}

/** Starts the program with the user's session, or no longer. */
export const createStartAtLogin = ({ os, file, command, comment, setLoginItem }: StartAtLoginParts): StartAtLogin => {
  let applied = false;
  let trouble: AppState['notices'] = [];

  const applyToFile = (enabled: boolean): void => {
    const entry = enabled ? autostartEntry(command, comment) : null;
    const code = enabled && entry === null ? 'EINVAL' : setAutostart(file, entry);
    trouble = code === null ? [] : [{ id: 'autostartNotWritten', values: { file, code } }];
  };
  return {
    apply: (enabled) => {
      if (enabled === applied) return;
      applied = enabled;
      if (os === 'linux') applyToFile(enabled);
      else setLoginItem(enabled);
    },
    notices: () => trouble,
  };
};
