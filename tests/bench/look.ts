import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHostileFiles } from '../../src/main/hostile-file.js';
import type { Looker } from '../../src/main/look.js';
import { createLooker } from '../../src/main/look.js';
import { createPlatform } from '../../src/main/platform/index.js';
import { createSessionRegistry } from '../../src/main/sessions.js';
import { parseConfig } from '../../src/shared/config.js';

/**
 * What one look costs, in units of reading every process's stat and cmdline with plain Node: CPU time of this process (user
 * and system), all in one run, on a crowd of its own. A look is the program's whole one: reading, session registry,
 * classification, left-over verdicts, snapshot. Prints one JSON object.
 */

const BYSTANDERS = 950;
const ENGINES = 50;
/** The crowd ends by itself should this program be killed. */
const LIFE_S = 600;
/** So long a process counts as young and is watched more closely; few are, on a machine that is used. */
const YOUNG_MS = 10_000;
const ROUNDS = 15;
const TARGETS = { first: 4, steady: 1.5 };

/** Nobody's: as root, the bystanders are other users' processes, as on a server with many users. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const cleanEnv = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CLAUDE')));

interface Crowd {
  readonly home: string;
  readonly engines: readonly number[];
  readonly end: () => void;
}

const stampOf = (pid: number): string | null => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
};

/** Starts `count` processes below a shell that is nobody's child (our own descendants are never listed); resolves with the shell's pid and theirs. */
const startGroup = async (folder: string, name: string, count: number, command: string, uid: number | null): Promise<readonly number[]> => {
  const list = join(folder, `${name}.pids`);
  const script = `for ((i = 0; i < ${count}; i++)); do ${command} & echo $!; done > "$0"; echo end >> "$0"; wait`;
  writeFileSync(list, '');
  if (uid !== null) spawnSync('chown', [String(uid), list]);
  // The outer shell ends at once, which leaves the inner one to pid 1.
  const starter = spawn('/bin/bash', ['-c', 'bash -c "$1" "$0" > /dev/null 2>&1 < /dev/null & echo $!', list, script], {
    cwd: '/',
    env: cleanEnv,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    ...(uid === null ? {} : { uid, gid: uid }),
  });
  let shell = '';
  starter.stdout.on('data', (chunk: Buffer) => {
    shell += chunk.toString();
  });
  for (let i = 0; i < 1200; i++) {
    await sleep(50);
    const lines = readFileSync(list, 'utf8').trim().split('\n');
    if (lines.at(-1) === 'end') return [Number(shell), ...lines.slice(0, -1).map(Number)];
  }
  throw new Error(`the ${name} did not start`);
};

const startCrowd = async (): Promise<Crowd> => {
  const folder = mkdtempSync(join(tmpdir(), 'cm-bench-'));
  const pids: { readonly pid: number; readonly stamp: string | null }[] = [];
  const end = (): void => {
    for (const { pid, stamp } of pids) {
      if (stamp === null || stampOf(pid) !== stamp) continue;
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
      }
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    if (isRoot) spawnSync('chmod', ['755', folder]);
    const versions = join(folder, '.local', 'share', 'claude', 'versions');
    const records = join(folder, '.claude', 'sessions');
    for (const made of [versions, records]) mkdirSync(made, { recursive: true });
    const engine = join(versions, '2.1.330');
    copyFileSync('/usr/bin/sleep', engine);
    const remember = (group: readonly number[]): void => void pids.push(...group.map((pid) => ({ pid, stamp: stampOf(pid) })));
    remember(await startGroup(folder, 'bystanders', BYSTANDERS, `/usr/bin/sleep ${LIFE_S}`, isRoot ? NOBODY : null));
    const engines = await startGroup(folder, 'engines', ENGINES, `exec -a claude ${engine} ${LIFE_S}`, null);
    remember(engines);
    for (const pid of engines.slice(1)) {
      const record = {
        pid,
        sessionId: `00000000-0000-4000-8000-${String(pid).padStart(12, '0')}`,
        cwd: '/',
        procStart: stampOf(pid),
        kind: 'interactive',
        entrypoint: 'cli',
        status: 'idle',
        statusUpdatedAt: Date.now(),
        updatedAt: Date.now(),
      };
      writeFileSync(join(records, `${pid}.json`), JSON.stringify(record));
    }
    return { home: folder, engines: engines.slice(1), end };
  } catch (error) {
    end();
    throw error;
  }
};

const cpuMs = async (work: () => unknown): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const rounded = (value: number): number => Math.round(value * 100) / 100;

/** What everything is measured by: the plainest way to read all processes. */
const readPlainly = (): void => {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      readFileSync(`/proc/${name}/stat`, 'utf8');
      readFileSync(`/proc/${name}/cmdline`, 'utf8');
    } catch {
      // It ended meanwhile.
    }
  }
};

const newLooker = (home: string): Looker => {
  const platform = createPlatform();
  const selfUid = process.getuid?.() ?? -1;
  const files = createHostileFiles({ selfUid });
  const homeOf = (uid: number): string | null => (uid === selfUid ? home : null);
  const registry = createSessionRegistry({ files, homeOf, selfUid, selfConfigDir: null, now: Date.now });
  const config = parseConfig({});
  return createLooker({ platform, registry, config: () => config, selfUid });
};

const measure = async ({ home, engines }: Crowd): Promise<object> => {
  const started = performance.now();
  // Nothing is compiled yet, here and there: how the first second of a program compares with the first second of another.
  const coldBaselineMs = await cpuMs(readPlainly);
  const coldFirstMs = await cpuMs(() => newLooker(home).look());

  // In turns, and each look against the baseline beside it: what else the machine does hits both alike.
  const baseline: number[] = [];
  const ratioOf = async (look: () => Promise<unknown>): Promise<number> => {
    const before = await cpuMs(readPlainly);
    const ms = await cpuMs(look);
    const after = await cpuMs(readPlainly);
    baseline.push(before, after);
    return ms / ((before + after) / 2);
  };
  const first: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const looker = newLooker(home);
    first.push(await ratioOf(() => looker.look()));
  }
  const looker = newLooker(home);
  await looker.look();
  await sleep(Math.max(0, YOUNG_MS + 2_000 - (performance.now() - started)));
  for (let i = 0; i < 5; i++) await looker.look();
  const steady: number[] = [];
  for (let i = 0; i < 2 * ROUNDS; i++) steady.push(await ratioOf(() => looker.look()));

  const { snapshot, reading } = await looker.look();
  const ours = new Set(engines);
  const found = snapshot.processes.filter(({ key, session }) => ours.has(key.pid) && session !== null).length;
  if (found !== ENGINES) throw new Error(`the look found ${found} of ${ENGINES} sessions: what it costs means nothing`);
  return {
    processes: reading.processes.length,
    claude: snapshot.processes.length,
    baselineMs: rounded(median(baseline)),
    firstLookRatio: rounded(median(first)),
    steadyLookRatio: rounded(median(steady)),
    targets: TARGETS,
    coldFirstLookRatio: rounded(coldFirstMs / coldBaselineMs),
  };
};

const crowd = await startCrowd();
try {
  process.stdout.write(`${JSON.stringify(await measure(crowd))}\n`);
} finally {
  crowd.end();
}
