import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { soakMs, soakTimeoutMs } from '../../../fakes/soak.js';
import { isRoot } from './children.js';

const NAMESPACES = ['--pid', '--mount', '--fork', '--mount-proc', '--kill-child'];
const canUnshare = (): boolean => {
  try {
    execFileSync('unshare', [...NAMESPACES, 'perl', '-e', '1'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
const isPossible = process.platform === 'linux' && isRoot && canUnshare();
/** Before Linux 6.14 there was one limit for the whole machine, which is not ours to change. */
const hasOwnPidMax = (([major = 0, minor = 0]) => major > 6 || (major === 6 && minor >= 14))(release().split('.').map(Number));
const USER = 65_533;
const canRunAsUser = (): boolean => {
  try {
    execFileSync(process.execPath, ['-e', '1'], { cwd: '/', stdio: 'ignore', uid: USER, gid: USER });
    return true;
  } catch {
    return false;
  }
};
/** Three lives share this time. */
const SECONDS = Math.round((soakMs ?? 120_000) / 3000);

let folder = '';
let engine = '';

beforeAll(async () => {
  if (!isPossible) return;
  folder = mkdtempSync(join(tmpdir(), 'cm-life-'));
  engine = join(folder, '.local/share/claude/versions/2.1.330');
  chmodSync(folder, 0o755);
  mkdirSync(join(engine, '..'), { recursive: true });
  copyFileSync('/bin/sleep', engine);
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: new URL('../../../fakes/life/observe.ts', import.meta.url).pathname,
      outDir: folder,
      emptyOutDir: false,
      target: 'node20.19',
      rolldownOptions: { output: { format: 'es', entryFileNames: 'observe.mjs' } },
    },
  });
});
afterAll(() => {
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
});

interface Observed {
  readonly looks: number;
  readonly compared: number;
  readonly born: number;
  readonly wrongCount: number;
  readonly wrong: readonly string[];
}

/** A life and who looks on, in a pid namespace of their own, which ends with its first process and everything in it. */
const live = (seed: number, prepare: string, who: string): Promise<Observed> =>
  new Promise((resolve, reject) => {
    const script = `${prepare}\n'${process.execPath}' '${join(folder, 'observe.mjs')}' ${SECONDS} ${seed} ${who}; exit $?`;
    const child = spawn('unshare', [...NAMESPACES, 'bash', '-c', script], {
      cwd: '/',
      // No argument names it: whoever stands below a process that might be Claude's is read at each look anyway.
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ENGINE: engine },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', () => {
      try {
        resolve(JSON.parse(said));
      } catch {
        reject(new Error(`no result: ${said}`));
      }
    });
  });

const expectSame = async (prepare: string, who: string): Promise<void> => {
  const seed = Date.now() % 1_000_000;
  const observed = await live(seed, prepare, who);
  expect({ seed, wrong: observed.wrong }).toEqual({ seed, wrong: [] });
  // It would hold where nothing lives.
  expect(observed.compared).toBeGreaterThan(observed.looks);
  expect(observed.born).toBeGreaterThan(20);
};

it.runIf(isPossible).each([
  // Ids come round every few seconds where a namespace has a limit of its own.
  ['few ids, which come round', hasOwnPidMax ? 'echo 3000 > /proc/sys/kernel/pid_max' : ':'],
  ['ids of which most are nobody’s', ':'],
])('sees in a random life what a full scan sees: %s (needs root and unshare)', { timeout: soakTimeoutMs(300_000) }, (_, prepare) =>
  expectSame(prepare, 'root'),
);
it.runIf(isPossible && canRunAsUser())(
  'sees as an ordinary user from whom others are hidden what a full scan sees (needs root, unshare and a Node that everybody may run)',
  { timeout: soakTimeoutMs(300_000) },
  () => expectSame('mount -o remount,hidepid=2 /proc', 'user'),
);
