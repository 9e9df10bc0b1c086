import type { Classify } from './classify.js';
import { hasEngineKind } from './family.js';
import { isMarked } from './marks.js';
import type { ParentFacts, ProcessFacts, RegistryFacts } from './process-facts.js';
import type { Steps } from './steps.js';
import { STEP } from './steps.js';
import type { Evidence, Kind, Os, RawProcess, Reading, SessionRecord, StaticFacts } from './types.js';
import type { Chain, Finding } from './verdict-memo.js';
import { chainOf, findingsBy, rememberedBy, standingOf, stillStands } from './verdict-memo.js';

/** One process among its family. */
export interface TreeNode {
  readonly raw: RawProcess;
  /** Null = not Claude's. */
  readonly kind: Kind | null;
  readonly evidence: readonly Evidence[];
  /** Null = was not looked at: nothing about it could be Claude's. */
  readonly facts: ProcessFacts | null;
  /** The nearest living engine above, of the same uid all the way. */
  readonly engineAbove: TreeNode | null;
  /** Verified against the process. */
  readonly record: SessionRecord | null;
}

export interface FamilyTree {
  readonly reading: Reading;
  readonly byPid: ReadonlyMap<number, TreeNode>;
  /** Claude's, parents before children. */
  readonly claimed: readonly TreeNode[];
  /** The parent, none where its pid was reused or where the table's parents go round in a circle. */
  readonly parentOf: (node: TreeNode) => TreeNode | null;
  /** A process and all below it, Claude's or not. */
  readonly familyOf: (root: TreeNode) => readonly TreeNode[];
}

type Node = { -readonly [K in Exclude<keyof TreeNode, 'engineAbove'>]: TreeNode[K] } & {
  engineAbove: Node | null;
  ours: boolean;
  /** Once it is settled. */
  chain: Chain | null;
  /** Parents are settled before their children: 1, 2, …; 0 = not yet, -1 = being looked at. */
  order: number;
};

const isNumber = (stamp: string): boolean => {
  for (let at = 0; at < stamp.length; at++) {
    const code = stamp.charCodeAt(at);
    if (code < 48 || code > 57) return false;
  }
  return stamp.length > 0 && (stamp.length === 1 || stamp[0] !== '0');
};

/** Whether `a` started after `b`, by the OS's stamps where these are numbers, else by the clock; null = cannot be told. */
export const startedAfter = (a: RawProcess, b: RawProcess): boolean | null => {
  const [x, y] = [a.key.startedAt, b.key.startedAt];
  // They may have more digits than a double holds.
  if (isNumber(x) && isNumber(y)) return x.length === y.length ? x > y : x.length > y.length;
  return a.startedAtMs === null || b.startedAtMs === null ? null : a.startedAtMs > b.startedAtMs;
};

const ORPHANED: ParentFacts = { pid: 1, alive: true, comm: null, kind: null, role: 'init', pgid: null, startedBefore: true, ancestors: [] };
const MAX_ANCESTORS = 24;

const factsOf = (os: Os, raw: Pick<RawProcess, 'facts'> & Partial<RawProcess>): Omit<ProcessFacts, 'parent' | 'hints' | 'registry'> => ({
  platform: os,
  pid: raw.key?.pid ?? 0,
  ppid: raw.ppid ?? null,
  user: raw.user ?? null,
  comm: raw.facts.comm,
  exe: raw.facts.exe,
  argv: raw.facts.argv,
  tty: raw.tty ?? null,
  cwd: raw.cwd ?? null,
  sid: raw.sid ?? null,
  pgid: raw.pgid ?? null,
  state: raw.state ?? null,
  env: raw.facts.marks,
});

type Claimable = Readonly<Record<Os, WeakMap<StaticFacts, boolean>>>;
const claimable = new WeakMap<Classify, Claimable>();
const claimableBy = (classify: Classify): Claimable => {
  const known = claimable.get(classify);
  if (known !== undefined) return known;
  const fresh: Claimable = { linux: new WeakMap(), darwin: new WeakMap(), win32: new WeakMap() };
  claimable.set(classify, fresh);
  return fresh;
};

/** Whether a process could be Claude's by what it is itself. Most are not, and stay so until they exec: asked once for each. */
export const canBeClaimed = (os: Os, facts: StaticFacts, classify: Classify): boolean => {
  const answers = claimableBy(classify)[os];
  const known = answers.get(facts);
  if (known !== undefined) return known;
  const parent = os === 'win32' ? { ...ORPHANED, alive: false } : ORPHANED;
  const alone = { ...factsOf(os, { facts }), parent, hints: {}, registry: null };
  const can = classify(alone).value !== null;
  answers.set(facts, can);
  return can;
};

const SYSTEM_INIT = /^(?:systemd|init|launchd|openrc-init|runit|s6-svscan|init\(.*)$/;
/** Started by a container's first process rather than adopted by it: born with it, or typed into its terminal. */
const CONTAINER_START_MS = 5000;

const roleOf = (parent: RawProcess, child: RawProcess): string | null => {
  const { comm, argv } = parent.facts;
  if (parent.key.pid === 1) {
    if (comm === null || SYSTEM_INIT.test(comm)) return 'init';
    const together =
      parent.startedAtMs !== null && child.startedAtMs !== null && child.startedAtMs - parent.startedAtMs < CONTAINER_START_MS;
    const typed = child.sid === 1 && parent.tty !== null && parent.tty !== '?' && parent.tty === child.tty && !isMarked(child.facts.marks);
    return together || typed ? 'container-init' : 'init';
  }
  const isUserManager = comm === 'systemd' && parent.ppid === 1 && parent.uid !== null && parent.uid === child.uid;
  return isUserManager && argv?.includes('--user') === true ? 'systemd --user' : null;
};

const parentFacts = (node: Node, parent: Node | null, ancestors: readonly string[]): ParentFacts | null => {
  const { ppid } = node.raw;
  // 0: started from outside our pid namespace, or the first of it.
  if (ppid === null || ppid === 0) return null;
  if (parent === null) return { pid: ppid, alive: false, comm: null, kind: null, role: null, pgid: null, startedBefore: null, ancestors };
  const after = startedAfter(parent.raw, node.raw);
  return {
    pid: ppid,
    alive: true,
    comm: parent.raw.facts.comm,
    kind: parent.kind,
    role: after === true ? null : roleOf(parent.raw, node.raw),
    pgid: parent.raw.pgid,
    startedBefore: after === null ? null : !after,
    ancestors,
  };
};

const registryOf = (reading: Reading, raw: RawProcess, record: SessionRecord): RegistryFacts => ({
  sessionId: record.sessionId,
  kind: record.kind,
  entrypoint: record.entrypoint,
  status: record.status,
  waitingFor: record.waitingFor,
  jobId: record.jobId,
  idleHours: null,
  procStartMatches:
    record.pid === raw.key.pid &&
    record.procStart === raw.key.startedAt &&
    record.ownerUid === raw.uid &&
    (record.pidDomain === null || record.pidDomain === reading.pidDomain),
});

/** What may stand between a session and its descendants without ending the line. */
const CARRIERS: ReadonlySet<Kind> = new Set(['mcp-server', 'tool-shell', 'tool-child', 'hook', 'api-client', 'unverified']);

const engineOver = (node: Node, parent: Node | null): Node | null => {
  if (parent === null || parent.kind === null || parent.raw.uid === null || parent.raw.uid !== node.raw.uid) return null;
  if (hasEngineKind(parent.kind)) return parent;
  return CARRIERS.has(parent.kind) ? parent.engineAbove : null;
};

/**
 * Puts a reading's processes into families and classifies them, parents first. Steady processes that cannot be Claude's cost a look-up.
 * In steps, for readings of thousands: the event loop must not wait for all of it.
 */
export function* growTree(reading: Reading, records: ReadonlyMap<number, SessionRecord>, os: Os, classify: Classify): Steps<FamilyTree> {
  let done = 0;
  const byPid = new Map<number, Node>();
  for (const raw of reading.processes) {
    if (++done % STEP === 0) yield;
    byPid.set(raw.key.pid, {
      raw,
      kind: null,
      evidence: [],
      facts: null,
      engineAbove: null,
      record: null,
      ours: false,
      chain: null,
      order: 0,
    });
  }
  const claimed: Node[] = [];
  const remembered = rememberedBy(classify);
  const findings = findingsBy(classify);
  let settled = 0;

  const named = (node: TreeNode): Node | null => (node.raw.ppid === null ? null : (byPid.get(node.raw.ppid) ?? null));
  const isParent = (parent: Node, node: Node): boolean =>
    parent.order > 0 && (node.order <= 0 || parent.order < node.order) && startedAfter(parent.raw, node.raw) !== true;
  const trueParent = (node: Node): Node | null => {
    const parent = named(node);
    return parent !== null && isParent(parent, node) ? parent : null;
  };
  const ancestors = (node: Node): string[] => {
    const names: string[] = [];
    for (let up = trueParent(node); up !== null && names.length < MAX_ANCESTORS; up = trueParent(up)) names.push(up.raw.facts.comm ?? '?');
    return names;
  };

  const find = (node: Node, above: Node | null, record: SessionRecord | undefined): Finding => {
    const { raw } = node;
    const { pidDomain } = reading;
    const isOwned = node.engineAbove !== null;
    const standing = standingOf(raw);
    const rest = { os, state: raw.state, above: above?.chain ?? null, up: trueParent(node)?.chain ?? null, record, pidDomain, isOwned };
    // In a circle of parents the one above is not settled yet.
    const isClear = above === null || above.chain !== null;
    const known = isClear ? findings.get(standing) : undefined;
    if (known !== undefined && stillStands(known, rest)) return known;
    const registry = record === undefined ? null : registryOf(reading, raw, record);
    const hints = isOwned ? { ownerAlive: true } : {};
    const facts = { ...factsOf(os, raw), parent: parentFacts(node, above, ancestors(node)), hints, registry };
    const finding = { ...rest, facts, verdict: remembered(facts, raw.facts) };
    if (isClear) findings.set(standing, finding);
    return finding;
  };

  const settle = (node: Node): void => {
    const { raw } = node;
    const { pid } = raw.key;
    const above = named(node);
    const matters = above !== null && (above.kind !== null || above.ours) && isParent(above, node);
    node.ours = pid === reading.selfPid || (matters && above.ours);
    if (node.ours) return;
    const record = records.get(pid);
    if (!matters && record === undefined && !canBeClaimed(os, raw.facts, classify)) return;
    node.engineAbove = engineOver(node, matters ? above : null);
    const { facts, verdict } = find(node, above, record);
    node.facts = facts;
    node.kind = verdict.value;
    node.evidence = verdict.evidence;
    node.record = facts.registry?.procStartMatches === true ? (record ?? null) : null;
    if (node.kind !== null) claimed.push(node);
  };
  const settleWithParents = (first: Node): void => {
    const path: Node[] = [];
    for (let node: Node | null = first; node !== null && node.order === 0; node = named(node)) {
      node.order = -1;
      path.push(node);
    }
    for (let at = path.length - 1; at >= 0; at--) {
      const node = path[at];
      if (node === undefined) continue;
      settle(node);
      node.order = ++settled;
      node.chain = chainOf(standingOf(node.raw), node.kind, trueParent(node)?.chain ?? null);
    }
  };
  for (const node of byPid.values()) {
    if (++done % STEP === 0) yield;
    if (node.order === 0) settleWithParents(node);
  }

  let children: Map<Node, Node[]> | null = null;
  const childrenOf = (): Map<Node, Node[]> => {
    const map = new Map<Node, Node[]>();
    for (const node of byPid.values()) {
      const parent = trueParent(node);
      if (parent === null) continue;
      const list = map.get(parent);
      if (list === undefined) map.set(parent, [node]);
      else list.push(node);
    }
    return map;
  };
  const own = (node: TreeNode): Node | null => byPid.get(node.raw.key.pid) ?? null;

  return {
    reading,
    byPid,
    claimed,
    parentOf: (node) => {
      const found = own(node);
      return found === null ? null : trueParent(found);
    },
    familyOf: (root) => {
      children ??= childrenOf();
      const family: Node[] = [];
      for (const queue = [own(root)]; queue.length > 0; ) {
        const node = queue.pop();
        if (node == null) continue;
        family.push(node);
        for (const child of children.get(node) ?? []) queue.push(child);
      }
      return family;
    },
  };
}
