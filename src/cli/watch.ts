import type { Core } from '../main/core.js';
import type { Snapshot } from '../shared/types.js';
import type { Io } from './io.js';
import { snapshotWriter } from './json.js';
import { list, selectedProcesses } from './list.js';
import type { ExitCode, Ui } from './output.js';
import { clean, sentence, troubleJson } from './output.js';
import type { Screen } from './screen.js';
import { ENTER_SCREEN, EVERYTHING, LEAVE_SCREEN, paintScreen, screenLines } from './screen.js';

/** The first look has no CPU figures; the second comes soon, so that the screen is complete. */
const FIRST_GAP_MS = 500;
const TICK_MS = 1000;

type Seen = { readonly ok: true; readonly snapshot: Snapshot } | { readonly ok: false; readonly error: string };

/** Looks again and again until `signal`; a look that fails is told and the next one is tried. Looks never overlap. */
const looks = async (
  core: Core,
  io: Io,
  signal: AbortSignal,
  gapMs: (looks: number) => number,
  tell: (seen: Seen) => void,
): Promise<void> => {
  for (let count = 1; !signal.aborted; count++) {
    let seen: Seen;
    try {
      seen = { ok: true, snapshot: (await core.looker.look()).snapshot };
    } catch (error) {
      seen = { ok: false, error: clean(error instanceof Error ? error.message : String(error)) };
    }
    if (signal.aborted) return;
    tell(seen);
    await io.sleep(gapMs(count), signal);
  }
};

/** Aborted by a signal, by a reader that has gone, or by `end`; `release` gives the signals back. */
const lifetime = (io: Io): { readonly signal: AbortSignal; readonly end: () => void; readonly release: () => void } => {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  const release = io.catchSignals(end);
  io.readerGone.addEventListener('abort', end, { once: true });
  if (io.readerGone.aborted) end();
  return { signal: controller.signal, end, release };
};

/** Resolves when aborted: a look that hangs must not keep a user who wants out. */
const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const watchJson = async (ui: Ui, core: Core, intervalMs: number): Promise<ExitCode> => {
  const life = lifetime(ui.io);
  const lineOf = snapshotWriter(ui.t);
  const tell = (seen: Seen): void => {
    if (seen.ok) ui.print(lineOf(seen.snapshot, selectedProcesses(seen.snapshot, EVERYTHING)));
    else ui.data(troubleJson(ui.t, { reason: 'failed', key: 'cli.error.look', values: { error: seen.error } }));
  };
  try {
    await Promise.race([looks(core, ui.io, life.signal, () => intervalMs, tell), aborted(life.signal)]);
  } finally {
    life.end();
    life.release();
  }
  return 0;
};

const watchScreen = async (ui: Ui, core: Core, intervalMs: number): Promise<ExitCode> => {
  const { io } = ui;
  const life = lifetime(io);
  let screen: Screen = { snapshot: null, error: null, nextLookAtMs: null, intervalMs };
  const draw = (): void => {
    const size = io.stdout.size();
    if (size !== null && !life.signal.aborted) io.stdout.write(paintScreen(screenLines(ui, screen, size, Date.now()), size));
  };
  const gapMs = (count: number): number => (count === 1 ? Math.min(FIRST_GAP_MS, intervalMs) : intervalMs);
  let count = 0;
  const tell = (seen: Seen): void => {
    count++;
    screen = {
      ...screen,
      snapshot: seen.ok ? seen.snapshot : screen.snapshot,
      error: seen.ok ? null : seen.error,
      nextLookAtMs: Date.now() + gapMs(count),
    };
    draw();
  };
  const ticks = async (): Promise<void> => {
    while (!life.signal.aborted) {
      await io.sleep(TICK_MS, life.signal);
      draw();
    }
  };
  const releases: (() => void)[] = [life.release];
  io.stdout.write(ENTER_SCREEN);
  try {
    releases.push(io.onResize(draw));
    // In raw mode Ctrl-C arrives as a character.
    releases.push(io.stdin.keys((key) => (key === 'q' || key === 'Q' || key === '\x03') && life.end()));
    draw();
    await Promise.race([Promise.all([looks(core, io, life.signal, gapMs, tell), ticks()]), aborted(life.signal)]);
  } finally {
    life.end();
    for (const release of releases) release();
    io.stdout.write(LEAVE_SCREEN);
  }
  return 0;
};

/** Shows the processes live until q, Ctrl-C or a signal; as JSON one line a look; where stdout is no terminal, one table. */
export const watch = async (ui: Ui, core: Core, intervalMs: number): Promise<ExitCode> => {
  if (ui.json) return watchJson(ui, core, intervalMs);
  if (ui.io.stdout.size() !== null) return watchScreen(ui, core, intervalMs);
  const code = await list(ui, core, EVERYTHING);
  ui.print('');
  ui.print(sentence(ui.t, 'cli.watch.noTerminal'));
  return code;
};
