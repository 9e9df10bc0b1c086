// npm run -s bench [-- look|actions|policy|history|logs|window|analytics|first-rows|footprint]: bundles tests/bench/NAME.ts (look, if none is named) and runs it; stdout holds its JSON alone.
import './node-version.mjs';
import { bundle } from './bundle.mjs';
import { ensureBuild } from './compile.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { startDesktop } from './desktop.mjs';
import { ensureLibraries } from './libraries.mjs';
import { exitLike, runInForeground, runner, say, stop } from './run.mjs';
import { describeRuntime, ensureRuntime } from './runtime.mjs';

const BENCHES = ['look', 'actions', 'policy', 'history', 'logs', 'window', 'analytics', 'first-rows', 'footprint'];
/** Those that open the built application. */
const WITH_WINDOW = ['logs', 'window', 'analytics', 'first-rows', 'footprint'];
/** Those that start the built command line. */
const WITH_CLI = ['look'];

/** An Electron, the built application, and a display: { env, stop }. */
const windowed = async () => {
  const runtime = await ensureRuntime();
  say(describeRuntime(runtime));
  await ensureLibraries({ executable: runtime.executable, forTests: true });
  await ensureBuild();
  const desktop = process.platform === 'linux' ? await startDesktop() : { env: {}, stop: () => undefined };
  return { env: { ...desktop.env, ELECTRON_EXEC_PATH: runtime.executable }, stop: desktop.stop };
};

await runner(async () => {
  const [first, ...rest] = process.argv.slice(2);
  const name = first ?? 'look';
  if (!BENCHES.includes(name)) throw stop(`There is no benchmark ${name}: ${BENCHES.join(', ')}.`);
  await ensureDependencies();
  if (WITH_CLI.includes(name)) await ensureBuild();
  const program = await bundle(`tests/bench/${name}.ts`, `bench-${name}`);
  const surroundings = WITH_WINDOW.includes(name) ? await windowed() : { env: {}, stop: () => undefined };
  let ended;
  try {
    ended = await runInForeground(process.execPath, [program, ...rest], { env: { ...process.env, ...surroundings.env } });
  } finally {
    surroundings.stop();
  }
  // Not before the display is gone: it may end us by the signal that ended the other.
  exitLike(ended);
});
