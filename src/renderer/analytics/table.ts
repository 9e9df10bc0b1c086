/** What stands behind a chart: as shown, and as a spreadsheet takes it. */
export interface Cell {
  readonly shown: string;
  readonly raw: string | number | null;
}

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** How many columns from the left hold words; the others hold numbers. */
  readonly words: number;
}

export const text = (shown: string): Cell => ({ shown, raw: shown });
export const number = (shown: string, raw: number | null): Cell => ({ shown, raw });

/** The local time of a moment as spreadsheets read it: 2025-11-22 09:30:00. */
const sheetTime = (atMs: number): string => {
  const at = new Date(atMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
};

export const moment = (shown: string, atMs: number): Cell => ({ shown, raw: sheetTime(atMs) });
