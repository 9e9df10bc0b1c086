import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterEach } from 'vitest';
import type { Identity } from '../../../src/main/platform/index.js';

/** Real folders, FIFOs and Node processes for the tests of what touches the disk. */

export const SRC = join(import.meta.dirname, '../../../src');
export const selfUid = process.getuid?.() ?? -1;
export const isRoot = selfUid === 0;
/** Somebody else, for `chown` as root. */
export const OTHER_UID = 54_321;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder of the test's own, removed after it. */
export const aFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'claude-manager-unit-'));
  folders.push(folder);
  return folder;
};

export const makeFifo = (path: string): void => {
  execFileSync('mkfifo', [path]);
};

/** Who has a pid, read straight from /proc. */
export const identify = (pid: number): Identity | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { key: { pid, startedAt: fields[19] ?? '' }, uid: null, exeId: null, state: fields[0] ?? null };
  } catch {
    return null;
  }
};

/** The source of `identify` for a process of its own. */
export const IDENTIFY_SOURCE = `
import { readFileSync } from 'node:fs';
const identify = (pid) => {
  try {
    const stat = readFileSync('/proc/' + pid + '/stat', 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { key: { pid, startedAt: fields[19] }, uid: null, exeId: null, state: fields[0] };
  } catch { return null; }
};`;

/** Bundles a module that imports from src, so that a plain Node process can run it; the path of the result. */
export const bundle = async (folder: string, source: string): Promise<string> => {
  const entry = join(folder, 'entry.ts');
  writeFileSync(entry, source);
  await build({
    configFile: false,
    logLevel: 'error',
    root: folder,
    ssr: { noExternal: true, target: 'node' },
    build: { ssr: entry, outDir: join(folder, 'out'), minify: false, rollupOptions: { output: { entryFileNames: 'entry.mjs' } } },
  });
  return join(folder, 'out', 'entry.mjs');
};

export interface Run {
  readonly pid: number;
  readonly kill: () => void;
  /** Resolves with exit code or signal name, and what it printed. */
  readonly ended: Promise<{ readonly how: number | string | null; readonly output: string }>;
}

/** Starts a real Node process. */
export const run = (script: string, args: readonly string[]): Run => {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (data) => {
    output += String(data);
  });
  child.stderr.on('data', (data) => {
    output += String(data);
  });
  return {
    pid: child.pid ?? -1,
    kill: () => child.kill('SIGKILL'),
    ended: new Promise((resolve) => child.on('close', (code, signal) => resolve({ how: code ?? signal, output }))),
  };
};
