// npm start: does whatever is still to be done, then shows the window; without a display, the same snapshot in the terminal.
import './node-version.mjs';
import { pathToFileURL } from 'node:url';
import { cliEntry, ensureBuild } from './compile.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { ensureLibraries, sandboxSwitches } from './libraries.mjs';
import { exitLike, root, runInForeground, runner, say } from './run.mjs';
import { describeRuntime, ensureRuntime } from './runtime.mjs';

const hasDisplay = () => process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

const startInTerminal = async (args) => {
  const demo = args.filter((arg) => arg === '--demo');
  say('No display here (neither DISPLAY nor WAYLAND_DISPLAY is set): showing the same snapshot in the terminal.');
  if (process.stdout.isTTY) {
    process.argv = [process.execPath, cliEntry, ...demo, 'watch'];
    await import(pathToFileURL(cliEntry).href);
    return;
  }
  exitLike(await runInForeground(process.execPath, [cliEntry, ...demo, 'list']));
  process.stdout.write(
    'To go on: `npm run -s cli -- watch` follows this in a terminal; `npm start` where there is a display opens the window.\n',
  );
};

const startWindow = async (args) => {
  const runtime = await ensureRuntime();
  if (!runtime.declared) say(describeRuntime(runtime));
  await ensureLibraries({ executable: runtime.executable, forTests: false });
  await ensureBuild();
  const switches = await sandboxSwitches(runtime.executable);
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  exitLike(await runInForeground(runtime.executable, [root, ...switches, ...args], { env }));
};

await runner(async () => {
  const args = process.argv.slice(2);
  await ensureDependencies();
  if (args.includes('--runtime')) {
    process.stdout.write(`${describeRuntime(await ensureRuntime())}\n`);
    return;
  }
  if (hasDisplay()) {
    await startWindow(args);
    return;
  }
  await ensureBuild();
  await startInTerminal(args);
});
