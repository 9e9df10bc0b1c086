import { describe, expect, it } from 'vitest';
import { candidates, type Judgement, judgeLeftOvers } from '../../../src/shared/judge.js';
import { parseRow, rowOf } from '../../../src/shared/rows.js';
import { judgeKinds } from '../../fakes/in-one-go.js';
import { anEngine, aProcess, aReading, aRecord, ENGINE, facts, inspected, NOW_MS, toolMarks } from '../../fixtures/builders.js';

const bare = { platform: 'linux', pid: 42 };
const parsed = (value: unknown) => {
  const result = parseRow(JSON.stringify(value));
  if (!result.ok) throw new Error(result.error);
  return result.row;
};

describe('parseRow', () => {
  it('reads a row as it is', () => {
    const { pid, ...rest } = facts({ env: { CLAUDE_PID: '7' }, hints: { fd0: null, listening: false } });
    expect(parsed({ id: 'X1', pid, ...rest, expected: { kind: 'hook', leftOver: 'no' }, why: 'x' })).toEqual({
      id: 'X1',
      facts: { pid, ...rest },
      expected: { kind: 'hook', leftOver: 'no' },
    });
  });

  it('takes what is missing for unreadable, and what was not asked for as not asked', () => {
    expect(parsed(bare)).toEqual({
      id: '',
      expected: null,
      facts: {
        ...bare,
        ...{ ppid: null, user: null, comm: null, exe: null, argv: null, tty: null, cwd: null, sid: null, pgid: null, state: null },
        ...{ parent: null, env: null, hints: {}, registry: null },
      },
    });
    expect(parsed({ ...bare, parent: { alive: true }, registry: {} }).facts).toMatchObject({
      parent: { pid: null, alive: true, comm: null, kind: null, role: null, pgid: null, startedBefore: null, ancestors: [] },
      registry: {
        sessionId: null,
        kind: null,
        entrypoint: null,
        status: null,
        waitingFor: null,
        jobId: null,
        idleHours: null,
        procStartMatches: false,
      },
    });
  });

  it('takes what has a wrong type for unreadable', () => {
    const hostile = {
      ...bare,
      ...{ id: [1], ppid: 1.5, comm: 7, exe: {}, argv: ['a', 1], sid: 'x', env: ['CLAUDE_PID'], parent: 'init', hints: 3, expected: 'yes' },
      registry: { procStartMatches: 'true', idleHours: -1, status: 3 },
    };
    expect(parsed(hostile)).toMatchObject({
      id: '',
      expected: null,
      facts: {
        ppid: null,
        comm: null,
        exe: null,
        argv: null,
        sid: null,
        env: null,
        parent: null,
        hints: {},
        registry: { procStartMatches: false, idleHours: null, status: null },
      },
    });
    expect(parsed({ ...bare, parent: { alive: 'yes', kind: 'king', startedBefore: 0, ancestors: 'x' } }).facts.parent).toMatchObject({
      alive: false,
      kind: null,
      startedBefore: null,
      ancestors: [],
    });
    expect(parsed({ ...bare, hints: { ownerAlive: 'no', fd0: 3, isSelf: 1 } }).facts.hints).toEqual({ ownerAlive: null, fd0: null });
  });

  it('keeps the named variables and no other', () => {
    const env = { CLAUDE_PID: '7', CLAUDECODE: 1, ANTHROPIC_API_KEY: 'sk-x', constructor: 'x' };
    expect(
      parseRow(`{"platform":"linux","pid":1,"env":${JSON.stringify(env).replace('{', '{"__proto__":{"CLAUDE_CODE_SESSION_ID":"x"},')}}`),
    ).toMatchObject({
      ok: true,
      row: { facts: { env: { CLAUDE_PID: '7' } } },
    });
    expect(parsed({ ...bare, env }).facts.env).toEqual({ CLAUDE_PID: '7' });
  });

  it('does not believe a record of another system', () => {
    const of = (pidDomain: unknown) =>
      parsed({ ...bare, registry: { procStartMatches: true, pidDomain } }).facts.registry?.procStartMatches;
    expect([of(null), of('linux:0123:pid:[4026531836]'), of('darwin:0123'), of('other')]).toEqual([true, true, false, false]);
  });

  it.each([
    ['', 'not-json'],
    ['{', 'not-json'],
    ['null', 'not-a-row'],
    ['[]', 'not-a-row'],
    ['7', 'not-a-row'],
    ['{}', 'not-a-row'],
    ['{"platform":"linux"}', 'not-a-row'],
    ['{"platform":"plan9","pid":1}', 'not-a-row'],
    ['{"platform":"linux","pid":-1}', 'not-a-row'],
    ['{"platform":"linux","pid":"1"}', 'not-a-row'],
    ['['.repeat(100_000), 'not-json'],
    [' '.repeat(5_000_000), 'too-long'],
  ])('refuses what is no row (%#)', (line, error) => {
    expect(parseRow(line)).toEqual({ ok: false, error });
  });
});

describe('rowOf', () => {
  const judge = (): readonly Judgement[] => {
    const session = anEngine({ pid: 1000, args: ['--append-system-prompt', 'the plan', '--api-key', 'hunter2', 'my secret idea'] });
    const shell = aProcess({ pid: 1002, ppid: 1, tty: '?', facts: { argv: ['bash', '-c', 'TOKEN=hunter2 make'], marks: toolMarks(999) } });
    const judged = judgeKinds(
      aReading([aProcess({ pid: 900, ppid: 1 }), session, shell]),
      new Map([[1000, aRecord(session, { name: 'private' })]]),
    );
    return judgeLeftOvers(judged, inspected(candidates(judged)), NOW_MS);
  };

  it('is a row without secrets, prompts or names', () => {
    const [session, shell] = judge().map(rowOf);
    expect(session).toEqual({
      id: '1000:10000',
      platform: 'linux',
      ...{
        pid: 1000,
        ppid: 900,
        user: 'dana',
        comm: 'claude',
        exe: ENGINE,
        tty: 'pts/1',
        cwd: '/home/dana/proj',
        sid: 900,
        pgid: 1000,
        state: 'S',
      },
      argv: ['claude', '--append-system-prompt', '…', '--api-key', '…', '…'],
      parent: {
        pid: 900,
        alive: true,
        comm: 'bash',
        kind: null,
        role: null,
        pgid: 900,
        startedBefore: true,
        ancestors: ['bash', 'systemd'],
      },
      env: {},
      hints: {},
      registry: {
        sessionId: '4f1c2a90-7d53-4b1e-9a60-2f0c1d7e8b11',
        ...{
          kind: 'interactive',
          entrypoint: 'cli',
          status: 'idle',
          waitingFor: null,
          jobId: null,
          idleHours: 1 / 60,
          procStartMatches: true,
        },
      },
      expected: { kind: 'cli-session', leftOver: 'no' },
      basis: 'capture',
    });
    expect(shell).toMatchObject({ argv: ['bash', '-c', 'TOKEN=… make'], expected: { kind: 'tool-child', leftOver: 'yes' } });
    expect(JSON.stringify([session, shell])).not.toMatch(/hunter2|plan|idea|private/);
  });

  it('says what could not be read, so that it is judged as it was', () => {
    const judged = judgeKinds(aReading([aProcess({ pid: 1002, ppid: 1, facts: { marks: toolMarks(999) } })]), new Map());
    const [row] = judgeLeftOvers(judged, inspected(candidates(judged), { 1002: null }), NOW_MS).map(rowOf);
    expect(row).toMatchObject({
      hints: { cgroup: null, fd0: null, listening: null, ptyHolder: null, ownerAlive: null },
      expected: { leftOver: 'unknown' },
    });
  });
});
