import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  askFor,
  askToEnd,
  askToPause,
  cancelEnding,
  canEnd,
  endTicked,
  tick,
  typeConfirmation,
  useEnding,
} from '../../../src/renderer/ending.js';
import { startWords } from '../../../src/renderer/i18n.js';
import { toContinue, toEnd, toEndAll, toPause } from '../../../src/renderer/requests.js';
import { useToasts } from '../../../src/renderer/toasts.js';
import type { ActionRequest, Preview, PreviewTarget } from '../../../src/shared/api.js';
import { aView } from '../../fakes/a-view.js';

const aTarget = (pid: number, ticked: boolean): PreviewTarget => ({
  key: aView(pid).key,
  below: null,
  role: 'chosen',
  name: `p${pid}`,
  kind: 'cli-session',
  user: 'dana',
  memoryBytes: 1,
  startedAtMs: null,
  leftOver: 'no',
  evidence: [],
  warnings: [],
  ticked,
  resume: null,
});

/** Main as the page calls it: answers every preview with two lines, the second unticked, and keeps what it was asked. */
const aMain = (confirm: string | null = null) => {
  const calls: (readonly [string, unknown])[] = [];
  const previewAction = async (request: ActionRequest) => {
    calls.push(['preview', request]);
    const preview: Preview = {
      token: `token-${calls.length}`,
      request,
      confirm,
      takenAtMs: 0,
      expiresAtMs: 1,
      graceMs: 5000,
      light: false,
      targets: [aTarget(1, true), aTarget(2, false)],
      excluded: [],
    };
    return { ok: true as const, value: preview };
  };
  const performAction = async (input: unknown) => {
    calls.push(['perform', input]);
    return { ok: true as const, value: { results: [], freedBytes: null } };
  };
  const cancelPreview = async (input: unknown) => {
    calls.push(['cancel', input]);
    return { ok: true as const, value: null };
  };
  vi.stubGlobal('window', { claudeManager: { previewAction, performAction, cancelPreview } });
  return calls;
};

beforeEach(() => {
  startWords('en');
  useEnding.setState({ phase: 'none', request: null, preview: null, ticks: new Set(), typed: '', never: false });
  useToasts.setState({ toasts: [], said: { text: '', turn: 0 } });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const keys = [aView(1).key];

describe('askFor', () => {
  it('opens the preview with main’s ticks, and does nothing else', async () => {
    const calls = aMain();
    await askToEnd(keys, false);
    const { phase, request, ticks } = useEnding.getState();
    expect([phase, request, ticks, calls]).toEqual(['open', toEnd(keys, false), new Set(['1:s1']), [['preview', toEnd(keys, false)]]]);
  });

  it('asks nothing about nobody', async () => {
    const calls = aMain();
    await askToEnd([], false);
    expect(calls).toEqual([]);
  });

  it('gives the old list back before it asks for another', async () => {
    const calls = aMain();
    await askToEnd(keys, false);
    await askFor(toEndAll({ type: 'orphans' }));
    expect(calls.map(([name]) => name)).toEqual(['preview', 'cancel', 'preview']);
  });
});

describe('askToPause', () => {
  it('pauses what runs, and continues where all is paused', async () => {
    const calls = aMain();
    const [running, paused] = [aView(1), aView(2, { state: 'T' })];
    await askToPause([running, paused]);
    await cancelEnding();
    await askToPause([paused]);
    expect(calls.filter(([name]) => name === 'preview').map(([, request]) => request)).toEqual([
      toPause([running.key]),
      toContinue([paused.key]),
    ]);
  });
});

describe('endTicked', () => {
  it('sends the ticked lines, without a word typed where none is wanted', async () => {
    const calls = aMain();
    await askToEnd(keys, false);
    tick('2:s2');
    typeConfirmation('something');
    await endTicked();
    expect(calls.at(-1)).toEqual(['perform', { token: 'token-1', keys: [aView(1).key, aView(2).key], confirmation: null }]);
    expect(useEnding.getState().phase).toBe('none');
  });

  it('sends nothing until the name is typed to the letter, and the name then', async () => {
    const calls = aMain('dana');
    await askFor(toEndAll({ type: 'user', user: 'dana' }));
    for (const typed of ['', 'dan', 'Dana', 'dana ']) {
      typeConfirmation(typed);
      expect(canEnd(useEnding.getState())).toBe(false);
      await endTicked();
    }
    expect(calls.map(([name]) => name)).toEqual(['preview']);
    typeConfirmation('dana');
    await endTicked();
    expect(calls.at(-1)).toEqual(['perform', { token: 'token-1', keys: [aView(1).key], confirmation: 'dana' }]);
  });

  it('forgets what was typed for another list', async () => {
    aMain('dana');
    await askFor(toEndAll({ type: 'user', user: 'dana' }));
    typeConfirmation('dana');
    await askFor(toEndAll({ type: 'user', user: 'dana' }));
    expect(canEnd(useEnding.getState())).toBe(false);
  });

  it('sends nothing with no line ticked', async () => {
    const calls = aMain();
    await askToEnd(keys, false);
    tick('1:s1');
    await endTicked();
    expect(calls.map(([name]) => name)).toEqual(['preview']);
  });
});
