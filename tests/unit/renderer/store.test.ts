import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect, LINGER_MS, nextShown, type Shown, settle, somethingToShow, useShown } from '../../../src/renderer/store.js';
import type { Api, AppState, Result } from '../../../src/shared/api.js';
import { diffState, type Patch, type Update } from '../../../src/shared/patch.js';
import { aView } from '../../fakes/a-view.js';
import { aState } from '../../fakes/app-state.js';

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

describe('somethingToShow', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    useShown.setState(EMPTY, true);
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const settled = async (waiting: Promise<void>): Promise<boolean> => {
    let done = false;
    void waiting.then(() => {
      done = true;
    });
    await vi.advanceTimersByTimeAsync(0);
    return done;
  };

  it('waits for the first state or for a failure', async () => {
    for (const something of [{ app: aState(null) }, { failure: { reason: 'gone' as const, id: 'x' } }]) {
      useShown.setState(EMPTY, true);
      const waiting = somethingToShow(100);
      expect(await settled(waiting)).toBe(false);
      useShown.setState(something);
      expect(await settled(waiting)).toBe(true);
      expect(await settled(somethingToShow(100))).toBe(true);
    }
  });

  it('waits no longer than it is told to', async () => {
    const waiting = somethingToShow(100);
    await vi.advanceTimersByTimeAsync(99);
    expect(await settled(waiting)).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await settled(waiting)).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
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
const aWindow = (...answers: readonly Result<AppState>[]) => {
  const page = Object.assign(new EventTarget(), { hidden: false });
  const listeners = new Set<(update: Update) => void>();
  let sequence = 0;
  let asked = 0;
  let answering = Promise.resolve();
  const api: Pick<Api, 'getState' | 'onUpdate'> = {
    getState: async () => {
      const answer = answers[asked] ?? answers.at(-1);
      asked += 1;
      const number = ++sequence;
      await answering;
      if (!answer) throw new Error('no handler');
      return answer.ok ? { ok: true, value: { sequence: number, whole: answer.value } } : answer;
    },
    onUpdate: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const show = (hidden: boolean): void => {
    page.hidden = hidden;
    page.dispatchEvent(new Event('visibilitychange'));
  };
  const send = (update: Update): void => {
    for (const listener of listeners) listener(structuredClone(update));
  };
  return {
    api,
    page,
    show,
    listeners,
    asked: () => asked,
    /** Lets no answer through until the returned function is called. */
    holdAnswers: (): (() => void) => {
      let release = (): void => {};
      answering = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    pushWhole: (state: AppState) => send({ sequence: ++sequence, whole: state }),
    push: (before: AppState, after: AppState) => send({ sequence: ++sequence, patch: patchOf(before, after) }),
    /** A push that never arrives. */
    lose: () => void ++sequence,
  };
};

const patchOf = (before: AppState, after: AppState): Patch => {
  const patch = diffState(before, after);
  if (patch === null) throw new Error('the states are the same');
  return patch;
};

const ok = (state: AppState): Result<AppState> => ({ ok: true, value: state });
const [S1, S2, S3] = [aState([aView(1)]), aState([aView(2)]), aState([aView(3)])];

describe('connect', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    useShown.setState(EMPTY, true);
  });
  afterEach(() => vi.useRealTimers());

  const settled = () => vi.advanceTimersByTimeAsync(0);

  it('shows the answer, then what is pushed, and takes marks back after a moment', async () => {
    const { api, page, push, listeners } = aWindow(ok(S1));
    const stop = connect(api, page);
    await settled();
    expect(useShown.getState()).toEqual({ ...EMPTY, app: S1 });
    push(S1, S2);
    expect(useShown.getState()).toEqual({ app: S2, failure: null, gone: [aView(1)], fresh: new Set(['2:s2']) });
    vi.advanceTimersByTime(LINGER_MS);
    expect(useShown.getState()).toEqual({ ...EMPTY, app: S2 });
    stop();
    expect(listeners.size).toBe(0);
  });

  it('lets no late answer replace a pushed state', async () => {
    const { api, page, pushWhole, asked } = aWindow(ok(S1));
    connect(api, page);
    pushWhole(S2);
    await settled();
    expect([useShown.getState().app, asked()]).toEqual([S2, 1]);
  });

  it('keeps a patch that overtakes the answer until the answer is there', async () => {
    const { api, page, push, asked, holdAnswers } = aWindow(ok(S1));
    const release = holdAnswers();
    connect(api, page);
    push(S1, S2);
    push(S2, S3);
    expect(useShown.getState().app).toBeNull();
    release();
    await settled();
    expect([useShown.getState().app, asked()]).toEqual([S3, 1]);
  });

  it('asks for the whole state once when a patch is missing, and goes on from there', async () => {
    const { api, page, push, lose, asked } = aWindow(ok(S1), ok(S3));
    connect(api, page);
    await settled();
    lose();
    push(S2, S3);
    expect([useShown.getState().app, asked()]).toEqual([S1, 2]);
    await settled();
    expect([useShown.getState().app, asked()]).toEqual([S3, 2]);
    push(S3, S1);
    expect([useShown.getState().app, asked()]).toEqual([S1, 2]);
  });

  it('asks again when the answer does not close the gap, and when there was none', async () => {
    const { api, page, push, lose, asked, holdAnswers } = aWindow(
      ok(S1),
      { ok: false, failure: { reason: 'invalid', id: 'x' } },
      ok(S1),
      ok(S3),
    );
    connect(api, page);
    await settled();
    lose();
    push(S2, S3);
    await settled();
    expect([useShown.getState().app, useShown.getState().failure, asked()]).toEqual([S1, null, 2]);
    const release = holdAnswers();
    push(S3, S1);
    lose();
    push(S2, S3);
    release();
    await settled();
    expect([useShown.getState().app, asked()]).toEqual([S3, 4]);
  });

  it('does not ask for ever where the answer is old news', async () => {
    const { api, page, push, lose, asked } = aWindow(ok(S1));
    connect(api, page);
    await settled();
    const old = { ok: true, value: { sequence: 0, whole: S3 } } as const;
    const getState = vi.spyOn(api, 'getState').mockImplementation(async () => old);
    lose();
    push(S2, S3);
    await settled();
    expect([useShown.getState().app, asked(), getState.mock.calls.length]).toEqual([S1, 1, 1]);
  });

  it('says why there is no state', async () => {
    const { api, page } = aWindow({ ok: false, failure: { reason: 'denied', id: 'no' } });
    connect(api, page);
    await settled();
    expect(useShown.getState()).toEqual({ ...EMPTY, failure: { reason: 'denied', id: 'no' } });
  });

  it('says so when the call itself breaks', async () => {
    const { api, page } = aWindow();
    connect(api, page);
    await settled();
    expect(useShown.getState().failure).toEqual({ reason: 'invalid', id: 'noAnswer', values: { message: 'no handler' } });
  });

  it('shows nothing while hidden, then only the newest state, without marks', async () => {
    const { api, page, push, show } = aWindow(ok(S1));
    connect(api, page);
    await settled();
    show(true);
    push(S1, S2);
    push(S2, S3);
    expect(useShown.getState().app).toEqual(S1);
    show(false);
    expect(useShown.getState()).toEqual({ ...EMPTY, app: S3 });
  });
});
