import type { Figures, LifeSample, LookSample } from '../../src/shared/history-sample.js';

export const figures = (memoryBytes: number | null, cpuPercent: number | null = 0, processes = 1): Figures => ({
  memoryBytes,
  cpuPercent,
  processes,
});

/** A session of dana's in /p/a. */
export const aLife = (pid: number, memoryBytes: number, over: Partial<LifeSample> = {}): LifeSample => ({
  key: { pid, startedAt: `s${pid}` },
  user: 'dana',
  project: '/p/a',
  kind: 'cli-session',
  startedAtMs: 1_000,
  figures: figures(memoryBytes),
  ...over,
});

/** One look at these sessions: sums, users, kinds and projects follow from them. */
export const aLookSample = (atMs: number, lives: readonly LifeSample[], over: Partial<LookSample> = {}): LookSample => {
  const sum = (some: readonly LifeSample[]): Figures =>
    figures(
      some.reduce((bytes, life) => bytes + (life.figures.memoryBytes ?? 0), 0),
      some.reduce((percent, life) => percent + (life.figures.cpuPercent ?? 0), 0),
      some.length,
    );
  const by = (name: (life: LifeSample) => string) =>
    new Map([...new Set(lives.map(name))].map((one) => [one, sum(lives.filter((life) => name(life) === one))]));
  return {
    atMs,
    coveredMs: 5_000,
    complete: true,
    total: sum(lives),
    sessions: sum(lives),
    leftOver: figures(0, 0, 0),
    host: { availableBytes: 8 << 30, cpuPercent: 50 },
    users: by(({ user }) => user),
    kinds: by(({ kind }) => kind),
    projects: by(({ project }) => project),
    servers: new Map(),
    lives,
    states: [],
    ...over,
  };
};
