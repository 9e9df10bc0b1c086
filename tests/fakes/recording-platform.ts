import type { Identity, Intent, Platform, SignalOutcome } from '../../src/main/platform/index.js';
import type { GuardContext } from '../../src/shared/guard.js';
import type { CandidateFacts, ProcessView, Snapshot } from '../../src/shared/types.js';
import { aSnapshot } from './a-view.js';

/** A process of a scripted world: what a look shows of it, and how it takes a signal. */
export interface FakeProcess {
  readonly view: ProcessView;
  readonly exeId: string | null;
  /** False: no look lists it, though it is there. */
  readonly listed?: boolean;
  readonly listening?: boolean | null;
  readonly ptyHolder?: boolean | null;
  /** Milliseconds from the request to its end; null = it ignores requests. */
  readonly endsAfterMs?: number | null;
  /** Milliseconds from SIGKILL to its end; null = it hangs in the kernel. */
  readonly diesAfterMs?: number | null;
  readonly denies?: boolean;
  /** Refuses to be raised in priority. */
  readonly holdsNice?: boolean;
}

export interface SentSignal {
  readonly target: Identity;
  /** A signal's, or what a priority was set to. */
  readonly intent: Intent | `nice ${number}`;
  readonly outcome: SignalOutcome;
  readonly atMs: number;
  /** Who really had the pid at that instant, before the signal. */
  readonly actual: FakeProcess | null;
  /** Who lived at that instant, zombies left out. */
  readonly living: ReadonlySet<string>;
}

const idOf = ({ view }: FakeProcess): string => `${view.key.pid}:${view.key.startedAt}`;

const identityOf = ({ view, exeId }: FakeProcess): Identity => ({ key: view.key, uid: view.uid, exeId, state: view.state });

/** A machine in memory with a clock of its own: nothing waits, every signal is recorded, and events happen at their time. */
export const createWorld = (initial: readonly FakeProcess[]) => {
  const processes = new Map(initial.map((one) => [one.view.key.pid, one]));
  const sent: SentSignal[] = [];
  let nowMs = 0;
  let timers: { readonly atMs: number; readonly run: () => void }[] = [];
  let armed = false;

  const pump = (): void => {
    armed = false;
    const next = Math.min(...timers.map((timer) => timer.atMs));
    if (!Number.isFinite(next)) return;
    nowMs = Math.max(nowMs, next);
    const due = timers.filter((timer) => timer.atMs <= nowMs);
    timers = timers.filter((timer) => timer.atMs > nowMs);
    for (const timer of due) timer.run();
    arm();
  };
  // One turn of the real event loop between two instants: everybody who waits for nothing has run by then.
  const arm = (): void => {
    if (armed || sleepers === 0) return;
    armed = true;
    setImmediate(pump);
  };
  let sleepers = 0;
  const at = (atMs: number, run: () => void): void => {
    timers.push({ atMs, run });
  };
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      sleepers++;
      at(nowMs + ms, () => {
        sleepers--;
        resolve();
      });
      arm();
    });

  const update = (pid: number, change: Partial<FakeProcess> & { readonly over?: Partial<ProcessView> }): void => {
    const known = processes.get(pid);
    if (known) processes.set(pid, { ...known, ...change, view: { ...known.view, ...change.over } });
  };
  /** What is left without its parent goes to the system's first process. */
  const kill = (pid: number, stamp?: string): void => {
    const known = processes.get(pid);
    if (!known || (stamp !== undefined && known.view.key.startedAt !== stamp)) return;
    processes.delete(pid);
    for (const one of processes.values()) if (one.view.ppid === pid) update(one.view.key.pid, { over: { ppid: 1 } });
  };

  const act = (target: Identity, intent: SentSignal['intent']): SignalOutcome => {
    const actual = processes.get(target.key.pid) ?? null;
    const living = new Set([...processes.values()].filter((one) => one.view.state !== 'Z').map(idOf));
    const record = (outcome: SignalOutcome): SignalOutcome => {
      sent.push({ target, intent, outcome, atMs: nowMs, actual, living });
      return outcome;
    };
    if (actual === null) return record('gone');
    const { view, exeId } = actual;
    if (view.key.startedAt !== target.key.startedAt) return record('changed');
    if (view.state === 'Z') return record('gone');
    if (view.uid !== target.uid || exeId !== target.exeId) return record('changed');
    if (actual.denies) return record('denied');
    const { pid, startedAt } = view.key;
    if (intent.startsWith('nice')) return record(actual.holdsNice ? 'denied' : 'sent');
    if (intent === 'pause') update(pid, { over: { state: 'T' } });
    if (intent === 'force' && actual.diesAfterMs !== null) at(nowMs + (actual.diesAfterMs ?? 0), () => kill(pid, startedAt));
    // A stopped process sees the request when it goes on.
    const asked = sent.some((one) => one.intent === 'ask' && one.outcome === 'sent' && one.target.key.startedAt === startedAt);
    const hears = intent === 'ask' ? view.state !== 'T' : intent === 'continue' && asked;
    if (intent === 'continue') update(pid, { over: { state: 'S' } });
    const { endsAfterMs = 0 } = actual;
    if (hears && endsAfterMs !== null) at(nowMs + endsAfterMs, () => kill(pid, startedAt));
    return record('sent');
  };

  const platform: Pick<Platform, 'identify' | 'inspect' | 'signal' | 'setPriority'> = {
    identify: (pid) => {
      const known = processes.get(pid);
      return known ? identityOf(known) : null;
    },
    inspect: async (keys) => {
      await sleep(3);
      const facts = new Map<number, CandidateFacts>();
      for (const { pid, startedAt } of keys) {
        const known = processes.get(pid);
        if (known?.view.key.startedAt !== startedAt) continue;
        const { listening = false, ptyHolder = false } = known;
        facts.set(pid, { cgroup: null, fd0: null, listening, ptyHolder });
      }
      return facts;
    },
    signal: act,
    setPriority: (target, nice) => act(target, `nice ${nice}`),
  };

  return {
    platform,
    sent,
    processes,
    clock: { now: () => 1_000_000 + nowMs, monotonicMs: () => nowMs, sleep },
    /** Looks as a monitor would: takes some milliseconds, and shows what was there when it began. */
    look: (guard: () => GuardContext) => async (): Promise<{ snapshot: Snapshot; guard: GuardContext }> => {
      const snapshot = aSnapshot([...processes.values()].filter((one) => one.listed !== false).map((one) => one.view));
      const seen = { snapshot, guard: guard() };
      await sleep(10);
      return seen;
    },
    at,
    update,
    kill,
    spawn: (process: FakeProcess): void => {
      processes.set(process.view.key.pid, process);
    },
  };
};

export type World = ReturnType<typeof createWorld>;
