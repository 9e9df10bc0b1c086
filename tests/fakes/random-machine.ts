import fc from 'fast-check';
import type { ActionRequest, ActionScope, Priority, Verb } from '../../src/shared/api.js';
import type { ProtectRule } from '../../src/shared/config.js';
import { isEngine, isSession } from '../../src/shared/end-plan.js';
import type { Activity, Kind, LeftOver, ProcessKey, SessionFacts } from '../../src/shared/types.js';
import { aGuard, aView } from './a-view.js';
import type { FakeProcess, World } from './recording-platform.js';

/** Random machines, what happens on them, and what is asked of the one door meanwhile. */

const KIND_POOL: readonly Kind[] = [
  'cli-session',
  'cli-session',
  'cli-session',
  'cli-headless',
  'mcp-server',
  'mcp-server',
  'tool-shell',
  'tool-shell',
  'tool-child',
  'tool-child',
  'bg-session',
  'daemon',
  'chrome-native-host',
  'unverified',
];
const SESSION: SessionFacts = {
  sessionId: '',
  name: null,
  projectDir: null,
  version: null,
  entrypoint: null,
  jobId: null,
  configDir: '/home/x/.claude',
};
const kinds = fc.constantFrom(...KIND_POOL);
/** Mostly the first, so that enough cases go all the way. */
const mostly = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: fc.constant(usual), weight: 8 }, { arbitrary: fc.constantFrom(usual, ...others), weight: 2 });
/** The whole life of a command: preview at 0, the act at 1,000, the last look at some 9,300. */
const instants = fc.integer({ min: 0, max: 9_000 });

const aProcess = fc.record({
  kind: kinds,
  uid: mostly(1000, 1001),
  /** Which earlier process is its parent; beyond them: pid 1. */
  parent: fc.oneof(fc.constant(0), fc.nat(13)),
  leftOver: mostly<LeftOver>('no', 'yes', 'unknown'),
  activity: mostly<Activity>('idle', 'busy', 'unknown'),
  state: mostly('S', 'T', 'Z'),
  marked: fc.boolean(),
  reparented: fc.boolean(),
  /** Wall ms; looks are taken at 0. */
  startedAtMs: mostly<number | null>(-36_000_000, -30_000, null),
  idleSinceMs: mostly<number | null>(-10_800_000, -60_000, null),
  exeId: mostly<string | null>('1:1', '1:2', null),
  listening: mostly<boolean | null>(false, true, null),
  ptyHolder: mostly(false, true),
  endsAfterMs: fc.constantFrom(0, 0, 1_600, 4_990, 6_000, null),
  diesAfterMs: fc.constantFrom(0, 300, null),
  denies: mostly(false, true),
});

const anEvent = fc.record({
  atMs: instants,
  which: fc.nat(11),
  what: fc.constantFrom('die', 'reuse', 'exec', 'fork', 'zombie', 'busy', 'setuid', 'listen', 'protect'),
  kind: kinds,
});

export const aCase = fc.record({
  processes: fc.array(aProcess, { minLength: 2, maxLength: 12 }),
  /** Which of them is the parent of us; beyond them: pid 1. */
  selfParent: fc.nat(40),
  child: fc.nat(30),
  events: fc.array(anEvent, { maxLength: 8 }),
  rules: fc.array(
    fc.oneof(
      fc.record({ by: fc.constant('pid' as const), value: fc.integer({ min: 100, max: 111 }).map(String) }),
      fc.record({ by: fc.constant('kind' as const), value: kinds }),
    ),
    { maxLength: 1 },
  ),
  chosen: fc.array(fc.oneof(fc.constant(0), fc.nat(13)), { minLength: 1, maxLength: 4 }),
  accepted: fc.array(mostly(true, false), { minLength: 1, maxLength: 8 }),
  force: fc.boolean(),
  verb: fc.constantFrom<Verb>('end', 'end', 'end', 'end', 'end', 'end', 'pause', 'continue', 'priority'),
  priority: fc.constantFrom<Priority>('low', 'normal', 'high'),
  scope: fc.constantFrom('keys', 'keys', 'keys', 'user', 'all', 'old', 'orphans'),
  user: mostly('u1000', 'u1001'),
  minAgeMinutes: mostly(null, 0, 10),
  elevated: fc.boolean(),
  /** What the administrator's prompt comes to. */
  prompt: fc.constantFrom('accepted' as const, 'dismissed' as const),
  typed: mostly(true, false),
  isRoot: fc.constantFrom(false, false, true),
});
export type Case = typeof aCase extends fc.Arbitrary<infer T> ? T : never;

export const SELF = 900;
export const pidOf = (index: number): number => 100 + index;

/** The processes of a case, owners found as the rules find them: a mark, or the nearest session above, within one uid. */
export const peopleOf = ({ processes, verb, elevated }: Case): FakeProcess[] => {
  const people: FakeProcess[] = [];
  // There is to be somebody who can go on.
  const stateOf = (state: string, index: number): string => (verb === 'continue' && state === 'S' && index % 3 > 0 ? 'T' : state);
  for (const [index, one] of processes.entries()) {
    const { kind, leftOver, activity, state, exeId, listening, ptyHolder, endsAfterMs, diesAfterMs, denies, reparented } = one;
    // Nor is an administrator of much use among one's own.
    const uid = elevated && index % 3 === 1 ? 1001 : one.uid;
    const parent = people[one.parent];
    const nearest = (from: FakeProcess | undefined): FakeProcess | undefined =>
      from === undefined || isSession(from.view) ? from : nearest(people.find(({ view }) => view.key.pid === from.view.ppid));
    const owner = one.marked ? people.find(({ view }) => isSession(view)) : nearest(parent);
    const owned = owner && owner.view.uid === uid && !isEngine({ kind }) ? owner.view.key : null;
    const view = aView(pidOf(index), {
      kind,
      uid,
      user: `u${uid}`,
      leftOver,
      state: stateOf(state, index),
      ppid: parent?.view.key.pid ?? 1,
      owner: owned,
    });
    people.push({
      view: {
        ...view,
        reparented,
        startedAtMs: one.startedAtMs,
        activeSinceMs: one.idleSinceMs,
        activity: isSession(view) ? activity : 'none',
        session: isSession(view) ? { ...SESSION, sessionId: `session-${index}`, jobId: kind === 'bg-session' ? '0123abcd' : null } : null,
      },
      exeId,
      listening,
      ptyHolder,
      endsAfterMs,
      diesAfterMs,
      denies,
    });
  }
  return people;
};

export const play = (world: World, { events }: Case, rules: ProtectRule[]): void => {
  let born = 0;
  for (const { atMs, which, what, kind } of events) {
    const pid = pidOf(which);
    world.at(atMs, () => {
      const stamp = `new${++born}`;
      const known = world.processes.get(pid);
      if (what === 'die') world.kill(pid);
      else if (what === 'reuse') {
        world.kill(pid);
        world.spawn({ view: aView(pid, { key: { pid, startedAt: stamp }, kind }), exeId: '1:1' });
      } else if (what === 'exec') world.update(pid, { exeId: `9:${born}`, over: { kind } });
      else if (what === 'zombie') world.update(pid, { over: { state: 'Z' } });
      else if (what === 'setuid') world.update(pid, { over: { uid: 1001 } });
      else if (what === 'busy') world.update(pid, { over: { activity: 'busy' } });
      else if (what === 'listen') world.update(pid, { listening: true });
      else if (what === 'protect') rules.push({ by: 'pid', value: String(pid) });
      else if (known) {
        const view = aView(200 + born, { key: { pid: 200 + born, startedAt: stamp }, kind: 'tool-child', ppid: pid });
        world.spawn({ view: { ...view, owner: isSession(known.view) ? known.view.key : known.view.owner }, exeId: '1:1' });
      }
    });
  }
};

export const guardOf = (people: readonly FakeProcess[], { selfParent, child, isRoot }: Case) => {
  const ancestorPids = new Set([1]);
  for (let one = people[selfParent]; one; one = people.find(({ view }) => view.key.pid === one?.view.ppid))
    ancestorPids.add(one.view.key.pid);
  const children = people[child] ? [people[child].view.key.pid] : [];
  return aGuard({ selfPid: SELF, selfUid: isRoot ? 0 : 1000, isRoot, ancestorPids, childPids: new Set(children) });
};

/** The request of a case; one that makes no sense is made sensible. */
export const requestOf = (one: Case, keys: readonly ProcessKey[]): ActionRequest => {
  const { verb, minAgeMinutes } = one;
  const scopes: Readonly<Record<string, ActionScope>> = {
    user: { type: 'user', user: one.user },
    all: { type: 'all' },
    old: { type: 'old', hours: null },
    orphans: { type: 'orphans' },
  };
  const scope: ActionScope = scopes[one.scope] ?? { type: 'keys', keys };
  const elevated = one.elevated && verb === 'end' && scope.type === 'keys';
  const priority = verb === 'priority' ? one.priority : null;
  return { verb, scope, force: verb === 'end' && one.force, priority, minAgeMinutes, elevated };
};
