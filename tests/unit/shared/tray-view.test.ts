import { describe, expect, it } from 'vitest';
import { createTranslate } from '../../../src/main/i18n.js';
import { badgeOf, NO_TRAY_MEMORY, rememberReading, type TrayInput, tooltipOf } from '../../../src/shared/tray-view.js';
import type { Snapshot } from '../../../src/shared/types.js';
import { aSnapshot, aView } from '../../fakes/a-view.js';

const GB = 1024 ** 3;
const say = createTranslate('en');
const reading = (sequence: number, over: { usedGb?: number; high?: boolean } = {}): Snapshot => {
  const base = aSnapshot([aView(1, { conditions: over.high ? ['high-memory'] : ['normal'] })]);
  return {
    ...base,
    sequence,
    takenAtMs: 100_000,
    host: { ...base.host, memoryTotalBytes: 32 * GB, memoryUsedBytes: (over.usedGb ?? 10) * GB },
    totals: { ...base.totals, memoryBytes: 9.6 * GB, sessions: 4 },
  };
};
const input = (over: Partial<TrayInput> = {}): TrayInput => ({
  snapshot: reading(1),
  loop: { enabled: true, intervalMs: 5000, nextLookAtMs: null, staleSinceMs: null, error: null, looks: 1 },
  quick: { orphans: 0, possibleOrphans: 0, old: 0, all: 0 },
  memory: NO_TRAY_MEMORY,
  nowMs: 101_000,
  ...over,
});

describe('the level of the tray', () => {
  const after = (...readings: readonly Snapshot[]) => readings.reduce(rememberReading, NO_TRAY_MEMORY);
  const levelAfter = (...readings: readonly Snapshot[]) => badgeOf(input({ memory: after(...readings) })).level;

  it('warns after three readings with high memory in a row, not after two', () => {
    const high = (sequence: number) => reading(sequence, { high: true });
    expect(levelAfter(high(1), high(2))).toBe('normal');
    expect(levelAfter(high(1), high(2), high(3))).toBe('warning');
    expect(levelAfter(high(1), high(2), reading(3), high(4))).toBe('normal');
  });

  it('counts a reading once, however often it is told', () => {
    const same = reading(1, { high: true });
    expect(levelAfter(same, same, same, same)).toBe('normal');
  });

  it('is danger when the system itself runs out, above all else that is read', () => {
    const scarce = (sequence: number) => reading(sequence, { usedGb: 31, high: true });
    expect(levelAfter(scarce(1), scarce(2), scarce(3))).toBe('danger');
  });

  it('is stale three intervals after the last good reading, and before the first', () => {
    const loop = { ...input().loop, staleSinceMs: 90_000 };
    expect(badgeOf(input({ loop, nowMs: 104_000 })).level).toBe('normal');
    expect(badgeOf(input({ loop, nowMs: 106_000 })).level).toBe('stale');
    expect(badgeOf(input({ snapshot: null })).level).toBe('stale');
  });

  it('is paused where the readings are', () => {
    expect(badgeOf(input({ loop: { ...input().loop, enabled: false } })).level).toBe('paused');
  });
});

describe('badge and tooltip', () => {
  it('show the total and its part of the machine', () => {
    expect(badgeOf(input())).toEqual({ level: 'normal', text: '9.6', share: 5 });
  });

  it('name total, sessions and left-overs', () => {
    expect(tooltipOf(input(), say, 'en')).toBe('Claude: 9.6 GB\n4 sessions\nNothing left over');
    expect(tooltipOf(input({ quick: { orphans: 2, possibleOrphans: 1, old: 0, all: 0 } }), say, 'en')).toContain('3 left over');
    expect(tooltipOf(input({ snapshot: null }), say, 'en')).toBe('Claude: not read yet');
    expect(tooltipOf(input({ loop: { ...input().loop, staleSinceMs: 1 }, nowMs: 160_000 }), say, 'en')).toContain('Last read 1 m ago');
    expect(tooltipOf(input({ loop: { ...input().loop, enabled: false } }), say, 'en')).toContain('Refresh is paused');
  });
});
