import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../src/shared/api.js';
import type { HistoryAnswer, HistorySummary } from '../../src/shared/history.js';
import type { Snapshot } from '../../src/shared/types.js';
import type { Lab, LabSession } from '../fixtures/lab.js';
import { createLab } from '../fixtures/lab.js';
import { ready } from './grid.js';
import type { LaunchedApp } from './launch.js';
import { launchApp } from './launch.js';

const MB = 1024 * 1024;
const WATCH_MS = 25_000;
/** What the preload gives the page; read in the page. */
declare const claudeManager: Api;

describe('the history, over real processes in the real application', () => {
  let lab: Lab;
  let launched: LaunchedApp;
  let stays: LabSession;
  let goes: LabSession;
  const seen = new Map<number, Snapshot>();

  const launch = (): Promise<LaunchedApp> =>
    launchApp({ xdgHome: join(lab.home, 'desk'), env: { CLAUDE_CONFIG_DIR: join(lab.home, '.claude') } });
  const series = async (by: 'user' | 'session' | 'kind'): Promise<HistoryAnswer> => {
    const answer = await launched.page.evaluate(
      (grouping) => claudeManager.queryHistory({ range: { type: 'last', last: '1h' }, by: grouping, tail: null }),
      by,
    );
    if (!answer.ok) throw new Error(JSON.stringify(answer.failure));
    return answer.value;
  };
  const summary = async (): Promise<HistorySummary> => {
    const answer = await launched.page.evaluate(() => claudeManager.historySummary({ range: { type: 'last', last: '1h' } }));
    if (!answer.ok) throw new Error(JSON.stringify(answer.failure));
    return answer.value;
  };

  beforeAll(async () => {
    lab = createLab();
    mkdirSync(join(lab.home, 'desk'), { recursive: true });
    stays = await lab.session({ project: 'stays', status: 'idle', memoryMb: 40, servers: [{ name: 'server-github', memoryMb: 20 }] });
    goes = await lab.session({ project: 'goes', status: 'idle', memoryMb: 80 });
    launched = await launch();
    await ready(launched.page, stays.pid);
    await launched.page.evaluate(() => claudeManager.setPreferences({ refresh_interval_seconds: 1 }));
    const endsMs = Date.now() + WATCH_MS;
    let ended = false;
    while (Date.now() < endsMs) {
      const state = await launched.page.evaluate(() => claudeManager.getState({}));
      const snapshot = state.ok ? ('whole' in state.value ? state.value.whole.snapshot : null) : null;
      if (snapshot !== null) seen.set(snapshot.sequence, snapshot);
      if (!ended && endsMs - Date.now() < WATCH_MS / 2) {
        process.kill(goes.pid, 'SIGKILL');
        ended = true;
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }, 120_000);
  afterAll(async () => {
    await launched?.close();
    await lab?.close();
  });

  it('says of every bucket what the looks in it said', async () => {
    const { times, stepMs, total, hostAvailableBytes } = await series('user');
    const snapshots = [...seen.values()].sort((a, b) => a.takenAtMs - b.takenAtMs);
    expect(snapshots.length).toBeGreaterThan(10);
    let compared = 0;
    for (const [at, time] of times.entries()) {
      // A look stands for the time before it; a bucket's last part is told by the look just after it.
      const inside = snapshots.filter(({ takenAtMs }) => takenAtMs > time && takenAtMs <= time + stepMs + 2_000);
      const mean = total.memoryBytes.mean[at];
      const whole =
        snapshots.some(({ takenAtMs }) => takenAtMs < time - 1_000) && snapshots.some(({ takenAtMs }) => takenAtMs > time + stepMs + 2_000);
      if (!whole || mean === null || mean === undefined) continue;
      compared += 1;
      const bytes = inside.map(({ totals }) => totals.memoryBytes);
      expect(total.memoryBytes.max[at]).toBeLessThanOrEqual(Math.max(...bytes) + 1024);
      expect(total.memoryBytes.min[at]).toBeGreaterThanOrEqual(Math.min(...bytes) - 1024);
      expect(mean).toBeGreaterThanOrEqual(Math.min(...bytes) - 1024);
      expect(mean).toBeLessThanOrEqual(Math.max(...bytes) + 1024);
      expect(hostAvailableBytes.mean[at]).toBeGreaterThan(0);
    }
    expect(compared).toBeGreaterThan(0);
    const first = total.memoryBytes.mean.find((value) => value !== null) ?? 0;
    const last = total.memoryBytes.mean.findLast((value) => value !== null) ?? 0;
    expect(first - last).toBeGreaterThan(70 * MB);
  });

  it('knows each session and how it went, and what servers cost', async () => {
    const { series: sessions } = await series('session');
    const byPid = new Map(sessions.map((one) => [one.session?.key.pid, one]));
    expect(byPid.get(goes.pid)?.session).toMatchObject({ kind: 'cli-session', endedAtMs: expect.any(Number) });
    expect(byPid.get(stays.pid)?.session).toMatchObject({ kind: 'cli-session', endedAtMs: null });
    const { metrics, servers, runTimes, users, growth, recordedMs } = await summary();
    expect(metrics.sessions.now).toBe(1);
    expect(metrics.sessions.peak).toBe(2);
    // From the mean of the first minute, which may hold all of what was watched: half of it was before the end, half after.
    expect(metrics.memoryBytes.change).toBeLessThan(-30 * MB);
    expect(metrics.memoryBytes.peak).toBeGreaterThan((metrics.memoryBytes.now ?? 0) + 70 * MB);
    expect(servers.map(({ name, copies }) => [name, copies])).toEqual([['server-github', 1]]);
    expect(servers[0]?.peakBytes).toBeGreaterThan(20 * MB);
    expect(runTimes.ended.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(runTimes.running.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(users).toHaveLength(1);
    expect(users[0]).toMatchObject({ sessionsEnded: 1, endedHere: 0 });
    // Ten minutes have not passed.
    expect(growth).toEqual([]);
    expect(recordedMs).toBeGreaterThan(WATCH_MS / 2);
  });

  it('has it still after the application was ended and started again', async () => {
    const before = await series('user');
    await launched.close();
    launched = await launch();
    await ready(launched.page, stays.pid);
    const after = await series('user');
    expect(after.sinceMs).toBe(before.sinceMs);
    for (const [at, time] of before.times.entries()) {
      const value = before.total.memoryBytes.max[at];
      if (value === null || value === undefined || time < after.fromMs || at === before.times.length - 1) continue;
      expect(after.total.memoryBytes.max[after.times.indexOf(time)]).toBe(value);
    }
  });
});
