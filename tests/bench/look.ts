import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFolderWatches } from '../../src/main/folder-watches.js';
import { createHostileFiles } from '../../src/main/hostile-file.js';
import type { Looker } from '../../src/main/look.js';
import { createLooker } from '../../src/main/look.js';
import { createPlatform } from '../../src/main/platform/index.js';
import { createSessionRegistry } from '../../src/main/sessions.js';
import { parseConfig } from '../../src/shared/config.js';

/**
 * What one look costs, side by side with how others look at all processes, all in one run, on crowds of its own: CPU time, of this process
 * or of the program that is started. A look is the program's whole one: reading, session registry, classification, left-over verdicts,
 * snapshot. What counts is the ratio to the floor (floor.c): listing /proc once and reading one file of each Claude process in C.
 * `npm run -s bench -- look [BYSTANDERS…]` prints one JSON object.
 */

const SIZES = [200, 1_000, 5_000];
const ENGINES = 50;
const FORKS = 200;
/** The crowd ends by itself should this program be killed. */
const LIFE_S = 900;
/** So long a process counts as young and is watched more closely; few are, on a machine that is used. */
const YOUNG_MS = 10_000;
const ROUNDS = 15;
/** A multiple of the looks after which all are listed, so that each round pays for its share of that. */
const LOOKS = 60;
const TARGETS = { quietToFloor: 0.5, forksToFloor: 2, growth: 2 };

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

const startCrowd = async (bystanders: number): Promise<Crowd> => {
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
    remember(await startGroup(folder, 'bystanders', bystanders, `/usr/bin/sleep ${LIFE_S}`, isRoot ? NOBODY : null));
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
  const registry = createSessionRegistry({
    files,
    homeOf,
    selfUid,
    selfConfigDir: null,
    now: Date.now,
    watches: createFolderWatches({ selfUid }),
  });
  const config = parseConfig({});
  return createLooker({ platform, registry, config: () => config, selfUid });
};

/** CPU time of the children that ended, in ms; the kernel counts in steps of 10. */
const childrenMs = (): number => {
  const text = readFileSync('/proc/self/stat', 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
};
/** What a command costs, ended and waited for, in ms; null where it cannot be run. */
const commandMs = (command: string, args: readonly string[], times: number): number | null => {
  const before = childrenMs();
  for (let i = 0; i < times; i++) if (spawnSync(command, args, { stdio: 'ignore' }).status !== 0) return null;
  return rounded((childrenMs() - before) / times);
};
/** What a command says of itself: a number of ms; else why it has none. */
const saidMs = (command: string, args: readonly string[]): number | string => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', env: cleanEnv });
  const ms = Number.parseFloat(stdout ?? '');
  if (status === 0 && Number.isFinite(ms)) return rounded(ms);
  return error?.message ?? /\w*Error.*|E2BIG.*/.exec(stderr)?.[0] ?? `exit ${status}`;
};

const PSUTIL = `
import psutil, resource
def cpu():
    u = resource.getrusage(resource.RUSAGE_SELF); return (u.ru_utime + u.ru_stime) * 1e3
b = cpu()
for _ in range(3):
    for p in psutil.process_iter(['pid', 'ppid', 'name', 'cmdline', 'username', 'memory_info', 'cpu_times', 'create_time']): pass
print((cpu() - b) / 3)`;
/** In a process of its own: with many processes it throws where nobody can catch it. */
const SYSTEMINFORMATION = `
import { readFileSync } from 'node:fs';
import si from 'systeminformation';
const children = () => { const f = readFileSync('/proc/self/stat', 'latin1').split(') ').at(-1).split(' '); return (Number(f[13]) + Number(f[14])) * 10; };
const [own, theirs] = [process.cpuUsage(), children()];
await si.processes();
const { user, system } = process.cpuUsage(own);
console.log((user + system) / 1000 + children() - theirs);`;

/** The floor, compiled on the spot; null where there is no compiler. */
const compileFloor = (folder: string): string | null => {
  const path = join(folder, 'floor');
  const source = join(process.cwd(), 'tests', 'bench', 'floor.c');
  return spawnSync('cc', ['-O2', '-o', path, source], { stdio: 'ignore' }).status === 0 ? path : null;
};
const floorMs = (floor: string, engines: readonly number[]): number => {
  const { stdout } = spawnSync(floor, engines.map(String), { encoding: 'utf8' });
  return Number(/"cpuMsPerPass": ([\d.]+)/.exec(stdout)?.[1] ?? Number.NaN);
};

/** The command line's own looks, one a second, from outside; null where it is not built. */
const watchMs = async (home: string): Promise<number | null> => {
  const program = join(process.cwd(), 'out', 'cli', 'index.js');
  if (!existsSync(program)) return null;
  const child = spawn(process.execPath, [program, 'watch', '--json', '--interval', '1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...cleanEnv, HOME: home },
  });
  let lines = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    lines += chunk.toString('latin1').split('\n').length - 1;
  });
  const used = (): number => {
    const text = readFileSync(`/proc/${child.pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  };
  await sleep(12_000);
  const [before, from] = [used(), lines];
  await sleep(20_000);
  const ms = (used() - before) / (lines - from);
  child.kill('SIGTERM');
  return rounded(ms);
};

const measure = async (bystanders: number, { home, engines }: Crowd): Promise<object> => {
  const looker = newLooker(home);
  await looker.look();
  await sleep(YOUNG_MS + 2_000);
  for (let i = 0; i < 3 * LOOKS; i++) await looker.look();

  const floor = compileFloor(home);
  const quiet: number[] = [];
  const forked: number[] = [];
  const floors: number[] = [];
  // In turns: what else the machine does hits all alike.
  for (let round = 0; round < ROUNDS; round++) {
    if (floor !== null) floors.push(floorMs(floor, engines));
    const ms = await cpuMs(async () => {
      for (let i = 0; i < LOOKS; i++) await looker.look();
    });
    quiet.push(ms / LOOKS);
    spawnSync('/bin/bash', ['-c', `for ((i = 0; i < ${FORKS}; i++)); do /bin/true; done`]);
    forked.push(await cpuMs(() => looker.look()));
  }
  const plain = [];
  for (let i = 0; i < 5; i++) plain.push(await cpuMs(readPlainly));
  const all = [];
  for (let i = 0; i < 5; i++) all.push(await cpuMs(() => looker.look('all')));

  const { snapshot } = await looker.look();
  const ours = new Set(engines);
  const found = snapshot.processes.filter(({ key, session }) => ours.has(key.pid) && session !== null).length;
  if (found !== ENGINES) throw new Error(`the look found ${found} of ${ENGINES} sessions: what it costs means nothing`);
  const floorMedian = floors.length === 0 ? null : median(floors);
  const toFloor = (ms: number): number | null => (floorMedian === null ? null : rounded(ms / floorMedian));
  return {
    bystanders,
    processes: readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length,
    claude: snapshot.processes.length,
    ms: {
      lookQuiet: rounded(median(quiet)),
      [`lookAfter${FORKS}Forks`]: rounded(median(forked)),
      lookAtAll: rounded(median(all)),
      floor: floorMedian === null ? null : rounded(floorMedian),
      nodeFullRead: rounded(median(plain)),
      ps: commandMs('ps', ['-axo', 'pid,ppid,user,stat,time,rss,args'], 5),
      psutil: saidMs('python3', ['-c', PSUTIL]),
      systeminformation: saidMs(process.execPath, ['--input-type=module', '-e', SYSTEMINFORMATION]),
      watchPerLook: await watchMs(home),
    },
    quietToFloor: toFloor(median(quiet)),
    forksToFloor: toFloor(median(forked)),
    quietToNodeFullRead: rounded(median(quiet) / median(plain)),
    lookQuietMs: median(quiet),
  };
};

const given = process.argv.slice(2).map(Number);
const results: { readonly lookQuietMs?: number }[] = [];
for (const bystanders of given.length > 0 ? given : SIZES) {
  const crowd = await startCrowd(bystanders);
  try {
    results.push(await measure(bystanders, crowd));
  } finally {
    crowd.end();
  }
}
const growth = rounded((results.at(-1)?.lookQuietMs ?? Number.NaN) / (results[0]?.lookQuietMs ?? Number.NaN));
process.stdout.write(`${JSON.stringify({ targets: TARGETS, growth, crowds: results })}\n`);
