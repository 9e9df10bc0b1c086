import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LaunchedApp } from '../e2e/launch.js';
import { launchBuilt } from './built-app.js';
import { median, rounded } from './figures.js';
import { FIRST_NUMBER, play } from './play.js';
import { cpuWithin, rendererThread } from './trace.js';
import { bytesOf, crowdStates, updatesOf } from './window-states.js';

/**
 * What one tick costs the window, from a trace of the real one: the built application in a real Electron, fed through its own
 * IPC with the states of an invented machine, 60 % of whose rows change all their figures at each tick. CPU time of the
 * renderer's main thread from a push to the next; bytes as V8 writes them. Prints one JSON object.
 */

const ROWS = [50, 300, 1000];
const TICKS = 24;
/** The first ticks compile what the later ones run. */
const WARM_UP = 4;
const TICK_MS = 700;
const TARGETS = { rendererMs: 16, bytesAt300Rows: 20_000 };
/** With the word "parts", script, layout, paint and the rest are told apart; writing so much down costs time itself. */
const withParts = process.argv.includes('parts');
const MORE_CATEGORIES = withParts ? ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'v8'] : [];

/** On a machine that does other things too, the least is nearest to what the work itself takes. */
const least = (values: readonly number[]): number => Math.min(...values);

const measure = async ({ app, page }: LaunchedApp, folder: string, rows: number): Promise<object> => {
  const states = crowdStates(rows, TICKS);
  const before = process.cpuUsage();
  const updates = updatesOf(states, FIRST_NUMBER * rows);
  const { user, system } = process.cpuUsage(before);
  const file = join(folder, `${rows}.json`);
  const { sentAtMs, pid } = await play(app, updates, { tickMs: TICK_MS, traceFile: file, categories: MORE_CATEGORIES });
  const shown = await page.locator('[role=treegrid]').getAttribute('aria-rowcount');
  if (shown !== String(rows + 1)) throw new Error(`the window shows ${shown} rows, head included, of ${rows}`);
  const thread = rendererThread(readFileSync(file, 'utf8'), pid);
  const ticks = sentAtMs.slice(WARM_UP);
  const costs = ticks.map((at) => cpuWithin(thread.tasks, at, at + TICK_MS));
  const names = [...new Set(thread.parts.map(({ name }) => name))];
  const partOf = (name: string): number =>
    median(
      ticks.map((at) =>
        cpuWithin(
          thread.parts.filter((part) => part.name === name),
          at,
          at + TICK_MS,
        ),
      ),
    );
  return {
    rendererMs: rounded(median(costs)),
    rendererLeastMs: rounded(least(costs)),
    rendererWorstMs: rounded(Math.max(...costs)),
    ...(withParts ? { parts: Object.fromEntries(names.map((name) => [name, rounded(partOf(name))])) } : {}),
    bytes: Math.round(median(updates.slice(WARM_UP).map(bytesOf))),
    wholeBytes: updates[0] ? bytesOf(updates[0]) : null,
    diffMs: rounded((user + system) / 1000 / TICKS),
  };
};

const folder = mkdtempSync(join(tmpdir(), 'cm-bench-window-'));
const launched = await launchBuilt(folder);
try {
  const { page } = launched;
  await page.locator('.toolbar').waitFor();
  // Every row stands in the list by itself, and the list is sorted by what changes.
  await page.evaluate(() =>
    window.localStorage.setItem('claude-manager.monitor', JSON.stringify({ sort: { by: 'memory', descending: true }, tree: false })),
  );
  await page.reload();
  await page.locator('.toolbar').waitFor();
  const result: Record<string, object> = {};
  for (const rows of ROWS) result[rows] = await measure(launched, folder, rows);
  process.stdout.write(`${JSON.stringify({ rows: result, targets: TARGETS })}\n`);
} finally {
  await launched.close();
  rmSync(folder, { recursive: true, force: true });
}
