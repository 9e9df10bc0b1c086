import { describe, expect, it } from 'vitest';
import { run } from '../../../src/cli/run.js';
import type { ActionRequest } from '../../../src/shared/api.js';
import { done, door, key, preview, target } from './door.js';
import { fakeIo } from './fake-io.js';

/** Runs a whole command line over a door that would do everything; what reached it. */
const reached = async (argv: readonly string[], confirm: string | null = null) => {
  const { calls, core } = door(preview({ targets: [target(10), target(11)], confirm }), [done(10), done(11)]);
  const fake = fakeIo({ createCore: () => core });
  const code = await run(argv, fake.io);
  return { code, calls, err: fake.err() };
};

const request = (over: Partial<ActionRequest>): ActionRequest => ({
  verb: 'end',
  scope: { type: 'keys', keys: [key(10), key(11)] },
  force: false,
  priority: null,
  minAgeMinutes: null,
  elevated: false,
  ...over,
});

describe('what reaches the door', () => {
  it.each<readonly [string, Partial<ActionRequest>]>([
    ['end 10 11 --yes', {}],
    ['end --yes 10 11 10', {}],
    ['end 10 --force --yes 11', { force: true }],
    ['clean orphans --yes', { scope: { type: 'orphans' } }],
    ['clean ORPHANS --yes --force --min-age 0', { scope: { type: 'orphans' }, force: true, minAgeMinutes: 0 }],
    ['clean old --yes', { scope: { type: 'old', hours: null } }],
    ['clean old --hours 2.5 --min-age 10 --yes', { scope: { type: 'old', hours: 2.5 }, minAgeMinutes: 10 }],
    ['pause 10 11 --yes', { verb: 'pause' }],
    ['continue 10 11 --yes', { verb: 'continue' }],
    ['priority 10 11 low --yes', { verb: 'priority', priority: 'low' }],
    ['priority --yes 10 11 HIGH', { verb: 'priority', priority: 'high' }],
  ])('%s', async (line, over) => {
    const seen = await reached(line.split(' '));
    expect(seen).toEqual({
      code: 0,
      err: '',
      calls: [
        ['preview', request(over), { caller: 'cli' }],
        ['end', { token: 't'.repeat(32), keys: [key(10), key(11)], confirmation: null, caller: 'cli' }],
      ],
    });
  });

  it.each<readonly [readonly string[], Partial<ActionRequest>, string]>([
    [['end', '--user', 'jo', '--confirm', 'jo'], { scope: { type: 'user', user: 'jo' } }, 'jo'],
    [['end', '--user', 'jo x', '--confirm=Jo', '--force'], { scope: { type: 'user', user: 'jo x' }, force: true }, 'Jo'],
    [['end', '--all', '--confirm', 'ALL'], { scope: { type: 'all' } }, 'ALL'],
    [['end', '--all', '--yes', '--confirm', 'all'], { scope: { type: 'all' } }, 'all'],
  ])('%j', async (argv, over, confirmation) => {
    const seen = await reached(argv, 'whatever');
    expect(seen).toEqual({
      code: 0,
      err: '',
      calls: [
        ['preview', request(over), { caller: 'cli' }],
        ['end', { token: 't'.repeat(32), keys: [key(10), key(11)], confirmation, caller: 'cli' }],
      ],
    });
  });

  it.each(['end 10 11', 'clean orphans', 'clean old', 'pause 10 11', 'continue 10 11', 'priority 10 11 normal'])(
    '%s: nothing but a preview without a yes, and with --dry-run in spite of one',
    async (line) => {
      for (const [more, code] of [
        [[], 3],
        [['--dry-run', '--yes'], 0],
      ] as const) {
        const seen = await reached([...line.split(' '), ...more]);
        expect([seen.code, seen.calls.map((call) => (Array.isArray(call) ? call[0] : call))]).toEqual([code, ['preview', 'cancel']]);
      }
    },
  );
});
