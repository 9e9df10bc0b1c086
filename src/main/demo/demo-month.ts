import type { Figures, LifeSample, LookSample } from '../../shared/history-sample.js';
import type { StateSample } from '../../shared/history-state.js';
import type { Kind, ProcessKey } from '../../shared/types.js';
import type { Past } from '../history-month.js';
import type { NewEvent } from '../history-writer.js';
import type { Helper, Scene } from './cast.js';
import { SCENES, STRAYS } from './cast.js';
import { createChance } from './chance.js';
import { stateOfPast, stateOfStray } from './demo-states.js';
import type { Script } from './script.js';

const MB = 1_048_576;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const DAYS = 31;
const SEED = 731;
/** Above the pids of the demo's living, which are above those of any system. */
const FIRST_PAST_PID = 900_000_000;
const HOST_BYTES = 64 * 1024 * MB;
const OTHERS_BYTES = 24 * 1024 * MB;

const KINDS: Readonly<Record<Scene['role'], Kind>> = {
  cli: 'cli-session',
  headless: 'cli-headless',
  ide: 'ide-session',
  sdk: 'sdk-worker',
  background: 'bg-session',
  teammate: 'teammate',
  'orphan-ide': 'ide-session',
  'lost-cli': 'cli-session',
};
const HELPER_KINDS: Readonly<Record<Helper['role'], Kind>> = { mcp: 'mcp-server', shell: 'tool-shell', hook: 'hook', spare: 'bg-spare' };

/** A session of the past month, or one that still runs. */
interface Span {
  readonly scene: Scene;
  readonly key: ProcessKey;
  readonly fromMs: number;
  readonly toMs: number;
  /** How large it grew, as a share of its scene's figure. */
  readonly size: number;
}

const wave = (seed: number, ms: number): number => 0.6 * Math.sin(ms / 2_700_000 + seed * 1.7) + 0.4 * Math.sin(ms / 610_000 + seed * 0.9);

/**
 * When a session began, in hours from this time of the day: workers work at all hours, for all others it is the afternoon now, whatever
 * the clock here says, so that the past is as busy as the present.
 */
const startHour = (scene: Scene, chance: () => number): number => {
  if (scene.user === 'svc-build') return chance() * 24 - 12;
  return -3 + (chance() + chance() + chance() - 1.5) * 6;
};

const pastSpans = (nowMs: number, chance: () => number): readonly Span[] => {
  const spans: Span[] = [];
  for (let day = DAYS; day >= 0; day--)
    for (const scene of SCENES) {
      const dayMs = nowMs - day * DAY_MS;
      const weekend = [0, 6].includes(new Date(dayMs).getUTCDay()) && scene.user !== 'svc-build';
      const wanted = weekend ? (chance() < 0.15 ? 1 : 0) : Math.floor(chance() * 3.6);
      for (let one = 0; one < wanted; one++) {
        const fromMs = dayMs + startHour(scene, chance) * HOUR_MS;
        // Most end within hours; some are forgotten until the next day.
        const lasts = (0.2 + chance() ** 3 * 22) * HOUR_MS;
        const toMs = fromMs + lasts;
        const key = { pid: FIRST_PAST_PID + spans.length * 7, startedAt: String(Math.round(fromMs / 10)) };
        if (toMs < nowMs - MINUTE_MS) spans.push({ scene, key, fromMs, toMs, size: 0.5 + chance() * 0.7 });
      }
    }
  return spans;
};

/** Those of the script that run now, each as old as it is there. */
const presentSpans = (script: Script, nowMs: number): readonly Span[] =>
  script.at(nowMs).flatMap(({ actor, key, startedAtMs }) => {
    const scene = SCENES.find(({ name, user }) => actor.record !== null && name === actor.record.name && user === actor.user);
    return scene === undefined ? [] : [{ scene, key, fromMs: startedAtMs, toMs: Number.POSITIVE_INFINITY, size: 1 }];
  });

const baseName = (path: string): string => path.split('/').at(-1) ?? path;

/** Sums by name while one look is put together. */
const adder = () => {
  const sums = new Map<string, { memoryBytes: number; cpuPercent: number; processes: number }>();
  const add = (name: string, memoryBytes: number, cpuPercent: number): void => {
    const sum = sums.get(name) ?? { memoryBytes: 0, cpuPercent: 0, processes: 0 };
    sums.set(name, sum);
    sum.memoryBytes += memoryBytes;
    sum.cpuPercent += cpuPercent;
    sum.processes += 1;
  };
  return { sums, add };
};

const total = (sums: ReadonlyMap<string, Figures>, processes?: number): Figures => {
  const all = [...sums.values()];
  return {
    memoryBytes: all.reduce((sum, one) => sum + (one.memoryBytes ?? 0), 0),
    cpuPercent: all.reduce((sum, one) => sum + (one.cpuPercent ?? 0), 0),
    processes: processes ?? all.reduce((sum, one) => sum + one.processes, 0),
  };
};

/** How much of its size a session has at a moment: it starts small and grows for hours. */
const grown = ({ scene, key, fromMs, size }: Span, atMs: number): number =>
  scene.mb * MB * size * (0.4 + 0.6 * (1 - Math.exp(-(atMs - fromMs) / (2 * HOUR_MS)))) * (1 + 0.03 * wave(key.pid % 97, atMs));

const lookAt = (spans: readonly Span[], nowMs: number, atMs: number, coveredMs: number): LookSample => {
  const [users, kinds, projects, servers, session] = [adder(), adder(), adder(), adder(), adder()];
  const leftOver = adder();
  const states: StateSample[] = [];
  const put = (user: string, kind: Kind, project: string, bytes: number, cpu: number): void => {
    users.add(user, bytes, cpu);
    kinds.add(kind, bytes, cpu);
    projects.add(project, bytes, cpu);
  };
  const lives = spans.flatMap((span): readonly LifeSample[] => {
    const { scene, key, fromMs, toMs } = span;
    if (fromMs > atMs || toMs <= atMs) return [];
    const project = `/home/${scene.user}/${scene.folder}`;
    const kind = KINDS[scene.role];
    const own = adder();
    const cpu = Math.max(0.1, scene.cpu * (1 + 0.7 * wave(key.pid % 89, atMs)));
    own.add('', grown(span, atMs), cpu);
    put(scene.user, kind, project, grown(span, atMs), cpu);
    for (const helper of scene.helpers ?? []) {
      own.add('', helper.mb * MB, helper.cpu ?? 0.2);
      put(scene.user, HELPER_KINDS[helper.role], project, helper.mb * MB, helper.cpu ?? 0.2);
      if (helper.role === 'mcp') servers.add(baseName(helper.runs), helper.mb * MB, helper.cpu ?? 0.2);
    }
    const figures = total(own.sums);
    session.add('', figures.memoryBytes ?? 0, figures.cpuPercent ?? 0);
    states.push(stateOfPast({ scene, key, kind, project, fromMs, toMs, memoryBytes: figures.memoryBytes }, nowMs, atMs));
    return [{ key, user: scene.user, project, kind, startedAtMs: fromMs, figures }];
  });
  for (const [index, stray] of STRAYS.entries()) {
    const startedAtMs = nowMs - stray.ageMin * MINUTE_MS;
    if (atMs < startedAtMs) continue;
    const [bytes, cpu] = [stray.mb * MB, stray.cpu ?? 0.2];
    const [kind, project] = [HELPER_KINDS[stray.role], `/home/${stray.user}/code/checkout-flow`];
    put(stray.user, kind, project, bytes, cpu);
    if (stray.role === 'mcp') servers.add(baseName(stray.runs), bytes, cpu);
    if (stray.listening === true) continue;
    leftOver.add('', bytes, cpu);
    const key = { pid: FIRST_PAST_PID - 1 - index, startedAt: String(stray.ageMin) };
    states.push(stateOfStray(stray.user, kind, project, key, startedAtMs, stray.mb));
  }
  const all = total(users.sums);
  return {
    ...{ atMs, coveredMs, complete: true, total: all, sessions: total(session.sums, lives.length), leftOver: total(leftOver.sums) },
    host: {
      availableBytes: Math.max(MB, HOST_BYTES - OTHERS_BYTES * (1 + 0.1 * wave(5, atMs)) - (all.memoryBytes ?? 0)),
      cpuPercent: (all.cpuPercent ?? 0) * 1.6 + 80,
    },
    ...{ users: users.sums, kinds: kinds.sums, projects: projects.sums, servers: servers.sums, lives, states },
  };
};

/** What was done in the month: some sessions ended by hand, left-overs cleaned on most days, an alert now and then. */
const pastEvents = (spans: readonly Span[], nowMs: number, chance: () => number): readonly NewEvent[] => {
  const none = { user: null, processKind: null, freedBytes: null, count: 1, endedPids: [] };
  const byHand = spans
    .filter(({ toMs }) => toMs < nowMs && chance() < 0.07)
    .map(
      ({ scene, key, toMs, size }): NewEvent => ({
        ...{ atMs: toMs, kind: 'ended', action: 'KILL_PROCESS', user: scene.user, processKind: KINDS[scene.role], count: 1 },
        ...{ freedBytes: Math.round(scene.mb * size) * MB, endedPids: [key.pid] },
      }),
    );
  const daily = Array.from({ length: DAYS }, (_, day) => nowMs - day * DAY_MS).flatMap((dayMs): readonly NewEvent[] => {
    const at = (): number => Math.floor(dayMs - chance() * DAY_MS);
    const count = 1 + Math.floor(chance() * 5);
    const cleaned: NewEvent = { ...none, atMs: at(), kind: 'cleanup', action: 'CLEAN_ORPHANS', count, freedBytes: count * 140 * MB };
    const alert: NewEvent = { ...none, atMs: at(), kind: 'alert', action: 'ALERT', user: 'rafael' };
    const refused: NewEvent = { ...none, atMs: at(), kind: 'refused', action: 'KILL_PROCESS', user: 'dkim', processKind: 'cli-session' };
    const respawn: NewEvent = {
      ...none,
      atMs: at(),
      kind: 'respawn',
      action: 'STOP_BACKGROUND',
      user: 'marina',
      processKind: 'bg-session',
    };
    return [cleaned, alert, refused, respawn].filter((_, index) => chance() < ([0.7, 0.35, 0.15, 0.06][index] ?? 0));
  });
  return [...byHand, ...daily].sort((a, b) => a.atMs - b.atMs);
};

/** A believable month that leads up to what the script shows now; the machine slept for two of its nights. */
export const demoPast = (script: Script, nowMs: number): Past => {
  const chance = createChance(SEED);
  const spans = [...pastSpans(nowMs, chance), ...presentSpans(script, nowMs)];
  const asleep = (atMs: number): boolean => {
    const [days, hours] = [Math.floor((nowMs - atMs) / DAY_MS), ((nowMs - atMs) % DAY_MS) / HOUR_MS];
    return (days === 0 && hours >= 12 && hours < 14) || (days === 9 && hours >= 10 && hours < 15);
  };
  // Moments come in order: who has ended is looked at no more.
  let near: readonly Span[] = [];
  let nearUntilMs = Number.NEGATIVE_INFINITY;
  const around = (atMs: number): readonly Span[] => {
    if (atMs >= nearUntilMs || atMs < nearUntilMs - 2 * HOUR_MS) {
      nearUntilMs = atMs + HOUR_MS;
      near = spans.filter(({ fromMs, toMs }) => fromMs < nearUntilMs && toMs > atMs - HOUR_MS);
    }
    return near;
  };
  return {
    lookAt: (atMs, coveredMs) => (asleep(atMs) ? null : lookAt(around(atMs), nowMs, atMs, coveredMs)),
    events: pastEvents(spans, nowMs, chance),
  };
};
