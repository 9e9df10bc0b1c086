import { create } from 'zustand';
import type { Api, AppState, Failure } from '../shared/api.js';
import type { Update, WholeState } from '../shared/patch.js';
import { applyUpdate } from '../shared/patch.js';
import { keyId } from '../shared/process-key.js';
import type { ProcessView } from '../shared/types.js';
import { arrived } from './arrival.js';
import { ask } from './ask.js';
import { compareLooks } from './compare-looks.js';

/** How long a row that has ended stays to be seen, and one that is new stays tinted. */
export const LINGER_MS = 2000;

export interface Shown {
  /** Null until main has answered. */
  readonly app: AppState | null;
  /** Main could not answer at all. */
  readonly failure: Failure | null;
  /** Rows that ended a moment ago. */
  readonly gone: readonly ProcessView[];
  /** Ids of rows that came a moment ago. */
  readonly fresh: ReadonlySet<string>;
}

const NOTHING: readonly ProcessView[] = [];
const NOBODY: ReadonlySet<string> = new Set();

/** What main knows, as the page shows it: one object, fed by `connect`, read through selectors. */
export const useShown = create<Shown>(() => ({ app: null, failure: null, gone: NOTHING, fresh: NOBODY }));

/** The shown state after main's next one; pure. `marks` = whether to point at what came and went. */
export const nextShown = (shown: Shown, app: AppState, marks: boolean): Shown => {
  const before = shown.app?.snapshot?.processes ?? null;
  const after = app.snapshot?.processes ?? [];
  if (before === after) return { ...shown, app, failure: null };
  const { born, gone } = compareLooks(marks ? before : null, after);
  const living = new Set(shown.gone.length > 0 ? after.map((view) => keyId(view.key)) : []);
  // A row that one look missed and the next one found is no longer gone: it must not be shown twice.
  const stillGone = shown.gone.filter((view) => !living.has(keyId(view.key)));
  return {
    app,
    failure: null,
    gone: gone.length > 0 || stillGone.length < shown.gone.length ? [...stillGone, ...gone] : shown.gone,
    fresh: born.length > 0 ? new Set([...shown.fresh, ...born]) : shown.fresh,
  };
};

/** Takes back the marks of rows that were pointed at long enough; pure. */
export const settle = (shown: Shown, gone: ReadonlySet<string>, fresh: ReadonlySet<string>): Shown => ({
  ...shown,
  gone: gone.size > 0 ? shown.gone.filter((view) => !gone.has(keyId(view.key))) : shown.gone,
  fresh: fresh.size > 0 ? new Set([...shown.fresh].filter((id) => !fresh.has(id))) : shown.fresh,
});

/** Resolves once there is a state or a failure to show, at the latest after `limitMs`. */
export const somethingToShow = (limitMs: number): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      stop();
      clearTimeout(timer);
      resolve();
    };
    const look = ({ app, failure }: Shown): void => {
      if (app !== null || failure !== null) done();
    };
    const timer = setTimeout(done, limitMs);
    const stop = useShown.subscribe(look);
    look(useShown.getState());
  });

interface Page {
  readonly hidden: boolean;
  readonly addEventListener: (type: 'visibilitychange', listener: () => void) => void;
  readonly removeEventListener: (type: 'visibilitychange', listener: () => void) => void;
}

/**
 * Feeds the store: the whole state once, then every pushed change of it; where one is missing, the whole state again. While
 * the page is hidden nothing is shown; when it comes back it shows the newest state, without marks, for nobody saw the rows
 * that it would strike through. Returns the way to stop.
 */
export const connect = (api: Pick<Api, 'getState' | 'onUpdate'>, page: Page): (() => void) => {
  let known: WholeState | null = null;
  /** Not null while a whole state is under way: what was pushed meanwhile and is of no use without it. */
  let early: Update[] | null = null;
  let unshown = false;

  const show = (state: AppState, marks: boolean): void => {
    const before = useShown.getState();
    const after = nextShown(before, state, marks);
    useShown.setState(after, true);
    const gone = new Set(after.gone.filter((view) => !before.gone.includes(view)).map((view) => keyId(view.key)));
    const fresh = new Set([...after.fresh].filter((id) => !before.fresh.has(id)));
    if (gone.size > 0 || fresh.size > 0) setTimeout(() => useShown.setState((shown) => settle(shown, gone, fresh), true), LINGER_MS);
  };
  const take = (update: Update): void => {
    const next = applyUpdate(known, arrived(update));
    if (next === null) {
      if (early === null) askWhole();
      early?.push(update);
    } else if (next !== known) {
      known = next;
      unshown = page.hidden && useShown.getState().app !== null;
      if (!unshown) show(next.whole, true);
    }
  };
  const askWhole = (): void => {
    early = [];
    void ask(api.getState({})).then((result) => {
      const held = early ?? [];
      early = null;
      if (!result.ok) {
        if (known === null) useShown.setState({ failure: result.failure });
        return;
      }
      const before = known;
      take(result.value);
      // An answer that is older than what is known closes no gap, and asking again would only bring another.
      if (known !== before) for (const update of held) take(update);
    });
  };
  const wake = (): void => {
    if (page.hidden || !unshown || known === null) return;
    unshown = false;
    show(known.whole, false);
  };

  const stop = api.onUpdate(take);
  page.addEventListener('visibilitychange', wake);
  askWhole();
  return () => {
    stop();
    page.removeEventListener('visibilitychange', wake);
  };
};
