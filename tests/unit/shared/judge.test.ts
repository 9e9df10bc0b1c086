import { describe, expect, it } from 'vitest';
import { classify } from '../../../src/shared/classify.js';
import { candidates, type Judgement, judgeLeftOvers } from '../../../src/shared/judge.js';
import { judgeLeftOver } from '../../../src/shared/leftover.js';
import { parseRow, rowOf } from '../../../src/shared/rows.js';
import type { CandidateFacts, RawProcess, Reading, SessionRecord } from '../../../src/shared/types.js';
import { judgeKinds } from '../../fakes/in-one-go.js';
import {
  anEngine,
  anInit,
  aProcess,
  aReading,
  aRecord,
  ENGINE,
  inspected,
  mcpMarks,
  NOW_MS,
  toolMarks,
  toolShellArgv,
} from '../../fixtures/builders.js';

type Special = Readonly<Record<number, Partial<CandidateFacts> | null>>;

/** Both steps, and on the way the promise that a captured row is judged as the live process was. */
const judge = (reading: Reading, records: readonly SessionRecord[] = [], special: Special = {}): readonly Judgement[] => {
  const judged = judgeKinds(reading, new Map(records.map((record) => [record.pid, record])));
  const judgements = judgeLeftOvers(judged, inspected(candidates(judged), special), NOW_MS);
  for (const one of judgements) {
    const parsed = parseRow(JSON.stringify(rowOf(one)));
    if (!parsed.ok) throw new Error(parsed.error);
    const kind = classify(parsed.row.facts).value;
    expect({ pid: one.raw.key.pid, kind, leftOver: kind && judgeLeftOver(parsed.row.facts, kind).value }).toEqual({
      pid: one.raw.key.pid,
      kind: one.kind,
      leftOver: one.leftOver,
    });
  }
  return judgements;
};

/** "pid kind verdict owner", one line a process. */
const lines = (judgements: readonly Judgement[]): string[] =>
  judgements.map(({ raw, kind, leftOver, owner }) => `${raw.key.pid} ${kind} ${leftOver}${owner === null ? '' : ` of ${owner.pid}`}`);

const shell = aProcess({ pid: 900, ppid: 800 });
const terminal = aProcess({ pid: 800, ppid: 1, tty: '?', facts: { argv: ['/usr/bin/kitty'] } });
const session = anEngine({ pid: 1000 });
const tool = (pid: number, ppid: number, owner: number, rest: Partial<RawProcess> = {}): RawProcess =>
  aProcess({ pid, ppid, tty: '?', sid: pid, ...rest, facts: { argv: toolShellArgv('npm test'), marks: toolMarks(owner) } });
const marked = (pid: number, ppid: number, owner: number, argv: readonly string[], rest: Partial<RawProcess> = {}): RawProcess =>
  aProcess({ pid, ppid, tty: '?', ...rest, facts: { argv, marks: toolMarks(owner) } });

describe('a session and what it started', () => {
  const tree = [
    terminal,
    shell,
    session,
    aProcess({ pid: 1001, ppid: 1000, pgid: 1000, facts: { argv: ['node', '/x/everything.js'], marks: mcpMarks(1000) } }),
    tool(1002, 1000, 1000),
    marked(1003, 1002, 1000, ['node', 'test.js']),
  ];

  it('are its own, whatever order the table has', () => {
    const expected = ['1000 cli-session no', '1001 mcp-server no of 1000', '1002 tool-shell no of 1000', '1003 tool-child no of 1000'];
    expect(lines(judge(aReading(tree), [aRecord(session)]))).toEqual(expected);
    expect(lines(judge(aReading([...tree].reverse()), [aRecord(session)])).sort()).toEqual(expected);
  });

  it('include what carries no marks below them', () => {
    const cleaned = aProcess({ pid: 1004, ppid: 1003, facts: { argv: ['worker'] } });
    const below = aProcess({ pid: 1005, ppid: 1004, facts: { argv: ['gcc'], marks: null } });
    expect(lines(judge(aReading([...tree, cleaned, below]))).slice(-2)).toEqual([
      '1004 tool-child no of 1000',
      '1005 tool-child no of 1000',
    ]);
  });

  it('but nothing of another user', () => {
    const other = aProcess({ pid: 1004, ppid: 1003, uid: 0, user: 'root', facts: { argv: ['apt-get', 'update'] } });
    const kept = marked(1005, 1003, 1000, ['make'], { uid: 0, user: 'root' });
    expect(lines(judge(aReading([...tree, other, kept]))).slice(-1)).toEqual(['1005 tool-child no']);
  });

  it('stay its own when init has adopted them while it lives', () => {
    expect(lines(judge(aReading([terminal, shell, session, marked(1010, 1, 1000, ['node', 'server.js'])])))).toEqual([
      '1000 cli-session no',
      '1010 tool-child no of 1000',
    ]);
  });

  it('end at an engine of their own: it is a row, and what it started belongs to it', () => {
    const nested = anEngine({ pid: 1006, ppid: 1002, tty: '?', args: ['-p', 'x'], facts: { marks: toolMarks(1000) } });
    // An engine too old to write its own pid hands the outer one's on.
    const inner = marked(1007, 1006, 1000, ['git', 'status'], { pgid: 1007 });
    expect(lines(judge(aReading([...tree, nested, inner]))).slice(-2)).toEqual(['1006 cli-headless no', '1007 tool-child no of 1006']);
  });

  it('know a record that speaks of them from one that does not', () => {
    const of = (rest: Partial<SessionRecord>) => judge(aReading([shell, session]), [aRecord(session, rest)])[0]?.record?.sessionId ?? null;
    expect(of({})).toBe('4f1c2a90-7d53-4b1e-9a60-2f0c1d7e8b11');
    expect(of({ pidDomain: null })).toBe('4f1c2a90-7d53-4b1e-9a60-2f0c1d7e8b11');
    expect(of({ procStart: '10001' })).toBeNull();
    expect(of({ procStart: null })).toBeNull();
    expect(of({ ownerUid: 1001 })).toBeNull();
    expect(of({ pidDomain: 'linux:0123456789abcdef:pid:[4026532999]' })).toBeNull();
  });
});

describe('what a dead session left', () => {
  it('is left over', () => {
    const tree = [tool(1602, 1, 1600), marked(1603, 1602, 1600, ['sleep', '1000'])];
    expect(lines(judge(aReading(tree)))).toEqual(['1602 tool-shell yes', '1603 tool-child yes']);
  });

  it('is left over below the user service manager too', () => {
    const manager = aProcess({ pid: 700, ppid: 1, tty: '?', facts: { argv: ['/usr/lib/systemd/systemd', '--user'] } });
    const [one] = judge(aReading([manager, tool(1602, 700, 1600)]));
    expect([one?.leftOver, one?.reparented, one?.facts.parent?.role]).toEqual(['yes', true, 'systemd --user']);
  });

  it('is not ended while a development server or one of its workers runs', () => {
    const tree = [
      tool(1602, 1, 1600),
      marked(1603, 1602, 1600, ['node', 'vite']),
      marked(1604, 1603, 1600, ['esbuild']),
      marked(1605, 1602, 1600, ['tail', '-f', 'log']),
    ];
    expect(lines(judge(aReading(tree), [], { 1603: { listening: true } }))).toEqual([
      '1602 tool-shell unknown',
      '1603 tool-child unknown',
      '1604 tool-child unknown',
      '1605 tool-child unknown',
    ]);
  });

  it('counts what cannot be read as in use', () => {
    const tree = [tool(1602, 1, 1600), aProcess({ pid: 1603, ppid: 1602, uid: 0, user: 'root', facts: { argv: ['server'] } })];
    for (const one of [{ listening: null }, { ptyHolder: null }, null])
      expect(lines(judge(aReading(tree), [], { 1603: one }))).toEqual(['1602 tool-shell unknown', '1603 tool-child no']);
    expect(lines(judge(aReading(tree), [], { 1602: { cgroup: null } }))).toEqual(['1602 tool-shell unknown', '1603 tool-child no']);
    expect(lines(judge(aReading(tree)))).toEqual(['1602 tool-shell yes', '1603 tool-child no']);
  });

  it('is not a tmux server that a tool call started, nor its panes, nor a session in one', () => {
    const tree = [
      marked(1602, 1, 1600, ['/usr/bin/tmux', 'new-session', '-d'], { sid: 1602 }),
      marked(1603, 1602, 1600, ['-bash'], { tty: 'pts/9', sid: 1603 }),
      marked(1604, 1603, 1600, ['vim', 'x'], { tty: 'pts/9', sid: 1603 }),
      anEngine({ pid: 1605, ppid: 1603, tty: 'pts/9', facts: { marks: toolMarks(1600) } }),
      tool(1606, 1605, 1605),
    ];
    expect(lines(judge(aReading(tree), [], { 1602: { ptyHolder: true, listening: true } }))).toEqual([
      '1602 tool-child unknown',
      '1603 tool-child unknown',
      '1604 tool-child unknown',
      '1605 cli-session no',
      '1606 tool-shell no of 1605',
    ]);
  });

  it('is not a shell that an unmarked tmux server runs with inherited marks', () => {
    const server = aProcess({ pid: 700, ppid: 1, tty: '?', facts: { comm: 'tmux: server', argv: ['tmux'] } });
    expect(lines(judge(aReading([server, marked(1603, 700, 1600, ['-bash'], { tty: 'pts/9' })])))).toEqual(['1603 tool-child unknown']);
  });

  it('is not what a container holds: its pids are not ours', () => {
    const cgroup = '/system.slice/docker-0123456789abcdef.scope';
    expect(lines(judge(aReading([tool(1602, 1, 42)]), [], { 1602: { cgroup } }))).toEqual(['1602 tool-shell unknown']);
    expect(lines(judge(aReading([tool(1602, 1, 42)]), [], { 1602: { sameNamespace: false } }))).toEqual(['1602 tool-shell unknown']);
    expect(lines(judge(aReading([tool(1602, 1, 42)]), [], { 1602: { sameNamespace: null } }))).toEqual(['1602 tool-shell unknown']);
    expect(lines(judge(aReading([tool(1602, 1, 42)]), [], { 1602: { sameNamespace: true } }))).toEqual(['1602 tool-shell yes']);
  });

  it('is not a unit of its own', () => {
    const cgroup = '/user.slice/user-1000.slice/user@1000.service/app.slice/dev-server.service';
    expect(lines(judge(aReading([tool(1602, 1, 1600)]), [], { 1602: { cgroup } }))).toEqual(['1602 tool-shell no']);
  });

  it('is not proved by a table that hides processes', () => {
    const tree = [tool(1602, 1, 1600), marked(1603, 1602, 1600, ['sleep', '1000']), marked(1604, 1, 1600, ['sleep', '1000'])];
    expect(lines(judge(aReading(tree, { complete: false })))).toEqual([
      '1602 tool-shell unknown',
      '1603 tool-child no',
      '1604 tool-child unknown',
    ]);
  });
});

describe('a pid that was reused', () => {
  it('proves the death of the owner who had it', () => {
    const younger = aProcess({ pid: 1600, startedAt: '99999', facts: { argv: ['vim'] } });
    expect(lines(judge(aReading([younger, tool(1602, 1, 1600)])))).toEqual(['1602 tool-shell yes']);
  });

  it('proves it by number, not by text', () => {
    const owner = anEngine({ pid: 1600, startedAt: '9007199254740993' });
    const child = aProcess({
      pid: 1602,
      ppid: 1,
      startedAt: '9007199254740994',
      facts: { argv: toolShellArgv('x'), marks: toolMarks(1600) },
    });
    expect(lines(judge(aReading([shell, owner, child]))).slice(-1)).toEqual(['1602 tool-shell no of 1600']);
    const before = { ...child, key: { pid: 1602, startedAt: '9007199254740992' } };
    expect(lines(judge(aReading([shell, owner, before]))).slice(-1)).toEqual(['1602 tool-shell yes']);
    const short = { ...child, key: { pid: 1602, startedAt: '987654' } };
    expect(lines(judge(aReading([shell, owner, short]))).slice(-1)).toEqual(['1602 tool-shell yes']);
  });

  it('proves nothing where an older process that is no engine has it', () => {
    const older = aProcess({ pid: 1600, facts: { argv: ['vim'] } });
    expect(lines(judge(aReading([older, tool(1602, 1, 1600)])))).toEqual(['1602 tool-shell unknown']);
  });

  it('makes nobody a parent', () => {
    const younger = anEngine({ pid: 1600, startedAt: '99999' });
    const bystander = aProcess({ pid: 1700, ppid: 1600, pgid: 1600, facts: { argv: ['make'] } });
    expect(lines(judge(aReading([shell, younger, bystander])))).toEqual(['1600 cli-session no']);
  });
});

describe('other users', () => {
  it("cannot make a process of mine their session's, nor one of theirs mine", () => {
    const theirs = anEngine({ pid: 1000, uid: 1001, user: 'eve' });
    const mine = tool(1010, 1, 1000);
    const forged = tool(1011, 1, 2000, { uid: 1001, user: 'eve' });
    const engine = anEngine({ pid: 1005 });
    const named = tool(1012, 900, 1005, { uid: 1001, user: 'eve' });
    expect(lines(judge(aReading([shell, theirs, engine, mine, forged, named])))).toEqual([
      '1000 cli-session no',
      '1005 cli-session no',
      '1010 tool-shell unknown',
      '1011 tool-shell yes',
      '1012 tool-shell no',
    ]);
  });

  it('cannot keep a process of mine alive by holding the pid of its dead owner', () => {
    const theirs = aProcess({ pid: 1000, startedAt: '99999', uid: 1001, user: 'eve', facts: { argv: ['sleep', '9'] } });
    expect(lines(judge(aReading([theirs, tool(1010, 1, 1000)])))).toEqual(['1010 tool-shell yes']);
  });

  it('are not judged where the uid cannot be read', () => {
    expect(lines(judge(aReading([shell, anEngine({ pid: 1000, uid: null }), tool(1010, 1, 1000, { uid: null })])))).toEqual([
      '1000 cli-session no',
      '1010 tool-shell unknown',
    ]);
  });
});

describe('engines without a parent', () => {
  const orphan = anEngine({ pid: 2000, ppid: 1, tty: '?' });

  it('are left over once their terminal is gone and they rest', () => {
    const gone = { 2000: { fd0: '/dev/pts/7 (deleted)' } };
    expect(lines(judge(aReading([orphan]), [aRecord(orphan)], gone))).toEqual(['2000 cli-session yes']);
    expect(lines(judge(aReading([orphan]), [aRecord(orphan, { status: 'busy' })], gone))).toEqual(['2000 cli-session unknown']);
    expect(lines(judge(aReading([orphan]), [aRecord(orphan)], { 2000: { fd0: '/dev/pts/7' } }))).toEqual(['2000 cli-session unknown']);
    expect(lines(judge(aReading([orphan]), [aRecord(orphan)], { 2000: null }))).toEqual(['2000 cli-session unknown']);
  });

  it('belong to the container whose first process started them', () => {
    const tini = anInit({ comm: 'tini', exe: '/usr/bin/tini', argv: ['tini', '--', 'claude'] });
    const main = anEngine({ pid: 7, ppid: 1, startedAt: '20', args: ['-p', 'x'] });
    const later = anEngine({ pid: 99, ppid: 1, startedAt: '99999', tty: '?', args: ['-p', 'x'] });
    expect(lines(judge(aReading([tini, main, later])))).toEqual(['7 cli-headless no', '99 cli-headless unknown']);
  });

  it("were typed into the shell that is a container's first process", () => {
    const bash = anInit({ comm: 'bash', exe: '/usr/bin/bash', argv: ['bash'] });
    const typed = anEngine({ pid: 500, ppid: 1, sid: 1, tty: 'pts/0' });
    const server = aProcess({ pid: 600, ppid: 1, sid: 1, tty: 'pts/0', facts: { argv: ['node', 'x.js'], marks: mcpMarks(590) } });
    expect(lines(judge(aReading([{ ...bash, tty: 'pts/0' }, typed, server])))).toEqual(['500 cli-session no', '600 mcp-server yes']);
  });

  it('rest or work by the clock that is given', () => {
    const worker = anEngine({ pid: 2001, args: ['--input-format', 'stream-json'] });
    const idle = (hours: number) => judge(aReading([shell, worker]), [aRecord(worker, { statusSinceMs: NOW_MS - hours * 3_600_000 })])[0];
    expect([idle(0.9)?.leftOver, idle(1.1)?.leftOver]).toEqual(['no', 'unknown']);
    expect(idle(1.1)?.facts.registry?.idleHours).toBeCloseTo(1.1, 6);
  });
});

describe('the background service', () => {
  const host = (pid: number, ppid: number) =>
    anEngine({
      pid,
      ppid,
      tty: '?',
      facts: {
        comm: '2.1.330',
        argv: ['claude bg-pty-host', '--bg-pty-host', '/tmp/x.sock', '9', '9', '--', ENGINE, '--bg-spare', '/tmp/y'],
      },
    });
  const spare = anEngine({ pid: 3002, ppid: 3001, facts: { comm: '2.1.330', argv: ['claude bg-spare', '--bg-spare', '/tmp/y'] } });
  const worker = anEngine({ pid: 3003, ppid: 3001, tty: 'pts/8' });
  const daemon = anEngine({ pid: 3000, ppid: 1, tty: '?', args: ['daemon', 'run'] });

  it('is rows of its own, none of them left over while it runs', () => {
    expect(lines(judge(aReading([daemon, host(3001, 3000), spare, worker]), [aRecord(worker, { kind: 'bg', jobId: '444e602a' })]))).toEqual(
      ['3000 daemon no', '3001 bg-pty-host no', '3002 bg-spare no', '3003 bg-session no'],
    );
    expect(lines(judge(aReading([daemon, host(3001, 1)])))).toEqual(['3000 daemon no', '3001 bg-pty-host no']);
  });

  it('leaves terminal hosts, which are kept while a session runs in them', () => {
    expect(lines(judge(aReading([host(3001, 1), spare])))).toEqual(['3001 bg-pty-host yes', '3002 bg-spare no']);
    expect(lines(judge(aReading([host(3001, 1), worker])))).toEqual(['3001 bg-pty-host unknown', '3003 bg-session no']);
    // A spare that a session has moved into is one, whatever its command line says.
    const claimed = aRecord(spare, { kind: 'bg', jobId: '444e602a' });
    expect(lines(judge(aReading([host(3001, 1), spare]), [claimed]))).toEqual(['3001 bg-pty-host unknown', '3002 bg-session no']);
    expect(lines(judge(aReading([host(3001, 1)], { complete: false })))).toEqual(['3001 bg-pty-host unknown']);
    const eves = anEngine({ pid: 2999, ppid: 1, uid: 1001, user: 'eve', args: ['daemon', 'run'] });
    expect(lines(judge(aReading([eves, host(3001, 1)])))).toEqual(['2999 daemon no', '3001 bg-pty-host yes']);
  });
});

describe('what is not listed', () => {
  it('is this program and what it started', () => {
    const self = aProcess({ pid: 5000, facts: { argv: ['/opt/claude-manager/claude-manager'] } });
    const agents = anEngine({ pid: 5001, ppid: 5000, args: ['agents', '--json'] });
    const grandchild = aProcess({ pid: 5002, ppid: 5001, facts: { argv: ['node'], marks: toolMarks(5001) } });
    expect(judge(aReading([shell, self, agents, grandchild], { selfPid: 5000 }))).toEqual([]);
  });

  it('is a server that a service manager runs, once its control group says so', () => {
    const server = aProcess({ pid: 5100, ppid: 1, facts: { argv: ['node', '/x/.bin/context7-mcp'] } });
    const cgroup = '/system.slice/mcp.service';
    expect(lines(judge(aReading([server])))).toEqual(['5100 mcp-server unknown']);
    expect(judge(aReading([server]), [], { 5100: { cgroup } })).toEqual([]);
  });
});

describe('hostile tables', () => {
  it('with parents in a circle are judged', () => {
    const ring = [
      marked(6001, 6003, 6000, ['a'], { ppid: 6003 }),
      marked(6002, 6001, 6000, ['b']),
      marked(6003, 6002, 6000, ['c']),
      anEngine({ pid: 6004, ppid: 6004 }),
    ];
    // Equal stamps: nobody is older, so nothing but the circle itself can be refused.
    const same = ring.map((raw) => ({ ...raw, key: { ...raw.key, startedAt: '5' } }));
    const judged = judge(aReading(same));
    expect(judged.map(({ raw, facts }) => [raw.key.pid, facts.parent?.ancestors])).toEqual([
      [6002, []],
      [6003, ['b']],
      [6001, ['c', 'b']],
      [6004, []],
    ]);
  });

  it('with a chain of ten thousand parents are judged', () => {
    const chain = Array.from({ length: 10_000 }, (_, at) => marked(10_000 + at, at === 0 ? 1 : 9999 + at, 9000, ['sh'], { pgid: 1 }));
    const judged = judgeKinds(aReading([...chain].reverse()), new Map());
    const judgements = judgeLeftOvers(judged, inspected(candidates(judged)), NOW_MS);
    expect(judgements.map(({ leftOver }) => leftOver)).toEqual(chain.map(() => 'yes'));
  });
});
