import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { checkoutLock } from './dependencies.mjs';
import { withLock } from './lock.mjs';
import { root, runQuiet, say, stop } from './run.mjs';

const SOURCES = ['src', 'resources', 'electron.config.ts', 'package.json', 'package-lock.json', 'tsconfig.base.json'];
const PRODUCTS = ['out/main/index.js', 'out/cli/index.js', 'out/preload/index.cjs', 'out/renderer/index.html'];
const stamp = join(root, 'node_modules', '.cache', 'claude-manager', 'build');

const filesOf = (path) =>
  readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesOf(join(path, entry.name)) : [join(path, entry.name)]));

/** Contents, not times: a checkout or a copy touches every file without changing one. A few milliseconds for a few hundred files. */
const fingerprint = () => {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    const path = join(root, source);
    for (const file of source.includes('.') ? [path] : filesOf(path)) {
      hash.update(`${relative(root, file)}\0`);
      hash.update(readFileSync(file));
      hash.update('\0');
    }
  }
  return hash.digest('hex');
};

const isBuilt = () =>
  PRODUCTS.every((path) => existsSync(join(root, path))) && existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint();

/** Builds window, main, preload and command line into out/, unless they are those of these sources. Warnings are shown, errors stop. */
export const ensureBuild = async () => {
  if (isBuilt()) return;
  await withLock(checkoutLock, async () => {
    if (isBuilt()) return;
    say('Building …');
    const before = fingerprint();
    const electronVite = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
    const { code, output } = await runQuiet(process.execPath, [
      electronVite,
      'build',
      '--config',
      'electron.config.ts',
      '--logLevel',
      'warn',
    ]);
    if (code !== 0) throw stop(`${output.trim()}\n\nThe build failed; what it said stands above.`);
    if (output.trim() !== '') say(output.trim());
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, before);
  });
};

/** Development writes its own build into out/: the next start must not take it for ours. */
export const forgetBuild = () => rmSync(stamp, { force: true });

export const cliEntry = join(root, 'out', 'cli', 'index.js');
