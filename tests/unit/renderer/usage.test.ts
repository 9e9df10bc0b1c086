import { expect, it } from 'vitest';
import { usageByUser } from '../../../src/renderer/usage.js';
import { aView } from '../../fakes/a-view.js';

const MB = 1_048_576;
const tree = (memoryMb: number | null, cpuPercent: number | null) => ({
  memoryBytes: memoryMb === null ? null : memoryMb * MB,
  cpuPercent,
  count: 1,
  memoryIsPartial: false,
});

it('a user uses the largest tree, the longest run and the busiest session; what he owns beside them does not count', () => {
  const processes = [
    aView(1, { tree: tree(100, 5), startedAtMs: 0 }),
    aView(2, { tree: tree(300, null), startedAtMs: 3_600_000 }),
    aView(3, { kind: 'mcp-server', tree: tree(900, 90) }),
    aView(4, { user: 'eve', tree: tree(null, null), startedAtMs: null }),
    aView(5, { user: 'tom', kind: 'mcp-server' }),
    aView(6, { user: null }),
  ];
  expect([...usageByUser(processes, 2 * 3_600_000)]).toEqual([
    ['dana', { memoryMb: 300, sessions: 2, hours: 2, cpuPercent: 5 }],
    ['eve', { memoryMb: null, sessions: 1, hours: null, cpuPercent: null }],
    ['tom', { memoryMb: null, sessions: 0, hours: null, cpuPercent: null }],
  ]);
});
