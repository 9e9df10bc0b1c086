import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Lab } from '../fixtures/lab.js';
import { createLab, isAlive, procStat, until } from '../fixtures/lab.js';
import { focusRow, ready, rowOf } from './grid.js';
import { type LaunchedApp, launchApp } from './launch.js';

describe('ending, with real signals', () => {
  let lab: Lab;
  let launched: LaunchedApp;
  /** Not targets: pid and start stamp, which must be the same after every test. */
  let bystanders: { pid: number; startedAt: string | undefined }[];

  const page = () => launched.page;
  const dialog = (): Locator => page().getByRole('dialog');
  const refresh = () => page().getByRole('button', { name: 'Refresh now' }).click();
  const log = (): string => {
    const path = join(launched.home, '.local/state/claude-manager/claude_actions.log');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  const linesOf = (pid: number): string[] =>
    log()
      .split('\n')
      .filter((line) => line.includes(`PID ${pid} `));
  const show = async (pid: number): Promise<void> => {
    await refresh();
    await ready(page(), pid);
  };
  const ask = async (pid: number, key = 'Delete'): Promise<void> => {
    await show(pid);
    await focusRow(page(), pid);
    await page().keyboard.press(key);
    await dialog().waitFor();
    // Keys are its own once it has the focus.
    await expect.poll(() => dialog().evaluate((element) => element.contains(document.activeElement))).toBe(true);
  };

  beforeAll(async () => {
    lab = createLab();
    const other = await lab.session({ project: 'other', servers: [{ name: 'server-other' }] });
    const stranger = await lab.bystander();
    bystanders = [other.pid, ...other.children, stranger, process.pid].map((pid) => ({ pid, startedAt: procStat(pid)?.startedAt }));
    launched = await launchApp({ env: { CLAUDE_CONFIG_DIR: join(lab.home, '.claude') } });
    await ready(page(), other.pid);
  });
  beforeEach(async () => {
    await page().mouse.move(5, 300);
  });
  afterEach(() => {
    expect(bystanders.filter(({ pid, startedAt }) => startedAt === undefined || !isAlive(pid, startedAt))).toEqual([]);
  });
  afterAll(async () => {
    await launched?.close();
    await lab?.close();
  });

  it('ends a session and what it owns after the preview is accepted, and logs it', async () => {
    const session = await lab.session({ project: 'done', servers: [{ name: 'server-done', memoryMb: 8 }], tool: 'sleep 500' });
    await ask(session.pid);
    const text = await dialog().textContent();
    expect(text).toContain('server-done');
    expect([session.pid, ...session.children].every((pid) => isAlive(pid))).toBe(true);
    await dialog()
      .getByRole('button', { name: /^End \d+ processes$/ })
      .press('Enter');
    await until('all of it is gone', () => [session.pid, ...session.children].every((pid) => !isAlive(pid)), 15_000);
    await dialog().waitFor({ state: 'detached', timeout: 15_000 });
    await page()
      .getByText(/^Ended/)
      .first()
      .waitFor();
    await expect.poll(() => linesOf(session.pid).length).toBe(1);
    expect(linesOf(session.pid)[0]).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d - SUCCESS - KILL_PROCESS: PID \d+ - User: \S+ - Memory: \d+MB - Signal: SIGTERM/,
    );
    for (const child of session.children) expect(linesOf(child)).toHaveLength(1);
    await rowOf(page(), session.pid).waitFor({ state: 'detached', timeout: 15_000 });
  });

  it('signals nothing when the preview is cancelled', async () => {
    const session = await lab.session({ project: 'kept' });
    await ask(session.pid);
    await page().keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await refresh();
    await ready(page(), session.pid);
    expect(isAlive(session.pid)).toBe(true);
    expect(linesOf(session.pid).filter((line) => line.includes(' SUCCESS '))).toEqual([]);
  });

  it('says so when a session does not obey, kills it only when told to, and never on Enter', async () => {
    const session = await lab.session({ project: 'stubborn', ignoreTerm: true });
    await ask(session.pid);
    await dialog().getByRole('button', { name: 'End 1 process' }).click();
    const toast = page().getByRole('listitem').filter({ hasText: 'stubborn' });
    const force = toast.getByRole('button', { name: 'Force kill…' });
    await force.waitFor({ timeout: 20_000 });
    expect(isAlive(session.pid)).toBe(true);
    expect(linesOf(session.pid)[0]).toContain(' - ERROR - KILL_PROCESS: ');

    await force.click();
    await dialog().waitFor();
    const kill = dialog().getByRole('button', { name: 'Force kill 1 process' });
    expect(
      await dialog()
        .getByRole('button', { name: 'Cancel' })
        .evaluate((button) => button === document.activeElement),
    ).toBe(true);
    await kill.focus();
    await page().keyboard.press('Enter');
    expect(isAlive(session.pid)).toBe(true);
    await kill.click();
    await until('it is killed', () => !isAlive(session.pid), 20_000);
    await expect.poll(() => linesOf(session.pid).length).toBe(2);
    expect(linesOf(session.pid)[1]).toMatch(/ - SUCCESS - KILL_PROCESS: .* - Signal: SIGKILL/);
  });

  it('ends a real orphan', async () => {
    const orphan = await lab.orphanServer({ name: 'server-orphaned', memoryMb: 6 });
    await ask(orphan);
    await dialog().getByRole('button', { name: 'End 1 process' }).click();
    await until('it is gone', () => !isAlive(orphan), 15_000);
  });

  it('skips, with its reason, what went to work after the preview was shown', async () => {
    const session = await lab.session({ project: 'woke', status: 'idle', idleMs: 60_000 });
    await ask(session.pid);
    const record = JSON.parse(readFileSync(session.recordPath, 'utf8')) as Record<string, unknown>;
    const { writeFileSync } = await import('node:fs');
    writeFileSync(session.recordPath, JSON.stringify({ ...record, status: 'busy', statusUpdatedAt: Date.now(), updatedAt: Date.now() }));
    await dialog().getByRole('button', { name: 'End 1 process' }).click();
    await page()
      .getByText(/woke was not ended|Nothing was ended/)
      .first()
      .waitFor({ timeout: 15_000 });
    expect(isAlive(session.pid)).toBe(true);
    expect(linesOf(session.pid)[0]).toMatch(/ - INFO - KILL_PROCESS: .*Result: skipped - Reason: changed/);
  });

  it('skips what ended by itself meanwhile', async () => {
    const session = await lab.session({ project: 'left' });
    await ask(session.pid);
    process.kill(session.pid, 'SIGKILL');
    await until('it is gone', () => !isAlive(session.pid));
    await dialog().getByRole('button', { name: 'End 1 process' }).click();
    await page()
      .getByText(/left was not ended|Nothing was ended/)
      .first()
      .waitFor({ timeout: 15_000 });
  });

  it('refuses what may not be ended, with the right way to do it', async () => {
    const daemon = await lab.session({ project: 'service', args: ['daemon', 'run', '--origin', 'transient'], record: false });
    await show(daemon.pid);
    const end = rowOf(page(), daemon.pid).getByRole('button', { name: /^End / });
    expect(await end.getAttribute('aria-disabled')).toBe('true');
    expect(await end.getAttribute('aria-label')).toContain('claude daemon stop');
    await ask(daemon.pid);
    expect(await dialog().textContent()).toContain('claude daemon stop');
    expect(await dialog().getByRole('button').allTextContents()).toEqual(['Close']);
    await page().keyboard.press('Escape');
    expect(isAlive(daemon.pid)).toBe(true);
  });

  it('protects from the menu of a row, and says in its details which rule does', async () => {
    const session = await lab.session({ project: 'precious', name: 'precious' });
    await show(session.pid);
    await focusRow(page(), session.pid);
    await page().keyboard.press('Shift+F10');
    await page().getByRole('menuitem', { name: 'Protect' }).focus();
    await page().keyboard.press('ArrowRight');
    await page().getByRole('menuitem', { name: 'Sessions named “precious”' }).click();
    await page().getByText('Protected: Sessions named “precious”.').first().waitFor();
    await rowOf(page(), session.pid).getByText('Protected').waitFor();
    await focusRow(page(), session.pid);
    await page().keyboard.press('Enter');
    await page().locator('.details').getByText('Protected by your rule for the name “precious”.').first().waitFor();
    await page().keyboard.press('Escape');
    await ask(session.pid);
    expect(await dialog().getByRole('button').allTextContents()).toEqual(['Close']);
    await page().keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    // What is chosen is acted on before what has focus.
    await page().keyboard.press('Escape');
    expect(log()).toMatch(/ - SUCCESS - CONFIG_CHANGE: Key: protect_rules\.name:precious/);
    expect(isAlive(session.pid)).toBe(true);
  });

  it('needs no dialog for one that is left over once the user has said so, can be taken back, and asks of all others as before', async () => {
    const first = await lab.orphanServer({ name: 'server-first' });
    await ask(first);
    await dialog()
      .getByRole('checkbox', { name: /^Don’t ask again/ })
      .click();
    await dialog().getByRole('button', { name: 'End 1 process' }).click();
    await until('it is gone', () => !isAlive(first), 15_000);
    await dialog().waitFor({ state: 'detached' });
    const limits = join(launched.home, '.config/claude-manager/claude_limits.json');
    expect(JSON.parse(readFileSync(limits, 'utf8'))).toMatchObject({ global_settings: { confirm_single_idle: false } });
    expect(log()).toMatch(/ - SUCCESS - CONFIG_CHANGE: Key: global_settings\.confirm_single_idle - From: true - To: false/);

    const second = await lab.orphanServer({ name: 'server-second' });
    const soon = page()
      .getByRole('listitem')
      .filter({ hasText: /Ending server-second in \d s/ });
    const press = async (): Promise<void> => {
      await show(second);
      await focusRow(page(), second);
      await page().keyboard.press('Delete');
      await soon.waitFor();
    };
    await press();
    await page().keyboard.press('Control+z');
    await page().getByText('server-second was not ended.').first().waitFor();
    await until('it is in the log', () => linesOf(second).length === 1);
    expect([isAlive(second), linesOf(second)[0]?.includes('Result: cancelled')]).toEqual([true, true]);
    await press();
    expect(isAlive(second)).toBe(true);
    await until('it is gone', () => !isAlive(second), 20_000);
    await until('that is in the log', () => linesOf(second).some((line) => line.includes(' SUCCESS ')));

    const busy = await lab.session({ project: 'at-work', status: 'busy' });
    await ask(busy.pid);
    expect(await dialog().textContent()).not.toContain('ask again');
    await page().keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    expect(isAlive(busy.pid)).toBe(true);
  });

  it('said nothing in the console all the while', () => {
    expect({ console: launched.consoleMessages, csp: launched.cspViolations }).toEqual({ console: [], csp: [] });
  });
});
