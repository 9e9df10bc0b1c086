import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../fixtures/lab.js';
import { createLab, isAlive, until } from '../fixtures/lab.js';
import { focusRow, ready } from './grid.js';
import { inspect } from './inspect.js';
import { type LaunchedApp, launchApp } from './launch.js';

const HOSTILE = '<img src=x onerror=alert(1)>=2+3';
const OLD = 300;
/** Local time, so many days ago. */
const stamp = (daysAgo: number): string => {
  const at = new Date(Date.now() - daysAgo * 86_400_000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
};

describe('the Logs tab', () => {
  let lab: Lab;
  let launched: LaunchedApp;
  let home: string;
  let logFile: string;
  const page = () => launched.page;
  const grid = (): Locator => page().getByRole('treegrid', { name: 'Action log' });
  /** Rows in view, newest first: level, action, target, user, outcome as one text. */
  const shown = async (): Promise<string[]> => {
    const rows = await grid()
      .locator('[data-row]')
      .evaluateAll((all) => all.map((row) => [Number(row.getAttribute('aria-rowindex')), row.textContent ?? ''] as const));
    return rows.sort((a, b) => a[0] - b[0]).map(([, text]) => text);
  };
  const foot = () => page().locator('.foot');
  const showLogs = async (): Promise<void> => {
    await page().locator('#tab-logs').click();
    await grid().waitFor();
  };
  const stubSave = (path: string | null): Promise<void> =>
    launched.app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = (async () => ({ canceled: filePath === null, filePath: filePath ?? '' })) as typeof dialog.showSaveDialog;
    }, path);
  const exportAs = async (name: RegExp): Promise<void> => {
    await page().getByRole('button', { name: 'Export…' }).click();
    await page().getByRole('menuitem', { name }).click();
  };

  beforeAll(async () => {
    lab = createLab();
    home = mkdtempSync(join(tmpdir(), 'claude-manager-logs-'));
    const folder = join(home, '.local/state/claude-manager');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    logFile = join(folder, 'claude_actions.log');
    // The original dashboard's own lines, in a file that was rotated; and recent ones.
    const old = Array.from(
      { length: OLD },
      (_, index) =>
        `${stamp(200 - index / 10)} - SUCCESS - KILL_PROCESS: PID ${1000 + index} - User: john - Memory: 512MB - Signal: SIGTERM\n`,
    );
    writeFileSync(`${logFile}.1`, old.join(''), { mode: 0o600 });
    writeFileSync(
      logFile,
      `${stamp(3)} - ERROR - KILL_PROCESS: PID 77 - User: ${HOSTILE} - Result: failed - Reason: timeout (timeout)\n${stamp(2)} - INFO - CLEAN_OLD: User: ann - Result: skipped - Reason: changed\nnot a line\n`,
      { mode: 0o600 },
    );
    launched = await launchApp({ xdgHome: home, env: { CLAUDE_CONFIG_DIR: join(lab.home, '.claude') } });
    await page().locator('#tab-monitor').waitFor();
  });
  afterAll(async () => {
    await launched?.close();
    await lab?.close();
    rmSync(home, { recursive: true, force: true });
  });

  it('shows all kept files newest first, hostile text as text, and counts', async () => {
    await showLogs();
    await expect.poll(() => foot().textContent()).toContain('302 entries');
    await expect.poll(() => foot().textContent()).toContain('1 line is not understood');
    const rows = await shown();
    expect(rows[0]).toContain('InfoClean old–ann');
    expect(rows[0]).toContain('Skipped, changed meanwhile');
    expect(rows[1]).toContain(`ErrorEnd process77${HOSTILE}–Failed, took too long`);
    expect(rows.length).toBeLessThan(80);
    expect(
      await page()
        .getByRole('button', { name: /^Success/ })
        .textContent(),
    ).toContain('300');
    expect(await page().getByRole('tab').allTextContents()).toEqual(['Monitor', 'Analytics', 'Config', 'Logs']);
  });

  it('fetches what is scrolled to, and stops following until the top is reached again', async () => {
    const follow = page().getByRole('button', { name: 'Follow', exact: true });
    expect(await follow.getAttribute('aria-pressed')).toBe('true');
    await page().keyboard.press('Tab');
    await grid().locator('[data-row][tabindex="0"]').focus();
    await page().keyboard.press('End');
    await expect.poll(async () => (await shown()).at(-1)).toContain('1000');
    await expect.poll(() => follow.getAttribute('aria-pressed')).toBe('false');
    const first = (await shown())[5];
    appendFileSync(logFile, `${stamp(0)} - INFO - ALERT: User: ann - Memory: 3000MB\n`);
    await expect.poll(() => foot().textContent()).toContain('303 entries');
    expect((await shown()).includes(first ?? '')).toBe(true);
    await page().keyboard.press('Home');
    await expect.poll(() => follow.getAttribute('aria-pressed')).toBe('true');
    await expect.poll(async () => (await shown())[0]).toContain('Alert');
  });

  it('opens a line with Enter, copies it, and closes it with Esc', async () => {
    await grid().locator('[data-row][tabindex="0"]').focus();
    await page().keyboard.press('ArrowDown');
    await page().keyboard.press('ArrowDown');
    await page().keyboard.press('Enter');
    const details = page().locator('.logx');
    await details.waitFor();
    expect(await details.locator('.cmd').textContent()).toBe(readFileSync(logFile, 'utf8').split('\n')[0]);
    expect(await details.locator('dl').textContent()).toContain(`User${HOSTILE}`);
    await details.getByRole('button', { name: 'Copy line' }).click();
    await expect.poll(() => launched.app.evaluate(({ clipboard }) => clipboard.readText())).toContain('PID 77');
    await page().keyboard.press('Escape');
    await details.waitFor({ state: 'detached' });
  });

  /** Chooses in a picker and waits until its menu has gone: one on its way out would answer for the next. */
  const pick = async (picker: RegExp, item: string): Promise<void> => {
    await page().getByRole('button', { name: picker }).click();
    await page().getByRole('menuitemradio', { name: item, exact: true }).click();
    await page().locator('.menu').waitFor({ state: 'detached' });
  };

  it('filters by level, action, user, time and text, and says when nothing is left', async () => {
    await page()
      .getByRole('button', { name: /^Error/ })
      .click();
    await expect.poll(() => foot().textContent()).toContain('1 of 303 entries');
    await page()
      .getByRole('button', { name: /^Error/ })
      .click();
    await pick(/^User: /, 'ann');
    await expect.poll(() => foot().textContent()).toContain('2 of 303 entries');
    await pick(/^Action: /, 'Alert');
    await expect.poll(() => foot().textContent()).toContain('1 of 303 entries');
    await page().keyboard.press('Control+f');
    await page().keyboard.type('no such text');
    await page()
      .getByRole('heading', { name: /^No line matches “no such text”/ })
      .waitFor();
    await page().getByRole('button', { name: 'Clear filters' }).click();
    await expect.poll(() => foot().textContent()).toContain('303 entries');
    await page()
      .getByRole('button', { name: /^Time: / })
      .click();
    await page().getByRole('button', { name: '24 h' }).click();
    await expect.poll(() => foot().textContent()).toContain('1 of 303 entries');
    await page().getByLabel('From').fill(stamp(2.5).slice(0, 16));
    await expect.poll(() => foot().textContent()).toContain('2 of 303 entries');
    await page().getByRole('button', { name: 'Any time', exact: true }).click();
    await page().keyboard.press('Escape');
    await page().locator('.panel').waitFor({ state: 'detached' });
  });

  it('exports what the filter matches, for its owner only; closing the dialog writes nothing', async () => {
    const out = (name: string): string => join(home, name);
    await page().keyboard.press('Control+f');
    await page().keyboard.type('onerror');
    await expect.poll(() => foot().textContent()).toContain('1 of 303 entries');
    await stubSave(null);
    await exportAs(/^Text/);
    await stubSave(out('a.log'));
    await exportAs(/^Text/);
    await until('the text is written', () => existsSync(out('a.log')));
    expect(readFileSync(out('a.log'), 'utf8')).toBe(`${readFileSync(logFile, 'utf8').split('\n')[0]}\n`);
    expect(statSync(out('a.log')).mode & 0o777).toBe(0o600);
    await stubSave(out('a.jsonl'));
    await exportAs(/^JSON/);
    await until('the JSON is written', () => existsSync(out('a.jsonl')));
    expect(JSON.parse(readFileSync(out('a.jsonl'), 'utf8'))).toMatchObject({ level: 'ERROR', action: 'KILL_PROCESS' });
    await stubSave(out('a.csv'));
    await exportAs(/^CSV/);
    await until('the table is written', () => existsSync(out('a.csv')));
    expect(readFileSync(out('a.csv'), 'utf8').split('\r\n')[1]).toContain(`"77","${HOSTILE}"`);
    await page()
      .getByText(/1 line written to .*a\.csv/)
      .first()
      .waitFor();
    await page().getByRole('button', { name: 'Clear search' }).click();
  });

  it('shows a real ending as it is logged, and what the command line logs', async () => {
    await page().keyboard.press('Control+1');
    const session = await lab.session({ project: 'logged' });
    await page().getByRole('button', { name: 'Refresh now' }).click();
    await ready(page(), session.pid);
    await focusRow(page(), session.pid);
    await page().keyboard.press('Delete');
    await page().getByRole('dialog').getByRole('button', { name: 'End 1 process' }).click();
    await until('it is gone', () => !isAlive(session.pid), 15_000);
    await page().getByRole('dialog').waitFor({ state: 'detached', timeout: 15_000 });
    await showLogs();
    await expect.poll(async () => (await shown())[0]).toContain(`SuccessEnd process${session.pid}`);
    const before = await foot().textContent();
    // Nothing runs there: refused, and logged by another process.
    const env = { ...process.env, HOME: home, XDG_STATE_HOME: join(home, '.local/state'), XDG_CONFIG_HOME: join(home, '.config') };
    try {
      execFileSync(process.execPath, ['out/cli/index.js', 'end', '1', '--yes'], { env, stdio: 'ignore' });
    } catch {
      // Its exit code says that it was refused.
    }
    await expect.poll(() => foot().textContent()).not.toBe(before);
  });

  it('ends nothing out of the table that is not seen', async () => {
    const session = await lab.session({ project: 'unseen' });
    await page().keyboard.press('Control+1');
    await page().getByRole('button', { name: 'Refresh now' }).click();
    await ready(page(), session.pid);
    await focusRow(page(), session.pid);
    await page().keyboard.press('ArrowDown');
    await page().keyboard.press('ArrowUp');
    await page().locator('#tab-logs').click();
    for (const key of ['Delete', 'Control+e', 'Control+k']) await page().keyboard.press(key);
    expect(await page().getByRole('dialog').count()).toBe(0);
  });

  it('clears what is older than so many days after saying how much, and logs it', async () => {
    await showLogs();
    await page().getByRole('button', { name: 'Clear old entries…' }).click();
    const dialog = page().getByRole('dialog');
    await dialog.getByText('300 entries would go.').waitFor();
    await dialog.getByRole('textbox').fill('x');
    await dialog.getByText('A whole number of days').waitFor();
    await dialog.getByRole('textbox').fill('1000');
    await dialog.getByText('No entry is that old.').waitFor();
    await dialog.getByRole('textbox').fill('90');
    await dialog.getByRole('button', { name: 'Clear 300 entries' }).click();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(async () => (await shown())[0]).toContain('Clear log');
    expect(existsSync(`${logFile}.1`)).toBe(false);
    expect(readFileSync(logFile, 'utf8')).toMatch(/ - SUCCESS - LOG_CLEAR: Lines: 300 - Before: \S+\n$/);
    expect(readFileSync(logFile, 'utf8')).toContain('not a line\n');
  });

  describe('is accessible in both themes and sizes', () => {
    it('with its lines and the details of one', async () => {
      expect(await inspect(launched, 'logs-lines')).toEqual([]);
      await grid().locator('[data-row][tabindex="0"]').focus();
      await page().keyboard.press('Enter');
      await page().locator('.logx').waitFor();
      expect(await inspect(launched, 'logs-details')).toEqual([]);
      await page().keyboard.press('Escape');
    });

    it('with its panel and its dialog', async () => {
      await page()
        .getByRole('button', { name: /^Time: / })
        .click();
      expect(await inspect(launched, 'logs-time')).toEqual([]);
      await page().keyboard.press('Escape');
      await page().locator('.panel').waitFor({ state: 'detached' });
      await page().getByRole('button', { name: 'Clear old entries…' }).click();
      await page().getByRole('dialog').waitFor();
      expect(await inspect(launched, 'logs-clear')).toEqual([]);
      await page().keyboard.press('Escape');
      await page().getByRole('dialog').waitFor({ state: 'detached' });
    });

    it('where a filter hides everything', async () => {
      await page().keyboard.press('Control+f');
      await page().keyboard.type('zzzz');
      await page().getByRole('button', { name: 'Clear filters' }).waitFor();
      expect(await inspect(launched, 'logs-empty')).toEqual([]);
      await page().getByRole('button', { name: 'Clear filters' }).click();
    });
  });

  it('goes from tab to tab with the arrows and speaks Portuguese', async () => {
    await page().locator('#tab-logs').focus();
    await page().keyboard.press('ArrowRight');
    expect(await page().locator('#tab-monitor').getAttribute('aria-selected')).toBe('true');
    await page().keyboard.press('ArrowLeft');
    await page().keyboard.press('ArrowLeft');
    await page().keyboard.press('End');
    expect(await page().evaluate(() => window.localStorage.getItem('claude-manager.tab'))).toBe('logs');
    await page().getByRole('button', { name: 'Menu', exact: true }).click();
    await page().getByRole('menuitemradio', { name: 'Português (Brasil)' }).click();
    await page().getByRole('treegrid', { name: 'Registro de ações' }).waitFor();
    await expect.poll(() => page().locator('.toolbar').textContent()).toContain('Sucesso 4Erro 1Info 3AçãoUsuárioHorário');
  });

  it('complained of nothing', () => {
    expect([launched.consoleMessages, launched.cspViolations]).toEqual([[], []]);
  });
});

describe('a log of 200,000 lines', () => {
  it('scrolls to any place, with few rows in the page and few pages asked for', async () => {
    const home = mkdtempSync(join(tmpdir(), 'claude-manager-logs-'));
    const folder = join(home, '.local/state/claude-manager');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, 'claude_actions.log');
    for (const [at, name] of ['.4', '.3', '.2', '.1', ''].entries())
      writeFileSync(
        file + name,
        Array.from(
          { length: 40_000 },
          (_, index) => `${stamp(1)} - SUCCESS - KILL_PROCESS: PID ${at * 40_000 + index} - User: john - Memory: 512MB - Signal: SIGTERM\n`,
        ).join(''),
        { mode: 0o600 },
      );
    const launched = await launchApp({ xdgHome: home });
    try {
      const { page } = launched;
      await page.locator('#tab-monitor').waitFor();
      await page.locator('#tab-logs').click();
      const rows = page.locator('.logs [data-row]');
      await expect.poll(() => page.locator('.foot').textContent()).toMatch(/^200.000 entries/);
      const texts = async (): Promise<string> => (await rows.allTextContents()).join('\n');
      const total = await page.locator('.logs .rows').evaluate((element) => element.scrollHeight);
      expect(total).toBe(200_000 * 28);
      for (const part of [0.25, 0.9, 0.5]) {
        await page.locator('.logs .rows').evaluate((element, top) => element.scrollTo({ top }), Math.round(total * part));
        await expect.poll(texts).toContain(String(199_999 - Math.round(200_000 * part) - 3));
        await expect.poll(texts).not.toContain('…');
      }
      // As fast as a wheel turns: every frame a screen further.
      const late = await page.locator('.logs .rows').evaluate(async (element) => {
        let worstMs = 0;
        for (let turn = 0, last = performance.now(); turn < 120; turn += 1) {
          element.scrollBy({ top: 700 });
          await new Promise((resolve) => requestAnimationFrame(resolve));
          worstMs = Math.max(worstMs, performance.now() - last);
          last = performance.now();
        }
        return worstMs;
      });
      console.log(`worst frame of 120 screens: ${late.toFixed(0)} ms`);
      await expect.poll(texts).not.toContain('…');
      expect(await rows.count()).toBeLessThan(80);
      expect([launched.consoleMessages, launched.cspViolations]).toEqual([[], []]);
    } finally {
      await launched.close();
      rmSync(home, { recursive: true, force: true });
    }
  });
});
