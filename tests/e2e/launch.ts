import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { isAlive, procStat, until } from '../fixtures/lab.js';

const CLOSE_MS = 15_000;
/** All that an application under test gets of our environment: nothing of a session that may have started the tests, nothing of vitest's. */
const PASSED_ON = [
  'PATH',
  'LANG',
  'LC_ALL',
  'TZ',
  'DISPLAY',
  'XAUTHORITY',
  'WAYLAND_DISPLAY',
  'DBUS_SESSION_BUS_ADDRESS',
  'LD_LIBRARY_PATH',
];

/**
 * Playwright's own hook: it holds `ready` back until everything listens, so that nothing a page says at its start is missed. Playwright loads it
 * by itself only into the Electron that the electron package finds.
 */
const loader = join(
  dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')),
  'lib',
  'server',
  'electron',
  'loader.js',
);

export const repository = fileURLToPath(new URL('../..', import.meta.url));

export interface LaunchOptions {
  /** Added to the environment last; undefined takes a name away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Arguments of the application. */
  readonly args?: readonly string[];
  /** The home folder, with all XDG folders below it; kept by `close`. Without it a new one, removed by `close`. */
  readonly xdgHome?: string;
  /** True: nobody has answered the first screen of this home yet, so that it is shown. */
  readonly firstRun?: boolean;
  /** CommonJS files that are loaded before anything else, e.g. one that sets the clock. */
  readonly preload?: readonly string[];
  /** Electron's own data; without it a folder below the home. */
  readonly userDataDir?: string;
}

/** Where and how Electron runs; `launchAsUser` gives others than the checkout's. */
export interface Place {
  readonly executable: string;
  readonly appFolder: string;
  readonly cwd: string;
  readonly switches: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface LaunchedApp {
  readonly app: ElectronApplication;
  /** The first window. */
  readonly page: Page;
  /** HOME of the application, its XDG folders below it: .config, .local/state, .cache. */
  readonly home: string;
  /** Pid of Electron's main process. */
  readonly pid: number;
  /** What any page said with the level of a warning or worse, and every error that a page did not catch; grows. */
  readonly consoleMessages: readonly string[];
  /** Every breach of the content security policy, as Chromium words it; grows. */
  readonly cspViolations: readonly string[];
  /** What the main process printed; for the message of a failed test. */
  readonly output: () => string;
  /** Ends the application and all its processes, by pid where it hangs, and removes what was made for it. */
  readonly close: () => Promise<void>;
}

/** The Electron that the set-up chose. */
export const electronExecutable = (): string => {
  const path = process.env['ELECTRON_EXEC_PATH'];
  if (path === undefined || path === '') throw new Error('ELECTRON_EXEC_PATH is not set: run the end-to-end tests with `npm test -- e2e`');
  return path;
};

export const isRoot = process.getuid?.() === 0;

type Environment = Readonly<Record<string, string | undefined>>;

const environment = (home: string, place: Environment, asked: Environment): Record<string, string> => {
  const all: Environment = {
    ...Object.fromEntries(PASSED_ON.map((name) => [name, process.env[name]])),
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_STATE_HOME: join(home, '.local', 'state'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    XDG_RUNTIME_DIR: join(home, '.run'),
    ...place,
    ...asked,
  };
  return Object.fromEntries(Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
};

/** A process and all below it, parents first, with their start stamps. */
const treeOf = (pid: number): ReadonlyMap<number, string> => {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? procStat(Number(name))?.ppid : undefined;
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree = new Map<number, string>();
  for (const queue = [pid]; queue.length > 0; ) {
    const next = queue.shift();
    const stat = next === undefined ? null : procStat(next);
    if (next === undefined || stat === null) continue;
    tree.set(next, stat.startedAt);
    queue.push(...(children.get(next) ?? []));
  }
  return tree;
};

const killTree = (tree: ReadonlyMap<number, string>): void => {
  for (const [pid, startedAt] of tree) {
    if (!isAlive(pid, startedAt)) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // Gone in between: that is what was wanted.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
};

const withLimit = <T>(work: Promise<T>, limitMs: number): Promise<T | 'late'> =>
  Promise.race([
    work,
    new Promise<'late'>((resolve) => {
      setTimeout(() => resolve('late'), limitMs).unref();
    }),
  ]);

/**
 * Collects what pages complain about, from their first line on. Chromium reports each breach of the policy in the console; a listener for
 * `securitypolicyviolation` would come too late for the first page, whose init scripts Playwright does not run in Electron.
 */
const watchPages = (app: ElectronApplication): Pick<LaunchedApp, 'consoleMessages' | 'cspViolations'> => {
  const consoleMessages: string[] = [];
  const cspViolations: string[] = [];
  const context = app.context();
  context.on('console', (message) => {
    if (message.type() !== 'warning' && message.type() !== 'error') return;
    const breach = message.text().includes('Content Security Policy');
    (breach ? cspViolations : consoleMessages).push(`${message.type()}: ${message.text().trim()}`);
  });
  context.on('weberror', (error) => consoleMessages.push(`uncaught: ${error.error().stack ?? error.error().message}`));
  return { consoleMessages, cspViolations };
};

/** What V8 says when it threw away the promise by which it would have answered: in Electron's main process now and then, at a collection of garbage. */
const ANSWER_LOST = 'Resulting promise was garbage collected';

/**
 * Asks main again where its answer was lost (microsoft/playwright#33737). What is evaluated there may therefore run twice: it reads, or sets what
 * it may set again.
 */
const askAgain = (app: ElectronApplication): void => {
  const evaluate = app.evaluate.bind(app) as (...args: readonly unknown[]) => Promise<unknown>;
  const patient = async (...args: readonly unknown[]): Promise<unknown> => {
    for (let triesLeft = 20; ; triesLeft--) {
      try {
        return await evaluate(...args);
      } catch (error) {
        if (triesLeft === 0 || !String(error).includes(ANSWER_LOST)) throw error;
      }
    }
  };
  Object.assign(app, { evaluate: patient });
};

/** Launches the built application in `place`; what `launchApp` and `launchAsUser` share. `removeHome` is called when it has been closed. */
export const launchIn = async (place: Place, home: string, options: LaunchOptions, removeHome: () => void): Promise<LaunchedApp> => {
  const userDataDir = options.userDataDir ?? join(home, 'electron-data');
  const launching = _electron.launch({
    executablePath: place.executable,
    args: [
      ...(options.preload ?? []).flatMap((file) => ['-r', file]),
      '-r',
      loader,
      place.appFolder,
      ...place.switches,
      `--user-data-dir=${userDataDir}`,
      ...(options.args ?? []),
    ],
    cwd: place.cwd,
    // Without this Playwright adds --no-sandbox.
    chromiumSandbox: !place.switches.includes('--no-sandbox'),
    env: environment(home, place.env, options.env ?? {}),
    timeout: 60_000,
  });
  const app = await launching.catch((error: unknown) => {
    removeHome();
    throw error;
  });
  let printed = '';
  const child = app.process();
  child.stdout?.on('data', (bytes: Buffer) => {
    printed += bytes.toString();
  });
  child.stderr?.on('data', (bytes: Buffer) => {
    printed += bytes.toString();
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error('Electron has no pid');
  const close = async (): Promise<void> => {
    const tree = treeOf(pid);
    await withLimit(
      app.close().catch(() => undefined),
      CLOSE_MS,
    );
    killTree(tree);
    await until('every process of the application is gone', () => [...tree].every(([one, startedAt]) => !isAlive(one, startedAt)));
    removeHome();
  };
  askAgain(app);
  try {
    const seen = watchPages(app);
    const page = await app.firstWindow({ timeout: 30_000 });
    return { app, page, home, pid, ...seen, output: () => printed, close };
  } catch (error) {
    await close();
    throw new Error(`The window did not come. Main printed:\n${printed}`, { cause: error });
  }
};

/** Folders that an application finds in a fresh home. */
export const makeHome = (home: string): void => {
  for (const folder of ['.config', '.local/state', '.local/share', '.cache', '.run'])
    mkdirSync(join(home, folder), { recursive: true, mode: 0o700 });
};

/** Writes a configuration file that says this in `global_settings`. */
export const writeSettings = (home: string, settings: Readonly<Record<string, unknown>>): void => {
  const folder = join(home, '.config', 'claude-manager');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'claude_limits.json'), JSON.stringify({ global_settings: settings }), { mode: 0o600 });
};

/** Writes down that the first screen was answered: cleanup reports only, as it comes. */
export const answerFirstScreen = (home: string): void => {
  const folder = join(home, '.local', 'state', 'claude-manager');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'automation.json');
  if (!existsSync(path)) writeFileSync(path, JSON.stringify({ firstRunAtMs: Date.now() }), { mode: 0o600 });
};

/** Launches the built application in a home of its own, as root without the sandbox (Chromium refuses otherwise). Throws with what it printed when no window comes. */
export const launchApp = async (options: LaunchOptions = {}): Promise<LaunchedApp> => {
  const home = options.xdgHome ?? mkdtempSync(join(tmpdir(), 'claude-manager-e2e-'));
  makeHome(home);
  if (options.firstRun !== true) answerFirstScreen(home);
  const removeHome = (): void => {
    if (options.xdgHome === undefined) rmSync(home, { recursive: true, force: true });
  };
  const place = {
    executable: electronExecutable(),
    appFolder: repository,
    cwd: repository,
    switches: isRoot ? ['--no-sandbox'] : [],
    env: {},
  };
  return launchIn(place, home, options, removeHome);
};
