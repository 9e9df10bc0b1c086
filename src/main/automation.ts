import type { Failure, PreviewExcluded } from '../shared/api.js';
import type { AutomationState, CleanupHold, CleanupMode, Decision, LastRun } from '../shared/care.js';
import { targetOf } from '../shared/cleanup-rules.js';
import type { Candidate } from '../shared/cleanup-selection.js';
import type { Config } from '../shared/config.js';
import type { PolicyContext, Run } from '../shared/policy.js';
import { ENDS_PER_HOUR } from '../shared/policy.js';
import type { AutomationStore } from './automation-store.js';
import { rulesIdOf } from './automation-store.js';
import type { CleanupOutcome, CleanupRunParts } from './cleanup-run.js';
import { carryOut } from './cleanup-run.js';
import type { Decisions } from './decisions.js';
import type { MachineLock } from './machine-lock.js';
import type { Owners } from './owners.js';

export interface Automation {
  /** What runs may come to at this moment; `busy` = one is under way. */
  readonly context: () => Pick<PolicyContext, 'mode' | 'busy'>;
  /** Takes a run that the policy wishes: reports, asks, or counts down and acts. Never rejects. */
  readonly take: (run: Run) => Promise<void>;
  readonly state: () => Omit<AutomationState, 'nextRunAtMs'>;
  /** Calls off the countdown, or puts the question away. */
  readonly cancelCountdown: () => Promise<void>;
  /** Calls it off and lets nothing begin for an hour. */
  readonly snooze: () => Promise<void>;
  /** The countdown begins anew; ten minutes from its start is the most. */
  readonly extend: () => void;
  /** Nothing begins until then (wall ms); null = it goes on now. */
  readonly pause: (untilMs: number | null) => Promise<void>;
  /** It had stopped itself and may go on. */
  readonly resume: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** How a countdown is announced outside of the window, and taken back. */
export interface Herald {
  /** Whether somebody can see it: a notification was shown, or the window is. */
  readonly countdown: (targets: readonly Candidate[], seconds: number) => Promise<boolean>;
  readonly question: (targets: readonly Candidate[]) => void;
  readonly halted: () => void;
  readonly withdraw: () => void;
}

export interface AutomationParts extends Omit<CleanupRunParts, 'spend'> {
  readonly store: AutomationStore;
  readonly lock: MachineLock;
  readonly decisions: Decisions;
  readonly herald: Herald;
  readonly owners: Owners;
  readonly now: () => number;
  readonly onChange: () => void;
  readonly onProblem: (problem: unknown) => void;
}

interface Countdown {
  readonly run: Run;
  readonly startedAtMs: number;
  readonly endsAtMs: number;
  readonly timer: ReturnType<typeof setTimeout>;
  readonly release: () => Promise<void>;
}

const HOUR_MS = 3_600_000;
const MOST_COUNTDOWN_MS = 10 * 60_000;
const MOST_FAILURES = 2;

/** Why a mode is held back, by what is configured and remembered. */
const holdOf = (config: Config, store: AutomationStore, nowMs: number): CleanupHold | null => {
  const { read_only, auto_cleanup_enabled, auto_cleanup_mode } = config.global_settings;
  const { pausedUntilMs, halted, consent } = store.get();
  if (read_only) return 'readOnly';
  if (halted) return 'halted';
  if (pausedUntilMs !== null && pausedUntilMs > nowMs) return 'paused';
  if (!auto_cleanup_enabled) return 'disabled';
  return auto_cleanup_mode === 'automatic' && consent?.rulesId !== rulesIdOf(config) ? 'consent' : null;
};

/** Carries out what the policy wishes, as far as the user has agreed to it. */
export const createAutomation = (parts: AutomationParts): Automation => {
  const { config, store, lock, decisions, herald, owners, now, onChange, onProblem } = parts;
  let countdown: Countdown | null = null;
  /** The countdown that somebody can see: no other one ends in anything. */
  let announced: Countdown['release'] | null = null;
  let proposal: readonly Candidate[] | null = null;
  let acting = false;
  /** How often something was called off: what was under way then begins nothing any more. */
  let callsOff = 0;
  let closed = false;
  let lastRun: LastRun | null = null;

  const hold = (): CleanupHold | null => holdOf(config(), store, now());
  const modeNow = (): PolicyContext['mode'] => {
    const held = hold();
    if (held === 'readOnly' || held === 'halted' || held === 'paused' || held === 'disabled') return 'off';
    return held === 'consent' ? 'report' : config().global_settings.auto_cleanup_mode;
  };
  const remember = async (change: Parameters<AutomationStore['set']>[0]): Promise<boolean> => {
    const written = await store.set(change);
    if (!written.ok) onProblem(written.failure satisfies Failure);
    return written.ok;
  };

  type What = Pick<Decision, 'decision' | 'reason'> & { readonly memoryBytes?: number | null };
  const decide = (run: Run, candidate: Candidate, { decision, reason, memoryBytes }: What): void => {
    const { key, name, user, kind, cause, metric } = candidate;
    const bytes = memoryBytes === undefined ? candidate.memoryBytes : memoryBytes;
    const about = { atMs: now(), run: run.reason, mode: run.mode, key, name, user, kind, cause, metric };
    void decisions.record({ ...about, decision, reason, memoryBytes: bytes });
  };
  const passOver = (run: Run, { key, name, user, kind, refusal }: PreviewExcluded): void => {
    const about = { atMs: now(), run: run.reason, mode: run.mode, key, name, user, kind, cause: null, metric: null };
    void decisions.record({
      ...about,
      decision: 'skipped',
      reason: refusal.id,
      ...(refusal.values ? { values: refusal.values } : {}),
      memoryBytes: null,
    });
  };
  const finish = (mode: CleanupMode, figures: Omit<LastRun, 'atMs' | 'mode'>): void => {
    lastRun = { atMs: now(), mode, ...figures };
    onChange();
  };

  const conclude = async (run: Run, outcomes: readonly CleanupOutcome[]): Promise<void> => {
    for (const { candidate, outcome, reason, freedBytes } of outcomes)
      decide(run, candidate, { decision: outcome, reason, memoryBytes: outcome === 'ended' ? freedBytes : candidate.memoryBytes });
    const count = (outcome: CleanupOutcome['outcome']): number => outcomes.filter((one) => one.outcome === outcome).length;
    const known = outcomes.flatMap(({ freedBytes }) => (freedBytes === null ? [] : [freedBytes]));
    const freedBytes = known.length === 0 ? null : known.reduce((sum, bytes) => sum + bytes, 0);
    if (count('failed') > 0) {
      await remember((before) => ({ failures: before.failures + 1, halted: before.halted || before.failures + 1 >= MOST_FAILURES }));
      if (store.get().halted) herald.halted();
    } else if (count('ended') > 0 && store.get().failures > 0) await remember(() => ({ failures: 0 }));
    finish(run.mode, { count: count('ended'), failed: count('failed'), skipped: count('skipped'), freedBytes });
  };

  /** The hour's cap once more, by what is on disk: another instance may have used it up. */
  const spend = async (ends: number): Promise<boolean> => {
    if (store.endAgesMs(now()).length + ends > ENDS_PER_HOUR) return false;
    return remember((before) => {
      const atMs = now();
      const kept = before.ends.filter((at) => at > atMs - HOUR_MS).map((at) => Math.min(at, atMs));
      return { ends: [...kept, ...Array.from({ length: ends }, () => atMs)] };
    });
  };

  const act = async ({ run, release }: Countdown): Promise<void> => {
    countdown = null;
    acting = true;
    herald.withdraw();
    onChange();
    try {
      if (announced === release && modeNow() === 'automatic') await conclude(run, await carryOut({ ...parts, spend }, run.intents));
      else {
        const reason = announced === release ? 'autoRules' : 'autoUnannounced';
        for (const candidate of run.intents) decide(run, candidate, { decision: 'skipped', reason });
        owners.callOff();
      }
    } catch (error) {
      onProblem(error);
      for (const candidate of run.intents) decide(run, candidate, { decision: 'failed', reason: 'unexpected' });
    } finally {
      acting = false;
      await release();
      onChange();
    }
  };
  const arm = (base: Omit<Countdown, 'timer'>): Countdown => {
    const made: Countdown = { ...base, timer: setTimeout(() => void act(made), Math.max(0, base.endsAtMs - now())) };
    return made;
  };

  const announce = async (wished: Run): Promise<void> => {
    const before = callsOff;
    const skipAll = (reason: string, skipped: readonly Candidate[]): void => {
      for (const candidate of skipped) decide(wished, candidate, { decision: 'skipped', reason });
    };
    const release = await lock.take();
    if (release === null) {
      skipAll('autoLocked', wished.intents);
      return;
    }
    const seconds = config().global_settings.auto_cleanup_countdown_seconds;
    // First the owners: the countdown must show no more than what is going to be ended.
    const intents = await owners.tell(wished.intents, seconds);
    const untold = wished.intents.filter((candidate) => !intents.includes(candidate));
    skipAll('autoOwnerUntold', untold);
    // The owners may have taken their time, and somebody may have called it off meanwhile.
    const isOff = callsOff !== before;
    if (isOff) {
      owners.callOff();
      for (const candidate of intents) decide(wished, candidate, { decision: 'cancelled', reason: null });
    }
    if (isOff || intents.length === 0) {
      await release();
      return;
    }
    const run: Run = { ...wished, intents };
    const startedAtMs = now();
    countdown = arm({ run, startedAtMs, endsAtMs: startedAtMs + seconds * 1000, release });
    onChange();
    const seen = await herald.countdown(run.intents, seconds);
    // Called off meanwhile, or over before anybody could see it: that is told already.
    if (countdown?.release !== release) return;
    if (seen) {
      announced = release;
      // Who could not see it at once has as long all the same.
      const endsAtMs = now() + seconds * 1000;
      if (endsAtMs <= countdown.endsAtMs) return;
      clearTimeout(countdown.timer);
      countdown = arm({ ...countdown, endsAtMs });
      onChange();
      return;
    }
    clearTimeout(countdown.timer);
    countdown = null;
    owners.callOff();
    skipAll('autoUnannounced', intents);
    await release();
    onChange();
  };

  const take = async (run: Run): Promise<void> => {
    if (closed) return;
    for (const one of run.skips) passOver(run, one);
    if (run.intents.length === 0 || countdown !== null || acting) return;
    if (run.mode === 'automatic') {
      acting = true;
      try {
        await announce(run);
      } finally {
        acting = false;
      }
      return;
    }
    const decision = run.mode === 'ask' ? 'asked' : 'reported';
    for (const candidate of run.intents) decide(run, candidate, { decision, reason: null });
    if (run.mode === 'ask') {
      proposal = run.intents;
      herald.question(run.intents);
    }
    finish(run.mode, { count: run.intents.length, failed: 0, skipped: run.skips.length, freedBytes: null });
  };

  const cancelCountdown = async (): Promise<void> => {
    callsOff += 1;
    proposal = null;
    const open = countdown;
    countdown = null;
    herald.withdraw();
    if (open !== null) {
      clearTimeout(open.timer);
      owners.callOff();
      for (const candidate of open.run.intents) decide(open.run, candidate, { decision: 'cancelled', reason: null });
      await open.release();
    }
    onChange();
  };
  const pause = async (untilMs: number | null): Promise<void> => {
    await remember(() => ({ pausedUntilMs: untilMs }));
    if (untilMs !== null) await cancelCountdown();
    onChange();
  };

  return {
    context: () => ({ mode: modeNow(), busy: acting || countdown !== null }),
    take: (run) => take(run).catch(onProblem),
    state: () => {
      const { firstRunAtMs, pausedUntilMs } = store.get();
      const { auto_cleanup_mode: mode } = config().global_settings;
      return {
        firstRun: firstRunAtMs === null,
        mode,
        hold: hold(),
        pausedUntilMs: pausedUntilMs !== null && pausedUntilMs > now() ? pausedUntilMs : null,
        countdown:
          countdown === null
            ? null
            : { startedAtMs: countdown.startedAtMs, endsAtMs: countdown.endsAtMs, targets: countdown.run.intents.map(targetOf) },
        proposal: proposal?.map(targetOf) ?? null,
        lastRun,
      };
    },
    cancelCountdown,
    snooze: () => pause(now() + HOUR_MS),
    extend: () => {
      if (countdown === null) return;
      clearTimeout(countdown.timer);
      const { startedAtMs } = countdown;
      const ms = config().global_settings.auto_cleanup_countdown_seconds * 1000;
      countdown = arm({ ...countdown, endsAtMs: Math.min(now() + ms, startedAtMs + MOST_COUNTDOWN_MS) });
      onChange();
    },
    pause,
    resume: async () => {
      await remember(() => ({ failures: 0, halted: false, pausedUntilMs: null }));
      onChange();
    },
    close: async () => {
      closed = true;
      callsOff += 1;
      if (countdown !== null) await cancelCountdown();
    },
  };
};
