import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CDPSession, ElectronApplication } from 'playwright-core';
import { answerFirstScreen, electronExecutable, isRoot, launchIn, makeHome } from '../e2e/launch.js';

/**
 * What it takes to scroll through 200,000 lines of the action log: CPU time of the renderer's main thread for one screen further, on
 * pages that were read ahead and on ones that were not, and the longest time for which main's own loop stood still while it opened the
 * log, was asked for pages, searched it, and while lines came. In the built application, with real files. Prints one JSON object.
 */

const FILES = ['.4', '.3', '.2', '.1', ''];
const LINES_A_FILE = 40_000;
const SCREEN_PX = 700;
const STEPS = 200;
const TARGETS = { screenMs: 16, mainBlockMs: 50 };

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

/** CPU ms that the renderer's main thread has worked so far. */
const workedMs = async (session: CDPSession): Promise<number> => {
  const { metrics } = await session.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
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

const rounded = (value: number): number => Math.round(value * 10) / 10;
const spread = (values: readonly number[]): object => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number): number => rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN);
  return { median: at(0.5), p95: at(0.95), worst: at(1) };
};

const home = mkdtempSync(join(tmpdir(), 'cm-bench-logs-'));
const file = fill(home);
makeHome(home);
answerFirstScreen(home);
const place = {
  executable: electronExecutable(),
  appFolder: process.cwd(),
  cwd: process.cwd(),
  switches: isRoot ? ['--no-sandbox'] : [],
  env: {},
};
const launched = await launchIn(place, home, {}, () => undefined);
try {
  const { app, page } = launched;
  // On a machine that is busy otherwise; what is measured is CPU time.
  page.setDefaultTimeout(300_000);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.locator('#tab-logs').waitFor();
  const mainBlock = await watchMain(app);
  const blocks: Record<string, number> = {};
  await mainBlock();
  await page.locator('#tab-logs').click();
  await page.locator('.foot', { hasText: /^200.000 entries/ }).waitFor();
  blocks['open'] = await mainBlock();

  const rows = page.locator('.logs .rows');
  const scroll = (by: number): Promise<void> =>
    rows.evaluate(async (element, px) => {
      element.scrollBy({ top: px });
      for (let frame = 0; frame < 2; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
    }, by);
  const costs = async (by: number): Promise<number[]> => {
    const all: number[] = [];
    for (let step = 0; step < STEPS; step++) {
      const before = await workedMs(session);
      await scroll(by);
      all.push((await workedMs(session)) - before);
    }
    return all;
  };
  await costs(SCREEN_PX);
  const near = await costs(SCREEN_PX);
  const far = await costs(SCREEN_PX * 90);
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
  process.stdout.write(
    `${JSON.stringify({
      screenMs: spread(near),
      jumpMs: spread(far),
      mainBlockMs: Object.fromEntries(Object.entries(blocks).map(([what, ms]) => [what, rounded(ms)])),
      targets: TARGETS,
    })}\n`,
  );
} finally {
  await launched.close();
  rmSync(home, { recursive: true, force: true });
}
