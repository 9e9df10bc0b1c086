import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { app } from 'electron';
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

if (!app.requestSingleInstanceLock()) app.quit();
// No top-level await here: an ESM main that awaits `whenReady` never gets there.
else
  app
    .whenReady()
    .then(start)
    .catch((error: unknown) => {
      console.error(error);
      app.exit(1);
    });
