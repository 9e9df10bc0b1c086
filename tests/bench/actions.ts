import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createActionLog } from '../../src/main/action-log.js';
import type { Actions } from '../../src/main/actions.js';
import { createActions } from '../../src/main/actions.js';
import { createHostileFiles } from '../../src/main/hostile-file.js';
import { createLooker } from '../../src/main/look.js';
import { createPlatform } from '../../src/main/platform/index.js';
import { createSessionFiles } from '../../src/main/session-files.js';
import { createSessionRegistry } from '../../src/main/sessions.js';
import type { ActionRequest, Preview } from '../../src/shared/api.js';
import { parseConfig } from '../../src/shared/config.js';
import { acceptedKeys } from '../../src/shared/end-plan.js';
import type { ProcessKey } from '../../src/shared/types.js';

/**
 * What it takes to show and to end many sessions: wall time of the whole way, look, registry and log included, on sessions of
 * its own. All obey; their servers are asked once their session has gone. Prints one JSON object.
 */

const SESSIONS = 50;
/** Ended one by one, to compare with. */
const SINGLES = 3;
const SERVERS = 3;
const PREVIEWS = 7;
/** They end by themselves should this program be killed. */
const LIFE_S = 300;
const TARGETS = { previewMs: 200, endMs: 3_000, ratio: 2 };

const platform = createPlatform();
const cleanEnv = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CLAUDE')));

const SESSION = `trap "exit 0" TERM; export CLAUDECODE=1 CLAUDE_PID=$$
for i in ${Array.from({ length: SERVERS }, (_, i) => i).join(' ')}; do sleep ${LIFE_S} & echo $!; done; echo session $$; while kill -0 %1; do wait; done`;

interface Crowd {
  readonly home: string;
  readonly sessions: readonly ProcessKey[];
  readonly end: () => void;
}

const startCrowd = async (): Promise<Crowd> => {
  const home = mkdtempSync(join(tmpdir(), 'cm-bench-actions-'));
  const started: ProcessKey[] = [];
  const end = (): void => {
    for (const key of started) {
      const now = platform.identify(key.pid);
      if (now?.key.startedAt === key.startedAt) platform.signal(now, 'force');
    }
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const versions = join(home, '.local', 'share', 'claude', 'versions');
    const records = join(home, '.claude', 'sessions');
    for (const made of [versions, records]) mkdirSync(made, { recursive: true });
    const engine = join(versions, '2.1.330');
    copyFileSync('/bin/bash', engine);
    const list = join(home, 'pids');
    const count = SESSIONS + SINGLES;
    // The outer shell ends at once, which leaves the inner one to pid 1 (our own descendants are never listed) and the sessions a parent.
    const inner = `echo shell $$ >> "$0"; for ((i = 0; i < ${count}; i++)); do (exec -a claude "$1" --norc -c "$2") >> "$0" 2>/dev/null & done; wait`;
    const outer = 'bash -c "$3" "$0" "$1" "$2" > /dev/null 2>&1 < /dev/null &';
    spawn('/bin/bash', ['-c', outer, list, engine, SESSION, inner], { cwd: '/', env: cleanEnv, detached: true, stdio: 'ignore' });
    let lines: readonly string[] = [];
    for (let turn = 0; lines.length < count * (SERVERS + 1) + 1; turn++) {
      if (turn > 600) throw new Error('the sessions did not start');
      await sleep(50);
      lines = readOr(list).split('\n').slice(0, -1);
    }
    const sessions: ProcessKey[] = [];
    for (const line of lines) {
      const key = platform.identify(Number(line.replace(/^\w+ /, '')))?.key;
      if (key === undefined) throw new Error(`${line} is gone already`);
      started.push(key);
      if (line.startsWith('session')) sessions.push(key);
    }
    const now = Date.now();
    for (const { pid, startedAt } of sessions) {
      const sessionId = `00000000-0000-4000-8000-${String(pid).padStart(12, '0')}`;
      const times = { statusUpdatedAt: now, updatedAt: now };
      const record = { pid, sessionId, cwd: '/', procStart: startedAt, kind: 'interactive', entrypoint: 'cli', status: 'idle', ...times };
      writeFileSync(join(records, `${pid}.json`), JSON.stringify(record));
    }
    return { home, sessions, end };
  } catch (error) {
    end();
    throw error;
  }
};

const readOr = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not there yet.
    return '';
  }
};

const doorOn = (home: string): Actions => {
  const selfUid = process.getuid?.() ?? -1;
  const files = createHostileFiles({ selfUid });
  const homeOf = (uid: number): string | null => (uid === selfUid ? home : null);
  const registry = createSessionRegistry({ files, homeOf, selfUid, selfConfigDir: null, now: Date.now });
  const config = parseConfig({});
  return createActions({
    platform,
    look: createLooker({ platform, registry, config: () => config, selfUid }).look,
    sessionFiles: createSessionFiles({ files, homeOf }),
    self: { pid: process.pid, ppid: () => process.ppid },
    config: () => config,
    log: createActionLog({ path: join(home, 'state', 'claude_actions.log'), now: Date.now, identify: platform.identify }),
    clock: { now: Date.now, monotonicMs: () => performance.now(), sleep: async (ms) => void (await sleep(ms)) },
    randomToken: () => `token-${performance.now()}`,
    onProblem: (problem) => {
      throw problem;
    },
  });
};

const toEnd = (keys: readonly ProcessKey[]): ActionRequest => ({
  verb: 'end',
  scope: { type: 'keys', keys },
  force: false,
  priority: null,
  minAgeMinutes: null,
  elevated: false,
});

const measure = async ({ home, sessions }: Crowd): Promise<object> => {
  const actions = doorOn(home);
  const previewOf = async (keys: readonly ProcessKey[]): Promise<Preview> => {
    const shown = await actions.previewAction(toEnd(keys), { caller: 'bench' });
    if (!shown.ok) throw new Error(shown.failure.id);
    const ticked = shown.value.targets.filter((target) => target.ticked).length;
    if (ticked !== keys.length * (SERVERS + 1)) throw new Error(`${ticked} ticked of ${keys.length} sessions: the figures mean nothing`);
    return shown.value;
  };
  const endMs = async (keys: readonly ProcessKey[]): Promise<number> => {
    const preview = await previewOf(keys);
    const before = performance.now();
    const accepted = acceptedKeys(preview, { includeWarned: false });
    const ended = await actions.performAction({ token: preview.token ?? '', keys: accepted, confirmation: null, caller: 'bench' });
    const took = performance.now() - before;
    if (!ended.ok) throw new Error(ended.failure.id);
    const done = ended.value.results.filter((result) => result.outcome === 'done').length;
    if (done !== preview.targets.length) throw new Error(`${done} of ${preview.targets.length} ended: the figures mean nothing`);
    return took;
  };

  const many = sessions.slice(0, SESSIONS);
  const previews: number[] = [];
  for (let i = 0; i < PREVIEWS; i++) {
    const before = performance.now();
    await previewOf(many);
    previews.push(performance.now() - before);
  }
  const singles: number[] = [];
  for (const one of sessions.slice(SESSIONS)) singles.push(await endMs([one]));
  const took = await endMs(many);
  const slowest = Math.max(...singles);
  return {
    targetsShown: SESSIONS * (SERVERS + 1),
    previewMs: Math.round(previews.toSorted((a, b) => a - b)[Math.floor(PREVIEWS / 2)] ?? Number.NaN),
    endMs: Math.round(took),
    slowestSingleMs: Math.round(slowest),
    ratio: Math.round((100 * took) / slowest) / 100,
    targets: TARGETS,
  };
};

const crowd = await startCrowd();
try {
  process.stdout.write(`${JSON.stringify(await measure(crowd))}\n`);
} finally {
  crowd.end();
}
