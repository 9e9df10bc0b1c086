import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab, LabSession } from '../fixtures/lab.js';
import { createLab } from '../fixtures/lab.js';
import { focusRow, ready, rowOf } from './grid.js';
import { inspect } from './inspect.js';
import { type LaunchedApp, launchApp } from './launch.js';

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

  it('holds for the table', async () => {
    expect(await inspect(launched, 'table')).toEqual([]);
  });

  it('holds for a selection', async () => {
    await page().keyboard.press('Control+a');
    expect(await inspect(launched, 'selection')).toEqual([]);
    await page().keyboard.press('Escape');
  });

  it('holds for the details', async () => {
    await focusRow(page(), orphan);
    await page().keyboard.press('Enter');
    await page()
      .getByRole('complementary', { name: /^Details of/ })
      .waitFor();
    expect(await inspect(launched, 'details')).toEqual([]);
    await page().keyboard.press('Escape');
  });

  it('holds for the preview, its warnings and what is left alone', async () => {
    await focusRow(page(), session.pid);
    await page().keyboard.press('Control+a');
    await page().keyboard.press('Delete');
    await page().getByRole('dialog').getByText('Left alone').waitFor();
    expect(await inspect(launched, 'preview')).toEqual([]);
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
    expect(await inspect(launched, 'row-menu')).toEqual([]);
    await closeMenu();
    await page().getByRole('button', { name: 'Menu', exact: true }).click();
    await page().getByRole('menu', { name: 'Menu' }).waitFor();
    expect(await inspect(launched, 'menu')).toEqual([]);
    await closeMenu();
  });

  it('holds for the list of keys', async () => {
    await page().keyboard.press('?');
    await page().getByRole('dialog').waitFor();
    expect(await inspect(launched, 'keys')).toEqual([]);
    await page().keyboard.press('Escape');
    await page().getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('holds where a filter hides everything', async () => {
    await page().keyboard.press('Control+f');
    await page().keyboard.type('no such thing');
    await page().getByRole('button', { name: 'Clear filters' }).waitFor();
    expect(await inspect(launched, 'filtered-out')).toEqual([]);
  });

  it('finds what is wrong, so that silence means something', async () => {
    await page().evaluate(() => {
      const image = document.createElement('img');
      image.src = 'data:,';
      document.body.append(image);
    });
    expect((await inspect(launched, 'bad-image')).some((text) => text.includes('image-alt'))).toBe(true);
  });
});
