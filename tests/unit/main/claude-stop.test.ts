import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ClaudeStopParts } from '../../../src/main/claude-stop.js';
import { createClaudeStop, stopEnvironment } from '../../../src/main/claude-stop.js';
import type { Identity } from '../../../src/main/platform/index.js';
import { createPlayground, fastClock, lives, platform } from '../../fakes/real-processes.js';
import { isRoot, makeFifo, OTHER_UID, selfUid } from './real-files.js';

/** The engine of these tests is a shell: `engine stop ID` runs the script "stop" in its working directory, the home. */
const JOB = '444e602a';
const place = createPlayground();
const never = join(place.home, 'never');
makeFifo(never);
chmodSync(never, 0o666);
afterEach(() => place.clear());
afterAll(() => place.close());

let configDir = '';
beforeEach(() => {
  configDir = join(place.home, '.claude');
  mkdirSync(configDir, { recursive: true });
  chmodSync(place.home, 0o755);
  chmodSync(place.shell, 0o755);
});

const setStop = (script: string): void => writeFileSync(join(place.home, 'stop'), script);
/** What a real one does: ends the worker, and says what it ran with. */
const ends = (pid: number): string => `echo "$PWD $*" > said\n/usr/bin/env > environment\nkill -KILL ${pid}\n`;
const said = (): string => readFileSync(join(place.home, 'said'), 'utf8').trim();

const aSession = async (program = place.shell, options: { readonly uid?: number } = {}): Promise<Identity> => {
  const tree = place.start(`exec -a claude "${program}" -c 'read -r _ <> "${never}"' & echo session $!`, options);
  return tree.find('session', program.split('/').at(-1));
};
const stopper = (over: Partial<ClaudeStopParts> & { readonly home?: string | null } = {}) => {
  const { home = place.home, ...rest } = over;
  return createClaudeStop({
    platform: { ...platform, homeOf: () => home },
    clock: fastClock,
    selfUid,
    env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', CLAUDE_CODE_SESSION_ID: 'x', CLAUDECODE: '1', LD_PRELOAD: '/no', NODE_OPTIONS: '--no' },
    ...rest,
  });
};
const refused = (id: string, reason = 'protected', jobId = JOB) => ({
  ...{ outcome: 'skipped', reason, id, values: { jobId }, signal: null, gone: false },
});
const stopped = { outcome: 'done', reason: null, id: 'stopped', signal: null, gone: true };

describe('a background session of our own', () => {
  test('is stopped by its own executable, in the home, with an environment that carries no marks', async () => {
    const identity = await aSession();
    setStop(ends(identity.key.pid));
    expect(await stopper()({ identity, jobId: JOB, configDir })).toEqual(stopped);
    expect([lives(identity), said()]).toEqual([false, `${place.home} ${JOB}`]);
    const names = readFileSync(join(place.home, 'environment'), 'utf8')
      .split('\n')
      .map((line) => line.split('=')[0]);
    // The shell sets PWD, SHLVL and _ by itself.
    expect(names.filter((name) => !['PWD', 'SHLVL', '_', 'OLDPWD', ''].includes(name ?? '')).sort()).toEqual([
      ...['CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC', 'DISABLE_AUTOUPDATER', 'HOME', 'LANG', 'PATH'],
    ]);
  });

  test('that the engine cannot stop is still there, and said to be', async () => {
    const identity = await aSession();
    setStop('exit 1\n');
    expect(await stopper()({ identity, jobId: JOB, configDir })).toEqual({ ...refused('stopFailed', 'invalid'), outcome: 'failed' });
    setStop('exit 0\n');
    expect(await stopper()({ identity, jobId: JOB, configDir })).toEqual({ ...refused('stopStayed', 'timeout'), outcome: 'failed' });
    expect(lives(identity)).toBe(true);
  });

  test('waits for no engine that hangs, and leaves no such engine behind', async () => {
    const identity = await aSession();
    setStop('echo $$ > said\nexec sleep 300\n');
    const parts = { limitMs: 500 };
    expect(await stopper(parts)({ identity, jobId: JOB, configDir })).toEqual({ ...refused('stopTimeout', 'timeout'), outcome: 'failed' });
    await sleep(50);
    expect([lives(identity), existsSync(`/proc/${said()}`)]).toEqual([true, false]);
  });
});

describe('nothing is run', () => {
  const expectUntouched = async (
    identity: Identity,
    wanted: unknown,
    over: Parameters<typeof stopper>[0] = {},
    jobId = JOB,
    dir = configDir,
  ) => {
    setStop('echo run > said-it\nexit 0\n');
    const result = await stopper(over)({ identity, jobId, configDir: dir });
    expect([result, lives(identity), existsSync(join(place.home, 'said-it'))]).toEqual([wanted, true, false]);
  };

  test.each(['', '444e602', '444E602A', '444e602a\n', '444e602a --force', '--help00', '../../etc'])('for the id %j', async (jobId) => {
    await expectUntouched(await aSession(), refused('stopUnknownJob', 'protected', ''), {}, jobId);
  });

  test('for another user, though the pid is right', async () => {
    await expectUntouched(await aSession(), refused('stopOtherUser', 'denied'), { selfUid: selfUid + 1 });
  });

  test('for a pid that is somebody else by now, or runs something else', async () => {
    const identity = await aSession();
    const changed = { outcome: 'skipped', reason: 'changed', id: 'changed', signal: null, gone: false };
    setStop('echo run > said-it\n');
    const stop = stopper();
    expect([
      await stop({ identity: { ...identity, exeId: '1:2' }, jobId: JOB, configDir }),
      await stop({ identity: { ...identity, uid: 4711 }, jobId: JOB, configDir }),
      await stop({ identity: { ...identity, key: { ...identity.key, startedAt: '7' } }, jobId: JOB, configDir }),
    ]).toEqual([changed, changed, { outcome: 'skipped', reason: 'gone', id: 'gone', signal: null, gone: true }]);
    expect([lives(identity), existsSync(join(place.home, 'said-it'))]).toEqual([true, false]);
  });

  test('when the executable was replaced', async () => {
    const identity = await aSession();
    const other = `${place.shell}.new`;
    copyFileSync('/bin/bash', other);
    renameSync(other, place.shell);
    await expectUntouched(identity, refused('stopReplaced'));
  });

  test('when the path holds another file than the one that runs', async () => {
    const identity = await aSession();
    await expectUntouched(identity, refused('stopReplaced'), {
      platform: { ...platform, homeOf: () => place.home, exePath: () => place.engine },
    });
  });

  test('where no engine installs itself, nor without a path or a home', async () => {
    const elsewhere = join(place.home, 'claude');
    copyFileSync('/bin/bash', elsewhere);
    await expectUntouched(await aSession(elsewhere), refused('stopNotEngine'));
    const identity = await aSession();
    await expectUntouched(identity, refused('stopNoExecutable'), {
      platform: { ...platform, homeOf: () => place.home, exePath: () => null },
    });
    await expectUntouched(identity, refused('stopNoHome'), { home: null });
    await expectUntouched(identity, refused('stopNoHome'), { home: 'home/dana' });
  });

  test('when others may write the executable, a folder above it or the configuration', async () => {
    const identity = await aSession();
    for (const [path, mode] of [
      [place.shell, 0o777],
      [dirname(place.shell), 0o777],
      [join(place.home, '.local'), 0o757],
      [configDir, 0o777],
    ] as const) {
      chmodSync(path, mode);
      await expectUntouched(identity, refused('stopNotTrusted'));
      chmodSync(path, 0o755);
    }
    await expectUntouched(identity, refused('stopNotTrusted'), {}, JOB, join(place.home, 'no-such-folder'));
    await expectUntouched(identity, refused('stopNotTrusted'), {}, JOB, 'relative');
  });

  test.skipIf(!isRoot)('when somebody else owns any of them (only root gives files away)', async () => {
    const identity = await aSession();
    for (const path of [place.shell, join(place.home, '.local'), configDir]) {
      chownSync(path, OTHER_UID, OTHER_UID);
      await expectUntouched(identity, refused('stopNotTrusted'));
      chownSync(path, 0, 0);
    }
  });

  test.skipIf(!isRoot)("by root for another user's session (only root can be both)", async () => {
    const identity = await aSession(place.shell, { uid: OTHER_UID });
    await expectUntouched(identity, refused('stopOtherUser', 'denied'));
  });
});

describe('the environment', () => {
  const fixed = { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1', HOME: '/home/dana' };

  test('names the configuration folder only where it is not the usual one', () => {
    const env = { PATH: '/bin', CLAUDE_CONFIG_DIR: '/ours', CLAUDE_PID: '1', AI_AGENT: 'x', ELECTRON_RUN_AS_NODE: '1' };
    expect(stopEnvironment(env, '/home/dana', '/home/dana/.claude')).toEqual({ PATH: '/bin', ...fixed });
    expect(stopEnvironment({}, '/home/dana', '/home/dana/work-profile')).toEqual({
      PATH: '/usr/local/bin:/usr/bin:/bin',
      ...fixed,
      CLAUDE_CONFIG_DIR: '/home/dana/work-profile',
    });
  });
});
