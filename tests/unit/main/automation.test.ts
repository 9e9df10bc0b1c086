import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Automation, createAutomation, type Herald } from '../../../src/main/automation.js';
import { type AutomationStore, createAutomationStore, rulesIdOf } from '../../../src/main/automation-store.js';
import { createDecisions } from '../../../src/main/decisions.js';
import type { Entry } from '../../../src/main/end-log.js';
import { createTranslate } from '../../../src/main/i18n.js';
import type { Look } from '../../../src/main/look.js';
import { createMachineLock, type MachineLock } from '../../../src/main/machine-lock.js';
import { noOwnerNotice, type OwnerNotice } from '../../../src/main/owner-notice.js';
import { createOwners } from '../../../src/main/owners.js';
import type { Resume } from '../../../src/shared/api.js';
import type { Decision } from '../../../src/shared/care.js';
import type { Config } from '../../../src/shared/config.js';
import { type Run, rehearse } from '../../../src/shared/policy.js';
import type { ProcessView } from '../../../src/shared/types.js';
import { aConfig, aLook, anIdle, anOrphan, HOUR_MS, START_MS } from '../../fakes/a-policy.js';
import { aGuard } from '../../fakes/a-view.js';
import { actionsOn, noSessionFiles } from '../../fakes/actions-on.js';
import { createWorld, type FakeProcess } from '../../fakes/recording-platform.js';

/** The real automation over the real one door, on a scripted machine; nothing of it is mocked but the machine, the clock and who announces. */

const at = (view: ProcessView, more: Partial<FakeProcess> = {}): FakeProcess => ({ view, exeId: `1:${view.key.pid}`, ...more });
const resume: Resume = { sessionId: 'session-100', cwd: '/home/dana/src', command: 'claude --resume session-100' };

describe('automatic cleanup', () => {
  let folder: string;
  let nowMs: number;
  let config: Config;
  let store: AutomationStore;
  let decided: Decision[];
  let logged: Entry[];
  let told: string[];
  let seen: boolean | Promise<boolean>;
  let lock: MachineLock;
  let world: ReturnType<typeof createWorld>;
  let resumable: boolean;
  let notice: OwnerNotice;
  let isRoot: boolean;
  let problems: unknown[];

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    folder = mkdtempSync(join(tmpdir(), 'cm-automation-'));
    nowMs = START_MS;
    config = aConfig({ auto_cleanup_mode: 'automatic', auto_cleanup_old_enabled: true, auto_cleanup_countdown_seconds: 30 });
    store = createAutomationStore({ path: join(folder, 'automation.json'), identify: () => null });
    [decided, logged, told, problems] = [[], [], [], []];
    seen = true;
    resumable = true;
    notice = noOwnerNotice;
    isRoot = false;
    lock = { take: async () => async () => undefined };
  });
  afterEach(() => {
    vi.useRealTimers();
    rmSync(folder, { recursive: true, force: true });
  });

  const looking = async (): Promise<Look> => {
    const views = [...world.processes.values()].map(({ view }) => view);
    const guard = aGuard({ protectRules: config.protect_rules, isRoot });
    return { snapshot: aLook(views, nowMs), guard, reading: aReadingOf(nowMs), judgements: [] };
  };
  const aReadingOf = (takenAtMs: number): Look['reading'] => ({
    takenAtMs,
    monotonicMs: 0,
    processes: [],
    complete: true,
    pidDomain: null,
    selfPid: 900,
  });
  const automationOn = (processes: readonly FakeProcess[]): Automation => {
    world = createWorld(processes);
    // What a test before this one still has to write down is not this one's.
    const mine = decided;
    const { actions } = actionsOn(world, {
      config: () => config,
      look: looking,
      sessionFiles: {
        ...noSessionFiles,
        transcriptOf: async () => (resumable ? { path: '/t', mtimeMs: nowMs, hasUserMessage: true } : null),
        resumeOf: async () => resume,
      },
    });
    const herald: Herald = {
      countdown: async (targets, seconds) => {
        told.push(`countdown ${targets.length} ${seconds}`);
        return seen;
      },
      question: (targets) => told.push(`question ${targets.length}`),
      halted: () => told.push('halted'),
      withdraw: () => told.push('withdrawn'),
    };
    const write = async (entry: Entry): Promise<void> => void logged.push(entry);
    const decisions = createDecisions({
      path: join(folder, 'decisions.jsonl'),
      write,
      onDecision: (decision) => mine.push(decision),
      onProblem: (problem) => problems.push(problem),
    });
    const owners = createOwners({ selfUid: 1000, notice, t: () => createTranslate('en') });
    const parts = { config: () => config, store, lock, decisions, herald, owners, now: () => nowMs, look: looking, actions };
    return createAutomation({ ...parts, onChange: () => undefined, onProblem: (problem) => problems.push(problem) });
  };
  const wish = async (mode: Run['mode'] = 'automatic'): Promise<Run> => {
    const { snapshot, guard } = await looking();
    return { reason: 'interval', mode, ...rehearse(snapshot, config, guard) };
  };
  const agree = async (): Promise<void> => void (await store.set(() => ({ consent: { rulesId: rulesIdOf(config), atMs: nowMs } })));
  /** The countdown runs out, all that follows is done, and this is what was decided. */
  const runOut = async (expected: readonly string[]): Promise<void> => {
    nowMs += 30_000;
    await vi.advanceTimersByTimeAsync(30_000);
    vi.useRealTimers();
    await vi.waitFor(() => expect(automation.context().busy).toBe(false), { timeout: 60_000 });
    await vi.waitFor(() => expect(words()).toEqual(expected), { timeout: 60_000 });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  };
  let automation: Automation;
  const words = () => decided.map(({ key, decision, reason }) => `${key.pid} ${decision}${reason === null ? '' : ` ${reason}`}`);
  const asked = () => world.sent.filter(({ outcome }) => outcome === 'sent').map(({ target, intent }) => `${target.key.pid} ${intent}`);

  it('only reports before somebody agreed, and again when a rule has changed since', async () => {
    automation = automationOn([at(anOrphan(100))]);
    expect([automation.context().mode, automation.state().hold]).toEqual(['report', 'consent']);
    await agree();
    expect([automation.context().mode, automation.state().hold]).toEqual(['automatic', null]);
    config = { ...config, global_settings: { ...config.global_settings, auto_cleanup_attached_enabled: true } };
    expect([automation.context().mode, automation.state().hold]).toEqual(['report', 'consent']);
    await automation.take(await wish('report'));
    await vi.waitFor(() => expect(words()).toEqual(['100 reported']));
    expect(asked()).toEqual([]);
  });

  it('counts down, then ends the left-over and the idle session that can be resumed, each in the log and the record', async () => {
    automation = automationOn([
      at(anOrphan(100)),
      at(anIdle(101)),
      at(anIdle(102, { activity: 'busy' })),
      at(anIdle(103, { tty: 'pts/1' })),
    ]);
    await agree();
    await automation.take(await wish());
    expect(told).toEqual(['countdown 2 30']);
    expect(automation.state().countdown?.targets.map(({ key }) => key.pid)).toEqual([100, 101]);
    expect(asked()).toEqual([]);
    await runOut(['102 skipped notIdleBusy', '103 skipped autoAttached', '100 ended', '101 ended']);
    expect(asked().sort()).toEqual(['100 ask', '101 ask']);
    expect(logged.map(({ action, level }) => `${action} ${level}`).at(-1)).toBe('AUTO_CLEANUP SUCCESS');
    expect(readFileSync(join(folder, 'decisions.jsonl'), 'utf8').trim().split('\n')).toHaveLength(4);
    expect(automation.state().lastRun).toMatchObject({ count: 2, failed: 0 });
    expect(store.endAgesMs(nowMs)).toEqual([0, 0]);
  });

  it('does nothing where nobody could see the announcement', async () => {
    automation = automationOn([at(anOrphan(100))]);
    await agree();
    seen = false;
    await automation.take(await wish());
    await vi.advanceTimersByTimeAsync(60_000);
    await vi.waitFor(() => expect(words()).toEqual(['100 skipped autoUnannounced']));
    expect([automation.context().busy, asked()]).toEqual([false, []]);
  });

  it('ends nothing in a countdown that nobody could see by its end, and gives all of it to who sees it late', async () => {
    automation = automationOn([at(anOrphan(100))]);
    await agree();
    let show: (value: boolean) => void = () => undefined;
    const announce = async (): Promise<() => Promise<void>> => {
      seen = new Promise((resolve) => {
        show = resolve;
      });
      const taking = automation.take(await wish());
      await vi.advanceTimersByTimeAsync(0);
      return async () => {
        show(true);
        await taking;
      };
    };
    const late = await announce();
    nowMs += 20_000;
    await vi.advanceTimersByTimeAsync(20_000);
    await late();
    expect(automation.state().countdown?.endsAtMs).toBe(nowMs + 30_000);
    await automation.cancelCountdown();

    const tooLate = await announce();
    nowMs += 30_000;
    await vi.advanceTimersByTimeAsync(30_000);
    await tooLate();
    await vi.advanceTimersByTimeAsync(600_000);
    expect([automation.state().countdown, automation.context().busy, asked()]).toEqual([null, false, []]);
    vi.useRealTimers();
    await vi.waitFor(() => expect(words()).toEqual(['100 cancelled', '100 skipped autoUnannounced']));
  });

  it('does nothing while another one on this machine is at it', async () => {
    automation = automationOn([at(anOrphan(100))]);
    await agree();
    const place = `\0claude-manager-test-${process.pid}-${Math.random()}`;
    lock = createMachineLock('linux', place);
    automation = automationOn([at(anOrphan(100))]);
    const release = await createMachineLock('linux', place).take();
    await automation.take(await wish());
    await vi.waitFor(() => expect(words()).toEqual(['100 skipped autoLocked']));
    await release?.();
    await automation.take(await wish());
    expect(automation.state().countdown).not.toBeNull();
    await automation.cancelCountdown();
  });

  it.each([
    ['cancelled', (one: Automation) => one.cancelCountdown(), ['100 cancelled'], 'automatic'],
    ['put off', (one: Automation) => one.snooze(), ['100 cancelled'], 'off'],
  ])('ends nothing that was %s', async (_name, call, expected, mode) => {
    automation = automationOn([at(anOrphan(100))]);
    await agree();
    await automation.take(await wish());
    await call(automation);
    await vi.advanceTimersByTimeAsync(600_000);
    await vi.waitFor(() => expect(words()).toEqual(expected));
    expect([automation.context().mode, asked()]).toEqual([mode, []]);
    nowMs += HOUR_MS;
    expect(automation.context().mode).toBe('automatic');
  });

  it('waits longer when asked to, ten minutes at most', async () => {
    automation = automationOn([at(anOrphan(100))]);
    await agree();
    await automation.take(await wish());
    nowMs += 20_000;
    await vi.advanceTimersByTimeAsync(20_000);
    automation.extend();
    expect((automation.state().countdown?.endsAtMs ?? 0) - START_MS).toBe(50_000);
    nowMs = START_MS + 595_000;
    automation.extend();
    expect((automation.state().countdown?.endsAtMs ?? 0) - START_MS).toBe(600_000);
    await automation.cancelCountdown();
  });

  it.each<[string, () => void, string]>([
    ['goes to work', () => world.update(100, { over: { activity: 'busy', leftOver: 'no' } }), 'autoChanged'],
    [
      'is protected',
      () => {
        config = { ...config, protect_rules: [{ by: 'pid', value: '100' }] };
      },
      'autoRules',
    ],
    ['is another process by then', () => world.update(100, { over: { key: { pid: 100, startedAt: 'new' } } }), 'gone'],
    ['serves somebody', () => world.update(100, { listening: true }), 'listens'],
    ['ends by itself', () => world.kill(100), 'gone'],
  ])('leaves alone what %s during the countdown', async (_name, change, reason) => {
    automation = automationOn([at(anOrphan(100))]);
    await agree();
    await automation.take(await wish());
    change();
    await runOut([`100 skipped ${reason}`]);
    expect(asked()).toEqual([]);
  });

  it.each([
    ['off', { auto_cleanup_enabled: false }],
    ['to ask', { auto_cleanup_mode: 'ask' }],
    ['read-only', { read_only: true }],
  ] as const)('acts no more once it is switched %s during the countdown', async (_how, change) => {
    automation = automationOn([at(anOrphan(100))]);
    await agree();
    await automation.take(await wish());
    config = { ...config, global_settings: { ...config.global_settings, ...change } };
    await runOut(['100 skipped autoRules']);
    expect(asked()).toEqual([]);
  });

  it('tells other users before it ends anything of theirs, and leaves alone what belongs to who cannot be told', async () => {
    const heard: string[] = [];
    isRoot = true;
    config = aConfig({ auto_cleanup_mode: 'automatic', cleanup_scope: 'all' });
    notice = {
      tell: async (uid, { title, body }) => {
        heard.push(`${uid} ${title}: ${body}`);
        return uid === 1001;
      },
    };
    automation = automationOn([
      at(anOrphan(100)),
      at(anOrphan(101, { uid: 1001, name: 'theirs' })),
      at(anOrphan(102, { uid: 1002, name: 'unheard' })),
      at(anOrphan(103, { uid: null })),
    ]);
    await agree();
    await automation.take(await wish());
    const announced = [
      '1001 An administrator’s cleanup ends 1 process of yours in 30 s: theirs (101)',
      '1002 An administrator’s cleanup ends 1 process of yours in 30 s: unheard (102)',
    ];
    expect([heard, told]).toEqual([announced, ['countdown 2 30']]);
    await automation.cancelCountdown();
    expect(heard).toEqual([...announced, '1001 The administrator’s cleanup was called off: Nothing of yours is ended by it.']);
    await vi.waitFor(() => expect(words()).toHaveLength(4));
    decided.splice(0);
    await automation.take(await wish());
    await runOut(['100 ended', '101 ended']);
    expect(asked()).toEqual(['100 ask', '101 ask']);
  });

  it.each(['cancelCountdown', 'snooze', 'close'] as const)(
    'begins nothing after %s came while other users were being told',
    async (call) => {
      const heard: string[] = [];
      let answer: () => void = () => undefined;
      const answered = new Promise<void>((resolve) => {
        answer = resolve;
      });
      isRoot = true;
      config = aConfig({ auto_cleanup_mode: 'automatic', cleanup_scope: 'all' });
      notice = { tell: (_uid, { title }) => answered.then(() => heard.push(title) > 0) };
      automation = automationOn([at(anOrphan(101, { uid: 1001 }))]);
      await agree();
      const taken = automation.take(await wish());
      await vi.advanceTimersByTimeAsync(0);
      await automation[call]();
      answer();
      await taken;
      await vi.waitFor(() => expect(words()).toEqual(['101 cancelled']));
      expect(automation.context().busy).toBe(false);
      expect(told.filter((what) => what !== 'withdrawn')).toEqual([]);
      await vi.waitFor(() => expect(heard.at(-1)).toBe('The administrator’s cleanup was called off'));
      nowMs += 60_000;
      await vi.advanceTimersByTimeAsync(60_000);
      expect(asked()).toEqual([]);
    },
  );

  it('leaves alone a session that could not be resumed', async () => {
    resumable = false;
    automation = automationOn([at(anIdle(101))]);
    await agree();
    await automation.take(await wish());
    await runOut(['101 skipped autoNotResumable']);
    expect(asked()).toEqual([]);
  });

  it('keeps the hour’s cap over a restart, and ends nothing where it cannot write that down', async () => {
    automation = automationOn([at(anOrphan(100))]);
    await agree();
    await store.set(() => ({ ends: Array.from({ length: 20 }, () => nowMs - 60_000) }));
    store = createAutomationStore({ path: join(folder, 'automation.json'), identify: () => null });
    automation = automationOn([at(anOrphan(100))]);
    await automation.take(await wish());
    await runOut(['100 skipped autoNotCounted']);
    expect(asked()).toEqual([]);
  });

  it('stops itself after two runs in a row that failed, says so, and goes on only when told to', async () => {
    automation = automationOn([at(anOrphan(100), { endsAfterMs: null })]);
    await agree();
    for (const halted of [false, true]) {
      decided.splice(0);
      await automation.take(await wish());
      await runOut(['100 failed timeout']);
      expect(automation.state().hold === 'halted').toBe(halted);
    }
    expect([automation.context().mode, told.at(-1)]).toEqual(['off', 'halted']);
    await automation.resume();
    expect(automation.context().mode).toBe('automatic');
  });

  it('asks, and acts on nothing by itself, where that is the mode', async () => {
    config = aConfig({ auto_cleanup_mode: 'ask' });
    automation = automationOn([at(anOrphan(100))]);
    expect(automation.context().mode).toBe('ask');
    await automation.take(await wish('ask'));
    await vi.advanceTimersByTimeAsync(600_000);
    await vi.waitFor(() => expect(words()).toEqual(['100 asked']));
    expect([told, automation.state().proposal?.length, asked()]).toEqual([['question 1'], 1, []]);
    await automation.cancelCountdown();
    expect(automation.state().proposal).toBeNull();
  });

  it('says once what it leaves alone for the same reason again and again', async () => {
    automation = automationOn([at(anIdle(103, { tty: 'pts/1' }))]);
    await agree();
    for (let count = 0; count < 3; count++) await automation.take(await wish());
    await vi.waitFor(() => expect(words()).toEqual(['103 skipped autoAttached']));
  });

  it('takes a file that is broken, or agrees to something else, for no agreement', async () => {
    for (const text of [
      '{',
      '[]',
      '{"consent":{"rulesId":1}}',
      `{"consent":{"rulesId":"${'0'.repeat(64)}","atMs":1}}`,
      '{"consent":true,"halted":"x"}',
    ]) {
      writeFileSync(join(folder, 'automation.json'), text);
      store = createAutomationStore({ path: join(folder, 'automation.json'), identify: () => null });
      automation = automationOn([]);
      expect([text, automation.context().mode]).toEqual([text, 'report']);
    }
  });
});
