import { describe, expect, it } from 'vitest';
import type { Config } from '../../../src/shared/config.js';
import { parseConfig } from '../../../src/shared/config.js';
import type { GuardContext } from '../../../src/shared/guard.js';
import type { Judgement } from '../../../src/shared/judge.js';
import { keyId } from '../../../src/shared/process-key.js';
import type { SnapshotMemory } from '../../../src/shared/snapshot.js';
import { buildSnapshot } from '../../../src/shared/snapshot.js';
import type { HostTotals, ProcessView, RawProcess, Reading, SessionRecord } from '../../../src/shared/types.js';

const MB = 1024 * 1024;
const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;

const host: HostTotals = {
  hostName: 'atlas',
  osName: 'Debian',
  memoryTotalBytes: 64e9,
  memoryUsedBytes: 32e9,
  cores: 8,
  load1: 1,
  cpuPercent: 100,
};
const guard: GuardContext = { selfPid: 1, selfUid: 1000, isRoot: false, ancestorPids: new Set(), childPids: new Set(), protectRules: [] };

interface Given extends Partial<Omit<Judgement, 'raw' | 'record'>> {
  readonly pid: number;
  readonly raw?: Partial<RawProcess>;
  readonly mb?: number | null;
  readonly swapMb?: number | null;
  readonly cpuMs?: number | null;
  readonly ageHours?: number;
  readonly record?: Partial<SessionRecord> | null;
}

const judgement = ({ pid, raw, mb = 10, swapMb = 0, cpuMs = 0, ageHours = 1, record = null, ...rest }: Given): Judgement => {
  const full: RawProcess = {
    key: { pid, startedAt: String(pid * 10) },
    ppid: 1,
    uid: 1000,
    user: 'dana',
    state: 'S',
    tty: 'pts/1',
    cwd: '/home/dana/api',
    pgid: pid,
    sid: pid,
    startedAtMs: NOW - ageHours * HOUR,
    facts: { comm: 'claude', exe: '/home/dana/.local/share/claude/versions/2.1.330', exeId: '1:2', argv: ['claude'], marks: {} },
    counters: {
      cpuMs,
      rssBytes: 999 * MB,
      rssAnonBytes: mb === null ? null : mb * MB,
      swapBytes: swapMb === null ? null : swapMb * MB,
      threads: 9,
    },
    ...raw,
  };
  return {
    raw: full,
    facts: {
      platform: 'linux',
      pid,
      ppid: full.ppid,
      user: full.user,
      comm: full.facts.comm,
      exe: full.facts.exe,
      argv: full.facts.argv,
      tty: full.tty,
      cwd: full.cwd,
      sid: full.sid,
      pgid: full.pgid,
      state: full.state,
      parent: null,
      env: full.facts.marks,
      hints: {},
      registry: null,
    },
    kind: 'cli-session',
    kindEvidence: [],
    leftOver: 'no',
    leftOverEvidence: [],
    reparented: false,
    owner: null,
    record:
      record === null
        ? null
        : {
            pid,
            sessionId: '4f1c2a90-7d53-4b1e-9a60-2f0c1d7e8b11',
            procStart: String(pid * 10),
            pidDomain: null,
            cwd: null,
            kind: 'interactive',
            entrypoint: 'cli',
            version: null,
            name: null,
            status: null,
            waitingFor: null,
            jobId: null,
            statusSinceMs: null,
            updatedAtMs: null,
            configDir: '/home/dana/.claude',
            ownerUid: 1000,
            ...record,
          },
    ...rest,
  };
};

const look = (
  judgements: readonly Judgement[],
  options: { previous?: SnapshotMemory | null; monotonicMs?: number; takenAtMs?: number; config?: Config } = {},
) => {
  const { previous = null, monotonicMs = 1000, takenAtMs = NOW, config = parseConfig({}) } = options;
  const reading: Reading = { takenAtMs, monotonicMs, processes: judgements.map((j) => j.raw), complete: true, pidDomain: null, selfPid: 1 };
  return buildSnapshot({ reading, judgements, host, config, guard, previous });
};

const only = (given: Given, options?: Parameters<typeof look>[1]): ProcessView => {
  const view = look([judgement(given)], options).snapshot.processes[0];
  if (!view) throw new Error('no row');
  return view;
};

describe('rates', () => {
  it('are unknown at the first look, and a difference of counters over monotonic time afterwards: one core is 100 %', () => {
    const first = look([judgement({ pid: 10, cpuMs: 4000 })], { monotonicMs: 1000 });
    expect(first.snapshot.processes[0]?.cpuPercent).toBe(null);
    expect(first.snapshot.totals.cpuPercent).toBe(null);
    const second = look([judgement({ pid: 10, cpuMs: 14_000 })], { previous: first.memory, monotonicMs: 6000, takenAtMs: NOW - 9 * HOUR });
    expect(second.snapshot.processes[0]?.cpuPercent).toBe(200);
    expect(second.snapshot.totals.cpuPercent).toBe(200);
  });

  it('of nobody are 0, once there are rates', () => {
    const first = look([]);
    expect([first.snapshot.totals.cpuPercent, look([], { previous: first.memory, monotonicMs: 2000 }).snapshot.totals.cpuPercent]).toEqual([
      null,
      0,
    ]);
  });

  it('are not taken over a reused pid, an unreadable counter or no time, and are never negative', () => {
    const first = look([judgement({ pid: 10, cpuMs: 4000 })]);
    const rate = (given: Given, monotonicMs = 2000) => only(given, { previous: first.memory, monotonicMs }).cpuPercent;
    expect(rate({ pid: 10, cpuMs: 5000, raw: { key: { pid: 10, startedAt: '999' } } })).toBe(null);
    expect(rate({ pid: 10, cpuMs: null })).toBe(null);
    expect(rate({ pid: 10, cpuMs: 5000 }, 1000)).toBe(null);
    expect(rate({ pid: 10, cpuMs: 3000 })).toBe(0);
  });
});

describe('memory', () => {
  it('is private memory and swap, not RSS; unreadable stays unknown', () => {
    expect(only({ pid: 10, mb: 140, swapMb: 60 }).memoryBytes).toBe(200 * MB);
    expect(only({ pid: 10, mb: 140, swapMb: null }).memoryBytes).toBe(140 * MB);
    expect(only({ pid: 10, mb: null }).memoryBytes).toBe(null);
  });

  it('rolls up into the session what it owns, and counts each process once in the totals', () => {
    const session = judgement({ pid: 10, mb: 100, cpuMs: 0 });
    const owner = session.raw.key;
    const server = judgement({ pid: 11, mb: 30, kind: 'mcp-server', owner, cpuMs: 0 });
    const shell = judgement({ pid: 12, mb: null, kind: 'tool-shell', owner, cpuMs: 0 });
    const other = judgement({ pid: 20, mb: 7, cpuMs: 0 });
    const first = look([session, server, shell, other]);
    const after = [session, server, shell, other].map((j) => ({ ...j, raw: { ...j.raw, counters: { ...j.raw.counters, cpuMs: 500 } } }));
    const { snapshot } = look(after, { previous: first.memory, monotonicMs: 2000 });
    expect(snapshot.processes.map((view) => [view.key.pid, view.tree])).toEqual([
      [10, { memoryBytes: 130 * MB, cpuPercent: 150, count: 3, memoryIsPartial: true }],
      [11, { memoryBytes: 30 * MB, cpuPercent: 50, count: 1, memoryIsPartial: false }],
      [12, { memoryBytes: null, cpuPercent: 50, count: 1, memoryIsPartial: true }],
      [20, { memoryBytes: 7 * MB, cpuPercent: 50, count: 1, memoryIsPartial: false }],
    ]);
    expect(snapshot.totals).toEqual({
      processes: 4,
      sessions: 2,
      memoryBytes: 137 * MB,
      memoryIsPartial: true,
      cpuPercent: 200,
      unreadable: 1,
    });
  });
});

describe('status', () => {
  it('is the first that holds of Orphan, Possible orphan, Old, High memory, Normal; the conditions are all that hold', () => {
    const row = (given: Given) => {
      const { status, conditions } = only(given);
      return [status, conditions];
    };
    expect(row({ pid: 10 })).toEqual(['normal', ['normal']]);
    expect(row({ pid: 10, mb: 1025 })).toEqual(['high-memory', ['high-memory']]);
    expect(row({ pid: 10, mb: 1024 })).toEqual(['normal', ['normal']]);
    expect(row({ pid: 10, mb: 1025, ageHours: 2.01 })).toEqual(['old', ['old', 'high-memory']]);
    expect(row({ pid: 10, ageHours: 3, mb: 2000, leftOver: 'yes', reparented: true })).toEqual([
      'orphan',
      ['orphan', 'old', 'high-memory'],
    ]);
    expect(row({ pid: 10, ageHours: 3, leftOver: 'unknown', reparented: true })).toEqual(['possible-orphan', ['possible-orphan', 'old']]);
    // Unknown with a living parent ("stale") is no orphan.
    expect(row({ pid: 10, leftOver: 'unknown' })).toEqual(['normal', ['normal']]);
  });

  it('never calls a child old or over a limit by itself, and a session over it by what it owns', () => {
    const session = judgement({ pid: 10, mb: 600 });
    const server = judgement({ pid: 11, mb: 1100, kind: 'mcp-server', owner: session.raw.key, ageHours: 99 });
    expect(look([session, server]).snapshot.processes.map((view) => view.status)).toEqual(['high-memory', 'normal']);
  });

  it("takes the limit of the owner's row, then the default row, then the global value", () => {
    const config = parseConfig({
      global_settings: { default_memory_limit_mb: 300 },
      user_limits: { default: { memory_limit_mb: 200 }, dana: { memory_limit_mb: 100 } },
    });
    expect(only({ pid: 10, mb: 150 }, { config }).limitBytes).toBe(100 * MB);
    expect(only({ pid: 10, raw: { user: 'rafael' } }, { config }).limitBytes).toBe(200 * MB);
    expect(only({ pid: 10 }, { config: parseConfig({ global_settings: { default_memory_limit_mb: 300 } }) }).limitBytes).toBe(300 * MB);
  });
});

describe('activity', () => {
  it('comes from a record of this very process; without one a session is unknown, never idle, and others have none', () => {
    expect(only({ pid: 10 }).activity).toBe('unknown');
    expect(only({ pid: 10, record: { status: 'waiting', waitingFor: 'permission prompt', statusSinceMs: 5 } })).toMatchObject({
      activity: 'waiting',
      waitingFor: 'permission prompt',
      activeSinceMs: 5,
    });
    expect(only({ pid: 10, record: {} }).activity).toBe('unknown');
    expect(only({ pid: 10, kind: 'mcp-server' }).activity).toBe('none');
  });

  it('was last seen when the record changed or CPU was at work, and is remembered; no future is believed', () => {
    expect(only({ pid: 10 }).lastActiveMs).toBe(null);
    expect(only({ pid: 10, record: { statusSinceMs: NOW - 9000, updatedAtMs: NOW - 5000 } }).lastActiveMs).toBe(NOW - 5000);
    expect(only({ pid: 10, record: { statusSinceMs: NOW - 9000, updatedAtMs: NOW + HOUR } }).lastActiveMs).toBe(NOW - 9000);
    const first = look([judgement({ pid: 10, cpuMs: 0 })]);
    const busy = look([judgement({ pid: 10, cpuMs: 500 })], { previous: first.memory, monotonicMs: 2000, takenAtMs: NOW + 1000 });
    expect(busy.snapshot.processes[0]?.lastActiveMs).toBe(NOW + 1000);
    const quiet = look([judgement({ pid: 10, cpuMs: 500 })], { previous: busy.memory, monotonicMs: 3000, takenAtMs: NOW + 2000 });
    expect(quiet.snapshot.processes[0]?.lastActiveMs).toBe(NOW + 1000);
  });
});

it('carries the guard’s word on every row, and protects what a protected session owns', () => {
  const session = judgement({ pid: 10, record: { name: 'billing' } });
  const server = judgement({ pid: 11, kind: 'mcp-server', owner: session.raw.key });
  const foreign = judgement({ pid: 20, raw: { uid: 0, user: 'root' } });
  const reading: Reading = { takenAtMs: NOW, monotonicMs: 1, processes: [], complete: true, pidDomain: null, selfPid: 1 };
  const { snapshot } = buildSnapshot({
    reading,
    judgements: [session, server, foreign],
    host,
    config: parseConfig({}),
    guard: { ...guard, protectRules: [{ by: 'name', value: 'billing' }] },
    previous: null,
  });
  expect(snapshot.processes.map((view) => view.refusal?.id ?? null)).toEqual(['protectName', 'protectOwner', 'otherUser']);
});

it('counts looks and forgets the counters of the dead', () => {
  const first = look([judgement({ pid: 10 }), judgement({ pid: 11 })]);
  const second = look([judgement({ pid: 11 })], { previous: first.memory, monotonicMs: 2000 });
  expect([first.snapshot.sequence, second.snapshot.sequence, [...second.memory.cpuMs.keys()]]).toEqual([
    1,
    2,
    [keyId({ pid: 11, startedAt: '110' })],
  ]);
});

it('keeps the row of which nothing changed, and makes the others anew', () => {
  const given = [judgement({ pid: 10, cpuMs: 0 }), judgement({ pid: 11, cpuMs: 0, mb: 10 }), judgement({ pid: 12, cpuMs: 0 })];
  const first = look(given);
  const second = look(given, { previous: first.memory, monotonicMs: 2000 });
  const grown = [judgement({ pid: 10, cpuMs: 0 }), judgement({ pid: 11, cpuMs: 0, mb: 11 }), judgement({ pid: 12, cpuMs: 0 })];
  const third = look(grown, { previous: second.memory, monotonicMs: 3000 });
  const same = third.snapshot.processes.map((view, index) => view === second.snapshot.processes[index]);
  expect([second.snapshot.processes.map((view) => view.cpuPercent), same]).toEqual([
    [0, 0, 0],
    [true, false, true],
  ]);
});
