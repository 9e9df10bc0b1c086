import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Identity } from '../../../src/main/platform/index.js';
import type { ActionRequest, ActionScope } from '../../../src/shared/api.js';
import { keyId } from '../../../src/shared/process-key.js';
import type { ProcessView } from '../../../src/shared/types.js';
import { toEnd } from '../../fakes/a-view.js';
import type { Member } from '../../fakes/real-door.js';
import { doorOver, selfUid } from '../../fakes/real-door.js';
import type { Tree } from '../../fakes/real-processes.js';
import { createPlayground, fastClock, lives, platform, statOf, until } from '../../fakes/real-processes.js';

const playground = createPlayground();
let bystanders: Identity[] = [];
const asRoot = selfUid === 0;

afterEach(async () => {
  const harmed = bystanders.filter((identity) => !lives(identity));
  bystanders = [];
  await playground.clear();
  expect(harmed).toEqual([]);
});
afterAll(playground.close);

const start = async (script: string, options: { readonly uid?: number } = {}): Promise<Tree> => {
  const tree = playground.start(script, options);
  bystanders.push(await tree.find('sibling', 'sleep'), tree.parent());
  return tree;
};
const idOf = ({ key }: Identity): string => keyId(key);
const pidOf = ({ key }: Identity): number => key.pid;

/** A session, its shell, and what runs in that: three deep. `onTerm` is what the session does when it is asked to end. */
const deep = (onTerm: string): string => `"$SHELL_ENGINE" --norc -c '
  echo session $$
  trap "${onTerm}" TERM
  "$SHELL_ENGINE" --norc -c "echo shell \\$\\$; sleep 300 & echo child \\$!; wait" &
  while :; do read -r -t 0.05 _ <> <(:); done' &`;

interface Family {
  readonly session: Identity;
  readonly shell: Identity;
  readonly child: Identity;
  readonly members: readonly Member[];
}

const family = async (tree: Tree, over: Partial<ProcessView> = {}): Promise<Family> => {
  const session = await tree.find('session', '2.1.331');
  const shell = await tree.find('shell', '2.1.331');
  const child = await tree.find('child', 'sleep');
  const members: Member[] = [
    { identity: session, kind: 'cli-session', over },
    // A tool shell in it would be a warning: it is busy with something.
    { identity: shell, kind: 'mcp-server', owner: session },
    { identity: child, kind: 'tool-child', owner: session },
  ];
  return { session, shell, child, members };
};
const all = ({ session, shell, child }: Family): Identity[] => [session, shell, child];
const request = (scope: ActionScope, over: Partial<ActionRequest> = {}): ActionRequest => ({ ...toEnd([]), scope, ...over });

/** The nice value of each thread. */
const niceOf = (pid: number): number[] =>
  readdirSync(`/proc/${pid}/task`).map((tid) =>
    Number((readFileSync(`/proc/${pid}/task/${tid}/stat`, 'latin1').split(') ').at(-1) ?? '').split(' ')[16]),
  );

describe.runIf(asRoot)('bulks over four users', () => {
  const UIDS = [65_531, 65_532, 65_533, 65_534] as const;

  it('end one user and leave the others, then everybody, whatever they do', async () => {
    const [obedient, deaf, forking, stopped] = [
      await family(await start(deep('exit 0'), { uid: UIDS[0] })),
      await family(await start(deep(':'), { uid: UIDS[1] })),
      await family(await start(deep('sleep 300 & echo late \\$!; exit 0'), { uid: UIDS[2] })),
      await family(await start(deep('exit 0'), { uid: UIDS[3] })),
    ];
    process.kill(stopped.session.key.pid, 'SIGSTOP');
    await until(() => statOf(stopped.session.key.pid)?.state === 'T');
    const families = [obedient, deaf, forking, stopped];
    const door = doorOver(
      families.flatMap((one) => one.members),
      {},
      fastClock,
    );

    const one = await door.ask(request({ type: 'user', user: `u${UIDS[0]}` }));
    expect([one.confirm, one.targets.map(({ key, ticked }) => [key.pid, ticked])]).toEqual([
      `u${UIDS[0]}`,
      all(obedient).map((identity) => [pidOf(identity), true]),
    ]);
    await door.act(one);
    expect(families.map((each) => all(each).filter(lives).length)).toEqual([0, 3, 3, 3]);
    expect(door.summaries.map(({ level, action, fields }) => [level, action, fields[0]])).toEqual([
      ['SUCCESS', 'KILL_USER_PROCESSES', ['User', `u${UIDS[0]}`]],
    ]);
    expect(JSON.parse(door.summaries[0]?.fields[1]?.[1] ?? '').sort()).toEqual(all(obedient).map(pidOf).sort());

    const rest = await door.ask(request({ type: 'all' }, { force: true }));
    expect(rest.confirm).toBe('ALL');
    const results = await door.act(rest);
    expect([results[idOf(deaf.session)], results[idOf(forking.session)], results[idOf(stopped.session)]]).toEqual([
      'done forced SIGKILL',
      'done done SIGTERM',
      'done done SIGTERM',
    ]);
    expect(families.map((each) => all(each).filter(lives).length)).toEqual([0, 0, 0, 0]);
  });

  it('never end what was born while they were at it', async () => {
    const tree = await start(deep('sleep 300 & echo late \\$!; exit 0'), { uid: UIDS[0] });
    const { session, members } = await family(tree);
    const door = doorOver(members);
    await door.act(await door.ask(request({ type: 'all' })));
    expect(lives(session)).toBe(false);
    expect(lives(await tree.find('late'))).toBe(true);
  });

  it('by another user than root are of nobody else', async () => {
    const mine = await family(await start(deep('exit 0'), { uid: UIDS[0] }));
    const theirs = await family(await start(deep('exit 0'), { uid: UIDS[1] }));
    const door = doorOver([...mine.members, ...theirs.members], { selfUid: UIDS[0], isRoot: false });
    const shown = await door.ask(request({ type: 'all' }));
    expect(shown.excluded.map(({ key, refusal }) => [key.pid, refusal.reason, refusal.id])).toEqual([
      [pidOf(theirs.session), 'denied', 'otherUser'],
    ]);
    await door.act(shown);
    expect([mine, theirs].map((each) => all(each).filter(lives).length)).toEqual([0, 3]);
  });
});

describe('orphans', () => {
  it('end, and what only perhaps is one stays; what ended by itself meanwhile is named', async () => {
    const tree = await start('sleep 300 & echo sure $!; sleep 300 & echo perhaps $!; sleep 300 & echo brief $!');
    const [sure, perhaps, brief] = [
      await tree.find('sure', 'sleep'),
      await tree.find('perhaps', 'sleep'),
      await tree.find('brief', 'sleep'),
    ];
    const over = { leftOver: 'yes', reparented: true, startedAtMs: -3_600_000 } as const;
    const door = doorOver([
      { identity: sure, kind: 'mcp-server', over },
      { identity: perhaps, kind: 'mcp-server', over: { ...over, leftOver: 'unknown' } },
      { identity: brief, kind: 'mcp-server', over },
    ]);
    const shown = await door.ask(request({ type: 'orphans' }));
    expect(shown.targets.map(({ key, ticked }) => [key.pid, ticked])).toEqual([
      [pidOf(sure), true],
      [pidOf(perhaps), false],
      [pidOf(brief), true],
    ]);
    process.kill(pidOf(brief), 'SIGKILL');
    await until(() => !lives(brief));
    expect(await door.act(shown)).toEqual({ [idOf(sure)]: 'done done SIGTERM', [idOf(brief)]: 'skipped gone null' });
    expect([sure, perhaps].map(lives)).toEqual([false, true]);
    expect(door.summaries.map(({ level, action, fields }) => ({ level, action, fields }))).toEqual([
      {
        level: 'SUCCESS',
        action: 'CLEAN_ORPHANS',
        fields: [
          ['Mortos', `[${pidOf(sure)}]`],
          ['Skipped', `[${pidOf(brief)}]`],
          ['Freed', '1MB'],
        ],
      },
    ]);
  });
});

describe('pause, continue and priority', () => {
  const on = async () => {
    const found = await family(await start(deep('exit 0')));
    const door = doorOver(found.members);
    const ask = (over: Partial<ActionRequest>) => door.ask(request({ type: 'keys', keys: [found.session.key] }, over));
    return { ...found, door, ask };
  };

  it('stop a session with what belongs to it, and let it go on', async () => {
    const { session, shell, child, door, ask } = await on();
    const three = [session, shell, child];
    const states = () => three.map(({ key }) => statOf(key.pid)?.state);
    const same = (text: string) => Object.fromEntries(three.map((identity) => [idOf(identity), text]));

    const running = await ask({ verb: 'continue' });
    expect([running.token, running.excluded[0]?.refusal.id]).toEqual([null, 'notStopped']);
    door.lines.length = 0;
    expect(await door.act(await ask({ verb: 'pause' }))).toEqual(same('done paused SIGSTOP'));
    expect(states()).toEqual(['T', 'T', 'T']);
    expect(await door.act(await ask({ verb: 'continue' }))).toEqual(same('done continued SIGCONT'));
    // Whoever goes on runs, and then sleeps.
    expect(states()).not.toContain('T');
    expect(door.lines.length).toBe(6);
    expect(three.every(lives)).toBe(true);
  });

  it('set the priority of every thread of the tree', async () => {
    const { session, shell, child, door, ask } = await on();
    const three = [session, shell, child];
    await door.act(await ask({ verb: 'priority', priority: 'low' }));
    expect(three.map(({ key }) => niceOf(key.pid))).toEqual([[10], [10], [10]]);
    const threads = await start(`"${process.execPath}" -e 'setInterval(() => {}, 1000); console.log("many " + process.pid)' &`);
    const many = await threads.find('many', 'node');
    await until(() => niceOf(pidOf(many)).length > 3);
    expect(platform.setPriority(many, 7)).toBe('sent');
    expect(new Set(niceOf(pidOf(many)))).toEqual(new Set([7]));
    expect(platform.setPriority({ ...many, exeId: '0:0' }, 9)).toBe('changed');
    expect(new Set(niceOf(pidOf(many)))).toEqual(new Set([7]));
  });

  it('raise a priority for who may only', async () => {
    const { session, door, ask } = await on();
    const results = await door.act(await ask({ verb: 'priority', priority: 'high' }));
    expect(results[idOf(session)]).toBe(asRoot ? 'done prioritySet null' : 'failed priorityDenied null');
    expect(niceOf(pidOf(session))).toEqual([asRoot ? -5 : 0]);
  });

  it('do nothing to who has become another program', async () => {
    const tree = await start(
      `"$SHELL_ENGINE" --norc -c 'trap "exec sleep 300" USR1; echo turncoat $$; while :; do read -r -t 0.05 _ <> <(:); done' &`,
    );
    const turncoat = await tree.find('turncoat', '2.1.331');
    const door = doorOver([{ identity: turncoat, kind: 'cli-session' }]);
    const shown = await door.ask(request({ type: 'keys', keys: [turncoat.key] }, { verb: 'pause' }));
    process.kill(pidOf(turncoat), 'SIGUSR1');
    await until(() => platform.identify(pidOf(turncoat))?.exeId !== turncoat.exeId);
    expect(await door.act(shown)).toEqual({ [idOf(turncoat)]: 'skipped changed null' });
    // On a busy machine the new program takes a moment to come to rest; one that was stopped never would.
    await until(() => statOf(pidOf(turncoat))?.state === 'S');
  });
});
