import type { Classify } from './classify.js';
import type { ProcessFacts } from './process-facts.js';
import type { Kind, StaticFacts, Verdict } from './types.js';

interface Remembered {
  readonly facts: ProcessFacts;
  readonly verdict: Verdict<Kind | null>;
}

/** Same values of own keys; nothing in facts is nested deeper than these. */
const sameShallow = (a: object | null, b: object | null): boolean => {
  if (a === b) return true;
  if (a === null || b === null) return false;
  const entries = Object.entries(a);
  const others = new Map(Object.entries(b));
  return entries.length === others.size && entries.every(([name, value]) => others.has(name) && Object.is(others.get(name), value));
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
