import { describe, expect, it } from 'vitest';
import { errorShape, snapshotShape } from '../../../src/cli/json-shape.js';
import { ENTER_SCREEN, LEAVE_SCREEN } from '../../../src/cli/screen.js';
import { watch } from '../../../src/cli/watch.js';
import { fakeCore } from './fake-core.js';
import { fakeUi } from './fake-io.js';
import { aLook, aRow } from './views.js';

const looked = aLook([aRow(1)]);

describe('watch --json', () => {
  it('prints one line a look until a signal, and waits the interval between', async () => {
    const waits: number[] = [];
    const fake = fakeUi({
      json: true,
      onSleep: (ms) => {
        waits.push(ms);
        if (waits.length === 3) fake.raiseSignal();
      },
    });
    expect(await watch(fake.ui, fakeCore({ looks: [1, 2, 3].map((sequence) => ({ ...looked, sequence })) }), 700)).toBe(0);
    const lines = fake.out().trimEnd().split('\n');
    expect(lines.map((line) => snapshotShape.parse(JSON.parse(line)).sequence)).toEqual([1, 2, 3]);
    expect(waits).toEqual([700, 700, 700]);
    expect(fake.held()).toBe(0);
  });

  it('ends when its reader has gone', async () => {
    let looks = 0;
    const fake = fakeUi({ json: true, onSleep: () => fake.loseReader() });
    expect(await watch(fake.ui, fakeCore({ looks: [looked], onLook: (count) => (looks = count) }), 500)).toBe(0);
    expect(looks).toBe(1);
    expect(fake.held()).toBe(0);
  });

  it('does not look at all for a reader that has gone before', async () => {
    const fake = fakeUi({ json: true });
    fake.loseReader();
    expect(await watch(fake.ui, fakeCore(), 500)).toBe(0);
    expect(fake.out()).toBe('');
  });

  it('prints a failed look as an error and goes on', async () => {
    let waits = 0;
    const fake = fakeUi({ json: true, onSleep: () => ++waits === 2 && fake.raiseSignal() });
    await watch(fake.ui, fakeCore({ looks: [new Error('no /proc\x1b[2J'), looked] }), 500);
    const [first, second] = fake.out().trimEnd().split('\n');
    expect(errorShape.parse(JSON.parse(first ?? ''))).toEqual({
      version: 1,
      error: { reason: 'failed', id: 'look', message: 'The look failed: no /proc␛[2J' },
    });
    expect(snapshotShape.parse(JSON.parse(second ?? '')).processes).toHaveLength(1);
  });
});

describe('watch on a terminal', () => {
  it.each(['q', 'Q', '\x03'])('takes the alternate screen and gives all back at %j', async (key) => {
    // A tick may come before the first look has been shown.
    const fake = fakeUi({ tty: true, onSleep: (ms) => ms !== 1_000 && fake.press(key) });
    expect(await watch(fake.ui, fakeCore({ looks: [looked] }), 5_000)).toBe(0);
    expect(fake.out().startsWith(ENTER_SCREEN)).toBe(true);
    expect(fake.out().endsWith(LEAVE_SCREEN)).toBe(true);
    expect(fake.out()).toContain('Claude Manager · box');
    expect(fake.held()).toBe(0);
  });

  it('gives all back after a signal too, and other keys do nothing', async () => {
    let waits = 0;
    const fake = fakeUi({
      tty: true,
      onSleep: () => {
        fake.press('x');
        if (++waits === 4) fake.raiseSignal();
      },
    });
    expect(await watch(fake.ui, fakeCore({ looks: [looked] }), 5_000)).toBe(0);
    expect(waits).toBeGreaterThanOrEqual(4);
    expect(fake.out().endsWith(LEAVE_SCREEN)).toBe(true);
    expect(fake.held()).toBe(0);
  });

  it('ends though a look hangs', async () => {
    const core = fakeCore({ looks: [looked] });
    const hanging = { ...core, looker: { ...core.looker, look: () => new Promise<never>(() => undefined) } };
    const fake = fakeUi({ tty: true, onSleep: () => fake.press('q') });
    expect(await watch(fake.ui, hanging, 5_000)).toBe(0);
    expect(fake.held()).toBe(0);
  });

  it('takes its second look soon, for the CPU figures', async () => {
    const waits: number[] = [];
    const fake = fakeUi({
      tty: true,
      onSleep: (ms) => {
        waits.push(ms);
        if (waits.length > 6) fake.press('q');
      },
    });
    await watch(fake.ui, fakeCore({ looks: [looked] }), 5_000);
    expect(waits.filter((ms) => ms !== 1_000).slice(0, 2)).toEqual([500, 5_000]);
  });
});

describe('watch into a file', () => {
  it('prints one table and how to go on', async () => {
    const fake = fakeUi();
    expect(await watch(fake.ui, fakeCore({ looks: [looked] }), 5_000)).toBe(0);
    expect(fake.out()).toContain('PID');
    expect(fake.out().trimEnd().split('\n').at(-1)).toMatch(/^This output is no terminal/);
    expect(fake.out()).not.toContain('\x1b');
  });
});
