import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanEnv } from '../fixtures/lab.js';

const repository = fileURLToPath(new URL('../..', import.meta.url));

export interface CliRun {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Cli {
  /** The built command line. */
  readonly entry: string;
  readonly env: NodeJS.ProcessEnv;
  /** Where its action log comes to lie. */
  readonly logFile: string;
  readonly run: (argv: readonly string[], options?: { readonly stdin?: string }) => Promise<CliRun>;
  /** A line for bash in which "$CLI" runs it. */
  readonly shell: (script: string) => Promise<CliRun>;
  /** In a terminal of its own, 120×30; `typed` is sent as soon as what it shows contains `after`. */
  readonly terminal: (argv: readonly string[], typed: { readonly after: string; readonly text: string }) => Promise<CliRun>;
  readonly start: (argv: readonly string[]) => ChildProcess;
  readonly close: () => void;
}

const collect = (child: ChildProcess): Promise<CliRun> =>
  new Promise((resolve, reject) => {
    let out = '';
    let err = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });

/** Hard links cost nothing and can be reached where the checkout's own folders are closed to others; across file systems, copies. */
const clone = (name: string, folder: string): void => {
  try {
    execFileSync('cp', ['--archive', '--link', join(repository, name), join(folder, name)], { stdio: 'ignore' });
  } catch {
    rmSync(join(folder, name), { recursive: true, force: true });
    cpSync(join(repository, name), join(folder, name), { recursive: true });
  }
};

/** The built command line with a home of its own; `uid` runs it as another user (only root can say so), from where that user can read it. */
export const createCli = (options: { readonly claudeConfigDir: string; readonly uid?: number }): Cli => {
  const { uid } = options;
  const base = mkdtempSync(join(tmpdir(), 'claude-manager-cli-'));
  const home = join(base, 'home');
  mkdirSync(home);
  let place = repository;
  if (uid !== undefined) {
    chmodSync(base, 0o755);
    chownSync(home, uid, uid);
    place = join(base, 'app');
    mkdirSync(place);
    for (const name of ['out', 'node_modules', 'package.json']) clone(name, place);
  }
  const entry = join(place, 'out', 'cli', 'index.js');
  const env: NodeJS.ProcessEnv = {
    ...cleanEnv(),
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_STATE_HOME: join(home, '.local', 'state'),
    XDG_CACHE_HOME: join(home, '.cache'),
    CLAUDE_CONFIG_DIR: options.claudeConfigDir,
    LC_ALL: 'C.UTF-8',
    TERM: 'xterm-256color',
    NO_COLOR: '',
    CLI: `${process.execPath} ${entry}`,
  };
  const as = uid === undefined ? {} : { uid, gid: uid };
  const start: Cli['start'] = (argv) =>
    spawn(process.execPath, [entry, ...argv], { cwd: base, env, stdio: ['pipe', 'pipe', 'pipe'], ...as });
  return {
    entry,
    env,
    logFile: join(home, '.local', 'state', 'claude-manager', 'claude_actions.log'),
    run: (argv, { stdin = '' } = {}) => {
      const child = start(argv);
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(stdin);
      return collect(child);
    },
    shell: (script) => collect(spawn('/bin/bash', ['-c', script], { cwd: base, env, stdio: ['ignore', 'pipe', 'pipe'], ...as })),
    terminal: async (argv, { after, text }) => {
      const quoted = [process.execPath, entry, ...argv].map((word) => `'${word}'`).join(' ');
      // script(1) gives it a terminal, keeps its exit code and passes on what is typed.
      const child = spawn('script', ['--quiet', '--return', '--command', `stty cols 120 rows 30; exec ${quoted}`, '/dev/null'], {
        cwd: base,
        env,
        stdio: ['pipe', 'pipe', 'pipe'],
        ...as,
      });
      let seen = '';
      let typed = false;
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        seen += chunk;
        if (!typed && seen.includes(after)) {
          typed = true;
          child.stdin.write(text);
        }
      });
      return collect(child);
    },
    start,
    close: () => rmSync(base, { recursive: true, force: true }),
  };
};
