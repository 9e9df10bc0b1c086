import type { LoopState, QuickCounts } from './api.js';
import type { Language } from './format.js';
import { formatAge, formatBytes } from './format.js';
import { badgeText, SHARES, type TrayBadge, type TrayLevel } from './tray-icon.js';
import type { Snapshot } from './types.js';

/** Looks up a text of the locales. */
export type Say = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/** How many readings in a row say that memory is short. */
export interface TrayMemory {
  readonly sequence: number;
  readonly high: number;
  readonly scarce: number;
}

export const NO_TRAY_MEMORY: TrayMemory = { sequence: -1, high: 0, scarce: 0 };

/** One reading over a limit may be chance: it takes so many in a row. */
const READINGS = 3;
const SCARCE_SHARE = 0.95;
/** So many intervals without a good reading make the number an old one. */
const STALE_INTERVALS = 3;

/** What is remembered after a reading; the same reading counts once. Pure. */
export const rememberReading = (memory: TrayMemory, snapshot: Snapshot): TrayMemory => {
  if (snapshot.sequence === memory.sequence) return memory;
  const { memoryTotalBytes, memoryUsedBytes } = snapshot.host;
  const isScarce = memoryTotalBytes !== null && memoryUsedBytes !== null && memoryUsedBytes > memoryTotalBytes * SCARCE_SHARE;
  const isHigh = snapshot.processes.some((view) => view.conditions.includes('high-memory'));
  return { sequence: snapshot.sequence, high: isHigh ? memory.high + 1 : 0, scarce: isScarce ? memory.scarce + 1 : 0 };
};

/** What the tray is told: the newest reading and how old it is. */
export interface TrayInput {
  readonly snapshot: Snapshot | null;
  readonly loop: LoopState;
  readonly quick: QuickCounts;
  readonly memory: TrayMemory;
  /** Wall clock, ms. */
  readonly nowMs: number;
}

const isStale = ({ snapshot, loop, nowMs }: TrayInput): boolean =>
  snapshot === null || (loop.staleSinceMs !== null && nowMs - loop.staleSinceMs > STALE_INTERVALS * loop.intervalMs);

const levelOf = (input: TrayInput): TrayLevel => {
  if (isStale(input)) return 'stale';
  if (!input.loop.enabled) return 'paused';
  if (input.memory.scarce >= READINGS) return 'danger';
  return input.memory.high >= READINGS ? 'warning' : 'normal';
};

/** The icon's badge for a state. */
export const badgeOf = (input: TrayInput): TrayBadge => {
  const bytes = input.snapshot?.totals.memoryBytes ?? 0;
  const total = input.snapshot?.host.memoryTotalBytes ?? null;
  const share = total === null || total === 0 ? 0 : Math.min(SHARES, Math.round((bytes / total) * SHARES));
  return { level: levelOf(input), text: badgeText(bytes), share };
};

/** The tooltip: total, sessions, left-overs; and how old it is where that matters. */
export const tooltipOf = (input: TrayInput, say: Say, language: Language): string => {
  const { snapshot, loop, quick, nowMs } = input;
  if (snapshot === null) return say('tray.noReading');
  const { memoryBytes, sessions } = snapshot.totals;
  const orphans = quick.orphans + quick.possibleOrphans;
  const parts = [
    say('tray.total', { memory: formatBytes(memoryBytes, language) }),
    say('tray.sessions', { count: sessions }),
    orphans === 0 ? say('tray.noLeftOvers') : say('tray.leftOvers', { count: orphans }),
  ];
  if (isStale(input)) parts.push(say('tray.stale', { age: formatAge(nowMs - snapshot.takenAtMs) }));
  else if (!loop.enabled) parts.push(say('tray.paused'));
  return parts.join('\n');
};
