import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../src/shared/api.js';
import { createLab, type Lab, type LabSession, until } from '../fixtures/lab.js';
import { privateBytes, ready, rowOf } from './grid.js';
import { type LaunchedApp, launchApp } from './launch.js';

/** The page's window, as the preload leaves it. */
declare const window: { readonly claudeManager: Api };

const MB = 1024 ** 2;

describe('the Analytics tab, over real processes', () => {
  let lab: Lab;
  let launched: LaunchedApp;
  let sessions: readonly LabSession[];
  const page = () => launched.page;
  const chart = (name: string): Locator => page().locator(`[data-chart="${name}"]`);
  const show = async (): Promise<void> => {
    await page().getByRole('tab', { name: 'Analytics' }).click();
    await chart('memory-history').locator('path.band').first().waitFor({ timeout: 30_000 });
  };
  const tableOf = async (name: string): Promise<readonly (readonly string[])[]> => {
    const toggle = chart(name).getByRole('button', { name: /show as a table$/ });
    await toggle.click();
    const rows = await chart(name)
      .locator('tr')
      .evaluateAll((all) => all.map((row) => [...row.querySelectorAll('th, td')].map((cell) => cell.textContent?.trim() ?? '')));
    await toggle.click();
    return rows;
  };
  const everybody = (): number[] => sessions.flatMap(({ pid, children }) => [pid, ...children]);
  const megabytes = (text: string): number => Number(text.replace(/[^\d.]/g, '')) * (text.includes('GB') ? 1024 : 1);

  beforeAll(async () => {
    lab = createLab();
    sessions = [
      await lab.session({ project: 'big', memoryMb: 90, servers: [{ name: 'server-one', memoryMb: 40 }] }),
      await lab.session({ project: 'small', memoryMb: 30, servers: [{ name: 'server-one', memoryMb: 20 }] }),
    ];
    launched = await launchApp({ env: { CLAUDE_CONFIG_DIR: join(lab.home, '.claude') } });
    for (const { pid } of sessions) await ready(page(), pid);
    // Looks every second: some seconds are a history.
    await page().evaluate(() => window.claudeManager.setPreferences({ refresh_interval_seconds: 1 }));
    await show();
    await until('two buckets are recorded', async () => (await recorded()).known >= 2, 60_000);
  });
  afterAll(async () => {
    await launched?.close();
    await lab?.close();
  });

  const recorded = () =>
    page().evaluate(async () => {
      const answer = await window.claudeManager.queryHistory({ range: { type: 'last', last: '1h' }, by: 'user', tail: null });
      if (!answer.ok) throw new Error(answer.failure.id);
      const { total, series } = answer.value;
      const mean = total.memoryBytes.mean.filter((value) => value !== null);
      return { known: mean.length, last: mean.at(-1) ?? null, users: series.map(({ name }) => name) };
    });

  it('says what was recorded, and that is what the processes use', async () => {
    await page().getByRole('button', { name: 'Last hour' }).click();
    await expect
      .poll(async () => (await tableOf('memory-history')).filter((row) => row[1] !== '–' && row[1] !== 'Total').length)
      .toBeGreaterThanOrEqual(2);
    const real = everybody().reduce((sum, pid) => sum + privateBytes(pid), 0) / MB;
    const rows = await tableOf('memory-history');
    expect(rows[0]?.slice(0, 2)).toEqual(['Time', 'Total']);
    const { last, users } = await recorded();
    expect(rows[0]?.slice(2, 2 + users.length)).toEqual(users);
    const newest = rows.findLast((row) => row[1] !== '–');
    const shown = megabytes(newest?.[1] ?? '');
    expect(Math.abs(shown - (last ?? 0) / MB)).toBeLessThan(0.06 * real);
    expect(Math.abs(shown - real)).toBeLessThan(0.1 * real);
    // One user has it all.
    expect(newest?.[2]).toBe(newest?.[1]);
  });

  it('shows shares, run times, rankings and statistics of the same processes', async () => {
    const real = everybody().reduce((sum, pid) => sum + privateBytes(pid), 0) / MB;
    const [, share] = await tableOf('memory-share');
    expect(Math.abs(megabytes(share?.[1] ?? '') - real)).toBeLessThan(0.05 * real);
    expect([share?.[2], share?.[4]]).toEqual(['100 %', String(everybody().length)]);
    const times = await tableOf('run-times');
    expect(times.slice(1).reduce((sum, row) => sum + Number(row[1]), 0)).toBe(sessions.length);
    expect(times[1]?.[1]).toBe(String(sessions.length));
    const servers = await tableOf('servers');
    expect(servers[1]?.slice(0, 1)).toEqual(['server-one']);
    expect(servers[1]?.[2]).toBe('2');
    const users = await tableOf('users');
    expect(users[1]?.[4]).toBe(String(everybody().length));
    expect(users[1]?.[7]).toBe('1.0 GB');
  });

  it('reads out every value to the keyboard', async () => {
    const slider = chart('memory-history').getByRole('slider');
    await slider.focus();
    await page().keyboard.press('End');
    const newest = await slider.getAttribute('aria-valuetext');
    await chart('memory-history').locator('.xtip').waitFor();
    await page().keyboard.press('ArrowLeft');
    expect(await slider.getAttribute('aria-valuetext')).not.toBe(newest);
    expect(await chart('cpu-history').locator('.cross').count()).toBe(1);
    await page().keyboard.press('Home');
    expect(await slider.getAttribute('aria-valuenow')).toBe('0');
  });

  it('marks what was ended, and counts it', async () => {
    const gone = await lab.session({ project: 'gone', memoryMb: 25 });
    await page().getByRole('tab', { name: 'Monitor' }).click();
    await ready(page(), gone.pid);
    await rowOf(page(), gone.pid).focus();
    await page().keyboard.press('Delete');
    await page().getByRole('dialog').getByRole('button', { name: /^End/ }).press('Enter');
    await rowOf(page(), gone.pid).waitFor({ state: 'detached', timeout: 20_000 });
    await show();
    await expect.poll(async () => (await tableOf('events'))[1]?.[4] ?? '', { timeout: 30_000 }).toBe('1');
    await chart('memory-history').locator('.mark').first().waitFor();
    expect(await chart('memory-history').locator('.mark text').first().textContent()).toBe('1');
  });

  it('saves what stands behind a chart', async () => {
    const path = join(launched.home, 'users.csv');
    await launched.app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
    }, path);
    await chart('users')
      .getByRole('button', { name: /save as CSV$/ })
      .click();
    await expect.poll(() => existsSync(path)).toBe(true);
    const lines = readFileSync(path, 'utf8').split('\r\n');
    expect(lines[0]).toMatch(/^"User","Memory"/);
    expect(lines[1]).toMatch(/^"[^"]+",\d+,/);
  });

  describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
    const wrong = async (builder: AxeBuilder): Promise<readonly string[]> =>
      (await builder.setLegacyMode(true).analyze()).violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`),
      );

    it('breaks no rule of accessibility as charts', async () => {
      await page().evaluate((value) => window.claudeManager.setPreferences({ theme: value }), theme);
      await page().locator(`html[data-theme=${theme}]`).waitFor({ state: 'attached' });
      expect(await wrong(new AxeBuilder({ page: page() }))).toEqual([]);
    });

    it('nor as tables', async () => {
      await page().getByRole('button', { name: 'Tables', exact: true }).click();
      // The others are the same parts with some hundred rows more.
      const some = new AxeBuilder({ page: page() }).include('[data-chart="users"]').include('[data-chart="run-times"]');
      expect(await wrong(some)).toEqual([]);
      await page().getByRole('button', { name: 'Charts', exact: true }).click();
    });
  });

  it('breaks neither the content policy nor anything else', () => {
    expect(launched.cspViolations).toEqual([]);
    expect(launched.consoleMessages).toEqual([]);
  });
});
