import { z } from 'zod';
import type { CommandName } from './api.js';
import { configEdit } from './config-schema.js';
import { historyInputs } from './history-schema.js';
import { PROTECT_BY } from './settings.js';

const processKey = z.strictObject({ pid: z.int().min(1).max(0x7fffffff), startedAt: z.string().min(1).max(64) });

const stamp = z.string().max(32).optional();
const logFilter = z.strictObject({
  levels: z
    .array(z.enum(['SUCCESS', 'ERROR', 'INFO']))
    .max(3)
    .optional(),
  action: z.string().max(64).optional(),
  user: z.string().max(256).optional(),
  from: stamp,
  to: stamp,
  text: z.string().max(512).optional(),
});

/** What each command takes; parsed in main before its handler sees it. */
export const commandInputs = {
  getState: z.strictObject({}),
  refreshNow: z.strictObject({}),
  /** Refresh interval, auto-refresh on or off, language, theme, and not to be asked of what is idle: what the window sets in passing. */
  setPreferences: z.strictObject({
    refresh_interval_seconds: z.number().min(1).max(30).optional(),
    refresh_enabled: z.boolean().optional(),
    language: z.enum(['system', 'en', 'pt-BR']).optional(),
    theme: z.enum(['system', 'light', 'dark']).optional(),
    confirm_single_idle: z.boolean().optional(),
    log_clear_days: z.number().min(0).max(36_500).optional(),
  }),
  /** Adds a protect rule; none is ever taken away by it. */
  protect: z.strictObject({ by: z.enum(PROTECT_BY), value: z.string().min(1).max(4096) }),
  /** Import, reset and going back to an earlier version are changes, too: what was shown, less what was left out. */
  updateConfig: z.strictObject({
    edits: z.array(configEdit).max(20_000),
    agreed: z.array(z.string().max(5_000)).max(2_000),
    source: z.enum(['change', 'import', 'reset', 'restore']),
  }),
  previewImport: z.strictObject({}),
  previewRestore: z.strictObject({ name: z.string().max(64) }),
  listBackups: z.strictObject({}),
  exportConfig: z.strictObject({}),
  getDetails: z.strictObject({ key: processKey }),
  previewAction: z.strictObject({
    verb: z.enum(['end', 'pause', 'continue', 'priority']),
    scope: z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('keys'), keys: z.array(processKey).min(1).max(1000) }),
      z.strictObject({ type: z.literal('user'), user: z.string().min(1).max(256) }),
      z.strictObject({ type: z.literal('all') }),
      z.strictObject({ type: z.literal('old'), hours: z.number().min(0.1).max(8760).nullable() }),
      z.strictObject({ type: z.literal('orphans') }),
    ]),
    force: z.boolean(),
    priority: z.enum(['low', 'normal', 'high']).nullable(),
    minAgeMinutes: z.number().min(0).max(525_600).nullable(),
    elevated: z.boolean(),
  }),
  /** `keys`: the ticked lines of the frozen list; whatever is not in that list refuses the whole command. `confirmation`: what was typed. */
  performAction: z.strictObject({
    token: z.string().min(16).max(128),
    keys: z.array(processKey).max(5000),
    confirmation: z.string().max(256).nullable(),
  }),
  cancelPreview: z.strictObject({ token: z.string().min(16).max(128) }),
  readLog: z.strictObject({ filter: logFilter, offset: z.int().min(0), limit: z.int().min(1).max(1000) }),
  exportLog: z.strictObject({ filter: logFilter, format: z.enum(['text', 'jsonl', 'csv']) }),
  /** `preview`: only count. */
  clearLog: z.strictObject({ olderThanDays: z.number().min(0).max(36_500), preview: z.boolean() }),
  /** The bell was opened. */
  seeAlerts: z.strictObject({}),
  reviewCleanup: z.strictObject({}),
  /** `rulesId`: the rules that were shown, where "automatic" is agreed to with this answer. */
  answerFirstRun: z.strictObject({
    mode: z.enum(['report', 'ask', 'automatic']),
    alertsEnabled: z.boolean(),
    rulesId: z.string().max(128).nullable(),
  }),
  agreeToCleanup: z.strictObject({ rulesId: z.string().max(128) }),
  /** `untilMs`: for `pause` only, wall ms; null = it goes on now. */
  steerCleanup: z.strictObject({ act: z.enum(['cancel', 'snooze', 'extend', 'resume', 'pause']), untilMs: z.number().nullable() }),
  /** What a chart shows, as a table. Numbers as numbers; words that a spreadsheet would calculate are made harmless in main. */
  exportTable: z.strictObject({
    name: z.string().regex(/^[a-z-]{1,40}$/),
    head: z.array(z.string().max(300)).min(1).max(40),
    rows: z.array(z.array(z.union([z.string().max(5000), z.number(), z.null()])).max(40)).max(2000),
  }),
  /** Main puts the command to resume a session on the clipboard; the window never reads it. */
  copyText: z.strictObject({ text: z.string().min(1).max(20_000) }),
  openLink: z.strictObject({ id: z.enum(['documentation']) }),
  ...historyInputs,
} satisfies Record<CommandName, z.ZodType>;
