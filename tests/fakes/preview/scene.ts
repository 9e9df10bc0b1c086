import type { AppState } from '../../../src/shared/api.js';
import type { Config } from '../../../src/shared/config.js';
import { parseConfig } from '../../../src/shared/config.js';
import type { ProcessKey, ProcessView } from '../../../src/shared/types.js';
import { atRest } from '../a-care.js';
import type { Part } from './scene-parts.js';
import { PARTS } from './scene-parts.js';

/** A believable machine for looking at the page without main: invented names, invented figures. */

const MB = 1024 * 1024;
const MINUTE = 60_000;

const CONFIG: Config = parseConfig({});

/** When the invented machine was looked at first. */
const BEGAN = Date.now();

const keyOf = (pid: number): ProcessKey => ({ pid, startedAt: String(pid * 37 + 11) });

const aView = (part: Part, now: number, owner: Part | null): ProcessView => {
  const status = part.status ?? 'normal';
  const kids = part.kids ?? [];
  const session = ['cli-session', 'ide-session', 'cli-headless', 'bg-session', 'sdk-worker'].includes(part.kind);
  const memoryBytes = part.mb === null ? null : part.mb * MB;
  const startedAtMs = BEGAN - part.ageMs;
  const orphan = status === 'orphan' || status === 'possible-orphan';
  return {
    key: keyOf(part.pid),
    ppid: owner?.pid ?? 2114,
    uid: 1000,
    user: part.user ?? owner?.user ?? 'marina',
    kind: part.kind,
    kindEvidence: session
      ? [
          { id: 'kind.install.native', weight: 'for', values: { path: '~/.local/share/claude/versions/2.1.330' } },
          { id: 'kind.entrypoint', weight: 'info', values: { entrypoint: 'cli' } },
        ]
      : [{ id: part.kind === 'tool-shell' ? 'kind.snapshot' : 'kind.marks.mcp-server', weight: 'for' }],
    leftOver: status === 'orphan' ? 'yes' : status === 'possible-orphan' ? 'unknown' : 'no',
    leftOverEvidence:
      part.evidence ??
      (orphan
        ? [
            { id: 'leftOver.ownerGone', weight: 'for', values: { pid: 30914, mark: 'CLAUDE_PID' } },
            { id: 'leftOver.reparented', weight: 'info', values: { parent: 'systemd --user', pid: 2114 } },
          ]
        : [{ id: 'leftOver.ownerAlive', weight: 'for', values: { pid: owner?.pid ?? part.pid } }]),
    reparented: orphan,
    status,
    conditions: [status, ...(part.also ?? [])],
    activity: part.activity ?? 'none',
    waitingFor: part.activity === 'waiting' ? 'permission to run Bash' : null,
    activeSinceMs: null,
    // What is at work moves on with the clock, the rest stays where it was.
    lastActiveMs: part.activeMs == null ? null : (part.activeMs < 5000 ? now : BEGAN) - part.activeMs,
    session: session
      ? {
          sessionId: `5e1c90aa-1f0e-4c55-9d1b-${String(part.pid).padStart(12, '0')}`,
          name: part.name,
          projectDir: part.path ?? null,
          version: '2.1.330',
          entrypoint: 'cli',
          jobId: part.refusal ? '444e602a' : null,
          configDir: '/home/marina/.claude',
        }
      : null,
    owner: owner ? keyOf(owner.pid) : null,
    name: part.name,
    projectDir: part.path ?? null,
    memoryBytes,
    cpuPercent: part.cpu === undefined ? 0 : part.cpu,
    tree: {
      memoryBytes: memoryBytes === null ? null : memoryBytes + kids.reduce((sum, kid) => sum + (kid.mb ?? 0) * MB, 0),
      cpuPercent: part.cpu === null ? null : (part.cpu ?? 0) + kids.reduce((sum, kid) => sum + (kid.cpu ?? 0), 0),
      count: kids.length + 1,
      memoryIsPartial: part.pid === 41290,
    },
    limitBytes: session ? 6000 * MB : null,
    startedAtMs,
    state: 'S',
    tty: session ? 'pts/3' : '?',
    command:
      part.kind === 'mcp-server' ? `node ~/.npm/_npx/4f2b/mcp-${part.name} postgresql://•••@db:5432/shop` : `claude --session ${part.name}`,
    refusal: part.refusal ?? null,
  };
};

const flatten = (parts: readonly Part[], now: number): readonly ProcessView[] =>
  parts.flatMap((part) => [aView(part, now, null), ...(part.kids ?? []).map((kid) => aView(kid, now, part))]);

/** As many parts as asked for: the drawn ones, then copies of them with other pids. */
const crowd = (rows: number): readonly Part[] =>
  Array.from({ length: rows }, (_, index) => {
    const part = PARTS[index % PARTS.length] ?? PARTS[0];
    if (!part) throw new Error('no parts');
    if (index < PARTS.length) return part;
    const shift = 100_000 + index * 10;
    const { kids, ...bare } = part;
    return {
      ...bare,
      pid: shift,
      name: `${part.name}-${index}`,
      user: ['rafael', 'marina', 'dkim', 'svc-build', 'a-user-with-a-very-long-name'][index % 5] ?? 'marina',
      mb: part.mb === null ? null : Math.round(part.mb * (0.4 + ((index * 7) % 13) / 13)),
      ...(kids ? { kids: kids.map((kid, at) => ({ ...kid, pid: shift + at + 1 })) } : {}),
    };
  });

/** Memory of a row over its last looks, the same for the same row each time. */
const trendOf = (view: ProcessView, tick: number): readonly (number | null)[] => {
  const end = view.tree.memoryBytes ?? view.memoryBytes;
  if (end === null) return [];
  const lively = view.activity === 'busy' || (view.cpuPercent ?? 0) > 5;
  const rising = view.conditions.includes('high-memory');
  return Array.from({ length: 60 }, (_, at) => {
    const wave = Math.sin((at + tick + view.key.pid) / 3.1) + 0.6 * Math.sin((at + tick) / 1.3 + view.key.pid);
    const slope = rising ? 1 - ((59 - at) / 59) * 0.3 : 1;
    return Math.round(end * slope * (1 + (lively ? 0.04 : 0.001) * wave));
  });
};

export interface SceneOptions {
  readonly rows: number;
  readonly language: 'en' | 'pt-BR';
  readonly theme: 'system' | 'light' | 'dark';
  readonly kind: 'full' | 'empty' | 'first' | 'denied' | 'stale' | 'failed';
  readonly notice: boolean;
  /** Other users' processes may not be ended, as for an ordinary user. */
  readonly foreign: boolean;
}

/** The state after `tick` looks at wall time `now`. */
export const aScene = (options: SceneOptions, tick: number, now: number): AppState => {
  const { kind } = options;
  const parts = kind === 'empty' || kind === 'denied' ? [] : crowd(options.rows);
  const still = flatten(parts, now).map(
    (view): ProcessView =>
      options.foreign && view.refusal === null && view.user !== 'marina'
        ? { ...view, refusal: { reason: 'denied', id: 'otherUser', values: { user: view.user ?? '' } } }
        : view,
  );
  const processes = still.map((view, index) => {
    if (view.cpuPercent === null || view.tree.cpuPercent === null || (view.activity !== 'busy' && view.cpuPercent <= 5)) return view;
    const more = Math.round(6 * Math.sin(tick + index));
    return {
      ...view,
      cpuPercent: Math.max(0, view.cpuPercent + more),
      tree: { ...view.tree, cpuPercent: Math.max(0, view.tree.cpuPercent + more) },
    };
  });
  const memoryBytes = processes.reduce((sum, view) => sum + (view.memoryBytes ?? 0), 0);
  return {
    stopped: [],
    quick: { orphans: 0, possibleOrphans: 0, old: 0, all: 0 },
    logVersion: 0,
    historyVersion: 1,
    configFile: { path: '/home/marina/.config/claude-manager/claude_limits.json', savedAtMs: BEGAN, weaker: [] },
    snapshot:
      kind === 'first' || kind === 'failed'
        ? null
        : {
            sequence: tick + 1,
            takenAtMs: kind === 'stale' ? now - 2 * MINUTE - 8000 : now,
            host: {
              hostName: 'atlas',
              osName: 'Debian 12',
              memoryTotalBytes: 62.7 * 1024 * MB,
              memoryUsedBytes: 26.3 * 1024 * MB + memoryBytes,
              cores: 16,
              load1: 7.31,
              cpuPercent: 794,
            },
            totals: {
              processes: processes.length,
              sessions: 12,
              memoryBytes,
              memoryIsPartial: false,
              cpuPercent: 650,
              unreadable: kind === 'denied' ? 11 : 2,
            },
            processes,
            complete: kind !== 'denied',
          },
    trends: Object.fromEntries(processes.map((view) => [`${view.key.pid}:${view.key.startedAt}`, trendOf(view, tick)])),
    loop: {
      enabled: true,
      intervalMs: 5000,
      nextLookAtMs: now + (kind === 'stale' ? 20_000 : 5000),
      staleSinceMs: kind === 'stale' ? now - 2 * MINUTE - 8000 : null,
      error: kind === 'stale' || kind === 'failed' ? '/proc cannot be listed: EACCES' : null,
      looks: tick + 1,
    },
    settings: { language: options.language, theme: options.theme, refresh_interval_seconds: 5, refresh_enabled: true },
    config: CONFIG,
    language: options.language,
    about: { version: '0.1.0', electron: '45.4.1', selfUser: 'marina', selfUid: 1000, root: false, demo: false },
    ...atRest(),
    notices: options.notice
      ? [{ id: 'configCorrupt', values: { file: '~/.config/claude-manager/claude_limits.json.corrupt-20250902' } }]
      : [],
  };
};
