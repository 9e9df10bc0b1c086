import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ProtectRule } from '../../../src/shared/config.js';
import { isEngine, isSession } from '../../../src/shared/end-plan.js';
import type { GuardView } from '../../../src/shared/guard.js';
import { refusalOf } from '../../../src/shared/guard.js';
import { keyId } from '../../../src/shared/process-key.js';
import type { Activity, Kind, LeftOver, ProcessKey } from '../../../src/shared/types.js';
import { aGuard, aView } from '../../fakes/a-view.js';
import { actionsOn, fieldsOf } from '../../fakes/actions-on.js';
import type { FakeProcess, World } from '../../fakes/recording-platform.js';
import { createWorld } from '../../fakes/recording-platform.js';

const RUNS = 10_000;

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

const aCase = fc.record({
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
  isRoot: fc.constantFrom(false, false, true),
});
type Case = typeof aCase extends fc.Arbitrary<infer T> ? T : never;

const SELF = 900;
const pidOf = (index: number): number => 100 + index;

/** The processes of a case, owners found as the rules find them: a mark, or the nearest session above, within one uid. */
const peopleOf = ({ processes }: Case): FakeProcess[] => {
  const people: FakeProcess[] = [];
  for (const [index, one] of processes.entries()) {
    const { kind, uid, leftOver, activity, state, exeId, listening, ptyHolder, endsAfterMs, diesAfterMs, denies } = one;
    const parent = people[one.parent];
    const nearest = (from: FakeProcess | undefined): FakeProcess | undefined =>
      from === undefined || isSession(from.view) ? from : nearest(people.find(({ view }) => view.key.pid === from.view.ppid));
    const owner = one.marked ? people.find(({ view }) => isSession(view)) : nearest(parent);
    const owned = owner && owner.view.uid === uid && !isEngine({ kind }) ? owner.view.key : null;
    const view = aView(pidOf(index), { kind, uid, user: `u${uid}`, leftOver, state, ppid: parent?.view.key.pid ?? 1, owner: owned });
    people.push({
      view: { ...view, activity: isSession(view) ? activity : 'none' },
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

const play = (world: World, { events }: Case, rules: ProtectRule[]): void => {
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

const guardOf = (people: readonly FakeProcess[], { selfParent, child, isRoot }: Case) => {
  const ancestorPids = new Set([1]);
  for (let one = people[selfParent]; one; one = people.find(({ view }) => view.key.pid === one?.view.ppid))
    ancestorPids.add(one.view.key.pid);
  const children = people[child] ? [people[child].view.key.pid] : [];
  return aGuard({ selfPid: SELF, selfUid: isRoot ? 0 : 1000, isRoot, ancestorPids, childPids: new Set(children) });
};

const tally = { asked: 0, forced: 0, continued: 0, followers: 0, skipped: 0, protectedLater: 0, timeouts: 0 };

const run = async (one: Case): Promise<void> => {
  const people = peopleOf(one);
  const guard = guardOf(people, one);
  const rules: ProtectRule[] = [...one.rules];
  const world = createWorld(people);
  play(world, one, rules);
  const selfParent = people[one.selfParent]?.view.key.pid ?? 1;
  const on = actionsOn(world, { guard, rules: () => [...rules], self: { pid: SELF, ppid: () => selfParent } });

  const keys = one.chosen.map((index): ProcessKey => {
    const view = people[index]?.view;
    return view ? view.key : { pid: pidOf(index), startedAt: 'never' };
  });
  const shown = await on.actions.previewEnd(keys, { force: one.force, caller: 'cli' });
  if (!shown.ok) throw new Error(shown.failure.id);
  const preview = shown.value;
  expect(world.sent).toEqual([]);
  if (preview.token === null) return;
  const named = [...preview.targets, ...preview.excluded].map(({ key }) => keyId(key));
  expect(new Set(named).size).toBe(named.length);
  // What was chosen is shown, as a line or with the reason why not.
  expect(keys.map(keyId).filter((id) => !named.includes(id))).toEqual([]);

  await world.clock.sleep(1_000 - world.clock.monotonicMs());
  const ticked = preview.targets
    .filter((target, index) => one.accepted[index % one.accepted.length] ?? target.ticked)
    .map(({ key }) => key);
  const rulesAtAct = [...rules];
  const atAct = new Map([...world.processes.values()].map(({ view }) => [keyId(view.key), view]));
  const before = on.entries.length;
  const answer = await on.actions.endProcesses({ token: preview.token, keys: ticked, caller: 'cli' });
  if (!answer.ok) throw new Error(answer.failure.id);

  // One result and one line in the log for each that was to be ended.
  const { results } = answer.value;
  expect(results.map(({ key }) => keyId(key)).sort()).toEqual(ticked.map(keyId).sort());
  const entries = on.entries.slice(before);
  expect(entries.map((entry) => fieldsOf(entry)['PID']).sort()).toEqual(ticked.map(({ pid }) => String(pid)).sort());
  expect(on.problems).toEqual([]);

  const targets = new Map(preview.targets.map((target) => [keyId(target.key), target]));
  const accepted = new Set(ticked.map(keyId));
  const original = new Map(people.map(({ view }) => [keyId(view.key), view]));
  for (const { target, intent, outcome, actual, living, atMs } of world.sent) {
    const id = keyId(target.key);
    const line = targets.get(id);
    expect(accepted.has(id)).toBe(true);
    expect(atMs).toBeGreaterThanOrEqual(1_000);
    expect([1, SELF, ...guard.ancestorPids, ...guard.childPids]).not.toContain(target.key.pid);
    if (outcome !== 'sent' || !line || !actual) continue;
    // At this instant it is the one that was shown: pid, stamp, uid, executable, and none that the guard refuses.
    const shownView = original.get(id);
    expect(keyId(actual.view.key)).toBe(id);
    expect([actual.view.uid, actual.exeId]).toEqual([target.uid, target.exeId]);
    expect(actual.view.uid).toBe(shownView?.uid);
    const owner = shownView?.owner ? (atAct.get(keyId(shownView.owner)) ?? null) : null;
    const asShown: GuardView = { ...actual.view, kind: line.kind, leftOver: line.leftOver };
    expect(refusalOf(asShown, { ...guard, protectRules: rulesAtAct }, owner)).toBeNull();
    expect([atAct.get(id)?.kind, atAct.get(id)?.leftOver]).toEqual([line.kind, line.leftOver]);
    if (intent === 'force') expect(one.force).toBe(true);
    if (intent === 'continue') expect(actual.view.state).toBe('T');
    if (line.role === 'owned' && line.below) {
      // What is owned is touched only after its owner has gone.
      expect(accepted.has(keyId(line.below))).toBe(true);
      expect(living.has(keyId(line.below))).toBe(false);
      tally.followers++;
    }
    if (intent === 'ask') tally.asked++;
    if (intent === 'force') tally.forced++;
    if (intent === 'continue') tally.continued++;
  }
  for (const { target, intent } of world.sent)
    if (intent !== 'ask')
      expect(
        world.sent.some((other) => other.intent === 'ask' && other.outcome === 'sent' && keyId(other.target.key) === keyId(target.key)),
      ).toBe(true);
  for (const result of results) {
    const sent = world.sent.filter(({ target, outcome }) => outcome === 'sent' && keyId(target.key) === keyId(result.key));
    if (result.outcome === 'skipped') {
      expect(sent).toEqual([]);
      tally.skipped++;
      if (result.id === 'protectedNow') tally.protectedLater++;
    }
    if (result.reason === 'timeout') tally.timeouts++;
    // Done means that nobody lives there any more under that stamp.
    const now = world.processes.get(result.key.pid);
    const gone = now === undefined || now.view.key.startedAt !== result.key.startedAt || now.view.state === 'Z';
    if (result.outcome === 'done') expect(gone).toBe(true);
  }
};

it(`sends no signal but to whom was shown and is still the same, ${RUNS} random machines`, { timeout: 300_000 }, async () => {
  await fc.assert(fc.asyncProperty(aCase, run), { numRuns: RUNS });
  // The property would hold of a door that ends nothing.
  expect(Object.entries(tally).filter(([, count]) => count < 50)).toEqual([]);
});
