import type { AppState, Trend } from './api.js';
import { deepEqual } from './equal.js';
import { rowId } from './row-id.js';
import type { Column, RowsPatch } from './row-patch.js';
import { applyRows, diffRows } from './row-patch.js';
import type { ProcessView, Snapshot } from './types.js';

/**
 * What crosses from main to the window after a look: only what changed. The parts of the state are compared whole, rows
 * field by field, and of a trend only its newest point crosses. Where nothing changed, objects keep their identity.
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

/** Trends belong to rows: points are told by the row's place in the new list. */
interface TrendsPatch {
  /** The newest point is another. */
  readonly latest?: Column<number | null>;
  /** One more point. */
  readonly added?: Column<number | null>;
  /** One more point, and the oldest is gone. */
  readonly shifted?: Column<number | null>;
  readonly whole?: Readonly<Record<string, Trend>>;
  readonly gone?: readonly string[];
}

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

const samePoints = (a: Trend, b: Trend, count: number, offset: number): boolean => {
  for (let index = 0; index < count; index += 1) if (!Object.is(a[index + offset], b[index])) return false;
  return true;
};

type Step = 'latest' | 'added' | 'shifted';

/** How a trend came of another by its newest point alone; null = in no such way. */
const stepOf = (before: Trend, after: Trend): Step | null => {
  const last = after.length - 1;
  if (last < 0) return null;
  if (before.length === last) return samePoints(before, after, last, 0) ? 'added' : null;
  if (before.length !== after.length) return null;
  if (samePoints(before, after, last, 0)) return 'latest';
  return samePoints(before, after, last, 1) ? 'shifted' : null;
};

type Trends = AppState['trends'];

const diffTrends = (before: Trends, after: Trends, rows: readonly ProcessView[]): TrendsPatch | null => {
  if (before === after) return null;
  const places = new Map(rows.map((view, index) => [rowId(view.key), index]));
  const steps: { [S in Step]?: { readonly at: number[]; readonly to: (number | null)[] } } = {};
  const whole: [string, Trend][] = [];
  for (const [id, trend] of Object.entries(after)) {
    const old = Object.hasOwn(before, id) ? before[id] : undefined;
    if (old !== undefined && deepEqual(old, trend)) continue;
    const at = places.get(id);
    const step = old === undefined || at === undefined ? null : stepOf(old, trend);
    if (step === null || at === undefined) whole.push([id, trend]);
    else {
      const column = steps[step] ?? { at: [], to: [] };
      column.at.push(at);
      column.to.push(trend.at(-1) ?? null);
      steps[step] = column;
    }
  }
  const gone = Object.keys(before).filter((id) => !Object.hasOwn(after, id));
  const patch = { ...steps, ...(whole.length > 0 ? { whole: Object.fromEntries(whole) } : {}), ...(gone.length > 0 ? { gone } : {}) };
  return isEmpty(patch) ? null : patch;
};

/** The list itself, with one more at its end: it was copied already, and there are sixty points of each of a thousand rows. */
const endWith = (copied: (number | null)[], point: number | null): Trend => {
  copied.push(point);
  return copied;
};

const STEPS: Readonly<Record<Step, (trend: Trend, point: number | null) => Trend>> = {
  latest: (trend, point) => endWith(trend.slice(0, -1), point),
  added: (trend, point) => [...trend, point],
  shifted: (trend, point) => endWith(trend.slice(1), point),
};

const applyTrends = (before: Trends, patch: TrendsPatch, rows: readonly ProcessView[]): Trends | null => {
  // One copy, not a list of pairs and a map: this runs over every row at every look.
  const after: Record<string, Trend> = { ...before, ...patch.whole };
  for (const id of patch.gone ?? []) delete after[id];
  for (const step of ['latest', 'added', 'shifted'] as const)
    for (const [index, at] of (patch[step]?.at ?? []).entries()) {
      const row = rows[at];
      if (row === undefined) return null;
      const id = rowId(row.key);
      const trend = Object.hasOwn(after, id) ? after[id] : undefined;
      const point = patch[step]?.to[index];
      if (trend === undefined || point === undefined) return null;
      after[id] = STEPS[step](trend, point);
    }
  return after;
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
