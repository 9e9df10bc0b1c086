import { isDead } from './end-plan.js';
import type { Measure } from './limits.js';
import { isLiveSession } from './limits.js';
import { keyId } from './process-key.js';
import type { ProcessKey, ProcessView, Snapshot } from './types.js';
import type { Watches } from './watches.js';
import { growthOf, runawayMs } from './watches.js';

export const FINDING_TYPES = ['orphan', 'over-limit', 'runaway', 'growing', 'retained', 'duplicate', 'old'] as const;
export type FindingType = (typeof FINDING_TYPES)[number];

/** Something about a row, or several, that is worth a look. It never acts. */
export interface Finding {
  /** Type, uid, session and key: the same from look to look. */
  readonly id: string;
  readonly type: FindingType;
  /** Whom it is about: several for duplicates, nobody where it is about a user. */
  readonly keys: readonly ProcessKey[];
  readonly user: string | null;
  readonly name: string;
  /** A key below "finding" in the locales, with its values; hostile text among them. */
  readonly text: { readonly id: string; readonly values: Readonly<Record<string, string | number>> };
}

/** So many of one server make it worth saying. */
const MANY_SERVERS = 3;
/** Nobody comes back to a worker after an hour, nor to a window after a day. */
const RETAINED_MS = { worker: 3_600_000, other: 24 * 3_600_000 } as const;
const MEGABYTE = 1_048_576;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

const megabytes = (bytes: number): number => Math.round(bytes / MEGABYTE);
const tenths = (value: number): number => Math.round(value * 10) / 10;

const about = (type: FindingType, view: ProcessView, id: string, values: Finding['text']['values'] = {}): Finding => ({
  id: `${type} ${view.uid ?? '?'} ${view.session?.sessionId ?? ''} ${keyId(view.key)}`,
  type,
  keys: [view.key],
  user: view.user,
  name: view.name,
  text: { id, values },
});

const retained = (view: ProcessView, nowMs: number): Finding | null => {
  if (view.reparented || view.leftOver === 'yes' || view.activity !== 'idle' || view.session === null || view.activeSinceMs === null)
    return null;
  const idleMs = nowMs - view.activeSinceMs;
  const needed = view.kind === 'sdk-worker' || view.kind === 'cli-headless' ? RETAINED_MS.worker : RETAINED_MS.other;
  return idleMs < needed ? null : about('retained', view, 'retained', { count: Math.floor(idleMs / HOUR_MS) });
};

const overLimit = ({ metric, key, uid, user, name, value, limit, id }: Measure): Finding => {
  const texts = {
    memory: { id: 'overMemory', values: { value: megabytes(value), limit: megabytes(limit) } },
    cpu: { id: 'overCpu', values: { value: Math.round(value), limit: Math.round(limit) } },
    sessions: { id: 'overSessions', values: { value, limit } },
    runtime: { id: 'overRuntime', values: { value: tenths(value), limit: tenths(limit) } },
    available: { id: 'overAvailable', values: { value: megabytes(value), limit: megabytes(limit) } },
  } as const;
  return { id: `over-limit ${metric} ${uid ?? '?'} ${id}`, type: 'over-limit', keys: key ? [key] : [], user, name, text: texts[metric] };
};

/** Living rows by what makes them the same; only where there are as many as `most` or more. */
const groupsOf = (rows: readonly ProcessView[], least: number, same: (view: ProcessView) => string | null): readonly ProcessView[][] => {
  const groups = new Map<string, ProcessView[]>();
  for (const view of rows) {
    const id = same(view);
    if (id === null) continue;
    const group = groups.get(id);
    if (group) group.push(view);
    else groups.set(id, [view]);
  }
  return [...groups.values()].filter((group) => group.length >= least);
};

const duplicates = (rows: readonly ProcessView[]): readonly Finding[] => {
  const twice = groupsOf(rows, 2, (view) => (isLiveSession(view) && view.session ? `${view.uid} ${view.session.sessionId}` : null));
  const servers = groupsOf(rows, MANY_SERVERS, (view) => (view.kind === 'mcp-server' ? `${view.uid} ${view.name}` : null));
  const one = (group: readonly ProcessView[], id: string, key: string): Finding[] => {
    const [first] = group;
    if (first === undefined) return [];
    const total = group.reduce((sum, view) => sum + ((id === 'duplicateSession' ? view.tree.memoryBytes : view.memoryBytes) ?? 0), 0);
    return [
      {
        id: `duplicate ${first.uid ?? '?'} ${key}`,
        type: 'duplicate',
        keys: group.map((view) => view.key),
        user: first.user,
        name: first.name,
        text: { id, values: { count: group.length, value: megabytes(total), name: first.name } },
      },
    ];
  };
  return [
    ...twice.flatMap((group) => one(group, 'duplicateSession', group[0]?.session?.sessionId ?? '')),
    ...servers.flatMap((group) => one(group, 'duplicateServer', group[0]?.name ?? '')),
  ];
};

/** What one look, and what was remembered of those before it, shows. `firing` = what is over its limit for long enough. */
export const findingsOf = (snapshot: Snapshot, firing: readonly Measure[], watches: Watches, t: number): readonly Finding[] => {
  const nowMs = snapshot.takenAtMs;
  const rows = snapshot.processes.filter((view) => !isDead(view));
  const found: Finding[] = [];
  const overMemory = new Set(firing.filter(({ metric }) => metric === 'memory').map(({ id }) => id));
  for (const view of rows) {
    const session = isLiveSession(view);
    if (view.leftOver === 'yes') found.push(about('orphan', view, 'orphan', { value: megabytes(view.memoryBytes ?? 0) }));
    const id = session || view.cpuPercent !== null ? keyId(view.key) : null;
    const hot = id === null ? null : runawayMs(watches, id, t);
    if (hot !== null) found.push(about('runaway', view, 'runaway', { count: Math.floor(hot / MINUTE_MS) }));
    if (!session || id === null) continue;
    if (view.conditions.includes('old') && view.startedAtMs !== null)
      found.push(about('old', view, 'old', { count: Math.floor((nowMs - view.startedAtMs) / HOUR_MS) }));
    if (view.limitBytes !== null && view.conditions.includes('high-memory') && !overMemory.has(id))
      found.push(
        about('over-limit', view, 'overMemory', { value: megabytes(view.tree.memoryBytes ?? 0), limit: megabytes(view.limitBytes) }),
      );
    const growth = view.limitBytes === null ? null : growthOf(watches, id, view.limitBytes);
    if (growth !== null && growth.msToLimit > 0)
      found.push(
        about('growing', view, 'growing', { value: megabytes(growth.bytesPerHour), count: Math.ceil(growth.msToLimit / MINUTE_MS) }),
      );
    const kept = retained(view, nowMs);
    if (kept) found.push(kept);
  }
  return [...found, ...firing.map(overLimit), ...duplicates(rows)];
};
