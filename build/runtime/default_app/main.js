// The default_app of the assembled Electron: electron [switches] [-r file] <app folder | file>
// An ES module that awaits the application's main file, as the real one does: Electron holds back `ready` until this module has been
// evaluated, and all that must come before it (registerSchemesAsPrivileged, enableSandbox) throws afterwards.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const require = createRequire(import.meta.url);

// process.argv stays as it is, as in the real one: Playwright's -r file takes its own switches out of it.
const args = process.argv.slice(1);
let at = 0;
for (; args[at]?.startsWith('-'); at += 1) {
  if (args[at] !== '-r' && args[at] !== '--require') continue;
  at += 1;
  require(resolve(args[at]));
}

const target = resolve(args[at] ?? '.');
Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true });

const manifest = join(target, 'package.json');
let entry = target;
if (existsSync(manifest)) {
  const { name, productName, version, desktopName, main = 'index.js' } = JSON.parse(readFileSync(manifest, 'utf8'));
  if (version) app.setVersion(version);
  app.setName(productName ?? name);
  app.setDesktopName(desktopName ?? `${app.getName()}.desktop`);
  app.setAppPath(target);
  entry = require.resolve(join(target, main));
}
await import(pathToFileURL(entry).href);
