import fc from 'fast-check';
import { expect, it } from 'vitest';
import { kinSteps } from '../../../../src/main/kin.js';
import type { Related, Relevance } from '../../../../src/main/platform/relevance.js';
import { relevanceSteps } from '../../../../src/main/platform/relevance.js';
import { classify } from '../../../../src/shared/classify.js';
import { candidates, judgeLeftOvers, mayBeClaudes } from '../../../../src/shared/judge.js';
import { markedOwnerPid } from '../../../../src/shared/marks.js';
import { STEP } from '../../../../src/shared/steps.js';
import type { CandidateFacts, Marks, RawProcess, Reading, StaticFacts } from '../../../../src/shared/types.js';
import { finish, judgeKinds } from '../../../fakes/in-one-go.js';

interface One extends Related {
  readonly raw: RawProcess;
}

const SELF = 7;
const PIDS = 24;
const ENGINE = '/home/dana/.local/share/claude/versions/2.1.330';

/** All steps at once. */
const relevanceOf = <T extends Related>(known: ReadonlyMap<number, T>, selfPid: number): Relevance<T> =>
  finish(relevanceSteps(known, selfPid));

const relevantOf = (processes: readonly RawProcess[]) => {
  const one = (raw: RawProcess): One => ({
    pid: raw.key.pid,
    ppid: raw.ppid,
    ofInterest: mayBeClaudes(raw.facts, classify),
    ownerPid: markedOwnerPid(raw.facts.marks),
    raw,
  });
  return relevanceOf(new Map(processes.map((raw) => [raw.key.pid, one(raw)])), SELF);
};

/** Programs that the rules claim in every way: by path, by marks, by what stands above, by a package's name, by a name. */
const PROGRAMS: readonly Omit<StaticFacts, 'exeId' | 'marks'>[] = [
  { comm: 'claude', exe: ENGINE, argv: ['claude'] },
  { comm: '2.1.330', exe: ENGINE, argv: ['claude bg-pty-host', '--bg-pty-host', '/tmp/x.sock', '--', ENGINE] },
  { comm: 'claude', exe: ENGINE, argv: ['claude', 'daemon', 'run'] },
  { comm: 'bash', exe: '/bin/bash', argv: ['bash', '-c', 'source /h/.claude/shell-snapshots/snapshot-bash-1-ab.sh && eval x'] },
  { comm: 'node', exe: '/usr/bin/node', argv: ['npm', 'exec', '@modelcontextprotocol/server-everything'] },
  { comm: 'chat', exe: '/usr/bin/chat', argv: ['chat', '--model', 'claude-x'] },
  { comm: 'tmux: server', exe: '/usr/bin/tmux', argv: ['tmux'] },
  { comm: 'systemd', exe: '/lib/systemd/systemd', argv: ['systemd', '--user'] },
  { comm: 'sleep', exe: '/bin/sleep', argv: ['sleep', '9'] },
  { comm: 'bash', exe: '/bin/bash', argv: ['bash'] },
];

const aPid = fc.integer({ min: 1, max: PIDS });
const someMarks: fc.Arbitrary<Marks> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  aPid.map((pid) => ({ CLAUDECODE: '1', CLAUDE_PID: String(pid), CLAUDE_CODE_SESSION_ID: 'x', CLAUDE_CODE_EXECPATH: ENGINE })),
  aPid.map((pid) => ({ CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: 'x', CLAUDE_CODE_MESSAGING_SOCKET: `/tmp/s/${pid}.sock` })),
);

/** Parents have any number, but none of their own descendants is among them: each stands before its children in this order. */
const rank = (pid: number): number => (pid * 3) % (PIDS + 1);
const parentOf = (pid: number, choice: number): number => {
  const older = Array.from({ length: PIDS }, (_, at) => at + 1).filter((one) => rank(one) < rank(pid));
  return pid === 1 ? 0 : (older[choice % (older.length + 1)] ?? 0);
};

const aProcess = (pid: number): fc.Arbitrary<RawProcess | null> =>
  fc.option(
    fc
      .record({
        program: fc.constantFrom(...PROGRAMS),
        marks: someMarks,
        ppid: fc.integer({ min: 0, max: PIDS }),
        uid: fc.constantFrom(1000, 1000, 1000, 1001),
        started: fc.oneof({ weight: 5, arbitrary: fc.constant(pid) }, { weight: 1, arbitrary: aPid }),
        state: fc.constantFrom('S', 'S', 'S', 'Z'),
        tty: fc.constantFrom('?', 'pts/1'),
      })
      .map(
        ({ program, marks, ppid, uid, started, state, tty }): RawProcess => ({
          key: { pid, startedAt: String(started) },
          ppid: parentOf(pid, ppid),
          uid,
          user: 'dana',
          state,
          tty,
          cwd: '/',
          pgid: pid,
          sid: pid,
          startedAtMs: started * 1000,
          facts:
            state === 'Z' ? { comm: program.comm, exe: null, exeId: null, argv: [], marks: null } : { ...program, exeId: '1:1', marks },
          counters: { cpuMs: 0, rssBytes: 0, rssAnonBytes: 0, swapBytes: 0, threads: 1 },
        }),
      ),
    { freq: 6 },
  );
const someProcesses: fc.Arbitrary<RawProcess[]> = fc
  .tuple(...Array.from({ length: PIDS }, (_, at) => aProcess(at + 1)))
  .map((all) => all.filter((one) => one !== null));

const judged = (processes: readonly RawProcess[], complete: boolean) => {
  const reading: Reading = { takenAtMs: 0, monotonicMs: 0, processes, complete, pidDomain: null, selfPid: SELF };
  const kinds = judgeKinds(reading, new Map());
  const dear: CandidateFacts = {
    cgroup: '/user.slice',
    fd0: '/dev/pts/1 (deleted)',
    listening: false,
    ptyHolder: false,
    sameNamespace: true,
  };
  const facts = new Map(candidates(kinds).map(({ pid }) => [pid, dear]));
  const byPid = [...judgeLeftOvers(kinds, facts, 0)].sort((a, b) => a.raw.key.pid - b.raw.key.pid);
  const { ancestorPids, childPids } = finish(kinSteps(reading));
  return { judgements: byPid, ancestors: [...ancestorPids], children: [...childPids].sort((a, b) => a - b) };
};

it('lacks nobody on whom a verdict rests: with fewer processes the rules say the same, 1000 random tables', { timeout: 120_000 }, () => {
  const sizes = { all: 0, kept: 0, judged: 0, left: 0 };
  fc.assert(
    fc.property(someProcesses, fc.boolean(), (processes, complete) => {
      // Without ourselves, no look counts.
      fc.pre(processes.some(({ key }) => key.pid === SELF));
      const kept = [...relevantOf(processes).all].map(({ raw }) => raw);
      const whole = judged(processes, complete);
      const fewer = judged(kept, complete);
      // Comparing texts is cheaper by far, and says nothing of where they differ.
      if (JSON.stringify(fewer) !== JSON.stringify(whole)) expect(fewer).toEqual(whole);
      sizes.all += processes.length;
      sizes.kept += kept.length;
      sizes.judged += whole.judgements.length;
      sizes.left += whole.judgements.filter(({ leftOver }) => leftOver !== 'no').length;
    }),
    { numRuns: 1_000 },
  );
  // It would hold of a table that keeps everybody, and of one that nothing is found in.
  expect(sizes.kept).toBeLessThan(sizes.all * 0.95);
  expect(sizes.left).toBeGreaterThan(500);
  expect(sizes.judged).toBeGreaterThan(sizes.left);
});

const related = (pid: number, ppid: number, more: Partial<Related> = {}): [number, Related] => [
  pid,
  { pid, ppid, ofInterest: false, ownerPid: null, ...more },
];
const pids = (some: Iterable<Related>): number[] => [...some].map(({ pid }) => pid);

it('keeps who might be Claude’s, who is below and above, whom marks name, ourselves and pid 1; in the order of their pids', () => {
  const found = relevanceOf(
    new Map([
      related(40, 30),
      related(1, 0),
      related(20, 1),
      related(30, 20, { ofInterest: true, ownerPid: 60 }),
      related(50, 20),
      related(60, 59),
      related(SELF, 20),
      related(70, SELF),
      related(80, 1),
    ]),
    SELF,
  );
  expect(pids(found.all)).toEqual([1, SELF, 20, 30, 40, 60, 70]);
  expect(pids(found.below).sort((a, b) => a - b)).toEqual([SELF, 30, 40, 70]);
  expect(found.unknown).toEqual([59]);
});

it('ends its walks where parents go round in a circle', () => {
  const found = relevanceOf(new Map([related(2, 3), related(3, 2, { ofInterest: true }), related(4, 4)]), SELF);
  expect(pids(found.below)).toContain(3);
  expect(pids(found.all)).not.toContain(4);
});

it('goes through a table of thousands in steps', () => {
  const known = new Map([
    related(1, 0),
    ...Array.from({ length: 20_000 }, (_, index) => related(index + 2, 1, { ofInterest: index === 1 })),
  ]);
  let asked = 0;
  class Counted extends Map<number, Related> {
    override get(pid: number): Related | undefined {
      asked += 1;
      return super.get(pid);
    }
  }
  const steps = relevanceSteps(new Counted(known), SELF);
  let most = 0;
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) {
    most = Math.max(most, asked);
    asked = 0;
  }
  expect(Math.max(most, asked)).toBeLessThanOrEqual(2 * STEP);
  expect([...step.value.all].map(({ pid }) => pid)).toEqual([1, 3, SELF]);
});
