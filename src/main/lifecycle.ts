import type { BrowserWindow } from 'electron';
import { app, dialog, powerMonitor, screen } from 'electron';
import type { Destination } from '../shared/api.js';
import type { GlobalSettings } from '../shared/config.js';
import { destinationOf, type Launch, launchSchema } from '../shared/launch.js';
import type { Busy } from './busy.js';
import { type CloseDecision, decideClose, isCrashLoop } from './closing.js';
import type { Translate } from './i18n.js';
import { createWindow } from './window.js';
import { createWindowKeeper } from './window-keeper.js';
import { fitPlace, readPlace, type WindowPlace, writePlace } from './window-place.js';

/** A hidden window costs as much as a shown one; one that is wanted again within this time is back at once. */
const DESTROY_MS = 30_000;
/** A panel that restarts takes seconds. After that a program without window or icon could not be reached. */
const UNREACHABLE_MS = 15_000;
/** At login the panel may come well after us. */
const LOGIN_MS = 60_000;
/** An administrator's prompt may stand for three minutes; nothing else takes longer. */
const WIND_DOWN_MS = 200_000;

export interface LifecycleParts {
  readonly launch: Launch;
  readonly demo: boolean;
  readonly placeFile: string;
  readonly closing: () => GlobalSettings['close_window'];
  readonly rememberClosing: (answer: 'tray' | 'quit') => Promise<unknown>;
  /** Whether it has been said on this machine that there is no tray, and the way to note it. */
  readonly noTraySaid: { readonly get: () => boolean; readonly set: () => void };
  readonly trayShown: () => boolean;
  readonly say: Translate;
  readonly navigate: (window: BrowserWindow, destination: Destination) => void;
  /** Whether somebody may see the window now. */
  readonly onVisible: (visible: boolean) => void;
  /** Actions under way, which a quit waits for. */
  readonly busy: Busy;
  /** The quit has been decided: nothing new is to begin, and what has not begun to act is called off. */
  readonly onQuitting: () => Promise<void>;
  readonly onError: (what: string, error?: unknown) => void;
}

export interface Lifecycle {
  readonly window: () => BrowserWindow | null;
  /** Shows the window, makes it where there is none, and leads it somewhere; null = where it was. */
  readonly show: (destination: Destination | null) => void;
  readonly pageListens: () => void;
  /** The first showing, as the start was asked for. */
  readonly begin: () => void;
  /** The tray came or went. */
  readonly trayChanged: () => void;
  readonly quit: () => void;
}

/** When the window is there and when it is not, and how the program ends. */
export const createLifecycle = (parts: LifecycleParts): Lifecycle => {
  const { say, onError, busy } = parts;
  let place: WindowPlace | null = readPlace(parts.placeFile);
  let quitting = false;
  let woundDown = false;
  /** Out of sight because somebody wanted it so: the program goes on without a window. */
  let away = parts.launch.hidden;
  let destroying: NodeJS.Timeout | null = null;
  let unreachable: NodeJS.Timeout | null = null;
  let asking = false;
  let crashes: readonly number[] = [];

  let keeping: Promise<void> = Promise.resolve();

  const keepPlace = (window: BrowserWindow): void => {
    // It stands on the disk by then, and a demo's folder is about to go.
    if (woundDown) return;
    const now = { ...window.getNormalBounds(), maximized: window.isMaximized() };
    place = now;
    // One after the other: a file is written by one writer at a time.
    keeping = keeping.then(() => writePlace(parts.placeFile, now)).catch((error: unknown) => onError('window place', error));
  };
  const cancel = (timer: NodeJS.Timeout | null): null => {
    if (timer !== null) clearTimeout(timer);
    return null;
  };
  const putAway = (window: BrowserWindow): void => {
    away = true;
    window.hide();
    destroying = cancel(destroying);
    destroying = setTimeout(() => window.destroy(), DESTROY_MS);
  };
  const ask = async (window: BrowserWindow): Promise<void> => {
    if (asking) return;
    asking = true;
    const { response } = await dialog
      .showMessageBox(window, {
        type: 'question',
        title: 'Claude Manager',
        message: say('lifecycle.closeTitle'),
        detail: say('lifecycle.closeText'),
        buttons: [say('lifecycle.keepRunning'), say('lifecycle.quit'), say('lifecycle.cancel')],
        defaultId: 0,
        cancelId: 2,
        noLink: true,
      })
      .finally(() => {
        asking = false;
      });
    if (response === 2) return;
    await parts.rememberClosing(response === 0 ? 'tray' : 'quit');
    if (response === 1) app.quit();
    else if (!window.isDestroyed()) putAway(window);
  };
  const sayNoTray = async (window: BrowserWindow): Promise<void> => {
    if (asking) return;
    asking = true;
    parts.noTraySaid.set();
    await dialog.showMessageBox(window, {
      type: 'info',
      title: 'Claude Manager',
      message: say('lifecycle.noTrayTitle'),
      detail: say('lifecycle.noTrayText'),
      buttons: [say('lifecycle.quit')],
    });
    app.quit();
  };
  const WAYS: Readonly<Record<Exclude<CloseDecision, 'let'>, (window: BrowserWindow) => void>> = {
    quit: () => app.quit(),
    hide: putAway,
    ask: (window) => void ask(window).catch((error: unknown) => onError('question', error)),
    sayNoTray: (window) => void sayNoTray(window).catch((error: unknown) => onError('message', error)),
  };

  const onCrash = (window: BrowserWindow, reason: string): void => {
    if (quitting || window.isDestroyed()) return;
    onError(`the page ended: ${reason}`);
    const now = Date.now();
    crashes = [...crashes, now];
    if (!isCrashLoop(crashes, now)) {
      // Not within the event that tells of it: the old page is not quite gone yet.
      setImmediate(() => window.isDestroyed() || window.webContents.reload());
      return;
    }
    crashes = [];
    // Without a tray it ends with the answer, not with the window.
    away = true;
    window.destroy();
    dialog
      .showMessageBox({
        type: 'error',
        title: 'Claude Manager',
        message: say('lifecycle.pageCrashTitle'),
        detail: say('lifecycle.pageCrashText'),
        buttons: [say('lifecycle.tryAgain'), say('lifecycle.close')],
        cancelId: 1,
        noLink: true,
      })
      .then(({ response }) => {
        if (response === 0) keeper.show(null);
        else if (!parts.trayShown()) app.quit();
      })
      .catch((error: unknown) => onError('message', error));
  };

  const keeper = createWindowKeeper<BrowserWindow>({
    create: (gone) => {
      const displays = screen.getAllDisplays().map((display) => display.workArea);
      away = false;
      // Closed before it has painted, it stays away.
      const window = createWindow({ demo: parts.demo, place: fitPlace(place, displays), wanted: () => !away });
      for (const name of ['hide', 'minimize'] as const) window.on(name as 'hide', () => parts.onVisible(false));
      for (const name of ['show', 'restore'] as const)
        window.on(name as 'show', () => {
          away = false;
          destroying = cancel(destroying);
          unreachable = cancel(unreachable);
          parts.onVisible(true);
        });
      window.on('close', (event) => {
        keepPlace(window);
        const decision = decideClose({ quitting, setting: parts.closing(), tray: parts.trayShown(), said: parts.noTraySaid.get() });
        if (decision === 'let') return;
        event.preventDefault();
        WAYS[decision](window);
      });
      window.on('closed', () => {
        destroying = cancel(destroying);
        gone();
        parts.onVisible(false);
      });
      window.webContents.on('render-process-gone', (_event, { reason }) => onCrash(window, reason));
      return window;
    },
    navigate: parts.navigate,
  });

  const windDown = async (): Promise<void> => {
    const window = keeper.current();
    if (window !== null && !window.isDestroyed()) {
      keepPlace(window);
      window.hide();
    }
    const late = new Promise<void>((resolve) => setTimeout(resolve, WIND_DOWN_MS).unref());
    const ended = Promise.all([parts.onQuitting().then(busy.idle), keeping]);
    await Promise.race([ended, late]);
  };
  app.on('before-quit', (event) => {
    if (woundDown) return;
    // What acts on processes comes to its end and into the log first.
    event.preventDefault();
    if (quitting) return;
    quitting = true;
    windDown()
      .catch((error: unknown) => onError('quit', error))
      .finally(() => {
        woundDown = true;
        app.quit();
      });
  });
  app.on('window-all-closed', () => {
    if (!away) app.quit();
  });
  app.on('second-instance', (_event, _argv, _folder, data) => {
    const launch = launchSchema.safeParse(data);
    if (!launch.success) onError('a second start was refused: it did not say what a start says');
    else if (!launch.data.hidden && !quitting) keeper.show(destinationOf(launch.data));
  });
  app.on('activate', () => keeper.show(null));
  // The session ends: the system waits for us a little.
  powerMonitor.on('shutdown', () => app.quit());

  const watchReach = (ms: number): void => {
    unreachable = cancel(unreachable);
    if (parts.trayShown() || quitting) return;
    unreachable = setTimeout(() => {
      if (!parts.trayShown() && !quitting && keeper.current()?.isVisible() !== true) keeper.show(null);
    }, ms);
    unreachable.unref();
  };

  return {
    window: keeper.current,
    show: keeper.show,
    pageListens: keeper.pageListens,
    begin: () => {
      if (!parts.launch.hidden) keeper.show(destinationOf(parts.launch));
      else watchReach(LOGIN_MS);
    },
    trayChanged: () => {
      if (keeper.current()?.isVisible() !== true && away && unreachable === null) watchReach(UNREACHABLE_MS);
      if (parts.trayShown()) unreachable = cancel(unreachable);
    },
    quit: () => app.quit(),
  };
};
