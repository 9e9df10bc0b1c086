import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab, LabSession } from '../fixtures/lab.js';
import { createLab, until } from '../fixtures/lab.js';
import { focusRow, ready, rowOf } from './grid.js';
import { type LaunchedApp, launchApp, repository } from './launch.js';

const MINUTE_MS = 60_000;
const SIZES = [
  [1280, 800],
  [900, 600],
] as const;
const THEMES = ['light', 'dark'] as const;

/** With SCREENSHOTS=docs the pictures of the README are taken anew; else all of them go where nobody has to look. */
const forDocs = process.env['SCREENSHOTS'] === 'docs';
const folder = join(repository, forDocs ? 'docs' : 'test-results');

describe('the layout, in both sizes, themes and languages', () => {
  let lab: Lab;
  let launched: LaunchedApp;
  let billing: LabSession;
  let orphan: number;
  const page = () => launched.page;

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    lab = createLab();
    billing = await lab.session({
      name: 'billing',
      project: 'src/billing-api',
      status: 'busy',
      memoryMb: 640,
      servers: [
        { name: 'server-github', memoryMb: 96 },
        { name: 'server-postgres', memoryMb: 84 },
      ],
      tool: 'npm run test:watch',
    });
    await lab.session({
      name: 'claude-manager',
      project: 'src/manager',
      status: 'busy',
      memoryMb: 320,
      servers: [{ name: 'server-playwright', memoryMb: 112 }],
    });
    await lab.session({ project: 'src/forecast', status: 'idle', idleMs: 70 * MINUTE_MS, memoryMb: 180 });
    await lab.session({
      name: 'design-tokens',
      project: 'src/tokens',
      status: 'waiting',
      waitingFor: 'permission prompt',
      memoryMb: 140,
      servers: [{ name: 'server-figma', memoryMb: 30 }],
    });
    await lab.session({ project: 'src/notes', status: 'idle', idleMs: 12 * MINUTE_MS, memoryMb: 150 });
    await lab.session({ project: 'src/etl-nightly', args: ['-p', 'summarise'], status: 'busy', memoryMb: 200 });
    await lab.session({ project: 'src/infra', status: 'shell', memoryMb: 160, tool: 'terraform plan || sleep 500' });
    await lab.session({
      project: 'src/a-project-with-a-name-that-is-much-longer-than-any-column-could-ever-be',
      record: false,
      memoryMb: 135,
    });
    await lab.session({ project: 'src/search-index', status: 'idle', memoryMb: 1100 });
    await lab.session({ project: 'src/service', args: ['daemon', 'run'], record: false, memoryMb: 60 });
    orphan = await lab.orphanServer({ name: 'server-sqlite', memoryMb: 212 });
    launched = await launchApp({ env: { CLAUDE_CONFIG_DIR: join(lab.home, '.claude') } });
    await ready(page(), billing.pid);
    await focusRow(page(), billing.pid);
    await page().keyboard.press('ArrowRight');
    // A second look, so that there are rates.
    await page().getByRole('button', { name: 'Refresh now' }).click();
    await until('rates are shown', async () => (await rowOf(page(), billing.pid).locator('.c-cpu').textContent()) !== '–');
  });
  afterAll(async () => {
    await launched?.close();
    await lab?.close();
  });

  const say = async (language: 'English' | 'Português (Brasil)'): Promise<void> => {
    await page().locator('.bar button[aria-haspopup="menu"]').last().click();
    await page().getByRole('menuitemradio', { name: language }).click();
    await page().keyboard.press('Escape');
    await page().locator('.menu').waitFor({ state: 'detached' });
  };

  /** What does not fit: words cut off without an ellipsis, or a page that scrolls sideways. */
  const misfits = (): Promise<string[]> =>
    page().evaluate(() => {
      const found: string[] = [];
      if (document.documentElement.scrollWidth > window.innerWidth)
        found.push(`the page is ${document.documentElement.scrollWidth} px wide`);
      for (const element of document.querySelectorAll<HTMLElement>(
        'button, [role="columnheader"], h1, h2, h3, .chip, .tag, .st, [role="gridcell"].num',
      )) {
        // What is said to screen readers only is not drawn.
        if (element.offsetParent === null || element.clientWidth === 0 || element.classList.contains('said')) continue;
        const style = getComputedStyle(element);
        const ends = [element, ...element.querySelectorAll<HTMLElement>('*')].some(
          (one) => getComputedStyle(one).textOverflow === 'ellipsis',
        );
        if (!ends && element.scrollWidth > element.clientWidth + 1 && style.overflowX !== 'visible')
          found.push(`${element.className} "${element.textContent}" needs ${element.scrollWidth} of ${element.clientWidth} px`);
      }
      return found;
    });

  /** Takes a picture of the state on the screen in every size and theme, and says what does not fit in any. */
  const look = async (name: string): Promise<string[]> => {
    const found: string[] = [];
    for (const [width, height] of SIZES) {
      await launched.app.evaluate(
        ({ BrowserWindow }, size) => BrowserWindow.getAllWindows().map((one) => one.setContentSize(size[0], size[1])),
        [width, height] as const,
      );
      await expect.poll(() => page().evaluate(() => window.innerWidth)).toBe(width);
      for (const theme of THEMES) {
        await page().emulateMedia({ colorScheme: theme });
        await expect.poll(() => page().locator('html').getAttribute('data-theme')).toBe(theme);
        await page().evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined))));
        const file = `${name}-${theme}${width === 900 ? '-900' : ''}.png`;
        if (!forDocs || DOCUMENTED.includes(file)) await page().screenshot({ path: join(folder, file) });
        found.push(...(await misfits()).map((text) => `${file}: ${text}`));
      }
    }
    return found;
  };
  const DOCUMENTED = ['monitor-light.png', 'details-dark.png', 'dialog-light.png'];

  it('holds in English', async () => {
    await page().mouse.move(600, 790);
    expect(await look('monitor')).toEqual([]);
    await focusRow(page(), orphan);
    await page().keyboard.press('Enter');
    await page()
      .getByRole('complementary', { name: /^Details of/ })
      .getByText('Re-parented')
      .waitFor();
    expect(await look('details')).toEqual([]);
    await page().keyboard.press('Escape');
    await focusRow(page(), billing.pid);
    await page().keyboard.press('Delete');
    await page().getByRole('dialog').waitFor();
    expect(await look('dialog')).toEqual([]);
    await page().keyboard.press('Escape');
    await page().getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('holds in Portuguese', async () => {
    await say('Português (Brasil)');
    expect(await look('monitor-pt-BR')).toEqual([]);
    await focusRow(page(), orphan);
    await page().keyboard.press('Enter');
    await page().getByRole('complementary').last().waitFor();
    expect(await look('details-pt-BR')).toEqual([]);
    await page().keyboard.press('Escape');
    await focusRow(page(), billing.pid);
    await page().keyboard.press('Delete');
    await page().getByRole('dialog').waitFor();
    expect(await look('dialog-pt-BR')).toEqual([]);
    await page().keyboard.press('Escape');
    await page().getByRole('dialog').waitFor({ state: 'detached' });
    await say('English').catch(() => undefined);
  });
});
