import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HELPER_PATH, POLICY_PATH } from '../../src/main/elevate.js';
import type { Identity } from '../../src/main/platform/index.js';
import { handCommand } from '../../src/main/platform/kill-command.js';
import type { Person } from '../fakes/polkit/agent.js';
import type { Order } from '../fakes/polkit/elevate-as-user.js';
import { installHelper, startPolkitSystem } from '../fakes/polkit/system.js';
import { lives, platform, until } from '../fakes/real-processes.js';

const isRoot = process.getuid?.() === 0;
/** Somebody else's, and nobody's account. */
const OTHER = 61_235;

const identityOf = (pid: number): Identity => {
  const identity = platform.identify(pid);
  if (identity === null) throw new Error(`nobody is ${pid}`);
  return identity;
};

// Users, a polkit daemon and an installed helper: only root can set that up.
describe.skipIf(!isRoot)('elevation through a real polkit, as an ordinary user (only root can set that up)', () => {
  let system: Awaited<ReturnType<typeof startPolkitSystem>>;
  let children: ChildProcess[] = [];
  let bystanders: readonly Identity[] = [];

  const start = (command: string, args: readonly string[], uid: number): Identity => {
    const child = spawn(command, args, { uid, gid: uid, stdio: ['pipe', 'ignore', 'inherit'] });
    children.push(child);
    return identityOf(child.pid ?? 0);
  };
  const sleeper = (uid = OTHER): Identity => start('/usr/bin/sleep', ['300'], uid);
  const right = (): Person => ({ does: 'answer', user: system.admin.name, password: system.admin.password });
  const wrong = (): Person => ({ does: 'answer', user: system.admin.name, password: 'not it' });
  const isAt = (pid: number) => children.find((one) => one.pid === pid);
  const gone = ({ key }: Identity) => until(() => isAt(key.pid)?.signalCode !== null);

  /** Lets the user elevate; `meanwhile` happens while the dialog stands. */
  const elevate = async (
    targets: readonly Identity[],
    person: Person | null,
    meanwhile: () => Promise<void> = async () => {},
    more: Partial<Order> = {},
  ) => {
    const { uid, gid } = system.user;
    const child = spawn(system.node, [system.script], { uid, gid, cwd: '/', env: {}, stdio: ['pipe', 'pipe', 'inherit'] });
    const order: Order = { pids: targets.map(({ key }) => key.pid), person, ...more };
    child.stdin.write(`${JSON.stringify(order)}\n`);
    const asked: unknown[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      const said = JSON.parse(line);
      if ('outcome' in said) return { asked, ...said };
      asked.push(said.asked);
      await meanwhile();
      if (more.promptMs === undefined) child.stdin.write('go on\n');
    }
    throw new Error('the script said nothing');
  };
  const DIALOG = {
    action: 'io.github.claude-manager.end-processes',
    message: "Authentication is required to end other users' processes",
  };
  const byHand = (targets: readonly Identity[]) =>
    expect.stringMatching(
      new RegExp(`^sudo ${HELPER_PATH} ask ${targets.map(({ key, uid }) => `${key.pid}:${key.startedAt}:${uid}:0:0:\\d+:0`).join(' ')}$`),
    );

  beforeAll(async () => {
    system = await startPolkitSystem();
  });
  beforeEach(() => {
    children = [];
    bystanders = [sleeper(), sleeper(0), sleeper(system.user.uid), identityOf(process.pid)];
  });
  afterEach(() => {
    const alive = bystanders.map(lives);
    for (const child of children) child.kill('SIGKILL');
    expect(alive).toEqual(bystanders.map(() => true));
  });
  afterAll(() => system?.close());

  it('ends with the right password, whole list in one prompt', async () => {
    const targets = [sleeper(), sleeper(), sleeper()];
    expect(await elevate(targets, right())).toEqual({
      asked: [DIALOG],
      outcome: { ok: true, results: targets.map(({ key }) => [key.pid, 'ended']) },
      // Which program another user runs is not ours to see: the helper must do without.
      exeIds: [null, null, null],
    });
    for (const one of targets) await gone(one);
  });

  it('asks again for the next list', async () => {
    for (const target of [sleeper(), sleeper()]) {
      const { asked, outcome } = await elevate([target], right());
      expect({ asked, outcome }).toEqual({ asked: [DIALOG], outcome: { ok: true, results: [[target.key.pid, 'ended']] } });
      await gone(target);
    }
  });

  it.each<[string, () => Person, string]>([
    ['is cancelled', () => ({ does: 'cancel' }), 'dismissed'],
    ['is refused', () => ({ does: 'refuse' }), 'notAuthorised'],
    ['gets a wrong password', wrong, 'notAuthorised'],
    [
      'gets the password of no administrator',
      () => ({ does: 'answer', user: system.user.name, password: system.user.password }),
      'notAuthorised',
    ],
  ])('touches nobody when the dialog %s', async (_what, person, reason) => {
    const target = sleeper();
    const { asked, outcome } = await elevate([target], person());
    expect({ asked, outcome }).toEqual({ asked: [DIALOG], outcome: { ok: false, reason, command: null } });
    expect(lives(target)).toBe(true);
  });

  it('touches nobody when nobody answers', async () => {
    const target = sleeper();
    const { asked, outcome } = await elevate([target], right(), undefined, { promptMs: 1_000 });
    expect({ asked, outcome }).toEqual({ asked: [DIALOG], outcome: { ok: false, reason: 'dismissed', command: null } });
    expect(lives(target)).toBe(true);
  });

  it('gives the command where nobody can ask for a password', async () => {
    const target = sleeper();
    const { asked, outcome } = await elevate([target], null);
    expect({ asked, outcome }).toEqual({ asked: [], outcome: { ok: false, reason: 'noAgent', command: byHand([target]) } });
    expect(lives(target)).toBe(true);
  });

  it('leaves alone who became another program while the dialog stood', async () => {
    const target = start('/bin/bash', ['-c', 'read -r _; exec sleep 300'], OTHER);
    const other = sleeper();
    const { outcome } = await elevate([target, other], right(), async () => {
      isAt(target.key.pid)?.stdin?.end('\n');
      await until(() => identityOf(target.key.pid).exeId !== target.exeId);
    });
    expect(outcome).toEqual({
      ok: true,
      results: [
        [target.key.pid, 'changed'],
        [other.key.pid, 'ended'],
      ],
    });
    await gone(other);
    expect(lives(target)).toBe(true);
  });

  it('asks a session before what belongs to it, and kills who stays, all of it in one prompt', async () => {
    const [session, server] = [start('/bin/bash', ['-c', 'trap "" TERM; while :; do sleep 0.05; done'], OTHER), sleeper()];
    const ignored = (): number =>
      Number.parseInt(/SigIgn:\s+([0-9a-f]+)/.exec(readFileSync(`/proc/${session.key.pid}/status`, 'utf8'))?.[1] ?? '0', 16);
    // SIGTERM is the 15th bit.
    await until(() => (ignored() & 0x4000) !== 0);
    const { asked, outcome } = await elevate([session, server], right(), undefined, { intent: 'force', below: [null, session.key.pid] });
    expect({ asked, outcome }).toEqual({
      asked: [DIALOG],
      outcome: {
        ok: true,
        results: [
          [session.key.pid, 'killed'],
          [server.key.pid, 'ended'],
        ],
      },
    });
    expect([isAt(session.key.pid)?.signalCode, isAt(server.key.pid)?.signalCode]).toEqual(['SIGKILL', 'SIGTERM']);
  });

  it('says gone of who ended while the dialog stood', async () => {
    const target = sleeper();
    const { outcome } = await elevate([target], right(), async () => {
      isAt(target.key.pid)?.kill('SIGKILL');
      await gone(target);
    });
    expect(outcome).toEqual({ ok: true, results: [[target.key.pid, 'gone']] });
  });

  it("does not end root's processes for a user, nor the user's own shell above", async () => {
    const targets = [sleeper(0), identityOf(process.pid)];
    const { outcome } = await elevate(targets, right());
    expect(outcome).toEqual({ ok: true, results: targets.map(({ key }) => [key.pid, 'denied']) });
    expect(targets.map(lives)).toEqual([true, true]);
  });

  it('is not installed into a folder that others may write to', () => {
    chmodSync(dirname(HELPER_PATH), 0o775);
    try {
      expect(() => installHelper()).toThrow(/is not root's alone/);
    } finally {
      chmodSync(dirname(HELPER_PATH), 0o755);
    }
  });

  describe('with a helper that others could have replaced', () => {
    afterEach(() => {
      chownSync(dirname(HELPER_PATH), 0, 0);
      chmodSync(dirname(HELPER_PATH), 0o755);
      installHelper();
    });

    it.each<[string, () => void]>([
      ["is the user's own", () => chownSync(HELPER_PATH, system.user.uid, 0)],
      ['a group may write', () => chmodSync(HELPER_PATH, 0o775)],
      ['anybody may write', () => chmodSync(HELPER_PATH, 0o757)],
      ["lies in the user's folder", () => chownSync(dirname(HELPER_PATH), system.user.uid, 0)],
      ['lies in a folder that a group may write to', () => chmodSync(dirname(HELPER_PATH), 0o775)],
      ['has a policy that anybody may write', () => chmodSync(POLICY_PATH, 0o666)],
    ])('runs nothing where it %s', async (_what, spoil) => {
      const mark = `${dirname(HELPER_PATH)}/ran`;
      copyFileSync('/bin/true', HELPER_PATH);
      writeFileSync(HELPER_PATH, `#!/bin/sh\ntouch ${mark}\n`);
      chmodSync(HELPER_PATH, 0o755);
      spoil();
      const target = sleeper();
      const { asked, outcome } = await elevate([target], right());
      expect({ asked, outcome }).toEqual({
        asked: [],
        outcome: { ok: false, reason: 'notInstalled', command: handCommand([target.key], 'ask') },
      });
      expect([existsSync(mark), lives(target)]).toEqual([false, true]);
    });
  });
});
