import { describe, expect, it } from 'vitest';
import { createTranscriptWatch } from '../../../src/main/transcript-watch.js';
import type { ProcessView } from '../../../src/shared/types.js';
import { aLook, anIdle, START_MS } from '../../fakes/a-policy.js';

const hot = (pid: number, over: Partial<ProcessView> = {}) => anIdle(pid, { activity: 'busy', cpuPercent: 95, ...over });
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const aWatch = (answer: (pid: number) => number | null = (pid) => pid) => {
  const asked: number[] = [];
  const problems: unknown[] = [];
  const watch = createTranscriptWatch({
    writtenMsOf: async ({ key }) => {
      asked.push(key.pid);
      return answer(key.pid);
    },
    onProblem: (problem) => problems.push(problem),
  });
  const look = async (views: readonly ProcessView[], monotonicMs: number): Promise<void> => {
    watch.look(aLook(views, START_MS), monotonicMs);
    await settled();
  };
  return { watch, asked, problems, look };
};

describe('the watch over transcripts', () => {
  it('asks only for sessions that are hot and busy, once a minute, and forgets those that are no longer', async () => {
    const { watch, asked, look } = aWatch();
    const cold = [anIdle(101, { cpuPercent: 95 }), hot(102, { cpuPercent: 10 }), hot(103, { cpuPercent: null })];
    await look([hot(100), ...cold], 0);
    await look([hot(100), ...cold], 59_999);
    expect([asked, [...watch.writtenMs()]]).toEqual([[100], [['100:s100', 100]]]);
    await look([hot(100)], 60_000);
    expect(asked).toEqual([100, 100]);
    await look(cold, 61_000);
    expect(watch.writtenMs().size).toBe(0);
  });

  it('knows nothing of what cannot be read, and survives what throws', async () => {
    const { watch, look } = aWatch(() => null);
    await look([hot(100)], 0);
    expect(watch.writtenMs().size).toBe(0);
    const broken = aWatch(() => {
      throw new Error('broken');
    });
    await broken.look([hot(100)], 0);
    expect([broken.watch.writtenMs().size, broken.problems.length]).toEqual([0, 1]);
  });

  it('asks for two at a time', async () => {
    const { asked, watch } = aWatch();
    watch.look(aLook([hot(100), hot(101), hot(102)], START_MS), 0);
    expect(asked).toEqual([100, 101]);
    await settled();
    watch.look(aLook([hot(100), hot(101), hot(102)], START_MS), 1);
    expect(asked).toEqual([100, 101, 102]);
    await settled();
  });
});
