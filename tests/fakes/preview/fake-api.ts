import type { Api, AppState, Preview, PreviewTarget, Result } from '../../../src/shared/api.js';
import type { ProcessKey, ProcessView } from '../../../src/shared/types.js';

/** Main as the page sees it, on an invented machine: looks happen, previews freeze, endings end. For looking only. */

const idOf = (key: ProcessKey): string => `${key.pid}:${key.startedAt}`;
const ok = <T>(value: T): Promise<Result<T>> => Promise.resolve({ ok: true, value });

export interface FakeOptions {
  readonly lookMs: number;
  readonly endMs: number;
  /** Pids that do not end in time. */
  readonly stubborn: readonly number[];
  readonly expired: boolean;
}

const aTarget = (view: ProcessView, below: ProcessView | null): PreviewTarget => ({
  key: view.key,
  below: below?.key ?? null,
  role: below ? 'owned' : 'chosen',
  name: view.name,
  kind: view.kind,
  user: view.user,
  memoryBytes: view.memoryBytes,
  startedAtMs: view.startedAtMs,
  leftOver: view.leftOver,
  evidence: view.leftOver === 'no' ? view.kindEvidence : view.leftOverEvidence,
  warnings: [
    ...(view.activity === 'busy' ? [{ id: 'busy', weight: 'against' as const }] : []),
    ...(view.key.pid === 30990 ? [{ id: 'gitLock', weight: 'against' as const, values: { dir: '~/code/checkout-flow' } }] : []),
  ],
  ticked: true,
  resume: view.session
    ? {
        sessionId: view.session.sessionId,
        cwd: view.projectDir ?? '~',
        command: `cd '${view.projectDir ?? '~'}' && claude --resume ${view.session.sessionId}`,
      }
    : null,
});

export const createFakeApi = (
  first: (tick: number) => AppState,
  options: FakeOptions,
): Api & { readonly look: () => void; readonly change: (part: Partial<AppState>) => void } => {
  let tick = 0;
  let over: Partial<AppState> = {};
  const ended = new Set<string>();
  const listeners = new Set<(state: AppState) => void>();
  let preview: Preview | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;

  const state = (): AppState => {
    const base = { ...first(tick), ...over };
    return base.snapshot
      ? { ...base, snapshot: { ...base.snapshot, processes: base.snapshot.processes.filter((view) => !ended.has(idOf(view.key))) } }
      : base;
  };
  const push = (): void => {
    const next = state();
    for (const listener of listeners) listener(next);
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
    getState: () => ok(state()),
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
    getDetails: ({ key }) => {
      const view = state().snapshot?.processes.find((each) => idOf(each.key) === idOf(key));
      if (!view) return Promise.resolve({ ok: false, failure: { reason: 'gone', id: 'gone' } });
      return ok({
        key,
        exe: '/home/marina/.local/share/claude/versions/2.1.330',
        cwd: view.projectDir,
        tty: view.tty,
        state: 'S',
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
    previewEnd: ({ keys, force }) => {
      const all = state().snapshot?.processes ?? [];
      const chosen = all.filter((view) => keys.some((key) => idOf(key) === idOf(view.key)));
      const free = chosen.filter((view) => view.refusal === null);
      const targets = free.flatMap((view) => [
        aTarget(view, null),
        ...all.filter((each) => each.owner && idOf(each.owner) === idOf(view.key)).map((each) => aTarget(each, view)),
      ]);
      const now = Date.now();
      preview = {
        token: targets.length > 0 ? 'a-token-that-is-long-enough' : null,
        force,
        takenAtMs: now,
        expiresAtMs: options.expired ? now - 1 : now + 300_000,
        graceMs: 5000,
        targets,
        excluded: chosen.flatMap((view) =>
          view.refusal ? [{ key: view.key, name: view.name, kind: view.kind, user: view.user, refusal: view.refusal }] : [],
        ),
      };
      return ok(preview);
    },
    endProcesses: async ({ keys }) => {
      const targets = preview?.targets.filter((target) => keys.some((key) => idOf(key) === idOf(target.key))) ?? [];
      const force = preview?.force ?? false;
      await new Promise((resolve) => setTimeout(resolve, options.endMs));
      const results = targets.map((target) => {
        const stays = !force && options.stubborn.includes(target.key.pid);
        if (!stays) ended.add(idOf(target.key));
        return {
          key: target.key,
          name: target.name,
          kind: target.kind,
          user: target.user,
          outcome: stays ? ('failed' as const) : ('done' as const),
          reason: stays ? ('timeout' as const) : null,
          id: stays ? 'timeout' : 'done',
          values: { seconds: 5 },
          signal: force ? ('SIGKILL' as const) : ('SIGTERM' as const),
          freedBytes: stays ? null : target.memoryBytes,
          resume: stays ? null : target.resume,
        };
      });
      push();
      return { ok: true, value: { results, freedBytes: results.reduce((sum, result) => sum + (result.freedBytes ?? 0), 0) } };
    },
    cancelPreview: () => ok(null),
    copyText: () => ok(null),
    openLink: () => ok(null),
  };
};
