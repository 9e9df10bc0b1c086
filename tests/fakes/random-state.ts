import fc from 'fast-check';
import type { AppState, Trend } from '../../src/shared/api.js';
import { keyId } from '../../src/shared/process-key.js';
import type { ProcessView } from '../../src/shared/types.js';
import { aView } from './a-view.js';
import { aState } from './app-state.js';

/** Pairs of states as two looks give them: most rows stay, some change, come, go or move; trends grow, shift or are new. */

const figure = fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 9 }), fc.double({ min: 0, max: 9, noNaN: true }));
const aRow = (pid: number): fc.Arbitrary<ProcessView> =>
  fc
    .record({
      memoryBytes: figure,
      cpuPercent: figure,
      tree: fc.record({ memoryBytes: figure, cpuPercent: figure, count: fc.integer({ min: 1, max: 3 }), memoryIsPartial: fc.boolean() }),
      activity: fc.constantFrom('busy' as const, 'idle' as const),
      waitingFor: fc.constantFrom(null, 'permission'),
      conditions: fc.constantFrom<ProcessView['conditions'][]>(['normal'], ['old', 'high-memory'], ['old']),
      owner: fc.constantFrom(null, { pid: 1, startedAt: 's1' }),
      kindEvidence: fc.constantFrom<ProcessView['kindEvidence'][]>([], [{ id: 'a', weight: 'for', values: { pid } }]),
      refusal: fc.constantFrom<ProcessView['refusal'][]>(null, { reason: 'protected', id: 'self' }),
      key: fc.constantFrom({ pid, startedAt: `s${pid}` }, { pid, startedAt: `later${pid}` }),
    })
    .map((over) => aView(pid, over));
const rows = fc
  .uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 12 })
  .chain((pids) => fc.tuple(...pids.map(aRow)))
  .map((list): readonly ProcessView[] => list);
const trend: fc.Arbitrary<Trend> = fc.array(fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 3 })), { maxLength: 5 });
const grown = (points: Trend): fc.Arbitrary<Trend> =>
  fc
    .record({ how: fc.constantFrom('same', 'latest', 'added', 'shifted', 'other'), point: fc.integer({ min: 0, max: 3 }), other: trend })
    .map(({ how, point, other }) => {
      if (how === 'same') return [...points];
      if (how === 'latest') return [...points.slice(0, -1), point];
      if (how === 'added') return [...points, point];
      return how === 'shifted' ? [...points.slice(1), point] : other;
    });
const stray = fc.constantFrom('toString', '__proto__', 'no-row', '1:s1');
const trendsOf = (list: readonly ProcessView[], before: AppState['trends']): fc.Arbitrary<AppState['trends']> =>
  fc
    .tuple(
      fc.tuple(
        ...list.map(({ key }) => {
          const old = Object.hasOwn(before, keyId(key)) ? before[keyId(key)] : undefined;
          return (old === undefined ? trend : grown(old)).map((points) => [keyId(key), points] as const);
        }),
      ),
      fc.array(fc.tuple(stray, trend), { maxLength: 2 }),
    )
    .map(([known, others]) => Object.fromEntries([...known, ...others]));
const rest = fc.record({
  logVersion: fc.nat(2),
  historyVersion: fc.nat(2),
  language: fc.constantFrom('en' as const, 'pt-BR' as const),
  notices: fc.constantFrom<AppState['notices'][]>([], [{ id: 'a' }], [{ id: 'a', values: { path: '/x' } }]),
  quick: fc.record({ orphans: fc.nat(1), possibleOrphans: fc.nat(1), old: fc.nat(1), all: fc.nat(1) }),
});
const aStateOf = (list: readonly ProcessView[] | null, before: AppState['trends']): fc.Arbitrary<AppState> =>
  fc.tuple(rest, trendsOf(list ?? [], before)).map(([parts, trends]) => aState(list, { ...parts, trends }));

/** Of the rows before: kept as the same object, said again in new words, or replaced by others; in this order or turned. */
const rowsAfter = (before: readonly ProcessView[]): fc.Arbitrary<readonly ProcessView[]> =>
  fc
    .tuple(fc.tuple(...before.map((view) => fc.oneof(fc.constant(view), fc.constant(structuredClone(view)), aRow(view.key.pid)))), rows)
    .chain(([kept, others]) => {
      const born = others.filter(({ key }) => !kept.some((view) => view.key.pid === key.pid));
      return fc.shuffledSubarray([...kept, ...born], { minLength: Math.floor(kept.length / 2) }).map((mixed) => [mixed, kept]);
    })
    .chain((choices) => fc.constantFrom(...choices));

/** A state and one that may follow it. */
export const twoStates: fc.Arbitrary<readonly [AppState, AppState]> = fc
  .option(rows, { freq: 9 })
  .chain((first) =>
    fc
      .tuple(aStateOf(first, {}), fc.option(first ? rowsAfter(first) : rows, { freq: 9 }))
      .chain(([before, second]) => aStateOf(second, before.trends).map((after) => [before, after] as const)),
  );
