import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLab, isAlive, type Lab, procStat } from '../fixtures/lab.js';
import { inspect } from './inspect.js';
import { type LaunchedApp, launchApp } from './launch.js';

describe('demo mode', () => {
  let lab: Lab;
  let launched: LaunchedApp;
  let real: { pid: number; startedAt: string | undefined }[];
  const page = () => launched.page;

  beforeAll(async () => {
    lab = createLab();
    const session = await lab.session({ project: 'my-own-work', servers: [{ name: 'server-mine' }] });
    real = [session.pid, ...session.children, await lab.orphanServer()].map((pid) => ({ pid, startedAt: procStat(pid)?.startedAt }));
    launched = await launchApp({
      args: ['--demo'],
      firstRun: true,
      env: { CLAUDE_CONFIG_DIR: join(lab.home, '.claude'), TMPDIR: lab.home },
    });
    await page()
      .getByRole('gridcell', { name: /billing-api/ })
      .first()
      .waitFor();
  });
  afterAll(async () => {
    await launched?.close();
    await lab?.close();
  });

  it('says that it is one, in the page and in the title, and shows nothing of this machine', async () => {
    await page().getByRole('note').getByText('Demo.', { exact: true }).waitFor();
    expect(await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle())).toBe('Claude Manager – Demo');
    const text = await page().getByRole('treegrid').textContent();
    expect(text).not.toContain('my-own-work');
    expect(text).not.toContain('server-mine');
  });

  it('ends everything that is left over, and nothing of it for real', async () => {
    const clean = page().getByRole('button', { name: /^Clean orphans/ });
    await clean.click();
    const dialog = page().getByRole('dialog');
    await dialog.getByRole('button', { name: /^End \d+ processes$/ }).click();
    await dialog.waitFor({ state: 'detached', timeout: 20_000 });
    await page()
      .getByText(/^Ended/)
      .first()
      .waitFor();
    await expect.poll(() => page().getByRole('treegrid').textContent(), { timeout: 20_000 }).not.toContain('site-v2');
    expect(real.filter(({ pid, startedAt }) => startedAt === undefined || !isAlive(pid, startedAt))).toEqual([]);
  });

  it('tries settings on its made-up week before they are saved, and lists whom they would have ended', async () => {
    await page().locator('#tab-config').click();
    await page().getByRole('navigation', { name: 'Pages of the settings' }).getByRole('button', { name: 'Global' }).click();
    const line = page().locator('.rehearsal');
    const count = async (): Promise<number> => Number(/settings (\d+) processe?s?/.exec((await line.textContent()) ?? '')?.[1] ?? 0);
    await expect.poll(count, { timeout: 30_000 }).toBeGreaterThan(0);
    const before = await count();
    // Left-overs are all that is taken in the demo; how many old sessions come to it depends on the hour at which its week begins.
    const leftOvers = page().getByRole('switch', { name: 'Left-over servers and shells', exact: true });
    await leftOvers.hover();
    await line.getByText(/^With “Left-over servers and shells” changed:/).waitFor();
    expect([before > 0, await count()]).toEqual([true, 0]);
    expect(await leftOvers.getAttribute('aria-checked')).toBe('true');
    const old = page().getByRole('switch', { name: 'Old and idle sessions', exact: true });
    await old.hover();
    await line.getByText(/^With “Old and idle sessions” changed:/).waitFor();
    expect(await count()).toBeGreaterThanOrEqual(before);
    expect(await old.getAttribute('aria-checked')).toBe('false');
    await old.focus();
    await line.getByRole('button', { name: 'Show' }).click();
    const rows = line.locator('tbody tr');
    expect(await rows.count()).toBeGreaterThan(0);
    expect((await rows.allTextContents()).every((row) => /left over|old and idle/.test(row) && row.includes('/home/marina/'))).toBe(true);
    await line.scrollIntoViewIfNeeded();
    expect(await inspect(launched, 'rehearsal', { sizes: [], part: '.rehearsal' })).toEqual([]);
  });

  it('keeps its files out of the user’s folders and takes them along when it ends', async () => {
    const ours = () =>
      ['.config', '.local/state', '.cache'].flatMap((folder) =>
        readdirSync(join(launched.home, folder)).filter((name) => name.includes('claude')),
      );
    expect(ours()).toEqual([]);
    expect(readdirSync(lab.home).filter((name) => name.startsWith('claude-manager-demo-'))).toHaveLength(1);
    const { output } = launched;
    expect(launched.cspViolations).toEqual([]);
    await launched.close();
    expect(output()).not.toContain('rror:');
    expect(readdirSync(lab.home).filter((name) => name.startsWith('claude-manager-demo-'))).toEqual([]);
  });
});
