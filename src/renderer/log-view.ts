import { create } from 'zustand';
import type { Failure, LogFilter, LogPage, LogRow } from '../shared/api.js';
import { ask } from './ask.js';
import { addPage, type LogPages, missingPage, NO_PAGES, PAGE_ROWS } from './log-pages.js';

export type LogLevel = LogRow['level'];

export interface LogView {
  readonly filter: LogFilter;
  readonly pages: LogPages;
  /** Counts and words of the last answer; null = none yet. */
  readonly head: Omit<LogPage, 'rows'> | null;
  readonly failure: Failure | null;
  /** New lines show at the top as they come. */
  readonly follow: boolean;
  /** Places of lines, from the oldest that passes: the one whose details are open, and the one that holds the tab stop. */
  readonly open: number | null;
  readonly focused: number | null;
  readonly clearing: boolean;
}

export const NO_LOG_FILTER: LogFilter = {};

export const useLog = create<LogView>(() => ({
  filter: NO_LOG_FILTER,
  pages: NO_PAGES,
  head: null,
  failure: null,
  follow: true,
  open: null,
  focused: null,
  clearing: false,
}));

/**
 * Where the list stands, px from the bottom of its oldest line, which new lines do not move; null = at its newest. Outlives the list's leaving
 * for another tab.
 */
export const logScroll: { below: number | null } = { below: null };

/** Sets parts of the filter; what is undefined or empty is taken off. */
export const setLogFilter = (part: LogFilter): void => {
  // Another filter begins at its newest line.
  logScroll.below = null;
  useLog.setState(({ filter }) => ({
    filter: Object.fromEntries(
      Object.entries({ ...filter, ...part }).filter(([, value]) => value !== undefined && value !== '' && value.length > 0),
    ),
    open: null,
    focused: null,
  }));
};

export const clearLogFilter = (): void => {
  logScroll.below = null;
  useLog.setState({ filter: NO_LOG_FILTER, open: null, focused: null });
};

/** Adds a level to those that are shown, or takes it out; all of them is as good as none. */
export const toggleLevel = (level: LogLevel): void => {
  const levels = useLog.getState().filter.levels ?? [];
  const next = levels.includes(level) ? levels.filter((each) => each !== level) : [...levels, level];
  setLogFilter({ levels: next.length === 3 ? [] : next });
};

/** The filter as main takes it: a blank text is none. */
export const sentFilter = ({ levels, text, ...rest }: LogFilter) => ({
  ...rest,
  ...(levels ? { levels: [...levels] } : {}),
  ...(text?.trim() ? { text: text.trim().slice(0, 512) } : {}),
});

/** What has been asked for and not answered. One question for the newest lines, one for others: a fast scroll asks only for where it is by then. */
const asking = { head: false, headAgain: false, page: false };
/** The filter that the shown pages belong to. */
let filterOf: LogFilter | null = null;
let wanted: readonly [first: number, last: number] = [0, 0];

const fetchPage = async (offset: number, limit: number): Promise<void> => {
  const { filter } = useLog.getState();
  const answer = await ask(window.claudeManager.readLog({ filter: sentFilter(filter), offset, limit }));
  const state = useLog.getState();
  // The filter was changed meanwhile: another question is under way.
  if (state.filter !== filter) return;
  if (!answer.ok) {
    useLog.setState({ failure: answer.failure });
    return;
  }
  const { rows: _, ...head } = answer.value;
  const same = filterOf === filter;
  filterOf = filter;
  const pages = addPage(same ? state.pages : NO_PAGES, offset, answer.value);
  const kept = same && pages.matching >= state.pages.matching;
  useLog.setState({ pages, head, failure: null, ...(kept ? {} : { open: null, focused: null }) });
};

/** Reads the newest lines and the counts anew: the log has grown, or the filter is another. */
export const readHead = async (): Promise<void> => {
  if (asking.head) {
    asking.headAgain = true;
    return;
  }
  asking.head = true;
  try {
    do {
      asking.headAgain = false;
      await fetchPage(0, PAGE_ROWS);
    } while (asking.headAgain);
  } finally {
    asking.head = false;
  }
  await readRange(...wanted);
};

/** Lines around those in view: so many are to be there before anybody scrolls to them. */
const NEAR = 20;
const AHEAD = 250;

/** Sees to it that the lines from `first` to `last` below the newest are there, and then those that a scroll would come to next. */
export const readRange = async (first: number, last: number): Promise<void> => {
  wanted = [first, last];
  if (asking.page || asking.head) return;
  asking.page = true;
  try {
    for (let turn = 0; turn < 8; turn += 1) {
      const { pages } = useLog.getState();
      const [from, to] = wanted;
      const missing = missingPage(pages, from - NEAR, to + NEAR) ?? missingPage(pages, from - AHEAD, to + AHEAD);
      if (missing === null || useLog.getState().failure) return;
      await fetchPage(missing.offset, missing.limit);
    }
  } finally {
    asking.page = false;
  }
};
