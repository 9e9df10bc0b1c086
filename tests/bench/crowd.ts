import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A crowd of real processes that can grow: bystanders, and sessions with their records in a home of their own. */
export interface Crowd {
  /** Its `.claude` holds the sessions' records. */
  readonly home: string;
  /** Pids of the sessions. */
  readonly engines: readonly number[];
  /** Resolves when there are so many bystanders; when the last came, by `performance.now()`. */
  readonly grow: (bystanders: number) => Promise<number>;
  readonly end: () => void;
}

/** The crowd ends by itself should this program be killed. */
const LIFE_S = 900;
/** Nobody's: as root, the bystanders are other users' processes, as on a server with many users. */
const NOBODY = 65_534;
const PAUSE_MS = 50;
const START_MS = 120_000;
const isRoot = process.getuid?.() === 0;

/** Our surroundings without what would make us a session's. */
export const cleanEnv = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CLAUDE')));

const stampOf = (pid: number): string | null => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    // It has gone.
    return null;
  }
};

/** Starts a program that is nobody's child (our own descendants are never listed) and says its children's pids; resolves with its own and theirs. */
const startGroup = async (folder: string, name: string, command: readonly string[]): Promise<readonly number[]> => {
  const list = join(folder, `${name}.pids`);
  writeFileSync(list, '');
  // The shell ends at once, which leaves the program to pid 1.
  const { stdout } = spawnSync('/bin/bash', ['-c', '"$@" > "$0" 2> /dev/null < /dev/null & echo $!', list, ...command], {
    cwd: '/',
    env: cleanEnv,
    encoding: 'utf8',
  });
  for (let waited = 0; waited < START_MS; waited += PAUSE_MS) {
    await sleep(PAUSE_MS);
    const lines = readFileSync(list, 'utf8').trim().split('\n');
    if (lines.at(-1) === 'end') return [Number(stdout), ...lines.slice(0, -1).map(Number)];
  }
  throw new Error(`the ${name} did not start`);
};
/** For the shell: so many of a command, their pids, then the wait for their end. */
const many = (count: number, command: string): readonly string[] => [
  'bash',
  '-c',
  `for ((i = 0; i < ${count}; i++)); do ${command} > /dev/null & echo $!; done; echo end; wait`,
];

const recordOf = (pid: number): object => ({
  pid,
  sessionId: `00000000-0000-4000-8000-${String(pid).padStart(12, '0')}`,
  cwd: '/',
  procStart: stampOf(pid),
  kind: 'interactive',
  entrypoint: 'cli',
  status: 'idle',
  statusUpdatedAt: Date.now(),
  updatedAt: Date.now(),
});

/** Starts a crowd of `sessions` and no bystanders yet. */
export const startCrowd = async (sessions: number): Promise<Crowd> => {
  const home = mkdtempSync(join(tmpdir(), 'cm-bench-'));
  const pids: { readonly pid: number; readonly stamp: string | null }[] = [];
  const remember = (group: readonly number[]): void => void pids.push(...group.map((pid) => ({ pid, stamp: stampOf(pid) })));
  let bystanders = 0;
  /** Thousands of processes that exec take minutes on a busy machine; these only fork. Where there is no compiler it is the shell's own. */
  const idlers = join(home, 'idlers');
  const uid = isRoot ? NOBODY : 0;

  const end = (): void => {
    for (const { pid, stamp } of pids) {
      if (stamp === null || stampOf(pid) !== stamp) continue;
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
      }
    }
    rmSync(home, { recursive: true, force: true });
  };

  try {
    if (isRoot) spawnSync('chmod', ['755', home]);
    const versions = join(home, '.local', 'share', 'claude', 'versions');
    const records = join(home, '.claude', 'sessions');
    for (const made of [versions, records]) mkdirSync(made, { recursive: true });
    const engine = join(versions, '2.1.330');
    copyFileSync('/usr/bin/sleep', engine);
    const source = join(process.cwd(), 'tests', 'bench', 'idlers.c');
    const isCompiled = spawnSync('cc', ['-O2', '-static', '-o', idlers, source], { stdio: 'ignore' }).status === 0;
    const started = await startGroup(home, 'engines', many(sessions, `exec -a claude ${engine} ${LIFE_S}`));
    remember(started);
    const engines = started.slice(1);
    for (const pid of engines) writeFileSync(join(records, `${pid}.json`), JSON.stringify(recordOf(pid)));
    return {
      home,
      engines,
      grow: async (wanted) => {
        const count = wanted - bystanders;
        const command = isCompiled ? [idlers, String(count), String(LIFE_S), String(uid)] : many(count, `/usr/bin/sleep ${LIFE_S}`);
        remember(await startGroup(home, `bystanders-${wanted}`, command));
        bystanders = wanted;
        return performance.now();
      },
      end,
    };
  } catch (error) {
    end();
    throw error;
  }
};
