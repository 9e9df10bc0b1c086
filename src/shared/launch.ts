import { z } from 'zod';
import type { Destination } from './api.js';
import { TABS } from './api.js';

/** What a start was asked for. It travels from a second start to the first as data, and is parsed there anew. */
export const launchSchema = z.strictObject({
  /** No window; the tray only. */
  hidden: z.boolean(),
  /** The tab to show; null = where the window was. */
  tab: z.enum(TABS).nullable(),
});
export type Launch = z.infer<typeof launchSchema>;

/** The arguments of a start. What the system and Chromium add is not ours to judge; a tab that is none is refused: null. */
export const parseLaunch = (args: readonly string[]): Launch | null => {
  const at = args.findIndex((arg) => arg === '--tab' || arg.startsWith('--tab='));
  const wanted = at < 0 ? null : (args[at]?.split('=')[1] ?? args[at + 1] ?? '');
  const tab = TABS.find((one) => one === wanted) ?? null;
  return wanted !== null && tab === null ? null : { hidden: args.includes('--hidden'), tab };
};

/** Where a start leads the window; null = where it is. */
export const destinationOf = ({ tab }: Launch): Destination | null => (tab === null ? null : { tab, key: null, request: null });
