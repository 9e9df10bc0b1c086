import { describe, expect, it } from 'vitest';
import { classify } from '../../../src/shared/classify.js';
import { growTree, startedAfter } from '../../../src/shared/family-tree.js';
import type { ProcessFacts } from '../../../src/shared/process-facts.js';
import { STEP } from '../../../src/shared/steps.js';
import type { RawProcess, Reading } from '../../../src/shared/types.js';
import { finish } from '../../fakes/in-one-go.js';
import { anEngine, anInit, aProcess, aReading, toolMarks } from '../../fixtures/builders.js';

const grow = (reading: Reading) => finish(growTree(reading, new Map(), 'linux', classify));
const parentOf = (reading: Reading, pid: number) => grow(reading).byPid.get(pid)?.facts?.parent ?? null;
const at = (startedAt: string, startedAtMs: number | null = null): RawProcess => ({
  ...aProcess({}),
  key: { pid: 1, startedAt },
  startedAtMs,
});

describe('startedAfter', () => {
  it.each([
    ['10', '9', true],
    ['9', '10', false],
    ['9', '9', false],
    ['9007199254740993', '9007199254740992', true],
  ])('%s after %s: %j', (a, b, expected) => {
    expect(startedAfter(at(a), at(b))).toBe(expected);
  });

  it('goes by the clock where stamps are no numbers, and says when it cannot tell', () => {
    expect(startedAfter(at('Thu', 5), at('Wed', 4))).toBe(true);
    expect(startedAfter(at('Thu', 4), at('5', 5))).toBe(false);
    expect(startedAfter(at('Thu'), at('Wed', 4))).toBeNull();
    expect(startedAfter(at('', 1), at('', 1))).toBe(false);
  });
});

describe('growTree', () => {
  it('says what the parent is', () => {
    const shell = aProcess({ pid: 900, ppid: 1 });
    expect(parentOf(aReading([shell, anEngine({ pid: 1000 })]), 1000)).toEqual({
      pid: 900,
      alive: true,
      comm: 'bash',
      kind: null,
      role: null,
      pgid: 900,
      startedBefore: true,
      ancestors: ['bash', 'systemd'],
    });
    expect(parentOf(aReading([anEngine({ pid: 1000 })]), 1000)).toMatchObject({ pid: 900, alive: false, ancestors: [] });
    expect(parentOf(aReading([anEngine({ pid: 1000, ppid: 0 })]), 1000)).toBeNull();
    const young = aProcess({ pid: 900, ppid: 1, startedAt: '99999' });
    expect(parentOf(aReading([young, anEngine({ pid: 1000 })]), 1000)).toMatchObject({
      alive: true,
      startedBefore: false,
      role: null,
      ancestors: [],
    });
  });

  it('knows who adopts', () => {
    const manager = (rest: Parameters<typeof aProcess>[0]) =>
      aProcess({ pid: 900, ppid: 1, ...rest, facts: { argv: ['/usr/lib/systemd/systemd', '--user'], ...rest?.facts } });
    const role = (parent: RawProcess) => parentOf(aReading([parent, anEngine({ pid: 1000 })]), 1000)?.role;
    expect(role(manager({}))).toBe('systemd --user');
    expect(role(manager({ uid: 0 }))).toBeNull();
    expect(role(manager({ ppid: 2 }))).toBeNull();
    expect(role(manager({ facts: { argv: ['/usr/lib/systemd/systemd-logind'], comm: 'systemd-logind' } }))).toBeNull();
    expect(parentOf(aReading([anEngine({ pid: 1000, ppid: 1 })]), 1000)?.role).toBe('init');
    const tini = anInit({ comm: 'tini', argv: ['tini'] });
    expect(parentOf(aReading([tini, anEngine({ pid: 7, ppid: 1, startedAt: '400' })]), 7)?.role).toBe('container-init');
    expect(parentOf(aReading([tini, anEngine({ pid: 7, ppid: 1, startedAt: '600' })]), 7)?.role).toBe('init');
  });

  it('looks once at each, until it has become something else', () => {
    const asked: (string | null)[] = [];
    const asking = (facts: ProcessFacts) => {
      asked.push(facts.comm);
      return classify(facts);
    };
    const reading = aReading([aProcess({ pid: 900, ppid: 1, facts: { argv: ['/usr/bin/vim'] } }), anEngine({ pid: 1000 })]);
    finish(growTree(reading, new Map(), 'linux', asking));
    expect(asked).toEqual(['systemd', 'vim', 'claude', 'claude']);
    asked.length = 0;
    const again = reading.processes.map((raw) => ({ ...raw }));
    finish(growTree({ ...reading, processes: again }, new Map(), 'linux', asking));
    expect(asked).toEqual([]);
    const exec = again.map((raw) =>
      raw.key.pid === 900 ? { ...raw, facts: { ...raw.facts, argv: ['/usr/bin/emacs'], comm: 'emacs' } } : raw,
    );
    finish(growTree({ ...reading, processes: exec }, new Map(), 'linux', asking));
    // Whose parent has become something else may be something else too.
    expect(asked).toEqual(['emacs', 'claude']);
  });

  it('finds all that stands below', () => {
    const tree = grow(
      aReading([
        aProcess({ pid: 2000, ppid: 1, facts: { marks: toolMarks(5) } }),
        aProcess({ pid: 2001, ppid: 2000 }),
        aProcess({ pid: 2002, ppid: 2001 }),
        aProcess({ pid: 2003, ppid: 2001, startedAt: '1' }),
        aProcess({ pid: 2004, ppid: 1 }),
      ]),
    );
    const root = tree.byPid.get(2000);
    expect(
      root &&
        tree
          .familyOf(root)
          .map(({ raw }) => raw.key.pid)
          .sort(),
    ).toEqual([2000, 2001, 2002]);
  });
});

it('goes through a table of thousands in steps', () => {
  const bystanders = Array.from({ length: 20 * STEP }, (_, index) => aProcess({ pid: 100 + index, ppid: 1 }));
  const steps = growTree(aReading([anInit(), ...bystanders]), new Map(), 'linux', classify);
  let count = 0;
  for (let step = steps.next(); step.done !== true; step = steps.next()) count++;
  // Each is gone through twice: to be filed and to be settled.
  expect(count).toBe(Math.floor((2 * (20 * STEP + 1)) / STEP));
});
