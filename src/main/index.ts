import { app } from 'electron';
import { start } from './app.js';
import { registerScheme } from './window.js';

// Order matters: these three must come before `ready`.
registerScheme();
// As root Chromium runs only without its sandbox; to ask for both makes its helper processes die one after the other.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
app.setName('Claude Manager');

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
