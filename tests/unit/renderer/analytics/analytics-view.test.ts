import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  parseAnalytics,
  readAnalytics,
  rememberAnalytics,
  setRange,
  useAnalytics,
} from '../../../../src/renderer/analytics/analytics-view.js';
import type { HistoryRange } from '../../../../src/shared/history.js';
import { fakeAnswer, fakeSummary } from '../../../fakes/preview/fake-history.js';

const NOW = Date.UTC(2025, 10, 22, 14, 30);
const HOUR: HistoryRange = { type: 'last', last: '1h' };
const DAY: HistoryRange = { type: 'last', last: '24h' };

describe('what is kept of the tab', () => {
  it.each([
    ['nothing', null],
    ['nonsense', 'x{'],
    ['other things', '[1]'],
    ['wrong values', '{"last":"2y","by":"session","rank":1,"available":"no","slots":{"user:a":9,"user:b":"x"}}'],
  ])('%s is the default', (_name, text) => {
    expect(parseAnalytics(text)).toEqual({ range: DAY, by: 'user', rank: 'memory', available: true, tables: false, slots: {} });
  });

  it('comes back as it was stored', () => {
    const stored = new Map<string, string>();
    const storage = {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, text: string) => void stored.set(key, text),
    };
    rememberAnalytics(storage);
    useAnalytics.setState({ range: HOUR, by: 'kind', rank: 'ended', available: false, tables: true, slots: { 'user:a': 3 } });
    const [text] = stored.values();
    const kept = { range: HOUR, by: 'kind', rank: 'ended', available: false, tables: true, slots: { 'user:a': 3 } };
    expect(parseAnalytics(text ?? null)).toEqual(kept);
  });
});

describe('reading', () => {
  let asked: { range: HistoryRange; tail: unknown }[];
  let fails: boolean;
  beforeEach(() => {
    asked = [];
    fails = false;
    useAnalytics.setState({ range: DAY, by: 'user', answer: null, summary: null, failure: null, slots: {} });
    const failure = { ok: false, failure: { reason: 'denied', id: 'historyUnavailable' } };
    vi.stubGlobal('window', {
      claudeManager: {
        queryHistory: async ({ range, by, tail }: { range: HistoryRange; by: 'user'; tail: unknown }) => {
          asked.push({ range, tail });
          return fails ? failure : { ok: true, value: fakeAnswer(range, by, NOW, NOW - 1e9) };
        },
        historySummary: async ({ range }: { range: HistoryRange }) =>
          fails ? failure : { ok: true, value: fakeSummary(range, NOW, NOW - 1e9) },
      },
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  it('asks for all of it once, then for the tail alone, and not at all for what it has', async () => {
    await readAnalytics({ range: DAY, by: 'user' }, null);
    const first = useAnalytics.getState().answer;
    expect(asked).toEqual([{ range: DAY, tail: null }]);
    await readAnalytics({ range: DAY, by: 'user' }, first?.version ?? 0);
    expect(asked).toHaveLength(1);
    await readAnalytics({ range: DAY, by: 'user' }, 99);
    expect(asked[1]?.tail).toMatchObject({ fromBucketMs: first?.times.at(-1) });
  });

  it('gives the groups their colours, and keeps them in another range', async () => {
    await readAnalytics({ range: DAY, by: 'user' }, null);
    const { slots } = useAnalytics.getState();
    expect(slots).toMatchObject({ 'user:rafael': 0, 'user:marina': 1 });
    setRange(HOUR);
    await readAnalytics({ range: HOUR, by: 'user' }, null);
    expect(useAnalytics.getState().slots).toBe(slots);
    expect(asked.at(-1)).toEqual({ range: HOUR, tail: null });
  });

  it('says what failed and keeps what is shown, until it succeeds', async () => {
    await readAnalytics({ range: DAY, by: 'user' }, null);
    const { answer } = useAnalytics.getState();
    fails = true;
    await readAnalytics({ range: DAY, by: 'user' }, 99);
    expect(useAnalytics.getState()).toMatchObject({ answer, failure: { id: 'historyUnavailable' } });
    fails = false;
    await readAnalytics({ range: DAY, by: 'user' }, answer?.version ?? 0);
    expect(useAnalytics.getState().failure).toBeNull();
  });
});
