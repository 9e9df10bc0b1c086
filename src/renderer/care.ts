import { alertWords } from '../shared/alert-words.js';
import type { AppState, CommandInput, Result } from '../shared/api.js';
import type { AlertRow, LastRun } from '../shared/care.js';
import { formatBytes, type Language } from '../shared/format.js';
import { ask } from './ask.js';
import { type Say, sayNow } from './i18n.js';
import { useShown } from './store.js';
import { bare, type Said, showDone, showFailure, showToast } from './toasts.js';

const settle = async (answer: Promise<Result<null>>): Promise<boolean> => {
  const result = await ask(answer);
  if (!result.ok) showFailure(result.failure);
  return result.ok;
};

/** Calls a countdown off, puts it off, lengthens it; pauses automatic cleanup or lets it go on. */
export const steerCleanup = (act: CommandInput<'steerCleanup'>['act'], untilMs: number | null = null): Promise<boolean> =>
  settle(window.claudeManager.steerCleanup({ act, untilMs }));

/** Agrees to the rules that were read. */
export const agreeToCleanup = async (rulesId: string): Promise<boolean> => {
  const agreed = await settle(window.claudeManager.agreeToCleanup({ rulesId }));
  if (agreed) showDone(sayNow('cleanup.agreed'));
  return agreed;
};

/** Answers the first screen. */
export const answerFirstRun = (answer: CommandInput<'answerFirstRun'>): Promise<boolean> =>
  settle(window.claudeManager.answerFirstRun(answer));

/** The bell was opened. */
export const seeAlerts = (): Promise<boolean> => settle(window.claudeManager.seeAlerts({}));

const alertToast = (row: AlertRow, say: Say, language: Language, nowMs: number): Said => {
  const { title, body } = alertWords(row, say, language, nowMs);
  return { ...bare, tone: 'info', title, lines: [body] };
};

const runToast = ({ count, failed, skipped, freedBytes }: LastRun, say: Say, language: Language): Said => {
  const freed = freedBytes === null ? '' : say('cleanup.freed', { amount: formatBytes(freedBytes, language) });
  const lines = [
    ...(failed > 0 ? [say('cleanup.failed', { count: failed })] : []),
    ...(skipped > 0 ? [say('cleanup.skipped', { count: skipped })] : []),
  ];
  const title = count === 0 ? say('cleanup.endedNone') : `${say('cleanup.ended', { count })}${freed}`;
  return { ...bare, tone: failed > 0 ? 'bad' : count > 0 ? 'ok' : 'info', title, lines };
};

/** What a state tells beyond the one before it: alerts that are told in the window, and what a run of automatic cleanup came to. Pure. */
export const newsOf = (before: AppState | null, after: AppState, say: Say, nowMs: number): readonly Said[] => {
  // What was there when the window opened is no news.
  if (before === null || before === after) return [];
  const known = new Set(before.alerts.filter(({ told }) => told === 'toast').map(({ id }) => id));
  const alerts = after.alerts.filter(({ id, told, recoveredAtMs }) => told === 'toast' && recoveredAtMs === null && !known.has(id));
  const { lastRun } = after.automation;
  const ran = lastRun !== null && lastRun.mode === 'automatic' && lastRun.atMs !== before.automation.lastRun?.atMs;
  return [
    ...alerts.map((row) => alertToast(row, say, after.language, nowMs)).toReversed(),
    ...(ran ? [runToast(lastRun, say, after.language)] : []),
  ];
};

/** Shows as toasts what main has to tell while somebody is looking. Returns the way to stop. */
export const followNews = (): (() => void) =>
  useShown.subscribe((shown, before) => {
    if (shown.app !== null) for (const said of newsOf(before.app, shown.app, sayNow, Date.now())) showToast(said);
  });
