import { describe, expect, it } from 'vitest';
import { runTimeClasses, sharesOf, statisticsOf } from '../../../src/shared/statistics.js';
import { aSnapshot, aView } from '../../fakes/a-view.js';

const MB = 1_048_576;
const HOUR = 3_600_000;
const tree = (memoryBytes: number | null) => ({ memoryBytes, cpuPercent: null, count: 1, memoryIsPartial: false });

describe('statisticsOf', () => {
  it('counts conditions and finds the longest and the largest session', () => {
    const sessions = [
      aView(1, { startedAtMs: 0, conditions: ['old', 'high-memory'], tree: tree(300 * MB) }),
      aView(2, { startedAtMs: 8 * HOUR, tree: tree(100 * MB) }),
      aView(3, { startedAtMs: null, tree: tree(null) }),
    ];
    const others = [
      aView(4, { kind: 'mcp-server', leftOver: 'yes', conditions: ['orphan'], memoryBytes: 50 * MB }),
      aView(5, { kind: 'mcp-server', leftOver: 'yes', conditions: ['orphan'], memoryBytes: null }),
      aView(6, { kind: 'mcp-server', leftOver: 'unknown', conditions: ['possible-orphan'], memoryBytes: 70 * MB }),
    ];
    const statistics = statisticsOf({ ...aSnapshot([...sessions, ...others]), takenAtMs: 10 * HOUR });
    expect(statistics).toEqual({
      old: 1,
      orphans: 2,
      possibleOrphans: 1,
      highMemory: 1,
      meanMemoryBytes: 200 * MB,
      meanRunTimeMs: 6 * HOUR,
      longest: sessions[0],
      longestMs: 10 * HOUR,
      largest: sessions[0],
      leftOverBytes: 50 * MB,
    });
  });

  it('knows nothing where nothing runs, and takes a start in the future for now', () => {
    expect(statisticsOf(aSnapshot([]))).toMatchObject({ meanMemoryBytes: null, meanRunTimeMs: null, longest: null, largest: null });
    expect(statisticsOf({ ...aSnapshot([aView(1, { startedAtMs: HOUR })]), takenAtMs: 0 }).longestMs).toBe(0);
  });
});

describe('sharesOf', () => {
  it("counts every process once, by user, kind and its session's project", () => {
    const session = aView(1, { projectDir: '/p/a', memoryBytes: 10 * MB, cpuPercent: 5 });
    const server = aView(2, { kind: 'mcp-server', owner: session.key, projectDir: '/elsewhere', memoryBytes: 30 * MB, cpuPercent: null });
    const other = aView(3, { user: null, kind: 'daemon', memoryBytes: null });
    const snapshot = aSnapshot([session, server, other]);
    expect(sharesOf(snapshot, 'user')).toEqual([
      { id: 'user:dana', name: 'dana', memoryBytes: 40 * MB, cpuPercent: 5, processes: 2 },
      { id: 'user', name: null, memoryBytes: 0, cpuPercent: null, processes: 1 },
    ]);
    expect(sharesOf(snapshot, 'kind').map(({ id, memoryBytes }) => [id, memoryBytes])).toEqual([
      ['kind:mcp-server', 30 * MB],
      ['kind:cli-session', 10 * MB],
      ['kind:daemon', 0],
    ]);
    expect(sharesOf(snapshot, 'project').map(({ id, processes }) => [id, processes])).toEqual([
      ['project:/p/a', 2],
      ['project', 1],
    ]);
  });
});

describe('runTimeClasses', () => {
  it('puts an edge into the class above it', () => {
    expect(runTimeClasses([0, 900_000 - 1, 900_000, 86_400_000, 10 ** 12])).toEqual([2, 1, 0, 0, 0, 0, 1, 1]);
    expect(runTimeClasses([])).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });
});
