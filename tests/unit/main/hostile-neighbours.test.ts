import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { ActionLog } from '../../../src/main/action-log.js';
import { createActionLog } from '../../../src/main/action-log.js';
import { createActions } from '../../../src/main/actions.js';
import { createClaudeStop } from '../../../src/main/claude-stop.js';
import { createHostileFiles } from '../../../src/main/hostile-file.js';
import { createJobCheck } from '../../../src/main/job-check.js';
import { createLooker } from '../../../src/main/look.js';
import type { Identity } from '../../../src/main/platform/index.js';
import { createSessionFiles, projectSlug } from '../../../src/main/session-files.js';
import { createSessionRegistry } from '../../../src/main/sessions.js';
import { createBackground } from '../../../src/main/stop-background.js';
import type { ActionScope, Preview } from '../../../src/shared/api.js';
import { parseConfig } from '../../../src/shared/config.js';
import { parseLogLine } from '../../../src/shared/log-line.js';
import type { ProcessKey, ProcessView } from '../../../src/shared/types.js';
import { fastClock, lives, platform, until } from '../../fakes/real-processes.js';
import { isRoot } from './real-files.js';

/** Everything but the window is real here: four users, their processes, records and files, and root's own door to ending them. */
const USERS = { dana: 54_001, eve: 54_002, carol: 54_003, root: 0 } as const;
type User = keyof typeof USERS;

const SESSION = '4f1c2a90-7d53-4b1e-9a60-2f0c1d7e8b11';
const JOB = '444e602a';
const place = mkdtempSync(join(tmpdir(), 'neighbours-'));
chmodSync(place, 0o755);
const homeOf = (user: User): string => join(place, user);
const engineOf = (user: User): string => join(homeOf(user), '.local/share/claude/versions/2.1.330');
for (const user of Object.keys(USERS) as User[]) {
  const folders = [
    '',
    '.local',
    '.local/share',
    '.local/share/claude',
    '.local/share/claude/versions',
    '.claude',
    '.claude/sessions',
    'proj',
  ];
  for (const folder of folders) mkdirSync(join(homeOf(user), folder), { recursive: true });
  // Any program will do; this one also runs scripts, so that it can do harm if it is run with "stop".
  copyFileSync('/bin/bash', engineOf(user));
  if (isRoot) for (const folder of folders) chownSync(join(homeOf(user), folder), USERS[user], USERS[user]);
}

const started: Identity[] = [];
afterEach(async () => {
  for (const identity of started)
    if (lives(identity)) platform.signal({ ...identity, exeId: platform.identify(identity.key.pid)?.exeId ?? null }, 'force');
  await until(() => !started.some(lives));
  started.length = 0;
  for (const user of Object.keys(USERS) as User[]) rmSync(join(homeOf(user), '.claude/sessions'), { recursive: true });
  for (const user of Object.keys(USERS) as User[]) {
    mkdirSync(join(homeOf(user), '.claude/sessions'));
    chownSync(join(homeOf(user), '.claude/sessions'), USERS[user], USERS[user]);
  }
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

interface Options {
  readonly argv0?: string;
  readonly program?: string;
  readonly args?: readonly string[];
  readonly marks?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A wrapper that starts it elsewhere, e.g. in another pid namespace. */
  readonly within?: readonly string[];
}

/** A process of a user's, its parent this test's shell that ends at once: nobody's child. */
const start = async (user: User, options: Options = {}): Promise<Identity> => {
  const {
    argv0 = 'claude',
    program = engineOf(user),
    args = ['-c', 'sleep 300 & wait'],
    marks = {},
    cwd = join(homeOf(user), 'proj'),
  } = options;
  const uid = USERS[user];
  const line = [...(options.within ?? []), '/bin/bash', '-c', 'exec -a "$0" "$@"', argv0, program, ...args];
  const child = spawn('/bin/bash', ['-c', '"$@" & echo $!', 'x', ...line], {
    ...{ cwd, uid, gid: uid, stdio: ['ignore', 'pipe', 'inherit'], detached: true },
    env: { PATH: '/usr/bin:/bin', HOME: homeOf(user), CLAUDE_CONFIG_DIR: join(homeOf(user), '.claude'), ...marks },
  });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += String(chunk);
  });
  await until(() => said.includes('\n'));
  child.stdout.destroy();
  const outer = Number(said);
  const runs = (pid: number): boolean => {
    try {
      return readlinkSync(`/proc/${pid}/exe`) === program;
    } catch {
      return false;
    }
  };
  const childOf = (pid: number): number => Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0] || 0);
  let pid = outer;
  await until(() => {
    pid = options.within ? childOf(outer) : outer;
    return pid > 0 && runs(pid);
  });
  for (const one of new Set([outer, pid])) {
    const identity = platform.identify(one);
    if (identity) started.push(identity);
  }
  await until(() => args[1] !== 'sleep 300 & wait' || childOf(pid) > 0);
  const below = args[1] === 'sleep 300 & wait' ? platform.identify(childOf(pid)) : null;
  if (below) started.push(below);
  const identity = platform.identify(pid);
  if (identity === null) throw new Error('gone at once');
  return identity;
};

/** What the daemon of a user writes about its jobs: which engine carries which. */
const roster = (owner: User, jobs: Readonly<Record<string, Identity>>): void => {
  const folder = join(homeOf(owner), '.claude/daemon');
  mkdirSync(folder, { recursive: true });
  const workers = Object.entries(jobs).map(([id, { key }]) => [id, { pid: 1, replPid: key.pid, replProcStart: key.startedAt }]);
  writeFileSync(join(folder, 'roster.json'), JSON.stringify({ proto: 1, workers: Object.fromEntries(workers) }));
  for (const path of [folder, join(folder, 'roster.json')]) chownSync(path, USERS[owner], USERS[owner]);
};

const record = (owner: User, about: Identity, over: Readonly<Record<string, unknown>> = {}): void => {
  const path = join(homeOf(owner), '.claude/sessions', `${about.key.pid}.json`);
  const fields = { pid: about.key.pid, sessionId: SESSION, procStart: about.key.startedAt, cwd: join(homeOf(owner), 'proj') };
  writeFileSync(path, JSON.stringify({ ...fields, version: '2.1.330', kind: 'interactive', entrypoint: 'cli', status: 'idle', ...over }));
  chownSync(path, USERS[owner], USERS[owner]);
};

/** Root's door, as the command line builds it. */
const aDoor = (uid = 0, log: Pick<ActionLog, 'append'> = { append: async () => ({ ok: true, value: null }) }) => {
  const files = createHostileFiles({ selfUid: uid });
  const byUid = (one: number): string | null =>
    (Object.keys(USERS) as User[]).map((user) => (USERS[user] === one ? homeOf(user) : null)).find(Boolean) ?? null;
  const registry = createSessionRegistry({ files, homeOf: byUid, selfUid: uid, selfConfigDir: null, now: Date.now });
  const looker = createLooker({ platform, registry, config: () => parseConfig({}), selfUid: uid });
  const onProblem = (problem: unknown): void => {
    throw problem;
  };
  const claudeStop = createClaudeStop({ platform: { ...platform, homeOf: byUid }, clock: fastClock, selfUid: uid, env: process.env });
  const background = createBackground({
    claudeStop,
    jobCheck: createJobCheck({ files }),
    look: looker.look,
    log,
    now: Date.now,
    clock: fastClock,
    onProblem,
  });
  const actions = createActions({
    ...{
      platform,
      look: looker.look,
      sessionFiles: createSessionFiles({ files, homeOf: byUid }),
      config: () => parseConfig({}),
      log,
      onProblem,
    },
    self: { pid: process.pid, ppid: () => process.ppid },
    clock: fastClock,
    randomToken: () => `token-token-token-${Math.random()}`,
    stopBackground: background.stop,
  });
  const preview = async (scope: ActionScope): Promise<Preview> => {
    const request = { verb: 'end', scope, force: true, priority: null, minAgeMinutes: 0, elevated: false } as const;
    const seen = await actions.previewAction(request, { caller: 'test' });
    if (!seen.ok) throw new Error(seen.failure.id);
    return seen.value;
  };
  return {
    preview,
    previewOf: (...keys: readonly ProcessKey[]) => preview({ type: 'keys', keys }),
    /** Accepts all that is ticked, and what else the test says: a person may tick anything that is listed. */
    end: async (seen: Preview, all = false) =>
      actions.performAction({
        token: seen.token ?? 'none-none-none-none',
        keys: seen.targets.filter((target) => all || target.ticked).map((target) => target.key),
        confirmation: seen.confirm,
        caller: 'test',
      }),
    viewOf: async ({ key }: Identity): Promise<ProcessView | null> =>
      (await looker.look()).snapshot.processes.find((view) => view.key.pid === key.pid) ?? null,
    close: background.close,
  };
};
const pidsOf = (seen: Preview, how: 'ticked' | 'listed'): number[] =>
  seen.targets.filter((target) => how === 'listed' || target.ticked).map((target) => target.key.pid);
const marksOf = (owner: Identity): Readonly<Record<string, string>> => ({
  ...{ CLAUDECODE: '1', CLAUDE_PID: String(owner.key.pid), CLAUDE_CODE_SESSION_ID: SESSION, CLAUDE_CODE_CHILD_SESSION: '1' },
  CLAUDE_CODE_MESSAGING_SOCKET: `/tmp/cc-socks/${owner.key.pid}.sock`,
});
const sleepAs = { argv0: 'server', program: '/usr/bin/sleep', args: ['300'] } as const;

describe.skipIf(!isRoot)('another user (only root can be four)', () => {
  test('who marks a process with her session gets it neither ended with it nor counted in', async () => {
    const [dana, carol] = [await start('dana'), await start('carol')];
    record('dana', dana);
    const own = await start('dana', { ...sleepAs, marks: marksOf(dana) });
    const forged = await start('eve', { ...sleepAs, marks: marksOf(dana) });
    const door = aDoor();
    expect((await door.viewOf(forged))?.owner).toBeNull();
    expect((await door.viewOf(own))?.owner).toEqual(dana.key);
    const seen = await door.previewOf(dana.key);
    expect([pidsOf(seen, 'listed').includes(own.key.pid), pidsOf(seen, 'listed').includes(forged.key.pid)]).toEqual([true, false]);
    await door.end(seen, true);
    expect([dana, own, forged, carol].map(lives)).toEqual([false, false, true, true]);
  });

  test('who is named by the marks of a process proves nothing about it', async () => {
    const eve = await start('eve');
    record('eve', eve);
    const server = await start('dana', { ...sleepAs, marks: marksOf(eve) });
    const door = aDoor();
    const view = await door.viewOf(server);
    expect([view?.leftOver, view?.owner]).toEqual(['unknown', null]);
    expect(pidsOf(await door.preview({ type: 'orphans' }), 'ticked')).not.toContain(server.key.pid);
    expect(pidsOf(await door.previewOf(eve.key), 'listed')).not.toContain(server.key.pid);
  });

  test("who writes a record about somebody's process is not heard", async () => {
    const dana = await start('dana');
    record('dana', dana, { status: 'busy', name: 'release' });
    record('eve', dana, { status: 'idle', kind: 'bg', jobId: JOB, name: 'old', statusUpdatedAt: 1 });
    const view = await aDoor().viewOf(dana);
    expect([view?.kind, view?.activity, view?.name, view?.session?.configDir]).toEqual([
      ...['cli-session', 'busy', 'release', join(homeOf('dana'), '.claude')],
    ]);
  });

  test('who takes on name, directory and session id of somebody is hit in his stead by nobody', async () => {
    const dana = await start('dana');
    record('dana', dana);
    const eve = await start('eve', { cwd: join(homeOf('dana'), 'proj') });
    record('eve', eve, { cwd: join(homeOf('dana'), 'proj') });
    const door = aDoor();
    const seen = await door.preview({ type: 'user', user: String(USERS.eve) });
    expect([eve, dana].map(({ key }) => pidsOf(seen, 'listed').includes(key.pid))).toEqual([true, false]);
    await door.end(seen, true);
    expect([lives(eve), lives(dana)]).toEqual([false, true]);
  });

  test('who writes a line of the log into directory and name of her session forges neither line nor field', async () => {
    const forged = 'x\n2025-09-02T20:16:18 - SUCCESS - KILL_PROCESS: PID 1 - User: root - Signal: SIGKILL';
    const cwd = join(homeOf('eve'), forged);
    const transcripts = join(homeOf('eve'), '.claude/projects', projectSlug(cwd));
    for (const folder of [cwd, transcripts]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(transcripts, `${SESSION}.jsonl`), `${JSON.stringify({ type: 'user', message: { role: 'user' } })}\n`);
    for (const path of [cwd, dirname(transcripts), transcripts, join(transcripts, `${SESSION}.jsonl`)])
      chownSync(path, USERS.eve, USERS.eve);
    const eve = await start('eve', { cwd });
    record('eve', eve, { cwd, name: forged });
    const path = join(place, 'log/claude_actions.log');
    const door = aDoor(0, createActionLog({ path, now: Date.now, identify: platform.identify }));
    const seen = await door.previewOf(eve.key);
    await door.end(seen, true);
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1).map(parseLogLine);
    const fieldOf = (at: number, name: string): readonly string[] =>
      (lines[at]?.fields ?? []).filter(([key]) => key === name).map(([, value]) => value);
    expect(lines.map((_, at) => fieldOf(at, 'PID'))).toEqual(seen.targets.map(({ key }) => [String(key.pid)]));
    expect([fieldOf(0, 'Signal'), fieldOf(0, 'User').length, fieldOf(0, 'Resume')]).toEqual([
      ...[['SIGTERM'], 1, [expect.stringContaining(`claude --resume ${SESSION}`)]],
    ]);
    expect(readFileSync(path, 'utf8')).not.toMatch(/^2025-09-02/m);
    expect(lives(eve)).toBe(false);
  });

  test('whose background session root stops does not get her program run by root', async () => {
    const eve = await start('eve');
    record('eve', eve, { kind: 'bg', jobId: JOB });
    const trap = join(place, 'run-by-root');
    for (const folder of [homeOf('eve'), homeOf('root')]) writeFileSync(join(folder, 'stop'), `echo ran > ${trap}\n`);
    const door = aDoor();
    const seen = await door.previewOf(eve.key);
    expect([seen.targets, seen.excluded.map(({ refusal }) => refusal)]).toEqual([
      [],
      [{ reason: 'protected', id: 'bgSession', values: { jobId: JOB } }],
    ]);
    await door.end(seen, true);
    expect([lives(eve), existsSync(trap)]).toEqual([true, false]);
  });

  test("whose background session runs root's own engine and record folder gets nothing run either", async () => {
    const root = await start('root');
    record('root', root, { kind: 'bg', jobId: JOB });
    roster('root', { [JOB]: root });
    const trap = join(place, 'run-from-foreign-folder');
    writeFileSync(join(homeOf('root'), 'stop'), `echo ran > ${trap}\n`);
    // The folder that holds the engine is eve's by now: she can put any program there.
    const versions = join(homeOf('root'), '.local/share/claude/versions');
    chownSync(versions, USERS.eve, USERS.eve);
    const door = aDoor();
    const report = await door.end(await door.previewOf(root.key), true);
    chownSync(versions, 0, 0);
    expect(report.ok && report.value.results.map(({ outcome, id }) => `${outcome} ${id}`)).toEqual([
      'skipped stopNotTrusted',
      'skipped ownerStayed',
    ]);
    expect([lives(root), existsSync(trap)]).toEqual([true, false]);
    door.close();
  });
});

describe.skipIf(!isRoot)('a tool of the same user (only root is several users in one test)', () => {
  test("that writes another session's job into its own session's record does not get that job stopped", async () => {
    const [root, other] = [await start('root'), await start('root')];
    record('root', root, { kind: 'bg', jobId: JOB });
    roster('root', { [JOB]: other });
    const trap = join(place, 'run-for-another-job');
    writeFileSync(join(homeOf('root'), 'stop'), `echo ran > ${trap}\n`);
    const door = aDoor();
    const idOf = async (): Promise<unknown> => {
      const report = await door.end(await door.previewOf(root.key), true);
      return report.ok && report.value.results[0]?.id;
    };
    expect(await idOf()).toBe('stopOtherJob');
    // Nor does who takes the roster away, or puts something in its place that never answers.
    rmSync(join(homeOf('root'), '.claude/daemon'), { recursive: true });
    expect(await idOf()).toBe('stopUnverifiedJob');
    mkdirSync(join(homeOf('root'), '.claude/daemon'));
    execFileSync('/usr/bin/mkfifo', [join(homeOf('root'), '.claude/daemon/roster.json')]);
    expect(await idOf()).toBe('stopUnverifiedJob');
    rmSync(join(homeOf('root'), '.claude/daemon'), { recursive: true });
    expect([lives(root), lives(other), existsSync(trap)]).toEqual([true, true, false]);
    // Said by the daemon to be its own, it is run.
    roster('root', { [JOB]: root });
    await idOf();
    expect(existsSync(trap)).toBe(true);
    door.close();
  });
});

describe.skipIf(!isRoot)('a container of the same user (only root makes pid namespaces)', () => {
  /** Whoever starts the container carries none of the marks that are given inside of it. */
  const containerWith = (marks: Readonly<Record<string, string>>): string[] => [
    ...['/usr/bin/unshare', '--pid', '--fork', '/usr/bin/env'],
    ...Object.entries(marks).map(([name, value]) => `${name}=${value}`),
  ];

  test('whose processes name a pid of their own world loses none of them to the session that has it in ours', async () => {
    const root = await start('root');
    record('root', root);
    const inside = await start('root', { ...sleepAs, within: containerWith(marksOf(root)) });
    const door = aDoor();
    const seen = await door.previewOf(root.key);
    expect(pidsOf(seen, 'listed')).not.toContain(inside.key.pid);
    await door.end(seen, true);
    await pause(50);
    expect([lives(root), lives(inside)]).toEqual([false, true]);
  });

  test('whose sessions are long over in their own world are not left over in ours', async () => {
    const dead: Identity = { key: { pid: 4_194_000, startedAt: '1' }, uid: 0, exeId: null, state: null };
    const inside = await start('root', { ...sleepAs, within: containerWith(marksOf(dead)) });
    const door = aDoor();
    expect((await door.viewOf(inside))?.leftOver).not.toBe('yes');
    expect(pidsOf(await door.preview({ type: 'orphans' }), 'ticked')).not.toContain(inside.key.pid);
  });
});
