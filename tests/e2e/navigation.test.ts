import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Destination, NAVIGATE_CHANNEL } from '../../src/shared/api.js';
import type { ProcessKey } from '../../src/shared/types.js';
import type { Lab, LabSession } from '../fixtures/lab.js';
import { createLab, procStat } from '../fixtures/lab.js';
import { ready, rowOf } from './grid.js';
import { type LaunchedApp, launchApp } from './launch.js';

describe('main takes the window somewhere', () => {
  let lab: Lab;
  let launched: LaunchedApp;
  let session: LabSession;

  const page = () => launched.page;
  const keyOf = (pid: number): ProcessKey => ({ pid, startedAt: procStat(pid)?.startedAt ?? '' });
  const go = (destination: Destination): Promise<void> =>
    launched.app.evaluate(({ BrowserWindow }, [channel, where]) => BrowserWindow.getAllWindows()[0]?.webContents.send(channel, where), [
      NAVIGATE_CHANNEL,
      destination,
    ] as const);

  beforeAll(async () => {
    lab = createLab();
    // More rows than a low window shows, so that one has to be scrolled to.
    for (let index = 0; index < 14; index++) await lab.session({ project: `crowd-${index}`, memoryMb: 4 });
    session = await lab.session({ project: 'asked-for', memoryMb: 1, servers: [{ name: 'server-asked', memoryMb: 1 }] });
    launched = await launchApp({ env: { CLAUDE_CONFIG_DIR: join(lab.home, '.claude') } });
    await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setSize(900, 480));
    await page().locator('[role="row"][data-pid]').first().waitFor();
    await page().mouse.move(5, 300);
  });
  afterAll(async () => {
    await launched?.close();
    await lab?.close();
  });

  it('to another tab', async () => {
    await go({ tab: 'logs', key: null, request: null });
    await page().locator('#panel-logs').waitFor();
  });

  it('to a row that is folded away, out of view and filtered, which it selects', async () => {
    const [child = 0] = session.children;
    await page().keyboard.press('Control+1');
    await page().locator('#search').fill('crowd');
    await page().locator('#tab-logs').click();
    await go({ tab: 'monitor', key: keyOf(child), request: null });
    await ready(page(), child);
    await expect.poll(() => rowOf(page(), child).getAttribute('aria-selected')).toBe('true');
    await expect
      .poll(() =>
        rowOf(page(), child).evaluate((row) => {
          const [own, room] = [row.getBoundingClientRect(), row.closest('.rows')?.getBoundingClientRect()];
          return room !== undefined && own.top >= room.top && own.bottom <= room.bottom;
        }),
      )
      .toBe(true);
  });

  it('to a preview, in which nothing is ended yet', async () => {
    const request = {
      verb: 'end',
      scope: { type: 'keys', keys: [keyOf(session.pid)] },
      force: false,
      priority: null,
      minAgeMinutes: null,
      elevated: false,
    } as const;
    await go({ tab: 'monitor', key: keyOf(session.pid), request });
    await page().getByRole('dialog').getByText('asked-for').first().waitFor();
    await page().keyboard.press('Escape');
    await page().getByRole('dialog').waitFor({ state: 'detached' });
    expect(procStat(session.pid)).not.toBe(null);
  });

  it('to a process that has ended meanwhile: it says so', async () => {
    await go({ tab: 'monitor', key: { pid: session.pid, startedAt: '1' }, request: null });
    await page().getByText('The process has already ended.').first().waitFor();
  });
});
