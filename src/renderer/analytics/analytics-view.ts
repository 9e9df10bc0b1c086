import { create } from 'zustand';
import type { Failure } from '../../shared/api.js';
import { keep } from '../../shared/equal.js';
import type { HistoryAnswer, HistoryRange, HistorySummary } from '../../shared/history.js';
import { HISTORY_RANGES } from '../../shared/history.js';
import { keepAnswer, mergeHistory, tailOf } from '../../shared/history-merge.js';
import { ask } from '../ask.js';
import type { Slots } from './colours.js';
import { giveSlots } from './colours.js';

/** By what the charts tell things apart. */
export const GROUPS = ['user', 'project', 'kind'] as const;
export type Group = (typeof GROUPS)[number];

/** By what users are ranked. */
export const RANKS = ['memory', 'memoryHours', 'cpuHours', 'processes', 'ended'] as const;
export type Rank = (typeof RANKS)[number];

export interface AnalyticsView {
  readonly range: HistoryRange;
  readonly by: Group;
  readonly rank: Rank;
  /** The host's available memory is drawn too. */
  readonly available: boolean;
  /** All charts show their tables. */
  readonly tables: boolean;
  /** Colours that were given, by group id. */
  readonly slots: Slots;
  readonly answer: HistoryAnswer | null;
  readonly summary: HistorySummary | null;
  readonly failure: Failure | null;
}

/** What outlives a restart of the window. */
export type KeptAnalytics = Pick<AnalyticsView, 'range' | 'by' | 'rank' | 'available' | 'tables' | 'slots'>;

const DEFAULTS: KeptAnalytics = {
  range: { type: 'last', last: '24h' },
  ...{ by: 'user', rank: 'memory', available: true, tables: false, slots: {} },
};

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
const flag = (value: unknown, fallback: boolean): boolean => (typeof value === 'boolean' ? value : fallback);

const slotsIn = (value: unknown): Slots =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value)
          .filter((entry): entry is [string, number] => [0, 1, 2, 3, 4, 5].includes(Number(entry[1])))
          .slice(0, 200),
      )
    : {};

/** Stored text back to what it says; whatever of it is wrong or missing is its default. A chosen span is not kept. Never throws. */
export const parseAnalytics = (text: string | null): KeptAnalytics => {
  let stored: unknown;
  try {
    stored = text === null ? null : JSON.parse(text);
  } catch {
    // Somebody else's or a broken value: the defaults are no loss.
    return DEFAULTS;
  }
  const last = HISTORY_RANGES.find((one) => one === field(stored, 'last'));
  return {
    range: last === undefined ? DEFAULTS.range : { type: 'last', last },
    by: GROUPS.find((one) => one === field(stored, 'by')) ?? DEFAULTS.by,
    rank: RANKS.find((one) => one === field(stored, 'rank')) ?? DEFAULTS.rank,
    available: flag(field(stored, 'available'), DEFAULTS.available),
    tables: flag(field(stored, 'tables'), DEFAULTS.tables),
    slots: slotsIn(field(stored, 'slots')),
  };
};

export const useAnalytics = create<AnalyticsView>(() => ({ ...DEFAULTS, answer: null, summary: null, failure: null }));

const STORAGE_KEY = 'claude-manager.analytics';

/** Takes range, grouping and colours from the page's storage and keeps them there from now on. */
export const rememberAnalytics = (storage: Pick<Storage, 'getItem' | 'setItem'>): void => {
  useAnalytics.setState(parseAnalytics(storage.getItem(STORAGE_KEY)));
  useAnalytics.subscribe((now, before) => {
    const { range, by, rank, available, tables, slots } = now;
    const same = range === before.range && by === before.by && rank === before.rank && available === before.available;
    if (same && tables === before.tables && slots === before.slots) return;
    const last = range.type === 'last' ? range.last : undefined;
    storage.setItem(STORAGE_KEY, JSON.stringify({ last, by, rank, available, tables, slots }));
  });
};

/** Shows another range; what is shown of the old one stays until the new one is there. */
export const setRange = (range: HistoryRange): void => useAnalytics.setState({ range });

/** Colours for groups that are about to be shown, most important first. */
export const colour = (ids: readonly string[]): void => {
  const { slots } = useAnalytics.getState();
  const next = giveSlots(slots, ids);
  if (next !== slots) useAnalytics.setState({ slots: next });
};

/** One question at a time: what changes meanwhile is asked for once the answer is there. */
const asking = { now: false, again: false };
/** The question that the shown answer belongs to, and the version of the past that it shows: the answer may look the same for a newer one. */
let shownFor: (Pick<AnalyticsView, 'range' | 'by'> & { readonly version: number }) | null = null;

const readOnce = async (): Promise<void> => {
  const { range, by, answer: older } = useAnalytics.getState();
  const same = shownFor?.range === range && shownFor.by === by;
  const tail = same && older !== null ? tailOf(older) : null;
  const api = window.claudeManager;
  const asked = { range, by };
  const [answered, summed] = await Promise.all([
    ask(api.queryHistory({ ...asked, tail: tail === null ? null : { fromBucketMs: tail.fromBucketMs, ids: [...tail.ids] } })),
    ask(api.historySummary({ range })),
  ]);
  const now = useAnalytics.getState();
  // Another range was chosen meanwhile: another question follows.
  if (now.range !== range || now.by !== by) {
    asking.again = true;
    return;
  }
  const failure = answered.ok ? (summed.ok ? null : summed.failure) : answered.failure;
  if (!answered.ok || !summed.ok) {
    useAnalytics.setState({ failure });
    return;
  }
  let answer: HistoryAnswer | null = answered.value;
  if (tail !== null && older !== null) {
    answer = mergeHistory(older, answered.value);
    if (answer === null) {
      const whole = await ask(api.queryHistory({ ...asked, tail: null }));
      if (!whole.ok) {
        useAnalytics.setState({ failure: whole.failure });
        return;
      }
      answer = whole.value;
    }
  }
  shownFor = { range, by, version: answer.version };
  if (tail !== null && older !== null) answer = keepAnswer(older, answer);
  const ids = answer.series.flatMap(({ id }) => (id === 'other' ? [] : [id]));
  const summary = now.summary === null ? summed.value : keepParts(now.summary, summed.value);
  useAnalytics.setState({ answer, summary, failure: null, slots: giveSlots(now.slots, ids) });
};

/** The newer summary with every list that did not change taken from the older one, so that what is drawn from it is not drawn anew. */
const keepParts = (older: HistorySummary, newer: HistorySummary): HistorySummary => ({
  ...newer,
  metrics: keep(older.metrics, newer.metrics),
  ended: keep(older.ended, newer.ended),
  users: keep(older.users, newer.users),
  projects: keep(older.projects, newer.projects),
  servers: keep(older.servers, newer.servers),
  growth: keep(older.growth, newer.growth),
  runTimes: keep(older.runTimes, newer.runTimes),
  recording: keep(older.recording, newer.recording),
});

/** Brings what is shown up to date with a version of the past (AppState.historyVersion); null = in any case. */
export const readAnalytics = async (question: Pick<AnalyticsView, 'range' | 'by'>, version: number | null): Promise<void> => {
  const { answer, failure } = useAnalytics.getState();
  const same = shownFor?.range === question.range && shownFor.by === question.by;
  if (same && failure === null && version !== null && answer !== null && shownFor?.version === version) return;
  if (asking.now) {
    asking.again = true;
    return;
  }
  asking.now = true;
  try {
    do {
      asking.again = false;
      await readOnce();
    } while (asking.again);
  } finally {
    asking.now = false;
  }
};
