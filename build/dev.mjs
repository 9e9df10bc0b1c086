// npm run dev: the window with hot reload; main and preload are rebuilt and restarted when their files change.
import './node-version.mjs';
import { join } from 'node:path';
import { forgetBuild } from './compile.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { ensureLibraries, sandboxSwitches } from './libraries.mjs';
import { exitLike, root, runInForeground, runner, say, stop } from './run.mjs';
import { describeRuntime, ensureRuntime } from './runtime.mjs';

await runner(async () => {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    throw stop('npm run dev needs a display (neither DISPLAY nor WAYLAND_DISPLAY is set). In the terminal: npm run -s cli -- watch');
  }
  await ensureDependencies();
  const runtime = await ensureRuntime();
  say(describeRuntime(runtime));
  await ensureLibraries({ executable: runtime.executable, forTests: false });
  forgetBuild();
  const noSandbox = (await sandboxSwitches(runtime.executable)).includes('--no-sandbox');
  const electronVite = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  const env = { ...process.env, ELECTRON_EXEC_PATH: runtime.executable, ...(noSandbox ? { NO_SANDBOX: '1' } : {}) };
  delete env.ELECTRON_RUN_AS_NODE;
  const args = [electronVite, 'dev', '--watch', '--clearScreen', 'false', '--config', 'electron.config.ts', '--', ...process.argv.slice(2)];
  exitLike(await runInForeground(process.execPath, args, { env }));
});
