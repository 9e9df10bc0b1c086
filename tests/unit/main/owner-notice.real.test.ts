import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createOwnerNotice } from '../../../src/main/owner-notice.js';
import { aFolder, bundle, isRoot } from './real-files.js';

/** Real users, each with a bus and a notification daemon, a terminal, both or neither; only root can make them, and only root tells them. */

const PREFIX = 'cm-own-';
const DAEMON = fileURLToPath(new URL('../../fakes/desktop/notification-daemon.ts', import.meta.url));
const SHOW = `import { startNotificationDaemon } from ${JSON.stringify(DAEMON)};
  const daemon = await startNotificationDaemon(process.argv[2]);
  console.log('ready');
  let said = 0;
  setInterval(() => { for (; said < daemon.notified.length; said++) console.log(JSON.stringify(daemon.notified[said])); }, 20);`;

interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

describe.skipIf(!isRoot)('telling another user (needs root, to make some)', () => {
  let runDir = '';
  let shared = '';
  /** Also of a set-up that failed half-way. */
  const made: string[] = [];
  let script = '';
  let users: Record<'bus' | 'terminal' | 'both' | 'neither' | 'trap', User>;
  const children: ChildProcess[] = [];
  const outputs = new Map<ChildProcess, string>();
  const problems: unknown[] = [];

  const anUser = (what: string): User => {
    const name = `${PREFIX}${process.pid}-${what}`;
    execFileSync('useradd', ['--no-create-home', '--home-dir', '/nonexistent', '--shell', '/bin/sh', '--user-group', name]);
    made.push(name);
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' })));
    return { name, uid: uid ?? 0, gid: gid ?? 0 };
  };
  const runAs = ({ uid, gid }: User, command: string, args: readonly string[]): ChildProcess => {
    const child = spawn(command, args, { uid, gid, cwd: '/', env: { PATH: '/usr/bin:/bin' }, stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    outputs.set(child, '');
    child.stdout?.setEncoding('utf8').on('data', (text: string) => outputs.set(child, `${outputs.get(child)}${text}`));
    return child;
  };
  const saidBy = (child: ChildProcess): string => outputs.get(child) ?? '';
  const until = (check: () => boolean) => vi.waitUntil(check, { timeout: 30_000, interval: 20 });

  const folderOf = ({ uid, gid }: User): string => {
    const folder = join(runDir, String(uid));
    mkdirSync(folder, { mode: 0o700 });
    chownSync(folder, uid, gid);
    return folder;
  };
  const busOf = async (user: User): Promise<ChildProcess> => {
    const address = `unix:path=${join(folderOf(user), 'bus')}`;
    runAs(user, 'dbus-daemon', ['--session', '--nofork', `--address=${address}`]);
    await until(() => existsSync(join(runDir, String(user.uid), 'bus')));
    const daemon = runAs(user, process.execPath, [script, address]);
    await until(() => saidBy(daemon).includes('ready'));
    return daemon;
  };
  const terminalOf = async (user: User): Promise<ChildProcess> => {
    const terminal = runAs(user, 'script', ['--quiet', '--flush', '--command', 'echo ready; exec sleep 600', '/dev/null']);
    await until(() => saidBy(terminal).includes('ready'));
    return terminal;
  };
  const notice = () => createOwnerNotice({ appName: 'Claude Manager', runDir, onProblem: (problem) => problems.push(problem) });

  beforeAll(async () => {
    runDir = mkdtempSync(join(tmpdir(), 'owner-notice-'));
    execFileSync('chmod', ['755', runDir]);
    shared = mkdtempSync(join(tmpdir(), 'owner-notice-script-'));
    execFileSync('chmod', ['755', shared]);
    script = join(shared, 'daemon.mjs');
    writeFileSync(script, readFileSync(await bundle(aFolder(), SHOW)), { mode: 0o644 });
    users = { bus: anUser('bus'), terminal: anUser('tty'), both: anUser('both'), neither: anUser('none'), trap: anUser('trap') };
  });
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
    for (const name of made) execFileSync('userdel', ['--force', name], { stdio: 'ignore' });
    for (const folder of [runDir, shared]) rmSync(folder, { recursive: true, force: true });
  });

  it('is a notification on a bus that root itself is not let into, replaced by the next', async () => {
    const daemon = await busOf(users.bus);
    const asRoot = spawnSync('busctl', [`--address=unix:path=${join(runDir, String(users.bus.uid), 'bus')}`, 'list'], { encoding: 'utf8' });
    expect(asRoot.status).not.toBe(0);
    const { tell } = notice();
    expect(await tell(users.bus.uid, { title: 'First', body: '<b>server</b>\u001b[31m -x' })).toBe(true);
    expect(await tell(users.bus.uid, { title: '--help', body: 'second' })).toBe(true);
    await until(() => saidBy(daemon).trim().split('\n').length === 3);
    const shown: unknown[] = saidBy(daemon)
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line));
    expect(shown).toMatchObject([
      { number: 1, replaces: 0, title: 'First', buttons: {}, timeoutMs: 0 },
      { number: 1, replaces: 1, title: '--help', body: 'second' },
    ]);
    expect(JSON.stringify(shown[0])).not.toMatch(/[<>]|\\u001b/);
  });

  it('is a line on a terminal where there is no bus', async () => {
    const terminal = await terminalOf(users.terminal);
    const { tell } = notice();
    expect(await tell(users.terminal.uid, { title: 'Two end', body: 'a\u001b]0;x, b' })).toBe(true);
    await until(() => saidBy(terminal).includes('Claude Manager: Two end'));
    expect(saidBy(terminal)).not.toContain('\u001b');
  });

  it('prefers the bus, and leaves the terminal in peace', async () => {
    const [daemon, terminal] = [await busOf(users.both), await terminalOf(users.both)];
    expect(await notice().tell(users.both.uid, { title: 'Once', body: 'x' })).toBe(true);
    await until(() => saidBy(daemon).includes('Once'));
    expect(saidBy(terminal)).not.toContain('Once');
  });

  it('is a no where there is neither, and for what is no ordinary user', async () => {
    const { tell } = notice();
    expect(await Promise.all([users.neither.uid, 0, -1, 1.5, Number.NaN].map((uid) => tell(uid, { title: 'x', body: 'y' })))).toEqual(
      Array(5).fill(false),
    );
  });

  it('does nothing as root with what a user has put in the way: a link, a folder, a bus that never answers', async () => {
    const other = join(runDir, String(users.trap.uid));
    // The system makes run folders; one that is a link, or somebody else's, is none.
    symlinkSync(join(runDir, String(users.bus.uid)), other);
    expect(await notice().tell(users.trap.uid, { title: 'x', body: 'y' })).toBe(false);
    rmSync(other);
    const folder = folderOf(users.trap);
    const secret = join(aFolder(), 'secret.sock');
    symlinkSync(secret, join(folder, 'bus'));
    expect(await notice().tell(users.trap.uid, { title: 'x', body: 'y' })).toBe(false);
    rmSync(join(folder, 'bus'));
    const silent = `require('net').createServer((s) => { s.on('error', () => {}); console.log('from', 1); }).listen(${JSON.stringify(join(folder, 'bus'))}, () => console.log('ready'))`;
    const server = runAs(users.trap, process.execPath, ['-e', silent]);
    await until(() => saidBy(server).includes('ready'));
    expect(await notice().tell(users.trap.uid, { title: 'x', body: 'y' })).toBe(false);
    expect(saidBy(server)).toContain('from');
    expect(problems).toEqual([]);
  });
});
