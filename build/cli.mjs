// npm run -s cli -- …: the command line from the sources. It needs no Electron; whatever is still to be done is said on stderr.
import './node-version.mjs';
import { pathToFileURL } from 'node:url';
import { cliEntry, ensureBuild } from './compile.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { runner } from './run.mjs';

await runner(async () => {
  await ensureDependencies();
  await ensureBuild();
  // In this very process: signals, the terminal and the exit code are the command line's own.
  process.argv = [process.execPath, cliEntry, ...process.argv.slice(2)];
  await import(pathToFileURL(cliEntry).href);
});
