import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTrayHost, type TrayHost, type TrayItemOnBus } from '../fakes/tray/host.js';
import { createLab, isAlive, type Lab, procStat, until } from '../fixtures/lab.js';
import { focusRow, ready } from './grid.js';
import { electronExecutable, isRoot, type LaunchedApp, launchApp, repository, writeSettings } from './launch.js';

/** Processes of an Electron that show pages. */
const rendererPids = (main: number): readonly number[] => {
  const isBelow = (pid: number): boolean => {
    const parent = procStat(pid)?.ppid ?? 0;
    return parent === main || (parent > 1 && isBelow(parent));
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer') && isBelow(pid);
      } catch {
        return false;
      }
    });
};

describe('the life of the window and of the program', () => {
  let lab: Lab;
  let home: string;
  let host: TrayHost;
  let launched: LaunchedApp;

  const state = (...path: string[]): string => join(home, '.local/state/claude-manager', ...path);
  const launch = async (settings: Readonly<Record<string, unknown>> = {}): Promise<TrayItemOnBus> => {
    if (Object.keys(settings).length > 0) writeSettings(home, settings);
    const seen = host.items.length;
    launched = await launchApp({ xdgHome: home, env: { CLAUDE_CONFIG_DIR: join(lab.home, '.claude') } });
    await until('the icon', () => host.items.length > seen, 20_000);
    return host.item();
  };
  const windows = (): Promise<readonly boolean[]> =>
    launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible()));
  const closeWindow = (): Promise<void> => launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  const exit = (): Promise<number | null> => new Promise((resolve) => launched.app.process().once('exit', resolve));
  /** Another start of the same application; resolves with its exit code. */
  const startAgain = (...args: readonly string[]): Promise<number | null> =>
    new Promise((resolve, reject) => {
      const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, '.config'), XDG_STATE_HOME: join(home, '.local/state') };
      const switches = [...(isRoot ? ['--no-sandbox'] : []), `--user-data-dir=${join(home, 'electron-data')}`];
      const again = spawn(electronExecutable(), [repository, ...switches, ...args], { env, stdio: 'ignore' });
      again.once('error', reject);
      again.once('exit', resolve);
    });

  beforeAll(async () => {
    lab = createLab();
    host = await startTrayHost();
  });
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'claude-manager-life-'));
  });
  afterEach(async () => {
    await launched?.close();
    rmSync(home, { recursive: true, force: true });
  });
  afterAll(async () => {
    await host?.close();
    await lab?.close();
  });

  it('takes a hidden window down after half a minute, and brings it back to where it was', async () => {
    const session = await lab.session({ project: 'kept', memoryMb: 3 });
    mkdirSync(state(), { recursive: true, mode: 0o700 });
    const entry = (at: number): string => `2026-01-02T03:04:05 - INFO - KILL_PROCESS: PID ${at} - User: dana - Result: skipped\n`;
    writeFileSync(state('claude_actions.log'), Array.from({ length: 900 }, (_, at) => entry(at + 1)).join(''), { mode: 0o600 });
    const item = await launch({ close_window: 'tray' });
    await ready(launched.page, session.pid);
    await launched.page.keyboard.press('Control+4');
    await launched.page.locator('.logs .rows').evaluate((rows) => rows.scrollTo({ top: 400 * 28 }));
    await launched.page.locator('.logs [data-row="499"]').waitFor();
    await launched.page.keyboard.press('Control+1');
    await launched.page.locator('#search').fill('kept');
    await focusRow(launched.page, session.pid);
    await launched.page.locator(`[role="row"][data-pid="${session.pid}"]`).click();
    await launched.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.setBounds({ x: 40, y: 30, width: 1000, height: 620 }),
    );
    const before = await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());
    await closeWindow();
    await expect.poll(windows).toEqual([false]);
    await expect.poll(windows, { timeout: 45_000, interval: 500 }).toEqual([]);

    const coming = launched.app.waitForEvent('window', { timeout: 20_000 });
    await item.activate();
    const page = await coming;
    const row = page.locator(`[role="row"][data-pid="${session.pid}"]`);
    await row.waitFor();
    expect(await page.locator('#search').inputValue()).toBe('kept');
    expect(await row.getAttribute('aria-selected')).toBe('true');
    expect(await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())).toEqual(before);
    await page.keyboard.press('Control+4');
    await page.locator('.logs [data-row="499"]').waitFor();
    expect(await page.locator('.logs .rows').evaluate((rows) => rows.scrollTop)).toBe(400 * 28);
    process.kill(session.pid, 'SIGKILL');
  });

  it('a second start shows the window, on the tab that it names, and ends', async () => {
    await launch({ close_window: 'tray' });
    await expect.poll(windows, { timeout: 20_000 }).toEqual([true]);
    await closeWindow();
    await expect.poll(windows).toEqual([false]);
    expect(await startAgain('--hidden')).toBe(0);
    expect(await windows()).toEqual([false]);
    expect(await startAgain('--tab', 'evil')).toBe(2);
    expect(await windows()).toEqual([false]);
    expect(await startAgain('--tab', 'logs')).toBe(0);
    await expect.poll(windows).toEqual([true]);
    await launched.page.locator('#panel-logs').waitFor();
  });

  it('SIGTERM while something is being ended waits for its result, which is in the log', async () => {
    const stubborn = await lab.session({ project: 'stubborn', memoryMb: 3, ignoreTerm: true });
    await launch();
    const { page, pid } = launched;
    await ready(page, stubborn.pid);
    await focusRow(page, stubborn.pid);
    await page.keyboard.press('Delete');
    await page.getByRole('dialog').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: /^End/ }).click();
    const ended = exit();
    process.kill(pid, 'SIGTERM');
    expect(await ended).toBe(0);
    const lines = readFileSync(state('claude_actions.log'), 'utf8')
      .split('\n')
      .filter((line) => line.includes(`PID ${stubborn.pid} `));
    expect(lines.length).toBe(1);
    expect(lines[0]).toMatch(/ERROR.*KILL_PROCESS.*timeout/);
    expect(isAlive(stubborn.pid)).toBe(true);
    expect(existsSync(state('running.json'))).toBe(false);
    process.kill(stubborn.pid, 'SIGKILL');
  });

  it('loads a page that crashed once more, and then says so plainly', async () => {
    await launch();
    await launched.app.evaluate(({ dialog }) => {
      Object.assign(globalThis, { asked: [] });
      Object.assign(dialog, {
        showMessageBox: (options: { message: string }) => {
          (Reflect.get(globalThis, 'asked') as string[]).push(options.message);
          return Promise.resolve({ response: 0, checkboxChecked: false });
        },
      });
    });
    const crash = (): Promise<void> =>
      launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer());
    const rows = (): Promise<number> =>
      launched.app.evaluate(async ({ BrowserWindow }) => {
        const [window] = BrowserWindow.getAllWindows();
        if (!window || window.webContents.isCrashed()) return -1;
        // A page that dies meanwhile never answers.
        const late = new Promise((resolve) => setTimeout(resolve, 1_000, -1));
        return Number(await Promise.race([window.webContents.executeJavaScript("document.querySelectorAll('.app').length"), late]));
      });
    const asked = (): Promise<string[]> => launched.app.evaluate(() => Reflect.get(globalThis, 'asked') as string[]);
    await expect.poll(rows, { timeout: 20_000 }).toBe(1);
    await crash();
    await expect.poll(rows, { timeout: 20_000 }).toBe(1);
    expect(await asked()).toEqual([]);
    await crash();
    await expect.poll(asked, { timeout: 20_000 }).toEqual(['The window crashed twice']);
    // "Try again" was the answer.
    await expect.poll(rows, { timeout: 20_000 }).toBe(1);
  });

  it('tells at the next start that the last one crashed; settings and log are as they were', async () => {
    await launch({ close_window: 'tray', refresh_interval_seconds: 9 });
    const { pid } = launched;
    const ended = exit();
    process.kill(pid, 'SIGKILL');
    await ended;
    await launched.close();
    await launch();
    await launched.page.getByText('did not end in order last time').waitFor();
    expect(
      JSON.parse(readFileSync(join(home, '.config/claude-manager/claude_limits.json'), 'utf8')).global_settings.refresh_interval_seconds,
    ).toBe(9);
    await launched.close();
    await launch();
    await launched.page.locator('.app').waitFor();
    expect(await launched.page.getByText('did not end in order last time').count()).toBe(0);
  });

  it('starts at login, hidden, as long as the setting says so', async () => {
    const entry = join(home, '.config/autostart/claude-manager.desktop');
    await launch({ start_at_login: true });
    await until('the entry', () => existsSync(entry));
    const text = readFileSync(entry, 'utf8');
    expect(text).toContain(`Exec=${electronExecutable()} `);
    expect(text).toMatch(/ --hidden$/m);
    writeSettings(home, { start_at_login: false });
    await until('the entry is gone', () => !existsSync(entry));
  });

  it('started hidden it has no window, and the tray brings one', async () => {
    const seen = host.items.length;
    const switches = [...(isRoot ? ['--no-sandbox'] : []), `--user-data-dir=${join(home, 'electron-data')}`];
    const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, '.config'), XDG_STATE_HOME: join(home, '.local/state') };
    const child = spawn(electronExecutable(), [repository, ...switches, '--hidden'], { env, stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await until('the icon', () => host.items.length > seen, 20_000);
    const item = await host.item();
    const renderers = (): number => rendererPids(child.pid ?? 0).length;
    expect(renderers()).toBe(0);
    await item.activate();
    await until('a page', () => renderers() > 0, 20_000);
    process.kill(child.pid ?? 0, 'SIGTERM');
    expect(await ended).toBe(0);
  });
});
