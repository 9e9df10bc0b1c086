import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectSlug } from '../../src/main/session-files.js';
import { drawIcon, type IconSize, type TrayBadge } from '../../src/shared/tray-icon.js';
import { findLine, type MenuLine, type Pixels, startTrayHost, type TrayHost, type TrayItemOnBus } from '../fakes/tray/host.js';
import { createLab, isAlive, type Lab, type LabSession, until } from '../fixtures/lab.js';
import { ready, rowOf } from './grid.js';
import { type LaunchedApp, launchApp } from './launch.js';

/** Every badge that a few hundred megabytes can lead to. */
const BADGES: readonly TrayBadge[] = (['normal', 'warning', 'danger', 'stale', 'paused'] as const).flatMap((level) =>
  Array.from({ length: 10 }, (_, tenths) => tenths).flatMap((tenths) =>
    [0, 1, 2, 3].map((share) => ({ level, text: `0.${tenths}`, share })),
  ),
);

const argbOf = (badge: TrayBadge, size: IconSize): string => {
  const { rgba } = drawIcon(badge, size, 'dark');
  return Array.from({ length: size * size }, (_, at) => [rgba[at * 4 + 3], ...rgba.slice(at * 4, at * 4 + 3)].join()).join(' ');
};
/** What a picture on the bus shows, read back from its pixels; nothing where it is none of ours. */
const readBadge = ({ width, argb }: Pixels): string | undefined => {
  const pixels = Array.from({ length: argb.length / 4 }, (_, at) => argb.slice(at * 4, at * 4 + 4).join()).join(' ');
  const size = ([16, 22, 24, 32, 44] as const).find((one) => one === width);
  const badge = size && BADGES.find((one) => argbOf(one, size) === pixels);
  return badge && `${badge.level} ${badge.text}`;
};
const badgeOn = async (item: TrayItemOnBus): Promise<string> => {
  const read = new Set((await item.icons()).map(readBadge));
  return read.size === 1 ? String([...read][0]) : `sizes differ: ${[...read].join(', ')}`;
};
const labels = (lines: readonly MenuLine[]): readonly string[] => lines.map((line) => line.label);

describe('the tray, on a real bus', () => {
  let lab: Lab;
  let launched: LaunchedApp;
  let host: TrayHost;
  let item: TrayItemOnBus;
  let session: LabSession;
  let orphan: number;

  const page = (): Page => launched.page;
  const line = async (start: string): Promise<MenuLine> => {
    let found: MenuLine | undefined;
    await until(
      `a line "${start}"`,
      async () => {
        found = findLine(await item.menu(), start);
        return found !== undefined;
      },
      15_000,
    );
    return found ?? Promise.reject(new Error(start));
  };
  const click = async (start: string, below?: string): Promise<void> => {
    const found = await line(start);
    await item.clickMenu((below === undefined ? found : findLine(found.lines, below)) ?? found);
  };
  const clipboard = (): Promise<string> => launched.app.evaluate(({ clipboard: board }) => board.readText());
  const isVisible = (): Promise<boolean> =>
    launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().some((window) => window.isVisible()));
  const dialog = () => page().getByRole('dialog');
  const dismiss = async (): Promise<void> => {
    await page().keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
  };

  beforeAll(async () => {
    lab = createLab();
    session = await lab.session({ name: 'R&D "x"_y\u202eevil', project: 'billing', memoryMb: 120, status: 'idle' });
    orphan = await lab.orphanServer({ name: 'server-left', memoryMb: 5 });
    host = await startTrayHost();
    launched = await launchApp({ env: { CLAUDE_CONFIG_DIR: join(lab.home, '.claude') } });
    item = await host.item();
    await ready(page(), session.pid);
  });
  afterAll(async () => {
    await launched?.close();
    await host?.close();
    await lab?.close();
  });

  it('registers once, with a tooltip of total, sessions and left-overs', async () => {
    expect(host.items.length).toBe(1);
    await expect.poll(() => item.tooltip(), { timeout: 15_000 }).toMatch(/^Claude: 12\d MB\n1 session\n(1 left over|Nothing left over)$/);
  });

  it('draws the memory into the icon, in every size, and again when it grows', async () => {
    await expect.poll(() => badgeOn(item), { timeout: 15_000 }).toBe('normal 0.1');
    const big = await lab.session({ project: 'big', memoryMb: 260 });
    await expect.poll(() => badgeOn(item), { timeout: 20_000 }).toBe('normal 0.4');
    process.kill(big.pid, 'SIGKILL');
    await expect.poll(() => badgeOn(item), { timeout: 20_000 }).toBe('normal 0.1');
  });

  it('shows by its shape that readings are paused', async () => {
    await page().keyboard.press('Space');
    await expect.poll(() => badgeOn(item), { timeout: 15_000 }).toBe('paused 0.1');
    expect(await item.tooltip()).toContain('Refresh is paused');
    await page().keyboard.press('Space');
    await expect.poll(() => badgeOn(item), { timeout: 15_000 }).toBe('normal 0.1');
  });

  it('lists the sessions by what they hold, names cleaned, marks of shortcuts escaped', async () => {
    const menu = await item.menu();
    expect(labels(menu)[0]).toMatch(/^Claude 12\d MB, 2 processes$/);
    const own = findLine(menu, 'R&D "x"_y');
    expect(own?.label).toMatch(/^R&D "x"_yevil · 12\d MB$/);
    expect(labels(own?.lines ?? [])).toEqual(['End…', 'Show', 'Copy resume command']);
    expect(labels(menu)).toEqual(expect.arrayContaining(['Refresh now', 'Open Claude Manager', 'Preferences…', 'Quit']));
    expect(findLine(menu, 'End old and idle (none is)')?.enabled).toBe(false);
  });

  it('leaves the menu alone while it is open', async () => {
    await item.tellMenu('opened');
    const before = await item.layout();
    const other = await lab.session({ project: 'late', memoryMb: 3 });
    await expect.poll(() => item.tooltip(), { timeout: 20_000 }).toContain('2 sessions');
    expect(labels(await item.layout())).toEqual(labels(before));
    await item.tellMenu('closed');
    await line('late');
    process.kill(other.pid, 'SIGKILL');
  });

  it('Show selects the row', async () => {
    await click('R&D', 'Show');
    await expect.poll(() => rowOf(page(), session.pid).getAttribute('aria-selected')).toBe('true');
  });

  it('End… opens the preview, and ends nothing', async () => {
    await click('R&D', 'End…');
    await dialog().getByText('R&D', { exact: false }).first().waitFor();
    await dismiss();
    expect(await rowOf(page(), session.pid).count()).toBe(1);
  });

  it('clean-up opens the same preview as in the window', async () => {
    // A left-over counts when it is a minute old.
    await until('the left-over is old enough', async () => findLine(await item.menu(), 'End 1 left-over…') !== undefined, 80_000);
    await click('End 1 left-over…');
    await dialog().getByText('server-left').first().waitFor();
    await dismiss();
    expect(orphan).toBeGreaterThan(0);
  });

  it('Copy resume command puts it on the clipboard, or says that there is none', async () => {
    await launched.app.evaluate(({ clipboard: board }) => board.writeText('before'));
    await click('R&D', 'Copy resume command');
    await new Promise((resolve) => setTimeout(resolve, 500));
    // The session has no transcript yet: nothing is put there, and that is said by a notification.
    expect(await clipboard()).toBe('before');
    const folder = join(lab.home, '.claude', 'projects', projectSlug(session.projectDir));
    mkdirSync(folder, { recursive: true });
    const hello = { type: 'user', message: { role: 'user', content: 'hello' } };
    writeFileSync(join(folder, `${session.sessionId}.jsonl`), `${JSON.stringify(hello)}\n`);
    await click('R&D', 'Copy resume command');
    await expect.poll(clipboard).toContain(`claude --resume ${session.sessionId}`);
  });

  it('pauses automatic cleanup for an hour or until tomorrow, and lets it go on', async () => {
    const paused = page().getByText(/^Paused until/);
    for (const way of ['For 1 hour', 'Until tomorrow']) {
      await click('Pause automatic clean-up', way);
      await paused.waitFor();
      await click('Automatic clean-up is paused until', 'Resume now');
      await paused.waitFor({ state: 'detached' });
    }
  });

  it('Refresh now looks at once', async () => {
    const late = await lab.session({ project: 'seen-at-once', memoryMb: 2 });
    await click('Refresh now');
    await ready(page(), late.pid);
    process.kill(late.pid, 'SIGKILL');
  });

  it('Open and a click on the icon bring the window back', async () => {
    for (const open of [() => click('Open Claude Manager'), () => item.activate()]) {
      await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
      await expect.poll(isVisible).toBe(false);
      await open();
      await expect.poll(isVisible).toBe(true);
    }
  });

  it('Preferences leads to the Config tab', async () => {
    await click('Preferences…');
    await page().locator('#panel-config').waitFor();
    await page().locator('#tab-monitor').click();
  });

  it('hands out the command of what was stopped', async () => {
    await click('R&D', 'End…');
    await dialog()
      .getByRole('button', { name: /^End 1 process$/ })
      .click();
    await until('the session has ended', () => !isAlive(session.pid), 15_000);
    await launched.app.evaluate(({ clipboard: board }) => board.writeText('before'));
    await click('Recently stopped (1)', 'Copy resume command of');
    await expect.poll(clipboard).toContain(`claude --resume ${session.sessionId}`);
  });

  it('comes back to a panel that restarts', async () => {
    await host.close();
    host = await startTrayHost();
    item = await host.item();
    await expect.poll(() => badgeOn(item), { timeout: 15_000 }).toBe('normal 0.0');
    await click('Refresh now');
  });

  it('Quit ends the application', async () => {
    const ended = new Promise((resolve) => launched.app.process().once('exit', resolve));
    await click('Quit');
    expect(await ended).toBe(0);
  });
});

describe('where the tray is late or missing', () => {
  const closeWindow = (launched: LaunchedApp): Promise<void> =>
    launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  /** Answers the application's questions as a person would, by the button's place, and notes them. */
  const answer = (launched: LaunchedApp, response: number): Promise<void> =>
    launched.app.evaluate(({ dialog }, button) => {
      const asked: unknown[] = [];
      Object.assign(globalThis, { asked });
      Object.assign(dialog, {
        showMessageBox: (...args: unknown[]) => {
          asked.push(args.at(-1));
          return Promise.resolve({ response: button, checkboxChecked: false });
        },
      });
    }, response);
  const exit = (launched: LaunchedApp): Promise<unknown> => new Promise((resolve) => launched.app.process().once('exit', resolve));

  it('a panel that comes later gets the icon', async () => {
    const launched = await launchApp();
    const host = await startTrayHost();
    try {
      const item = await host.item();
      await expect.poll(() => item.tooltip(), { timeout: 15_000 }).toMatch(/^Claude: /);
    } finally {
      await launched.close();
      await host.close();
    }
  });

  it.each([
    ['no panel', {}],
    ['no bus', { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' }],
  ])('with %s it says so once, and quits when its window is closed', async (_name, env) => {
    const home = mkdtempSync(join(tmpdir(), 'claude-manager-no-tray-'));
    try {
      for (const said of [1, 0]) {
        const launched = await launchApp({ xdgHome: home, env });
        await launched.page.waitForLoadState('load');
        await answer(launched, 0);
        const ended = exit(launched);
        // What is said is read before the answer ends the application.
        const asked = launched.app.evaluate(({ BrowserWindow }) => {
          BrowserWindow.getAllWindows()[0]?.close();
          return (Reflect.get(globalThis, 'asked') as { message: string }[]).map(({ message }) => message);
        });
        expect(await asked).toEqual(said === 1 ? ['Claude Manager quits with its window'] : []);
        expect(await ended).toBe(0);
        await launched.close();
      }
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });

  it('asks once whether to stay in the tray, and then does as it was told', async () => {
    const host = await startTrayHost();
    const launched = await launchApp();
    try {
      const item = await host.item();
      await launched.page.waitForLoadState('load');
      await answer(launched, 0);
      const state = () =>
        launched.app.evaluate(({ BrowserWindow }) => [
          (Reflect.get(globalThis, 'asked') as unknown[]).length,
          BrowserWindow.getAllWindows().filter((window) => window.isVisible()).length,
        ]);
      // A window that has not painted yet is as little to be seen as one that was put away.
      await expect.poll(state).toEqual([0, 1]);
      await closeWindow(launched);
      await expect.poll(state).toEqual([1, 0]);
      await item.activate();
      await expect.poll(state).toEqual([1, 1]);
      await closeWindow(launched);
      await expect.poll(state).toEqual([1, 0]);
    } finally {
      await launched.close();
      await host.close();
    }
  });
});
