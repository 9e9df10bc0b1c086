import type { Classify } from './classify.js';
import type { ProcessFacts } from './process-facts.js';
import type { Kind, Os, ProcessKey, RawProcess, SessionRecord, StaticFacts, Verdict } from './types.js';

interface Remembered {
  readonly facts: ProcessFacts;
  readonly verdict: Verdict<Kind | null>;
}

/** Same values of own keys; nothing in facts is nested deeper than these. */
export const sameShallow = (a: object | null, b: object | null): boolean => {
  if (a === b) return true;
  if (a === null || b === null) return false;
  // Without lists of pairs: this is asked of every process at every look.
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && Object.is(Reflect.get(a, name), Reflect.get(b, name)))
  );
};
const sameList = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((one, at) => one === b[at]);

const sameParent = (a: ProcessFacts['parent'], b: ProcessFacts['parent']): boolean =>
  a === b ||
  (a !== null &&
    b !== null &&
    a.pid === b.pid &&
    a.alive === b.alive &&
    a.comm === b.comm &&
    a.kind === b.kind &&
    a.role === b.role &&
    a.pgid === b.pgid &&
    a.startedBefore === b.startedBefore &&
    sameList(a.ancestors, b.ancestors));

/** Whether two sets of facts about processes with the same static facts cannot be told apart by the rules. Of the state they know only whether it is dead. */
const alike = (a: ProcessFacts, b: ProcessFacts): boolean =>
  a.platform === b.platform &&
  a.pid === b.pid &&
  a.ppid === b.ppid &&
  a.user === b.user &&
  a.tty === b.tty &&
  a.cwd === b.cwd &&
  a.sid === b.sid &&
  a.pgid === b.pgid &&
  (a.state === 'Z') === (b.state === 'Z') &&
  sameParent(a.parent, b.parent) &&
  sameShallow(a.hints, b.hints) &&
  sameShallow(a.registry, b.registry);

type Remembering = (facts: ProcessFacts, statics: StaticFacts) => Verdict<Kind | null>;

const remember = (classify: Classify): Remembering => {
  const last = new WeakMap<StaticFacts, Remembered>();
  return (facts, statics) => {
    const known = last.get(statics);
    if (known !== undefined && alike(known.facts, facts)) return known.verdict;
    const verdict = classify(facts);
    last.set(statics, { facts, verdict });
    return verdict;
  };
};

const memories = new WeakMap<Classify, Remembering>();

/**
 * The rules with a memory: who is what it was at the last look gets the same verdict, the very same object. `statics` are those that
 * `facts` were made of; they are another object after every exec. The same rules give the same memory.
 */
export const rememberedBy = (classify: Classify): Remembering => {
  const known = memories.get(classify) ?? remember(classify);
  memories.set(classify, known);
  return known;
};

/** What the rules know of a process itself: all but its counters and, from moment to moment, its state. */
export type Standing = Omit<RawProcess, 'counters' | 'state'>;

const standings = new WeakMap<ProcessKey, Standing>();

const standsAsBefore = (a: Standing, b: Standing): boolean =>
  a.facts === b.facts &&
  a.ppid === b.ppid &&
  a.uid === b.uid &&
  a.user === b.user &&
  a.tty === b.tty &&
  a.cwd === b.cwd &&
  a.pgid === b.pgid &&
  a.sid === b.sid &&
  a.startedAtMs === b.startedAtMs;

/** A process as the rules know it: the same object from look to look while it only works, for as long as its key is the same object. */
export const standingOf = (raw: RawProcess): Standing => {
  const known = standings.get(raw.key);
  if (known !== undefined && standsAsBefore(known, raw)) return known;
  standings.set(raw.key, raw);
  return raw;
};

/** How a process stands, its kind and those above it: the same object from look to look as long as all of these are the same. */
export interface Chain {
  readonly standing: Standing;
  readonly kind: Kind | null;
  readonly up: Chain | null;
}

const chains = new WeakMap<Standing, Chain>();

/** The chain of a process below that of its true parent. */
export const chainOf = (standing: Standing, kind: Kind | null, up: Chain | null): Chain => {
  const known = chains.get(standing);
  if (known !== undefined && known.kind === kind && known.up === up) return known;
  const chain = { standing, kind, up };
  chains.set(standing, chain);
  return chain;
};

/** What was found of a process, and all that it rests on beside how it stands. */
export interface Finding extends Remembered {
  readonly state: RawProcess['state'];
  readonly os: Os;
  /** Whom its ppid names, and its true parent. */
  readonly above: Chain | null;
  readonly up: Chain | null;
  readonly record: SessionRecord | undefined;
  readonly pidDomain: string | null;
  readonly isOwned: boolean;
}

const findings = new WeakMap<Classify, WeakMap<Standing, Finding>>();

/** What the same rules found of those who stood the same: who shows no change among unchanged ones is not even asked about again. */
export const findingsBy = (classify: Classify): WeakMap<Standing, Finding> => {
  const known = findings.get(classify) ?? new WeakMap<Standing, Finding>();
  findings.set(classify, known);
  return known;
};

/** Whether a finding still stands. */
export const stillStands = (known: Finding, now: Omit<Finding, keyof Remembered>): boolean =>
  known.os === now.os &&
  known.state === now.state &&
  known.above === now.above &&
  known.up === now.up &&
  known.record === now.record &&
  known.pidDomain === now.pidDomain &&
  known.isOwned === now.isOwned;

/** Computes a value of an object once, and again only when `same` says that the rest it depends on has changed. */
export const lastOf = <K extends object, D, V>(
  same: (a: D, b: D) => boolean,
  compute: (key: K, rest: D) => V,
): ((key: K, rest: D) => V) => {
  const last = new WeakMap<K, { readonly rest: D; readonly value: V }>();
  return (key, rest) => {
    const known = last.get(key);
    if (known !== undefined && same(known.rest, rest)) return known.value;
    const value = compute(key, rest);
    last.set(key, { rest, value });
    return value;
  };
};
