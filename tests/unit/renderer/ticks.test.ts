import { describe, expect, it } from 'vitest';
import { firstTicks, freedBy, inTree, toggleTick } from '../../../src/renderer/ticks.js';
import type { Preview, PreviewTarget } from '../../../src/shared/api.js';
import { toEnd } from '../../fakes/a-view.js';

const keyOf = (pid: number) => ({ pid, startedAt: `s${pid}` });
const aTarget = (pid: number, over: Partial<PreviewTarget> = {}): PreviewTarget => ({
  key: keyOf(pid),
  below: null,
  role: 'chosen',
  name: `p${pid}`,
  kind: 'cli-session',
  user: 'dana',
  memoryBytes: pid,
  startedAtMs: null,
  leftOver: 'no',
  evidence: [],
  warnings: [],
  ticked: true,
  resume: null,
  ...over,
});
const aPreview = (targets: readonly PreviewTarget[]): Preview => ({
  token: 't',
  request: toEnd([]),
  confirm: null,
  takenAtMs: 0,
  expiresAtMs: 1,
  graceMs: 5000,
  light: false,
  targets,
  excluded: [],
});

const session = aTarget(1);
const owned = [aTarget(2, { below: keyOf(1), role: 'owned' }), aTarget(3, { below: keyOf(1), role: 'owned' })];
const separate = aTarget(4, { below: keyOf(1), role: 'separate', ticked: false });
const preview = aPreview([session, ...owned, separate]);

describe('ticks', () => {
  it('begin as main proposes them', () => {
    expect(firstTicks(preview)).toEqual(new Set(['1:s1', '2:s2', '3:s3']));
  });

  it('take what a session owns along, and nothing that stands on its own', () => {
    const off = toggleTick(preview, firstTicks(preview), '1:s1');
    expect(off).toEqual(new Set());
    expect(toggleTick(preview, new Set(['4:s4']), '1:s1')).toEqual(new Set(['1:s1', '2:s2', '3:s3', '4:s4']));
  });

  it('can be taken off one owned line alone', () => {
    expect(toggleTick(preview, firstTicks(preview), '2:s2')).toEqual(new Set(['1:s1', '3:s3']));
  });

  it('tell what would be freed; what is unknown adds nothing', () => {
    const some = aPreview([session, aTarget(5, { memoryBytes: null })]);
    expect([
      freedBy(preview, new Set(['1:s1', '3:s3'])),
      freedBy(some, new Set(['1:s1', '5:s5'])),
      freedBy(some, new Set(['5:s5'])),
      freedBy(some, new Set()),
    ]).toEqual([4, 1, null, null]);
  });
});

describe('inTree', () => {
  it('puts every line below the one it hangs on', () => {
    const other = aTarget(9);
    expect(inTree([separate, owned[0] ?? session, other, session])).toEqual([other, session, separate, owned[0]]);
  });

  it('loses no line, neither of a ring nor one whose upper line is not listed', () => {
    const a = aTarget(1, { below: keyOf(2) });
    const b = aTarget(2, { below: keyOf(1) });
    const lone = aTarget(3, { below: keyOf(77) });
    expect(inTree([a, b, lone])).toEqual([lone, a, b]);
  });
});
