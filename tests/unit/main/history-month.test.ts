import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoPast } from '../../../src/main/demo/demo-month.js';
import { createScript } from '../../../src/main/demo/script.js';
import type { Database } from '../../../src/main/history-database.js';
import { writeMonth } from '../../../src/main/history-month.js';
import { openForWriting } from '../../../src/main/history-open.js';
import { readSeries } from '../../../src/main/history-query.js';
import { readSummary } from '../../../src/main/history-summary.js';
import { parseConfig } from '../../../src/shared/config.js';
import type { HistoryLast } from '../../../src/shared/history.js';
import { HISTORY_GROUPINGS, HISTORY_RANGES } from '../../../src/shared/history.js';
import { mergeHistory, tailOf } from '../../../src/shared/history-merge.js';

const DAY_MS = 86_400_000;
/** A Wednesday afternoon. */
const NOW_MS = Date.UTC(2026, 2, 11, 15, 7, 33);

describe('the demo’s month', () => {
  let folder: string;
  let db: Database;
  const context = { nowMs: NOW_MS, recording: { state: 'on' as const }, version: 1, hostTotalBytes: null };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cm-month-'));
    const opened = await openForWriting(join(folder, 'history.db'), NOW_MS);
    if (!opened.ok) throw new Error(opened.code);
    db = opened.db;
    const past = demoPast(createScript(2_025, NOW_MS, process.pid), NOW_MS);
    await writeMonth(db, past, { nowMs: NOW_MS, days: 30, minuteMs: 1.1 * DAY_MS, lookMs: 30_000 });
  }, 120_000);
  afterAll(() => {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(HISTORY_RANGES)('answers for %s with at most 400 points and no more than nine series', (last: HistoryLast) => {
    for (const by of HISTORY_GROUPINGS) {
      const { times, series, total } = readSeries(db, { range: { type: 'last', last }, by, tail: null }, context);
      expect(times.length).toBeLessThanOrEqual(400);
      expect(series.length).toBeGreaterThan(3);
      expect(series.length).toBeLessThanOrEqual(9);
      for (const [at, mean] of total.memoryBytes.mean.entries()) {
        if (mean === null) continue;
        const parts = series.reduce((sum, one) => sum + (one.memoryBytes.mean[at] ?? 0), 0);
        // By session, what belongs to none is in no part.
        if (by === 'session') expect(parts).toBeLessThanOrEqual(mean + 10_000);
        else expect(Math.abs(parts - mean)).toBeLessThan(20_000);
      }
    }
  });

  it('sums up the month', () => {
    const { metrics, users, projects, servers, runTimes, ended, growth } = readSummary(
      db,
      { type: 'last', last: '30d' },
      parseConfig({}),
      context,
    );
    expect(users.map(({ user }) => user).sort()).toEqual(['ana', 'dkim', 'joao', 'marina', 'rafael', 'svc-build']);
    expect(users[0]?.memoryByteHours).toBeGreaterThan(users[1]?.memoryByteHours ?? 0);
    expect(metrics.memoryBytes.now).toBeGreaterThan(0);
    expect(metrics.memoryBytes.peak).toBeGreaterThan(metrics.memoryBytes.mean ?? 0);
    expect(metrics.activeUsers.now).toBe(6);
    expect(projects.find(({ name }) => name === '/home/rafael/src/billing-api')?.users).toEqual(['rafael']);
    expect(servers.map(({ name }) => name)).toContain('server-github');
    expect(runTimes.ended.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(500);
    expect(ended.byCleanup).toBeGreaterThan(5);
    expect(ended.byHand).toBeGreaterThan(20);
    expect(growth.length).toBeGreaterThan(5);
    expect(growth.every(({ session }) => session.endedAtMs === null)).toBe(true);
  });

  it('is brought up to date by its tail, to what a whole question answers', () => {
    const range = { type: 'last' as const, last: '24h' as const };
    for (const by of HISTORY_GROUPINGS) {
      const older = readSeries(db, { range, by, tail: null }, { ...context, nowMs: NOW_MS - 20 * 60_000 });
      const tail = readSeries(db, { range, by, tail: tailOf(older) }, context);
      expect(tail.times.length).toBeLessThan(8);
      const merged = mergeHistory(older, tail);
      const whole = readSeries(db, { range, by, tail: null }, context);
      expect(merged?.times).toEqual(whole.times);
      expect(merged?.total).toEqual(whole.total);
      expect(merged?.events).toEqual(whole.events);
      const ids = older.series.map(({ id }) => id);
      if (JSON.stringify(ids) === JSON.stringify(whole.series.map(({ id }) => id))) expect(merged?.series).toEqual(whole.series);
    }
  });

  it('has nights without a look as gaps', () => {
    const { total } = readSeries(db, { range: { type: 'last', last: '30d' }, by: 'user', tail: null }, context);
    expect(total.memoryBytes.mean.filter((value) => value === null).length).toBeGreaterThan(1);
  });
});
