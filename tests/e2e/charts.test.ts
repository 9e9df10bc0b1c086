import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../src/shared/api.js';
import { until } from '../fixtures/lab.js';
import { type LaunchedApp, launchApp, repository } from './launch.js';

/** The page's window, as the preload leaves it. */
declare const window: Window & { readonly claudeManager: Api };

const folder = join(repository, 'test-results');
const CHARTS = [
  ...['memory-history', 'cpu-history', 'memory-share', 'run-times', 'growth', 'events', 'rehearsal', 'decisions'],
  ...['users', 'projects', 'servers', 'statistics'],
];
/** Those that are pictures; the others are lists. */
const DRAWN = ['memory-history', 'cpu-history', 'memory-share', 'run-times', 'rehearsal'];

describe('every chart, over a generated month', () => {
  let launched: LaunchedApp;
  const page = () => launched.page;
  const chart = (name: string) => page().locator(`[data-chart="${name}"]`);

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    launched = await launchApp({ args: ['--demo'] });
    await page().locator('#tab-analytics').click();
    await chart('memory-history').locator('path.band').first().waitFor({ timeout: 60_000 });
    await page().getByRole('button', { name: 'Last 30 days' }).click();
    await chart('rehearsal').locator('.recharts-bar-rectangle').first().waitFor({ timeout: 30_000 });
  });
  afterAll(() => launched?.close());

  const inTheme = async (theme: 'light' | 'dark'): Promise<void> => {
    await page().evaluate((value) => window.claudeManager.setPreferences({ theme: value }), theme);
    await page().locator(`html[data-theme=${theme}]`).waitFor({ state: 'attached' });
  };
  const sized = async (width: number, height: number): Promise<void> => {
    await launched.app.evaluate(
      ({ BrowserWindow }, size) => BrowserWindow.getAllWindows().map((one) => one.setContentSize(size[0], size[1])),
      [width, height] as const,
    );
    await expect.poll(() => page().evaluate(() => window.innerWidth)).toBe(width);
    // Charts follow the width a moment later.
    await expect
      .poll(() =>
        page().evaluate(() =>
          [...document.querySelectorAll('.plot')].every((plot) => {
            const drawn = plot.querySelector('svg')?.getBoundingClientRect().width ?? 0;
            return Math.abs(drawn - plot.getBoundingClientRect().width) < 2;
          }),
        ),
      )
      .toBe(true);
  };

  /** Of a picture: how much of it is not its background, and how many hues (no greys) cover more than a thousandth of it. */
  const inked = (png: Buffer) =>
    launched.app.evaluate(({ nativeImage }, base64) => {
      const bytes = nativeImage.createFromBuffer(Buffer.from(base64, 'base64')).toBitmap();
      const counts = new Map<number, number>();
      for (let at = 0; at < bytes.length; at += 4) counts.set(bytes.readUIntLE(at, 3), (counts.get(bytes.readUIntLE(at, 3)) ?? 0) + 1);
      const all = bytes.length / 4;
      const hues = new Map<number, number>();
      for (const [colour, count] of counts) {
        const [blue, green, red] = [colour & 255, (colour >> 8) & 255, colour >> 16];
        const angle = Math.atan2(Math.sqrt(3) * (green - blue), 2 * red - green - blue);
        // An eighth of a circle each: neighbours of the palette are further apart.
        const hue = Math.round((angle / Math.PI) * 8);
        if (Math.max(red, green, blue) - Math.min(red, green, blue) > 24) hues.set(hue, (hues.get(hue) ?? 0) + count);
      }
      return { part: 1 - Math.max(...counts.values()) / all, hues: [...hues.values()].filter((count) => count > all / 1000).length };
    }, png.toString('base64'));

  /** What does not fit: charts wider than their place, titles cut off, labels of a scale that lie on each other or reach out of the picture. */
  const misfits = (): Promise<readonly string[]> =>
    page().evaluate(() => {
      const found: string[] = [];
      const wide = (element: Element): boolean => element.scrollWidth > element.clientWidth + 1;
      if (wide(document.documentElement)) found.push('the page scrolls sideways');
      for (const caption of document.querySelectorAll('.strip .caption'))
        if (caption.clientWidth > 0 && wide(caption)) found.push(`"${caption.textContent}" is cut off`);
      for (const section of document.querySelectorAll('[data-chart]')) {
        const name = section.getAttribute('data-chart');
        if (wide(section)) found.push(`${name}: needs ${section.scrollWidth} of ${section.clientWidth} px`);
        for (const part of section.querySelectorAll('h2, .key .clip, .xtip'))
          if (wide(part)) found.push(`${name}: "${part.textContent}" is cut off`);
        for (const row of section.querySelectorAll('li, dl > div'))
          if (wide(row)) found.push(`${name}: the line "${row.textContent}" is cut off`);
        const picture = section.querySelector('.plot svg')?.getBoundingClientRect();
        for (const axis of section.querySelectorAll('.recharts-cartesian-axis')) {
          const labels = [...axis.querySelectorAll('.recharts-cartesian-axis-tick-value')].filter((one) => one.textContent !== '');
          const boxes = labels.map((one) => ({ text: one.textContent, box: one.getBoundingClientRect() }));
          boxes.forEach(({ text, box }, at) => {
            if (picture && (box.left < picture.left - 1 || box.right > picture.right + 1 || box.bottom > picture.bottom + 1))
              found.push(`${name}: the label ${text} is cut off`);
            for (const other of boxes.slice(at + 1))
              if (
                box.left < other.box.right &&
                other.box.left < box.right &&
                box.top < other.box.bottom - 2 &&
                other.box.top < box.bottom - 2
              )
                found.push(`${name}: the labels ${text} and ${other.text} lie on each other`);
          });
        }
      }
      return found;
    });

  it('is there', async () => {
    const names = await page()
      .locator('[data-chart]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-chart') ?? ''));
    expect(names.toSorted()).toEqual(CHARTS.toSorted());
  });

  it.each(['light', 'dark'] as const)('is drawn in the %s theme', async (theme) => {
    await inTheme(theme);
    await page().mouse.move(5, 5);
    for (const name of CHARTS) {
      await chart(name).scrollIntoViewIfNeeded();
      // The demo's alerts lie over the charts for some seconds.
      await until('no toast is shown', async () => (await page().locator('.toast').count()) === 0, 60_000);
      writeFileSync(join(folder, `chart-${name}-${theme}.png`), await chart(name).screenshot());
      if (!DRAWN.includes(name)) continue;
      const { part, hues } = await inked(await chart(name).locator('.plot').screenshot());
      expect([name, part > 0.04]).toEqual([name, true]);
      // The histogram is grey: it tells two things apart, not groups.
      if (name !== 'run-times') expect([name, hues >= (name === 'rehearsal' ? 1 : 3)]).toEqual([name, true]);
    }
  });

  it('fits in both sizes and both languages', async () => {
    const found: string[] = [];
    const ranges = page().locator('.toolbar .seg button');
    const said = () => chart('memory-history').locator('.said').textContent();
    for (const [language, width, height, shown] of [
      ['en', 1280, 800, [0, 1, 2, 3, 4]],
      ['en', 900, 600, [2]],
      ['pt-BR', 1280, 800, [2]],
      ['pt-BR', 900, 600, [4, 3, 2, 1, 0]],
    ] as const) {
      await page().evaluate((value) => window.claudeManager.setPreferences({ language: value }), language);
      await page().locator(`html[lang=${language}]`).waitFor({ state: 'attached' });
      await sized(width, height);
      for (const range of shown) {
        if ((await ranges.nth(range).getAttribute('aria-pressed')) !== 'true') {
          const before = await said();
          await ranges.nth(range).click();
          // The charts keep the old range until the new one is there.
          await expect.poll(said, { timeout: 30_000 }).not.toBe(before);
        }
        found.push(...(await misfits()).map((text) => `${language}, ${width} px, range ${range}: ${text}`));
        await page().screenshot({ path: join(folder, `analytics-${language}-${width}-${range}.png`) });
      }
    }
    expect(found).toEqual([]);
  });

  it('breaks neither the content policy nor anything else', () => {
    expect(launched.cspViolations).toEqual([]);
    expect(launched.consoleMessages).toEqual([]);
  });
});
