import type { Preview, PreviewExcluded, TargetRole, Warning } from './api.js';
import type { GuardContext } from './guard.js';
import { kinRefusalOf, refusalOf } from './guard.js';
import { keyId, sameKey } from './process-key.js';
import type { CandidateFacts, ProcessKey, ProcessView, Refusal, Snapshot } from './types.js';
import { ENGINE_KINDS, SESSION_KINDS } from './types.js';

/** One process that a command would touch or leave to its own line. */
export interface PlanLine {
  readonly view: ProcessView;
  readonly role: TargetRole;
  /** The chosen line that it hangs below; null for chosen ones. */
  readonly below: ProcessKey | null;
  readonly warnings: readonly Warning[];
}

export interface EndPlan {
  readonly lines: readonly PlanLine[];
  readonly excluded: readonly PreviewExcluded[];
}

/** The dearer facts of the processes of a plan, by pid (`Platform.inspect`). */
export type FactsByPid = ReadonlyMap<number, CandidateFacts>;

/** A parent that seems to have started later than its child has a reused pid; less than this is the clock's own error. */
const START_JITTER_MS = 1000;
const NO_FACTS: FactsByPid = new Map();

/** Whether a row carries a conversation. */
export const isSession = (view: Pick<ProcessView, 'kind'>): boolean => (SESSION_KINDS as readonly string[]).includes(view.kind);

/** Whether a row runs the engine; such a row is never part of another's tree. */
export const isEngine = (view: Pick<ProcessView, 'kind'>): boolean => (ENGINE_KINDS as readonly string[]).includes(view.kind);

/** Re-parented, and nobody can say whether anybody still needs it; ticked by people only. */
export const isPossibleOrphan = (view: Pick<ProcessView, 'leftOver' | 'reparented'>): boolean =>
  view.leftOver === 'unknown' && view.reparented;

/** Whether a row has ended and only its entry is left. */
export const isDead = (view: Pick<ProcessView, 'state' | 'kind'>): boolean => view.state === 'Z' || view.kind === 'zombie';
const warning = (id: string, values?: Warning['values']): Warning =>
  values ? { id, values, weight: 'against' } : { id, weight: 'against' };

/** What ending a process takes with it, or may; counts of processes below it. */
interface Contents {
  readonly engines: number;
  readonly refused: number;
  readonly serving: number;
}
const NOTHING: Contents = { engines: 0, refused: 0, serving: 0 };

/** What speaks against ending a process because it serves others; unreadable is no "no". */
const servingWarnings = (view: ProcessView, facts: FactsByPid): Warning[] => {
  // An engine's own socket is how its children speak to it.
  if (isEngine(view)) return [];
  const known = facts.get(view.key.pid);
  if (!known || known.listening === null || known.ptyHolder === null) return [warning('servingUnknown')];
  return [...(known.listening ? [warning('listens')] : []), ...(known.ptyHolder ? [warning('holdsTerminals')] : [])];
};

/** Who hangs below whom in one snapshot, and what is notable there. Every walk ends, whatever loops a table may hold. */
interface Kin {
  readonly living: readonly ProcessView[];
  readonly children: (view: ProcessView) => readonly ProcessView[];
  readonly parent: (view: ProcessView) => ProcessView | null;
  readonly contents: (view: ProcessView) => Contents;
  readonly refusal: (view: ProcessView) => Refusal | null;
}

const kinOf = (snapshot: Snapshot, context: GuardContext, facts: FactsByPid): Kin => {
  const living = snapshot.processes.filter((view) => !isDead(view));
  const byPid = new Map(living.map((view) => [view.key.pid, view]));
  const parent = (view: ProcessView): ProcessView | null => {
    const found = view.ppid === null ? undefined : byPid.get(view.ppid);
    if (!found || found === view) return null;
    const late = found.startedAtMs !== null && view.startedAtMs !== null && found.startedAtMs - view.startedAtMs > START_JITTER_MS;
    return late ? null : found;
  };
  const below = new Map<ProcessView, ProcessView[]>();
  for (const view of living) {
    const above = parent(view);
    const siblings = above ? below.get(above) : undefined;
    if (siblings) siblings.push(view);
    else if (above) below.set(above, [view]);
  }
  const children = (view: ProcessView): readonly ProcessView[] => below.get(view) ?? [];

  // A dead session's rules still speak for what it left.
  const owners = new Map(snapshot.processes.map((view) => [keyId(view.key), view]));
  const refusals = new Map<ProcessView, Refusal | null>();
  const refusal = (view: ProcessView): Refusal | null => {
    const known = refusals.get(view);
    if (known !== undefined) return known;
    const found = refusalOf(view, context, (view.owner && owners.get(keyId(view.owner))) ?? null);
    refusals.set(view, found);
    return found;
  };

  const counted = new Map<ProcessView, Contents>();
  const contents = (start: ProcessView): Contents => {
    const order = new Set<ProcessView>();
    const open = [start];
    for (let view = open.pop(); view; view = open.pop()) {
      if (order.has(view) || counted.has(view)) continue;
      order.add(view);
      open.push(...children(view));
    }
    for (const view of [...order].reverse()) {
      let { engines, refused, serving } = NOTHING;
      for (const child of children(view)) {
        const inner = counted.get(child) ?? NOTHING;
        const engine = isEngine(child);
        engines += inner.engines + (engine ? 1 : 0);
        refused += inner.refused + (!engine && refusal(child) !== null ? 1 : 0);
        // One that is gone since the look has no facts, and serves nobody.
        serving += inner.serving + (facts.has(child.key.pid) && servingWarnings(child, facts).length > 0 ? 1 : 0);
      }
      counted.set(view, { engines, refused, serving });
    }
    return counted.get(start) ?? NOTHING;
  };
  return { living, children, parent, contents, refusal };
};

const contentWarnings = (view: ProcessView, kin: Kin): Warning[] => {
  const { engines, refused, serving } = kin.contents(view);
  return [
    ...(engines > 0 ? [warning('containsEngine', { count: engines })] : []),
    ...(refused > 0 ? [warning('containsProtected', { count: refused })] : []),
    // Below a session, what serves others is a line of its own; the session ends what it wants to.
    ...(serving > 0 && !isEngine(view) ? [warning('containsServing', { count: serving })] : []),
  ];
};

/** What a session is doing, and whose eyes are on it. */
const activityWarnings = (view: ProcessView, snapshot: Snapshot): Warning[] => {
  if (!isSession(view)) return [];
  const shells = snapshot.processes.filter(
    (one) => one.kind === 'tool-shell' && !isDead(one) && one.owner && sameKey(one.owner, view.key),
  ).length;
  const warnings: Warning[] = [];
  if (view.activity === 'busy') warnings.push(warning('busy'));
  if (view.activity === 'waiting')
    warnings.push(view.waitingFor === null ? warning('waiting') : warning('waitingFor', { waitingFor: view.waitingFor }));
  if (shells > 0 || view.activity === 'shell') warnings.push(warning('runningShell', { count: Math.max(1, shells) }));
  // An unsent draft cannot be seen from outside.
  if (view.leftOver !== 'yes' && view.tty !== null && view.tty !== '?') warnings.push(warning('attachedTerminal', { tty: view.tty }));
  return warnings;
};

interface Found {
  readonly view: ProcessView;
  readonly role: 'owned' | 'separate';
  readonly warnings: readonly Warning[];
  readonly refusal: Refusal | null;
}

/**
 * Everything that belongs to `root` or is found below it, nearest first. What is another engine's, another user's, serves
 * others, or holds such a one, is `separate`; nothing below another engine or another user is touched at all.
 */
const reachOf = (root: ProcessView, kin: Kin, facts: FactsByPid): Found[] => {
  const found = new Map<ProcessView, Found>();
  const isOurs = (view: ProcessView): boolean => {
    if (view.uid !== root.uid || isEngine(view)) return false;
    if (view.owner !== null && sameKey(view.owner, root.key)) return true;
    // What carries no mark belongs to the tool command above it, never to a session by its place alone.
    return !isSession(root) && (view.owner === null || (root.owner !== null && sameKey(view.owner, root.owner)));
  };
  const place = (tops: readonly ProcessView[], underServing: boolean): void => {
    const open = tops.map((view) => ({ view, tainted: underServing })).reverse();
    for (let next = open.pop(); next; next = open.pop()) {
      const { view, tainted } = next;
      if (view === root || found.has(view)) continue;
      const refusal = kin.refusal(view);
      if (!isOurs(view)) {
        found.set(view, { view, role: 'separate', warnings: [], refusal });
        continue;
      }
      const serving = servingWarnings(view, facts);
      const own = [...serving, ...contentWarnings(view, kin)];
      const warnings = own.length === 0 && tainted ? [warning('partOfServing')] : own;
      found.set(view, { view, role: warnings.length > 0 ? 'separate' : 'owned', warnings, refusal });
      const taints = tainted || refusal !== null || serving.length > 0;
      for (const child of [...kin.children(view)].reverse()) open.push({ view: child, tainted: taints });
    }
  };
  // Whoever holds others' terminals hands its marks to every pane.
  place(kin.children(root), facts.get(root.key.pid)?.ptyHolder === true);

  const isStrayed = (view: ProcessView): boolean => {
    const seen = new Set<ProcessView>([view]);
    for (let above = kin.parent(view); above && !seen.has(above); above = kin.parent(above)) {
      // Marks are inherited: below another engine or another user they say nothing.
      if (!isOurs(above)) return true;
      seen.add(above);
    }
    return false;
  };
  // In another pid namespace a mark's pid is somebody else's than ours.
  const isElsewhere = (view: ProcessView): boolean => facts.get(view.key.pid)?.sameNamespace === false;
  // What has lost its parent is known by its owner.
  const lost = new Set(
    kin.living.filter(
      (view) => view !== root && view.owner && sameKey(view.owner, root.key) && isOurs(view) && !found.has(view) && !isElsewhere(view),
    ),
  );
  const isTop = (view: ProcessView): boolean => {
    const over = kin.parent(view);
    return !(over && lost.has(over)) && !isStrayed(view);
  };
  place([...lost].filter(isTop), false);
  return [...found.values()];
};

/** A row that is left alone, with the reason. */
export const excludedAs = (view: ProcessView, refusal: Refusal): PreviewExcluded => ({
  key: view.key,
  name: view.name,
  kind: view.kind,
  user: view.user,
  refusal,
});
/** The look does not know the process: it is ours, or gone, or another one has its pid. */
const missing = (key: ProcessKey, context: GuardContext, reason: 'gone' | 'changed'): PreviewExcluded => ({
  key,
  name: String(key.pid),
  kind: null,
  user: null,
  refusal: kinRefusalOf(key.pid, context) ?? { reason, id: reason },
});

/**
 * What ending `keys` would touch, from one snapshot: each chosen process, what it owns, what else is found below it, and
 * what is left alone and why. `facts` must be asked for every line (`keysToInspect`); what is not known to serve nobody is
 * not counted as owned. A process stands in the plan once.
 */
export const planEnd = (snapshot: Snapshot, keys: readonly ProcessKey[], context: GuardContext, facts: FactsByPid = NO_FACTS): EndPlan => {
  const kin = kinOf(snapshot, context, facts);
  const byPid = new Map(snapshot.processes.map((view) => [view.key.pid, view]));
  const excluded = new Map<string, PreviewExcluded>();
  const roots: ProcessView[] = [];
  for (const key of new Map(keys.map((one) => [keyId(one), one])).values()) {
    const view = byPid.get(key.pid);
    const refusal = view && sameKey(view.key, key) ? kin.refusal(view) : null;
    if (!view || !sameKey(view.key, key)) excluded.set(keyId(key), missing(key, context, view ? 'changed' : 'gone'));
    else if (refusal) excluded.set(keyId(key), excludedAs(view, refusal));
    else if (isDead(view)) excluded.set(keyId(key), excludedAs(view, { reason: 'gone', id: 'gone' }));
    else roots.push(view);
  }

  const reaches = new Map(roots.map((root) => [root, reachOf(root, kin, facts)]));
  const holders = new Map<ProcessView, ProcessView[]>(roots.map((root) => [root, []]));
  for (const [root, reach] of reaches) for (const one of reach) if (one.role === 'owned' && !one.refusal) holders.get(one.view)?.push(root);
  const absorbed = new Set<ProcessView>();
  for (const root of roots) if (holders.get(root)?.some((holder) => !absorbed.has(holder))) absorbed.add(root);

  const lines = new Map<ProcessView, PlanLine>();
  const chosen = roots.filter((root) => !absorbed.has(root));
  const chosenSet = new Set(chosen);
  for (const view of chosen) {
    const serving = isEngine(view) ? [] : servingWarnings(view, facts);
    const warnings = [...activityWarnings(view, snapshot), ...serving, ...contentWarnings(view, kin)];
    lines.set(view, { view, role: 'chosen', below: null, warnings });
    for (const one of reaches.get(view) ?? []) {
      if (chosenSet.has(one.view) || lines.has(one.view)) continue;
      if (one.refusal) excluded.set(keyId(one.view.key), excludedAs(one.view, one.refusal));
      else
        lines.set(one.view, {
          view: one.view,
          role: one.role,
          below: view.key,
          warnings: [...activityWarnings(one.view, snapshot), ...one.warnings],
        });
    }
  }
  return { lines: [...lines.values()], excluded: [...excluded.values()] };
};

/** The processes of a plan whose dearer facts decide their role: all but engines. */
export const keysToInspect = (plan: EndPlan): ProcessKey[] =>
  plan.lines.filter((line) => !isEngine(line.view)).map((line) => line.view.key);

/**
 * Which lines of a plan are ended when it is accepted as it is, by key id. A single choice by hand is ticked though warned of;
 * in a bulk a warning unticks, and so does any doubt whether it is left over; what is owned goes with its session; separate
 * lines are never ticked.
 */
export const tickedIds = (lines: readonly Pick<PlanLine, 'role' | 'below' | 'warnings' | 'view'>[], bulk: boolean): ReadonlySet<string> => {
  const ids = new Set<string>();
  const free = lines.filter(({ view, warnings }) => !bulk || (warnings.length === 0 && !isPossibleOrphan(view)));
  for (const { role, view } of free) if (role === 'chosen') ids.add(keyId(view.key));
  for (const { role, view, below } of free) if (role === 'owned' && below && ids.has(keyId(below))) ids.add(keyId(view.key));
  return ids;
};

/** The keys to send back when a preview is accepted: its ticked lines, or those of them without a warning; nothing owned by what is left out. */
export const acceptedKeys = (preview: Pick<Preview, 'targets'>, { includeWarned }: { readonly includeWarned: boolean }): ProcessKey[] => {
  const taken = preview.targets.filter((target) => target.ticked && (includeWarned || target.warnings.length === 0));
  const ids = new Set(taken.map((target) => keyId(target.key)));
  return taken.filter(({ role, below }) => role !== 'owned' || (below !== null && ids.has(keyId(below)))).map((target) => target.key);
};
