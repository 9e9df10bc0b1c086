import type { AppState, Destination, Result } from '../shared/api.js';
import type { AutomationState } from '../shared/care.js';
import { cleanupRulesOf, targetOf } from '../shared/cleanup-rules.js';
import type { Finding } from '../shared/findings.js';
import type { Language } from '../shared/format.js';
import { createPolicyState, evaluate, rehearse } from '../shared/policy.js';
import type { Os } from '../shared/types.js';
import { createAlertCenter, MONITOR, MOST_ALERTS } from './alert-center.js';
import { readPastAlerts } from './alert-history.js';
import type { Automation } from './automation.js';
import { createAutomation } from './automation.js';
import { automationFile, createAutomationStore, rulesIdOf } from './automation-store.js';
import { cleanupRequest } from './cleanup-run.js';
import type { Core } from './core.js';
import { decisionsFile } from './decision-history.js';
import { createDecisions } from './decisions.js';
import type { Entry } from './end-log.js';
import { CLEANUP_MESSAGE, createHerald } from './herald.js';
import type { Translate } from './i18n.js';
import type { Handlers } from './ipc.js';
import type { Look } from './look.js';
import { createMachineLock } from './machine-lock.js';
import type { Monitor } from './monitor.js';
import type { Notifier, NotifierParts } from './notifier.js';
import type { OwnerNotice } from './owner-notice.js';
import { createOwners } from './owners.js';
import { createTranscriptWatch } from './transcript-watch.js';

export interface CareParts {
  readonly core: Pick<
    Core,
    'demo' | 'self' | 'actions' | 'actionLog' | 'configDoor' | 'configStore' | 'looker' | 'paths' | 'platform' | 'writtenMsOf'
  >;
  readonly monitor: Pick<Monitor, 'state' | 'onChange' | 'refresh'>;
  readonly os: Os;
  readonly createNotifier: (parts: NotifierParts) => Notifier;
  readonly ownerNotice: OwnerNotice;
  readonly words: () => { readonly t: Translate; readonly language: Language };
  readonly window: { readonly isVisible: () => boolean; readonly isFocused: () => boolean; readonly show: (where: Destination) => void };
  readonly onChange: () => void;
  readonly onProblem: (problem: unknown) => void;
}

export type CareHandlers = Pick<Handlers, 'seeAlerts' | 'reviewCleanup' | 'answerFirstRun' | 'agreeToCleanup' | 'steerCleanup'>;

/** What looks after the machine between two glances of its user: the policy's looks, alerts, automatic cleanup. */
export interface Care extends Pick<Automation, 'cancelCountdown' | 'snooze' | 'extend' | 'pause'> {
  readonly state: () => Pick<AppState, 'findings' | 'alerts' | 'automation'>;
  readonly handlers: CareHandlers;
  /** The machine is going to sleep: what nobody can see any more is called off. */
  readonly suspend: () => void;
  readonly close: () => Promise<void>;
}

const done: Result<null> = { ok: true, value: null };
const MINUTE_MS = 60_000;
/** Where regular looks are switched off, it looks by itself, this rarely. */
const LONELY_MS = MINUTE_MS;

/** Wires the policy to looks, notifications, log and window. */
export const createCare = (parts: CareParts): Care => {
  const { core, monitor, window, words, onChange, onProblem } = parts;
  const config = core.configStore.get;
  const write = async (entry: Entry): Promise<void> => {
    const written = await core.actionLog.append(entry);
    if (!written.ok) onProblem(written.failure);
  };
  const store = createAutomationStore({ path: automationFile(core.paths.stateDir), identify: core.platform.identify });
  const notifier = parts.createNotifier({ onAnswer: (id, answer) => onAnswer(id, answer), onProblem });
  const alerts = createAlertCenter({ notifier, write, words, now: Date.now, isFocused: window.isFocused, onChange });
  const recall = (): void => {
    if (core.demo) return;
    readPastAlerts(core.paths.actionLogFile, MOST_ALERTS).then(alerts.recall, onProblem);
  };
  const automation = createAutomation({
    actions: core.actions,
    look: core.looker.look,
    config,
    store,
    lock: createMachineLock(parts.os),
    decisions: createDecisions({ path: decisionsFile(core.paths.stateDir), write, onProblem }),
    herald: createHerald({ notifier, t: () => words().t, isVisible: window.isVisible, isFocused: window.isFocused }),
    owners: createOwners({ selfUid: core.self.uid, notice: parts.ownerNotice, t: () => words().t }),
    now: Date.now,
    onChange: () => {
      const { lastRun } = automation.state();
      // What was ended is seen in the next reading; nobody should wait an interval for it.
      if (lastRun?.mode === 'automatic' && lastRun.atMs !== lastEndMs) void monitor.refresh();
      lastEndMs = lastRun?.mode === 'automatic' ? lastRun.atMs : lastEndMs;
      onChange();
    },
    onProblem,
  });

  let lastEndMs: number | null = null;
  const transcripts = createTranscriptWatch({ writtenMsOf: core.writtenMsOf, onProblem });
  let policy = createPolicyState(store.endAgesMs(Date.now()));
  let findings: readonly Finding[] = [];
  let seen: Look | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let asleep = false;

  const onLook = (look: Look): void => {
    // The monitor tells of its last look again and again, and it may be older than one of our own.
    if (seen !== null && look.snapshot.sequence <= seen.snapshot.sequence) return;
    // Not before the first rows are on their way: nobody opens the bell first.
    if (seen === null) setImmediate(recall);
    seen = look;
    const { monotonicMs } = look.reading;
    const context = { guard: look.guard, monotonicMs, writtenMs: transcripts.writtenMs(), ...automation.context() };
    transcripts.look(look.snapshot, monotonicMs);
    const evaluation = evaluate(policy, look.snapshot, config(), context);
    policy = evaluation.state;
    findings = evaluation.findings;
    alerts.take(evaluation.alerts);
    if (evaluation.run !== null) void automation.take(evaluation.run);
    arm();
  };
  const arm = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void lookAlone(), LONELY_MS);
    timer.unref();
  };
  const lookAlone = async (): Promise<void> => {
    try {
      if (!asleep) onLook(await core.looker.look());
    } catch (error) {
      onProblem(error);
      arm();
    }
  };
  const stopListening = monitor.onChange(() => {
    const { look, loop } = monitor.state();
    asleep = false;
    if (look !== null && loop.staleSinceMs === null) onLook(look);
  });
  arm();

  const propose = (): Destination => {
    const keys = automation.state().proposal?.map(({ key }) => key) ?? [];
    return keys.length === 0 ? MONITOR : { ...MONITOR, request: cleanupRequest(keys) };
  };
  const onAnswer = (id: string, answer: string): void => {
    if (id === CLEANUP_MESSAGE && answer === 'cancel') void automation.cancelCountdown();
    else if (id === CLEANUP_MESSAGE && answer === 'snooze') void automation.snooze();
    else window.show(alerts.destinationOf(id) ?? propose());
  };

  const nextRunAtMs = (): number | null => {
    const { auto_cleanup_enabled: enabled, auto_cleanup_interval_minutes: minutes } = config().global_settings;
    if (!enabled || seen === null || automation.context().mode === 'off') return null;
    return seen.snapshot.takenAtMs + Math.max(0, minutes * MINUTE_MS - (policy.t - policy.ranAt));
  };
  const shownAutomation = (): AutomationState => {
    const now = automation.state();
    // Everything in the demo is invented: there is nothing to agree to.
    return { ...now, firstRun: now.firstRun && !core.demo, nextRunAtMs: nextRunAtMs() };
  };
  const switchOn = async (): Promise<Result<null>> => {
    if (config().global_settings.auto_cleanup_mode === 'automatic') return done;
    const saved = await core.configDoor.change([{ at: 'global', key: 'auto_cleanup_mode', value: 'automatic' }], [], 'change');
    return saved.ok ? done : saved;
  };
  const agree = async (rulesId: string): Promise<Result<null>> => {
    // What was agreed to was read from a list that is out of date.
    if (rulesId !== rulesIdOf(config())) return { ok: false, failure: { reason: 'changed', id: 'cleanupRulesChanged' } };
    const { consent } = store.get();
    const kept = await store.set(() => ({ consent: { rulesId, atMs: Date.now() } }));
    await write({ level: 'SUCCESS', action: 'AUTO_CLEANUP', fields: [['Result', kept.ok ? 'agreed' : 'not saved']] });
    const switched = kept.ok ? await switchOn() : kept;
    // A consent without its mode would wait in silence for somebody to write the mode into the file.
    if (kept.ok && !switched.ok) await store.set(() => ({ consent }));
    onChange();
    return switched;
  };

  return {
    state: () => ({ findings, alerts: alerts.rows(), automation: shownAutomation() }),
    handlers: {
      seeAlerts: async () => {
        alerts.see();
        return done;
      },
      reviewCleanup: async () => {
        const look = seen ?? (await core.looker.look());
        const { intents, skips } = rehearse(look.snapshot, config(), look.guard);
        const targets = intents.map(targetOf);
        return { ok: true, value: { targets, skips, rules: cleanupRulesOf(config()), rulesId: rulesIdOf(config()) } };
      },
      answerFirstRun: async ({ mode, alertsEnabled, rulesId }) => {
        if (mode === 'automatic') {
          const agreed = rulesId === null ? null : await agree(rulesId);
          if (agreed === null) return { ok: false, failure: { reason: 'invalid', id: 'input' } };
          if (!agreed.ok) return agreed;
        }
        const { auto_cleanup_mode, alerts_enabled } = config().global_settings;
        const edits = [
          ...(mode === auto_cleanup_mode ? [] : [{ at: 'global', key: 'auto_cleanup_mode', value: mode } as const]),
          ...(alertsEnabled === alerts_enabled ? [] : [{ at: 'global', key: 'alerts_enabled', value: alertsEnabled } as const]),
        ];
        const saved = edits.length === 0 ? done : await core.configDoor.change(edits, [], 'change');
        if (!saved.ok) return saved;
        const kept = await store.set(() => ({ firstRunAtMs: Date.now() }));
        onChange();
        return kept;
      },
      agreeToCleanup: ({ rulesId }) => agree(rulesId),
      steerCleanup: async ({ act, untilMs }) => {
        if (act === 'cancel') await automation.cancelCountdown();
        if (act === 'snooze') await automation.snooze();
        if (act === 'extend') automation.extend();
        if (act === 'resume') await automation.resume();
        if (act === 'pause') await automation.pause(untilMs);
        return done;
      },
    },
    cancelCountdown: automation.cancelCountdown,
    snooze: automation.snooze,
    extend: automation.extend,
    pause: automation.pause,
    suspend: () => {
      asleep = true;
      void automation.cancelCountdown();
    },
    close: async () => {
      if (timer !== null) clearTimeout(timer);
      stopListening();
      await automation.close();
      await notifier.close();
    },
  };
};
