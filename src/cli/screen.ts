import { formatTime } from '../shared/format.js';
import type { Snapshot } from '../shared/types.js';
import type { ListOptions } from './list.js';
import { caveatLines, tableLines, totalLines } from './list.js';
import type { Ui } from './output.js';
import { clean } from './output.js';
import { selectGroups } from './rows.js';
import { fitText, textWidth } from './table.js';

export interface Screen {
  /** The last that was read; null before the first. */
  readonly snapshot: Snapshot | null;
  /** Why the last look failed; null = it did not. */
  readonly error: string | null;
  readonly nextLookAtMs: number | null;
  readonly intervalMs: number;
}

/** What a screen shows: it has no filters. */
export const EVERYTHING: ListOptions = { user: null, status: null, sort: 'memory', tree: false };

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Alternate screen, no cursor, no wrapping: a line too long is cut by the terminal instead of pushing the rest down. */
export const ENTER_SCREEN = '\x1b[?1049h\x1b[?25l\x1b[?7l';
export const LEAVE_SCREEN = '\x1b[?7h\x1b[?25h\x1b[?1049l';

/** Lines as one write that repaints a terminal without a flicker: each line clears its rest, the last one what is below. */
export const paintScreen = (lines: readonly string[], { rows }: Size): string =>
  `\x1b[H${lines
    .slice(0, rows)
    .map((line) => `${line}\x1b[K`)
    .join('\r\n')}\x1b[J`;

const apart = (left: string, right: string, columns: number): string => {
  const room = columns - textWidth(right) - 2;
  if (room < 10) return fitText(left, columns);
  const fitted = fitText(left, room);
  return fitted + ' '.repeat(columns - textWidth(fitted) - textWidth(right)) + right;
};

const countdown = (ui: Ui, { nextLookAtMs, snapshot }: Screen, nowMs: number): string =>
  nextLookAtMs === null || snapshot === null
    ? ui.t('cli.watch.looking')
    : ui.t('cli.watch.next', { count: Math.max(0, Math.ceil((nextLookAtMs - nowMs) / 1000)) });

/** A whole screen: title with host and countdown, totals, the table as far as it fits, the way out. Never more than `rows` lines. */
export const screenLines = (ui: Ui, screen: Screen, size: Size, nowMs: number): string[] => {
  const { snapshot, error } = screen;
  const cut = (line: string): string => fitText(line, size.columns);
  const title = apart(
    snapshot === null ? ui.t('cli.watch.bareTitle') : ui.t('cli.watch.title', { host: clean(snapshot.host.hostName) }),
    countdown(ui, screen, nowMs),
    size.columns,
  );
  const head = [
    ui.paint.bold(title),
    ...(snapshot === null ? [] : [...totalLines(ui, snapshot), ...caveatLines(ui, snapshot)].map(cut)),
    ...(error === null
      ? []
      : [ui.paint.red(cut(ui.t('cli.watch.failed', { error, time: formatTime(snapshot?.takenAtMs ?? null, ui.language) })))]),
    '',
  ];
  const foot = ui.paint.dim(cut(ui.t('cli.watch.keys')));
  if (snapshot === null) return [...head, foot].slice(0, size.rows);
  const room = Math.max(0, size.rows - head.length - 1);
  const rows = selectGroups(snapshot.processes, EVERYTHING).length;
  const fits = rows < room;
  // Only what is shown is measured: a tick must cost the same for 10 rows and for 10,000.
  const most = fits ? rows : Math.max(0, room - 2);
  const table = fits || most > 0 ? tableLines(ui, snapshot, EVERYTHING, size.columns, most) : [];
  const shown = fits ? table : [...table, ui.t('cli.watch.more', { count: rows - most })].slice(0, room);
  return [...head, ...shown, foot].slice(0, size.rows);
};
