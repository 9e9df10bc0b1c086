import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab, LabSession } from '../fixtures/lab.js';
import { createLab } from '../fixtures/lab.js';
import { focusRow, ready, rowOf } from './grid.js';
import { type LaunchedApp, launchApp } from './launch.js';

const THEMES = ['light', 'dark'] as const;
const SIZES = [
  [1280, 800],
  [900, 600],
] as const;

describe('accessibility', () => {
  let lab: Lab;
  let launched: LaunchedApp;
  let session: LabSession;
  let orphan: number;
  const page = () => launched.page;

  beforeAll(async () => {
    lab = createLab();
    session = await lab.session({ name: 'billing', status: 'busy', memoryMb: 20, servers: [{ name: 'server-github' }], tool: 'sleep 300' });
    await lab.session({ project: 'web', status: 'waiting', waitingFor: 'permission prompt' });
    await lab.session({ project: 'huge', status: 'idle', memoryMb: 1100 });
    await lab.session({ project: 'service', args: ['daemon', 'run'], record: false });
    orphan = await lab.orphanServer();
    launched = await launchApp({ env: { CLAUDE_CONFIG_DIR: join(lab.home, '.claude') } });
    await ready(page(), session.pid);
    await focusRow(page(), session.pid);
    await page().keyboard.press('ArrowRight');
  });
  afterAll(async () => {
    await launched?.close();
    await lab?.close();
  });

  /** Every violation of the state that is on the screen, in words, in both themes and sizes. */
  const violations = async (): Promise<string[]> => {
    const found: string[] = [];
    for (const [width, height] of SIZES) {
      await launched.app.evaluate(
        ({ BrowserWindow }, size) => BrowserWindow.getAllWindows().map((one) => one.setContentSize(size[0], size[1])),
        [width, height] as const,
      );
      for (const theme of THEMES) {
        await page().emulateMedia({ colorScheme: theme });
        await expect.poll(() => page().locator('html').getAttribute('data-theme')).toBe(theme);
        // Colours must have arrived where they are going.
        await page().evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined))));
        const { violations: list } = await new AxeBuilder({ page: page() }).setLegacyMode().analyze();
        for (const one of list)
          for (const node of one.nodes)
            found.push(`${theme} ${width}: ${one.id} (${one.help}) at ${node.target.join(' ')}: ${node.html.slice(0, 160)}`);
      }
    }
    return found;
  };

  it('holds for the table', async () => {
    expect(await violations()).toEqual([]);
  });

  it('holds for a selection', async () => {
    await page().keyboard.press('Control+a');
    expect(await violations()).toEqual([]);
    await page().keyboard.press('Escape');
  });

  it('holds for the details', async () => {
    await focusRow(page(), orphan);
    await page().keyboard.press('Enter');
    await page()
      .getByRole('complementary', { name: /^Details of/ })
      .waitFor();
    expect(await violations()).toEqual([]);
    await page().keyboard.press('Escape');
  });

  it('holds for the preview, its warnings and what is left alone', async () => {
    await focusRow(page(), session.pid);
    await page().keyboard.press('Control+a');
    await page().keyboard.press('Delete');
    await page().getByRole('dialog').getByText('Left alone').waitFor();
    expect(await violations()).toEqual([]);
    await page().keyboard.press('Escape');
    await page().getByRole('dialog').waitFor({ state: 'detached' });
    await page().keyboard.press('Escape');
  });

  /** A menu on its way out still has the keyboard. */
  const closeMenu = async (): Promise<void> => {
    await page().keyboard.press('Escape');
    await page().locator('.menu').waitFor({ state: 'detached' });
  };

  it('holds for menus and pickers', async () => {
    await rowOf(page(), session.pid).click({ button: 'right' });
    await page().getByRole('menu', { name: 'Actions for billing' }).waitFor();
    expect(await violations()).toEqual([]);
    await closeMenu();
    await page().getByRole('button', { name: 'Menu', exact: true }).click();
    await page().getByRole('menu', { name: 'Menu' }).waitFor();
    expect(await violations()).toEqual([]);
    await closeMenu();
  });

  it('holds for the list of keys', async () => {
    await page().keyboard.press('?');
    await page().getByRole('dialog').waitFor();
    expect(await violations()).toEqual([]);
    await page().keyboard.press('Escape');
    await page().getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('holds where a filter hides everything', async () => {
    await page().keyboard.press('Control+f');
    await page().keyboard.type('no such thing');
    await page().getByRole('button', { name: 'Clear filters' }).waitFor();
    expect(await violations()).toEqual([]);
  });

  it('finds what is wrong, so that silence means something', async () => {
    await page().evaluate(() => {
      const image = document.createElement('img');
      image.src = 'data:,';
      document.body.append(image);
    });
    expect((await violations()).some((text) => text.includes('image-alt'))).toBe(true);
  });
});
