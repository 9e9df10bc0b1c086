import { userInfo } from 'node:os';
import type { BrowserWindow } from 'electron';
import { app, clipboard, dialog, nativeTheme, powerMonitor, shell } from 'electron';
import type { AppState, Result } from '../shared/api.js';
import { createCore } from './core.js';
import { readDetails } from './details.js';
import { createTranslate, resolveLanguage } from './i18n.js';
import type { Handlers } from './ipc.js';
import { pushState, registerIpc } from './ipc.js';
import { createLogger } from './logger.js';
import { createMonitor } from './monitor.js';
import { createWindow, isOurPage, prepareSession, removeDefaultMenu } from './window.js';

/** The only addresses that ever leave the application, by id; the window never sends one. */
const LINKS = { documentation: 'https://code.claude.com/docs' } as const;

const done: Result<null> = { ok: true, value: null };

/** The composition root: builds every part once, wires them, opens the window. */
export const start = async (): Promise<void> => {
  if (app.isPackaged && process.getuid?.() === 0) {
    const t = createTranslate(resolveLanguage('system', app.getLocale()));
    dialog.showErrorBox(t('error.rootWindowTitle'), t('error.rootWindow'));
    app.exit(1);
    return;
  }
  const core = createCore();
  const logger = createLogger(core.paths.stateDir);
  process.on('uncaughtException', (error) => logger.error('uncaught', error));
  process.on('unhandledRejection', (error) => logger.error('unhandled rejection', error));
  core.onProblem((problem) => logger.error('problem', problem));

  const settings = () => core.configStore.get().global_settings;
  const monitor = createMonitor({
    looker: core.looker,
    intervalMs: settings().refresh_interval_seconds * 1000,
    enabled: settings().refresh_enabled,
    now: () => Date.now(),
    onError: (error) => logger.error('look failed', error),
  });

  let window: BrowserWindow | null = null;
  const { username, uid } = userInfo();
  const state = (): AppState => {
    const config = core.configStore.get();
    const { language, theme, refresh_interval_seconds, refresh_enabled } = config.global_settings;
    const { look, loop, trends } = monitor.state();
    return {
      snapshot: look?.snapshot ?? null,
      trends,
      loop,
      settings: { language, theme, refresh_interval_seconds, refresh_enabled },
      config,
      language: resolveLanguage(language, app.getLocale()),
      about: { version: app.getVersion(), electron: process.versions['electron'] ?? '', selfUser: username, selfUid: uid, root: uid === 0 },
      notices: core.configStore.notices(),
    };
  };
  const push = (): void => {
    if (window?.isVisible()) pushState(window.webContents, state());
  };
  const applySettings = (): void => {
    nativeTheme.themeSource = settings().theme;
    monitor.setInterval(settings().refresh_interval_seconds * 1000, settings().refresh_enabled);
  };

  const handlers: Handlers = {
    getState: async () => ({ ok: true, value: state() }),
    refreshNow: async () => {
      await monitor.refresh();
      return done;
    },
    setPreferences: async (patch) => {
      const saved = await core.configStore.setPreferences(patch);
      if (!saved.ok) return saved;
      applySettings();
      push();
      return done;
    },
    getDetails: async ({ key }) => {
      const { look } = monitor.state();
      const details = look === null ? null : await readDetails(look, key, core);
      return details === null ? { ok: false, failure: { reason: 'gone', id: 'gone' } } : { ok: true, value: details };
    },
    previewEnd: ({ keys, force }, caller) => core.actions.previewEnd(keys, { force, caller: caller.id }),
    endProcesses: async ({ token, keys }, caller) => {
      const report = await core.actions.endProcesses({ token, keys, caller: caller.id });
      // What was ended is seen in the next reading; nobody should wait an interval for it.
      void monitor.refresh();
      return report;
    },
    cancelPreview: async ({ token }, caller) => {
      await core.actions.cancelPreview({ token, caller: caller.id });
      return done;
    },
    copyText: async ({ text }) => {
      clipboard.writeText(text);
      return done;
    },
    openLink: async ({ id }) => {
      await shell.openExternal(LINKS[id]);
      return done;
    },
  };

  prepareSession();
  registerIpc({
    handlers,
    isTrusted: (contents, url) => window !== null && contents.id === window.webContents.id && isOurPage(url),
    onError: (command, error) => logger.error(`command ${command}`, error),
  });

  removeDefaultMenu();
  applySettings();
  window = createWindow();
  for (const name of ['hide', 'minimize'] as const) window.on(name as 'hide', () => monitor.setHidden(true));
  for (const name of ['show', 'restore'] as const)
    window.on(name as 'show', () => {
      monitor.setHidden(false);
      push();
    });
  window.on('closed', () => {
    window = null;
  });

  monitor.onChange(push);
  core.configStore.onChange(() => {
    applySettings();
    push();
  });
  powerMonitor.on('suspend', monitor.suspend);
  powerMonitor.on('resume', monitor.resume);
  app.on('second-instance', () => {
    if (window?.isMinimized()) window.restore();
    window?.show();
    window?.focus();
  });
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', () => {
    monitor.stop();
    core.close();
  });
  app.on('quit', core.leave);
  logger.info(`started ${app.getVersion()} on Electron ${process.versions['electron']}`);
  monitor.start();
};
