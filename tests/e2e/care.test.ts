import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../src/shared/api.js';
import { type NotificationDaemon, startNotificationDaemon } from '../fakes/desktop/notification-daemon.js';
import type { Lab } from '../fixtures/lab.js';
import { createLab, isAlive, procStat, until } from '../fixtures/lab.js';
import { ready } from './grid.js';
import { inspect } from './inspect.js';
import { type LaunchedApp, launchApp, makeHome, repository, writeSettings } from './launch.js';

/** The page's window, as the preload leaves it. */
declare const window: Window & { readonly claudeManager: Api };

const clock = join(repository, 'tests', 'fakes', 'clock.cjs');

/** A home whose configuration says this. */
const homeWith = (settings: Readonly<Record<string, unknown>>): string => {
  const home = mkdtempSync(join(tmpdir(), 'claude-manager-care-'));
  makeHome(home);
  writeSettings(home, settings);
  return home;
};

const logOf = (home: string): string => {
  const path = join(home, '.local/state/claude-manager/claude_actions.log');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
};
const linesOf = (home: string, action: string): readonly string[] =>
  logOf(home)
    .split('\n')
    .filter((line) => line.includes(` - ${action}: `));

const busAddress = process.env['DBUS_SESSION_BUS_ADDRESS'] ?? '';

describe('automatic cleanup, from the first screen to the end of a real orphan', () => {
  let lab: Lab;
  let launched: LaunchedApp;
  let daemon: NotificationDaemon;
  let orphan: number;
  let home: string;
  let bystanders: readonly { readonly pid: number; readonly startedAt: string | undefined }[];
  const page = () => launched.page;
  const start = async (firstRun: boolean): Promise<void> => {
    launched = await launchApp({
      firstRun,
      xdgHome: home,
      preload: [clock],
      // Eleven minutes: nothing younger than ten is ever ended by itself.
      env: { CLAUDE_CONFIG_DIR: join(lab.home, '.claude'), CLOCK_AHEAD_MS: String(11 * 60_000), CLOCK_SPEED: '15' },
    });
  };
  const banner = () => page().locator('.banner', { hasText: /^\d*Cleanup ends 1 process in/ });

  beforeAll(async () => {
    lab = createLab();
    const busy = await lab.session({ name: 'busy-one', project: 'busy', status: 'busy', servers: [{ name: 'server-a' }] });
    const idle = await lab.session({ name: 'idle-one', project: 'idle', status: 'idle', idleMs: 10_000_000, tool: 'sleep 800' });
    const stranger = await lab.bystander();
    orphan = await lab.orphanServer({ name: 'server-left' });
    bystanders = [busy.pid, ...busy.children, idle.pid, ...idle.children, stranger, process.pid].map((pid) => ({
      pid,
      startedAt: procStat(pid)?.startedAt,
    }));
    daemon = await startNotificationDaemon(busAddress);
    home = homeWith({ auto_cleanup_interval_minutes: 2, auto_cleanup_countdown_seconds: 25, refresh_interval_seconds: 1 });
    await start(true);
    await page().getByRole('heading', { name: 'Set up' }).waitFor({ timeout: 20_000 });
  });
  afterEach(() => {
    expect(bystanders.filter(({ pid, startedAt }) => startedAt === undefined || !isAlive(pid, startedAt))).toEqual([]);
  });
  afterAll(async () => {
    await launched?.close();
    daemon?.stop();
    await lab?.close();
    rmSync(home, { recursive: true, force: true });
  });

  it('begins with a screen that says what would be ended right now, and is accessible in each of its states', async () => {
    await page().getByText('Right now it would end 1 process').waitFor({ timeout: 15_000 });
    expect(await page().locator('.cleanup-review .ends').textContent()).toContain('server-left');
    expect(await page().getByRole('radio', { name: 'Report only' }).getAttribute('aria-checked')).toBe('true');
    expect(await inspect(launched, 'first')).toEqual([]);
  });

  it('is on only once somebody agreed, and remembers that outside of the configuration', async () => {
    await page().getByRole('radio', { name: 'Automatic' }).click();
    await page().getByRole('button', { name: 'Agree and start' }).click();
    await ready(page(), orphan);
    const state: unknown = JSON.parse(readFileSync(join(home, '.local/state/claude-manager/automation.json'), 'utf8'));
    expect(state).toMatchObject({ consent: { rulesId: expect.stringMatching(/^[0-9a-f]{64}$/) } });
    expect(readFileSync(join(home, '.config/claude-manager/claude_limits.json'), 'utf8')).not.toContain('consent');
    expect(linesOf(home, 'AUTO_CLEANUP').some((line) => line.includes('Result: agreed'))).toBe(true);
  });

  it('announces what it is about to end, and ends nothing when that is cancelled in the window', async () => {
    await banner().waitFor({ timeout: 40_000 });
    const [shown] = daemon.notified.filter(({ title }) => title.startsWith('Cleanup ends'));
    expect(shown).toMatchObject({ title: 'Cleanup ends 1 process in 25 s', buttons: { cancel: 'Cancel', snooze: 'Snooze 1 h' } });
    expect(shown?.body).toContain('server-left');
    expect(await banner().getByRole('button').allTextContents()).toEqual(['Review…', 'More time', 'Snooze 1 h', 'Cancel']);
    await page().evaluate((ms) => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + ms;
    }, 11 * 60_000);
    await banner().getByRole('button', { name: 'More time' }).click();
    // Looking at it closely takes longer than it lasts.
    await page().evaluate("window.longer = setInterval(() => window.claudeManager.steerCleanup({ act: 'extend', untilMs: null }), 2000)");
    expect(await inspect(launched, 'countdown')).toEqual([]);
    await page().evaluate('clearInterval(window.longer)');
    await banner().getByRole('button', { name: 'Cancel' }).click();
    await banner().waitFor({ state: 'detached' });
    await until('it is in the log', () => linesOf(home, 'AUTO_CLEANUP').some((line) => line.includes('Result: cancelled')));
    // On a busy machine the next one may be there already.
    await until('the notification is taken back', () => daemon.withdrawn.includes(shown?.number ?? 0));
    expect(isAlive(orphan)).toBe(true);
  });

  it('can be put off by the notification’s own button, and let go on from the sidebar', async () => {
    await banner().waitFor({ timeout: 40_000 });
    const shown = daemon.onScreen().find(({ title }) => title.startsWith('Cleanup'));
    daemon.press(shown?.number ?? 0, 'snooze');
    await banner().waitFor({ state: 'detached', timeout: 15_000 });
    await page()
      .getByText(/^Paused until/)
      .waitFor();
    expect(isAlive(orphan)).toBe(true);
    await page().getByRole('button', { name: 'Resume automatic cleanup' }).click();
    await page()
      .getByText(/^Next run in/)
      .waitFor();
  });

  it('ends nothing when the session ends while it counts down, and says so in the log', async () => {
    await banner().waitFor({ timeout: 40_000 });
    const cancelled = (): number => linesOf(home, 'AUTO_CLEANUP').filter((line) => line.includes('Result: cancelled')).length;
    const before = cancelled();
    const ended = new Promise((resolve) => launched.app.process().once('exit', resolve));
    // What a terminal or a desktop that goes away sends.
    process.kill(launched.pid, 'SIGHUP');
    expect(await ended).toBe(0);
    expect([cancelled() - before, isAlive(orphan), linesOf(home, 'KILL_PROCESS')]).toEqual([1, true, []]);
    await launched.close();
    await start(false);
    await ready(page(), orphan);
  });

  it('ends the orphan when nobody objects, and nothing else', async () => {
    await banner().waitFor({ timeout: 40_000 });
    await until('the orphan has ended', () => !isAlive(orphan), 40_000);
    await page().getByText('Automatic cleanup ended 1 process').first().waitFor({ timeout: 15_000 });
    await until('it is in the log', () =>
      linesOf(home, 'AUTO_CLEANUP').some((line) => line.includes(' - SUCCESS - ') && line.includes(`PID: ${orphan} `)),
    );
    expect(linesOf(home, 'KILL_PROCESS').map((line) => / PID (\d+) .* Result: (\w+)/.exec(line)?.slice(1))).toEqual([
      [String(orphan), 'done'],
    ]);
    expect(readFileSync(join(home, '.local/state/claude-manager/decisions.jsonl'), 'utf8')).toContain('"decision":"ended"');
  });

  it('is told in Analytics beside what the settings would have done, with what was cancelled before', async () => {
    await page().locator('#tab-analytics').click();
    const section = page().locator('[data-chart="decisions"]');
    await expect.poll(() => section.textContent(), { timeout: 20_000 }).toMatch(/server-left, ended\s+left over/);
    expect(await section.textContent()).toMatch(/1 ended, 3 cancelled/);
    await section.scrollIntoViewIfNeeded();
    expect(await inspect(launched, 'decisions', { part: '[data-chart="decisions"]' })).toEqual([]);
    await section.getByRole('button', { name: /table/i }).click();
    expect(await section.getByRole('columnheader').allTextContents()).toContain('Reason');
  });

  it('said nothing in the console all the while', () => {
    expect({ console: launched.consoleMessages, csp: launched.cspViolations }).toEqual({ console: [], csp: [] });
  });
});

/** Of a program that was ended while an alert stood. */
const EARLIER = [
  '2025-09-02T20:16:17 - INFO - ALERT: PID: 7 - User: dana - Rule: memory - Value: 3072MB - Limit: 2048MB - Result: firing - Name: earlier-one',
  '2025-09-02T20:20:00 - INFO - ALERT: PID: 7 - User: dana - Rule: memory - Value: 3072MB - Limit: 2048MB - Result: recovered - Name: earlier-one',
  '2025-09-03T08:00:00 - INFO - ALERT: User: dana - Rule: sessions - Value: 12 - Limit: 10 - Result: firing',
  '',
].join('\n');

describe('alerts', () => {
  let lab: Lab;
  let launched: LaunchedApp;
  let daemon: NotificationDaemon;
  let home: string;
  const page = () => launched.page;
  const look = async (): Promise<void> => {
    await page().getByRole('button', { name: 'Refresh now' }).click();
  };
  const looks = (): Promise<number> =>
    page().evaluate(async () => {
      const state = await window.claudeManager.getState({});
      return state.ok ? (state.value.whole.snapshot?.sequence ?? 0) : 0;
    });

  beforeAll(async () => {
    lab = createLab();
    const session = await lab.session({ name: '<b>big</b>', project: 'big', status: 'idle', memoryMb: 260 });
    daemon = await startNotificationDaemon(busAddress);
    home = homeWith({ alert_memory_threshold_mb: 200, refresh_enabled: false });
    const state = join(home, '.local/state/claude-manager');
    mkdirSync(state, { recursive: true, mode: 0o700 });
    writeFileSync(join(state, 'claude_actions.log'), EARLIER, { mode: 0o600 });
    launched = await launchApp({ xdgHome: home, env: { CLAUDE_CONFIG_DIR: join(lab.home, '.claude') } });
    await ready(page(), session.pid);
    await launched.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((one) => Object.assign(one, { isFocused: () => false })),
    );
  });
  afterAll(async () => {
    await launched?.close();
    daemon?.stop();
    await lab?.close();
    rmSync(home, { recursive: true, force: true });
  });

  it('tell of a crossed limit at the third look, not before, with the culprit named and nothing rendered', async () => {
    // The first look was that of the start.
    const before = await looks();
    await look();
    await expect.poll(looks).toBeGreaterThan(before);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect([daemon.notified, linesOf(home, 'ALERT').length]).toEqual([[], 3]);
    await look();
    await until('it is announced', () => daemon.notified.length === 1, 15_000);
    expect(daemon.notified[0]?.title).toMatch(/^A session uses 2\d\d MB, the limit is 200 MB$/);
    expect(daemon.notified[0]?.body).toContain('&lt;b&gt;big&lt;/b&gt;');
    await until('it is in the log', () => linesOf(home, 'ALERT').length === 4);
    expect(linesOf(home, 'ALERT')[3]).toMatch(/Rule: memory - Value: 2\d\dMB - Limit: 200MB - Result: firing - Name: <b>big<\/b>/);
  });

  it('stand in the bell, which is accessible, and lead to their culprit', async () => {
    await page().getByRole('button', { name: 'Alerts, 1 new' }).click();
    const list = page().locator('.alerts');
    await list.waitFor();
    expect(await list.textContent()).toContain('<b>big</b>');
    expect(await list.locator('li').allTextContents()).toMatchObject({ length: 3 });
    expect(await list.textContent()).toContain('earlier-one of dana');
    expect(await list.textContent()).toContain('Sep 2, 20:16:17 to 20:20:00');
    expect(await list.textContent()).toContain('Sep 3, 08:00:00; the program ended before it was over');
    expect(await inspect(launched, 'bell')).toEqual([]);
    await list.getByRole('button', { name: 'Show' }).click();
    await list.waitFor({ state: 'detached' });
    await page().locator('[role="row"][aria-selected="true"]', { hasText: 'big' }).waitFor();
    await page().getByRole('button', { name: 'Alerts', exact: true }).waitFor();
  });

  it('lead from their notification to the tab and the row, wherever the window is', async () => {
    await page().keyboard.press('Escape');
    await page().locator('[role="row"][aria-selected="true"]').waitFor({ state: 'detached' });
    await page().keyboard.press('Control+3');
    await page().locator('#panel-config').waitFor();
    await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
    const [shown] = daemon.onScreen();
    daemon.press(shown?.number ?? 0, 'default');
    await page().locator('[role="row"][aria-selected="true"]', { hasText: 'big' }).waitFor();
    expect(await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())).toBe(true);
  });

  it('are taken back when the culprit has gone', async () => {
    await lab.close();
    await look();
    await until('it is withdrawn', () => daemon.withdrawn.length === 1, 15_000);
    await until('it is in the log', () => linesOf(home, 'ALERT').some((line) => line.includes('Result: recovered')));
  });
});
