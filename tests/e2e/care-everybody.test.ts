import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLab, isAlive, type Lab, until } from '../fixtures/lab.js';
import { ready } from './grid.js';
import { isRoot, type LaunchedApp, launchApp, makeHome, repository, writeSettings } from './launch.js';

/** Users without names and without processes of their own: one sits at a terminal, the other one can be reached nowhere. */
const AT_TERMINAL = 64_721;
const NOWHERE = 64_722;

describe.skipIf(!isRoot)("automatic cleanup of everybody's processes (only root may ask for it)", () => {
  let lab: Lab;
  let launched: LaunchedApp;
  let home: string;
  let terminal: ChildProcess;
  let seen = '';
  let told: number;
  let untold: number;
  const page = () => launched.page;
  const decisions = (): readonly { readonly key: { readonly pid: number }; readonly decision: string; readonly reason: string | null }[] =>
    readFileSync(join(home, '.local/state/claude-manager/decisions.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  beforeAll(async () => {
    lab = createLab();
    told = await lab.orphanServer({ name: 'server-told', uid: AT_TERMINAL });
    untold = await lab.orphanServer({ name: 'server-untold', uid: NOWHERE });
    terminal = spawn('script', ['--quiet', '--flush', '--command', 'echo ready; exec sleep 600', '/dev/null'], {
      ...{ uid: AT_TERMINAL, gid: AT_TERMINAL, cwd: '/', env: { PATH: '/usr/bin:/bin' } },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    terminal.stdout?.setEncoding('utf8').on('data', (text: string) => {
      seen += text;
    });
    await until('the terminal is there', () => seen.includes('ready'));
    home = mkdtempSync(join(tmpdir(), 'claude-manager-everybody-'));
    makeHome(home);
    writeSettings(home, {
      ...{ cleanup_scope: 'all', auto_cleanup_interval_minutes: 1, auto_cleanup_countdown_seconds: 10, refresh_interval_seconds: 1 },
    });
    launched = await launchApp({
      firstRun: true,
      xdgHome: home,
      preload: [join(repository, 'tests', 'fakes', 'clock.cjs')],
      // Eleven minutes: nothing younger than ten is ever ended by itself.
      env: { CLAUDE_CONFIG_DIR: join(lab.home, '.claude'), CLOCK_AHEAD_MS: String(11 * 60_000), CLOCK_SPEED: '15' },
    });
  });
  afterAll(async () => {
    await launched?.close();
    terminal?.kill('SIGKILL');
    await lab?.close();
    rmSync(home, { recursive: true, force: true });
  });

  it('says before one agrees that it takes what is anybody’s', async () => {
    await page().getByText('Right now it would end 2 processes').waitFor({ timeout: 20_000 });
    await page().getByText('Processes of every user').first().waitFor();
    await page().getByRole('radio', { name: 'Automatic' }).click();
    await page().getByRole('button', { name: 'Agree and start' }).click();
    await ready(page(), told);
  });

  it('tells the owner first, then ends what is theirs; who cannot be told loses nothing', async () => {
    await until('the owner is told', () => seen.includes('An administrator’s cleanup ends 1 process of yours in 10 s'), 60_000);
    expect(seen).toContain(`server-told (${told})`);
    expect(isAlive(told)).toBe(true);
    await until('it has ended', () => !isAlive(told), 40_000);
    await until('it is written down', () => decisions().some(({ key, decision }) => key.pid === told && decision === 'ended'));
    expect(decisions().filter(({ key }) => key.pid === untold)).toMatchObject([{ decision: 'skipped', reason: 'autoOwnerUntold' }]);
    expect(isAlive(untold)).toBe(true);
    expect(seen).not.toContain('server-untold');
  });
});
