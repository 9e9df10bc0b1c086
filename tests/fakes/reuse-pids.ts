// Run by root as the first process of a pid namespace of its own, bundled: has real pids reused in the worst moments. Prints one JSON object.
import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Identity } from '../../src/main/platform/index.js';
import type { ActionRequest } from '../../src/shared/api.js';
import { toEnd } from './a-view.js';
import { doorOver } from './real-door.js';
import { createPlayground, lives, platform } from './real-processes.js';

/** What became of one case: whether the pid really was somebody else's in time, and what the door and the newcomer say. */
export interface Reused {
  readonly reused: boolean;
  readonly said: readonly string[];
  readonly newcomerLives: boolean;
}

const [, , helper = ''] = process.argv;
const ground = createPlayground();
const children: ChildProcess[] = [];

const identityOf = (pid: number): Identity => {
  const identity = platform.identify(pid);
  if (identity === null) throw new Error(`nobody is ${pid}`);
  return identity;
};

/** Always the same program with the same arguments and user: nothing but the start stamp tells one from the next. */
const startOne = async (deaf: boolean): Promise<ChildProcess> => {
  const script = deaf ? 'trap "" TERM; echo; while :; do read -rt 300 _; done' : 'echo; while :; do read -rt 300 _; done';
  const child = spawn(ground.shell, ['--norc', '-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return child;
};

/** Ends a child for good, and starts another one under its pid. */
const replace = async (child: ChildProcess, deaf: boolean): Promise<Identity> => {
  const pid = child.pid ?? 0;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  // Stamps count hundredths of a second.
  await pause(30);
  for (let turn = 0; turn < 200; turn++) {
    // Who forks next in this namespace gets the next number: a thread of ours may be faster.
    writeFileSync('/proc/sys/kernel/ns_last_pid', String(pid - 1));
    const next = await startOne(deaf);
    if (next.pid === pid) return identityOf(pid);
  }
  throw new Error(`${pid} was not given out again`);
};

const caseOf = async (request: Partial<ActionRequest>, deaf: boolean, when: 'beforeAct' | 'afterAsk'): Promise<Reused> => {
  const child = await startOne(deaf);
  const identity = identityOf(child.pid ?? 0);
  let newcomer: Identity | null = null;
  let waited = false;
  const clock = {
    now: Date.now,
    monotonicMs: () => performance.now() * 3,
    sleep: async (ms: number) => {
      if (!waited && when === 'afterAsk') {
        waited = true;
        newcomer = await replace(child, deaf);
      }
      await pause(ms / 3);
    },
  };
  const door = doorOver([{ identity, kind: 'cli-session' }], {}, clock);
  const shown = await door.ask({ ...toEnd([identity.key]), ...request });
  if (when === 'beforeAct') newcomer = await replace(child, deaf);
  const results = await door.act(shown);
  const now: Identity | null = newcomer;
  if (now === null) return { reused: false, said: [], newcomerLives: false };
  const { pid, startedAt } = (now as Identity).key;
  const reused = pid === identity.key.pid && startedAt !== identity.key.startedAt;
  return { reused, said: Object.values(results), newcomerLives: lives(now) && platform.identify(pid)?.state !== 'T' };
};

/** The same for the administrator's helper: as it is started, and between its request and its kill. */
const helperCase = async (when: 'beforeAct' | 'afterAsk'): Promise<Reused> => {
  const child = await startOne(true);
  const identity = identityOf(child.pid ?? 0);
  const { pid, startedAt } = identity.key;
  const bytes = Buffer.concat([readFileSync(`/proc/${pid}/cmdline`), readFileSync(`/proc/${pid}/comm`)]);
  const hash = bytes.reduce((sum, byte) => Math.imul(sum ^ byte, 16_777_619) >>> 0, 2_166_136_261);
  const named = [pid, startedAt, identity.uid, identity.exeId, hash, 0].join(':');
  if (when === 'beforeAct') {
    const newcomer = await replace(child, true);
    const { stdout } = spawnSync(helper, ['force', named], { encoding: 'utf8' });
    return { reused: newcomer.key.startedAt !== startedAt, said: stdout.trim().split('\n'), newcomerLives: lives(newcomer) };
  }
  const running = spawn(helper, ['force', named], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  const closed = new Promise((resolve) => running.once('close', resolve));
  const asked = new Promise<void>((resolve) => {
    running.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('asked')) resolve();
    });
  });
  await asked;
  const newcomer = await replace(child, true);
  await closed;
  return { reused: newcomer.key.startedAt !== startedAt, said: said.trim().split('\n'), newcomerLives: lives(newcomer) };
};

const outcome: Record<string, Reused> = {
  'ended after the preview': await caseOf({}, false, 'beforeAct'),
  'killed after the preview': await caseOf({ force: true }, true, 'beforeAct'),
  'paused after the preview': await caseOf({ verb: 'pause' }, false, 'beforeAct'),
  'slowed after the preview': await caseOf({ verb: 'priority', priority: 'low' }, false, 'beforeAct'),
  'killed after being asked': await caseOf({ force: true }, true, 'afterAsk'),
  'killed by root after the prompt': await helperCase('beforeAct'),
  'killed by root after being asked': await helperCase('afterAsk'),
};
process.stdout.write(JSON.stringify(outcome));
for (const child of children) child.kill('SIGKILL');
ground.close();
process.exit();
