import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Identity } from '../../../src/main/platform/index.js';
import { lives, platform, statOf, until } from '../../fakes/real-processes.js';

const helper = fileURLToPath(new URL('../../../resources/helper/claude-manager-helper', import.meta.url));
const isRoot = process.getuid?.() === 0;
/** Nobody's account, and an ordinary user's to the helper. */
const USER = 61_234;
const FREE_PID = 4_194_303;

const identityOf = (pid: number): Identity => {
  const identity = platform.identify(pid);
  if (identity === null) throw new Error(`nobody is ${pid}`);
  return identity;
};

const argvHash = (pid: number): number =>
  Buffer.concat([readFileSync(`/proc/${pid}/cmdline`).subarray(0, 4_096), readFileSync(`/proc/${pid}/comm`)]).reduce(
    (hash, byte) => Math.imul(hash ^ byte, 16_777_619) >>> 0,
    2_166_136_261,
  );

interface Fields {
  pid: number | string;
  started: string;
  uid: number | string;
  exe: string;
  argv: number | string;
  below: number | string;
}

/** A target as the helper takes it, with what the test changes about it. */
const named = (pid: number, other: Partial<Fields> = {}): string => {
  const { key, uid, exeId } = identityOf(pid);
  const fields: Fields = { pid, started: key.startedAt, uid: uid ?? '', exe: exeId ?? '0:0', argv: argvHash(pid), below: 0, ...other };
  return [fields.pid, fields.started, fields.uid, fields.exe, fields.argv, fields.below].join(':');
};

const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  const { status, stdout, stderr } = spawnSync(helper, args, { encoding: 'utf8', env });
  return { code: status, lines: stdout.split('\n').filter((line) => line !== ''), stderr };
};
const said = (code: number, ...lines: string[]) => ({ code, lines, stderr: '' });
/** What is said of a process that was asked, and what came of it. */
const asked = (pid: number, word: string): string[] => [`${pid} asked`, `${pid} ${word}`];
/** The last word on each, in the order in which they were said. */
const last = ({ code, lines }: ReturnType<typeof run>) => ({ code, said: Object.fromEntries(lines.map((line) => line.split(' '))) });
const USAGE_LINES: Readonly<Record<string, string>> = {
  intent: 'claude-manager-helper: usage: ask|force PID:STARTSTAMP:UID:DEV:INO:ARGV:BELOW …\n',
  count: 'claude-manager-helper: one to 64 targets\n',
  malformed: 'claude-manager-helper: malformed target\n',
  twice: 'claude-manager-helper: a target is named twice\n',
  below: 'claude-manager-helper: a target below none of the list\n',
};
const misused = (why: string) => ({ code: 2, lines: [], stderr: USAGE_LINES[why] });

// The helper signals for root alone, and only root can start processes of others.
describe.skipIf(!isRoot)('the helper (works for root alone)', () => {
  let folder = '';
  let children: ChildProcess[] = [];
  let bystanders: readonly Identity[] = [];

  const start = (command: string, args: readonly string[], uid: number = USER): Identity => {
    const child = spawn(command, args, { uid, gid: uid, stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    return identityOf(child.pid ?? 0);
  };
  const sleeper = (uid?: number): Identity => start('/usr/bin/sleep', ['300'], uid);
  /** How a child of ours ended: by which signal, or with which code. */
  const endOf = async ({ key: { pid } }: Identity) => {
    const child = children.find((one) => one.pid === pid);
    await until(() => child?.signalCode !== null || child.exitCode !== null);
    return child?.signalCode ?? child?.exitCode;
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'helper-'));
    chmodSync(folder, 0o755);
  });
  beforeEach(() => {
    children = [];
    bystanders = [sleeper(), sleeper(0), identityOf(process.pid), identityOf(process.ppid)];
  });
  afterEach(() => {
    const alive = bystanders.map(lives);
    for (const child of children) child.kill('SIGKILL');
    expect(alive).toEqual(bystanders.map(() => true));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** One that hears no request; resolves once it is deaf. */
  const deafOne = async (): Promise<Identity> => {
    const deaf = start('/bin/bash', ['-c', 'trap "" TERM; echo ready; while :; do sleep 0.05; done']);
    const child = children.at(-1);
    await new Promise((resolve) => child?.stdout?.once('data', resolve));
    return deaf;
  };

  it('asks, and kills only when told to, and only who stayed', async () => {
    const [one, two, deaf] = [sleeper(), sleeper(), await deafOne()];
    expect(last(run(['ask', named(one.key.pid), named(deaf.key.pid)]))).toEqual({
      code: 3,
      said: { [one.key.pid]: 'ended', [deaf.key.pid]: 'stayed' },
    });
    expect([await endOf(one), lives(deaf)]).toEqual(['SIGTERM', true]);
    const forced = run(['force', named(two.key.pid), named(deaf.key.pid)]);
    expect(last(forced)).toEqual({ code: 0, said: { [two.key.pid]: 'ended', [deaf.key.pid]: 'killed' } });
    expect(forced.lines.slice(0, 2)).toEqual([`${two.key.pid} asked`, `${deaf.key.pid} asked`]);
    expect([await endOf(two), await endOf(deaf)]).toEqual(['SIGTERM', 'SIGKILL']);
  });

  it('wakes a stopped process, which would not see the request', async () => {
    const stopped = sleeper();
    children.at(-1)?.kill('SIGSTOP');
    await until(() => statOf(stopped.key.pid)?.state === 'T');
    expect(run(['ask', named(stopped.key.pid)])).toEqual(said(0, ...asked(stopped.key.pid, 'ended')));
    expect(await endOf(stopped)).toBe('SIGTERM');
  });

  it('ends what belongs to another after that one', async () => {
    // Says when it is asked, and takes its time.
    const session = start('/bin/bash', ['-c', 'trap "echo asked; sleep 0.3; exit 0" TERM; echo ready; while :; do sleep 0.05; done']);
    const child = children.at(-1);
    await new Promise((resolve) => child?.stdout?.once('data', resolve));
    const server = sleeper();
    const { code, lines } = run(['ask', named(server.key.pid, { below: session.key.pid }), named(session.key.pid)]);
    expect({ code, lines }).toEqual({ code: 0, lines: [...asked(session.key.pid, 'ended'), ...asked(server.key.pid, 'ended')] });
    expect([await endOf(session), await endOf(server)]).toEqual([0, 'SIGTERM']);
  });

  it('asks nothing of what leaves by itself once its session is gone', async () => {
    const session = start('/bin/bash', ['-c', 'sleep 300 & echo $!; trap "kill -9 $!; exit 0" TERM; wait']);
    const child = children.at(-1);
    const below = await new Promise<number>((resolve) => child?.stdout?.once('data', (chunk) => resolve(Number(chunk))));
    // Its number is told before it has become what it will be.
    await until(() => readFileSync(`/proc/${below}/cmdline`, 'utf8').startsWith('sleep'));
    const { code, lines } = run(['force', named(session.key.pid), named(below, { below: session.key.pid })]);
    expect({ code, lines }).toEqual({ code: 0, lines: [...asked(session.key.pid, 'ended'), `${below} left`] });
  });

  it('asks nothing of what belongs to one that stays, is another by now, or is not to be ended', async () => {
    const deaf = await deafOne();
    const [changed, of1, of2, of3] = [sleeper(), sleeper(), sleeper(), sleeper()];
    const outcome = run([
      'ask',
      ...[named(deaf.key.pid), named(of1.key.pid, { below: deaf.key.pid })],
      ...[named(changed.key.pid, { argv: 1 }), named(of2.key.pid, { below: changed.key.pid })],
      ...[named(process.pid), named(of3.key.pid, { below: process.pid })],
    ]);
    expect(last(outcome)).toEqual({
      code: 3,
      said: {
        ...{ [deaf.key.pid]: 'stayed', [changed.key.pid]: 'changed', [process.pid]: 'refused' },
        ...{ [of1.key.pid]: 'kept', [of2.key.pid]: 'kept', [of3.key.pid]: 'kept' },
      },
    });
    expect([deaf, changed, of1, of2, of3].map(lives)).toEqual([true, true, true, true, true]);
  });

  it('kills nobody who became another program after being asked, unseen as it was before', async () => {
    const target = start('/bin/bash', ['-c', 'trap "exec -a bash sleep 300" TERM; echo ready; while :; do sleep 0.05; done']);
    const child = children.at(-1);
    await new Promise((resolve) => child?.stdout?.once('data', resolve));
    expect(last(run(['force', named(target.key.pid, { exe: '0:0' })]))).toEqual({ code: 3, said: { [target.key.pid]: 'became' } });
    expect(lives(target)).toBe(true);
  });

  it('signals nobody who got the pid of another while it was at work, nor stumbles over it', async () => {
    const [session, other] = [sleeper(), sleeper()];
    expect(last(run(['ask', named(session.key.pid), named(other.key.pid, { started: '1', below: session.key.pid })]))).toEqual({
      code: 3,
      said: { [session.key.pid]: 'ended', [other.key.pid]: 'changed' },
    });
    expect(lives(other)).toBe(true);
  });

  it('takes the executable on trust where the caller could not see it', async () => {
    const target = sleeper();
    expect(run(['ask', named(target.key.pid, { exe: '0:0' })])).toEqual(said(0, ...asked(target.key.pid, 'ended')));
    expect(await endOf(target)).toBe('SIGTERM');
  });

  it('leaves alone who took on the same command line as another program', async () => {
    const target = start('/bin/bash', ['-c', 'read -r _; exec -a "$0" sleep 300', '/bin/bash']);
    const unseen = named(target.key.pid, { exe: '0:0', argv: argvHash(target.key.pid) });
    children.at(-1)?.stdin?.end('\n');
    await until(() => identityOf(target.key.pid).exeId !== target.exeId);
    expect(run(['ask', unseen])).toEqual(said(3, `${target.key.pid} changed`));
    expect(lives(target)).toBe(true);
  });

  it.each<[string, Partial<Fields>]>([
    ['start stamp', { started: '1' }],
    ['user', { uid: USER + 1 }],
    ['device of the executable', { exe: `1:${identityOf(process.pid).exeId?.split(':')[1]}` }],
    ['inode of the executable', { exe: `${identityOf(process.pid).exeId?.split(':')[0]}:1` }],
    ['command line', { argv: 1 }],
  ])('leaves alone whose %s is another', (_what, other) => {
    const target = sleeper();
    expect(run(['force', named(target.key.pid, other)])).toEqual(said(3, `${target.key.pid} changed`));
    expect(lives(target)).toBe(true);
  });

  it('leaves alone who became another program, though pid, stamp and user stay', async () => {
    const target = start('/bin/bash', ['-c', 'read -r _; exec sleep 300']);
    const [known, unknown] = [named(target.key.pid), named(target.key.pid, { exe: '0:0' })];
    children.at(-1)?.stdin?.end('\n');
    await until(() => identityOf(target.key.pid).exeId !== target.exeId);
    expect(run(['ask', known])).toEqual(said(3, `${target.key.pid} changed`));
    expect(run(['ask', unknown])).toEqual(said(3, `${target.key.pid} changed`));
    expect(lives(target)).toBe(true);
  });

  it('says gone of nobody and of a zombie', async () => {
    const zombie = start('/bin/bash', ['-c', 'sleep 0 & echo $!; exec sleep 300']);
    const child = children.at(-1);
    const pid = await new Promise<number>((resolve) => child?.stdout?.once('data', (chunk) => resolve(Number(chunk))));
    await until(() => statOf(pid)?.state === 'Z');
    expect(run(['ask', named(pid), named(pid, { pid: FREE_PID })])).toEqual(said(0, `${pid} gone`, `${FREE_PID} gone`));
    expect(lives(zombie)).toBe(true);
  });

  it('does the rest of a list when one of it changed', async () => {
    const [a, b, c] = [sleeper(), sleeper(), sleeper()];
    const list = [named(a.key.pid), named(b.key.pid, { started: '7' }), named(c.key.pid)];
    expect(last(run(['ask', ...list]))).toEqual({ code: 3, said: { [a.key.pid]: 'ended', [b.key.pid]: 'changed', [c.key.pid]: 'ended' } });
    expect([await endOf(a), lives(b), await endOf(c)]).toEqual(['SIGTERM', true, 'SIGTERM']);
  });

  it('refuses init and everyone above it, for root too', () => {
    // Where nobody is between us and init, they are two.
    const pids = [...new Set([1, process.pid, process.ppid])];
    expect(run(['force', ...pids.map((pid) => named(pid))])).toEqual(said(3, ...pids.map((pid) => `${pid} refused`)));
  });

  it('refuses itself', () => {
    const { stdout, status } = spawnSync('/bin/sh', ['-c', 'exec "$0" force "$$:1:61234:0:0:1:0"', helper], { encoding: 'utf8' });
    expect({ status, stdout: stdout.replace(/^\d+/, 'PID') }).toEqual({ status: 3, stdout: 'PID refused\n' });
  });

  it('signals no process by the number of one of its threads', async () => {
    const target = start(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e6)']);
    const child = children.at(-1);
    await new Promise((resolve) => child?.stdout?.once('data', resolve));
    const { pid } = target.key;
    const thread = Number(readdirSync(`/proc/${pid}/task`).find((name) => name !== String(pid)));
    const { code, lines } = run(['force', named(thread)]);
    // What the kernel says of it has changed over time.
    expect([`3 ${thread} refused`, `0 ${thread} gone`]).toContain(`${code} ${lines.join()}`);
    expect(lives(target)).toBe(true);
  });

  it.each(['PKEXEC_UID', 'SUDO_UID'])("refuses the system's processes to whoever comes with %s", (name) => {
    const roots = sleeper(0);
    const service = sleeper(999);
    const half = start('/usr/bin/setpriv', [`--ruid=${USER}`, 'sleep', '300'], 0);
    return until(() => identityOf(half.key.pid).uid === USER).then(() => {
      const targets = [roots, service, half].map(({ key }) => named(key.pid));
      const refused = said(3, ...[roots, service, half].map(({ key }) => `${key.pid} refused`));
      for (const uid of ['1000', '0', '', 'x\n', '99999999999']) expect(run(['force', ...targets], { [name]: uid })).toEqual(refused);
      // A target that lies about its user is no way around it.
      expect(run(['force', named(roots.key.pid, { uid: USER })], { [name]: '1000' })).toEqual(said(3, `${roots.key.pid} changed`));
      expect([roots, service].map(lives)).toEqual([true, true]);
    });
  });

  it('lets root itself end them', async () => {
    const service = sleeper(999);
    expect(run(['ask', named(service.key.pid)])).toEqual(said(0, ...asked(service.key.pid, 'ended')));
    expect(await endOf(service)).toBe('SIGTERM');
  });

  it.each<[string, string, (target: string) => readonly string[]]>([
    ['nothing', 'intent', () => []],
    ['no targets', 'count', () => ['ask']],
    ['another intent', 'intent', (target) => ['kill', target]],
    ['an intent with a line break', 'intent', (target) => ['ask\n', target]],
    ['an option', 'intent', (target) => ['--force', target]],
    ['a signal number', 'intent', (target) => ['9', target]],
    ['a bare pid', 'malformed', (target) => ['ask', target.split(':')[0] ?? '']],
    ['a shell', 'malformed', (target) => ['ask', `${target};touch /tmp/pwned`]],
    ['a substitution', 'malformed', (target) => ['ask', `$(id)${target}`]],
    ['a pipe to open', 'malformed', (target) => ['ask', `|touch /tmp/pwned|`, target]],
    ['a line break', 'malformed', (target) => ['ask', `${target}\n`]],
    ['a NUL in words', 'malformed', (target) => ['ask', `${target}%00`]],
    ['a path', 'malformed', (target) => ['ask', `../${target}`]],
    ['a sign', 'malformed', (target) => ['ask', `-${target}`]],
    ['everyone', 'malformed', () => ['ask', '-1:1:1000:0:0:1:0']],
    ['its group', 'malformed', () => ['ask', '0:1:1000:0:0:1:0']],
    ['a leading zero', 'malformed', (target) => ['ask', `0${target}`]],
    ['an octal pid', 'malformed', (target) => ['ask', `0x${target}`]],
    ['digits of another script', 'malformed', () => ['ask', '١٢٣:1:1000:0:0:1:0']],
    ['a pid too large', 'malformed', () => ['ask', '4194305:1:1000:0:0:1:0']],
    ['a pid past 64 bits', 'malformed', () => ['ask', '18446744073709551617:1:1000:0:0:1:0']],
    ['too many digits', 'malformed', () => ['ask', `${'9'.repeat(5_000)}:1:1000:0:0:1:0`]],
    ['nobody as a user', 'malformed', () => ['ask', '5:1:4294967295:0:0:1:0']],
    ['a device without an inode', 'malformed', () => ['ask', '5:1:1000:7:0:1:0']],
    ['a missing field', 'malformed', (target) => ['ask', target.split(':').slice(0, 6).join(':')]],
    ['a field too many', 'malformed', (target) => ['ask', `${target}:1`]],
    ['one twice', 'twice', (target) => ['ask', target, target]],
    ['one pid with two stamps', 'twice', (target) => ['ask', target, target.replace(/:\d+/, ':1')]],
    ['one below nobody of the list', 'below', (target) => ['ask', target, `${FREE_PID}:1:1000:0:0:1:${FREE_PID - 1}`]],
    ['one below itself', 'below', (target) => ['ask', target, `${FREE_PID}:1:1000:0:0:1:${FREE_PID}`]],
    ['a good one before a bad one', 'malformed', (target) => ['ask', target, 'x']],
    ['more than 64', 'count', (target) => ['ask', target, ...Array.from({ length: 64 }, (_, at) => `${FREE_PID - at}:1:1000:0:0:1:0`)]],
  ])('takes nothing of a list with %s', (_what, why, args) => {
    const target = sleeper();
    expect(run(args(named(target.key.pid)))).toEqual(misused(why));
    expect([lives(target), existsSync('/tmp/pwned')]).toEqual([true, false]);
  });

  it('takes 64', () => {
    const pids = Array.from({ length: 64 }, (_, at) => FREE_PID - at);
    expect(run(['ask', ...pids.map((pid) => `${pid}:1:1000:0:0:1:0`)])).toEqual(said(0, ...pids.map((pid) => `${pid} gone`)));
  });

  it('loads, starts and believes nothing that the environment names', () => {
    const target = sleeper(0);
    const mark = join(folder, 'mark');
    for (const name of ['strict', 'Errno', 'Fcntl', 'POSIX', 'Socket', 'sitecustomize', 'Evil'])
      writeFileSync(join(folder, `${name}.pm`), `package ${name}; open my $f, '>', '${mark}'; 1;`);
    for (const name of ['logger', 'kill', 'perl', 'sh']) writeFileSync(join(folder, name), `#!/bin/sh\ntouch '${mark}'\n`, { mode: 0o755 });
    const env = {
      PERL5LIB: folder,
      PERLLIB: folder,
      PERL5OPT: `-I${folder} -MEvil`,
      PERL5DB: `BEGIN { open my $f, '>', '${mark}' }`,
      PATH: folder,
      IFS: '/',
      ENV: join(folder, 'sh'),
      BASH_ENV: join(folder, 'sh'),
      CDPATH: folder,
      LC_ALL: '../../etc',
      PKEXEC_UID: '1000',
    };
    const { status, stdout } = spawnSync(helper, ['force', named(target.key.pid)], { encoding: 'utf8', env, cwd: folder });
    expect({ status, stdout }).toEqual({ status: 3, stdout: `${target.key.pid} refused\n` });
    expect([existsSync(mark), lives(target)]).toEqual([false, true]);
  });

  it.each([
    ['is gone', 'exec 3> >(exit 0); wait $!; "$0" ask "$1" "$2" >&3'],
    ['is full', '"$0" ask "$1" "$2" >/dev/full'],
    ['was never there', '"$0" ask "$1" "$2" <&- >&- 2>&-'],
  ])('does all of its list when whom it tells %s', async (_what, script) => {
    const [a, b] = [sleeper(), sleeper()];
    const { status } = spawnSync('/bin/bash', ['-c', script, helper, named(a.key.pid), named(b.key.pid)]);
    expect([status, await endOf(a), await endOf(b)]).toEqual([0, 'SIGTERM', 'SIGTERM']);
  });

  it('works for nobody but root', () => {
    const target = sleeper();
    const copy = join(folder, 'helper');
    copyFileSync(helper, copy);
    chmodSync(copy, 0o755);
    const { status, stdout, stderr } = spawnSync(copy, ['ask', named(target.key.pid)], { encoding: 'utf8', uid: USER, gid: USER });
    expect({ status, stdout, stderr }).toEqual({ status: 4, stdout: '', stderr: 'claude-manager-helper: must be run by root\n' });
    expect(lives(target)).toBe(true);
  });

  // Where the system keeps a log of its own, that is not ours to replace.
  it.skipIf(existsSync('/dev/log'))('tells the system log of it (only where no log is there already)', async () => {
    const [a, b] = [sleeper(), sleeper(0)];
    const listener = [
      'use Socket; socket S, PF_UNIX, SOCK_DGRAM, 0 or die; bind S, pack_sockaddr_un("/dev/log") or die; $| = 1; print "ready\\n";',
      'for (1 .. 4) { recv S, my $line, 4096, 0; print "$line\\n" }',
    ].join('\n');
    const log = spawn('/usr/bin/perl', ['-e', listener], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(log);
    let heard = '';
    log.stdout.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
    });
    try {
      await until(() => heard === 'ready\n');
      run(['ask', named(a.key.pid), named(b.key.pid)], { PKEXEC_UID: '1234' });
      await until(() => log.exitCode !== null);
    } finally {
      rmSync('/dev/log', { force: true });
    }
    const lines = heard.split('\n').map((line) => line.replace(/^<85>\w{3} [ \d]\d \d\d:\d\d:\d\d claude-manager-helper\[\d+\]: /, '> '));
    const of = ({ key, uid }: Identity) => `> uid 1234 (pkexec): pid ${key.pid} started ${key.startedAt} of uid ${uid}`;
    expect(lines).toEqual(['ready', '> uid 1234 (pkexec) asks to end 2', `${of(b)}: refused`, `${of(a)}: asked`, `${of(a)}: ended`, '']);
  });
});
