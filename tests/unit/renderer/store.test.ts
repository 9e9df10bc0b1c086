import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect, LINGER_MS, nextShown, type Shown, settle, useShown } from '../../../src/renderer/store.js';
import type { Api, AppState, Result } from '../../../src/shared/api.js';
import { parseConfig } from '../../../src/shared/config.js';
import type { ProcessView } from '../../../src/shared/types.js';
import { aSnapshot, aView } from '../../fakes/a-view.js';

const aState = (processes: readonly ProcessView[] | null): AppState => ({
  snapshot: processes && aSnapshot(processes),
  trends: {},
  loop: { enabled: true, intervalMs: 5000, nextLookAtMs: 1, staleSinceMs: null, error: null, looks: 1 },
  settings: { language: 'system', theme: 'system', refresh_interval_seconds: 5, refresh_enabled: true },
  config: parseConfig({}),
  stopped: [],
  quick: { orphans: 0, possibleOrphans: 0, old: 0, all: 0 },
  logVersion: 0,
  language: 'en',
  about: { version: '1', electron: '1', selfUser: 'dana', selfUid: 1000, root: false },
  notices: [],
});

const EMPTY: Shown = { app: null, failure: null, gone: [], fresh: new Set() };

describe('nextShown', () => {
  it('marks nobody as new in the first reading', () => {
    const first = aState([aView(1)]);
    expect(nextShown(EMPTY, first, true)).toEqual({ ...EMPTY, app: first });
    expect(nextShown({ ...EMPTY, app: aState(null) }, first, true)).toEqual({ ...EMPTY, app: first });
  });

  it('keeps what ended and marks what came', () => {
    const shown = nextShown(nextShown(EMPTY, aState([aView(1), aView(2)]), true), aState([aView(2), aView(3)]), true);
    expect(shown).toEqual({ app: aState([aView(2), aView(3)]), failure: null, gone: [aView(1)], fresh: new Set(['3:s3']) });
  });

  it('marks nothing when asked not to, and forgets an earlier failure', () => {
    const before = { ...nextShown(EMPTY, aState([aView(1)]), true), failure: { reason: 'gone' as const, id: 'x' } };
    expect(nextShown(before, aState([aView(2)]), false)).toEqual({ ...EMPTY, app: aState([aView(2)]) });
  });

  it('adds to the marks of an earlier look', () => {
    const shown = [aState([aView(1), aView(2)]), aState([aView(2)]), aState([aView(4)])].reduce(
      (before, state) => nextShown(before, state, true),
      EMPTY,
    );
    expect(shown).toEqual({ app: aState([aView(4)]), failure: null, gone: [aView(1), aView(2)], fresh: new Set(['4:s4']) });
  });
});

describe('nextShown after a look that missed a row', () => {
  it('does not show it twice once it is found again', () => {
    const shown = [aState([aView(1), aView(2)]), aState([aView(2)]), aState([aView(1), aView(2)])].reduce(
      (before, state) => nextShown(before, state, true),
      EMPTY,
    );
    expect(shown).toEqual({ app: aState([aView(1), aView(2)]), failure: null, gone: [], fresh: new Set(['1:s1']) });
  });
});

describe('settle', () => {
  it('takes back only the marks that it is given', () => {
    const shown: Shown = { ...EMPTY, gone: [aView(1), aView(2)], fresh: new Set(['3:s3', '4:s4']) };
    expect(settle(shown, new Set(['1:s1']), new Set(['4:s4']))).toEqual({ ...EMPTY, gone: [aView(2)], fresh: new Set(['3:s3']) });
  });
});

/** A page that can be hidden, and a main that pushes when told. */
const aWindow = (first: Result<AppState>) => {
  const page = Object.assign(new EventTarget(), { hidden: false });
  const listeners = new Set<(state: AppState) => void>();
  const never = () => new Promise<never>(() => {});
  const api: Api = {
    getState: () => Promise.resolve(first),
    refreshNow: never,
    setPreferences: never,
    getDetails: never,
    previewAction: never,
    performAction: never,
    readLog: never,
    exportLog: never,
    clearLog: never,
    cancelPreview: never,
    copyText: never,
    openLink: never,
    onNavigate: () => () => undefined,
    onUpdate: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const show = (hidden: boolean): void => {
    page.hidden = hidden;
    page.dispatchEvent(new Event('visibilitychange'));
  };
  return { api, page, show, push: (state: AppState) => listeners.forEach((listener) => void listener(state)), listeners };
};

describe('connect', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    useShown.setState(EMPTY, true);
  });
  afterEach(() => vi.useRealTimers());

  const answered = () => vi.advanceTimersByTimeAsync(0);

  it('shows the answer, then what is pushed, and takes marks back after a moment', async () => {
    const { api, page, push, listeners } = aWindow({ ok: true, value: aState([aView(1)]) });
    const stop = connect(api, page);
    await answered();
    expect(useShown.getState()).toEqual({ ...EMPTY, app: aState([aView(1)]) });
    push(aState([aView(2)]));
    expect(useShown.getState()).toEqual({ app: aState([aView(2)]), failure: null, gone: [aView(1)], fresh: new Set(['2:s2']) });
    vi.advanceTimersByTime(LINGER_MS);
    expect(useShown.getState()).toEqual({ ...EMPTY, app: aState([aView(2)]) });
    stop();
    expect(listeners.size).toBe(0);
  });

  it('lets no late answer replace a pushed state', async () => {
    const { api, page, push } = aWindow({ ok: true, value: aState([aView(1)]) });
    connect(api, page);
    push(aState([aView(2)]));
    await answered();
    expect(useShown.getState().app).toEqual(aState([aView(2)]));
  });

  it('says why there is no state', async () => {
    const { api, page } = aWindow({ ok: false, failure: { reason: 'denied', id: 'no' } });
    connect(api, page);
    await answered();
    expect(useShown.getState()).toEqual({ ...EMPTY, failure: { reason: 'denied', id: 'no' } });
  });

  it('says so when the call itself breaks', async () => {
    const { api, page } = aWindow({ ok: true, value: aState(null) });
    connect({ ...api, getState: () => Promise.reject(new Error('no handler')) }, page);
    await answered();
    expect(useShown.getState().failure).toEqual({ reason: 'invalid', id: 'noAnswer', values: { message: 'no handler' } });
  });

  it('shows nothing while hidden, then only the newest state, without marks', async () => {
    const { api, page, push, show } = aWindow({ ok: true, value: aState([aView(1)]) });
    connect(api, page);
    await answered();
    show(true);
    push(aState([aView(2)]));
    push(aState([aView(3)]));
    expect(useShown.getState().app).toEqual(aState([aView(1)]));
    show(false);
    expect(useShown.getState()).toEqual({ ...EMPTY, app: aState([aView(3)]) });
  });
});
