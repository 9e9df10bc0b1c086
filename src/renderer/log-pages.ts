import type { LogPage, LogRow } from '../shared/api.js';

/** Lines a request, and so many pages stay in memory. */
export const PAGE_ROWS = 200;
const MOST_PAGES = 30;

/**
 * What is known of the lines that pass a filter. Lines are kept by their place from the oldest one: new lines come at the
 * other end and move none of them.
 */
export interface LogPages {
  readonly matching: number;
  readonly total: number;
  readonly rows: ReadonlyMap<number, LogRow>;
}

export const NO_PAGES: LogPages = { matching: 0, total: 0, rows: new Map() };

/** The line that stands `index` lines below the newest; undefined = not fetched yet. */
export const rowAt = ({ matching, rows }: LogPages, index: number): LogRow | undefined => rows.get(matching - 1 - index);

const sameLine = (a: LogRow, b: LogRow): boolean => a.id === b.id && a.line === b.line;

/** Whether an answer shows that the log did not only grow: what was kept then stands elsewhere, or nowhere. */
const contradicts = (pages: LogPages, placed: readonly (readonly [number, LogRow])[], page: LogPage): boolean => {
  if (page.total < pages.total || page.matching < pages.matching) return true;
  const known = placed.filter(([place]) => pages.rows.has(place));
  if (known.length === 0) return page.total !== pages.total && pages.rows.size > 0;
  return known.some(([place, row]) => {
    const before = pages.rows.get(place);
    return before !== undefined && !sameLine(before, row);
  });
};

/** The pages with an answer of main's put in; `offset` is what was asked for. Kept rows stay the same objects. */
export const addPage = (pages: LogPages, offset: number, page: LogPage): LogPages => {
  const placed = page.rows.map((row, at) => [page.matching - 1 - offset - at, row] as const);
  const rows = new Map(contradicts(pages, placed, page) ? [] : pages.rows);
  for (const [place, row] of placed) if (!rows.has(place)) rows.set(place, row);
  if (rows.size > PAGE_ROWS * MOST_PAGES) {
    // The furthest from what was just asked for go first.
    const centre = page.matching - 1 - offset;
    const far = [...rows.keys()].sort((a, b) => Math.abs(b - centre) - Math.abs(a - centre));
    for (const place of far.slice(0, rows.size - (PAGE_ROWS * MOST_PAGES) / 2)) rows.delete(place);
  }
  return { matching: page.matching, total: page.total, rows };
};

/** What to ask for so that the lines `first` to `last` (from the newest) are known; null = they are. Whole pages from the oldest line on. */
export const missingPage = (
  pages: LogPages,
  first: number,
  last: number,
): { readonly page: number; readonly offset: number; readonly limit: number } | null => {
  for (let index = Math.max(0, first); index <= Math.min(last, pages.matching - 1); index += 1) {
    const place = pages.matching - 1 - index;
    if (pages.rows.has(place)) continue;
    const page = Math.floor(place / PAGE_ROWS);
    const top = Math.min(pages.matching - 1, page * PAGE_ROWS + PAGE_ROWS - 1);
    return { page, offset: pages.matching - 1 - top, limit: top - page * PAGE_ROWS + 1 };
  }
  return null;
};
