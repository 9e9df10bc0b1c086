import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isAlive } from '../fixtures/lab.js';
import {
  answerFirstScreen,
  electronExecutable,
  isRoot,
  type LaunchedApp,
  type LaunchOptions,
  launchApp,
  launchIn,
  makeHome,
  repository,
} from './launch.js';

export interface TestUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly remove: () => void;
}

const PREFIX = 'cm-e2e-';

const run = (command: string, args: readonly string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const accounts = (): readonly (readonly string[])[] =>
  readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));

/** Accounts of test runs that were killed before they could remove them. */
const removeAbandoned = (): void => {
  for (const [name = ''] of accounts()) {
    if (name.startsWith(PREFIX) && !isAlive(Number(name.slice(PREFIX.length)))) run('userdel', ['--force', name]);
  }
};

/** An ordinary account for one test, uid 1000 or above, nobody's login; only root can make one. */
export const createTestUser = (): TestUser => {
  removeAbandoned();
  const name = `${PREFIX}${process.pid}`;
  run('useradd', ['--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin', '--user-group', name]);
  const [, , uid, gid] = accounts().find((fields) => fields[0] === name) ?? [];
  if (uid === undefined || gid === undefined) throw new Error(`useradd made no ${name}`);
  return { name, uid: Number(uid), gid: Number(gid), remove: () => void run('userdel', ['--force', name]) };
};

/** Hard links cost nothing and are reachable where the originals' folders (root's home) are closed to others; across file systems, copies. */
const cloneFolder = (from: string, to: string): void => {
  try {
    run('cp', ['--archive', '--link', from, to]);
  } catch {
    rmSync(to, { recursive: true, force: true });
    run('cp', ['--archive', from, to]);
  }
};

/**
 * Chromium's own sandbox helper as it stands in an installed package: where user namespaces are forbidden it is what makes the sandbox.
 * A copy, so that the mode of the runtime's own file stays.
 */
const installHelper = (runtime: string): void => {
  const helper = join(runtime, 'chrome-sandbox');
  if (!existsSync(helper)) return;
  copyFileSync(helper, `${helper}.copy`);
  rmSync(helper);
  copyFileSync(`${helper}.copy`, helper);
  rmSync(`${helper}.copy`);
  chownSync(helper, 0, 0);
  chmodSync(helper, 0o4755);
};

/**
 * Launches the built application as an ordinary user, with the sandbox on. As root for an account made for this: runtime and application are
 * put where that user can read them. As an ordinary user this is `launchApp`.
 */
export const launchAsUser = async (options: LaunchOptions = {}): Promise<LaunchedApp> => {
  if (!isRoot) return launchApp(options);
  const user = createTestUser();
  const base = mkdtempSync(join(tmpdir(), 'claude-manager-user-'));
  let removed = false;
  const remove = (): void => {
    if (removed) return;
    removed = true;
    rmSync(base, { recursive: true, force: true });
    user.remove();
  };
  try {
    chmodSync(base, 0o755);
    const runtime = join(base, 'runtime');
    cloneFolder(dirname(electronExecutable()), runtime);
    installHelper(runtime);
    const appFolder = join(base, 'app');
    mkdirSync(appFolder);
    for (const part of ['out', 'resources', 'node_modules', 'package.json']) cloneFolder(join(repository, part), join(appFolder, part));
    const home = join(base, 'home');
    makeHome(home);
    answerFirstScreen(home);
    const authority = process.env['XAUTHORITY'];
    if (authority !== undefined) copyFileSync(authority, join(home, '.Xauthority'));
    run('chown', ['--recursive', `${user.uid}:${user.gid}`, home]);
    const executable = join(base, 'electron-as-user');
    const become = `setpriv --reuid=${user.uid} --regid=${user.gid} --clear-groups`;
    writeFileSync(executable, `#!/bin/sh\nexec ${become} '${join(runtime, 'electron')}' "$@"\n`, { mode: 0o755 });
    const env = {
      USER: user.name,
      LOGNAME: user.name,
      XAUTHORITY: authority === undefined ? undefined : join(home, '.Xauthority'),
      // The tests' bus admits its own user alone.
      DBUS_SESSION_BUS_ADDRESS: 'disabled:',
    };
    return await launchIn({ executable, appFolder, cwd: home, switches: [], env }, home, options, remove);
  } catch (error) {
    remove();
    throw error;
  }
};
