import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder, isRoot, onPath, runQuiet, say, stop } from './run.mjs';

// Where a name changed (Debian 13, Ubuntu 24.04), the newer one first.
const ELECTRON_PACKAGES = [
  ['libgtk-3-0t64', 'libgtk-3-0'],
  ['libnss3'],
  ['libasound2t64', 'libasound2'],
  ['libgbm1'],
  ['libxss1'],
  ['libxtst6'],
  ['libnotify4'],
];
// Loaded by name at run time, so ldd does not list them.
const LOADED_LATER = ['libnotify.so.4'];
const TEST_TOOLS = { Xvfb: 'xvfb', 'dbus-daemon': 'dbus', 'desktop-file-validate': 'desktop-file-utils' };
// The tests of elevation run as root alone, and need them only then; a panel of a real desktop is looked at where it costs no question.
const ROOT_TEST_TOOLS = { pkaction: 'polkitd', pkexec: 'pkexec', busctl: 'systemd', 'xfce4-panel': 'xfce4-panel', openbox: 'openbox' };
const FONT_FOLDERS = ['/usr/share/fonts', '/usr/local/share/fonts'];

const missingLibraries = async (executable) => {
  const ldd = await runQuiet('ldd', [executable]);
  const unresolved = [...ldd.stdout.matchAll(/^\s*(\S+) => not found$/gm)].map((match) => match[1]);
  const known = await runQuiet('/sbin/ldconfig', ['-p']);
  const later = known.code === 0 ? LOADED_LATER.filter((name) => !known.stdout.includes(`${name} `)) : [];
  return [...new Set([...unresolved, ...later])];
};

const hasFont = (folder) =>
  existsSync(folder) &&
  readdirSync(folder, { withFileTypes: true }).some((entry) =>
    entry.isDirectory() ? hasFont(join(folder, entry.name)) : /\.(ttf|otf|ttc|pfb)$/.test(entry.name),
  );

/** What is missing: { needed, packages }; `packages` as lists of names of which the first that exists is taken. */
const survey = async (executable, forTests) => {
  const libraries = await missingLibraries(executable);
  const wanted = forTests ? { ...TEST_TOOLS, ...(isRoot ? ROOT_TEST_TOOLS : {}) } : {};
  const tools = Object.keys(wanted).filter((name) => !onPath(name));
  const fonts = FONT_FOLDERS.some(hasFont) ? [] : ['a font'];
  return {
    needed: [...libraries, ...tools, ...fonts],
    packages: [
      ...(libraries.length > 0 ? ELECTRON_PACKAGES : []),
      ...tools.map((name) => [wanted[name]]),
      ...fonts.map(() => ['fonts-dejavu-core']),
    ],
  };
};

const chooseNames = (packages) =>
  Promise.all(
    packages.map(async ([first, ...others]) => {
      if (others.length === 0) return first;
      const { code, stdout } = await runQuiet('apt-cache', ['policy', first]);
      return code === 0 && /Candidate: (?!\(none\))/.test(stdout) ? first : others[0];
    }),
  );

const apt = (args) =>
  runQuiet('apt-get', ['-o', 'DPkg::Lock::Timeout=600', ...args], { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });

const install = async (packages) => {
  // A fresh machine knows no packages until it has been updated; a failed update may still leave usable lists.
  const update = await apt(['update', '-qq']);
  const names = await chooseNames(packages);
  say(`Installing system packages as root: ${names.join(' ')} …`);
  const { code, output } = await apt(['install', '-y', '-qq', '--no-install-recommends', ...names]);
  if (code !== 0)
    throw stop(
      `${update.code === 0 ? '' : update.output}${output.trim()}\n\nThe system packages could not be installed; what apt-get said stands above.`,
    );
};

/** Changes whenever packages do, so that the survey (0.1 s) runs again only then. */
const situation = (executable, forTests) => {
  const status = '/var/lib/dpkg/status';
  return JSON.stringify([
    executable,
    statSync(executable).mtimeMs,
    existsSync(status) ? statSync(status).mtimeMs : null,
    forTests && (isRoot ? 'as root' : true),
    process.env.PATH,
  ]);
};

/** Sees to the system libraries and tools on Linux: as root on Debian or Ubuntu installs what is missing and says so, else says the one command. */
export const ensureLibraries = async ({ executable, forTests }) => {
  if (process.platform !== 'linux') return;
  const stamp = join(cacheFolder(), forTests ? 'libraries-tests.json' : 'libraries.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === situation(executable, forTests)) return;
  const { needed, packages } = await survey(executable, forTests);
  if (needed.length > 0) {
    if (!onPath('apt-get')) throw stop(`This system lacks ${needed.join(', ')}. Install them with its package manager.`);
    if (!isRoot)
      throw stop(
        `This system lacks ${needed.join(', ')}. Run:\n  sudo apt-get update && sudo apt-get install -y ${(await chooseNames(packages)).join(' ')}`,
      );
    await install(packages);
    const after = await survey(executable, forTests);
    if (after.needed.length > 0) throw stop(`After the installation ${after.needed.join(', ')} is still missing.`);
  }
  writeFileSync(stamp, situation(executable, forTests));
};

/**
 * An ordinary user gets Chromium's sandbox through user namespaces or through its helper; where neither works, this stops with the command that
 * mends it rather than run without.
 */
export const ensureSandbox = async (executable) => {
  if (process.platform !== 'linux' || isRoot || !onPath('unshare')) return;
  const helper = join(dirname(executable), 'chrome-sandbox');
  const { uid, mode } = existsSync(helper) ? statSync(helper) : { uid: -1, mode: 0 };
  if (uid === 0 && (mode & 0o4000) !== 0) return;
  const namespaces = await runQuiet('unshare', ['--user', '--map-root-user', 'true']);
  if (namespaces.code === 0) return;
  throw stop(
    `This system does not let ordinary users make namespaces, which Electron's sandbox needs. Run:\n  sudo chown root ${helper} && sudo chmod 4755 ${helper}`,
  );
};

/** The switches that Electron needs here: as root Chromium refuses to start with its sandbox. */
export const sandboxSwitches = async (executable) => {
  await ensureSandbox(executable);
  if (process.platform !== 'linux' || !isRoot) return [];
  say('Running as root: Electron gets --no-sandbox, without which it does not start as root.');
  return ['--no-sandbox'];
};
