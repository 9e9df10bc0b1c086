import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addPage, missingPage, NO_PAGES, PAGE_ROWS, rowAt } from '../../../src/renderer/log-pages.js';
import type { LogPage, LogRow } from '../../../src/shared/api.js';

const row = (id: number, salt = ''): LogRow => ({
  id,
  at: '2025-09-02T20:16:17',
  level: 'INFO',
  action: 'X',
  fields: [],
  line: `line ${id}${salt}`,
});
/** What main answers for a log of `total` lines that all pass. */
const answer = (total: number, offset: number, limit: number, salt = ''): LogPage => ({
  rows: Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, at) => row(total - 1 - offset - at, salt)),
  matching: total,
  total,
  counts: { SUCCESS: 0, ERROR: 0, INFO: total },
  actions: ['X'],
  users: [],
  skipped: 0,
});

describe('pages', () => {
  test('know a line by its place below the newest', () => {
    const pages = addPage(NO_PAGES, 0, answer(500, 0, 200));
    expect([rowAt(pages, 0)?.id, rowAt(pages, 199)?.id, rowAt(pages, 200)]).toEqual([499, 300, undefined]);
  });

  test('keep their lines, the very same, when new ones come', () => {
    const pages = addPage(NO_PAGES, 0, answer(500, 0, 200));
    const more = addPage(pages, 0, answer(503, 0, 200));
    expect([rowAt(more, 0)?.id, rowAt(more, 202)?.id, more.matching]).toEqual([502, 300, 503]);
    expect(rowAt(more, 3)).toBe(rowAt(pages, 0));
  });

  test('forget all when the log was cut, or is another', () => {
    const pages = addPage(NO_PAGES, 0, answer(500, 0, 200));
    expect(addPage(pages, 0, answer(400, 0, 200)).rows.size).toBe(200);
    expect(rowAt(addPage(pages, 0, answer(500, 0, 10, ' new')), 0)?.line).toBe('line 499 new');
    expect(addPage(pages, 0, answer(500, 0, 10, ' new')).rows.size).toBe(10);
    // So much came at once that nothing tells whether it is the same log.
    expect(addPage(pages, 0, answer(5_000, 0, 200)).rows.size).toBe(200);
  });

  test('ask for whole pages, counted from the oldest line, until nothing in view is missing', () => {
    const pages = addPage(NO_PAGES, 0, answer(500, 0, 100));
    expect(missingPage(pages, 0, 99)).toBeNull();
    expect(missingPage(pages, 90, 120)).toEqual({ page: 1, offset: 100, limit: 200 });
    expect(missingPage(pages, 480, 900)).toEqual({ page: 0, offset: 300, limit: 200 });
    expect(missingPage(NO_PAGES, 0, 50)).toBeNull();
  });

  test('hold not more than a few thousand lines, and those near the last question', () => {
    let pages = addPage(NO_PAGES, 0, answer(50_000, 0, 200));
    for (let offset = 0; offset < 20_000; offset += PAGE_ROWS) pages = addPage(pages, offset, answer(50_000, offset, PAGE_ROWS));
    expect(pages.rows.size).toBeLessThanOrEqual(6_000);
    expect(missingPage(pages, 19_800, 19_999)).toBeNull();
  });

  test('whatever is scrolled to and however the log grows, what is shown is what main has, 500 times', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(400), fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 12 }), (steps) => {
        let total = 300;
        let pages = addPage(NO_PAGES, 0, answer(total, 0, PAGE_ROWS));
        for (const [grown, where] of steps) {
          total += grown;
          pages = addPage(pages, 0, answer(total, 0, PAGE_ROWS));
          const first = Math.floor(where * (total - 1));
          for (let turn = 0; turn < 3; turn += 1) {
            const missing = missingPage(pages, first, first + 40);
            if (missing) pages = addPage(pages, missing.offset, answer(total, missing.offset, missing.limit));
          }
          const last = Math.min(first + 40, total - 1);
          const shown = Array.from({ length: last - first + 1 }, (_, at) => rowAt(pages, first + at)?.id);
          expect(shown).toEqual(shown.map((_, at) => total - 1 - first - at));
        }
      }),
      { numRuns: 500 },
    );
  });
});
