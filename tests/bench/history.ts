import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDemoWorld } from '../../src/main/demo/demo-world.js';
import type { Database } from '../../src/main/history-database.js';
import type { Past } from '../../src/main/history-month.js';
import { writeMonth } from '../../src/main/history-month.js';
import { openForWriting } from '../../src/main/history-open.js';
import { readSeries } from '../../src/main/history-query.js';
import { readSummary } from '../../src/main/history-summary.js';
import { createWriter } from '../../src/main/history-writer.js';
import { createLooker } from '../../src/main/look.js';
import { readRehearsal } from '../../src/main/rehearse.js';
import { parseConfig } from '../../src/shared/config.js';
import type { Edit } from '../../src/shared/config-edit.js';
import { HISTORY_GROUPINGS, HISTORY_RANGES } from '../../src/shared/history.js';
import { tailOf } from '../../src/shared/history-merge.js';
import type { Figures, LifeSample, LookSample } from '../../src/shared/history-sample.js';
import { sampleOf } from '../../src/shared/history-sample.js';
import type { StateSample } from '../../src/shared/history-state.js';
import { SETTING_KEYS } from '../../src/shared/settings.js';

/**
 * The history's figures on a full store of 30 days and 10 users: size, CPU of every range, of a live update and of recording a look.
 * With 50 sessions a day in all; numbers as arguments add stores of so many. CPU milliseconds of this process. Prints one JSON object.
 */

const TARGETS = { sizeBytes: 50_000_000, queryMs: 50, recordMs: 2 };
const NOW_MS = Date.now();
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MB = 1_048_576;
const USERS = 10;
const SERVERS = ['server-github', 'server-filesystem', 'server-postgres', 'server-memory', 'playwright'];
const TURNS = 5;
const config = parseConfig({});

const cpuMs = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const rounded = (value: number): number => Math.round(value * 100) / 100;

interface Session {
  readonly life: Omit<LifeSample, 'figures'>;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Sessions of two and a half hours on average, at all hours. */
const sessionsOf = (perDay: number): readonly Session[] =>
  Array.from({ length: perDay * 30 }, (_, index) => {
    const fromMs = NOW_MS - 30 * DAY_MS + (index * DAY_MS) / perDay;
    const key = { pid: 1_000_000 + index, startedAt: String(index) };
    const user = `user-${index % USERS}`;
    const project = `/home/${user}/project-${Math.floor(index / USERS) % 12}`;
    return {
      life: { key, user, project, kind: index % 4 === 0 ? ('ide-session' as const) : ('cli-session' as const), startedAtMs: fromMs },
      ...{ fromMs, toMs: fromMs + (0.2 + ((index * 7919) % 47) / 10) * HOUR_MS },
    };
  });

const by = (lives: readonly LifeSample[], name: (life: LifeSample) => string): ReadonlyMap<string, Figures> => {
  const found = new Map<string, Figures>();
  for (const life of lives) {
    const sum = found.get(name(life));
    found.set(name(life), {
      memoryBytes: (sum?.memoryBytes ?? 0) + (life.figures.memoryBytes ?? 0),
      cpuPercent: (sum?.cpuPercent ?? 0) + (life.figures.cpuPercent ?? 0),
      processes: (sum?.processes ?? 0) + life.figures.processes,
    });
  }
  return found;
};

/** It works for a quarter of an hour, and then idles as long. */
const stateAt = ({ key, user, project, kind, startedAtMs, figures }: LifeSample, atMs: number): StateSample => {
  const turn = Math.floor((atMs + key.pid * 60_000) / 900_000);
  const idle = turn % 2 === 1;
  return {
    ...{ key, uid: 1000, user, project, kind, startedAtMs, leftOver: key.pid % 25 === 0 ? 'yes' : 'no', activity: idle ? 'idle' : 'work' },
    ...{ idleSinceMs: idle ? turn * 900_000 - key.pid * 60_000 : null, attached: kind === 'cli-session', kept: false },
    memoryBytes: figures.memoryBytes,
  };
};

const pastOf = (sessions: readonly Session[]): Past => {
  let from = 0;
  return {
    events: sessions
      .filter((_, index) => index % 12 === 0)
      .map(({ life, toMs }) => ({
        ...{ atMs: toMs, kind: 'ended' as const, action: 'KILL_PROCESS', user: life.user, processKind: life.kind, count: 1 },
        ...{ freedBytes: 200 * MB, endedPids: [life.key.pid] },
      })),
    lookAt: (atMs, coveredMs): LookSample => {
      // In the order of their beginnings; nobody lasts longer than five hours.
      while ((sessions[from]?.fromMs ?? Number.POSITIVE_INFINITY) < atMs - 6 * HOUR_MS) from += 1;
      const lives: LifeSample[] = [];
      for (let index = from; index < sessions.length; index++) {
        const session = sessions[index];
        if (session === undefined || session.fromMs > atMs) break;
        if (session.toMs <= atMs) continue;
        const memoryBytes = (150 + (index % 37) * 20 + 40 * Math.sin(atMs / 900_000 + index)) * MB;
        const cpuPercent = 20 + 19 * Math.sin(atMs / 60_000 + index);
        lives.push({ ...session.life, figures: { memoryBytes, cpuPercent, processes: 4 } });
      }
      const total = by(lives, () => '').get('') ?? { memoryBytes: 0, cpuPercent: 0, processes: 0 };
      return {
        ...{ atMs, coveredMs, complete: true, total, sessions: { ...total, processes: lives.length }, leftOver: total, lives },
        states: lives.map((life) => stateAt(life, atMs)),
        host: { availableBytes: 40_000 * MB - (total.memoryBytes ?? 0), cpuPercent: 300 },
        users: by(lives, ({ user }) => user),
        kinds: by(lives, ({ kind }) => kind),
        projects: by(lives, ({ project }) => project),
        servers: by(lives, ({ key }) => SERVERS[key.pid % SERVERS.length] ?? ''),
      };
    },
  };
};

const queries = (db: Database): Readonly<Record<string, number>> => {
  const context = { nowMs: NOW_MS, recording: { state: 'on' as const }, version: 1, hostTotalBytes: null };
  const results: [string, number][] = [];
  const measure = (name: string, work: () => void): void => {
    results.push([name, rounded(median(Array.from({ length: TURNS }, () => cpuMs(work))))]);
  };
  for (const last of HISTORY_RANGES) {
    const range = { type: 'last' as const, last };
    for (const grouping of HISTORY_GROUPINGS)
      measure(`${last} by ${grouping}`, () => void readSeries(db, { range, by: grouping, tail: null }, context));
    measure(`${last} summary`, () => void readSummary(db, range, config, context));
    const tail = tailOf(readSeries(db, { range, by: 'user', tail: null }, context));
    measure(`${last} update`, () => void readSeries(db, { range, by: 'user', tail }, context));
  }
  const [fromMs, toMs] = [NOW_MS - 20 * DAY_MS, NOW_MS - 10 * DAY_MS];
  measure('chosen span', () => void readSeries(db, { range: { type: 'span', fromMs, toMs }, by: 'session', tail: null }, context));
  return Object.fromEntries(results);
};

/** Settings tried on the week: those in force, ones that take nearly everybody, every minute, and with every user's limits enforced beside. */
const rehearsals = (db: Database) => {
  const settings = {
    auto_cleanup_old_enabled: true,
    auto_cleanup_attached_enabled: true,
    auto_cleanup_interval_minutes: 1,
    min_idle_minutes: 5,
  };
  const edits = Object.entries(settings).flatMap(([key, value]): readonly Edit[] =>
    SETTING_KEYS.flatMap((known) => (known === key ? [{ at: 'global' as const, key: known, value }] : [])),
  );
  const take = (some: readonly Edit[]): number =>
    rounded(
      median(
        Array.from({ length: TURNS }, () =>
          cpuMs(() => void readRehearsal(db, { edits: some, days: 7, config, nowMs: NOW_MS, selfUid: 1000 })),
        ),
      ),
    );
  const enforced: readonly Edit[] = [
    { at: 'user', user: 'default', key: 'enforce', value: 'end' },
    { at: 'user', user: 'default', key: 'max_processes', value: 2 },
    { at: 'user', user: 'default', key: 'memory_limit_mb', value: 500 },
  ];
  return { inForceMs: take([]), everyMinuteMs: take(edits), enforcedMs: take([...edits, ...enforced]) };
};

/** Ten minutes of looks, written by twos as the store does, with all that is made and cleared on the way. */
const recording = (db: Database, past: Past): number => {
  const writer = createWriter(db);
  const looks = Array.from({ length: 120 }, (_, index) => past.lookAt(NOW_MS + (index + 1) * 5_000, 5_000)).filter((look) => look !== null);
  const spent = cpuMs(() => {
    for (let index = 0; index < looks.length; index += 2) {
      const pair = looks.slice(index, index + 2);
      const nowMs = pair.at(-1)?.atMs ?? NOW_MS;
      writer.write(pair, [], {});
      if (!writer.roll(nowMs) && index % 12 === 0) writer.clear(nowMs, { minuteMs: 7 * DAY_MS, quarterMs: 90 * DAY_MS });
    }
  });
  return spent / looks.length;
};

/** What it takes to make a sample of a look at the demo's machine. */
const sampling = async (): Promise<{ readonly processes: number; readonly cpuMs: number }> => {
  const { platform, registry, self, leave } = createDemoWorld();
  const looker = createLooker({ platform, registry, config: () => config, selfUid: self.uid });
  const { snapshot } = await looker.look();
  const spent = cpuMs(() => {
    for (let turn = 0; turn < 200; turn++) sampleOf(snapshot, 5_000);
  });
  leave();
  return { processes: snapshot.processes.length, cpuMs: rounded(spent / 200) };
};

const storeWith = async (sessionsPerDay: number, folder: string) => {
  const path = join(folder, `${sessionsPerDay}`, 'history.db');
  const opened = await openForWriting(path, NOW_MS);
  if (!opened.ok) throw new Error(opened.code);
  const { db } = opened;
  const past = pastOf(sessionsOf(sessionsPerDay));
  await writeMonth(db, past, { nowMs: NOW_MS, days: 30, minuteMs: 7 * DAY_MS, lookMs: 5_000 });
  db.rows('PRAGMA wal_checkpoint(TRUNCATE)');
  const sizeBytes = statSync(path).size;
  const queryMs = queries(db);
  const rehearsal = rehearsals(db);
  const recordMs = rounded(recording(db, past));
  db.close();
  return { sessionsPerDay, sizeBytes, largestQueryMs: Math.max(...Object.values(queryMs)), queryMs, rehearsal, recordMs };
};

const folder = mkdtempSync(join(tmpdir(), 'cm-bench-history-'));
try {
  const sample = await sampling();
  const others = process.argv.slice(2).map(Number);
  const stores = [];
  for (const sessionsPerDay of [50, ...others]) stores.push(await storeWith(sessionsPerDay, folder));
  const [asked] = stores;
  const held =
    asked !== undefined &&
    asked.sizeBytes <= TARGETS.sizeBytes &&
    asked.largestQueryMs <= TARGETS.queryMs &&
    asked.recordMs + sample.cpuMs <= TARGETS.recordMs;
  process.stdout.write(`${JSON.stringify({ targets: TARGETS, held, sample, stores }, null, 2)}\n`);
  if (!held) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
