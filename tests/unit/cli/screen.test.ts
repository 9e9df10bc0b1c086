import { describe, expect, it } from 'vitest';
import type { Screen } from '../../../src/cli/screen.js';
import { paintScreen, screenLines } from '../../../src/cli/screen.js';
import { textWidth } from '../../../src/cli/table.js';
import { fakeUi } from './fake-io.js';
import { aLook, aRow, NOW_MS } from './views.js';

const screen = (over: Partial<Screen> = {}): Screen => ({
  snapshot: aLook([aRow(1), aRow(2), aRow(3)]),
  error: null,
  nextLookAtMs: NOW_MS + 2_500,
  intervalMs: 5_000,
  ...over,
});
const SIZE = { columns: 100, rows: 20 };
const ui = fakeUi().ui;

describe('screenLines', () => {
  it('shows host, countdown, totals, rows and the way out', () => {
    const lines = screenLines(ui, screen(), SIZE, NOW_MS);
    expect(lines[0]).toBe(`Claude Manager · box${' '.repeat(100 - 20 - 16)}next look in 3 s`);
    expect(lines[1]).toMatch(/^Claude: 3 processes, 3 sessions, 300 MB, CPU 3 %$/);
    expect(lines[2]).toMatch(/^box: memory 4\.0 GB/);
    expect(lines[3]).toBe('');
    expect(lines[4]).toMatch(/^PID /);
    expect(lines.slice(5, 8).map((line) => line.split(/ +/)[1])).toEqual(['1', '2', '3']);
    expect(lines.slice(8)).toEqual(['q ends']);
  });

  it('says that the first look is under way', () => {
    expect(screenLines(ui, screen({ snapshot: null, nextLookAtMs: null }), SIZE, NOW_MS)[0]).toMatch(/looking …$/);
  });

  it('never counts below zero', () => expect(screenLines(ui, screen(), SIZE, NOW_MS + 60_000)[0]).toMatch(/next look in 0 s$/));

  it('keeps the last snapshot when a look fails, and says so', () => {
    const lines = screenLines(ui, screen({ error: 'no /proc' }), SIZE, NOW_MS);
    expect(lines[3]).toMatch(/^The last look failed \(no \/proc\)\. Shown is what was seen at \d\d:\d\d:\d\d\.$/);
    expect(lines.some((line) => line.startsWith('  1 '))).toBe(true);
  });

  it('names how many rows do not fit', () => {
    const many = screen({ snapshot: aLook(Array.from({ length: 40 }, (_, i) => aRow(i + 1))) });
    const lines = screenLines(ui, many, { columns: 100, rows: 12 }, NOW_MS);
    expect(lines).toHaveLength(12);
    expect(lines.slice(-2)).toEqual(['… and 35 more rows', 'q ends']);
    expect(lines.filter((line) => /^ *\d+ /.test(line))).toHaveLength(5);
  });

  it.each([
    [5, []],
    [6, ['… and 40 more rows']],
    [7, ['… and 40 more rows']],
    [8, [expect.stringMatching(/^PID /), expect.stringMatching(/^ +1 /), '… and 39 more rows']],
  ])('makes do with %i lines', (rows, between) => {
    const many = screen({ snapshot: aLook(Array.from({ length: 40 }, (_, i) => aRow(i + 1))) });
    expect(screenLines(ui, many, { columns: 100, rows }, NOW_MS).slice(4, -1)).toEqual(between);
  });

  it('fits every size of terminal', () => {
    const many = screen({
      error: 'x'.repeat(300),
      snapshot: aLook(Array.from({ length: 40 }, (_, i) => aRow(4_194_000 + i, { name: '日本語'.repeat(20) }))),
    });
    for (let columns = 60; columns <= 180; columns += 30)
      for (let rows = 1; rows <= 30; rows++) {
        const lines = screenLines(ui, many, { columns, rows }, NOW_MS);
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(columns);
      }
  });
});

describe('paintScreen', () => {
  it('goes home, clears the rest of each line and what is below, and scrolls nothing', () => {
    expect(paintScreen(['a', 'b'], SIZE)).toBe('\x1b[Ha\x1b[K\r\nb\x1b[K\x1b[J');
    expect(paintScreen(['a', 'b', 'c'], { columns: 80, rows: 2 })).toBe('\x1b[Ha\x1b[K\r\nb\x1b[K\x1b[J');
  });
});
