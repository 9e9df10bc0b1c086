import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Look, Looker } from '../../../src/main/look.js';
import { createMonitor } from '../../../src/main/monitor.js';
import type { ProcessView } from '../../../src/shared/types.js';

const view = (memoryBytes: number | null): ProcessView => ({
  key: { pid: 42, startedAt: '7' },
  ppid: 1,
  uid: 1000,
  user: 'dana',
  kind: 'cli-session',
  kindEvidence: [],
  leftOver: 'no',
  leftOverEvidence: [],
  reparented: false,
  status: 'normal',
  conditions: ['normal'],
  activity: 'unknown',
  waitingFor: null,
  activeSinceMs: null,
  lastActiveMs: null,
  session: null,
  owner: null,
  name: 'api',
  projectDir: null,
  memoryBytes,
  cpuPercent: null,
  tree: { memoryBytes, cpuPercent: null, count: 1, memoryIsPartial: false },
  limitBytes: null,
  startedAtMs: null,
  state: 'S',
  tty: null,
  command: null,
  refusal: null,
});

/** A looker whose looks the test finishes by hand. */
const createHandLooker = () => {
  const waiting: { resolve: (memoryBytes: number | null) => void; reject: (error: Error) => void }[] = [];
  let forgotten = 0;
  let most = 0;
  let open = 0;
  const looker: Looker = {
    look: () => {
      open++;
      most = Math.max(most, open);
      return new Promise<Look>((resolve, reject) => {
        waiting.push({
          resolve: (memoryBytes) => {
            open--;
            const processes = [view(memoryBytes)];
            const snapshot = { sequence: 1, takenAtMs: Date.now(), processes, complete: true } as unknown as Look['snapshot'];
            resolve({ snapshot, reading: {} as Look['reading'], judgements: [], guard: {} as Look['guard'] });
          },
          reject: (error) => {
            open--;
            reject(error);
          },
        });
      });
    },
    forget: () => {
      forgotten++;
    },
  };
  return {
    looker,
    waiting,
    forgotten: () => forgotten,
    most: () => most,
    finish: async (memoryBytes: number | null = 1) => {
      waiting.shift()?.resolve(memoryBytes);
      await vi.advanceTimersByTimeAsync(0);
    },
    fail: async (message: string) => {
      waiting.shift()?.reject(new Error(message));
      await vi.advanceTimersByTimeAsync(0);
    },
  };
};

const setUp = (enabled = true, intervalMs = 5000) => {
  const hand = createHandLooker();
  const errors: unknown[] = [];
  const monitor = createMonitor({
    looker: hand.looker,
    intervalMs,
    enabled,
    now: () => Date.now(),
    onError: (error) => errors.push(error),
  });
  return { ...hand, monitor, errors };
};

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the sampling loop', () => {
  it('arms the next look only when the last one is done, so that looks never overlap', async () => {
    const t = setUp();
    t.monitor.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([t.waiting.length, t.most()]).toEqual([1, 1]);
    await t.finish();
    expect(t.monitor.state().loop.nextLookAtMs).toBe(Date.now() + 5000);
    await vi.advanceTimersByTimeAsync(4999);
    expect(t.waiting.length).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect([t.waiting.length, t.most()]).toEqual([1, 1]);
  });

  it('looks soon after news, once for all of them, and not sooner after the last look than two seconds', async () => {
    const t = setUp();
    t.monitor.start();
    await t.finish();
    await vi.advanceTimersByTimeAsync(3000);
    for (let i = 0; i < 1000; i++) t.monitor.hear();
    expect(t.monitor.state().loop.nextLookAtMs).toBe(Date.now() + 300);
    await vi.advanceTimersByTimeAsync(300);
    expect(t.waiting.length).toBe(1);
    // It came too late for the look that is under way.
    t.monitor.hear();
    await t.finish();
    expect(t.monitor.state().loop.nextLookAtMs).toBe(Date.now() + 2000);
    await vi.advanceTimersByTimeAsync(2000);
    await t.finish();
    expect(t.monitor.state().loop.nextLookAtMs).toBe(Date.now() + 5000);
  });

  it('looks no later for news than it would have without', async () => {
    const t = setUp(true, 1000);
    t.monitor.start();
    await t.finish();
    const dueMs = Date.now() + 1000;
    await vi.advanceTimersByTimeAsync(900);
    t.monitor.hear();
    expect(t.monitor.state().loop.nextLookAtMs).toBe(dueMs);
  });

  it('hears no news while nobody watches, after a failed look, or when it is off', async () => {
    const t = setUp();
    t.monitor.start();
    await t.finish();
    t.monitor.setHidden(true);
    t.monitor.hear();
    expect(t.monitor.state().loop.nextLookAtMs).toBe(Date.now() + 15_000);
    t.monitor.setHidden(false);
    await t.fail('no process table');
    t.monitor.hear();
    expect(t.monitor.state().loop.nextLookAtMs).toBe(Date.now() + 10_000);
    t.monitor.setInterval(5000, false);
    t.monitor.hear();
    expect(t.monitor.state().loop.nextLookAtMs).toBeNull();
  });

  it('keeps the last snapshot when a look fails, says since when it is stale, backs off, and recovers', async () => {
    const t = setUp();
    t.monitor.start();
    await t.finish(7);
    const goodAt = Date.now();
    await vi.advanceTimersByTimeAsync(5000);
    await t.fail('no process table');
    const stale = t.monitor.state();
    expect(stale.look?.snapshot.processes[0]?.memoryBytes).toBe(7);
    expect(stale.loop).toEqual({
      enabled: true,
      intervalMs: 5000,
      nextLookAtMs: Date.now() + 10_000,
      staleSinceMs: goodAt,
      error: 'no process table',
      looks: 2,
    });
    expect(t.errors).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(10_000);
    await t.fail('still none');
    expect(t.monitor.state().loop.nextLookAtMs).toBe(Date.now() + 20_000);
    await vi.advanceTimersByTimeAsync(20_000);
    await t.finish(9);
    expect(t.monitor.state().loop).toMatchObject({ staleSinceMs: null, error: null, nextLookAtMs: Date.now() + 5000 });
  });

  it('never backs off by more than a minute', async () => {
    const t = setUp();
    t.monitor.start();
    for (let i = 0; i < 10; i++) {
      await t.fail('x');
      await vi.advanceTimersByTimeAsync(60_000);
    }
    expect(t.waiting.length).toBe(1);
  });

  it('stops when auto-refresh is off, looks on demand all the same, and starts again', async () => {
    const t = setUp(false);
    t.monitor.start();
    await t.finish();
    await vi.advanceTimersByTimeAsync(100_000);
    expect([t.waiting.length, t.monitor.state().loop.nextLookAtMs]).toEqual([0, null]);
    void t.monitor.refresh();
    await vi.advanceTimersByTimeAsync(0);
    expect(t.waiting.length).toBe(1);
    await t.finish();
    expect(t.monitor.state().loop.nextLookAtMs).toBe(null);
    t.monitor.setInterval(2000, true);
    expect(t.monitor.state().loop.nextLookAtMs).toBe(Date.now() + 2000);
  });

  it('answers a refresh with a look that began after it was asked for', async () => {
    const t = setUp();
    t.monitor.start();
    let answered = false;
    void t.monitor.refresh().then(() => {
      answered = true;
    });
    await t.finish();
    expect([answered, t.waiting.length]).toEqual([false, 1]);
    await t.finish();
    expect(answered).toBe(true);
  });

  it('looks more rarely while hidden and at once when shown again', async () => {
    const t = setUp();
    t.monitor.start();
    await t.finish();
    t.monitor.setHidden(true);
    expect(t.monitor.state().loop.nextLookAtMs).toBe(Date.now() + 15_000);
    t.monitor.setHidden(false);
    expect(t.waiting.length).toBe(1);
  });

  it('pauses on suspend and forgets the counters on resume, so that a sleep gives no rates', async () => {
    const t = setUp();
    t.monitor.start();
    await t.finish();
    t.monitor.suspend();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(t.waiting.length).toBe(0);
    t.monitor.resume();
    expect([t.waiting.length, t.forgotten() > 0]).toEqual([1, true]);
  });

  it('forgets the counters after a gap that nobody announced', async () => {
    const t = setUp(false);
    t.monitor.start();
    await t.finish();
    vi.setSystemTime(Date.now() + 3_600_000);
    void t.monitor.refresh();
    expect(t.forgotten()).toBe(1);
  });

  it('keeps at most 60 points of the last five minutes, unread memory as a gap, and drops the dead', async () => {
    const t = setUp();
    t.monitor.start();
    for (let i = 0; i < 70; i++) {
      await t.finish(i === 69 ? null : i);
      await vi.advanceTimersByTimeAsync(5000);
    }
    const trend = t.monitor.state().trends['42:7'];
    expect([trend?.length, trend?.at(0), trend?.at(-2), trend?.at(-1)]).toEqual([60, 10, 68, null]);
  });

  it('does nothing after stop', async () => {
    const t = setUp();
    t.monitor.start();
    await t.finish();
    t.monitor.stop();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(t.waiting.length).toBe(0);
  });
});
