import { alertWords } from '../shared/alert-words.js';
import type { Alert, AlertEvent, Loudness } from '../shared/alerts.js';
import type { Destination } from '../shared/api.js';
import type { AlertRow } from '../shared/care.js';
import type { Language } from '../shared/format.js';
import type { Metric } from '../shared/limits.js';
import type { Entry } from './end-log.js';
import type { Translate } from './i18n.js';
import type { Notifier } from './notifier.js';

export interface AlertCenter {
  /** Tells what the policy wants told. */
  readonly take: (events: readonly AlertEvent[]) => void;
  /** Newest first, at most 100; those of earlier starts come last. */
  readonly rows: () => readonly AlertRow[];
  /** What was told before this start; it follows what is told since. */
  readonly recall: (past: readonly AlertRow[]) => void;
  /** Somebody has looked into the bell. */
  readonly see: () => void;
  /** Where a click on one of its notifications leads; null = it is not one of its own. */
  readonly destinationOf: (messageId: string) => Destination | null;
}

export interface AlertCenterParts {
  readonly notifier: Pick<Notifier, 'show' | 'withdraw'>;
  readonly write: (entry: Entry) => Promise<void>;
  readonly words: () => { readonly t: Translate; readonly language: Language };
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Somebody is looking at the window: it tells by itself. */
  readonly isFocused: () => boolean;
  readonly onChange: () => void;
}

/** In the bell. */
export const MOST_ALERTS = 100;
const PREFIX = 'alert-';
const SUMMARY = `${PREFIX}summary`;
/** Where there is nothing to point at. */
export const MONITOR: Destination = { tab: 'monitor', key: null, request: null };

const megabytes = (bytes: number): string => `${Math.round(bytes / 1_048_576)}MB`;
const figure = (rule: Metric, value: number): string => {
  if (rule === 'memory' || rule === 'available') return megabytes(value);
  return rule === 'cpu' ? `${Math.round(value)}%` : String(Math.round(value * 10) / 10);
};

const entryOf = ({ rule, culprit }: Alert, result: 'firing' | 'recovered'): Entry => ({
  level: 'INFO',
  action: 'ALERT',
  fields: [
    ...(culprit.key === null ? [] : [['PID', String(culprit.key.pid)] as const]),
    ...(culprit.user === null ? [] : [['User', culprit.user] as const]),
    ['Rule', rule],
    ['Value', figure(rule, culprit.value)],
    ['Limit', figure(rule, culprit.limit)],
    ['Result', result],
    ['Name', culprit.name],
  ],
});

/** Tells alerts: a notification a rule, replaced when it changes and withdrawn when it is over; in the window where somebody looks at it. */
export const createAlertCenter = (parts: AlertCenterParts): AlertCenter => {
  const { notifier, write, words, now, isFocused, onChange } = parts;
  let rows: readonly AlertRow[] = [];
  let past: readonly AlertRow[] = [];
  let all: readonly AlertRow[] = [];
  let lastId = 0;

  /** One list as long as nothing changes, for whoever compares. */
  const join = (): void => {
    all = [...rows, ...past].slice(0, MOST_ALERTS);
  };
  const put = (next: readonly AlertRow[]): void => {
    rows = next;
    join();
  };
  const patch = (id: number, change: Partial<AlertRow>): void => put(rows.map((row) => (row.id === id ? { ...row, ...change } : row)));
  const live = (rule: Metric): AlertRow | undefined => rows.find((row) => row.rule === rule && row.recoveredAtMs === null);

  const isQuiet = (): boolean => rows.every(({ recoveredAtMs }) => recoveredAtMs !== null);

  const tell = async (id: number, alert: Alert, loudness: Exclude<Loudness, 'silent'>): Promise<void> => {
    const { t, language } = words();
    const { title, body } = alertWords(alert, t, language, now());
    const message =
      loudness === 'own'
        ? { id: `${PREFIX}${alert.rule}`, title, body, buttons: [{ id: 'review', label: t('alert.review') }], sticky: false }
        : { id: SUMMARY, title: t('alert.summary'), body: `${title}. ${t('alert.summaryMore')}`, buttons: [], sticky: false };
    const shown = await notifier.show(message);
    const isOver = loudness === 'own' ? live(alert.rule)?.id !== id : isQuiet();
    if (shown && isOver) await notifier.withdraw(message.id);
    patch(id, { told: shown ? 'notification' : 'toast' });
    onChange();
  };

  const begin = (alert: Alert, loudness: Loudness): void => {
    const before = live(alert.rule);
    // A live alert that names somebody else goes on under its own number.
    const id = before?.id ?? ++lastId;
    const told = loudness === 'silent' ? 'bell' : isFocused() ? 'toast' : 'notification';
    const row: AlertRow = { ...alert, id, firedAtMs: before?.firedAtMs ?? now(), recoveredAtMs: null, lost: false, told, seen: false };
    put([row, ...rows.filter((one) => one.id !== id)].slice(0, MOST_ALERTS));
    void write(entryOf(alert, 'firing'));
    if (told === 'notification' && loudness !== 'silent') void tell(id, alert, loudness);
  };
  const end = (rule: Metric): void => {
    const row = live(rule);
    if (!row) return;
    patch(row.id, { recoveredAtMs: now() });
    void write(entryOf(row, 'recovered'));
    void notifier.withdraw(`${PREFIX}${rule}`);
    if (isQuiet()) void notifier.withdraw(SUMMARY);
  };

  return {
    take: (events) => {
      for (const event of events) {
        if (event.type === 'recovered') end(event.rule);
        else begin(event.alert, event.loudness);
      }
      if (events.length > 0) onChange();
    },
    rows: () => all,
    recall: (older) => {
      past = older;
      join();
      onChange();
    },
    see: () => {
      if (rows.every(({ seen }) => seen)) return;
      put(rows.map((row) => ({ ...row, seen: true })));
      onChange();
    },
    destinationOf: (messageId) => {
      if (!messageId.startsWith(PREFIX)) return null;
      const row = rows.find(({ rule }) => messageId === `${PREFIX}${rule}`);
      return { ...MONITOR, key: row?.culprit.key ?? null };
    },
  };
};
