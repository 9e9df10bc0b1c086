import { z } from 'zod';
import type { CommandName } from './api.js';

const processKey = z.strictObject({ pid: z.int().min(1).max(0x7fffffff), startedAt: z.string().min(1).max(64) });

/** What each command takes; parsed in main before its handler sees it. */
export const commandInputs = {
  getState: z.strictObject({}),
  refreshNow: z.strictObject({}),
  /** Refresh interval, auto-refresh on or off, language, theme: the parts of the configuration that the window sets. */
  setPreferences: z.strictObject({
    refresh_interval_seconds: z.number().min(1).max(30).optional(),
    refresh_enabled: z.boolean().optional(),
    language: z.enum(['system', 'en', 'pt-BR']).optional(),
    theme: z.enum(['system', 'light', 'dark']).optional(),
  }),
  getDetails: z.strictObject({ key: processKey }),
  previewEnd: z.strictObject({ keys: z.array(processKey).min(1).max(1000), force: z.boolean() }),
  /** `keys`: the ticked lines of the frozen list; whatever is not in that list refuses the whole command. */
  endProcesses: z.strictObject({ token: z.string().min(16).max(128), keys: z.array(processKey).max(5000) }),
  cancelPreview: z.strictObject({ token: z.string().min(16).max(128) }),
  /** Main puts the command to resume a session on the clipboard; the window never reads it. */
  copyText: z.strictObject({ text: z.string().min(1).max(20_000) }),
  openLink: z.strictObject({ id: z.enum(['documentation']) }),
} satisfies Record<CommandName, z.ZodType>;
