import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab, LabSession } from '../fixtures/lab.js';
import { createLab } from '../fixtures/lab.js';
import { cellText, focusRow, megabytes, privateBytes, ready, rowOf, shownPids } from './grid.js';
import { isRoot, type LaunchedApp, launchApp } from './launch.js';

const MB = 1024 * 1024;
const MINUTE_MS = 60_000;

describe('the Monitor tab, over real processes', () => {
  let lab: Lab;
  let launched: LaunchedApp;
  let billing: LabSession;
  let notes: LabSession;
  let web: LabSession;
  let foreign: LabSession | null = null;
  let orphan: number;
  let stranger: number;

  const page = () => launched.page;
  /** With a home that outlives the application, so that it can be started again. */
  const launch = (): Promise<LaunchedApp> => {
    const xdgHome = join(lab.home, 'desk');
    mkdirSync(xdgHome, { recursive: true });
    return launchApp({ xdgHome, env: { CLAUDE_CONFIG_DIR: join(lab.home, '.claude') } });
  };
  const cell = (pid: number, column: string) => cellText(page(), pid, column);

  beforeAll(async () => {
    lab = createLab();
    billing = await lab.session({
      name: 'billing',
      project: 'billing-api',
      status: 'busy',
      memoryMb: 60,
      servers: [
        { name: 'server-github', memoryMb: 20 },
        { name: 'server-postgres', memoryMb: 9 },
      ],
      tool: 'sleep 400',
    });
    notes = await lab.session({ project: 'notes', status: 'idle', idleMs: 30 * MINUTE_MS, memoryMb: 12 });
    web = await lab.session({ name: 'web', status: 'waiting', waitingFor: 'permission prompt', memoryMb: 25 });
    // A record that speaks of somebody else: the file is there, its start stamp is another process's.
    if (isRoot) foreign = await lab.session({ project: 'theirs', uid: 65534, memoryMb: 5, record: false });
    orphan = await lab.orphanServer({ name: 'server-left', memoryMb: 15 });
    stranger = await lab.bystander();
    launched = await launch();
    await ready(page(), billing.pid);
  });
  afterAll(async () => {
    await launched?.close();
    await lab?.close();
  });

  it('shows what each process is and how it stands, and nobody else', async () => {
    expect(await cell(billing.pid, 'name')).toContain('billing');
    expect([await cell(billing.pid, 'status'), await cell(billing.pid, 'activity')]).toEqual(['Normal', 'Busy']);
    expect([await cell(notes.pid, 'status'), await cell(notes.pid, 'activity')]).toEqual(['Normal', 'Idle']);
    expect(await cell(notes.pid, 'name')).toContain('notes');
    expect(await cell(web.pid, 'activity')).toMatch(/^Waiting/);
    expect([await cell(orphan, 'status'), await cell(orphan, 'activity')]).toEqual(['Orphan', '–']);
    expect(await cell(orphan, 'name')).toContain('server-left');
    expect(await rowOf(page(), stranger).count()).toBe(0);
  });

  it('takes no activity from a record that nobody proved', async () => {
    if (foreign === null) return;
    expect([await cell(foreign.pid, 'activity'), await cell(foreign.pid, 'user')]).toEqual(['Unknown', 'nobody']);
  });

  it('adds up what a session owns, as /proc has it', async () => {
    const tree = [billing.pid, ...billing.children];
    const expected = tree.reduce((sum, pid) => sum + privateBytes(pid), 0) / MB;
    // The tool's own child (sleep) is a megabyte at most.
    const shown = megabytes(await cell(billing.pid, 'memory'));
    expect(shown).toBeGreaterThanOrEqual(Math.floor(expected));
    expect(shown).toBeLessThanOrEqual(Math.ceil(expected) + 2);
    expect(shown).toBeGreaterThanOrEqual(89);
    expect(megabytes(await cell(orphan, 'memory'))).toBe(Math.round(privateBytes(orphan) / MB));
  });

  it('unfolds a session by keyboard, and folds it again', async () => {
    await focusRow(page(), billing.pid);
    await page().keyboard.press('ArrowLeft');
    for (const child of billing.children) await rowOf(page(), child).waitFor({ state: 'detached' });
    await page().keyboard.press('ArrowRight');
    for (const child of billing.children) await rowOf(page(), child).waitFor();
    const kinds = await Promise.all(
      billing.children.map(async (child) => [await cell(child, 'name'), megabytes(await cell(child, 'memory'))] as const),
    );
    expect(kinds.find(([name]) => name.includes('server-github'))?.[1]).toBe(Math.round(20 + 0));
    expect(kinds.some(([name]) => name.includes('sleep 400'))).toBe(true);
  });

  it('sorts by PID and by memory, and says so', async () => {
    const all = [billing.pid, notes.pid, web.pid, orphan];
    const order = async () => (await shownPids(page())).filter((pid) => all.includes(pid));
    await page().getByRole('columnheader', { name: /PID/ }).click();
    await page().mouse.move(5, 5);
    const head = page().getByRole('columnheader', { name: /PID/ });
    const direction = await head.getAttribute('aria-sort');
    const byPid = [...all].sort((a, b) => (direction === 'ascending' ? a - b : b - a));
    await expect.poll(order).toEqual(byPid);
    await page()
      .getByRole('columnheader', { name: /Memory, MB/ })
      .click();
    await page().mouse.move(5, 5);
    await expect.poll(async () => (await order())[0]).toBe(billing.pid);
  });

  it('filters by status with a count, by text, and tells when a filter hides everything', async () => {
    const chip = page()
      .getByRole('toolbar')
      .getByRole('button', { name: /Orphan/ });
    await chip.click();
    await expect.poll(() => shownPids(page())).toContain(orphan);
    expect(await shownPids(page())).not.toContain(notes.pid);
    await page().getByRole('toolbar').getByRole('button', { name: /^All/ }).click();
    await page().keyboard.press('Control+f');
    await page().keyboard.type('notes');
    await expect.poll(() => shownPids(page())).toEqual([notes.pid]);
    await page().keyboard.press('Control+a');
    await page().keyboard.type('no such thing');
    await page().getByRole('button', { name: 'Clear filters' }).click();
    await expect.poll(async () => (await shownPids(page())).length).toBeGreaterThan(3);
  });

  it('says why, in the details', async () => {
    await focusRow(page(), orphan);
    await page().keyboard.press('Enter');
    const details = page().getByRole('complementary', { name: /Details of server-left/ });
    await details
      .getByText(/is gone/)
      .first()
      .waitFor();
    await expect.poll(() => details.textContent()).toContain(String(orphan));
    await page().keyboard.press('Escape');
    await details.waitFor({ state: 'detached' });
  });

  it('shows a process that was just started, and takes away one that has gone', async () => {
    await page().getByRole('button', { name: 'Refresh now' }).click();
    const late = await lab.session({ project: 'late' });
    await page().getByRole('button', { name: 'Refresh now' }).click();
    await rowOf(page(), late.pid).waitFor();
    process.kill(late.pid, 'SIGKILL');
    await page().getByRole('button', { name: 'Refresh now' }).click();
    await rowOf(page(), late.pid).waitFor({ state: 'detached', timeout: 15_000 });
  });

  it('pauses and goes on by keyboard, and keeps a chosen interval', async () => {
    await focusRow(page(), notes.pid);
    await page().getByRole('button', { name: 'Pause', exact: true }).click();
    await page().getByRole('button', { name: 'Resume', exact: true }).waitFor();
    await page().getByRole('button', { name: 'Resume', exact: true }).click();
    await page().getByRole('button', { name: 'Pause', exact: true }).waitFor();
  });

  it('speaks Portuguese and turns dark when asked, and stays so after a restart', async () => {
    const choose = async (item: string): Promise<void> => {
      await page().locator('.bar button[aria-haspopup="menu"]').last().click();
      await page().getByRole('menuitemradio', { name: item, exact: true }).click();
      await page().keyboard.press('Escape');
      await page().locator('.menu').waitFor({ state: 'detached' });
    };
    const isSo = async (): Promise<void> => {
      await expect.poll(() => page().locator('html').getAttribute('data-theme')).toBe('dark');
      await expect.poll(() => page().locator('html').getAttribute('lang')).toBe('pt-BR');
      await expect.poll(() => cell(billing.pid, 'activity')).toBe('Ocupada');
    };
    await choose('Dark');
    await choose('Português (Brasil)');
    await isSo();
    expect({ console: launched.consoleMessages, csp: launched.cspViolations }).toEqual({ console: [], csp: [] });
    await launched.close();
    launched = await launch();
    await ready(page(), billing.pid);
    await isSo();
  });

  it('said nothing in the console and broke no rule of its policy all the while', () => {
    expect({ console: launched.consoleMessages, csp: launched.cspViolations }).toEqual({ console: [], csp: [] });
  });
});
