import { describe, expect, it } from 'vitest';
import { createAlertCenter } from '../../../src/main/alert-center.js';
import { pastAlerts } from '../../../src/main/alert-history.js';
import type { Entry } from '../../../src/main/end-log.js';
import { createTranslate } from '../../../src/main/i18n.js';
import type { Message } from '../../../src/main/notifier.js';
import type { Alert, AlertEvent, Loudness } from '../../../src/shared/alerts.js';

const anAlert = (over: Partial<Alert['culprit']> = {}, others = 0): Alert => ({
  rule: 'memory',
  culprit: {
    key: { pid: 100, startedAt: 's100' },
    user: 'dana',
    name: 'billing',
    value: 3 * 1024 ** 3,
    limit: 2 * 1024 ** 3,
    startedAtMs: 0,
    ...over,
  },
  others,
});
const fired = (alert: Alert, loudness: Loudness = 'own'): AlertEvent => ({ type: 'fired', alert, loudness });
const recovered: AlertEvent = { type: 'recovered', rule: 'memory' };

const aCenter = ({ focused = false, shows = true } = {}) => {
  const shown: Message[] = [];
  const withdrawn: string[] = [];
  const entries: Entry[] = [];
  const t = createTranslate('en');
  const center = createAlertCenter({
    notifier: {
      show: async (message) => {
        shown.push(message);
        return shows;
      },
      withdraw: async (id) => void withdrawn.push(id),
    },
    write: async (entry) => void entries.push(entry),
    words: () => ({ t, language: 'en' }),
    now: () => 3_600_000,
    isFocused: () => focused,
    onChange: () => undefined,
  });
  return { center, shown, withdrawn, entries };
};
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the alert center', () => {
  it('shows one notification a rule, replaces it, takes it back, and logs both ends', async () => {
    const { center, shown, withdrawn, entries } = aCenter();
    center.take([fired(anAlert())]);
    center.take([{ type: 'changed', alert: anAlert({ name: 'other' }, 1), loudness: 'own' }]);
    await settled();
    expect(shown.map(({ id, title, body, buttons }) => [id, title, body, buttons.map((one) => one.id)])).toEqual([
      ['alert-memory', 'A session uses 3.0 GB, the limit is 2.0 GB', 'billing of dana. Started 1 h 00 m ago.', ['review']],
      [
        'alert-memory',
        'A session uses 3.0 GB, the limit is 2.0 GB',
        'other of dana. Started 1 h 00 m ago. 1 other is over it too.',
        ['review'],
      ],
    ]);
    expect(center.rows()).toHaveLength(1);
    center.take([recovered]);
    expect(withdrawn).toContain('alert-memory');
    expect(center.rows()[0]?.recoveredAtMs).toBe(3_600_000);
    expect(entries.map(({ action, fields }) => [action, Object.fromEntries(fields)['Result']])).toEqual([
      ['ALERT', 'firing'],
      ['ALERT', 'firing'],
      ['ALERT', 'recovered'],
    ]);
    expect(entries[0]?.fields).toEqual([
      ['PID', '100'],
      ['User', 'dana'],
      ['Rule', 'memory'],
      ['Value', '3072MB'],
      ['Limit', '2048MB'],
      ['Result', 'firing'],
      ['Name', 'billing'],
    ]);
  });

  it('goes on with what was told before this start, and never takes it for its own', async () => {
    const { center, withdrawn } = aCenter();
    const lines = ['2025-09-02T20:16:17 - INFO - ALERT: Rule: memory - Value: 10MB - Limit: 5MB - Result: firing - Name: old'];
    center.recall(pastAlerts(lines, 100));
    center.take([fired(anAlert())]);
    await settled();
    const seen = () => center.rows().map(({ culprit, recoveredAtMs, lost }) => [culprit.name, recoveredAtMs, lost]);
    expect(seen()).toEqual([
      ['billing', null, false],
      ['old', null, true],
    ]);
    center.take([recovered, recovered]);
    expect([seen(), withdrawn]).toEqual([
      [
        ['billing', 3_600_000, false],
        ['old', null, true],
      ],
      ['alert-memory', 'alert-summary'],
    ]);
    expect(center.rows()).toBe(center.rows());
  });

  it('is quiet outside of a window that somebody looks at, and tells it there', async () => {
    const { center, shown } = aCenter({ focused: true });
    center.take([fired(anAlert())]);
    await settled();
    expect([shown, center.rows().map(({ told }) => told)]).toEqual([[], ['toast']]);
  });

  it('tells it in the window where nobody shows notifications', async () => {
    const { center } = aCenter({ shows: false });
    center.take([fired(anAlert())]);
    await settled();
    expect(center.rows().map(({ told }) => told)).toEqual(['toast']);
  });

  it('says once that there are more, and nothing of those beyond', async () => {
    const { center, shown } = aCenter();
    center.take([fired(anAlert(), 'summary'), fired({ ...anAlert(), rule: 'cpu' }, 'silent')]);
    await settled();
    expect(shown.map(({ id, title }) => [id, title])).toEqual([['alert-summary', 'More alerts from Claude Manager']]);
    expect(center.rows().map(({ rule, told }) => [rule, told])).toEqual([
      ['cpu', 'bell'],
      ['memory', 'notification'],
    ]);
  });

  it('takes back what was over before it was shown', async () => {
    const { center, withdrawn } = aCenter();
    center.take([fired(anAlert())]);
    center.take([recovered]);
    await settled();
    expect(withdrawn).toEqual(['alert-memory', 'alert-summary', 'alert-memory']);
  });

  it('keeps the summary while others that it speaks of are live', async () => {
    const { center, withdrawn } = aCenter();
    center.take([fired(anAlert(), 'summary'), fired({ ...anAlert(), rule: 'cpu' }, 'silent')]);
    center.take([recovered]);
    await settled();
    expect(withdrawn).toEqual(['alert-memory']);
  });

  it('leads to the culprit, and only for its own notifications', () => {
    const { center } = aCenter();
    center.take([fired(anAlert())]);
    expect(center.destinationOf('alert-memory')).toEqual({ tab: 'monitor', key: { pid: 100, startedAt: 's100' }, request: null });
    expect(center.destinationOf('alert-summary')).toEqual({ tab: 'monitor', key: null, request: null });
    expect(center.destinationOf('cleanup')).toBeNull();
  });

  it('counts as new until somebody has looked', () => {
    const { center } = aCenter();
    center.take([fired(anAlert())]);
    expect(center.rows().map(({ seen }) => seen)).toEqual([false]);
    center.see();
    expect(center.rows().map(({ seen }) => seen)).toEqual([true]);
  });
});
