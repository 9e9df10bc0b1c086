import { describe, expect, it } from 'vitest';
import {
  canElevate,
  isConfirmed,
  isPaused,
  toContinue,
  toEnd,
  toEndAll,
  toEndElevated,
  toPause,
  toSetPriority,
  variantOf,
} from '../../../src/renderer/requests.js';
import type { Preview } from '../../../src/shared/api.js';
import { commandInputs } from '../../../src/shared/api-schema.js';
import { aView } from '../../fakes/a-view.js';

const keys = [aView(1).key, aView(2).key];
const bare = { verb: 'end', scope: { type: 'keys', keys }, force: false, priority: null, minAgeMinutes: null, elevated: false };

const ALL = [
  toEnd(keys, false),
  toEnd(keys, true),
  toEndAll({ type: 'orphans' }),
  toEndAll({ type: 'old', hours: null }),
  toEndAll({ type: 'user', user: 'dana' }),
  toEndAll({ type: 'all' }),
  toEndElevated(keys, false),
  toEndElevated(keys, true),
  toPause(keys),
  toContinue(keys),
  toSetPriority(keys, 'low'),
  toSetPriority(keys, 'normal'),
  toSetPriority(keys, 'high'),
];

describe('requests', () => {
  it('say what is asked for, and nothing else', () => {
    expect([ALL[0], ALL[1], ALL[3], ALL[7], ALL[8], ALL[9], ALL[10]]).toEqual([
      bare,
      { ...bare, force: true },
      { ...bare, scope: { type: 'old', hours: null } },
      { ...bare, force: true, elevated: true },
      { ...bare, verb: 'pause' },
      { ...bare, verb: 'continue' },
      { ...bare, verb: 'priority', priority: 'low' },
    ]);
  });

  it('pass main’s gate, also with keys that carry more than a key', () => {
    const heavy = { ...aView(1).key, name: 'x' };
    for (const request of [...ALL, toEnd([heavy], false)]) expect(commandInputs.previewAction.parse(request)).toEqual(request);
  });

  it('each go by words of their own', () => {
    expect(ALL.map(variantOf)).toEqual([
      'end',
      'force',
      'orphans',
      'old',
      'user',
      'all',
      'admin',
      'adminForce',
      'pause',
      'continue',
      'low',
      'normal',
      'high',
    ]);
  });
});

describe('isPaused', () => {
  it('is for what is stopped, not for what is traced', () => {
    expect(['T', 't', 'S', null].map((state) => isPaused({ state }))).toEqual([true, false, false, false]);
  });
});

describe('canElevate', () => {
  it('is for what is only somebody else’s', () => {
    const refusals = [
      { reason: 'denied', id: 'otherUser', values: { user: 'rafael' } },
      { reason: 'denied', id: 'unknownUser' },
      { reason: 'protected', id: 'otherUser' },
      { reason: 'protected', id: 'daemon' },
      null,
    ] as const;
    expect(refusals.map(canElevate)).toEqual([true, false, false, false, false]);
  });
});

describe('isConfirmed', () => {
  const preview = (confirm: string | null): Preview => ({
    token: 't',
    request: toEnd(keys, false),
    confirm,
    takenAtMs: 0,
    expiresAtMs: 1,
    graceMs: 5000,
    light: false,
    targets: [],
    excluded: [],
  });

  it('wants the very letters', () => {
    expect(['dana', 'Dana', ' dana', 'dana ', 'dan', ''].map((typed) => isConfirmed(preview('dana'), typed))).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it('wants nothing where nothing is to be typed', () => {
    expect(isConfirmed(preview(null), '')).toBe(true);
  });
});
