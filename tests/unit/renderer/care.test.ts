import { beforeAll, describe, expect, it } from 'vitest';
import { newsOf } from '../../../src/renderer/care.js';
import { sayNow, startWords } from '../../../src/renderer/i18n.js';
import type { AlertRow } from '../../../src/shared/care.js';
import { atRest } from '../../fakes/a-care.js';
import { aState } from '../../fakes/app-state.js';

const anAlert = (id: number, over: Partial<AlertRow> = {}): AlertRow => ({
  id,
  rule: 'memory',
  culprit: {
    key: { pid: 100, startedAt: 's100' },
    user: 'dana',
    name: 'billing',
    value: 3 * 1024 ** 3,
    limit: 2 * 1024 ** 3,
    startedAtMs: 0,
  },
  others: 0,
  firedAtMs: 0,
  recoveredAtMs: null,
  lost: false,
  told: 'toast',
  seen: false,
  ...over,
});
const said = (before: Parameters<typeof newsOf>[0], after: Parameters<typeof newsOf>[1]) =>
  newsOf(before, after, sayNow, 3_600_000).map(({ tone, title, lines }) => [tone, title, ...lines]);

describe('newsOf', () => {
  beforeAll(() => startWords('en'));
  const before = aState([]);

  it('tells an alert that is told in the window once, with its culprit', () => {
    const after = aState([], { alerts: [anAlert(1)] });
    expect(said(before, after)).toEqual([['info', 'A session uses 3.0 GB, the limit is 2.0 GB', 'billing of dana. Started 1 h 00 m ago.']]);
    expect(said(after, aState([], { alerts: [anAlert(1, { seen: true })] }))).toEqual([]);
  });

  it('tells none that is told elsewhere, is over, or was there when the window opened', () => {
    const others = [anAlert(1, { told: 'notification' }), anAlert(2, { told: 'bell' }), anAlert(3, { recoveredAtMs: 1 })];
    expect(said(before, aState([], { alerts: others }))).toEqual([]);
    expect(said(null, aState([], { alerts: [anAlert(1)] }))).toEqual([]);
  });

  it('tells an alert whose notification nobody showed', () => {
    const tried = aState([], { alerts: [anAlert(1, { told: 'notification' })] });
    expect(said(tried, aState([], { alerts: [anAlert(1)] }))).toHaveLength(1);
  });

  it('tells what a run of automatic cleanup came to, and nothing of a report', () => {
    const run = { atMs: 5, mode: 'automatic', count: 2, failed: 1, skipped: 3, freedBytes: 100 * 1024 ** 2 } as const;
    expect(said(before, aState([], atRest({ lastRun: run })))).toEqual([
      ['bad', 'Automatic cleanup ended 2 processes, freed 100 MB', '1 did not end', '3 were left alone; the log says why'],
    ]);
    expect(said(before, aState([], atRest({ lastRun: { ...run, mode: 'report' } })))).toEqual([]);
    expect(said(before, aState([], atRest({ lastRun: { ...run, count: 0, failed: 0, freedBytes: null } })))).toEqual([
      ['info', 'Automatic cleanup ended nothing', '3 were left alone; the log says why'],
    ]);
  });
});
