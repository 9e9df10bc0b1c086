import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBus } from '../fakes/desktop/bus.js';
import { type LoginManager, startLoginManager } from '../fakes/desktop/login-manager.js';
import { startTrayHost, type TrayHost, type TrayItemOnBus } from '../fakes/tray/host.js';
import { createLab, type Lab, until } from '../fixtures/lab.js';
import { answerFirstScreen, electronExecutable, isRoot, makeHome, repository, writeSettings } from './launch.js';

/** Not through Playwright: Chromium drops its sockets when the machine falls asleep, and Playwright's is one of them. The tray tells what was seen. */
describe('what the machine’s login manager tells', () => {
  let lab: Lab;
  let home: string;
  let bus: Awaited<ReturnType<typeof startBus>>;
  let manager: LoginManager;
  let host: TrayHost;
  let item: TrayItemOnBus;
  let child: ChildProcess;
  let ended: Promise<number | null>;

  beforeAll(async () => {
    lab = createLab();
    await lab.session({ project: 'first', memoryMb: 3 });
    bus = await startBus();
    manager = await startLoginManager(bus.address);
    host = await startTrayHost();
    home = mkdtempSync(join(tmpdir(), 'claude-manager-power-'));
    makeHome(home);
    answerFirstScreen(home);
    writeSettings(home, { refresh_interval_seconds: 1 });
    const switches = [...(isRoot ? ['--no-sandbox'] : []), `--user-data-dir=${join(home, 'electron-data')}`];
    const env = {
      ...process.env,
      ...{ HOME: home, XDG_CONFIG_HOME: join(home, '.config'), XDG_STATE_HOME: join(home, '.local/state') },
      ...{ CLAUDE_CONFIG_DIR: join(lab.home, '.claude'), DBUS_SYSTEM_BUS_ADDRESS: bus.address },
    };
    child = spawn(electronExecutable(), [repository, ...switches, '--hidden'], { env, stdio: 'ignore' });
    ended = new Promise((resolve) => child.once('exit', resolve));
    item = await host.item();
    await until('the first look', async () => (await item.tooltip()).includes('\n1 session\n'), 20_000);
    await until('it listens to the login manager', () => manager.asked.length > 0, 20_000);
  });
  afterAll(async () => {
    child?.kill('SIGKILL');
    await ended;
    await host?.close();
    manager?.stop();
    await bus?.stop();
    await lab?.close();
    rmSync(home, { recursive: true, force: true });
  });

  it('looks at nothing while the machine sleeps, and again when it wakes', async () => {
    manager.sleep(true);
    // A look that was under way comes to its end.
    await sleep(1_000);
    await lab.session({ project: 'second', memoryMb: 3 });
    // Hidden, it looks every three seconds.
    await sleep(8_000);
    expect(await item.tooltip()).toContain('\n1 session\n');
    manager.sleep(false);
    await expect.poll(() => item.tooltip(), { timeout: 15_000 }).toContain('\n2 sessions\n');
  });
});
