import type { QuickCounts, StoppedSession } from './api.js';
import type { Language } from './format.js';
import { formatBytes } from './format.js';
import { keyId } from './process-key.js';
import { cleanText } from './redact.js';
import type { Say } from './tray-view.js';
import type { ProcessKey, ProcessView, Snapshot } from './types.js';
import { SESSION_KINDS } from './types.js';

/** What a click in the tray's menu asks for. */
export type TrayCommand =
  | { readonly type: 'end' | 'show' | 'copyResume'; readonly key: ProcessKey }
  | { readonly type: 'copyStopped'; readonly sessionId: string }
  | { readonly type: 'orphans' | 'old' | 'pauseHour' | 'pauseTomorrow' | 'resumeCleanup' }
  | { readonly type: 'refresh' | 'open' | 'preferences' | 'quit' };

/** A line of the menu; a line with items below it opens them. */
export type TrayItem =
  | { readonly kind: 'line' }
  | {
      readonly kind: 'item';
      /** As people read it; what a system's menus take for the mark of a shortcut is escaped where the menu is made. */
      readonly label: string;
      /** Null = it only tells. */
      readonly command: TrayCommand | null;
      readonly items: readonly TrayItem[];
    };

export interface MenuInput {
  readonly snapshot: Snapshot | null;
  readonly quick: QuickCounts;
  readonly stopped: readonly StoppedSession[];
  /** Automatic cleanup: until when it is paused (wall ms), null = it is not; undefined = there is none to pause. */
  readonly cleanupPausedUntil?: string | null | undefined;
}

const MOST_SESSIONS = 5;
const MOST_STOPPED = 8;
const MOST_LETTERS = 40;

/** Hostile text as part of a menu's line: one clean line, cut. */
export const menuText = (text: string): string => cleanText(text, MOST_LETTERS).trim();

const LINE: TrayItem = { kind: 'line' };
const item = (label: string, command: TrayCommand | null, items: readonly TrayItem[] = []): TrayItem => ({
  kind: 'item',
  label,
  command,
  items,
});

const isSession = (view: ProcessView): boolean => view.owner === null && (SESSION_KINDS as readonly string[]).includes(view.kind);

/** The largest sessions, the larger first; of the same size the one with the lower pid, so that lines do not swap for nothing. */
const largest = (processes: readonly ProcessView[]): readonly ProcessView[] =>
  processes
    .filter(isSession)
    .sort((a, b) => (b.tree.memoryBytes ?? 0) - (a.tree.memoryBytes ?? 0) || a.key.pid - b.key.pid)
    .slice(0, MOST_SESSIONS);

const sessionItem = (view: ProcessView, say: Say, language: Language): TrayItem => {
  const { key } = view;
  const state = view.status === 'normal' ? [] : [say(`status.${view.status}`)];
  const label = [menuText(view.name), ...state, formatBytes(view.tree.memoryBytes, language)].join(' · ');
  return item(label, null, [
    item(view.refusal === null ? say('tray.end') : say('tray.endNot'), view.refusal === null ? { type: 'end', key } : null),
    item(say('tray.show'), { type: 'show', key }),
    item(say(view.session === null ? 'tray.copyResumeNot' : 'tray.copyResume'), view.session === null ? null : { type: 'copyResume', key }),
  ]);
};

const stoppedItem = (stopped: readonly StoppedSession[], say: Say): TrayItem => {
  if (stopped.length === 0) return item(say('tray.noStopped'), null);
  const lines = stopped.slice(0, MOST_STOPPED).map((one) => {
    const name = menuText(one.name);
    return one.resume === null
      ? item(say('tray.stoppedNot', { name }), null)
      : item(say('tray.stoppedCopy', { name }), { type: 'copyStopped', sessionId: one.sessionId });
  });
  return item(say('tray.stopped', { count: stopped.length }), null, lines);
};

const cleanupItems = (pausedUntil: MenuInput['cleanupPausedUntil'], say: Say): readonly TrayItem[] => {
  if (pausedUntil === undefined) return [];
  const ways = [
    item(say('tray.pauseHour'), { type: 'pauseHour' }),
    item(say('tray.pauseTomorrow'), { type: 'pauseTomorrow' }),
    ...(pausedUntil === null ? [] : [item(say('tray.resumeCleanup'), { type: 'resumeCleanup' })]),
  ];
  return [item(pausedUntil === null ? say('tray.pauseCleanup') : say('tray.cleanupPaused', { until: pausedUntil }), null, ways)];
};

/** The tray's whole menu. Pure; the counts are those of the window's quick actions, and 0 stands with its reason. */
export const trayMenu = (
  { snapshot, quick, stopped, cleanupPausedUntil }: MenuInput,
  say: Say,
  language: Language,
): readonly TrayItem[] => {
  const totals = snapshot?.totals;
  const sessions = largest(snapshot?.processes ?? []);
  const header = totals
    ? say('tray.header', { memory: formatBytes(totals.memoryBytes, language), count: totals.processes })
    : say('tray.noReading');
  return [
    item(header, null),
    LINE,
    ...(sessions.length === 0 ? [item(say('tray.noSessions'), null)] : sessions.map((view) => sessionItem(view, say, language))),
    LINE,
    quick.orphans === 0 ? item(say('tray.noOrphans'), null) : item(say('tray.orphans', { count: quick.orphans }), { type: 'orphans' }),
    quick.old === 0 ? item(say('tray.noOld'), null) : item(say('tray.old', { count: quick.old }), { type: 'old' }),
    ...cleanupItems(cleanupPausedUntil, say),
    LINE,
    item(say('tray.refresh'), { type: 'refresh' }),
    stoppedItem(stopped, say),
    LINE,
    item(say('tray.open'), { type: 'open' }),
    item(say('tray.preferences'), { type: 'preferences' }),
    item(say('tray.quit'), { type: 'quit' }),
  ];
};

/** What tells one command from another. */
export const commandId = (command: TrayCommand): string =>
  [command.type, 'key' in command ? keyId(command.key) : 'sessionId' in command ? command.sessionId : ''].join(' ');

/** What tells two menus apart: one that is the same is left as it is. */
export const menuId = (items: readonly TrayItem[]): string =>
  JSON.stringify(items.map((one) => (one.kind === 'line' ? 0 : [one.label, one.command && commandId(one.command), menuId(one.items)])));
