import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { app } from 'electron';
import { parseLaunch } from '../shared/launch.js';
import { start } from './app.js';
import { wantsDemo } from './wants-demo.js';
import { registerScheme } from './window.js';

// Order matters: these three must come before `ready`.
registerScheme();
// As root Chromium runs only without its sandbox; to ask for both makes its helper processes die one after the other.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
app.setName('Claude Manager');
// Beside a running application, not in its place: nothing is kept of a demo.
if (wantsDemo() && !app.commandLine.hasSwitch('user-data-dir'))
  app.setPath('userData', mkdtempSync(join(tmpdir(), 'claude-manager-demo-data-')));

const launch = parseLaunch(process.argv);
if (launch === null) {
  console.error('claude-manager: --tab takes monitor, analytics, config or logs.');
  app.exit(2);
}
// The one that runs already shows its window; what this start was asked for travels as data.
else if (!app.requestSingleInstanceLock(launch)) app.quit();
// No top-level await here: an ESM main that awaits `whenReady` never gets there.
else
  app
    .whenReady()
    .then(() => start(launch))
    .catch((error: unknown) => {
      console.error(error);
      app.exit(1);
    });
