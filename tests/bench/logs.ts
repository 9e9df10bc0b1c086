import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ElectronApplication, Page } from 'playwright-core';
import { launchBuilt } from './built-app.js';
import { openPlainList } from './plain-list.js';
import { cpuWithin, MARK, rendererThread, type Task } from './trace.js';

/**
 * What it takes to scroll through 200,000 lines of the action log: CPU time of the renderer's main thread, from a trace, for one notch of a wheel
 * and one screen further on pages that were read ahead, and for a jump to ones that were not, beside a plain list of as many lines in the same
 * Electron; and the longest time for which main's own loop stood still while it opened the log, was asked for pages, searched it, and while lines came. In the built
 * application, with real files. Prints one JSON object.
 */

const FILES = ['.4', '.3', '.2', '.1', ''];
const LINES_A_FILE = 40_000;
const NOTCH_PX = 120;
const SCREEN_PX = 700;
const STEPS = 200;
/** `timesPlain`: how many times a plain list's cost, medians. */
const TARGETS = { notchMs: 16, timesPlain: 2, mainBlockMs: 50 };

const stamp = (second: number): string => new Date(Date.UTC(2025, 0, 1) + second * 1000).toISOString().slice(0, 19);
const line = (index: number): string =>
  `${stamp(index * 60)} - ${index % 9 === 0 ? 'ERROR' : 'SUCCESS'} - KILL_PROCESS: PID ${index} - User: user${index % 7} - Memory: 512MB - Signal: SIGTERM - Kind: mcp-server - Result: done - Freed: ${index % 900}MB\n`;

const fill = (home: string): string => {
  const folder = join(home, '.local/state/claude-manager');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'claude_actions.log');
  for (const [at, name] of FILES.entries())
    writeFileSync(file + name, Array.from({ length: LINES_A_FILE }, (_, index) => line(at * LINES_A_FILE + index)).join(''), {
      mode: 0o600,
    });
  return file;
};

/** With the word "parts", script, layout, paint and the rest are told apart; writing so much down costs time itself. */
const withParts = process.argv.includes('parts');
const CATEGORIES = [
  ...['toplevel', '__metadata', 'blink.user_timing'],
  ...(withParts ? ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'v8'] : []),
];

/** Scrolls the list on by `px` for `STEPS` times, two frames each, and marks the beginning of each step. */
const scrollOn = (page: Page, selector: string, px: number): Promise<void> =>
  page.locator(selector).evaluate(
    async (element, { by, steps, mark }) => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      for (let step = 0; step <= steps; step++) {
        performance.mark(mark);
        if (step === steps) return;
        element.scrollBy({ top: by });
        await frame();
        await frame();
      }
    },
    { by: px, steps: STEPS, mark: MARK },
  );

const rounded = (value: number): number => Math.round(value * 10) / 10;
const spread = (values: readonly number[]): { readonly median: number; readonly p95: number; readonly worst: number } => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number): number => rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN);
  return { median: at(0.5), p95: at(0.95), worst: at(1) };
};
const between = (tasks: readonly Task[], marks: readonly number[]): number[] =>
  marks.slice(1).map((to, step) => cpuWithin(tasks, marks[step] ?? to, to));

/** CPU ms of the page's main thread for each step of a scroll, and with "parts" what they went into, as means. */
const costOf = async (app: ElectronApplication, page: Page, selector: string, px: number, folder: string) => {
  const file = join(folder, 'trace.json');
  const pid = await (await app.browserWindow(page)).evaluate(({ webContents }) => webContents.getOSProcessId());
  await app.evaluate(({ contentTracing }, categories) => contentTracing.startRecording({ included_categories: categories }), CATEGORIES);
  await scrollOn(page, selector, px);
  await app.evaluate(({ contentTracing }, path) => contentTracing.stopRecording(path).then(() => undefined), file);
  const { tasks, parts, marks } = rendererThread(readFileSync(file, 'utf8'), pid);
  if (marks.length !== STEPS + 1) throw new Error(`the trace holds ${marks.length} marks of ${STEPS + 1}`);
  const names = [...new Set(parts.map(({ name }) => name))];
  const meanOf = (name: string): number =>
    rounded(
      between(
        parts.filter((part) => part.name === name),
        marks,
      ).reduce((sum, ms) => sum + ms, 0) / STEPS,
    );
  return {
    ...spread(between(tasks, marks)),
    ...(withParts ? { parts: Object.fromEntries(names.map((name) => [name, meanOf(name)])) } : {}),
  };
};

/** Begins to measure how long main's loop stands still; the returned call says the worst so far, ms, and begins anew. */
const watchMain = async (app: ElectronApplication): Promise<() => Promise<number>> => {
  await app.evaluate(() => {
    const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks');
    const delays = monitorEventLoopDelay({ resolution: 1 });
    delays.enable();
    Object.assign(globalThis, { benchDelays: delays });
  });
  return () =>
    app.evaluate(() => {
      const delays: unknown = Reflect.get(globalThis, 'benchDelays');
      if (typeof delays !== 'object' || delays === null || !('max' in delays) || !('reset' in delays))
        throw new Error('nothing is measured');
      const worst = Number(delays.max) / 1e6;
      if (typeof delays.reset === 'function') delays.reset();
      return worst;
    });
};

const home = mkdtempSync(join(tmpdir(), 'cm-bench-logs-'));
const file = fill(home);
const launched = await launchBuilt(home);
try {
  const { app, page } = launched;
  // On a machine that is busy otherwise; what is measured is CPU time.
  page.setDefaultTimeout(300_000);
  await page.locator('#tab-logs').waitFor();
  const mainBlock = await watchMain(app);
  const blocks: Record<string, number> = {};
  await mainBlock();
  await page.locator('#tab-logs').click();
  await page.locator('.foot', { hasText: /^200.000 entries/ }).waitFor();
  blocks['open'] = await mainBlock();

  const cost = (by: number) => costOf(app, page, '.logs .rows', by, home);
  await cost(SCREEN_PX);
  await mainBlock();
  const notch = await cost(NOTCH_PX);
  const near = await cost(SCREEN_PX);
  const far = await cost(SCREEN_PX * 90);
  blocks['scroll'] = await mainBlock();

  await page.locator('#search').fill('PID 1234');
  await page.locator('.foot', { hasText: 'of' }).waitFor();
  await sleep(1_000);
  blocks['search'] = await mainBlock();
  await page.locator('#search').fill('');
  await sleep(1_000);
  await mainBlock();
  for (let index = 0; index < 20; index++) {
    appendFileSync(file, line(FILES.length * LINES_A_FILE + index));
    await sleep(250);
  }
  blocks['follow'] = await mainBlock();
  const plain = await openPlainList(app, FILES.length * LINES_A_FILE);
  const plainCost = (by: number) => costOf(app, plain, '#list', by, home);
  await plainCost(SCREEN_PX);
  const plainNotch = await plainCost(NOTCH_PX);
  const plainScreen = await plainCost(SCREEN_PX);
  process.stdout.write(
    `${JSON.stringify({
      notchMs: notch,
      screenMs: near,
      jumpMs: far,
      plain: { notchMs: plainNotch, screenMs: plainScreen },
      timesPlain: { notch: rounded(notch.median / plainNotch.median), screen: rounded(near.median / plainScreen.median) },
      mainBlockMs: Object.fromEntries(Object.entries(blocks).map(([what, ms]) => [what, rounded(ms)])),
      targets: TARGETS,
    })}\n`,
  );
} finally {
  await launched.close();
  rmSync(home, { recursive: true, force: true });
}
