import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Update } from '../../src/shared/patch.js';
import { FIRST_NUMBER, play } from '../bench/play.js';
import { cpuWithin, rendererThread } from '../bench/trace.js';
import { bytesOf, crowdStates, updatesOf } from '../bench/window-states.js';
import { type LaunchedApp, launchApp } from './launch.js';

const TICKS = 6;
const TICK_MS = 250;
/** The first ticks of a list draw all of it and compile what the later ones run. */
const WARM_UP = 2;

describe('the window, tick after tick', () => {
  let launched: LaunchedApp;
  beforeAll(async () => {
    launched = await launchApp();
    await launched.page.locator('.toolbar').waitFor();
  });
  afterAll(() => launched?.close());

  const push = (updates: readonly Update[]): Promise<void> =>
    launched.app.evaluate(async ({ BrowserWindow }, list) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      if (!contents) throw new Error('there is no window');
      for (const update of list) {
        contents.send('update', update);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }, updates);
  const rowCount = () => launched.page.getByRole('treegrid').getAttribute('aria-rowcount');

  /** What the page holds on to, after a collection of garbage. */
  const held = async (): Promise<{ readonly nodes: number; readonly listeners: number }> => {
    const session = await launched.page.context().newCDPSession(launched.page);
    try {
      await session.send('Performance.enable');
      await session.send('HeapProfiler.collectGarbage');
      const { metrics } = await session.send('Performance.getMetrics');
      const figureOf = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
      return { nodes: figureOf('Nodes'), listeners: figureOf('JSEventListeners') };
    } finally {
      await session.detach();
    }
  };

  it('draws no frames for the countdown between two looks of its own: a second is one step', async () => {
    const moving = await launched.page.evaluate(async () => {
      const seen = new Set<string>();
      for (let sample = 0; sample < 20; sample++) {
        for (const { effect } of document.getAnimations())
          if (effect instanceof KeyframeEffect && effect.target?.closest('aside')) seen.add(effect.target.outerHTML.slice(0, 80));
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return [...seen];
    });
    expect(moving).toEqual([]);
  });

  it('takes patches of at most 20 kB at 300 rows, and holds no more after 100 of them than after 10', async () => {
    const updates = updatesOf(crowdStates(300, 111), FIRST_NUMBER);
    expect(Math.max(...updates.slice(1).map(bytesOf))).toBeLessThanOrEqual(20_000);
    await launched.page.getByRole('button', { name: 'Group by session' }).click();
    await push(updates.slice(0, 11));
    await expect.poll(rowCount).toBe('301');
    const before = await held();
    await push(updates.slice(11));
    const after = await held();
    // What is in view at the moment differs a little: rows with an arrow, a limit, a sign.
    expect(after.nodes).toBeLessThan(before.nodes * 1.1);
    expect(after.listeners).toBeLessThan(before.listeners * 1.1);
    const last = crowdStates(300, 111)
      .at(-1)
      ?.snapshot?.processes.toSorted((a, b) => (b.memoryBytes ?? 0) - (a.memoryBytes ?? 0))[0];
    expect(await launched.page.locator('[data-row]').first().getAttribute('data-pid')).toBe(String(last?.key.pid));
  });

  it('draws of 1,000 rows only those in view', async () => {
    await push(updatesOf(crowdStates(1_000, 2), 2 * FIRST_NUMBER));
    await expect.poll(rowCount).toBe('1001');
    expect(await launched.page.locator('[data-row]').count()).toBeLessThan(80);
  });

  /** CPU time of the cheapest tick at so many rows, and in how many ticks the page was laid out as a whole. */
  const costAt = async (rows: number, first: number) => {
    const file = join(launched.home, `${rows}-${first}.json`);
    const updates = updatesOf(crowdStates(rows, TICKS + WARM_UP), first);
    const { sentAtMs, pid } = await play(launched.app, updates, { tickMs: TICK_MS, traceFile: file, categories: ['devtools.timeline'] });
    const { tasks, parts, wholeLayouts } = rendererThread(readFileSync(file, 'utf8'), pid);
    const ticks = sentAtMs.slice(WARM_UP);
    const within = (list: typeof tasks) => ticks.map((at) => cpuWithin(list, at, at + TICK_MS));
    return {
      // On a machine that does other things too, the least is nearest to what the work itself takes.
      leastMs: Math.min(...within(tasks).filter((ms) => ms > 0)),
      layouts: within(parts.filter(({ name }) => name === 'Layout')).filter((ms) => ms > 0).length,
      wholeLayouts: within(wholeLayouts).filter((ms) => ms > 0).length,
    };
  };

  it('does for 1,000 rows not much more than for 50, and never lays the whole page out for new figures', async () => {
    const few = await costAt(50, 3 * FIRST_NUMBER);
    const many = await costAt(1_000, 4 * FIRST_NUMBER);
    expect([few.wholeLayouts, many.wholeLayouts]).toEqual([0, 0]);
    // A trace without layouts would prove nothing.
    expect(Math.min(few.layouts, many.layouts)).toBeGreaterThan(0);
    expect(many.leastMs / few.leastMs).toBeLessThan(4);
  });

  it('said nothing to worry about', () => {
    expect(launched.consoleMessages).toEqual([]);
  });
});
