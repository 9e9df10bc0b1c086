import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { root, runNpm, say, stop } from './run.mjs';

const readJson = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
};

/**
 * Whether what npm last installed is what the lockfile asks for. npm's own record is written at the end of an install, so an interrupted one
 * has none. Packages for other systems are optional and may be missing.
 */
const isInstalled = () => {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  const present = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (wanted === undefined) throw stop('package-lock.json is missing or damaged: this checkout is incomplete.');
  if (present === undefined) return false;
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    if (path === '') return true;
    const found = present[path];
    return found === undefined ? Boolean(optional || devOptional) : found.version === version;
  });
};

/** One for everything that changes this checkout; outside node_modules, which `npm ci` empties. */
export const checkoutLock = join(root, '.cache', 'setup.lock');

/** Installs what package-lock.json names, unless it is there already. npm's words are shown only when it fails. */
export const ensureDependencies = async () => {
  if (isInstalled()) return;
  await withLock(checkoutLock, async () => {
    if (isInstalled()) return;
    say('Installing dependencies (npm ci) …');
    const { code, output } = await runNpm(['ci', '--include=dev']);
    if (code !== 0) throw stop(`${output.trim()}\n\nnpm ci failed; what it said stands above.`);
  });
};
