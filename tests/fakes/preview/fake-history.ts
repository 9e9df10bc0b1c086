import { type Decided, type Decision, decidedSince } from '../../../src/shared/care.js';
import type {
  HistoryAnswer,
  HistoryGrouping,
  HistoryRange,
  HistorySeries,
  HistorySummary,
  Measured,
  Metric,
  Series,
} from '../../../src/shared/history.js';
import type { Rehearsal, RehearsedEnd } from '../../../src/shared/rehearsal.js';

/** An invented past, for looking at charts without a store. The same at the same time. */

const GB = 1024 ** 3;
const HOUR = 3_600_000;
const SPANS = { '1h': HOUR, '6h': 6 * HOUR, '24h': 24 * HOUR, '7d': 168 * HOUR, '30d': 720 * HOUR } as const;
const POINTS = 360;

const USERS: readonly (readonly [name: string, gb: number])[] = [
  ['rafael', 7.6],
  ['marina', 4.4],
  ['dkim', 3.9],
  ['ana', 2.2],
  ['joao', 1.5],
  ['svc-build', 1.2],
  ['guest', 0.4],
];
const KINDS: readonly (readonly [name: string, gb: number])[] = [
  ['cli-session', 9.4],
  ['ide-session', 4.1],
  ['mcp-server', 3.2],
  ['tool-shell', 1.9],
  ['sdk-worker', 1.1],
];
const PROJECTS: readonly (readonly [name: string, gb: number])[] = USERS.map(([user, gb], at) => [
  `/home/${user}/src/project-${at + 1}`,
  gb,
]);

const spanOf = (range: HistoryRange, now: number): readonly [number, number] =>
  range.type === 'span' ? [range.fromMs, Math.min(now, range.toMs)] : [now - SPANS[range.last], now];

const wave = (atMs: number, seed: number): number =>
  1 + 0.22 * Math.sin(atMs / 5_400_000 + seed) + 0.1 * Math.sin(atMs / 900_000 + seed * 3) + 0.15 * Math.sin(atMs / 40_000_000 + seed);

const series = (values: readonly (number | null)[]): Series => ({
  min: values.map((value) => (value === null ? null : value * 0.92)),
  mean: values,
  max: values.map((value) => (value === null ? null : value * 1.09)),
});

/** `sinceMs`: the oldest that is kept; null = nothing. */
export const fakeAnswer = (range: HistoryRange, by: HistoryGrouping, now: number, sinceMs: number | null): HistoryAnswer => {
  const [fromMs, toMs] = spanOf(range, now);
  const stepMs = Math.ceil((toMs - fromMs) / POINTS / 1000) * 1000;
  const first = Math.floor(fromMs / stepMs) * stepMs;
  const times = Array.from({ length: Math.floor((toMs - first) / stepMs) + 1 }, (_, at) => first + at * stepMs);
  const missing = (atMs: number): boolean => {
    const part = (atMs - fromMs) / (toMs - fromMs);
    return sinceMs === null || atMs < sinceMs || (part > 0.4 && part < 0.46);
  };
  const list = (make: (atMs: number) => number): Series => series(times.map((atMs) => (missing(atMs) ? null : make(atMs))));
  const groups = by === 'kind' ? KINDS : by === 'project' ? PROJECTS : USERS;
  const measured = (gb: number, seed: number): Measured => ({
    memoryBytes: list((atMs) => gb * GB * wave(atMs, seed)),
    cpuPercent: list((atMs) => gb * 34 * wave(atMs * 2, seed + 1)),
    processes: list(() => Math.round(gb * 3)),
  });
  const all = groups.map(([name, gb], seed): HistorySeries => ({ id: `${by}:${name}`, name, session: null, ...measured(gb, seed) }));
  const sum = (pick: (one: Measured) => Series): Series =>
    series(
      times.map((_, at) =>
        all.reduce<number | null>((total, one) => (pick(one).mean[at] == null ? total : (total ?? 0) + (pick(one).mean[at] ?? 0)), null),
      ),
    );
  const events = [0.06, 0.13, 0.3, 0.62, 0.63, 0.9].map((part, id) => ({
    ...{ id, atMs: fromMs + part * (toMs - fromMs), kind: id === 5 ? ('alert' as const) : ('ended' as const) },
    ...{
      action: id === 5 ? 'ALERT' : id % 2 ? 'CLEAN_ORPHANS' : 'KILL_PROCESS',
      user: 'marina',
      processKind: id % 2 ? null : 'mcp-server',
    },
    ...{ count: id + 1, freedBytes: id === 5 ? null : (id + 1) * 0.3 * GB },
  }));
  return {
    ...{
      by,
      fromMs,
      toMs,
      stepMs,
      times,
      series: sinceMs === null ? [] : all,
      events: sinceMs === null ? [] : events,
      sinceMs,
      recording: { state: 'on' },
      version: 1,
    },
    total: { memoryBytes: sum((one) => one.memoryBytes), cpuPercent: sum((one) => one.cpuPercent), processes: sum((one) => one.processes) },
    sessions: list(() => 30),
    leftOverBytes: list(() => 1.2 * GB),
    hostAvailableBytes: list((atMs) => 27 * GB * wave(atMs, 9)),
    hostCpuPercent: list(() => 700),
    hostTotalBytes: 64 * GB,
  };
};

const metric = (now: number, change: number): Metric => ({
  now,
  change,
  mean: now * 0.9,
  peak: now * 1.2,
  peakAtMs: 1.76e12,
  meanBefore: now * 0.8,
});

export const fakeSummary = (range: HistoryRange, now: number, sinceMs: number | null): HistorySummary => {
  const [fromMs, toMs] = spanOf(range, now);
  const none = sinceMs === null;
  const hours = (toMs - fromMs) / HOUR;
  return {
    ...{
      fromMs,
      toMs,
      sinceMs,
      recording: { state: 'on' },
      version: 1,
      recordedMs: toMs - fromMs,
      memoryByteHours: 20 * GB * hours,
      cpuHours: 7 * hours,
    },
    metrics: {
      ...{ processes: metric(71, 6), sessions: metric(30, 2), memoryBytes: metric(23.1 * GB, -1.4 * GB) },
      ...{ activeUsers: metric(6, 1), cpuPercent: metric(841, 120) },
    },
    ended: { byHand: 11, byCleanup: 8, refused: 2, failed: 0, freedBytes: 6.8 * GB },
    users: none
      ? []
      : USERS.map(([user, gb], at) => ({
          ...{
            user,
            memoryBytes: gb * GB,
            memoryByteHours: gb * GB * hours,
            cpuHours: gb * hours * 0.3,
            processes: 14 - at,
            peakBytes: gb * 1.3 * GB,
          },
          ...{ sessionsEnded: at * 3, endedHere: at, limitBytes: 2 * GB, maxProcesses: at === 6 ? null : 12 },
        })),
    projects: none
      ? []
      : PROJECTS.map(([name, gb], at) => ({
          ...{ name, users: [USERS[at]?.[0] ?? null], memoryBytes: gb * GB, meanBytes: gb * GB * 0.8, peakBytes: gb * GB * 1.4 },
          ...{ memoryByteHours: gb * GB * hours, cpuHours: gb * hours * 0.2, copies: 1 },
        })),
    servers: none
      ? []
      : ['server-github', 'playwright-mcp-server', 'server-filesystem', 'server-postgres'].map((name, at) => ({
          ...{ name, users: ['marina', 'rafael'], memoryBytes: (1.1 - at * 0.2) * GB, meanBytes: GB, peakBytes: 1.3 * GB },
          ...{ memoryByteHours: (1.1 - at * 0.2) * GB * hours, cpuHours: 0.01 * hours, copies: 9 - at },
        })),
    growth: none
      ? []
      : [1.4, 0.18, 0.02, -0.3].map((gb, at) => ({
          session: {
            ...{ key: { pid: 5_000_280 + at, startedAt: '1' }, user: USERS[at]?.[0] ?? null, project: PROJECTS[at]?.[0] ?? null },
            ...{ kind: 'cli-session' as const, startedAtMs: now - 5 * HOUR, endedAtMs: null },
          },
          ...{
            memoryBytes: 3.9 * GB,
            bytesPerHour: gb * GB,
            limitBytes: 5 * GB,
            limitInMs: at === 0 ? 47 * 60_000 : at === 1 ? 6 * HOUR : null,
            overMs: 2 * HOUR,
          },
        })),
    runTimes: { running: [4, 6, 5, 3, 4, 3, 4, 1], ended: none ? [0, 0, 0, 0, 0, 0, 0, 0] : [38, 21, 12, 9, 6, 2, 1, 0] },
  };
};

/** Three that would have been ended. */
export const fakeRehearsal = (now: number, days: number): Rehearsal => {
  const end = (pid: number, hoursAgo: number, over: Partial<RehearsedEnd>): RehearsedEnd => ({
    ...{ atMs: now - hoursAgo * 3_600_000, pid, user: 'marina', project: '/home/marina/code/checkout-flow', kind: 'mcp-server' },
    ...{ startedAtMs: now - (hoursAgo + 9) * 3_600_000, idleSinceMs: null, cause: 'orphan', metric: null, memoryBytes: 222_298_112 },
    ...over,
  });
  const ends = [end(4211, 52, {}), end(4388, 31, { kind: 'tool-shell' }), end(4502, 5, { kind: 'ide-session', cause: 'old' })];
  const hours = ends.map(({ atMs, cause }) => ({ atMs: atMs - (atMs % HOUR), ...{ orphan: 0, old: 0, limit: 0 }, [cause]: 1 }));
  return {
    ...{ fromMs: now - days * 86_400_000, toMs: now, sinceMs: now - 21 * 86_400_000, mode: 'automatic', ends, count: 3 },
    ...{ byCause: { orphan: 2, old: 1, limit: 0 }, hours, freedBytes: 666_894_336, unjudged: ['resumable'] },
  };
};

/** What automatic cleanup decided on an invented machine: two ends, one that was left alone and one that did not end. */
export const fakeDecided = (now: number, days: number): Decided => {
  const one = (pid: number, hoursAgo: number, over: Partial<Decision>): Decision => ({
    ...{ atMs: now - hoursAgo * HOUR, run: 'interval', mode: 'automatic', key: { pid, startedAt: String(pid) }, name: 'server-github' },
    ...{ user: 'marina', kind: 'mcp-server', cause: 'orphan', metric: null, decision: 'ended', reason: null, memoryBytes: 222_298_112 },
    ...over,
  });
  const all = [
    one(4211, 52, {}),
    one(4388, 31, { name: 'npm run watch', kind: 'tool-shell', decision: 'failed', reason: 'timeout' }),
    one(4502, 5, { name: 'checkout-flow', kind: 'ide-session', cause: 'old' }),
    one(4519, 5, { name: 'notes', kind: 'cli-session', cause: null, decision: 'skipped', reason: 'autoAttached', memoryBytes: null }),
    one(4530, 4, { name: 'etl', kind: 'cli-session', cause: null, decision: 'skipped', reason: 'tooYoung', values: { count: 10 } }),
  ];
  return decidedSince(all, now - days * 24 * HOUR);
};
