import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../fixtures/lab.js';
import { createLab } from '../fixtures/lab.js';
import { ready } from './grid.js';
import { inspect } from './inspect.js';
import { type LaunchedApp, launchApp } from './launch.js';

/** Two sizes and two themes of a long page, on a machine that may be busy. */
const AXE_MS = 300_000;

describe('the Config tab', () => {
  let lab: Lab;
  let launched: LaunchedApp;
  let home: string;
  let file: string;
  const page = () => launched.page;
  const onDisk = (): unknown => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null);
  const log = (): string => readFileSync(join(home, '.local/state/claude-manager/claude_actions.log'), 'utf8');
  const show = async (section: 'Users' | 'Global' | 'Security'): Promise<void> => {
    await page().locator('#tab-config').click();
    await page().getByRole('navigation', { name: 'Pages of the settings' }).getByRole('button', { name: section }).click();
  };
  const field = (name: string): Locator => page().getByRole('textbox', { name, exact: true });
  const toggle = (name: string): Locator => page().getByRole('switch', { name, exact: true });
  const stubOpen = (path: string): Promise<void> =>
    launched.app.evaluate(({ dialog }, filePath) => {
      dialog.showOpenDialog = (async () => ({ canceled: false, filePaths: [filePath] })) as typeof dialog.showOpenDialog;
    }, path);

  beforeAll(async () => {
    lab = createLab();
    home = mkdtempSync(join(tmpdir(), 'claude-manager-config-'));
    const folder = join(home, '.config/claude-manager');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    file = join(folder, 'claude_limits.json');
    writeFileSync(file, JSON.stringify({ later: 1, user_limits: { default: { max_processes: 5 }, marina: { priority: 'low' } } }), {
      mode: 0o600,
    });
    const session = await lab.session({ project: 'billing', status: 'idle', memoryMb: 40 });
    launched = await launchApp({ xdgHome: home, env: { CLAUDE_CONFIG_DIR: join(lab.home, '.claude') } });
    await ready(page(), session.pid);
  });
  afterAll(async () => {
    await launched?.close();
    await lab?.close();
    rmSync(home, { recursive: true, force: true });
  });

  it('offers everybody seen on the machine, with what each uses now and what holds for him', async () => {
    await show('Users');
    const rows = page().locator('.ptable tbody tr');
    const me = rows.filter({ hasText: 'now' }).first();
    await me.waitFor();
    expect(await rows.locator('th').allTextContents()).toEqual(
      expect.arrayContaining([expect.stringContaining('Everybody'), expect.stringContaining('marina')]),
    );
    expect(await me.textContent()).toMatch(/now \d+/);
    // Inherited values stand grey in the fields; the default row's own one does not.
    expect(await field('default: Sessions').inputValue()).toBe('5');
    expect(await field('marina: Sessions').getAttribute('placeholder')).toBe('5');
    expect(await field('marina: Memory, MB').getAttribute('placeholder')).toBe('1\u2009024');
  });

  it('applies a limit as it is changed, says what is wrong beside it, and takes it back', async () => {
    await field('marina: Memory, MB').fill('0');
    await page().getByText('1 to 1\u2009048\u2009576').waitFor();
    expect(await field('marina: Memory, MB').getAttribute('aria-invalid')).toBe('true');
    await field('marina: Memory, MB').fill('2048');
    await page().keyboard.press('Enter');
    await expect.poll(onDisk).toMatchObject({ later: 1, user_limits: { marina: { priority: 'low', memory_limit_mb: 2048 } } });
    await page()
      .getByRole('button', { name: /^marina: Over a limit/ })
      .click();
    await page().getByRole('menuitemradio', { name: 'End', exact: true }).click();
    const loosen = page().getByRole('dialog', { name: 'Protect less?' });
    await loosen.getByText('Alert → End').waitFor();
    await loosen.getByRole('button', { name: 'Change it' }).click();
    await expect.poll(onDisk).toMatchObject({ user_limits: { marina: { enforce: 'end' } } });
    await page().getByRole('button', { name: 'Reset marina to default' }).click();
    await expect.poll(onDisk).toEqual({ later: 1, user_limits: { default: { max_processes: 5 } } });
    await expect.poll(log).toContain('SUCCESS - CONFIG_CHANGE: Key: user_limits.marina.memory_limit_mb - From: default - To: 2048');
    await expect.poll(log).toContain('SUCCESS - CONFIG_RESET: Key: user_limits.marina.enforce - From: end - To: default');
  });

  it('changes what holds for all, keeps the last valid value, and shows what differs', async () => {
    await show('Global');
    await field('Memory of one session').fill('0');
    await page().getByText('Use a number from 1 to 1\u2009048\u2009576. The last valid value, 1\u2009024, stays in force.').waitFor();
    await page().keyboard.press('Escape');
    await expect.poll(() => field('Memory of one session').inputValue()).toBe('1\u2009024');
    await field('Old after').fill('1,5');
    await page().keyboard.press('Tab');
    await expect.poll(onDisk).toMatchObject({ global_settings: { max_process_age_hours: 1.5 } });
    await toggle('Alerts').click();
    await expect.poll(onDisk).toMatchObject({ global_settings: { alerts_enabled: false } });
    await page().getByRole('textbox', { name: 'Add to More program names' }).fill('my-agent');
    await page().keyboard.press('Enter');
    await expect.poll(onDisk).toMatchObject({ global_settings: { detection_names: ['my-agent'] } });
    await page().getByRole('group', { name: 'Mode' }).getByRole('button', { name: 'Ask' }).click();
    await expect.poll(onDisk).toMatchObject({ global_settings: { auto_cleanup_mode: 'ask' } });
    const mode = page().getByRole('group', { name: 'Mode' });
    await mode.getByRole('button', { name: 'Automatic' }).click();
    await page().getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page().getByRole('dialog').waitFor({ state: 'detached' });
    expect(await mode.locator('[aria-pressed="true"]').textContent()).toBe('Ask');
    expect(onDisk()).toMatchObject({ global_settings: { auto_cleanup_mode: 'ask' } });
    await mode.getByRole('button', { name: 'Automatic' }).click();
    await page().getByRole('dialog').getByRole('button', { name: 'Agree and switch on' }).click();
    await expect.poll(onDisk).toMatchObject({ global_settings: { auto_cleanup_mode: 'automatic' } });
    // Another rule: the consent holds no more, and may be declined.
    await field('Most at once').fill('4');
    await page().keyboard.press('Tab');
    await page().locator('.banner').getByRole('button', { name: 'Review…' }).click();
    await page().getByRole('dialog').getByRole('button', { name: 'Only report' }).click();
    await expect.poll(onDisk).toMatchObject({ global_settings: { auto_cleanup_mode: 'report' } });
    expect(await mode.locator('[aria-pressed="true"]').textContent()).toBe('Report');
    await page().getByRole('button', { name: 'Reset Most at once to default' }).click();
    await mode.getByRole('button', { name: 'Ask' }).click();
    await expect.poll(() => page().locator('.foot').textContent()).toContain('5 settings differ from the defaults');
    await page().getByRole('button', { name: 'Reset Old after to default' }).click();
    await expect.poll(() => page().locator('.foot').textContent()).toContain('4 settings differ');
  });

  it('finds settings on every page, and takes the search back', async () => {
    await page().keyboard.press('Control+f');
    await page().keyboard.type('idle');
    await toggle('Ask before ending a single idle process').waitFor();
    expect(await field('Idle for at least').count()).toBe(1);
    expect(await field('Old after').count()).toBe(0);
    await page().keyboard.press('Control+f');
    await page().keyboard.type('zzz');
    await page().getByText('No setting matches “zzz”').waitFor();
    await page().locator('#search').press('Escape');
    await field('Old after').waitFor();
  });

  it('stops everything in read-only mode, and says so', async () => {
    await show('Security');
    await toggle('Read-only mode').click();
    await expect.poll(onDisk).toMatchObject({ global_settings: { read_only: true } });
    await page().keyboard.press('Control+1');
    await page().getByRole('button', { name: 'Refresh now' }).click();
    await page()
      .getByRole('button', { name: /Read-only mode is on/ })
      .first()
      .waitFor({ state: 'attached' });
    await show('Security');
    // What protects less is asked about once, and can be taken back.
    await toggle('Read-only mode').click();
    const loosen = page().getByRole('dialog', { name: 'Protect less?' });
    await expect.poll(() => loosen.getByRole('button', { name: 'Cancel' }).evaluate((it) => it === document.activeElement)).toBe(true);
    await page().keyboard.press('Enter');
    await loosen.waitFor({ state: 'detached' });
    expect(onDisk()).toMatchObject({ global_settings: { read_only: true } });
    // An earlier change's own way back must not be taken for this one's.
    const undo = page().locator('.toasts').getByRole('button', { name: 'Undo' });
    await expect.poll(() => undo.count()).toBe(0);
    for (const taken of [true, false]) {
      await toggle('Read-only mode').click();
      await loosen.getByRole('button', { name: 'Change it' }).click();
      await expect.poll(onDisk).not.toMatchObject({ global_settings: { read_only: true } });
      if (taken) await undo.click();
      await expect.poll(() => toggle('Read-only mode').getAttribute('aria-checked')).toBe(String(taken));
    }
  });

  it('adds and removes protect rules', async () => {
    await page().getByRole('textbox', { name: 'What it has to be' }).fill('marina');
    await page().keyboard.press('Enter');
    await expect.poll(onDisk).toMatchObject({ protect_rules: [{ by: 'user', value: 'marina' }] });
    await page().getByRole('button', { name: 'Remove marina' }).waitFor();
  });

  it('lets no edited file loosen anything until that is agreed to', async () => {
    writeFileSync(file, JSON.stringify({ global_settings: { confirm_single_idle: false } }));
    const waiting = page().locator('section').filter({ hasText: 'Waiting for you' });
    await waiting.waitFor();
    expect(await waiting.getByRole('checkbox').count()).toBe(2);
    expect(await toggle('Ask before ending a single idle process').getAttribute('aria-checked')).toBe('true');
    await page().getByRole('button', { name: 'Remove marina' }).waitFor();
    await waiting.getByRole('checkbox', { name: 'A single idle process is ended without asking' }).click();
    await waiting.getByRole('button', { name: 'Agree to what is ticked' }).click();
    await expect.poll(() => toggle('Ask before ending a single idle process').getAttribute('aria-checked')).toBe('false');
    await waiting.getByRole('button', { name: 'Put the file right' }).click();
    await waiting.waitFor({ state: 'detached' });
    expect(onDisk()).toMatchObject({ protect_rules: [{ by: 'user', value: 'marina' }] });
  });

  it('shows an import line by line; what protects less starts unticked; a wrong one changes nothing', async () => {
    const other = join(home, 'other.json');
    await stubOpen(other);
    writeFileSync(other, '{\n"global_settings": {\n"min_idle_minutes": -1 } }');
    const before = onDisk();
    await page().getByRole('button', { name: 'Import…' }).click();
    const refusal = 'other.json, line 3: global_settings.min_idle_minutes takes a number from 1 to 525600. Nothing was changed.';
    await page().getByRole('heading', { name: refusal }).first().waitFor();
    expect(onDisk()).toEqual(before);
    const close = page().locator('.toasts').getByRole('button', { name: 'Close' }).first();
    while (await close.isVisible()) await close.click();
    writeFileSync(other, JSON.stringify({ global_settings: { theme: 'dark', min_idle_minutes: 90 }, protect_rules: [], fresh: 1 }));
    await page().getByRole('button', { name: 'Import…' }).click();
    const dialog = page().getByRole('dialog', { name: 'Import other.json' });
    await dialog.waitFor();
    expect(await dialog.locator('.name').allTextContents()).toEqual([
      'Idle for at least',
      'Theme',
      'No longer protect User marina',
      'fresh (not understood)',
    ]);
    expect(await dialog.getByRole('checkbox', { checked: false }).count()).toBe(1);
    await dialog.getByText('1 key is unknown to this version; it is kept, but not understood.').waitFor();
    await dialog.getByRole('checkbox', { name: /Theme/ }).click();
    await dialog.getByRole('button', { name: /^Import \d changes?$/ }).click();
    await dialog.waitFor({ state: 'detached' });
    await expect
      .poll(onDisk)
      .toMatchObject({ global_settings: { min_idle_minutes: 90 }, protect_rules: [{ by: 'user', value: 'marina' }] });
    expect(JSON.stringify(onDisk())).not.toContain('dark');
    expect(onDisk()).toMatchObject({ fresh: 1 });
  });

  it('goes back to an earlier version after showing what that changes', async () => {
    await page()
      .getByRole('button', { name: /^Restore the version of/ })
      .last()
      .click();
    const dialog = page().getByRole('dialog', { name: /^Restore the version of/ });
    await dialog.waitFor();
    await dialog.getByText('marina: Priority').waitFor();
    await dialog.getByRole('button', { name: /^Restore \d settings$/ }).click();
    await dialog.waitFor({ state: 'detached' });
    await expect
      .poll(onDisk)
      .toMatchObject({ user_limits: { marina: { priority: 'low' } }, protect_rules: [{ by: 'user', value: 'marina' }] });
  });

  it('resets everything, with a tick for what protects less', async () => {
    await page().getByRole('button', { name: 'Reset all…' }).click();
    const dialog = page().getByRole('dialog', { name: 'Reset to defaults: everything' });
    await dialog.getByRole('checkbox', { name: /No longer protect/ }).click();
    await dialog.getByRole('button', { name: /^Reset \d+ settings?$/ }).click();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => page().locator('.foot').textContent()).toContain('0 settings differ');
    await expect.poll(log).toMatch(/CONFIG_RESET: Key: protect_rules\.user:marina/);
  });

  describe('is accessible in both themes and sizes', () => {
    it(
      'with a wrong value',
      async () => {
        await show('Global');
        await field('Sessions of one user').fill('0');
        expect(await inspect(launched, 'config-global')).toEqual([]);
        await page().keyboard.press('Escape');
      },
      AXE_MS,
    );

    it(
      'with the table of users',
      async () => {
        await show('Users');
        await field('default: Memory, MB').fill('4096');
        await page().keyboard.press('Enter');
        expect(await inspect(launched, 'config-users')).toEqual([]);
      },
      AXE_MS,
    );

    it(
      'with rules and earlier versions',
      async () => {
        await show('Security');
        await page().getByRole('textbox', { name: 'What it has to be' }).fill('marina');
        await page().keyboard.press('Enter');
        await page().getByRole('button', { name: 'Remove marina' }).waitFor();
        expect(await inspect(launched, 'config-security')).toEqual([]);
      },
      AXE_MS,
    );

    it(
      'with a preview',
      async () => {
        await page().getByRole('button', { name: 'Reset all…' }).click();
        await page().getByRole('dialog').waitFor();
        expect(await inspect(launched, 'config-preview')).toEqual([]);
        await page().keyboard.press('Escape');
        await page().getByRole('dialog').waitFor({ state: 'detached' });
      },
      AXE_MS,
    );
  });

  it('works by the keyboard alone and speaks Portuguese', async () => {
    await page().keyboard.press('Control+1');
    await page().keyboard.press('Control+,');
    expect(await page().locator('#tab-config').getAttribute('aria-selected')).toBe('true');
    await show('Global');
    await page().getByRole('group', { name: 'Language' }).getByRole('button', { name: 'Português (Brasil)' }).press('Enter');
    await page().getByRole('group', { name: 'Idioma' }).waitFor();
    await page().getByRole('textbox', { name: 'Memória de uma sessão' }).waitFor();
  });

  it('complained of nothing', () => {
    expect([launched.consoleMessages, launched.cspViolations]).toEqual([[], []]);
  });
});
