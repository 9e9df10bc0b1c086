import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { askNever, askToEnd, endTicked, useEnding } from '../../../src/renderer/ending.js';
import { startWords } from '../../../src/renderer/i18n.js';
import { hasPending, undoEnd } from '../../../src/renderer/quiet-end.js';
import { useShown } from '../../../src/renderer/store.js';
import { closeToast, showDone, useToasts } from '../../../src/renderer/toasts.js';
import type { ActionRequest, Preview } from '../../../src/shared/api.js';
import { parseConfig } from '../../../src/shared/config.js';
import { aView } from '../../fakes/a-view.js';

const KEY = aView(1).key;

/** Main as the page calls it; what it was asked stays. */
const aMain = (light: boolean) => {
  const calls: string[] = [];
  const answer = async (what: string, value: unknown) => {
    calls.push(what);
    return { ok: true as const, value };
  };
  const preview = (request: ActionRequest): Preview => ({
    ...{ token: 'token', request, confirm: null, takenAtMs: 0, expiresAtMs: 1, graceMs: 5000, light, excluded: [] },
    targets: [1, 2].map((pid) => ({
      ...{ key: aView(pid).key, below: pid === 1 ? null : KEY, role: pid === 1 ? 'chosen' : 'owned', name: `p${pid}`, kind: 'cli-session' },
      ...{ user: 'dana', memoryBytes: 1, startedAtMs: null, leftOver: 'no', evidence: [], warnings: [], ticked: true, resume: null },
    })),
  });
  vi.stubGlobal('window', {
    claudeManager: {
      previewAction: (request: ActionRequest) => answer('preview', preview(request)),
      performAction: (input: unknown) => answer(`perform ${JSON.stringify(input)}`, { results: [], freedBytes: null }),
      cancelPreview: () => answer('cancel', null),
      setPreferences: (input: unknown) => answer(`set ${JSON.stringify(input)}`, null),
    },
  });
  return calls;
};
const said = (confirm_single_idle: boolean): void => {
  const config = parseConfig({ global_settings: { confirm_single_idle } });
  const { app } = useShown.getState();
  useShown.setState({ app: Object.assign({}, app, { config, language: 'en' as const }) });
};
const titles = (): string[] => useToasts.getState().toasts.map((toast) => toast.title);
const BOTH = JSON.stringify({ token: 'token', keys: [KEY, aView(2).key], confirmation: null });

beforeEach(() => {
  vi.useFakeTimers();
  startWords('en');
  useEnding.setState({ phase: 'none', request: null, preview: null, ticks: new Set(), typed: '', never: false });
  useToasts.setState({ toasts: [], said: { text: '', turn: 0 } });
});
afterEach(() => {
  while (undoEnd());
  vi.useRealTimers();
  vi.unstubAllGlobals();
  useShown.setState({ app: null });
});

describe('a single end in which nothing speaks against anything', () => {
  it('opens the dialog where nobody has said otherwise', async () => {
    const calls = aMain(true);
    said(true);
    await askToEnd([KEY], false);
    expect([useEnding.getState().phase, calls, hasPending()]).toEqual(['open', ['preview'], false]);
  });

  it('ends main’s own list in five seconds where the user has said so, and counts them down', async () => {
    const calls = aMain(true);
    said(false);
    await askToEnd([KEY], false);
    expect([useEnding.getState().phase, titles()]).toEqual(['none', ['Ending p1 in 5 s']]);
    await vi.advanceTimersByTimeAsync(4_999);
    expect([calls, titles()]).toEqual([['preview'], ['Ending p1 in 1 s']]);
    await vi.advanceTimersByTimeAsync(1);
    expect(calls).toEqual(['preview', `perform ${BOTH}`]);
    expect(titles()).not.toContain('Ending p1 in 1 s');
  });

  it('is taken back: the list is given back and nothing ever happens', async () => {
    const calls = aMain(true);
    said(false);
    await askToEnd([KEY], false);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(undoEnd()).toBe(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([calls, titles(), undoEnd()]).toEqual([['preview', 'cancel'], ['p1 was not ended.'], false]);
  });

  it('is asked for once, however often the key is pressed', async () => {
    const calls = aMain(true);
    said(false);
    await askToEnd([KEY], false);
    await askToEnd([KEY], false);
    expect(calls).toEqual(['preview']);
  });

  it('keeps its way back, whatever else there is to say', async () => {
    aMain(true);
    said(false);
    await askToEnd([KEY], false);
    for (let turn = 0; turn < 9; turn++) showDone('something');
    expect(useToasts.getState().toasts.filter((toast) => toast.undo === 'token')).toHaveLength(1);
    closeToast(useToasts.getState().toasts.at(-1)?.id ?? 0);
  });
});

it('any other end opens the dialog, whatever the user has said', async () => {
  const calls = aMain(false);
  said(false);
  await askToEnd([KEY], false);
  expect([useEnding.getState().phase, calls, hasPending()]).toEqual(['open', ['preview'], false]);
});

it('is said in the dialog, and kept once the dialog is accepted', async () => {
  const calls = aMain(true);
  said(true);
  await askToEnd([KEY], false);
  askNever(true);
  await endTicked();
  expect(calls).toEqual(['preview', 'set {"confirm_single_idle":false}', `perform ${BOTH}`]);
});
