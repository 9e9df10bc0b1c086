import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from 'vitest';
import { type LaunchedApp, repository } from './launch.js';

const THEMES = ['light', 'dark'] as const;
type Size = readonly [width: number, height: number];
/** The window as it opens, and as small as it gets. */
export const SIZES: readonly Size[] = [
  [1280, 800],
  [900, 600],
];

interface InspectOptions {
  /** Empty: the size that it has. */
  readonly sizes?: readonly Size[];
  /** The part that is looked at, a CSS selector; without it the whole page. */
  readonly part?: string;
}

const pictures = join(repository, 'test-results');

/** What is on the screen in both themes and the sizes: a picture of each in test-results, and what is wrong with it, in words. */
export const inspect = async (
  { app, page }: Pick<LaunchedApp, 'app' | 'page'>,
  name: string,
  { sizes = SIZES, part }: InspectOptions = {},
): Promise<readonly string[]> => {
  mkdirSync(pictures, { recursive: true });
  const found: string[] = [];
  const look = async (where: string): Promise<void> => {
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe(theme);
      // Colours must have arrived where they are going.
      await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined))));
      await page.screenshot({ path: join(pictures, `${name}-${theme}${where}.png`) });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (wide > 0) found.push(`${theme}${where}: ${wide} px too wide`);
      const axe = new AxeBuilder({ page }).setLegacyMode();
      const { violations } = await (part === undefined ? axe : axe.include(part)).analyze();
      for (const { id, help, nodes } of violations)
        for (const node of nodes) found.push(`${theme}${where}: ${id} (${help}) at ${node.target.join(' ')}: ${node.html.slice(0, 160)}`);
    }
  };
  if (sizes.length === 0) await look('');
  for (const [width, height] of sizes) {
    await app.evaluate(({ BrowserWindow }, [w, h]) => BrowserWindow.getAllWindows().map((one) => one.setContentSize(w, h)), [
      width,
      height,
    ] as const);
    await expect.poll(() => page.evaluate(() => window.innerWidth)).toBe(width);
    await look(`-${width}`);
  }
  return found;
};
