import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ElevateOutcome, ElevateTarget } from '../../../src/main/elevate.js';
import { createElevate } from '../../../src/main/elevate.js';
import { MOST_TARGETS } from '../../../src/main/most-targets.js';
import type { Identity } from '../../../src/main/platform/index.js';
import { handCommand, killCommand } from '../../../src/main/platform/kill-command.js';

const isRoot = process.getuid?.() === 0;
const target = (pid: number, other: Partial<Identity> = {}, below: number | null = null): ElevateTarget => ({
  identity: { key: { pid, startedAt: `${pid}00` }, uid: 1000, exeId: null, state: 'S', ...other },
  below,
});
const many = (count: number): readonly ElevateTarget[] => Array.from({ length: count }, (_, at) => target(4_000_000 + at));
const no = (reason: string, command: string | null = null) => ({ ok: false, reason, command });
const yes = (...results: readonly (readonly [number, string])[]) => ({ ok: true, results: new Map(results) });

/** FNV-1a of "sleep\0sleep\n" (command line and short name) and of nothing, worked out apart from the code. */
const HASHES = { sleep: 1_721_434_675, '': 2_166_136_261 };

// pkexec and helper must be root's own to be run at all; the real ones are in the end-to-end tests.
describe.skipIf(!isRoot)('elevating on Linux (needs files of root)', () => {
  let folder = '';
  const at = (name: string): string => join(folder, name);
  const write = (name: string, text: string, mode = 0o755): void => {
    writeFileSync(at(name), text);
    chmodSync(at(name), mode);
  };
  /** A pkexec that notes what it was given and then says what the test wants. */
  const pkexec = (script: string): void =>
    write('pkexec', `#!/bin/sh\nprintf '%s\\n' "$@" > ${at('args')}; /usr/bin/env > ${at('env')}; pwd > ${at('cwd')}\n${script}\n`);
  const make = (promptMs?: number) =>
    createElevate({
      os: 'linux',
      helperPath: at('helper'),
      policyPath: at('policy'),
      pkexecPath: at('pkexec'),
      procRoot: at('proc'),
      ...(promptMs === undefined ? {} : { promptMs }),
    });
  const read = (name: string): readonly string[] => readFileSync(at(name), 'utf8').trimEnd().split('\n');

  beforeEach(() => {
    folder = mkdtempSync('/var/lib/elevate-test-');
    chmodSync(folder, 0o755);
    write('helper', '#!/bin/sh\n');
    write('policy', '', 0o644);
    pkexec('exit 0');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('runs the helper with names that only the very processes answer to, and nothing of our environment', async () => {
    pkexec("printf '20 asked\\n30 changed\\n20 ended\\n40 left\\n'; exit 3");
    mkdirSync(at('proc/20'), { recursive: true });
    writeFileSync(at('proc/20/cmdline'), 'sleep\0');
    writeFileSync(at('proc/20/comm'), 'sleep\n');
    const targets = [target(20, { exeId: '65024:123' }), target(30), target(40, {}, 20)];
    expect(await make()(targets, 'ask')).toEqual(yes([20, 'ended'], [30, 'changed'], [40, 'left']));
    expect(read('args')).toEqual([
      '--disable-internal-agent',
      at('helper'),
      'ask',
      `20:2000:1000:65024:123:${HASHES.sleep}:0`,
      `30:3000:1000:0:0:${HASHES['']}:0`,
      `40:4000:1000:0:0:${HASHES['']}:20`,
    ]);
    expect(
      read('env')
        .filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line))
        .sort(),
    ).toEqual(['LC_ALL=C', 'PATH=/usr/bin:/bin']);
    expect(read('cwd')).toEqual(['/']);
  });

  it.each<[string, string, (byHand: string) => unknown]>([
    ['was dismissed', 'echo "Error executing command as another user: Request dismissed" >&2; exit 126', () => no('dismissed')],
    ['did not authorise', 'echo "Error executing command as another user: Not authorized" >&2; exit 127', () => no('notAuthorised')],
    [
      'has no agent',
      'echo "Error executing command as another user: No authentication agent found." >&2; exit 127',
      (c) => no('noAgent', c),
    ],
    ['has no bus', 'echo "Error getting authority: Error initializing authority" >&2; exit 127', (c) => no('noAgent', c)],
    ['cannot run the helper', 'echo "Error executing helper: Exec format error" >&2; exit 127', () => no('failed')],
    ['ran a helper that could not work', 'exit 4', () => no('failed')],
    ['ran a helper that died', 'kill -9 $$', () => no('failed')],
    ['ran a helper that said nothing', 'exit 0', () => no('failed')],
    ['ran a helper that refused', "printf '20 refused\\n'; exit 3", () => yes([20, 'denied'])],
    ['ran a helper that was cut off before it came to it', "printf '21 asked\\n'; kill -9 $$", () => yes([20, 'denied'])],
    ['ran a helper that was cut off while it waited', "printf '20 asked\\n'; kill -9 $$", () => yes([20, 'asked'])],
    ['babbles', "printf '20 owned\\n20 ended;\\n 20 ended\\n20 signalled\\n'; exit 0", () => no('failed')],
    ['floods', "head -c 3000000 /dev/zero | tr '\\0' x; exit 0", () => no('failed')],
  ])('says so when pkexec %s', async (_what, script, outcome) => {
    pkexec(script);
    expect(await make()([target(20)], 'force')).toEqual(outcome(`sudo ${at('helper')} force 20:2000:1000:0:0:${HASHES['']}:0`));
  });

  it('gives up when nobody answers', async () => {
    pkexec('exec sleep 300');
    expect(await make(100)([target(20)], 'ask')).toEqual(no('dismissed'));
  });

  it.each(['helper', 'policy'])('runs and recommends nothing of ours when the %s is missing or may be written by others', async (name) => {
    for (const spoil of [() => chmodSync(at(name), 0o775), () => rmSync(at(name))]) {
      spoil();
      expect(await make()([target(20), target(30)], 'ask')).toEqual(
        no('notInstalled', handCommand([target(20).identity.key, target(30).identity.key], 'ask')),
      );
    }
    expect(existsSync(at('args'))).toBe(false);
  });

  it('gives the command where there is no pkexec, or not only root may write it', async () => {
    for (const spoil of [() => chmodSync(at('pkexec'), 0o777), () => rmSync(at('pkexec'))]) {
      spoil();
      expect(await make()([target(20)], 'ask')).toEqual(no('noAgent', `sudo ${at('helper')} ask 20:2000:1000:0:0:${HASHES['']}:0`));
    }
    expect(existsSync(at('args'))).toBe(false);
  });

  it.each<[string, readonly ElevateTarget[]]>([
    ['nobody', []],
    ['too many', many(MOST_TARGETS + 1)],
    ['one twice', [target(20), target(20)]],
    ['init', [target(1)]],
    ['a group', [target(-20)]],
    ['a fraction', [target(20.5)]],
    ['whose user is unknown', [target(20, { uid: null })]],
    ['whose stamp is hidden', [target(20, { key: { pid: 20, startedAt: '' } })]],
    ['a stamp with a shell in it', [target(20, { key: { pid: 20, startedAt: '1;reboot' } })]],
    ['an executable with a shell in it', [target(20, { exeId: '1:2 $(id)' })]],
    ['an executable without a number', [target(20, { exeId: '1:0' })]],
    ['what belongs to nobody of the list', [target(20), target(30, {}, 40)]],
    ['what belongs to itself', [target(20, {}, 20)]],
    ['what belongs to what belongs to another', [target(20), target(30, {}, 20), target(40, {}, 30)]],
    ['one of these among others', [target(30), target(20, { uid: null })]],
  ])('asks nobody for %s', async (_what, targets) => {
    expect(await make()(targets, 'ask')).toEqual(no('failed'));
    expect(existsSync(at('args'))).toBe(false);
  });

  it('takes as many as the helper does', async () => {
    const targets = many(MOST_TARGETS);
    pkexec('shift 3; for one in "$@"; do echo "$one" | sed "s/:.*/ gone/"; done');
    expect(await make()(targets, 'ask')).toEqual(yes(...targets.map(({ identity }) => [identity.key.pid, 'gone'] as const)));
  });
});

describe('elevating without the helper', () => {
  it('is not tried where anybody could have put it there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'elevate-'));
    for (const name of ['helper', 'policy', 'pkexec'])
      writeFileSync(join(folder, name), `#!/bin/sh\ntouch ${folder}/ran\n`, { mode: 0o755 });
    const paths = { helperPath: join(folder, 'helper'), policyPath: join(folder, 'policy'), pkexecPath: join(folder, 'pkexec') };
    expect(await createElevate({ os: 'linux', ...paths })([target(20)], 'force')).toEqual(
      no('notInstalled', handCommand([target(20).identity.key], 'force')),
    );
    expect(existsSync(join(folder, 'ran'))).toBe(false);
    rmSync(folder, { recursive: true });
  });

  it.each(['darwin', 'win32'] as const)('on %s is one prompt for numbers alone', async (os) => {
    const commands: string[] = [];
    const answers = ['done', 'dismissed', 'failed'] as const;
    const outcomes: ElevateOutcome[] = [];
    for (const answer of answers) {
      const elevate = createElevate({
        os,
        runAsAdministrator: async (command) => {
          commands.push(command);
          return answer;
        },
      });
      outcomes.push(await elevate([target(20), target(30, { key: { pid: 30, startedAt: '"; rm -rf /' } })], 'force'));
      await elevate([target(1)], 'ask');
    }
    expect(outcomes).toEqual([yes([20, 'signalled'], [30, 'signalled']), no('dismissed'), no('failed')]);
    expect(commands).toEqual(Array(3).fill(killCommand(os, [20, 30], 'force')));
  });
});
