import type { Api, AppState, Preview, Result, StoppedSession } from '../../../src/shared/api.js';
import { parseConfig } from '../../../src/shared/config.js';
import { applyEdits } from '../../../src/shared/config-edit.js';
import type { Update } from '../../../src/shared/patch.js';
import type { ProcessView } from '../../../src/shared/types.js';
import { aReview } from '../a-care.js';
import { aPreview, aTarget, elevationProblem, idOf, quickOf } from './fake-actions.js';
import { fakeAnswer, fakeDecided, fakeRehearsal, fakeSummary } from './fake-history.js';
import { aLogPage } from './fake-log.js';

/** Main as the page sees it, on an invented machine: looks happen, previews freeze, endings end. For looking only. */

const ok = <T>(value: T): Promise<Result<T>> => Promise.resolve({ ok: true, value });

export interface FakeOptions {
  readonly lookMs: number;
  readonly endMs: number;
  /** Pids that do not end in time. */
  readonly stubborn: readonly number[];
  readonly expired: boolean;
  /** What asking for an administrator comes to; null = it works. */
  readonly elevation: string | null;
  readonly stopped: readonly StoppedSession[];
  readonly logLines: number;
}

export const createFakeApi = (
  first: (tick: number) => AppState,
  options: FakeOptions,
): Api & { readonly look: () => void; readonly change: (part: Partial<AppState>) => void } => {
  let tick = 0;
  let over: Partial<AppState> = {};
  const ended = new Set<string>();
  const listeners = new Set<(update: Update) => void>();
  let sequence = 0;
  const paused = new Set<string>();
  let stopped = options.stopped;
  let logLines = options.logLines;
  let preview: Preview | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;

  const state = (): AppState => {
    const base = { ...first(tick), ...over, stopped, logVersion: logLines };
    if (!base.snapshot) return base;
    const living = base.snapshot.processes.filter((view) => !ended.has(idOf(view.key)));
    const processes = living.map((view): ProcessView => (paused.has(idOf(view.key)) ? { ...view, state: 'T', cpuPercent: 0 } : view));
    return { ...base, quick: quickOf(processes, Date.now()), snapshot: { ...base.snapshot, processes } };
  };
  const whole = () => ({ sequence: ++sequence, whole: state() });
  const push = (): void => {
    const update = whole();
    for (const listener of listeners) listener(update);
  };
  const arm = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = options.lookMs > 0 && state().loop.enabled ? setTimeout(look, options.lookMs) : null;
  };
  const look = (): void => {
    tick += 1;
    push();
    arm();
  };
  const change = (part: Partial<AppState>): void => {
    over = { ...over, ...part };
    push();
    arm();
  };
  arm();

  return {
    look,
    change,
    onUpdate: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onNavigate: () => () => undefined,
    getState: () => ok(whole()),
    refreshNow: () => {
      look();
      return ok(null);
    },
    setPreferences: (input) => {
      const now = state();
      const settings = { ...now.settings, ...Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) };
      change({
        settings,
        language: settings.language === 'pt-BR' ? 'pt-BR' : 'en',
        loop: {
          ...now.loop,
          enabled: settings.refresh_enabled,
          intervalMs: settings.refresh_interval_seconds * 1000,
          nextLookAtMs: settings.refresh_enabled ? Date.now() + settings.refresh_interval_seconds * 1000 : null,
        },
      });
      return ok(null);
    },
    protect: () => ok(null),
    updateConfig: ({ edits }) => {
      const now = state();
      const json = applyEdits(now.config, edits);
      change({ config: parseConfig(json), configFile: { ...now.configFile, savedAtMs: Date.now() } });
      return ok(null);
    },
    previewImport: () => ok(null),
    previewRestore: () => ok({ changes: [], unknown: 0 }),
    listBackups: () => ok([{ name: 'claude_limits-20251125T101500Z.json', atMs: Date.UTC(2025, 10, 25, 10, 15) }]),
    exportConfig: () => ok({ path: '/home/marina/claude_limits.json' }),
    getDetails: ({ key }) => {
      const view = state().snapshot?.processes.find((each) => idOf(each.key) === idOf(key));
      if (!view) return Promise.resolve({ ok: false, failure: { reason: 'gone', id: 'gone' } });
      return ok({
        key,
        exe: '/home/marina/.local/share/claude/versions/2.1.330',
        cwd: view.projectDir,
        tty: view.tty,
        state: view.state,
        threads: 14,
        rssBytes: (view.memoryBytes ?? 0) * 1.4,
        pssBytes: (view.memoryBytes ?? 0) * 1.1,
        swapBytes: 0,
        argv: view.command?.split(' ') ?? null,
        parents: [
          { pid: 2114, name: 'systemd --user', kind: null, gone: false },
          ...(view.leftOver === 'yes'
            ? [{ pid: 30914, name: 'checkout-flow', kind: 'cli-session' as const, gone: true }]
            : [{ pid: 2290, name: 'bash', kind: null, gone: false }]),
          { pid: view.key.pid, name: view.name, kind: view.kind, gone: false },
        ],
        transcriptPath: view.session ? `${view.session.configDir}/projects/x/${view.session.sessionId}.jsonl` : null,
        resume: aTarget(view, null).resume,
      });
    },
    previewAction: (request) => {
      preview = aPreview(state().snapshot?.processes ?? [], request, Date.now(), options.expired);
      return ok(preview);
    },
    readLog: ({ filter, offset, limit }) => ok(aLogPage(logLines, filter, offset, limit)),
    exportLog: ({ format }) => ok({ path: `/home/marina/claude_actions.${format}`, lines: logLines }),
    clearLog: ({ preview: only }) => {
      const lines = Math.floor(logLines / 2);
      if (!only) {
        logLines -= lines;
        push();
      }
      return ok({ lines });
    },
    performAction: async ({ keys }) => {
      const targets = preview?.targets.filter((target) => keys.some((key) => idOf(key) === idOf(target.key))) ?? [];
      const { verb, force, elevated } = preview?.request ?? { verb: 'end', force: false, elevated: false };
      await new Promise((resolve) => setTimeout(resolve, options.endMs));
      const problem = elevated ? elevationProblem(options.elevation) : null;
      const ends = verb === 'end';
      const results = targets.map((target) => {
        const stays = problem !== null || (ends && !force && options.stubborn.includes(target.key.pid));
        if (verb === 'pause') paused.add(idOf(target.key));
        if (verb === 'continue') paused.delete(idOf(target.key));
        if (ends && !stays) ended.add(idOf(target.key));
        return {
          key: target.key,
          name: target.name,
          kind: target.kind,
          user: target.user,
          outcome: stays ? ('failed' as const) : ('done' as const),
          reason: stays ? ('timeout' as const) : null,
          id: stays ? 'timeout' : 'done',
          values: { seconds: 5 },
          signal: ends ? (force ? ('SIGKILL' as const) : ('SIGTERM' as const)) : null,
          freedBytes: !ends || stays ? null : target.memoryBytes,
          resume: !ends || stays ? null : target.resume,
          ...problem,
        };
      });
      const gone = results.flatMap(({ resume, name, user, key, freedBytes }): readonly StoppedSession[] =>
        resume
          ? [
              {
                sessionId: resume.sessionId,
                name,
                projectDir: resume.cwd,
                user,
                pid: key.pid,
                endedAtMs: Date.now(),
                action: 'KILL_PROCESS',
                freedBytes,
                resume,
              },
            ]
          : [],
      );
      stopped = [...gone, ...stopped];
      logLines += results.length;
      push();
      return { ok: true, value: { results, freedBytes: results.reduce((sum, result) => sum + (result.freedBytes ?? 0), 0) } };
    },
    cancelPreview: () => ok(null),
    seeAlerts: () => ok(null),
    reviewCleanup: () => ok(aReview(state().config)),
    answerFirstRun: () => ok(null),
    agreeToCleanup: () => ok(null),
    steerCleanup: () => ok(null),
    queryHistory: ({ range, by }) => ok(fakeAnswer(range, by, Date.now(), Date.now() - 21 * 86_400_000)),
    historySummary: ({ range }) => ok(fakeSummary(range, Date.now(), Date.now() - 21 * 86_400_000)),
    exportHistoryCsv: () => ok({ path: '/home/marina/claude_history.csv', lines: 361 }),
    readDecisions: ({ days }) => ok(fakeDecided(Date.now(), days)),
    rehearse: ({ days }) => ok(fakeRehearsal(Date.now(), days)),
    exportTable: ({ name, rows }) => ok({ path: `/home/marina/claude-${name}.csv`, lines: rows.length }),
    copyText: () => ok(null),
    openLink: () => ok(null),
  };
};
