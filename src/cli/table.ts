/** Where no terminal sets a width: enough for whole paths, short of unreadable. */
export const FILE_COLUMNS = 200;

/** One column: text comes ready and clean, widths are in terminal cells. */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** The narrowest it may become; text beyond it is cut. Absent: it is never cut. */
  readonly min?: number;
  /** Which side of a cut text stays; the end says more of a path. */
  readonly keep?: 'end';
  /** Who goes first where even the narrowest do not fit: the highest number. Absent: it always stays. */
  readonly drop?: number;
}

export interface Cell {
  readonly text: string;
  /** Wraps the padded text in colour; no part of its width. */
  readonly paint?: (text: string) => string;
}

const GAP = 2;
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** East Asian wide and full-width blocks, in the coarse shape that terminals' own tables have. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x2329, 0x232a],
  [0x23e9, 0x23ec],
  [0x2614, 0x2615],
  [0x2648, 0x2653],
  [0x26a1, 0x26a1],
  [0x2705, 0x2705],
  [0x274c, 0x274c],
  [0x2753, 0x2757],
  [0x2b1b, 0x2b1c],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18aff],
  [0x1b000, 0x1b2ff],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1faff],
  [0x20000, 0x3fffd],
];

const graphemeWidth = (grapheme: string): number => {
  const code = grapheme.codePointAt(0) ?? 0;
  if (/^[\p{Mark}\p{Cf}\p{Cc}]+$/u.test(grapheme)) return 0;
  // VS16 asks for the emoji form of a sign that is narrow by itself.
  if (grapheme.includes('\ufe0f') || /^\p{Regional_Indicator}{2}/u.test(grapheme)) return 2;
  return WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
};

/** Width of a text in terminal cells; an estimate where terminals disagree (emoji). */
export const textWidth = (text: string): number => {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += graphemeWidth(segment);
  return width;
};

/** At most `width` cells of a text; where it is cut stands "…". Never splits a character. */
export const fitText = (text: string, width: number, keep: 'start' | 'end' = 'start'): string => {
  if (textWidth(text) <= width) return text;
  if (width <= 0) return '';
  const segments = [...segmenter.segment(text)].map(({ segment }) => segment);
  if (keep === 'end') segments.reverse();
  const kept: string[] = [];
  let used = 1;
  for (const segment of segments) {
    used += graphemeWidth(segment);
    if (used > width) break;
    kept.push(segment);
  }
  return keep === 'end' ? `…${kept.reverse().join('')}` : `${kept.join('')}…`;
};

const total = (widths: readonly number[]): number => widths.reduce((sum, width) => sum + width, 0) + GAP * Math.max(0, widths.length - 1);

/** Takes what is too much from the widest cuttable column, cell by cell; false where they are all at their narrowest. */
const shrink = (columns: readonly Column[], widths: number[], limit: number): boolean => {
  while (total(widths) > limit) {
    let widest = -1;
    for (const [i, column] of columns.entries()) {
      const width = widths[i] ?? 0;
      if (column.min !== undefined && width > column.min && width > (widths[widest] ?? 0)) widest = i;
    }
    if (widest < 0) return false;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return true;
};

/**
 * Lines of a table at most `limit` cells wide, head first: columns as wide as their content; too much is cut from the
 * widest, then whole columns go. Where not even the ones that stay fit, the line is longer.
 */
export const renderTable = (
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  limit: number,
  paintHead: (text: string) => string = (text) => text,
): string[] => {
  const natural = columns.map((column, i) =>
    rows.reduce((widest, row) => Math.max(widest, textWidth(row[i]?.text ?? '')), textWidth(column.title)),
  );
  let kept = columns.map((_, i) => i);
  for (;;) {
    const widths = kept.map((i) => natural[i] ?? 0);
    const chosen = kept.map((i) => columns[i]).filter((column) => column !== undefined);
    const fits = shrink(chosen, widths, limit);
    const next = kept.reduce<number | null>((found, i) => {
      const rank = columns[i]?.drop;
      return rank !== undefined && (found === null || rank > (columns[found]?.drop ?? 0)) ? i : found;
    }, null);
    if (!fits && next !== null) {
      kept = kept.filter((i) => i !== next);
      continue;
    }
    const line = (cells: readonly Cell[]): string =>
      cells
        .map(({ text, paint }, at) => {
          const width = widths[at] ?? 0;
          const fitted = fitText(text, width, chosen[at]?.keep);
          const pad = ' '.repeat(Math.max(0, width - textWidth(fitted)));
          const isLast = at === cells.length - 1;
          const padded = chosen[at]?.align === 'right' ? pad + fitted : isLast ? fitted : fitted + pad;
          return paint ? paint(padded) : padded;
        })
        .join(' '.repeat(GAP))
        .trimEnd();
    return [
      paintHead(line(chosen.map((column) => ({ text: column.title })))),
      ...rows.map((row) => line(kept.map((i) => row[i] ?? { text: '' }))),
    ];
  }
};
