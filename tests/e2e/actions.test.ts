import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { projectSlug } from '../../src/main/session-files.js';
import type { Lab } from '../fixtures/lab.js';
import { cleanEnv, createLab, isAlive, procStat, until } from '../fixtures/lab.js';
import { focusRow, ready, rowOf } from './grid.js';
import { inspect } from './inspect.js';
import { isRoot, type LaunchedApp, launchApp } from './launch.js';

/** Nobody's: a uid without a name and without processes of its own. Only root can start sessions under it. */
const OTHER_UID = 64_713;
/** What was just started is left alone by the bulks for so long. */
const MIN_AGE_MS = 60_000;
/** Another size would close a menu. */
const AS_IT_IS = { sizes: [] };

/**
 * The window sees the whole machine, and other Claude processes may run on it: whatever a bulk here lists beside the lab's own is
 * unticked before it is accepted, and "end everything" and "end all of a user" are accepted for the lab's own user only.
 */
describe('acting on many, with real processes', () => {
  let lab: Lab;
  let launched: LaunchedApp;
  let orphan = 0;
  let possible = 0;
  let orphanBornMs = 0;
  let bystanders: { pid: number; startedAt: string | undefined }[];

  const page = () => launched.page;
  const dialog = (): Locator => page().getByRole('dialog');
  const button = (name: string | RegExp): Locator => page().getByRole('button', { name });
  const show = async (...pids: number[]): Promise<void> => {
    // A dialog on its way out still has the keyboard.
    await page().locator('.dialog').waitFor({ state: 'detached' });
    await button('Refresh now').click();
    for (const pid of pids) await ready(page(), pid);
  };
  const select = async (...pids: number[]): Promise<void> => {
    await show(...pids);
    for (const [index, pid] of pids.entries())
      await rowOf(page(), pid)
        .locator('.label')
        .click(index > 0 ? { modifiers: ['Control'] } : {});
  };
  const lineOf = (pid: number): Locator =>
    dialog()
      .locator('.targets > li')
      .filter({ hasText: new RegExp(`, ${pid}\\b`) });
  const isTicked = async (pid: number): Promise<boolean> =>
    (await lineOf(pid).getByRole('checkbox').getAttribute('aria-checked')) === 'true';
  const untickOthers = async (...ours: number[]): Promise<void> => {
    for (const line of await dialog().locator('.targets > li').all()) {
      const text = (await line.textContent()) ?? '';
      const box = line.getByRole('checkbox');
      if (ours.some((pid) => new RegExp(`, ${pid}\\b`).test(text))) continue;
      if ((await box.getAttribute('aria-checked')) === 'true') await box.click();
    }
  };
  const closeAll = async (): Promise<void> => {
    for (let turn = 0; turn < 4; turn += 1) await page().keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
  };
  /** A left-over server that serves a port, which makes it a possible orphan only. */
  const startPossible = async (): Promise<number> => {
    const out = join(lab.home, 'possible.pid');
    const serve = join(lab.home, 'server-listening.mjs');
    writeFileSync(serve, "import { createServer } from 'node:net';\ncreateServer().listen(0, '127.0.0.1');\n");
    const script = `( exec bash -c 'env CLAUDECODE=1 CLAUDE_CODE_SESSION_ID=0b7c1f9e-1d2a-4c3b-9e8f-123456789abc CLAUDE_CODE_ENTRYPOINT=cli CLAUDE_PROJECT_DIR=${lab.home} CLAUDE_CODE_MESSAGING_SOCKET=/tmp/cc-socks-lab/$$.sock ${process.execPath} ${serve} & echo $! > ${out}' )`;
    spawn('/bin/bash', ['-c', script], { cwd: lab.home, stdio: 'ignore', env: { ...cleanEnv(), HOME: lab.home } }).on(
      'error',
      () => undefined,
    );
    await until('the possible orphan was started', () => existsSync(out) && readFileSync(out, 'utf8').trim() !== '');
    return Number(readFileSync(out, 'utf8'));
  };

  beforeAll(async () => {
    lab = createLab();
    orphan = await lab.orphanServer({ name: 'server-left', memoryMb: 6 });
    possible = await startPossible();
    orphanBornMs = Date.now();
    const other = await lab.session({ project: 'other', status: 'busy', servers: [{ name: 'server-other' }] });
    const stranger = await lab.bystander();
    bystanders = [other.pid, ...other.children, stranger, possible, process.pid].map((pid) => ({
      pid,
      startedAt: procStat(pid)?.startedAt,
    }));
    launched = await launchApp({ env: { CLAUDE_CONFIG_DIR: join(lab.home, '.claude') } });
    await ready(page(), other.pid);
  });
  beforeEach(async () => {
    await page().mouse.move(640, 20);
  });
  afterEach(async () => {
    await closeAll();
    expect(bystanders.filter(({ pid, startedAt }) => startedAt === undefined || !isAlive(pid, startedAt))).toEqual([]);
  });
  afterAll(async () => {
    await launched?.close();
    // Its folder is the lab's, so that the lab ends it too.
    await lab?.close();
  });

  it('ends a selection of two, and nothing else', async () => {
    const one = await lab.session({ project: 'first' });
    const two = await lab.session({ project: 'second' });
    await select(one.pid, two.pid);
    expect(await inspect(launched, 'two-selected', AS_IT_IS)).toEqual([]);
    await page().locator('.foot').getByRole('button', { name: 'End…' }).click();
    await dialog().getByRole('heading', { name: 'End 2 processes?' }).waitFor();
    await dialog().getByRole('button', { name: 'End 2 processes' }).click();
    await until('both are gone', () => !isAlive(one.pid) && !isAlive(two.pid), 15_000);
    await page()
      .getByRole('heading', { name: /^Ended 2 processes/ })
      .waitFor();
  });

  it('pauses a session, shows it as paused, and lets it go on', async () => {
    const session = await lab.session({ project: 'frozen' });
    await show(session.pid);
    await focusRow(page(), session.pid);
    await page().keyboard.press('Control+Shift+P');
    await dialog().getByRole('heading', { name: 'Pause 1 process?' }).waitFor();
    expect(await dialog().textContent()).toContain('frees CPU, not memory');
    await dialog().getByRole('button', { name: 'Pause 1 process' }).click();
    await until('it is stopped', () => procStat(session.pid)?.state === 'T');
    await rowOf(page(), session.pid).getByText('Paused').waitFor();
    expect(await inspect(launched, 'paused', AS_IT_IS)).toEqual([]);

    await rowOf(page(), session.pid).click({ button: 'right' });
    await page().getByRole('menuitem', { name: 'Continue…' }).click();
    await dialog().getByRole('button', { name: 'Continue 1 process' }).click();
    await until('it goes on', () => !['T', undefined].includes(procStat(session.pid)?.state));
    await rowOf(page(), session.pid).getByText('Paused').waitFor({ state: 'detached' });
  });

  it('sets the priority of a session from its menu', async () => {
    const session = await lab.session({ project: 'nice' });
    await show(session.pid);
    await rowOf(page(), session.pid).click({ button: 'right' });
    await page().getByRole('menuitem', { name: 'Priority' }).hover();
    await page().getByRole('menuitem', { name: 'Low…' }).waitFor();
    expect(await inspect(launched, 'priority-menu', AS_IT_IS)).toEqual([]);
    await page().getByRole('menuitem', { name: 'Low…' }).click();
    await dialog().getByRole('button', { name: 'Set priority to low' }).click();
    const niceOf = (pid: number): number => {
      const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[16]);
    };
    await until('it is nicer', () => niceOf(session.pid) > 0);
  });

  it('lists what was stopped, with the command to resume it', async () => {
    const session = await lab.session({ project: 'resumable' });
    const folder = join(lab.home, '.claude', 'projects', projectSlug(session.projectDir));
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, `${session.sessionId}.jsonl`),
      `${JSON.stringify({ type: 'user', message: { role: 'user', content: 'hello' } })}\n`,
    );
    await show(session.pid);
    await focusRow(page(), session.pid);
    await page().keyboard.press('Delete');
    await dialog().getByRole('button', { name: 'End 1 process' }).click();
    await until('it is gone', () => !isAlive(session.pid), 15_000);
    await dialog().waitFor({ state: 'detached' });
    await button(/^Recently stopped [1-9]/).click();
    const line = dialog().getByRole('listitem').filter({ hasText: 'resumable' });
    expect(await line.textContent()).toContain(`claude --resume ${session.sessionId}`);
    expect(await inspect(launched, 'stopped', AS_IT_IS)).toEqual([]);
    await line.getByRole('button', { name: /^Copy resume command/ }).click();
    const copied = await launched.app.evaluate(({ clipboard }) => clipboard.readText());
    expect(copied).toContain(`claude --resume ${session.sessionId}`);
  });

  it('asks for what it takes before everything is ended, and ends nothing when it is cancelled', async () => {
    await lab.session({ project: 'stays' }).then(({ pid }) => show(pid));
    await button(/^End everything… [1-9]/).click();
    const end = dialog().getByRole('button', { name: /^End \d+ process/ });
    const field = dialog().getByRole('textbox', { name: 'To confirm, type ALL' });
    for (const text of ['', 'all', 'ALL ', 'ALLE']) {
      await field.fill(text);
      expect(await end.getAttribute('aria-disabled')).toBe('true');
    }
    await field.press('Enter');
    await field.fill('ALL');
    expect(await end.getAttribute('aria-disabled')).toBe('false');
    expect(await inspect(launched, 'end-all', AS_IT_IS)).toEqual([]);
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await dialog().waitFor({ state: 'detached' });
  });

  it.skipIf(!isRoot)('ends all of a user only once the name is typed (needs root to have another user)', async () => {
    const one = await lab.session({ project: 'theirs', uid: OTHER_UID });
    const two = await lab.session({ project: 'theirs-too', uid: OTHER_UID });
    await show(one.pid, two.pid);
    await button(/^End all of a user/).click();
    await page()
      .getByRole('menuitem', { name: new RegExp(`^${OTHER_UID}\\b`) })
      .click();
    await dialog()
      .getByRole('heading', { name: `End 2 processes of ${OTHER_UID}?` })
      .waitFor();
    const end = dialog().getByRole('button', { name: 'End 2 processes' });
    const field = dialog().getByRole('textbox');
    await field.fill('root');
    await field.press('Enter');
    await end.click({ force: true });
    expect([await end.getAttribute('aria-disabled'), isAlive(one.pid), isAlive(two.pid)]).toEqual(['true', true, true]);
    await field.fill(String(OTHER_UID));
    await end.click();
    await until('both are gone', () => !isAlive(one.pid) && !isAlive(two.pid), 15_000);
  });

  it('cleans exactly the real orphan, and lists the possible one unticked', async () => {
    await until('both are old enough', () => Date.now() - orphanBornMs > MIN_AGE_MS, MIN_AGE_MS + 10_000);
    await show(orphan, possible);
    await button(/^Clean orphans… [1-9]/).click();
    await lineOf(orphan).waitFor();
    expect([await isTicked(orphan), await isTicked(possible)]).toEqual([true, false]);
    expect(await lineOf(possible).textContent()).toContain('Possible orphan');
    await untickOthers(orphan);
    expect(await inspect(launched, 'clean-orphans', AS_IT_IS)).toEqual([]);
    await dialog().getByRole('heading', { name: 'End 1 left-over process?' }).waitFor();
    await dialog().getByRole('button', { name: 'End 1 process' }).click();
    await until('it is gone', () => !isAlive(orphan), 15_000);
    expect(isAlive(possible)).toBe(true);
  }, 120_000);

  it('said nothing in the console all the while', () => {
    expect({ console: launched.consoleMessages, csp: launched.cspViolations }).toEqual({ console: [], csp: [] });
  });
});
