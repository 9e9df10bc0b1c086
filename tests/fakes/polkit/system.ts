import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { HELPER_PATH, POLICY_PATH } from '../../../src/main/elevate.js';
import { until } from '../real-processes.js';

const checkout = fileURLToPath(new URL('../../..', import.meta.url));
const RULES_PATH = '/etc/polkit-1/rules.d/00-claude-manager-test.rules';
const ACTION = 'io.github.claude-manager.end-processes';
const PREFIX = 'cm-pk-';
const BUS_SOCKET = '/run/dbus/system_bus_socket';

const run = (command: string, args: readonly string[], input = ''): string =>
  execFileSync(command, args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
const works = (command: string, args: readonly string[]): boolean => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

export interface Account {
  readonly name: string;
  readonly password: string;
  readonly uid: number;
  readonly gid: number;
}

const accountNames = (): readonly string[] =>
  readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':')[0] ?? '');

const makeAccount = (suffix: string): Account => {
  const name = `${PREFIX}${process.pid}-${suffix}`;
  const password = randomBytes(12).toString('hex');
  run('useradd', ['--no-create-home', '--home-dir', '/nonexistent', '--shell', '/bin/sh', '--user-group', name]);
  run('chpasswd', [], `${name}:${password}\n`);
  return { name, password, uid: Number(run('id', ['-u', name])), gid: Number(run('id', ['-g', name])) };
};

/** Accounts of this run, and of runs that were killed before they could remove them. */
const removeAccounts = (): void => {
  for (const name of accountNames()) {
    const owner = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : null;
    if (owner !== null && (owner === process.pid || !existsSync(`/proc/${owner}`))) run('userdel', ['--force', name]);
  }
};

const hasOwner = (name: string): boolean =>
  spawnSync('dbus-send', [
    '--system',
    '--print-reply',
    '--dest=org.freedesktop.DBus',
    '/',
    'org.freedesktop.DBus.GetNameOwner',
    `string:${name}`,
  ]).status === 0;

/** Installs helper and policy as an administrator does, or takes them away. */
export const installHelper = (...options: readonly ['--remove'] | readonly []): void => {
  run(process.execPath, [join(checkout, 'build/install-helper.mjs'), ...options]);
};

/**
 * A system bus and a polkit daemon (those that run, else started here), our helper and policy, an ordinary user and an administrator with a
 * password, and the script that the user runs. Only root can make one. `close` takes all of it away again.
 */
export const startPolkitSystem = async () => {
  const daemons: ChildProcess[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'elevation-'));
  const installedBefore = existsSync(HELPER_PATH) || existsSync(POLICY_PATH);
  const close = async (): Promise<void> => {
    for (const daemon of daemons.reverse()) {
      daemon.kill('SIGTERM');
      await until(() => daemon.exitCode !== null || daemon.signalCode !== null);
    }
    rmSync(RULES_PATH, { force: true });
    if (!installedBefore) installHelper('--remove');
    rmSync(folder, { recursive: true, force: true });
    removeAccounts();
  };
  const startDaemon = (command: string, args: readonly string[]): void => {
    daemons.push(spawn(command, args, { stdio: 'ignore' }));
  };
  try {
    if (installedBefore) throw new Error('Claude Manager is installed on this machine; the test would replace its helper.');
    removeAccounts();
    const [user, admin] = [makeAccount('user'), makeAccount('admin')];
    installHelper();
    mkdirSync(dirname(RULES_PATH), { recursive: true });
    // polkit's own JavaScript is an old one.
    writeFileSync(RULES_PATH, `polkit.addAdminRule(function () { return ['unix-user:${admin.name}']; });\n`);

    if (!hasOwner('org.freedesktop.DBus')) {
      mkdirSync(dirname(BUS_SOCKET), { recursive: true });
      startDaemon('dbus-daemon', ['--system', '--nofork', '--nopidfile']);
      await until(() => hasOwner('org.freedesktop.DBus'));
    }
    if (!hasOwner('org.freedesktop.PolicyKit1')) {
      startDaemon('/usr/lib/polkit-1/polkitd', ['--no-debug']);
      await until(() => hasOwner('org.freedesktop.PolicyKit1'));
    }
    await until(() => works('pkaction', ['--action-id', ACTION]));

    chmodSync(folder, 0o755);
    await build({
      configFile: false,
      logLevel: 'error',
      root: checkout,
      ssr: { noExternal: true },
      build: {
        ssr: 'tests/fakes/polkit/elevate-as-user.ts',
        outDir: folder,
        target: 'node20.18',
        rolldownOptions: { output: { entryFileNames: 'elevate.mjs' } },
      },
    });
    const node = join(folder, 'node');
    copyFileSync(process.execPath, node);
    chmodSync(node, 0o755);
    chmodSync(join(folder, 'elevate.mjs'), 0o644);
    return { user, admin, node, script: join(folder, 'elevate.mjs'), close };
  } catch (error) {
    await close();
    throw error;
  }
};
