import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Api } from '../../src/shared/api.js';
import type { LaunchedApp } from '../e2e/launch.js';
import { launchBuilt } from './built-app.js';
import { rounded } from './figures.js';
import type { Task, ThreadTrace } from './trace.js';
import { cpuWithin, rendererThread } from './trace.js';

/**
 * What one live update of the Analytics tab costs the window: the built application in a real Electron, on the demo's machine and
 * month, looking by itself; from a trace, the CPU time of the renderer's main thread from one look's update to the next. Beside it the
 * same looks while another tab is open, and what the process of main spends meanwhile. Prints one JSON object.
 */

/** The page's window, as the preload leaves it. */
declare const window: { readonly claudeManager: Api };

const TARGET_MS = 50;
/** The first updates compile what the later ones run. */
const WARM_UP = 3;
const UPDATES = 12;
const LOOK_MS = 2_000;
/** Ranges as the toolbar lists them. */
const RANGES = ['Last hour', 'Last 24 hours', 'Last 30 days'];
/** With the word "parts", script, layout, paint and the rest are told apart; writing so much down costs time itself. */
const withParts = process.argv.includes('parts');
const CATEGORIES = ['toplevel', '__metadata', ...(withParts ? ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'v8'] : [])];

const at = (values: readonly number[], part: number): number =>
  rounded(values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN);

/** Traces the window for some looks: when each look's update was sent, and what main spent. */
const watch = (app: LaunchedApp['app'], file: string) =>
  app.evaluate(
    async ({ BrowserWindow, contentTracing }, { updates, path, categories, quietMs }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      if (!contents) throw new Error('there is no window');
      const sentAtMs: number[] = [];
      const send = contents.send.bind(contents);
      contents.send = (channel, ...values) => {
        // Chromium's traces run on the same clock.
        const nowMs = Number(process.hrtime.bigint()) / 1e6;
        // What follows closely belongs to the same look.
        if (channel === 'update' && nowMs - (sentAtMs.at(-1) ?? 0) > quietMs) sentAtMs.push(nowMs);
        send(channel, ...values);
      };
      await contentTracing.startRecording({ included_categories: [...categories] });
      const before = process.cpuUsage();
      while (sentAtMs.length < updates + 1) await new Promise((resolve) => setTimeout(resolve, 50));
      const { user, system } = process.cpuUsage(before);
      await contentTracing.stopRecording(path);
      contents.send = send;
      return { sentAtMs, mainMs: (user + system) / 1000 / updates, pid: contents.getOSProcessId() };
    },
    { updates: WARM_UP + UPDATES, path: file, categories: CATEGORIES, quietMs: 0.7 * LOOK_MS },
  );

const partsOf = (thread: ThreadTrace, spans: readonly (readonly [number, number])[]): object => {
  const names = [...new Set(thread.parts.map(({ name }) => name))];
  const meanOf = (parts: readonly Task[]): number =>
    rounded(spans.reduce((sum, [from, to]) => sum + cpuWithin(parts, from, to), 0) / spans.length);
  return Object.fromEntries(names.map((name) => [name, meanOf(thread.parts.filter((part) => part.name === name))]));
};

const measure = async (app: LaunchedApp['app'], folder: string): Promise<{ readonly meanMs: number }> => {
  const file = join(folder, 'trace.json');
  const { sentAtMs, mainMs, pid } = await watch(app, file);
  const thread = rendererThread(readFileSync(file, 'utf8'), pid);
  const spans = sentAtMs.slice(WARM_UP, -1).map((from, index) => [from, sentAtMs[WARM_UP + index + 1] ?? from] as const);
  const costs = spans.map(([from, to]) => cpuWithin(thread.tasks, from, to));
  const meanMs = rounded(costs.reduce((sum, cost) => sum + cost, 0) / costs.length);
  return {
    // Where the machine is busy, the work of one update may fall into the time of the next: the mean is right all the same.
    ...{ meanMs, medianMs: at(costs, 0.5), p95Ms: at(costs, 0.95), leastMs: at(costs, 0), worstMs: at(costs, 1), mainMs: rounded(mainMs) },
    ...(withParts ? { parts: partsOf(thread, spans) } : {}),
  };
};

const folder = mkdtempSync(join(tmpdir(), 'cm-bench-analytics-'));
const launched = await launchBuilt(join(folder, 'home'), { args: ['--demo'] });
try {
  const { app, page } = launched;
  await page.locator('#tab-config').click();
  await page.evaluate(async (seconds) => {
    await window.claudeManager.setPreferences({ refresh_interval_seconds: seconds });
  }, LOOK_MS / 1000);
  const elsewhere = await measure(app, folder);
  await page.locator('#tab-analytics').click();
  const ranges: Record<string, object> = {};
  let largest = 0;
  for (const name of RANGES) {
    await page.getByRole('button', { name, exact: true }).click();
    await page.locator('[data-chart="memory-history"] path.band').first().waitFor({ timeout: 60_000 });
    const measured = await measure(app, folder);
    largest = Math.max(largest, measured.meanMs);
    ranges[name] = measured;
  }
  const held = largest <= TARGET_MS;
  process.stdout.write(
    `${JSON.stringify({ targetMs: TARGET_MS, held, ratio: rounded(largest / elsewhere.meanMs), elsewhere, ranges }, null, 2)}\n`,
  );
  if (!held) process.exitCode = 1;
} finally {
  await launched.close();
  rmSync(folder, { recursive: true, force: true });
}
