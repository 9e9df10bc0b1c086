import { serialize } from 'node:v8';
import type { AppState, Trend } from '../../src/shared/api.js';
import type { Update } from '../../src/shared/patch.js';
import { diffState } from '../../src/shared/patch.js';
import { keyId } from '../../src/shared/process-key.js';
import { trendPoint } from '../../src/shared/trend.js';
import type { ProcessView } from '../../src/shared/types.js';
import { aScene } from '../fakes/preview/scene.js';

/** What main would push at tick after tick on a busy machine: invented rows, their figures changing as those of real ones do. */

/** So many of five rows change all their figures at a tick. */
const CHANGING = 3;
const PAGE_BYTES = 4096;
const TREND_POINTS = 60;
const INTERVAL_MS = 5000;
const BEGAN_MS = 1_767_225_600_000;

/** Deterministic, and with all the digits that a quotient has. */
const wobble = (index: number, tick: number): number => Math.abs(Math.sin(index * 12.9898 + tick * 78.233));

const figuresAt = (view: ProcessView, index: number, tick: number): ProcessView => {
  if (index % 5 >= CHANGING) return view;
  const more = PAGE_BYTES * Math.round(wobble(index, tick) * 3000);
  const cpuPercent = wobble(index, tick + 0.5) * 40;
  return {
    ...view,
    memoryBytes: (view.memoryBytes ?? 0) + more,
    cpuPercent,
    lastActiveMs: cpuPercent >= 5 ? BEGAN_MS + tick * INTERVAL_MS : view.lastActiveMs,
    tree: { ...view.tree, memoryBytes: (view.tree.memoryBytes ?? 0) + more, cpuPercent: cpuPercent + (view.tree.count - 1) * 1.7 },
  };
};

/** The states of `ticks` looks at `rows` processes, 60 % of which change at each. */
export const crowdStates = (rows: number, ticks: number): readonly AppState[] => {
  const scene = aScene({ rows, language: 'en', theme: 'light', kind: 'full', notice: false, foreign: false }, 0, BEGAN_MS);
  const still = (scene.snapshot?.processes ?? []).slice(0, rows);
  const trends = new Map<string, Trend>();
  return Array.from({ length: ticks }, (_, tick) => {
    const processes = still.map((view, index) => figuresAt(view, index, tick));
    processes.forEach((view, index) => {
      const points =
        trends.get(keyId(view.key)) ??
        Array.from({ length: TREND_POINTS }, (__, at) => Math.round((view.memoryBytes ?? 0) * (0.9 + wobble(index, at) / 10)));
      trends.set(keyId(view.key), [...points.slice(1), trendPoint(view)]);
    });
    const takenAtMs = BEGAN_MS + tick * INTERVAL_MS;
    return {
      ...scene,
      snapshot: scene.snapshot && {
        ...scene.snapshot,
        sequence: tick + 1,
        takenAtMs,
        processes,
        totals: { ...scene.snapshot.totals, processes: rows },
      },
      trends: Object.fromEntries(trends),
      loop: { ...scene.loop, looks: tick + 1, nextLookAtMs: takenAtMs + INTERVAL_MS },
    };
  });
};

/** Those states as updates numbered from `first`: one whole, then patches. */
export const updatesOf = (states: readonly AppState[], first: number): readonly Update[] =>
  states.map((state, index): Update => {
    const before = states[index - 1];
    const patch = before && diffState(before, state);
    return patch ? { sequence: first + index, patch } : { sequence: first + index, whole: state };
  });

/** What an update weighs in V8's own format, which Electron sends. */
export const bytesOf = (update: Update): number => serialize(update).length;
