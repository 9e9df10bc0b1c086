import type { AppState } from './api.js';
import { deepEqual } from './equal.js';
import type { RowsPatch } from './row-patch.js';
import { applyRows, diffRows } from './row-patch.js';
import type { TrendsPatch } from './trend-patch.js';
import { applyTrends, diffTrends } from './trend-patch.js';
import type { Snapshot } from './types.js';

/**
 * What crosses from main to the window after a look: only what changed. The parts of the state are compared whole, rows
 * field by field, and of a trend at most its newest point crosses. Where nothing changed, objects keep their identity.
 */
export interface Patch {
  /** Parts of the state that changed, each whole. */
  readonly parts: Partial<Omit<AppState, 'snapshot' | 'trends'>>;
  /** Absent = as it was. */
  readonly snapshot?: SnapshotPatch;
  readonly trends?: TrendsPatch;
}

type SnapshotPatch =
  | { readonly whole: Snapshot | null }
  | { readonly parts: Partial<Omit<Snapshot, 'processes'>>; readonly rows?: RowsPatch };

/** A whole state and its number. */
export interface WholeState {
  readonly sequence: number;
  readonly whole: AppState;
}

/** What main pushes. Numbers grow by one: a patch is for the state with the number before it. */
export type Update = WholeState | { readonly sequence: number; readonly patch: Patch };

/** Adds to `into` the parts in which `after` differs. */
const comparePartsInto = <T extends object>(into: { -readonly [P in keyof T]?: T[P] }, before: T, after: T): typeof into => {
  for (const part in after) if (!deepEqual(before[part], after[part])) into[part] = after[part];
  return into;
};

const isEmpty = (value: object): boolean => {
  for (const _ in value) return false;
  return true;
};

const diffSnapshot = (before: Required<Snapshot> | null, after: Required<Snapshot> | null): SnapshotPatch | null => {
  if (before === after) return null;
  if (before === null || after === null) return { whole: after };
  const { processes: oldRows, ...oldParts } = before;
  const { processes: newRows, ...newParts } = after;
  const parts = comparePartsInto({}, oldParts, newParts);
  const rows = diffRows(oldRows, newRows);
  return rows === null && isEmpty(parts) ? null : { parts, ...(rows === null ? {} : { rows }) };
};

const applySnapshot = (before: Snapshot | null, patch: SnapshotPatch): { readonly snapshot: Snapshot | null } | null => {
  if ('whole' in patch) return { snapshot: patch.whole };
  if (before === null) return null;
  const processes = patch.rows ? applyRows(before.processes, patch.rows) : before.processes;
  return processes === null ? null : { snapshot: { ...before, ...patch.parts, processes } };
};

/** What makes `before` into `after`; null = nothing, they say the same. A part that could be absent could not be told to have gone, hence Required. */
export const diffState = (before: Required<AppState>, after: Required<AppState>): Patch | null => {
  const { snapshot: oldSnapshot, trends: oldTrends, ...oldParts } = before;
  const { snapshot: newSnapshot, trends: newTrends, ...newParts } = after;
  const parts = comparePartsInto({}, oldParts, newParts);
  const snapshot = diffSnapshot(oldSnapshot, newSnapshot);
  const trends = diffTrends(oldTrends, newTrends, newSnapshot?.processes ?? []);
  if (snapshot === null && trends === null && isEmpty(parts)) return null;
  return { parts, ...(snapshot === null ? {} : { snapshot }), ...(trends === null ? {} : { trends }) };
};

/** The state after the patch: `before` with only what changed anew. Null = the patch is for another state. */
export const applyPatch = (before: AppState, patch: Patch): AppState | null => {
  const applied = patch.snapshot ? applySnapshot(before.snapshot, patch.snapshot) : before;
  if (applied === null) return null;
  const { snapshot } = applied;
  const trends = patch.trends ? applyTrends(before.trends, patch.trends, snapshot?.processes ?? []) : before.trends;
  return trends === null ? null : { ...before, ...patch.parts, snapshot, trends };
};

/** The state that an update leads to; the same object where it is old news, null where updates in between are missing. */
export const applyUpdate = (known: WholeState | null, update: Update): WholeState | null => {
  if (known !== null && update.sequence <= known.sequence) return known;
  if ('whole' in update) {
    const patch = known === null ? null : diffState(known.whole, update.whole);
    const whole = known === null ? update.whole : patch === null ? known.whole : applyPatch(known.whole, patch);
    return { sequence: update.sequence, whole: whole ?? update.whole };
  }
  if (known === null || update.sequence !== known.sequence + 1) return null;
  const whole = applyPatch(known.whole, update.patch);
  return whole === null ? null : { sequence: update.sequence, whole };
};
