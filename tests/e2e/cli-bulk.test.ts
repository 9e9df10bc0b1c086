import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endShape, errorShape, logsShape, stoppedShape } from '../../src/cli/json-shape.js';
import { writeEngine } from '../fixtures/engine-binary.js';
import { cleanEnv, createLab, isAlive, type Lab, procStat, until } from '../fixtures/lab.js';
import { type Cli, type CliRun, createCli } from './cli-process.js';

const isRoot = process.getuid?.() === 0;
/** Nobody's: whatever a command for many does, it does to this user's processes, and they are all the tests' own. */
const UID = 60_000 + (process.pid % 5_000);
const USER = String(UID);

const ended = ({ out }: CliRun) => endShape.parse(JSON.parse(out));
const errorOf = ({ out }: CliRun) => errorShape.parse(JSON.parse(out));
const byPid = (a: number, b: number): number => a - b;
/** What would be, or was, acted on. */
const acceptedOf = (seen: CliRun): number[] =>
  ended(seen)
    .preview.targets.filter(({ accepted }) => accepted)
    .map(({ pid }) => pid)
    .sort(byPid);

/** Remembers processes by pid and stamp; the returned check fails for each that is there no more. */
const witness = (pids: readonly number[]): (() => void) => {
  const stamps = pids.map((pid) => [pid, procStat(pid)?.startedAt ?? 'none'] as const);
  return () => expect(stamps.filter(([pid, stamp]) => !isAlive(pid, stamp))).toEqual([]);
};
const gone = (...pids: readonly number[]): void => expect(pids.filter((pid) => isAlive(pid))).toEqual([]);

/** Nice value of a process: field 19 of its stat. */
const niceOf = (pid: number): number => {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[16]);
};

/** A program of that user's in the lab's folder, where the lab finds and ends it; resolves with its pid. */
const startAs = async (lab: Lab, script: string): Promise<number> => {
  const child = spawn('/bin/bash', ['-c', script], {
    cwd: lab.home,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...cleanEnv(), HOME: lab.home, CLAUDE_CONFIG_DIR: join(lab.home, '.claude') },
    uid: UID,
    gid: UID,
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await until('it says its pid', () => said.includes('\n'));
  return Number(said);
};

/** A server whose session is gone. `named`: its marks name that session; without, nothing proves its death. */
const leftOver = async (lab: Lab, name: string, named: boolean): Promise<number> => {
  const path = join(lab.home, 'servers', name);
  writeEngine(path);
  const socket = named ? 'CLAUDE_CODE_MESSAGING_SOCKET=/tmp/cc-socks-lab/$$.sock' : '';
  const marks = `CLAUDECODE=1 CLAUDE_CODE_SESSION_ID=5f0c6f2e-0000-4000-8000-000000000000 CLAUDE_CODE_ENTRYPOINT=cli CLAUDE_PROJECT_DIR='${lab.home}' ${socket}`;
  // The inner shell is the "session": it starts the server, leaves its own pid in the marks, and is gone.
  const pid = await startAs(lab, `( exec bash -c "env ${marks.replace('$$', '\\$\\$')} '${path}' --stdio > /dev/null & echo \\$!" )`);
  await until('it has lost its parent and runs', () => {
    const parent = procStat(procStat(pid)?.ppid ?? 0);
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(path) && parent !== null && procStat(pid)?.ppid !== process.pid;
  });
  return pid;
};

const log = (cli: Cli): string => readFileSync(cli.logFile, 'utf8');

// A clean-up ends whatever is left over on the machine, also what the tests did not start: only a user of their own is safe, which takes root.
describe.runIf(isRoot)('what is for many, as a user of its own', () => {
  let lab: Lab;
  let others: Lab;
  let cli: Cli;
  let orphan = 0;
  let possible = 0;
  let untouched: readonly number[] = [];
  /** Of one test only: the next one counts this user's sessions. */
  const passing: (readonly [pid: number, startedAt: string])[] = [];
  const forNow = (pid: number): number => {
    passing.push([pid, procStat(pid)?.startedAt ?? 'none']);
    return pid;
  };
  afterEach(() => {
    for (const [pid, startedAt] of passing.splice(0)) if (isAlive(pid, startedAt)) process.kill(pid, 'SIGKILL');
  });

  beforeAll(async () => {
    lab = createLab();
    others = createLab();
    cli = createCli({ claudeConfigDir: join(lab.home, '.claude'), uid: UID });
    const live = await lab.session({ project: 'live', uid: UID, status: 'busy', servers: [{ name: 'server-live' }] });
    const stranger = await others.session({ project: 'stranger', servers: [{ name: 'server-stranger' }] });
    const sleeper = await startAs(lab, 'sleep 1000 > /dev/null & echo $!');
    possible = await leftOver(lab, 'server-perhaps', false);
    orphan = await leftOver(lab, 'server-lost', true);
    const strangers = await others.orphanServer({ name: 'server-strangers' });
    untouched = [live.pid, ...live.children, stranger.pid, ...stranger.children, sleeper, possible, strangers];
  });
  afterAll(async () => {
    cli?.close();
    await lab?.close();
    await others?.close();
  });

  describe('clean orphans', () => {
    it('leaves alone what has only just started', async () => {
      const fresh = forNow(await leftOver(lab, 'server-fresh', true));
      const check = witness([fresh, ...untouched]);
      const seen = await cli.run(['clean', 'orphans', '--yes', '--json']);
      expect([seen.code, seen.err]).toEqual([0, '']);
      const { preview, results, dryRun } = ended(seen);
      expect({ results, dryRun, accepted: acceptedOf(seen) }).toEqual({ results: [], dryRun: false, accepted: [] });
      expect(preview.excluded.find(({ pid }) => pid === fresh)?.refusal).toMatchObject({ reason: 'protected', id: 'tooYoung' });
      check();
    });

    it('--dry-run shows what would end, and ends nothing', async () => {
      const check = witness([orphan, ...untouched]);
      const seen = await cli.run(['clean', 'orphans', '--min-age', '0', '--dry-run', '--json']);
      expect([seen.code, seen.err]).toEqual([0, '']);
      const { preview, results, dryRun } = ended(seen);
      expect({ results, dryRun, accepted: acceptedOf(seen) }).toEqual({ results: [], dryRun: true, accepted: [orphan] });
      expect(preview.targets.map(({ pid, leftOver: verdict, ticked }) => [pid, verdict, ticked]).sort()).toEqual(
        [
          [orphan, 'yes', true],
          [possible, 'unknown', false],
        ].sort(),
      );
      const words = await cli.run(['clean', 'orphans', '--min-age', '0', '--dry-run']);
      expect(words.code).toBe(0);
      expect(words.out).toMatch(new RegExp(`^1 process will be ended:\\n {2}✓ ${orphan} server-lost .*, left over\\n`));
      expect(words.out).toMatch(new RegExp(`^Left out:\\n {2}– ${possible} server-perhaps .*, perhaps left over$`, 'm'));
      expect(words.out).toMatch(/Dry run: nothing was signalled\.\n$/);
      expect(words.out + words.err).not.toContain('⟦');
      check();
    });

    it('without a yes, where nobody can be asked: 3', async () => {
      const check = witness([orphan, ...untouched]);
      const seen = await cli.run(['clean', 'orphans', '--min-age', '0', '--json']);
      expect([seen.code, errorOf(seen).error.id]).toEqual([3, 'needsYes']);
      check();
    });

    it('--yes ends what is left over beyond doubt, and nothing else', async () => {
      const check = witness(untouched);
      const seen = await cli.run(['clean', 'orphans', '--min-age', '0', '--yes', '--json']);
      expect([seen.code, seen.err]).toEqual([0, '']);
      expect(ended(seen).results.map(({ pid, outcome, signal }) => [pid, outcome, signal])).toEqual([[orphan, 'done', 'SIGTERM']]);
      gone(orphan);
      check();
      expect(log(cli)).toMatch(new RegExp(`- SUCCESS - CLEAN_ORPHANS: .*Mortos: \\[${orphan}\\]`));
    });

    it('where nothing is to be done: a sentence, and 0', async () => {
      const check = witness(untouched);
      const seen = await cli.run(['clean', 'orphans', '--min-age', '0', '--yes']);
      expect([seen.code, seen.err]).toEqual([0, '']);
      expect(seen.out).toMatch(/\nNone of these is ended by a clean-up\. Nothing was signalled\.\n$/);
      check();
    });
  });

  it('clean old takes nothing that is young', async () => {
    const { pid } = await lab.session({ project: 'young', uid: UID, idleMs: 86_400_000 });
    const check = witness([forNow(pid), ...untouched]);
    const seen = await cli.run(['clean', 'old', '--hours', '0.1', '--min-age', '0', '--yes', '--json']);
    expect([seen.code, acceptedOf(seen), ended(seen).preview.scope]).toEqual([0, [], 'old']);
    check();
  });

  describe('end --user', () => {
    it.each([
      ['no word', [], 'needsConfirm'],
      ['--yes instead', ['--yes'], 'needsConfirm'],
      ['another word', ['--confirm', 'root'], null],
      ['the word and more', ['--yes', '--confirm', `${USER} `], null],
    ])('with %s is refused', async (_, more, id) => {
      const { pid } = await lab.session({ project: 'kept', uid: UID });
      const check = witness([forNow(pid), ...untouched]);
      const seen = await cli.run(['end', '--user', USER, ...more, '--json']);
      expect(seen.code).toBe(3);
      const { error, preview } = errorOf(seen);
      expect(preview?.confirm).toBe(USER);
      expect(error.message).not.toContain('⟦');
      if (id !== null) expect(error).toMatchObject({ reason: 'cancelled', id });
      check();
    });

    it('with the user’s name ends the sessions that rest, with what they own', async () => {
      const one = await lab.session({ project: 'one', uid: UID, servers: [{ name: 'server-one' }] });
      const two = await lab.session({ project: 'two', uid: UID });
      for (const pid of [one.pid, ...one.children, two.pid]) forNow(pid);
      const check = witness(untouched);
      const seen = await cli.run(['end', '--user', USER, '--confirm', USER, '--json']);
      expect([seen.code, seen.err]).toEqual([0, '']);
      expect(acceptedOf(seen)).toEqual([one.pid, ...one.children, two.pid].sort(byPid));
      gone(one.pid, ...one.children, two.pid);
      check();
      expect(log(cli)).toMatch(new RegExp(`- SUCCESS - KILL_USER_PROCESSES: User: ${USER} - Mortos: \\[`));
    });

    it('of a user who has nothing: a sentence, and 0', async () => {
      const check = witness(untouched);
      expect(await cli.run(['end', '--user', 'nobody-at-all', '--confirm', 'nobody-at-all'])).toEqual({
        code: 0,
        out: 'This user has no Claude sessions that you can see. There is nothing to end.\n',
        err: '',
      });
      check();
    });
  });

  describe('end --all', () => {
    it('is refused without ALL', async () => {
      const { pid } = await lab.session({ project: 'all-kept', uid: UID });
      const check = witness([forNow(pid), ...untouched]);
      for (const more of [[], ['--yes', '--force'], ['--confirm', 'all'], ['--confirm', USER]]) {
        const seen = await cli.run(['end', '--all', ...more, '--json']);
        expect([more, seen.code, errorOf(seen).preview?.confirm]).toEqual([more, 3, 'ALL']);
      }
      check();
    });

    it('asks on a terminal to type it', async () => {
      const session = await lab.session({ project: 'all-typed', uid: UID });
      const check = witness(untouched);
      const stays = witness([forNow(session.pid)]);
      const after = 'type ALL:';
      for (const text of ['y\r', 'all\r', '\r', '\x03']) {
        const seen = await cli.terminal(['end', '--all', '--yes'], { after, text });
        expect([text, seen.code]).toEqual([text, 3]);
        stays();
      }
      const seen = await cli.terminal(['end', '--all'], { after, text: 'ALL\r' });
      expect(seen.code).toBe(0);
      gone(session.pid);
      check();
    });
  });
});

describe('what is for some, by pid', () => {
  let lab: Lab;
  let cli: Cli;
  beforeAll(() => {
    lab = createLab();
    cli = createCli({ claudeConfigDir: join(lab.home, '.claude') });
  });
  afterAll(async () => {
    cli?.close();
    await lab?.close();
  });

  it('ends several at once, and says which one it does not', async () => {
    const [one, two, three] = [
      await lab.session({ project: 'one', servers: [{ name: 'server-one' }] }),
      await lab.session({ project: 'two' }),
      await lab.session({ project: 'three' }),
    ];
    const sleeper = await lab.bystander();
    const check = witness([three.pid, sleeper]);
    const pids = [one.pid, two.pid, sleeper].map(String);
    const shown = await cli.run(['end', ...pids, '--dry-run', '--yes', '--json']);
    expect([shown.code, acceptedOf(shown)]).toEqual([0, [one.pid, ...one.children, two.pid].sort(byPid)]);
    witness([one.pid, two.pid])();

    const seen = await cli.run(['end', ...pids, '--yes', '--json']);
    expect([seen.code, seen.err]).toEqual([3, '']);
    expect(ended(seen).preview.excluded.map(({ pid, refusal }) => [pid, refusal.id])).toEqual([[sleeper, 'notClaude']]);
    gone(one.pid, ...one.children, two.pid);
    check();
    const rest = await cli.run(['end', String(three.pid), String(three.pid), '--yes', '--json']);
    expect([rest.code, acceptedOf(rest)]).toEqual([0, [three.pid]]);
  });

  it('pauses a session with what it owns, and continues it', async () => {
    const session = await lab.session({ project: 'paused', servers: [{ name: 'server-paused' }] });
    const other = await lab.session({ project: 'awake' });
    const sleeper = await lab.bystander();
    const family = [session.pid, ...session.children];
    const check = witness([...family, other.pid, sleeper]);
    const states = (pids: readonly number[]) => pids.map((pid) => procStat(pid)?.state);

    const words = await cli.run(['pause', String(session.pid), '--dry-run']);
    expect([words.code, states(family)]).toEqual([0, ['S', 'S']]);
    expect(words.out).toContain('That frees CPU, not memory');

    const paused = await cli.run(['pause', String(session.pid), '--yes', '--json']);
    expect([paused.code, paused.err, acceptedOf(paused)]).toEqual([0, '', [...family].sort(byPid)]);
    expect(ended(paused).results.map(({ outcome, signal }) => [outcome, signal])).toEqual([
      ['done', 'SIGSTOP'],
      ['done', 'SIGSTOP'],
    ]);
    expect([states(family), states([other.pid, sleeper])]).toEqual([
      ['T', 'T'],
      ['S', 'S'],
    ]);

    const refused = await cli.run(['continue', String(other.pid), '--yes', '--json']);
    expect([refused.code, errorOf(refused).error.id]).toEqual([3, 'notStopped']);
    const continued = await cli.run(['continue', String(session.pid), '--yes']);
    expect([continued.code, continued.err]).toEqual([0, '']);
    expect(continued.out).not.toContain('⟦');
    expect(states(family)).toEqual(['S', 'S']);
    check();
    expect(log(cli)).toMatch(new RegExp(`- SUCCESS - PAUSE: .*${session.pid} `));
    expect(log(cli)).toMatch(new RegExp(`- SUCCESS - CONTINUE: .*${session.pid} `));
  });

  it('sets the priority of a session with what it owns', async () => {
    const session = await lab.session({ project: 'nice', servers: [{ name: 'server-nice' }] });
    const other = await lab.session({ project: 'not-nice' });
    const family = [session.pid, ...session.children];
    const before = niceOf(other.pid);
    const check = witness([...family, other.pid]);
    const asked = await cli.terminal(['priority', String(session.pid), 'low'], { after: '[y/N]', text: 'n\r' });
    expect([asked.code, family.map(niceOf)]).toEqual([3, family.map(() => before)]);
    const seen = await cli.run(['priority', String(session.pid), 'low', '--yes', '--json']);
    expect([seen.code, seen.err, ended(seen).preview.priority]).toEqual([0, '', 'low']);
    expect([family.map(niceOf), niceOf(other.pid)]).toEqual([[10, 10], before]);
    check();
  });

  it.runIf(isRoot)('sets a priority higher, which takes an administrator', async () => {
    const session = await lab.session({ project: 'high' });
    const seen = await cli.run(['priority', String(session.pid), 'high', '--yes', '--json']);
    expect([seen.code, niceOf(session.pid)]).toEqual([0, -5]);
    const back = await cli.run(['priority', String(session.pid), 'normal', '--yes', '--json']);
    expect([back.code, niceOf(session.pid)]).toEqual([0, 0]);
  });

  it.each(['pause', 'continue', 'priority'])('%s refuses what is not Claude’s, itself and pid 1', async (verb) => {
    const sleeper = await lab.bystander();
    const check = witness([sleeper]);
    for (const pid of [String(sleeper), '1', '$$']) {
      const seen = await cli.shell(`exec $CLI ${verb} ${pid} ${verb === 'priority' ? 'low' : ''} --yes --json`);
      expect([pid, seen.code]).toEqual([pid, 3]);
      expect(errorOf(seen).error.message).not.toContain('⟦');
    }
    check();
    expect([procStat(sleeper)?.state, niceOf(sleeper)]).toEqual(['S', niceOf(process.pid)]);
  });

  it('stopped and logs tell what was ended', async () => {
    const session = await lab.session({ project: 'told', name: 'told' });
    expect((await cli.run(['end', String(session.pid), '--yes'])).code).toBe(0);
    const stopped = await cli.run(['stopped', '--json']);
    expect([stopped.code, stopped.err]).toEqual([0, '']);
    const first = stoppedShape.parse(JSON.parse(stopped.out)).stopped[0];
    expect(first).toMatchObject({ pid: session.pid, sessionId: session.sessionId, name: 'told', projectDir: session.projectDir });
    expect((await cli.run(['stopped'])).out).toContain('told');

    const logs = await cli.run(['logs', '--limit', '1', '--level', 'success', '--json']);
    expect([logs.code, logs.err]).toEqual([0, '']);
    const { lines } = logsShape.parse(JSON.parse(logs.out));
    expect(lines).toMatchObject([{ level: 'SUCCESS', action: 'KILL_PROCESS' }]);
    expect(lines[0]?.fields[0]).toEqual(['PID', String(session.pid)]);
    const text = await cli.run(['logs', '--limit', '1000']);
    expect(text.out).toBe(log(cli));
  });
});
