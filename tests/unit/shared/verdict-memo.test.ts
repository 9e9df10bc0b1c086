import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify } from '../../../src/shared/classify.js';
import { judgeLeftOvers } from '../../../src/shared/judge.js';
import type { RawProcess, Reading } from '../../../src/shared/types.js';
import { judgeKinds } from '../../fakes/in-one-go.js';
import { anEngine, aProcess, aReading, toolMarks } from '../../fixtures/builders.js';

const judgedIn = (reading: Reading, by = classify) => judgeLeftOvers(judgeKinds(reading, new Map(), { classify: by }), new Map(), 0);
const judged = (processes: readonly RawProcess[], by = classify) => judgedIn(aReading(processes), by);

describe('the memory of the rules', () => {
  const shell = aProcess({ pid: 900, ppid: 1 });
  const engine = anEngine({ pid: 1000, ppid: 900 });
  const tool = aProcess({ pid: 1001, ppid: 1000, facts: { marks: toolMarks(1000) } });
  const working = (raw: RawProcess, cpuMs: number): RawProcess => ({ ...raw, counters: { ...raw.counters, cpuMs } });

  it('keeps what it found of somebody whose parents only work', () => {
    const reading = aReading([shell, engine, tool]);
    const before = judgedIn(reading);
    const after = judgedIn({ ...reading, processes: reading.processes.map((raw) => (raw === shell ? working(raw, 10) : raw)) });
    expect(before).toHaveLength(2);
    expect(after.map((one, at) => one === before[at])).toEqual(before.map(() => true));
  });

  it('finds the same as rules without a memory, whatever changes from look to look', () => {
    const changes: readonly Partial<RawProcess>[] = [
      ...[{ ppid: 1 }, { ppid: 900 }, { ppid: 0 }, { uid: 7, user: 'eve' }, { tty: 'pts/1' }, { tty: '?' }, { cwd: '/srv' }, { sid: 1 }],
      ...[{ pgid: 5 }, { startedAtMs: 1 }, { state: 'Z' }, { state: 'R' }],
    ];
    const step = fc.record({
      who: fc.integer({ min: 0, max: 2 }),
      how: fc.constantFrom(...changes),
      comm: fc.constantFrom('bash', 'systemd', 'claude', null),
      argv: fc.constantFrom(['--user'], ['claude'], ['bash', '-c', 'x'], null),
      exec: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        const now = [shell, engine, tool];
        for (const { who, how, comm, argv, exec } of [{ who: 0, how: {}, comm: null, argv: null, exec: false }, ...steps]) {
          const raw = now[who] ?? shell;
          now[who] = { ...raw, ...how, facts: exec ? { ...raw.facts, comm, argv } : raw.facts };
          expect(judged(now)).toEqual(judged(now, (facts) => classify(facts)));
        }
      }),
      { numRuns: 500 },
    );
  });
});
