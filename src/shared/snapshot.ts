import type { Config } from './config.js';
import { memoryLimitBytes } from './config.js';
import { displayName } from './display-name.js';
import { deepEqual, keep } from './equal.js';
import type { GuardContext } from './guard.js';
import { refusalOf } from './guard.js';
import type { Judgement } from './judge.js';
import { keyId } from './process-key.js';
import { displayCommand } from './redact.js';
import type { Activity, HostTotals, ProcessView, Reading, Snapshot, StaticFacts, StatusWord, Totals } from './types.js';
import { SESSION_KINDS } from './types.js';

/** What one look leaves for the next: counters to take rates from, and when each process was last seen at work (wall ms). */
export interface SnapshotMemory {
  readonly sequence: number;
  readonly monotonicMs: number;
  readonly cpuMs: ReadonlyMap<string, number>;
  readonly lastActiveMs: ReadonlyMap<string, number>;
  /** By `keyId`: a row of which nothing changed stays the same object. */
  readonly rows: ReadonlyMap<string, Row>;
}

/** A row without what the guard says of it, and all that it was made of. */
interface Base {
  readonly j: Judgement;
  readonly cpuPercent: number | null;
  readonly active: number | null;
  readonly tree: ProcessView['tree'];
  readonly isOld: boolean;
  readonly config: Config;
  readonly view: ProcessView;
}
/** A row as it is shown, and whom the guard was asked about. */
interface Row {
  readonly base: Base;
  readonly guard: GuardContext;
  readonly owner: ProcessView | null;
  readonly view: ProcessView;
}

export interface SnapshotInput {
  readonly reading: Reading;
  readonly judgements: readonly Judgement[];
  readonly host: HostTotals;
  readonly config: Config;
  readonly guard: GuardContext;
  /** Null: no rates this time (the first look, or the first after a gap). */
  readonly previous: SnapshotMemory | null;
}

/** CPU above this share of a core counts as a sign of life: an idle engine's timers stay below it. */
const AT_WORK_PERCENT = 5;
const HOUR_MS = 3_600_000;

const isSession = (kind: ProcessView['kind']): boolean => (SESSION_KINDS as readonly string[]).includes(kind);

/** Every status whose condition holds, by precedence: Orphan > Possible orphan > Old > High memory > Normal. */
const conditionsOf = (
  view: Pick<ProcessView, 'leftOver' | 'reparented' | 'owner' | 'tree' | 'limitBytes'>,
  isOld: boolean,
): StatusWord[] => {
  const words: StatusWord[] = [];
  if (view.leftOver === 'yes') words.push('orphan');
  else if (view.leftOver === 'unknown' && view.reparented) words.push('possible-orphan');
  if (isOld) words.push('old');
  if (view.owner === null && view.limitBytes !== null && view.tree.memoryBytes !== null && view.tree.memoryBytes > view.limitBytes)
    words.push('high-memory');
  return words.length > 0 ? words : ['normal'];
};

const ownMemoryBytes = (j: Judgement): number | null => {
  const { rssAnonBytes, swapBytes } = j.raw.counters;
  // RssAnon + VmSwap is what ending it gives back; a kernel without swap accounting still has the first.
  return rssAnonBytes === null ? null : rssAnonBytes + (swapBytes ?? 0);
};

const activityOf = (j: Judgement): Activity => {
  if (!isSession(j.kind)) return 'none';
  return j.record?.status ?? 'unknown';
};

const commands = new WeakMap<StaticFacts, string>();
const commandOf = (facts: StaticFacts): string | null => {
  if (facts.argv === null) return null;
  let text = commands.get(facts);
  if (text === undefined) {
    text = displayCommand(facts.argv);
    commands.set(facts, text);
  }
  return text;
};

interface Own {
  readonly j: Judgement;
  readonly id: string;
  readonly memoryBytes: number | null;
  readonly cpuPercent: number | null;
}

const rollUp = (root: Own, owned: readonly Own[]): ProcessView['tree'] => {
  let memoryBytes = root.memoryBytes;
  let cpuPercent = root.cpuPercent;
  let partial = root.memoryBytes === null;
  for (const child of owned) {
    if (child.memoryBytes === null) partial = true;
    else memoryBytes = (memoryBytes ?? 0) + child.memoryBytes;
    if (child.cpuPercent !== null) cpuPercent = (cpuPercent ?? 0) + child.cpuPercent;
  }
  return { memoryBytes, cpuPercent, count: 1 + owned.length, memoryIsPartial: partial };
};

const measure = (input: SnapshotInput): Own[] => {
  const { reading, judgements, previous } = input;
  const elapsedMs = previous === null ? 0 : reading.monotonicMs - previous.monotonicMs;
  return judgements.map((j) => {
    const id = keyId(j.raw.key);
    const now = j.raw.counters.cpuMs;
    const before = previous?.cpuMs.get(id);
    const cpuPercent = now === null || before === undefined || elapsedMs <= 0 ? null : Math.max(0, ((now - before) / elapsedMs) * 100);
    return { j, id, memoryBytes: ownMemoryBytes(j), cpuPercent };
  });
};

const lastActive = (own: Own, activity: Activity, previous: SnapshotMemory | null, nowMs: number): number | null => {
  if (activity === 'busy' || (own.cpuPercent !== null && own.cpuPercent >= AT_WORK_PERCENT)) return nowMs;
  const seen = [previous?.lastActiveMs.get(own.id), own.j.record?.statusSinceMs, own.j.record?.updatedAtMs];
  // A record may hold any number, also one from the future.
  const known = seen.filter((ms): ms is number => typeof ms === 'number' && ms > 0 && ms <= nowMs);
  return known.length > 0 ? Math.max(...known) : null;
};

const totalsOf = (owns: readonly Own[], hasRates: boolean): Totals => {
  let memoryBytes = 0;
  let unreadable = 0;
  // Where there is nobody, nobody uses CPU; that is known once there are rates at all.
  let cpuPercent: number | null = owns.length === 0 && hasRates ? 0 : null;
  let sessions = 0;
  for (const own of owns) {
    if (own.memoryBytes === null) unreadable++;
    else memoryBytes += own.memoryBytes;
    if (own.cpuPercent !== null) cpuPercent = (cpuPercent ?? 0) + own.cpuPercent;
    if (isSession(own.j.kind)) sessions++;
  }
  return { processes: owns.length, sessions, memoryBytes, memoryIsPartial: unreadable > 0, cpuPercent, unreadable };
};

const viewOf = (own: Own, active: number | null, tree: ProcessView['tree'], isOld: boolean, config: Config): ProcessView => {
  const { j } = own;
  const { raw, record } = j;
  const partial = {
    key: raw.key,
    ppid: raw.ppid,
    uid: raw.uid,
    user: raw.user,
    kind: j.kind,
    kindEvidence: j.kindEvidence,
    leftOver: j.leftOver,
    leftOverEvidence: j.leftOverEvidence,
    reparented: j.reparented,
    activity: activityOf(j),
    waitingFor: record?.waitingFor ?? null,
    activeSinceMs: record?.statusSinceMs ?? null,
    lastActiveMs: active,
    session: record
      ? {
          sessionId: record.sessionId,
          name: record.name,
          projectDir: record.cwd,
          version: record.version,
          entrypoint: record.entrypoint,
          jobId: record.jobId,
          configDir: record.configDir,
        }
      : null,
    owner: j.owner,
    name: displayName(j),
    projectDir: record?.cwd ?? j.facts.env?.CLAUDE_PROJECT_DIR ?? raw.cwd,
    memoryBytes: own.memoryBytes,
    cpuPercent: own.cpuPercent,
    tree,
    limitBytes: j.owner === null ? memoryLimitBytes(config, raw.user) : null,
    startedAtMs: raw.startedAtMs,
    state: raw.state,
    tty: raw.tty,
    command: commandOf(raw.facts),
  };
  const conditions = conditionsOf(partial, isOld);
  return { ...partial, conditions, status: conditions[0] ?? 'normal', refusal: null };
};

/**
 * Turns one judged reading into what people see: rates (one core = 100 %) from counters, roll-ups per session within one
 * uid, status words, names. What could not be read stays null. Returns what the next call needs beside it.
 */
export const buildSnapshot = (input: SnapshotInput): { snapshot: Snapshot; memory: SnapshotMemory } => {
  const { reading, host, config, guard, previous } = input;
  const nowMs = reading.takenAtMs;
  const maxAgeMs = config.global_settings.max_process_age_hours * HOUR_MS;
  const owns = measure(input);

  const ownedBy = new Map<string, Own[]>();
  for (const own of owns) {
    if (own.j.owner === null) continue;
    const id = keyId(own.j.owner);
    const list = ownedBy.get(id);
    if (list) list.push(own);
    else ownedBy.set(id, [own]);
  }

  const lastActiveMs = new Map<string, number>();
  const bases = new Map<string, Base>();
  for (const own of owns) {
    const { j, id, cpuPercent } = own;
    const { startedAtMs } = j.raw;
    const active = lastActive(own, activityOf(j), previous, nowMs);
    if (active !== null) lastActiveMs.set(id, active);
    // Children are never old by themselves: a server is as old as its session.
    const isOld = isSession(j.kind) && startedAtMs !== null && nowMs - startedAtMs > maxAgeMs;
    const tree = rollUp(own, ownedBy.get(id) ?? []);
    const before = previous?.rows.get(id)?.base;
    const isSame =
      before !== undefined &&
      before.j === j &&
      before.cpuPercent === cpuPercent &&
      before.active === active &&
      before.isOld === isOld &&
      before.config === config &&
      deepEqual(before.tree, tree);
    bases.set(id, isSame ? before : { j, cpuPercent, active, tree, isOld, config, view: viewOf(own, active, tree, isOld, config) });
  }
  const rows = new Map<string, Row>();
  for (const [id, base] of bases) {
    const owner = base.view.owner === null ? null : (bases.get(keyId(base.view.owner))?.view ?? null);
    const before = previous?.rows.get(id);
    if (before !== undefined && before.base === base && before.guard === guard && before.owner === owner) {
      rows.set(id, before);
      continue;
    }
    const next = { ...base.view, refusal: refusalOf(base.view, guard, owner) };
    rows.set(id, { base, guard, owner, view: before ? keep(before.view, next) : next });
  }
  const processes = [...rows.values()].map(({ view }) => view);

  const cpuMs = new Map<string, number>();
  for (const own of owns) if (own.j.raw.counters.cpuMs !== null) cpuMs.set(own.id, own.j.raw.counters.cpuMs);
  const sequence = (previous?.sequence ?? 0) + 1;
  return {
    snapshot: { sequence, takenAtMs: nowMs, host, totals: totalsOf(owns, previous !== null), processes, complete: reading.complete },
    memory: { sequence, monotonicMs: reading.monotonicMs, cpuMs, lastActiveMs, rows },
  };
};
