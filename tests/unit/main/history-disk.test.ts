import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFile, openDatabase } from '../../../src/main/history-database.js';
import { openForReading, openForWriting } from '../../../src/main/history-open.js';
import { readStates, statesSince } from '../../../src/main/history-states.js';
import { createHistoryStore } from '../../../src/main/history-store.js';
import { MIGRATIONS, SCHEMA_VERSION, schemaVersion } from '../../../src/main/history-tables.js';
import { createWriter } from '../../../src/main/history-writer.js';
import { createPlatform } from '../../../src/main/platform/index.js';
import { aLife, aLookSample } from '../../fakes/a-look-sample.js';

const DAY_MS = 86_400_000;
const START_MS = 1_773_144_000_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cm-history-disk-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a history of an older schema', () => {
  it('is brought to the present one by its writer, and keeps what it has', async () => {
    const path = join(folder, 'history.db');
    makeFile(path);
    const old = await openDatabase(path);
    old.exec(MIGRATIONS[0] ?? '');
    old.exec('PRAGMA user_version = 1');
    old.run("INSERT INTO event (at, kind, action, count) VALUES (?, 'ended', 'KILL_PROCESS', 1)", [START_MS]);
    old.close();
    expect(await openForReading(path)).toEqual({ ok: false, code: 'older' });
    const opened = await openForWriting(path, START_MS);
    if (!opened.ok) throw new Error(opened.code);
    expect(schemaVersion(opened.db)).toBe(SCHEMA_VERSION);
    expect(opened.db.rows('SELECT at, action FROM event')).toEqual([[START_MS, 'KILL_PROCESS']]);
    expect(opened.db.rows("SELECT count(*) FROM sqlite_master WHERE name = 'event_pid'")).toEqual([[1]]);
    opened.db.close();
    expect(readFileSync(path).length).toBeGreaterThan(0);
  });
});

describe('a history of the schema before states were kept', () => {
  it('keeps what it has, and keeps states from then on', async () => {
    const path = join(folder, 'history.db');
    makeFile(path);
    const old = await openDatabase(path);
    for (const migration of MIGRATIONS.slice(0, 2)) old.exec(migration);
    old.exec('PRAGMA user_version = 2');
    old.run("INSERT INTO meta (key, value) VALUES ('since', '5')");
    old.close();
    const opened = await openForWriting(path, START_MS);
    if (!opened.ok) throw new Error(opened.code);
    const { db } = opened;
    expect([schemaVersion(db), statesSince(db), readStates(db, 0, START_MS)]).toEqual([SCHEMA_VERSION, null, []]);
    createWriter(db).write([aLookSample(START_MS, [aLife(1, 1)])], [], {});
    expect([statesSince(db), db.rows("SELECT value FROM meta WHERE key = 'since'")]).toEqual([START_MS - 5_000, [['5']]]);
    db.close();
  });
});

describe('a full disk', () => {
  // A file system of its own can only be mounted by root.
  it.runIf(process.getuid?.() === 0)('stops the recording and nothing else, and it goes on once there is room', async () => {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=700', 'tmpfs', disk]);
    let at = START_MS;
    const problems: unknown[] = [];
    const store = createHistoryStore({
      path: join(disk, 'state', 'history.db'),
      identify: createPlatform().identify,
      now: () => at,
      retention: () => ({ minuteMs: 7 * DAY_MS, quarterMs: 90 * DAY_MS }),
      onProblem: (problem) => problems.push(problem),
      flushMs: 5,
      retryMs: 20,
    });
    const look = async (): Promise<void> => {
      at += 5_000;
      store.record(aLookSample(at, [aLife(1, 1_000_000 + (at % 1000))]));
      await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const until = async (state: 'on' | 'stopped'): Promise<void> => {
      for (let turn = 0; turn < 3_000 && store.recording().state !== state; turn++) await look();
      expect(store.recording().state).toBe(state);
    };
    try {
      for (let turn = 0; turn < 500 && !store.read(() => null).ok; turn++) await look();
      const filler = join(disk, 'filler');
      for (let kilobytes = 1024; kilobytes > 0; kilobytes = Math.floor(kilobytes / 2))
        try {
          writeFileSync(filler, Buffer.alloc(kilobytes * 1024), { flag: 'a' });
        } catch {
          // Full at this size; the smaller ones fill the rest.
        }
      await until('stopped');
      const [notice] = store.notices();
      expect(notice).toEqual({ id: 'historyStopped', values: { code: expect.stringMatching(/^SQLITE_/) } });
      expect(problems.length).toBeGreaterThan(0);
      const before = at;
      await look();
      rmSync(filler);
      await until('on');
      expect(store.notices()).toEqual([]);
      const rows = store.read((db) => db.rows('SELECT count(*) FROM raw WHERE at BETWEEN ? AND ?', [before, at]));
      expect(rows).toEqual({ ok: true, value: [[(at - before) / 5_000 + 1]] });
    } finally {
      store.close();
      execFileSync('umount', ['-l', disk]);
    }
  });
});
