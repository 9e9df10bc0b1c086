// npm test [-- unit|e2e [filter]]: sets up, then types, lint, unit tests and end-to-end tests in a real Electron.
// Its last line is `N passed, N failed` over all of it; types and lint count as one test each.
import './node-version.mjs';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensureBuild } from './compile.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { startDesktop } from './desktop.mjs';
import { ensureLibraries, ensureSandbox } from './libraries.mjs';
import { endWithNpm, root, say, stop } from './run.mjs';
import { describeRuntime, ensureRuntime } from './runtime.mjs';

const MINUTE_MS = 60_000;
const GRACE_MS = 5_000;
const STAGES = ['types', 'lint', 'unit', 'e2e'];
/** Under `npm run soak` the tests go on for so much longer. */
const SOAK_MS = Number(process.env.SOAK_MINUTES ?? 0) * MINUTE_MS;
const LIMIT_MS = { types: 4 * MINUTE_MS, lint: 2 * MINUTE_MS, unit: 12 * MINUTE_MS + SOAK_MS, e2e: 25 * MINUTE_MS + SOAK_MS };

/** Colours only where somebody looks; both variables at once would make Node warn. */
const colours = () => {
  const { FORCE_COLOR: _force, NO_COLOR: _no, ...env } = process.env;
  return process.stdout.isTTY ? env : { ...env, NO_COLOR: '1' };
};

const bin = (...path) => join(root, 'node_modules', ...path);
const heading = (text) => process.stdout.write(`\n── ${text}\n`);
const seconds = (sinceMs) => `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;

/** Ends the stage that runs now; null between stages. */
let endRunning = null;

/** Runs a stage's program in a process group of its own, so that all of it can be ended: resolves with its exit code, null when it was cut off. */
const run = (command, args, limitMs, env = {}) =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
      env: { ...colours(), ...env },
    });
    const signalGroup = (signal) => {
      try {
        process.kill(-child.pid, signal);
      } catch (error) {
        if (error.code !== 'ESRCH') throw error;
      }
    };
    // Asked first: Playwright then ends the Electrons it started, which are no part of the group.
    const end = () => {
      const force = setTimeout(() => signalGroup('SIGKILL'), GRACE_MS);
      child.once('close', () => clearTimeout(force));
      signalGroup('SIGTERM');
    };
    const late = setTimeout(() => {
      say(`Cut off after ${limitMs / MINUTE_MS} minutes.`);
      end();
    }, limitMs);
    endRunning = end;
    child.on('error', (error) => {
      say(error.message);
      clearTimeout(late);
      resolve(null);
    });
    child.on('close', (code) => {
      clearTimeout(late);
      endRunning = null;
      resolve(code);
    });
  });

const single = async (name, script, args) => {
  const startedMs = Date.now();
  const code = await run(process.execPath, [script, ...args], LIMIT_MS[name]);
  process.stdout.write(`${code === 0 ? 'passed' : 'failed'} in ${seconds(startedMs)}\n`);
  return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
};

const readCounts = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
};

/** Runs vitest and counts by our own reporter. A run that ended badly without a failed test (a crash, the time limit) counts as one, and so does one without counts. */
const vitest = async (name, config, filters, env = {}) => {
  const file = join(root, 'node_modules', '.cache', 'claude-manager', `${name}-counts.json`);
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  const reporters = ['--reporter=default', `--reporter=${join(root, 'build', 'count-reporter.mjs')}`];
  const args = [bin('vitest', 'vitest.mjs'), 'run', '--config', config, ...reporters, ...filters];
  const code = await run(process.execPath, args, LIMIT_MS[name], { ...env, COUNTS_FILE: file });
  const counts = readCounts(file) ?? { passed: 0, failed: 1, skipped: 0 };
  return code === 0 ? counts : { ...counts, failed: Math.max(1, counts.failed) };
};

/** The built application in a real Electron, on Linux on a display and a bus of its own. */
const endToEnd = async (runtime, filters) => {
  const desktop = process.platform === 'linux' ? await startDesktop() : { env: {}, stop: () => undefined };
  try {
    return await vitest('e2e', 'tests/e2e.vitest.config.ts', filters, { ELECTRON_EXEC_PATH: runtime.executable, ...desktop.env });
  } finally {
    desktop.stop();
  }
};

const setUp = async (stages) => {
  await ensureDependencies();
  if (!stages.includes('e2e')) return null;
  const runtime = await ensureRuntime();
  say(describeRuntime(runtime));
  await ensureLibraries({ executable: runtime.executable, forTests: true });
  await ensureSandbox(runtime.executable);
  await ensureBuild();
  return runtime;
};

const [only, ...filters] = process.argv.slice(2);
const stages = only === undefined ? STAGES : STAGES.filter((name) => name === only);
const total = { passed: 0, failed: 0, skipped: 0 };
const add = (counts) => {
  for (const name of Object.keys(total)) total[name] += counts[name];
};

const work = {
  types: () => single('types', bin('typescript', 'bin', 'tsc'), ['-b', 'tsconfig.json']),
  lint: () => single('lint', bin('@biomejs', 'biome', 'bin', 'biome'), ['check', '--error-on-warnings', '.']),
  unit: () => vitest('unit', 'tests/vitest.config.ts', filters),
  e2e: (runtime) => endToEnd(runtime, filters),
};

const finish = () => {
  if (total.skipped > 0) process.stdout.write(`\n${total.skipped} skipped; why stands at each in the tests.\n`);
  process.exitCode = total.failed > 0 ? 1 : 0;
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
};

let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interrupted = true;
    // A stage that is ended counts as failed, and no other begins; so does a set-up that is not let finish.
    if (endRunning !== null) endRunning();
    else {
      total.failed += 1;
      finish();
      process.exit();
    }
  });
}

endWithNpm();
const startedMs = Date.now();
try {
  if (stages.length === 0) throw stop(`There is no stage "${only}": npm test [-- ${STAGES.join('|')} [filter]]`);
  const runtime = await setUp(stages);
  for (const name of stages) {
    if (interrupted) break;
    heading(name);
    try {
      add(await work[name](runtime));
    } catch (error) {
      say(error.expected ? error.message : error.stack);
      add({ passed: 0, failed: 1, skipped: 0 });
    }
  }
  process.stdout.write(`\nAll of it took ${seconds(startedMs)}.\n`);
} catch (error) {
  say(error.expected ? error.message : error.stack);
  add({ passed: 0, failed: 1, skipped: 0 });
}
finish();
