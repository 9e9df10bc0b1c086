import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openForReading } from '../../../src/main/history-open.js';
import { readSeries } from '../../../src/main/history-query.js';
import type { HistoryStore, HistoryStoreOptions } from '../../../src/main/history-store.js';
import { createHistoryStore } from '../../../src/main/history-store.js';
import { createPlatform } from '../../../src/main/platform/index.js';
import type { HistoryRange } from '../../../src/shared/history.js';
import { aLife, aLookSample } from '../../fakes/a-look-sample.js';

const MB = 1_048_576;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** 2026-03-10T12:00:00Z. */
const START_MS = 1_773_144_000_000;
const { identify } = createPlatform();

let folder: string;
let path: string;
let nowMs: number;
let stores: HistoryStore[];
const open = (over: Partial<HistoryStoreOptions> = {}): HistoryStore => {
  const store = createHistoryStore({
    path,
    identify,
    now: () => nowMs,
    retention: () => ({ minuteMs: 7 * DAY, quarterMs: 90 * DAY }),
    onProblem: () => undefined,
    flushMs: 10,
    retryMs: 50,
    ...over,
  });
  stores.push(store);
  return store;
};
/** Until the store has its file: opening loads a library and takes a lock. */
const ready = async (store: HistoryStore): Promise<HistoryStore> => {
  for (let turn = 0; turn < 500; turn++) {
    if (store.read(() => null).ok) return store;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`the history did not open: ${JSON.stringify(store.recording())}`);
};
/** Looks every so often, the first one after `fromMs`; the clock goes along. */
const record = (store: HistoryStore, fromMs: number, toMs: number, everyMs: number, bytesAt: (atMs: number) => number): void => {
  for (let at = fromMs + everyMs; at <= toMs; at += everyMs) {
    nowMs = at;
    store.record(aLookSample(at, [aLife(100, bytesAt(at), { startedAtMs: fromMs })], { coveredMs: everyMs }));
    // As the timer would, every second look.
    if ((at / everyMs) % 2 === 0) store.read(() => null);
  }
};
const ask = (store: HistoryStore, range: HistoryRange, by: 'user' | 'session' = 'user') => {
  const answer = store.read((db) =>
    readSeries(db, { range, by, tail: null }, { nowMs, recording: store.recording(), version: 1, hostTotalBytes: null }),
  );
  if (!answer.ok) throw new Error(answer.failure.id);
  return answer.value;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cm-history-'));
  path = join(folder, 'state', 'history.db');
  nowMs = START_MS;
  stores = [];
});
afterEach(() => {
  for (const store of stores) store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the history store', () => {
  it('answers with what was recorded, in files that are ours alone', async () => {
    const store = await ready(open());
    record(store, START_MS, START_MS + 10 * MINUTE, 5_000, (at) => (at <= START_MS + 5 * MINUTE ? 100 * MB : 300 * MB));
    const answer = ask(store, { type: 'last', last: '1h' });
    expect(answer.stepMs).toBe(10_000);
    expect(answer.sinceMs).toBe(START_MS);
    expect(answer.series.map(({ id, name }) => [id, name])).toEqual([['user:dana', 'dana']]);
    const seen = answer.times.flatMap((time, at) => {
      const bytes = answer.series[0]?.memoryBytes.mean[at];
      return bytes === null || bytes === undefined ? [] : [[time - START_MS, bytes / MB]];
    });
    expect(seen).toEqual(Array.from({ length: 60 }, (_, at) => [at * 10_000, at < 30 ? 100 : 300]));
    expect(answer.total).toEqual({ ...answer.series[0], id: undefined, name: undefined, session: undefined });
    for (const name of readdirSync(join(folder, 'state')))
      expect([name, statSync(join(folder, 'state', name)).mode & 0o077]).toEqual([name, 0]);
  });

  it('keeps least, mean and greatest through every tier, and gaps as gaps', async () => {
    const store = await ready(open());
    // Two hours, three hours of sleep, one hour.
    const value = (at: number) => (at % MINUTE === 0 ? 600 * MB : 100 * MB);
    record(store, START_MS, START_MS + 2 * HOUR, 15_000, value);
    record(store, START_MS + 5 * HOUR, START_MS + 6 * HOUR, 15_000, value);
    for (const range of [
      { type: 'last', last: '24h' } as const,
      { type: 'last', last: '7d' } as const,
      { type: 'last', last: '30d' } as const,
    ]) {
      const { times, stepMs, total } = ask(store, range);
      const known = times.filter((_, at) => total.memoryBytes.mean[at] !== null);
      const expected = times.filter(
        (time) =>
          (time + stepMs > START_MS && time < START_MS + 2 * HOUR) || (time + stepMs > START_MS + 5 * HOUR && time < START_MS + 6 * HOUR),
      );
      expect(known).toEqual(expected);
      for (const time of known) {
        const at = times.indexOf(time);
        expect([total.memoryBytes.min[at], total.memoryBytes.max[at]]).toEqual([100 * MB, 600 * MB]);
        // One look in four is large.
        expect((total.memoryBytes.mean[at] ?? 0) / MB).toBeCloseTo(225, 2);
      }
    }
  });

  it('goes on after a close where it was, and says when a session went that nobody saw going', async () => {
    const first = await ready(open());
    record(first, START_MS, START_MS + 10 * MINUTE, 5_000, () => 100 * MB);
    first.close();
    nowMs = START_MS + 2 * HOUR;
    const second = await ready(open());
    second.record(aLookSample(nowMs, [aLife(200, 50 * MB, { startedAtMs: nowMs - HOUR })], { coveredMs: 1000 }));
    const rows = second.read((db) => db.rows('SELECT pid, seen, ended, how, peak FROM life ORDER BY id'));
    expect(rows).toEqual({
      ok: true,
      value: [
        [100, START_MS + 10 * MINUTE, START_MS + 10 * MINUTE, 'unseen', 100 * 1024],
        [200, nowMs, null, null, 50 * 1024],
      ],
    });
    expect(ask(second, { type: 'last', last: '6h' }).times.length).toBeLessThanOrEqual(400);
  });

  it('takes a clock that is set back for what it is: both times count, nothing is lost', async () => {
    const store = await ready(open());
    record(store, START_MS, START_MS + HOUR, 5_000, () => 100 * MB);
    // Back by half an hour.
    record(store, START_MS + 30 * MINUTE, START_MS + HOUR + 30 * MINUTE, 5_000, () => 300 * MB);
    const { times, total } = ask(store, { type: 'span', fromMs: START_MS, toMs: nowMs });
    const meanAt = (ms: number) => (total.memoryBytes.mean[times.findLastIndex((time) => time <= ms)] ?? 0) / MB;
    expect(meanAt(START_MS + 10 * MINUTE)).toBeCloseTo(100, 1);
    expect(meanAt(START_MS + 45 * MINUTE)).toBeCloseTo(200, 1);
    expect(meanAt(START_MS + 80 * MINUTE)).toBeCloseTo(300, 1);
    expect(total.memoryBytes.mean.every((value) => value === null || value >= 0)).toBe(true);
  });

  it('has every hour once and no hole where the clocks change', async () => {
    // Europe, 2026-03-29 01:00 UTC: local time leaps from 2 to 3; times here are UTC throughout.
    const change = Date.UTC(2026, 2, 29, 1);
    nowMs = change - 3 * HOUR;
    const store = await ready(open());
    record(store, change - 3 * HOUR, change + 3 * HOUR, 30_000, () => 100 * MB);
    const { times, stepMs, total } = ask(store, { type: 'last', last: '6h' });
    expect(times.every((time, at) => at === 0 || time - (times[at - 1] ?? 0) === stepMs)).toBe(true);
    expect(total.memoryBytes.mean.slice(1).every((value) => value === 100 * MB)).toBe(true);
  });

  it('clears what is older than it is to be kept, but not by a clock that leapt', async () => {
    const store = await ready(open({ retention: () => ({ minuteMs: DAY, quarterMs: 2 * DAY }) }));
    record(store, START_MS, START_MS + HOUR, MINUTE, () => 100 * MB);
    const count = (table: string) => {
      const rows = store.read((db) => db.rows(`SELECT count(*) FROM ${table}`));
      return rows.ok ? rows.value[0]?.[0] : null;
    };
    expect(count('minute')).toBe(60);
    // Three days off, or a wrong clock: nobody can tell in the first hour.
    const later = START_MS + 3 * DAY;
    record(store, later, later + 30 * MINUTE, MINUTE, () => 100 * MB);
    expect(count('minute')).toBe(90);
    record(store, later + 30 * MINUTE, later + 2 * HOUR, MINUTE, () => 100 * MB);
    expect(count('minute')).toBe(120);
    expect(count('raw')).toBeLessThanOrEqual(66);
    expect(count('quarter')).toBe(8);
    expect(count('block')).toBe(1);
    expect(ask(store, { type: 'last', last: '30d' }).sinceMs).toBe(later);
  });

  it('sets a damaged file aside, says so, and begins anew', async () => {
    const first = await ready(open());
    record(first, START_MS, START_MS + MINUTE, 5_000, () => 100 * MB);
    first.close();
    writeFileSync(path, 'this is no database, whatever it was before'.repeat(200));
    const second = await ready(open());
    const [notice] = second.notices();
    expect(notice?.id).toBe('historyCorrupt');
    expect(readFileSync(String(notice?.values?.['file']), 'utf8')).toContain('no database');
    record(second, START_MS + HOUR, START_MS + HOUR + MINUTE, 5_000, () => 200 * MB);
    expect(ask(second, { type: 'last', last: '1h' }).sinceMs).toBe(START_MS + HOUR);
  });

  it.each([1, 5, 7, 30])('has on the disk at any moment all that is ten seconds old, looking every %i s', async (everyS) => {
    const retention = () => ({ minuteMs: 7 * DAY, quarterMs: 90 * DAY });
    const store = createHistoryStore({ path, identify, now: () => nowMs, retention, onProblem: () => undefined });
    stores.push(await ready(store));
    // What a kill would leave: only what was committed is seen from outside.
    const opened = await openForReading(path);
    if (!opened.ok) throw new Error(opened.code);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const taken: number[] = [];
      for (let second = 1; second <= 90; second++) {
        nowMs += 1000;
        vi.advanceTimersByTime(1000);
        if (second % everyS === 0) {
          store.record(aLookSample(nowMs, [aLife(100, second * MB)], { coveredMs: everyS * 1000 }));
          taken.push(nowMs);
        }
        const kept = new Set(opened.db.rows('SELECT at FROM raw').map(([at]) => at));
        expect([second, taken.filter((at) => at <= nowMs - 10_000 && !kept.has(at))]).toEqual([second, []]);
      }
    } finally {
      vi.useRealTimers();
      opened.db.close();
    }
  });

  it('is read by a second process while the first one writes, and taken over when that one ends', async () => {
    const first = await ready(open());
    record(first, START_MS, START_MS + 5 * MINUTE, 5_000, () => 100 * MB);
    const second = open();
    second.record(aLookSample(nowMs, [aLife(100, 900 * MB)]));
    await ready(second);
    expect(second.recording()).toEqual({ state: 'elsewhere' });
    expect(second.notices()).toEqual([]);
    record(second, START_MS + 5 * MINUTE, START_MS + 6 * MINUTE, 5_000, () => 900 * MB);
    expect(ask(second, { type: 'last', last: '1h' }).total.memoryBytes.max.filter((value) => value !== null)).toEqual(
      Array.from({ length: 30 }, () => 100 * MB),
    );
    first.close();
    for (let turn = 0; turn < 200 && second.recording().state !== 'on'; turn++) {
      nowMs += 1000;
      second.record(aLookSample(nowMs, [aLife(100, 300 * MB)]));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(second.recording()).toEqual({ state: 'on' });
    record(second, nowMs, nowMs + MINUTE, 5_000, () => 300 * MB);
    expect(Math.max(...ask(second, { type: 'last', last: '1h' }).total.memoryBytes.max.map((value) => value ?? 0))).toBe(300 * MB);
  });

  it('leaves a newer program’s file alone', async () => {
    const first = await ready(open());
    first.read((db) => db.exec('PRAGMA user_version = 99'));
    first.close();
    const before = readFileSync(path);
    const second = open();
    second.record(aLookSample(nowMs, []));
    for (let turn = 0; turn < 200 && second.recording().state !== 'stopped'; turn++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(second.recording()).toEqual({ state: 'stopped', code: 'newer' });
    expect(second.notices()).toEqual([{ id: 'historyStopped', values: { code: 'newer' } }]);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(await openForReading(path)).toEqual({ ok: false, code: 'newer' });
  });
});
