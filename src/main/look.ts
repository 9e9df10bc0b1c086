import type { Classify } from '../shared/classify.js';
import { createClassify } from '../shared/classify.js';
import type { Config } from '../shared/config.js';
import type { GuardContext } from '../shared/guard.js';
import { guardRules } from '../shared/guard.js';
import type { Judgement } from '../shared/judge.js';
import { candidates, judgeKindsSteps, judgeLeftOvers, mayBeClaudes } from '../shared/judge.js';
import type { SnapshotMemory } from '../shared/snapshot.js';
import { buildSnapshot } from '../shared/snapshot.js';
import type { HostTotals, Reading, Snapshot } from '../shared/types.js';
import { kinSteps } from './kin.js';
import type { Platform, Scope } from './platform/index.js';
import type { Stretch } from './platform/stretch.js';
import { createStretch } from './platform/stretch.js';
import type { SessionRegistry } from './sessions.js';

export interface Look {
  readonly reading: Reading;
  readonly judgements: readonly Judgement[];
  readonly snapshot: Snapshot;
  readonly guard: GuardContext;
}

export interface Looker {
  /**
   * One look: read, classify, judge. Looks never overlap: a second caller waits for its own, so that what it sees is never older than
   * its call. With 'all' nothing of it rests on an earlier look; whatever ends processes by it asks for that.
   */
  readonly look: (scope?: Scope) => Promise<Look>;
  /** Forgets the counters, so that the next look gives no rates (after a sleep, a long pause). */
  readonly forget: () => void;
}

/** The guard's context: the same object as long as nothing of it changed, so that nobody is asked about again. */
const createGuard = (selfUid: number, stretch: Stretch): ((reading: Reading, config: Config) => Promise<GuardContext>) => {
  let last: { readonly reading: Reading; readonly config: Config; readonly guard: GuardContext } | null = null;
  const sameKin = (a: Reading, b: Reading): boolean =>
    a.selfPid === b.selfPid &&
    a.processes.length === b.processes.length &&
    a.processes.every((process, index) => {
      const other = b.processes[index];
      if (process === other) return true;
      return (
        other !== undefined && process.key.pid === other.key.pid && process.ppid === other.ppid && process.facts.marks === other.facts.marks
      );
    });
  return async (reading, config) => {
    if (last !== null && last.config === config && sameKin(last.reading, reading)) {
      last = { ...last, reading };
      return last.guard;
    }
    const kin = await stretch.walk(kinSteps(reading));
    const guard = { selfPid: reading.selfPid, selfUid, isRoot: selfUid === 0, ...guardRules(config), ...kin };
    last = { reading, config, guard };
    return guard;
  };
};

const NO_HOST: HostTotals = {
  hostName: '',
  osName: '',
  memoryTotalBytes: null,
  memoryUsedBytes: null,
  cores: 1,
  load1: null,
  cpuPercent: null,
};

/** Composes platform, registry and rules into looks; keeps only the counters of the last one. */
export const createLooker = (parts: { platform: Platform; registry: SessionRegistry; config: () => Config; selfUid: number }): Looker => {
  const { platform, registry, config, selfUid } = parts;
  const stretch = createStretch();
  const guardOf = createGuard(selfUid, stretch);
  let memory: SnapshotMemory | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  let own: { readonly names: readonly string[]; readonly patterns: readonly string[]; readonly classify: Classify } | null = null;
  /** The same one as long as the user's additions are: what cannot be Claude's is remembered by it. */
  const classifier = (): Classify => {
    const { detection_names: names, detection_patterns: patterns } = config().global_settings;
    if (own === null || JSON.stringify([own.names, own.patterns]) !== JSON.stringify([names, patterns])) {
      const classify = createClassify({ names, patterns });
      own = { names, patterns, classify };
      platform.focus((facts) => mayBeClaudes(facts, classify));
    }
    return own.classify;
  };

  const once = async (scope: Scope): Promise<Look> => {
    const classify = classifier();
    const [reading, host] = await Promise.all([platform.read(scope), platform.hostTotals().catch(() => NO_HOST)]);
    const records = await registry.read(reading.processes);
    stretch.begin();
    const judged = await stretch.walk(judgeKindsSteps(reading, records, { classify }));
    const facts = await platform.inspect(candidates(judged));
    const judgements = judgeLeftOvers(judged, facts, reading.takenAtMs);
    if (stretch.isLong()) await stretch.breathe();
    const rules = config();
    const guard = await guardOf(reading, rules);
    const built = buildSnapshot({ reading, judgements, host, config: rules, guard, previous: memory });
    memory = built.memory;
    return { reading, judgements, snapshot: built.snapshot, guard };
  };

  return {
    look: (scope = 'relevant') => {
      const mine = turn.then(() => once(scope));
      turn = mine.catch(() => undefined);
      return mine;
    },
    forget: () => {
      if (memory) memory = { ...memory, cpuMs: new Map() };
    },
  };
};
