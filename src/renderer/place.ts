import { logScroll, setLogFilter, useLog } from './log-view.js';
import type { Filter } from './select.js';
import { useView, type ViewState } from './view.js';

/** Where the user was when the window went away. It comes back with the window of the same run, not with the next start. */
interface Place {
  readonly run: string;
  readonly filter: Filter;
  readonly expanded: readonly string[];
  readonly selected: readonly string[];
  readonly focused: string | null;
  readonly details: string | null;
  /** Scroll of the table, px. */
  readonly scroll: number;
  readonly log: Parameters<typeof setLogFilter>[0];
  /** As in `logScroll`. */
  readonly logBelow: number | null;
}

const STORAGE_KEY = 'claude-manager.place';
const KEEP_MS = 300;

/** Where the table stands, px from its top; outlives its leaving for another tab. */
export const tableScroll = { top: 0 };

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((one) => typeof one === 'string');
const isTextOrNull = (value: unknown): value is string | null => value === null || typeof value === 'string';
const isFilter = (value: unknown): value is Filter =>
  isRecord(value) &&
  typeof value['status'] === 'string' &&
  typeof value['activity'] === 'string' &&
  typeof value['finding'] === 'string' &&
  typeof value['query'] === 'string' &&
  isTextOrNull(value['user']);
const isPlace = (value: unknown): value is Place =>
  isRecord(value) &&
  typeof value['run'] === 'string' &&
  isFilter(value['filter']) &&
  isTexts(value['expanded']) &&
  isTexts(value['selected']) &&
  isTextOrNull(value['focused']) &&
  isTextOrNull(value['details']) &&
  typeof value['scroll'] === 'number' &&
  isRecord(value['log']) &&
  (value['logBelow'] === null || typeof value['logBelow'] === 'number');

/** The place that a stored text holds for this run; null = none. Never throws. */
export const parsePlace = (text: string | null, run: string): Place | null => {
  try {
    const stored: unknown = text === null ? null : JSON.parse(text);
    return isPlace(stored) && stored.run === run ? stored : null;
  } catch {
    // Somebody else's or a broken value: the page begins where it always does.
    return null;
  }
};

export const placeOf = (view: ViewState, log: Place['log'], scroll: number, logBelow: number | null, run: string): Place => ({
  run,
  filter: view.filter,
  expanded: [...view.expanded],
  selected: [...view.selected],
  focused: view.focused,
  details: view.details,
  scroll,
  log,
  logBelow,
});

interface Page {
  readonly hidden: boolean;
  readonly addEventListener: (type: 'visibilitychange', listener: () => void) => void;
}

/** Takes the page to where it was in this run, and notes where it is: a window that is hidden may not come back. */
export const rememberPlace = (storage: Pick<Storage, 'getItem' | 'setItem'>, page: Page, run: string): void => {
  const place = parsePlace(storage.getItem(STORAGE_KEY), run);
  if (place !== null) {
    const { filter, expanded, selected, focused, details, log } = place;
    useView.setState({ filter, expanded: new Set(expanded), selected: new Set(selected), anchor: focused, focused, details });
    setLogFilter(log);
    tableScroll.top = place.scroll;
    logScroll.below = place.logBelow;
    useLog.setState({ follow: place.logBelow === null });
  }
  let timer: ReturnType<typeof setTimeout> | null = null;
  const keep = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    storage.setItem(
      STORAGE_KEY,
      JSON.stringify(placeOf(useView.getState(), useLog.getState().filter, tableScroll.top, logScroll.below, run)),
    );
  };
  // Looks change nothing of it, the user does: soon after, and at once when the page goes out of sight.
  const keepSoon = (): void => {
    timer ??= setTimeout(keep, KEEP_MS);
  };
  useView.subscribe(keepSoon);
  useLog.subscribe(({ filter }, before) => {
    if (filter !== before.filter) keepSoon();
  });
  page.addEventListener('visibilitychange', () => {
    if (page.hidden) keep();
  });
};
