import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Identity } from '../../../src/main/platform/index.js';
import { keyId } from '../../../src/shared/process-key.js';
import type { Member } from '../../fakes/real-door.js';
import { doorOver, selfUid } from '../../fakes/real-door.js';
import type { Tree } from '../../fakes/real-processes.js';
import { createPlayground, fastClock, lives, platform, statOf, until } from '../../fakes/real-processes.js';

const playground = createPlayground();
let bystanders: Identity[] = [];

const asRoot = selfUid === 0;

const start = async (script: string, options: { readonly uid?: number } = {}): Promise<Tree> => {
  const tree = playground.start(script, options);
  bystanders = [await tree.find('sibling', 'sleep'), tree.parent()];
  return tree;
};

const idOf = ({ key }: Identity): string => keyId(key);

/** A session that ends as a real one does: it takes its server's input away and goes. Its background command has a session of its own. */
const SESSION = `"$SHELL_ENGINE" -c '
  echo session $$
  coproc cat; echo server $COPROC_PID
  (exec setsid sleep 300) & echo command $!
  (trap "" HUP; exec sleep 300) & echo child $!
  trap "exit 0" TERM
  while :; do read -r -t 0.05 _ <> <(:); done' &`;

const family = async (tree: Tree) => {
  const session = await tree.find('session', '2.1.331');
  const server = await tree.find('server', 'cat');
  const command = await tree.find('command', 'sleep');
  const child = await tree.find('child', 'sleep');
  const members: Member[] = [
    { identity: session, kind: 'cli-session' },
    { identity: server, kind: 'mcp-server', owner: session },
    { identity: command, kind: 'tool-child', owner: session },
    { identity: child, kind: 'tool-child', owner: session },
  ];
  return { session, server, command, child, members };
};

afterEach(async () => {
  const harmed = bystanders.filter((identity) => !lives(identity));
  bystanders = [];
  await playground.clear();
  expect(harmed).toEqual([]);
});
afterAll(playground.close);

describe('the door, on real processes', () => {
  it('ends a session and what it leaves behind, and nobody else in its group', async () => {
    const { session, server, command, child, members } = await family(await start(SESSION));
    const door = doorOver(members);
    expect(await door.end([session])).toEqual({
      [idOf(session)]: 'done done SIGTERM',
      [idOf(server)]: 'done endedWithOwner null',
      [idOf(command)]: 'done done SIGTERM',
      [idOf(child)]: 'done done SIGTERM',
    });
    expect([session, server, command, child].filter(lives)).toEqual([]);
    const [first, ...rest] = door.lines;
    expect(first).toBe(`SUCCESS ${session.key.pid} done SIGTERM`);
    expect(rest.sort()).toEqual(
      [`SUCCESS ${server.key.pid} done none`, `SUCCESS ${command.key.pid} done SIGTERM`, `SUCCESS ${child.key.pid} done SIGTERM`].sort(),
    );
  });

  it('ends a chosen child alone', async () => {
    const { session, server, command, child, members } = await family(await start(SESSION));
    expect(await doorOver(members).end([command])).toEqual({ [idOf(command)]: 'done done SIGTERM' });
    expect([session, server, command, child].map(lives)).toEqual([true, true, false, true]);
  });

  it('never touches what was born while the session was ending', async () => {
    const tree = await start(
      `"$SHELL_ENGINE" -c 'trap "sleep 300 & echo late \\$!; exit 0" TERM; echo session $$; while :; do read -r -t 0.05 _ <> <(:); done' &`,
    );
    const session = await tree.find('session', '2.1.331');
    expect(await doorOver([{ identity: session, kind: 'cli-session' }]).end([session], true)).toEqual({
      [idOf(session)]: 'done done SIGTERM',
    });
    expect(lives(await tree.find('late'))).toBe(true);
  });

  it('leaves the owned alone while a deaf session stays, and forces both where that was chosen', async () => {
    const tree = await start(
      `"$SHELL_ENGINE" -c 'trap "" TERM; echo session $$; sleep 300 & echo child $!; while :; do read -r -t 0.05 _ <> <(:); done' &`,
    );
    const session = await tree.find('session', '2.1.331');
    const child = await tree.find('child', 'sleep');
    const members: Member[] = [
      { identity: session, kind: 'cli-session' },
      { identity: child, kind: 'mcp-server', owner: session },
    ];
    const door = doorOver(members, {}, fastClock);
    expect(await door.end([session])).toEqual({ [idOf(session)]: 'failed timeout SIGTERM', [idOf(child)]: 'skipped ownerStayed null' });
    expect([session, child].map(lives)).toEqual([true, true]);
    expect(await door.end([session], true)).toEqual({ [idOf(session)]: 'done forced SIGKILL', [idOf(child)]: 'done forced SIGKILL' });
  });

  it('wakes a stopped session', async () => {
    const tree = await start('(exec -a claude "$ENGINE" 300) & echo session $!');
    const session = await tree.find('session', '2.1.330');
    process.kill(session.key.pid, 'SIGSTOP');
    await until(() => statOf(session.key.pid)?.state === 'T');
    expect(await doorOver([{ identity: session, kind: 'cli-session' }]).end([session])).toEqual({ [idOf(session)]: 'done done SIGTERM' });
  });

  it('skips what ended or became another program between preview and act', async () => {
    const tree = await start(
      `"$SHELL_ENGINE" -c 'trap "exec sleep 300" USR1; echo turncoat $$; while :; do read -r -t 0.05 _ <> <(:); done' &
      (exec -a claude "$ENGINE" 300) & echo ended $!`,
    );
    const turncoat = await tree.find('turncoat', '2.1.331');
    const ended = await tree.find('ended', '2.1.330');
    const door = doorOver([
      { identity: turncoat, kind: 'cli-session' },
      { identity: ended, kind: 'cli-session' },
    ]);
    const shown = await door.preview([turncoat, ended], true);
    process.kill(turncoat.key.pid, 'SIGUSR1');
    process.kill(ended.key.pid, 'SIGKILL');
    await until(() => platform.identify(turncoat.key.pid)?.exeId !== turncoat.exeId && !lives(ended));
    expect(await door.act(shown)).toEqual({ [idOf(turncoat)]: 'skipped changed null', [idOf(ended)]: 'skipped gone null' });
    expect(lives(turncoat)).toBe(true);
    expect(door.lines.sort()).toEqual([`INFO ${turncoat.key.pid} skipped none`, `INFO ${ended.key.pid} skipped none`].sort());
  });

  it('refuses pid 1, ourselves, our ancestors, strangers and the dead, and signals nobody', async () => {
    const tree = await start('');
    const stranger = bystanders[0];
    if (!stranger) throw new Error('no sibling');
    const mine = [1, process.pid, process.ppid].flatMap((pid) => platform.identify(pid) ?? []);
    const reused = { ...stranger, key: { ...stranger.key, startedAt: '1' } };
    const shown = await doorOver([]).preview([...mine, stranger, reused]);
    const ids = ['system', 'self', ...(process.ppid === 1 ? [] : ['ancestor']), 'notClaude', 'changed'];
    expect([shown.token, shown.targets, shown.excluded.map(({ refusal }) => refusal.id)]).toEqual([null, [], ids]);
    expect(lives(tree.parent())).toBe(true);
  });

  it('does not end the session that we run in', async () => {
    const parent = platform.identify(process.ppid);
    if (!parent) throw new Error('no parent');
    const { excluded, token } = await doorOver([{ identity: parent, kind: 'cli-session' }]).preview([parent], true);
    expect([token, excluded.map(({ refusal }) => refusal.id)]).toEqual([null, [process.ppid === 1 ? 'system' : 'ancestor']]);
  });

  it('leaves a server with clients alone: it is a line of its own, unticked', async () => {
    const script = `require("net").createServer().listen(0, "127.0.0.1", () => console.log("server " + process.pid))`;
    const tree = await start(
      `"$SHELL_ENGINE" -c '"${process.execPath}" -e "$LISTEN" & trap "exit 0" TERM; echo session $$; while :; do read -r -t 0.05 _ <> <(:); done' &`.replace(
        '"$LISTEN"',
        `'"'"'${script}'"'"'`,
      ),
    );
    const session = await tree.find('session', '2.1.331');
    const server = await tree.find('server', 'node');
    const door = doorOver([
      { identity: session, kind: 'cli-session' },
      { identity: server, kind: 'tool-child', owner: session },
    ]);
    const shown = await door.preview([session]);
    expect(shown.targets.map(({ role, ticked, warnings }) => [role, ticked, warnings.map(({ id }) => id)])).toEqual([
      ['chosen', true, []],
      ['separate', false, ['listens']],
    ]);
    expect(await door.act(shown)).toEqual({ [idOf(session)]: 'done done SIGTERM' });
    expect(lives(server)).toBe(true);
  });

  it.runIf(asRoot)('ends another user’s session only as root', async () => {
    const tree = await start('(exec -a claude "$ENGINE" 300) & echo session $!', { uid: 65_534 });
    const session = await tree.find('session', '2.1.330');
    const members: Member[] = [{ identity: session, kind: 'cli-session' }];
    const asUser = await doorOver(members, { selfUid: 1_000, isRoot: false }).preview([session]);
    expect([asUser.token, asUser.excluded.map(({ refusal }) => [refusal.reason, refusal.id])]).toEqual([null, [['denied', 'otherUser']]]);
    expect(lives(session)).toBe(true);
    expect(await doorOver(members).end([session])).toEqual({ [idOf(session)]: 'done done SIGTERM' });
  });
});
