import type { Classify } from './classify.js';
import { isSuspect, classify as plainClassify } from './classify.js';
import { hasEngineKind, isReparented } from './family.js';
import { canBeClaimed, type FamilyTree, growTree, startedAfter, type TreeNode } from './family-tree.js';
import { judgeLeftOver } from './leftover.js';
import { markedOwnerPid } from './marks.js';
import type { Hints, ProcessFacts } from './process-facts.js';
import { isContainerGroup } from './service-unit.js';
import type { Steps } from './steps.js';
import type { CandidateFacts, Evidence, Kind, LeftOver, Os, ProcessKey, RawProcess, Reading, SessionRecord, StaticFacts } from './types.js';
import { lastOf, sameShallow } from './verdict-memo.js';

/** The rules applied to a live reading, in two steps: kinds first, then left-over verdicts with the dearer facts of those few that need them. */

/** A Claude process with its final verdicts. */
export interface Judgement {
  readonly raw: RawProcess;
  readonly facts: ProcessFacts;
  readonly kind: Kind;
  readonly kindEvidence: readonly Evidence[];
  readonly leftOver: LeftOver;
  readonly leftOverEvidence: readonly Evidence[];
  /** Parent pid 1, the user's service manager, or gone. */
  readonly reparented: boolean;
  /** The engine that it belongs to; null = a row of its own. */
  readonly owner: ProcessKey | null;
  /** The session record of this very process; one that speaks of somebody else is not here. */
  readonly record: SessionRecord | null;
}

/** Whether the rules might claim a process for what it is itself, whatever its surroundings. */
export const mayBeClaudes = (facts: StaticFacts, classify: Classify, os: Os = 'linux'): boolean => canBeClaimed(os, facts, classify);

/** What the first step knows, for the second. */
export interface Judged {
  readonly tree: FamilyTree;
  readonly claims: readonly Claimed[];
  /** Those whose owner is proved dead. */
  readonly left: ReadonlySet<TreeNode>;
  readonly wanted: ReadonlySet<TreeNode>;
  readonly rootOf: (node: TreeNode) => TreeNode;
  readonly classify: Classify;
}

/** A process that is Claude's: `facts` are the tree's, with what is known of its owner. */
interface Claimed {
  readonly node: TreeNode;
  readonly kind: Kind;
  readonly facts: ProcessFacts;
  readonly owner: ProcessKey | null;
}

const BY_MARKS: ReadonlySet<Kind> = new Set(['mcp-server', 'hook', 'tool-shell', 'tool-child']);
const MINUTE_MS = 60_000;
/** Kinds that are rolled up into the session that they stand below. */
const OWNED: ReadonlySet<Kind> = new Set([...BY_MARKS, 'api-client', 'unverified', 'zombie']);

/** What can be said of the owner that the marks of a process name. Death is proved, never assumed. */
const markedOwner = (tree: FamilyTree, node: TreeNode): { readonly owner: TreeNode | null; readonly hints: Hints } => {
  const pid = markedOwnerPid(node.raw.facts.marks);
  if (pid === null) return { owner: null, hints: {} };
  const named = tree.byPid.get(pid);
  const { complete } = tree.reading;
  if (named === undefined) return { owner: null, hints: { ownerAlive: complete ? false : null } };
  const reused = startedAfter(named.raw, node.raw);
  // Somebody else has the pid now: who had it is gone.
  if (reused === true) return { owner: null, hints: { ownerAlive: complete ? false : null } };
  if (named.raw.uid === null || named.raw.uid !== node.raw.uid) return { owner: null, hints: { ownerUidMatches: false } };
  if (reused === null || !hasEngineKind(named.kind)) return { owner: null, hints: { ownerAlive: null } };
  return { owner: named, hints: { ownerAlive: true } };
};

const livingDaemon = (tree: FamilyTree, uid: number | null): boolean | null => {
  for (const node of tree.claimed) if (node.kind === 'daemon' && node.raw.uid === uid) return true;
  return tree.reading.complete && uid !== null ? false : null;
};

/** The same facts with other hints and idle time: the same object again as long as these are the same, so that what is made of it is, too. */
interface Added {
  readonly hints: Hints;
  readonly idleHours: number | null;
}
const adding = () =>
  lastOf(
    (a: Added, b: Added) => a.idleHours === b.idleHours && sameShallow(a.hints, b.hints),
    (facts: ProcessFacts, { hints, idleHours }: Added): ProcessFacts => ({
      ...facts,
      hints: { ...facts.hints, ...hints },
      registry: facts.registry === null ? null : { ...facts.registry, idleHours },
    }),
  );
const withOwner = adding();
const withDearer = adding();

const claim = (tree: FamilyTree, node: TreeNode): Claimed[] => {
  const { kind, raw, engineAbove, facts } = node;
  if (kind === null || facts === null) return [];
  // Who stands below a living engine belongs to it, whatever an environment says that was inherited.
  const marked = engineAbove === null ? markedOwner(tree, node) : { owner: engineAbove, hints: { ownerAlive: true } };
  const daemon = kind === 'bg-pty-host' ? { daemonSocketAlive: livingDaemon(tree, raw.uid) } : {};
  const hints: Hints = BY_MARKS.has(kind) ? marked.hints : daemon;
  return [
    { node, kind, facts: withOwner(facts, { hints, idleHours: null }), owner: OWNED.has(kind) ? (marked.owner?.raw.key ?? null) : null },
  ];
};

const sameKind = (a: Kind, b: Kind): boolean => a === b;
const leftOverOf = lastOf(sameKind, judgeLeftOver);

/** Whether dearer facts could change the verdict: it could become "yes", or a service could explain the lost parent. */
const isOpen = lastOf(sameKind, (facts: ProcessFacts, kind: Kind): boolean => {
  const best = { ...facts, hints: { ...facts.hints, fd0: '/dev/pts/0 (deleted)' } };
  if (kind === 'zombie' || (facts.hints.ownerAlive !== false && !isReparented(best))) return false;
  const { value } = judgeLeftOver(best, kind);
  return value === 'yes' || (value === 'unknown' && isReparented(facts));
});

const wasLeft = ({ facts, kind }: Claimed): boolean => BY_MARKS.has(kind) && facts.hints.ownerAlive === false;

/**
 * Finds the topmost of those above that lost their owners too: one answer for all that hangs below it. Remembers what it
 * climbed, so that a hostile table's deep chains stay cheap.
 */
const rootFinder = (tree: FamilyTree, left: ReadonlySet<TreeNode>): ((node: TreeNode) => TreeNode) => {
  const known = new Map<TreeNode, TreeNode | null>();
  return (node) => {
    const path: TreeNode[] = [];
    let at: TreeNode | null = node;
    for (; at !== null && !hasEngineKind(at.kind) && !known.has(at); at = tree.parentOf(at)) path.push(at);
    let root = at === null ? null : (known.get(at) ?? null);
    for (const one of path.reverse()) {
      root ??= left.has(one) ? one : null;
      known.set(one, root);
    }
    return root ?? node;
  };
};

export interface Rules {
  readonly os?: Os;
  readonly classify?: Classify;
}

/**
 * First step: what kind each Claude process is, parents before children. Our own process and what it started are not listed.
 * `records` are by pid, as the registry's reader chose them; each is checked against the process here.
 * A generator, so that its caller may let the event loop go round in between.
 */
export function* judgeKindsSteps(
  reading: Reading,
  records: ReadonlyMap<number, SessionRecord>,
  { os = 'linux', classify = plainClassify }: Rules = {},
): Steps<Judged> {
  const tree = yield* growTree(reading, records, os, classify);
  const claims = tree.claimed.flatMap((node) => claim(tree, node));
  const left = new Set(claims.filter(wasLeft).map(({ node }) => node));
  const rootOf = rootFinder(tree, left);
  const wanted = new Set<TreeNode>();
  const roots = new Set<TreeNode>();
  for (const { node } of claims.filter(({ facts, kind }) => isOpen(facts, kind))) {
    wanted.add(node);
    if (left.has(node)) roots.add(rootOf(node));
  }
  for (const root of roots) for (const below of tree.familyOf(root)) wanted.add(below);
  return { tree, claims, left, wanted, rootOf, classify };
}

/** Whose dearer facts the second step needs: those whose verdict they could change, and all that was left over with them. */
export const candidates = (judged: Judged): ProcessKey[] => [...judged.wanted].map(({ raw }) => raw.key);

/** Any = true, else any unknown = null, else false. */
const anyOf = (values: readonly (boolean | null)[]): boolean | null =>
  values.includes(true) ? true : values.includes(null) ? null : false;

const familyHints = (family: readonly TreeNode[], facts: ReadonlyMap<number, CandidateFacts>): Hints => {
  const known = family.map((node) => facts.get(node.raw.key.pid) ?? null);
  return {
    listening: anyOf(known.map((one) => one?.listening ?? null)),
    ptyHolder: anyOf(known.map((one) => one?.ptyHolder ?? null)),
    // An engine that only its name tells is one here: the doubt is the family's.
    containsEngine: family.some(({ kind }) => hasEngineKind(kind) || kind === 'unverified'),
  };
};

type Rest = Pick<Judgement, 'raw' | 'kind' | 'kindEvidence' | 'owner' | 'record'>;
const judgementOf = lastOf(
  (a: Rest, b: Rest) => sameShallow(a, b),
  (facts: ProcessFacts, rest: Rest): Judgement => {
    const { value, evidence } = leftOverOf(facts, rest.kind);
    return { ...rest, facts, leftOver: value, leftOverEvidence: evidence, reparented: isReparented(facts) };
  },
);

/** A pid in a mark is ours only if the process lives in our pid namespace. */
const speaksOfOurPids = (own: CandidateFacts | null): boolean =>
  own !== null && (own.sameNamespace === undefined ? own.cgroup !== null && !isContainerGroup(own.cgroup) : own.sameNamespace === true);

/**
 * Second step: whether each was left over, with the dearer facts of the candidates by pid. A candidate that is absent there vanished
 * or changed: it is never "yes". `nowMs` is the wall clock, for the hours that a session has been idle.
 */
export const judgeLeftOvers = (judged: Judged, candidateFacts: ReadonlyMap<number, CandidateFacts>, nowMs: number): Judgement[] => {
  const { tree, claims, left, wanted, rootOf, classify } = judged;
  const families = new Map<TreeNode, Hints>();
  const hintsOfFamily = (root: TreeNode): Hints => {
    const known = families.get(root) ?? familyHints(tree.familyOf(root), candidateFacts);
    families.set(root, known);
    return known;
  };

  const dearerHints = ({ node, kind }: Claimed): Hints => {
    if (!wanted.has(node)) return {};
    const own = candidateFacts.get(node.raw.key.pid) ?? null;
    const hints: Hints = { cgroup: own?.cgroup ?? null, fd0: own?.fd0 ?? null };
    if (left.has(node)) return { ...hints, ...hintsOfFamily(rootOf(node)), ...(speaksOfOurPids(own) ? {} : { ownerAlive: null }) };
    if (kind === 'desktop-service') return { ...hints, listening: own?.listening ?? null };
    if (kind !== 'bg-pty-host') return hints;
    const hosted = tree.familyOf(node).filter((one) => one !== node && hasEngineKind(one.kind));
    return { ...hints, containsEngine: hosted.some((one) => one.kind !== 'bg-spare') };
  };

  return claims.flatMap((claimed): Judgement[] => {
    const { node, owner, kind } = claimed;
    const { raw, record, evidence } = node;
    const since = record?.status === 'idle' ? record.statusSinceMs : null;
    // To the minute: what is judged by it are hours, and who is idle stays the same object.
    const idleHours = since === null ? null : Math.floor(Math.max(0, nowMs - since) / MINUTE_MS) / 60;
    const facts = withDearer(claimed.facts, { hints: dearerHints(claimed), idleHours });
    // A suspect's control group may say that a service manager runs it.
    const again = isSuspect(evidence) ? classify(facts) : { value: kind, evidence };
    if (again.value === null) return [];
    return [judgementOf(facts, { raw, kind: again.value, kindEvidence: again.evidence, owner, record })];
  });
};
