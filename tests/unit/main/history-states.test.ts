import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/main/history-database.js';
import { openForWriting } from '../../../src/main/history-open.js';
import { readStates, statesSince } from '../../../src/main/history-states.js';
import { createWriter } from '../../../src/main/history-writer.js';
import type { StateSample } from '../../../src/shared/history-state.js';
import { statesOf } from '../../../src/shared/history-state.js';
import { rehearsePast, statesFor } from '../../../src/shared/rehearsal.js';
import type { ProcessView } from '../../../src/shared/types.js';
import { aLookSample } from '../../fakes/a-look-sample.js';
import { aConfig, anIdle, anOrphan, HOUR_MS, MINUTE_MS, START_MS, tree } from '../../fakes/a-policy.js';

const LOOK_MS = 5_000;
let folder: string;
let db: Database;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cm-states-'));
  const opened = await openForWriting(join(folder, 'history.db'), START_MS);
  if (!opened.ok) throw new Error(opened.code);
  db = opened.db;
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const states = (views: readonly ProcessView[], atMs: number): readonly StateSample[] => statesOf({ processes: views, takenAtMs: atMs });
/** Looks every five seconds after `fromMs`; minutes from START_MS. */
const record = (from: number, to: number, viewsAt: (minute: number) => readonly ProcessView[], writer = createWriter(db)) => {
  for (let at = START_MS + from * MINUTE_MS + LOOK_MS; at <= START_MS + to * MINUTE_MS; at += LOOK_MS)
    writer.write([aLookSample(at, [], { coveredMs: LOOK_MS, states: states(viewsAt((at - START_MS) / MINUTE_MS), at) })], [], {});
  return writer;
};
const kept = () =>
  readStates(db, 0, START_MS + 24 * HOUR_MS).map(({ fromMs, toMs, key, activity, leftOver }) => [
    (fromMs - START_MS) / MINUTE_MS,
    // What still lasts is written every minute.
    Math.ceil((toMs - START_MS) / MINUTE_MS),
    `${key.pid} ${leftOver} ${activity}`,
  ]);

describe('the states of the past', () => {
  it('are one span for as long as nothing changes, and come back as they were', () => {
    const session = anIdle(100);
    const orphan = anOrphan(101);
    record(0, 10, (minute) => [session, ...(minute > 3 && minute <= 5 ? [orphan] : [])]);
    expect(kept()).toEqual([
      [0, 10, '100 no idle'],
      [3, 5, '101 yes unknown'],
    ]);
    const [first] = readStates(db, 0, START_MS + HOUR_MS);
    const [expected] = states([session], START_MS);
    expect(first).toEqual({
      ...expected,
      memoryBytes: Math.round(100_000_000 / 1024) * 1024,
      fromMs: START_MS,
      toMs: first?.toMs,
    });
    expect(statesSince(db)).toBe(START_MS);
  });

  it('do not count a turn’s short rest as idle, and grow by a row only when memory does', () => {
    const at = (minute: number): ProcessView => {
      const rests = minute % 2 >= 1.5;
      const activeSinceMs = START_MS + (Math.floor(minute) + (rests ? 0.5 : 0)) * MINUTE_MS;
      return anIdle(100, { activity: rests ? 'idle' : 'busy', activeSinceMs, tree: tree(minute < 6 ? 100_000_000 : 200_000_000) });
    };
    record(0, 12, (minute) => [at(minute - 0.001)]);
    expect(kept().map(([, , what]) => what)).toEqual(['100 no work', '100 no work']);
  });

  it('leave a hole where nobody looked, and begin anew with the program', () => {
    const writer = record(0, 2, () => [anIdle(100)]);
    record(60, 62, () => [anIdle(100)], writer);
    record(62, 63, () => [anIdle(100)]);
    expect(kept()).toEqual([
      [0, 2, '100 no idle'],
      [60, 62, '100 no idle'],
      [62, 63, '100 no idle'],
    ]);
  });

  it('are cleared a week after they were seen, not sooner', () => {
    const writer = record(0, 2, () => [anIdle(100)]);
    const retention = { minuteMs: HOUR_MS, quarterMs: HOUR_MS };
    writer.clear(START_MS + 6.9 * 24 * HOUR_MS, retention);
    expect(kept().length).toBe(1);
    writer.clear(START_MS + 7.1 * 24 * HOUR_MS, retention);
    expect(kept()).toEqual([]);
  });

  it('are read for a rehearsal only where somebody can be taken, and it comes to the same', () => {
    const at = (minute: number): number => START_MS + minute * MINUTE_MS;
    record(0, 200, (minute) => [
      anIdle(100, { startedAtMs: at(-200), activeSinceMs: at(-10) }),
      anIdle(101, { startedAtMs: at(-5), activeSinceMs: at(1) }),
      anIdle(102, { startedAtMs: at(-200), activity: 'busy' }),
      anIdle(103, { startedAtMs: at(-200), activeSinceMs: at(-10), uid: 1001, user: 'erin' }),
      ...(minute > 20 ? [anOrphan(104, { startedAtMs: at(5) })] : []),
      anIdle(105, { startedAtMs: at(-60), activeSinceMs: at(-60), tree: tree(3_000_000_000) }),
    ]);
    const span = { fromMs: START_MS, toMs: at(200), sinceMs: START_MS, selfUid: 1000 };
    const every = readStates(db, START_MS, at(200));
    const counts = [
      aConfig(),
      aConfig({ auto_cleanup_old_enabled: true }),
      aConfig({ auto_cleanup_old_enabled: true, min_idle_minutes: 205 }),
      aConfig({}, { limits: { default: { enforce: 'end', memory_limit_mb: 1000 } } }),
    ].map((config) => {
      const some = readStates(db, START_MS, at(200), statesFor(config, 1000));
      const { unjudged: _some, ...result } = rehearsePast(some, config, span);
      const { unjudged: _every, ...expected } = rehearsePast(every, config, span);
      expect(result).toEqual(expected);
      return [some.length < every.length, result.ends.map(({ pid }) => pid)];
    });
    expect(counts).toEqual([
      [true, [104]],
      [true, [104, 105, 100, 101]],
      [true, [104, 105]],
      [true, [104, 105]],
    ]);
  });
});
