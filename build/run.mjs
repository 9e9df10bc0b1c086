import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Progress goes to stderr: what the command line and the bench print on stdout stays theirs alone. */
export const say = (text) => process.stderr.write(`${text}\n`);

/** An expected failure: `runner` prints its message without a stack and exits with 1. */
export const stop = (message) => Object.assign(new Error(message), { expected: true });

/** Runs a runner's main function; the only place where a set-up failure becomes an exit code. */
export const runner = async (main) => {
  endWithNpm();
  try {
    await main();
  } catch (error) {
    say(error.expected ? error.message : error.stack);
    process.exitCode = 1;
  }
};

export const isRoot = process.getuid?.() === 0;

/** Whether an executable stands on PATH. */
export const onPath = (name) => (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));

/**
 * What is kept between checkouts and outlives `npm ci` (which empties node_modules): the runtime and what was learned about this machine.
 * Falls back to node_modules where there is no home to write to.
 */
export const cacheFolder = () => {
  const candidates = [
    join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'claude-manager-build'),
    join(root, 'node_modules', '.cache', 'claude-manager-build'),
  ];
  for (const folder of candidates) {
    try {
      mkdirSync(folder, { recursive: true });
      return folder;
    } catch (error) {
      if (!['EACCES', 'EROFS', 'EPERM', 'ENOENT', 'ENOTDIR'].includes(error.code)) throw error;
    }
  }
  throw stop(`No folder to keep the Electron runtime in: tried ${candidates.join(' and ')}.`);
};

/** Runs a program without showing its output. Resolves with its exit code (null: ended by a signal or by the time limit) and all it printed. */
export const runQuiet = (command, args, { timeoutMs, ...options } = {}) =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      ...options,
    });
    let output = '';
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.on('error', (error) => resolve({ code: null, stdout, output: `${output}${error.message}\n` }));
    child.on('close', (code) => resolve({ code, stdout, output }));
  });

/** npm as a program and its first arguments: the one that runs us, else the one beside this Node (on Windows npm itself is a batch file). */
const npm = () => {
  if (process.env.npm_execpath?.endsWith('.js')) return [process.execPath, process.env.npm_execpath];
  const beside = join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js');
  return existsSync(beside) ? [process.execPath, beside] : ['npm'];
};

/** Runs npm quietly. Its log level is set here: under `npm run -s` it would inherit "silent" and fail without a word. */
export const runNpm = (args, options) => {
  const [command, ...first] = npm();
  return runQuiet(command, [...first, ...args, '--loglevel=error', '--no-audit', '--no-fund', '--no-update-notifier'], options);
};

/** Runs a program in the foreground and resolves with the exit code that a shell would give it. Signals sent to us reach it. */
export const runInForeground = (command, args, options = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    const forward = (signal) => {
      // Ctrl-C in a terminal reaches the whole foreground group; a second SIGINT would cut Electron's orderly quit short.
      if (signal !== 'SIGTERM' && process.stdin.isTTY) return;
      child.kill(signal);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      for (const name of signals) process.removeListener(name, forward);
      resolve({ code, signal });
    });
  });

/**
 * Ends us by SIGTERM when npm is ended: npm hands the signal to the shell between us, which dies of it without telling. What SIGTERM means here
 * (passing it on, cleaning up) is the handlers' business.
 */
export const endWithNpm = () => {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const shell = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  timer.unref();
};

/** Ends this process as its child ended: the same exit code or the same signal. */
export const exitLike = ({ code, signal }) => {
  if (signal) process.kill(process.pid, signal);
  else process.exitCode = code ?? 1;
};
