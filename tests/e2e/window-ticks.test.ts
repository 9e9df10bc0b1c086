import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Update } from '../../src/shared/patch.js';
import { bytesOf, crowdStates, updatesOf } from '../bench/window-states.js';
import { type LaunchedApp, launchApp } from './launch.js';

/** Above every number that main itself gives: its own updates are old news to the window. */
const FIRST_NUMBER = 1_000_000;

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

  it('said nothing to worry about', () => {
    expect(launched.consoleMessages).toEqual([]);
  });
});
