import type { AppState } from '../shared/api.js';
import { keyId } from '../shared/process-key.js';
import type { ProcessView } from '../shared/types.js';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

const sameItems = (a: readonly unknown[], b: readonly unknown[]): boolean => {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (!deepEqual(a[index], b[index])) return false;
  return true;
};

/** Whether two plain, serialisable values hold the same. Runs over every value of every look, hence the plain loops. */
export const deepEqual = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a)) return Array.isArray(b) && sameItems(a, b);
  if (!isObject(a) || !isObject(b) || Array.isArray(b)) return false;
  let names = 0;
  for (const name in a) {
    if (!Object.hasOwn(b, name) || !deepEqual(a[name], b[name])) return false;
    names += 1;
  }
  for (const _ in b) names -= 1;
  return names === 0;
};

/** The old object where the new one says the same, so that what is memoised on it stays. */
export const keep = <T>(previous: T, next: T): T => (deepEqual(previous, next) ? previous : next);

const sameKey = (a: ProcessView | undefined, b: ProcessView): boolean =>
  a !== undefined && a.key.pid === b.key.pid && a.key.startedAt === b.key.startedAt;

/** Whether two looks list the same processes in the same order: the usual case, told without a map of a thousand strings. */
const sameList = (a: readonly ProcessView[], b: readonly ProcessView[]): boolean =>
  a.length === b.length && b.every((view, index) => sameKey(a[index], view));

const keepAll = (previous: readonly ProcessView[], next: readonly ProcessView[]): readonly ProcessView[] => {
  const old = sameList(previous, next) ? null : new Map(previous.map((view) => [keyId(view.key), view]));
  const merged = next.map((view, index) => {
    const before = old ? old.get(keyId(view.key)) : previous[index];
    return before ? keep(before, view) : view;
  });
  return merged.length === previous.length && merged.every((view, index) => view === previous[index]) ? previous : merged;
};

const keepEach = <T>(previous: Readonly<Record<string, T>>, next: Readonly<Record<string, T>>): Readonly<Record<string, T>> => {
  let changed = Object.keys(previous).length !== Object.keys(next).length;
  const merged: Record<string, T> = {};
  for (const [name, value] of Object.entries(next)) {
    const before = Object.hasOwn(previous, name) ? previous[name] : undefined;
    const kept = before === undefined ? value : keep(before, value);
    if (kept !== before) changed = true;
    merged[name] = kept;
  }
  return changed ? merged : previous;
};

/** The next state with every part that did not change taken from the previous one, processes matched by key. */
export const mergeState = (previous: AppState | null, next: AppState): AppState => {
  if (!previous) return next;
  const before = previous.snapshot;
  const after = next.snapshot;
  return {
    snapshot:
      before && after
        ? {
            ...after,
            host: keep(before.host, after.host),
            totals: keep(before.totals, after.totals),
            processes: keepAll(before.processes, after.processes),
          }
        : after,
    trends: keepEach(previous.trends, next.trends),
    loop: keep(previous.loop, next.loop),
    settings: keep(previous.settings, next.settings),
    config: keep(previous.config, next.config),
    stopped: keep(previous.stopped, next.stopped),
    quick: keep(previous.quick, next.quick),
    logVersion: next.logVersion,
    language: next.language,
    about: keep(previous.about, next.about),
    notices: keep(previous.notices, next.notices),
  };
};

/** Which rows came and which went between two looks; nothing when there was no look before. */
export const compareLooks = (
  previous: readonly ProcessView[] | null,
  next: readonly ProcessView[],
): { readonly born: readonly string[]; readonly gone: readonly ProcessView[] } => {
  if (!previous || sameList(previous, next)) return { born: [], gone: [] };
  const before = new Set(previous.map((view) => keyId(view.key)));
  const after = new Set(next.map((view) => keyId(view.key)));
  return {
    born: [...after].filter((id) => !before.has(id)),
    gone: previous.filter((view) => !after.has(keyId(view.key))),
  };
};
