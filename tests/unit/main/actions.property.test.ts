import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { StopBackground } from '../../../src/main/end-roots.js';
import type { ActionRequest, Preview, Verb } from '../../../src/shared/api.js';
import type { ProtectRule } from '../../../src/shared/config.js';
import { isSession } from '../../../src/shared/end-plan.js';
import type { GuardView } from '../../../src/shared/guard.js';
import { refusalOf } from '../../../src/shared/guard.js';
import { keyId } from '../../../src/shared/process-key.js';
import type { Kind, ProcessKey, ProcessView } from '../../../src/shared/types.js';
import { actionsOn, fieldsOf } from '../../fakes/actions-on.js';
import { helperOn } from '../../fakes/fake-helper.js';
import type { Case } from '../../fakes/random-machine.js';
import { aCase, guardOf, peopleOf, pidOf, play, requestOf, SELF } from '../../fakes/random-machine.js';
import type { SentSignal } from '../../fakes/recording-platform.js';
import { createWorld } from '../../fakes/recording-platform.js';
import { soakMs, soakTimeoutMs } from '../../fakes/soak.js';

const RUNS = 10_000;

const tally: Record<string, number> = {};
const KINDS_OF_CASES = [
  ...['asked', 'forced', 'woken', 'followers', 'skipped', 'protectedLater', 'timeouts', 'mistyped', 'elevated', 'dismissed', 'stopped'],
  ...['paused', 'continued', 'reniced', 'user', 'all', 'old', 'orphans', 'possible'],
];
const count = (what: string): void => {
  tally[what] = (tally[what] ?? 0) + 1;
};

const NEVER_IN_BULK: readonly Kind[] = ['api-client', 'unverified', 'cli-utility'];
const ALLOWED: Readonly<Record<Verb, RegExp>> = {
  end: /^(ask|force|continue)$/,
  pause: /^pause$/,
  continue: /^continue$/,
  priority: /^nice /,
};
const MINUTE_MS = 60_000;
const isPossible = ({ leftOver, reparented }: ProcessView): boolean => leftOver === 'unknown' && reparented;

/** What is old and idle, left over, or a user's, told in other words than the program's. */
const belongs = (view: ProcessView, request: ActionRequest): boolean => {
  const { scope } = request;
  const ageMs = view.startedAtMs === null ? -1 : 0 - view.startedAtMs;
  const isYoung = ageMs < (request.minAgeMinutes ?? 1) * MINUTE_MS;
  const atWork = view.activity !== 'idle' || view.activeSinceMs === null || view.activeSinceMs > -120 * MINUTE_MS;
  switch (scope.type) {
    case 'keys':
      return true;
    case 'user':
      return view.user === scope.user && isSession(view);
    case 'all':
      return isSession(view);
    case 'old':
      return isSession(view) && view.kind !== 'bg-session' && ageMs > 120 * MINUTE_MS && !isYoung && !atWork;
    case 'orphans':
      return (view.leftOver === 'yes' || isPossible(view)) && (!isYoung || request.minAgeMinutes === 0);
  }
};

/** What a preview promises by itself. */
const checkPreview = (preview: Preview, views: ReadonlyMap<string, ProcessView>, one: Case): void => {
  const { request, targets, excluded } = preview;
  const named = [...targets, ...excluded].map(({ key }) => keyId(key));
  expect(new Set(named).size).toBe(named.length);
  const bulk = request.scope.type !== 'keys' || new Set(request.scope.keys.map(keyId)).size > 1;
  for (const target of targets) {
    const view = views.get(keyId(target.key));
    if (!view) throw new Error('a target that the look did not show');
    if (target.role === 'chosen') expect(belongs(view, request)).toBe(true);
    if (target.role === 'separate') expect(target.ticked).toBe(false);
    if (!one.isRoot && !request.elevated) expect(view.uid).toBe(1000);
    if (!bulk) continue;
    expect(NEVER_IN_BULK).not.toContain(target.kind);
    if (target.warnings.length > 0 || isPossible(view)) expect(target.ticked).toBe(false);
    if (isPossible(view)) count('possible');
  }
  expect(preview.confirm).toBe({ user: one.user, all: 'ALL' }[request.scope.type as string] ?? null);
};

/** What holds of every signal, whatever the command. */
const checkSignal = (signal: SentSignal, request: ActionRequest, accepted: ReadonlySet<string>, forbidden: readonly number[]): void => {
  expect(accepted.has(keyId(signal.target.key))).toBe(true);
  expect(signal.atMs).toBeGreaterThanOrEqual(1_000);
  expect(forbidden).not.toContain(signal.target.key.pid);
  expect(signal.intent).toMatch(ALLOWED[request.verb]);
  if (signal.intent === 'force') expect(request.force).toBe(true);
  if (signal.intent === 'continue' && signal.outcome === 'sent') expect(signal.actual?.view.state).toBe('T');
};

const run = async (one: Case): Promise<void> => {
  const people = peopleOf(one);
  const guard = guardOf(people, one);
  const rules: ProtectRule[] = [...one.rules];
  const world = createWorld(people);
  play(world, one, rules);
  const selfParent = people[one.selfParent]?.view.key.pid ?? 1;
  const stops: { readonly key: ProcessKey; readonly uid: number | null; readonly atMs: number }[] = [];
  /** `claude stop`, which takes its time and ends the engine; what it owns is its own business. */
  const stopBackground: StopBackground = async ({ identity, view }) => {
    stops.push({ key: view.key, uid: identity.uid, atMs: world.clock.monotonicMs() });
    await world.clock.sleep(600);
    world.kill(view.key.pid, view.key.startedAt);
    return { outcome: 'done', reason: null, id: 'stopped', signal: null, gone: true };
  };
  const elevate = helperOn(world, one.prompt);
  const parts = { guard, rules: () => [...rules], self: { pid: SELF, ppid: () => selfParent }, elevate, stopBackground };
  const on = actionsOn(world, parts);

  const keys = one.chosen.map((index): ProcessKey => {
    const view = people[index]?.view;
    return view ? view.key : { pid: pidOf(index), startedAt: 'never' };
  });
  const request = requestOf(one, keys);
  const shown = await on.actions.previewAction(request, { caller: 'cli' });
  if (!shown.ok) throw new Error(shown.failure.id);
  const preview = shown.value;
  expect(world.sent).toEqual([]);
  const original = new Map(people.map(({ view }) => [keyId(view.key), view]));
  checkPreview(preview, original, one);
  if (preview.token === null) return;
  // What was chosen is shown, as a line or with the reason why not.
  const named = new Set([...preview.targets, ...preview.excluded].map(({ key }) => keyId(key)));
  if (request.scope.type === 'keys') expect(keys.map(keyId).filter((id) => !named.has(id))).toEqual([]);

  await world.clock.sleep(1_000 - world.clock.monotonicMs());
  const ticked = preview.targets
    .filter((target, index) => one.accepted[index % one.accepted.length] ?? target.ticked)
    .map(({ key }) => key);
  const rulesAtAct = [...rules];
  const atAct = new Map([...world.processes.values()].map(({ view }) => [keyId(view.key), view]));
  const before = on.entries.length;
  const confirmation = one.typed ? preview.confirm : 'something else';
  const answer = await on.actions.performAction({ token: preview.token, keys: ticked, confirmation, caller: 'cli' });
  if (preview.confirm !== null && !one.typed) {
    expect(answer).toEqual({ ok: false, failure: { reason: 'invalid', id: 'confirmation' } });
    expect([world.sent, on.entries.slice(before).map((entry) => fieldsOf(entry)['Result'])]).toEqual([[], ['refused']]);
    count('mistyped');
    return;
  }
  if (!answer.ok) throw new Error(answer.failure.id);

  // One result and one line in the log for each that was to be acted on, and one more for a bulk and for each prompt's two ends.
  const { results } = answer.value;
  expect(results.map(({ key }) => keyId(key)).sort()).toEqual(ticked.map(keyId).sort());
  const entries = on.entries.slice(before);
  const summaries = ['KILL_USER_PROCESSES', 'KILL_ALL_PROCESSES', 'CLEAN_OLD', 'CLEAN_ORPHANS', 'ELEVATE'];
  const each = entries.filter(({ action }) => !summaries.includes(action));
  expect(each.map((entry) => fieldsOf(entry)['PID']).sort()).toEqual(ticked.map(({ pid }) => String(pid)).sort());
  const prompts = entries.filter(({ action }) => action === 'ELEVATE').length;
  expect([0, request.elevated ? 2 : 0]).toContain(prompts);
  expect(entries.length - each.length - prompts).toBe(request.scope.type === 'keys' || request.verb !== 'end' ? 0 : 1);
  expect(on.problems).toEqual([]);

  const targets = new Map(preview.targets.map((target) => [keyId(target.key), target]));
  const accepted = new Set(ticked.map(keyId));
  const isForeign = (view: ProcessView | undefined): boolean => request.elevated && !one.isRoot && view?.uid !== 1000;
  for (const signal of world.sent) {
    const { target, intent, outcome, actual, living } = signal;
    checkSignal(signal, request, accepted, [1, SELF, ...guard.ancestorPids, ...guard.childPids]);
    const id = keyId(target.key);
    const line = targets.get(id);
    if (outcome !== 'sent' || !line || !actual) continue;
    // At this instant it is the one that was shown: pid, stamp, uid, executable, and none that the guard refuses.
    const shownView = original.get(id);
    expect(keyId(actual.view.key)).toBe(id);
    expect([actual.view.uid, actual.exeId]).toEqual([target.uid, target.exeId]);
    expect(actual.view.uid).toBe(shownView?.uid);
    const owner = shownView?.owner ? (atAct.get(keyId(shownView.owner)) ?? null) : null;
    const asShown: GuardView = { ...actual.view, kind: line.kind, leftOver: line.leftOver };
    expect(refusalOf(asShown, { ...guard, protectRules: rulesAtAct, elevated: request.elevated }, owner)).toBeNull();
    expect([atAct.get(id)?.kind, atAct.get(id)?.leftOver]).toEqual([line.kind, line.leftOver]);
    if (isForeign(shownView)) {
      // Only through the prompt, which takes its time.
      expect(signal.atMs).toBeGreaterThanOrEqual(1_400);
      count('elevated');
    }
    // A signalled one comes back.
    expect(line.kind).not.toBe('bg-session');
    if (request.verb === 'end' && line.role === 'owned' && line.below) {
      // What is owned is touched only after its owner has gone.
      expect(accepted.has(keyId(line.below))).toBe(true);
      expect(living.has(keyId(line.below))).toBe(false);
      count('followers');
    }
    if (request.scope.type !== 'keys') count(request.scope.type);
    const words: Readonly<Record<string, string>> = { ask: 'asked', force: 'forced', pause: 'paused' };
    count(words[intent] ?? (intent !== 'continue' ? 'reniced' : request.verb === 'end' ? 'woken' : 'continued'));
  }
  for (const { key, uid, atMs } of stops) {
    expect([request.verb, accepted.has(keyId(key)), targets.get(keyId(key))?.kind, uid]).toEqual([
      'end',
      true,
      'bg-session',
      one.isRoot ? 0 : 1000,
    ]);
    expect(atMs).toBeGreaterThanOrEqual(1_000);
    count('stopped');
  }
  for (const { target, intent } of world.sent)
    if (request.verb === 'end' && intent !== 'ask')
      expect(
        world.sent.some((other) => other.intent === 'ask' && other.outcome === 'sent' && keyId(other.target.key) === keyId(target.key)),
      ).toBe(true);
  for (const result of results) {
    const sent = world.sent.filter(({ target, outcome }) => outcome === 'sent' && keyId(target.key) === keyId(result.key));
    if (result.outcome === 'skipped') {
      expect(sent).toEqual([]);
      count('skipped');
      if (result.id === 'protectedNow') count('protectedLater');
      if (result.id === 'elevateDismissed') count('dismissed');
    }
    if (result.reason === 'timeout') count('timeouts');
    if (result.outcome !== 'done') continue;
    // Done means that nobody lives there any more under that stamp, or that what was asked for was done to it.
    const now = world.processes.get(result.key.pid);
    const gone = now === undefined || now.view.key.startedAt !== result.key.startedAt || now.view.state === 'Z';
    if (request.verb === 'end') expect(gone).toBe(true);
    else expect(sent.length).toBe(1);
  }
};

it(`sends no signal but to whom was shown and is still the same, ${RUNS} random machines`, {
  timeout: soakTimeoutMs(300_000),
}, async () => {
  const length = soakMs === null ? { numRuns: RUNS } : { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: soakMs };
  await fc.assert(fc.asyncProperty(aCase, run), length);
  // The property would hold of a door that does nothing.
  expect(KINDS_OF_CASES.filter((what) => (tally[what] ?? 0) < 50)).toEqual([]);
});
