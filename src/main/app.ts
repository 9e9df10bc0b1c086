import { join } from 'node:path';
import type { BrowserWindow, OpenDialogOptions } from 'electron';
import { app, clipboard, dialog, nativeTheme, powerMonitor, shell } from 'electron';
import type { AppState, QuickCounts, Result } from '../shared/api.js';
import { quickCounts } from '../shared/bulk.js';
import type { Config } from '../shared/config.js';
import type { Language } from '../shared/format.js';
import { createCare } from './care.js';
import { createConfigCommands } from './config-commands.js';
import { createCore } from './core.js';
import { createDemoWorld } from './demo/demo-world.js';
import { readDetails } from './details.js';
import { createHistory } from './history.js';
import type { Translate } from './i18n.js';
import { createTranslate, resolveLanguage } from './i18n.js';
import type { Handlers } from './ipc.js';
import { pushDestination, pushUpdate, registerIpc } from './ipc.js';
import { createLogCommands } from './log-commands.js';
import { createLogReader } from './log-reader.js';
import { watchLog } from './log-watch.js';
import { createLogger } from './logger.js';
import type { Look } from './look.js';
import { createMonitor } from './monitor.js';
import { createNotifications } from './notifications.js';
import { currentOs } from './platform/index.js';
import { createPublisher } from './publisher.js';
import { createRealWorld } from './real-world.js';
import { createTableExport } from './table-export.js';
import { wantsDemo } from './wants-demo.js';
import { createWindow, isOurPage, prepareSession, removeDefaultMenu } from './window.js';
import { createWindowKeeper } from './window-keeper.js';

/** The only addresses that ever leave the application, by id; the window never sends one. */
const LINKS = { documentation: 'https://code.claude.com/docs' } as const;

const done: Result<null> = { ok: true, value: null };
const NO_COUNTS: QuickCounts = { orphans: 0, possibleOrphans: 0, old: 0, all: 0 };

/** The composition root: builds every part once, wires them, opens the window. */
export const start = async (): Promise<void> => {
  if (app.isPackaged && process.getuid?.() === 0) {
    const t = createTranslate(resolveLanguage('system', app.getLocale()));
    dialog.showErrorBox(t('error.rootWindowTitle'), t('error.rootWindow'));
    app.exit(1);
    return;
  }
  const core = createCore(wantsDemo() ? createDemoWorld() : createRealWorld());
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

  const keeper = createWindowKeeper<BrowserWindow>({
    create: (gone) => {
      const window = createWindow({ demo });
      for (const name of ['hide', 'minimize'] as const)
        window.on(name as 'hide', () => {
          monitor.setHidden(true);
          publisher.forget();
        });
      for (const name of ['show', 'restore'] as const)
        window.on(name as 'show', () => {
          monitor.setHidden(false);
          push();
        });
      window.on('closed', gone);
      return window;
    },
    navigate: (window, destination) => pushDestination(window.webContents, destination),
  });
  const logWatch = watchLog(core.paths.actionLogFile);
  const askWhere = async ({ fileName }: { readonly fileName: string }): Promise<string | null> => {
    const options = { defaultPath: join(app.getPath('documents'), fileName) };
    const window = keeper.current();
    const answer = await (window ? dialog.showSaveDialog(window, options) : dialog.showSaveDialog(options));
    return answer.canceled || answer.filePath === '' ? null : answer.filePath;
  };
  const history = createHistory({ core, monitor, logWatch, askWhere, onProblem: (problem) => logger.error('history', problem) });
  const logCommands = createLogCommands({
    path: core.paths.actionLogFile,
    reader: createLogReader({ path: core.paths.actionLogFile }),
    log: core.actionLog,
    now: Date.now,
    identify: core.platform.identify,
    askWhere,
  });
  const configCommands = createConfigCommands({
    door: core.configDoor,
    store: core.configStore,
    askFile: async () => {
      const options: OpenDialogOptions = { properties: ['openFile'], filters: [{ name: 'JSON', extensions: ['json'] }] };
      const window = keeper.current();
      const answer = await (window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options));
      return answer.canceled ? null : (answer.filePaths[0] ?? null);
    },
    askWhere: (fileName) => askWhere({ fileName }),
  });
  const { demo, self } = core;
  const about = { selfUser: self.user, selfUid: self.uid, root: self.uid === 0, demo };
  let spoken: { readonly language: Language; readonly t: Translate } | null = null;
  /** Words of the configured language, for what main itself says. */
  const words = (): { readonly language: Language; readonly t: Translate } => {
    const language = resolveLanguage(settings().language, app.getLocale());
    if (spoken?.language !== language) spoken = { language, t: createTranslate(language) };
    return spoken;
  };
  let counted: { readonly look: Look; readonly config: Config; readonly counts: QuickCounts } | null = null;
  /** Counted once a look and configuration: states are pushed for other reasons too. */
  const countsOf = (look: Look): QuickCounts => {
    const config = core.configStore.get();
    if (counted?.look !== look || counted.config !== config)
      counted = { look, config, counts: quickCounts(look.snapshot, config, look.guard) };
    return counted.counts;
  };
  const care = createCare({
    core,
    monitor,
    os: currentOs,
    createNotifier: (parts) => createNotifications({ ...parts, os: currentOs, demo }),
    words,
    window: {
      isVisible: () => keeper.current()?.isVisible() === true && keeper.current()?.isMinimized() === false,
      isFocused: () => keeper.current()?.isFocused() === true,
      show: keeper.show,
    },
    onChange: () => push(),
    onProblem: (problem) => logger.error('problem', problem),
  });
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
      configFile: { path: core.paths.configFile, savedAtMs: core.configStore.file().savedAtMs, weaker: core.configStore.file().weaker },
      stopped: core.stopped.list(),
      quick: look === null ? NO_COUNTS : countsOf(look),
      logVersion: logWatch.version(),
      historyVersion: history.version(),
      language: resolveLanguage(language, app.getLocale()),
      about: { version: app.getVersion(), electron: process.versions['electron'] ?? '', ...about },
      ...care.state(),
      notices: [...core.configStore.notices(), ...core.stopped.notices(), ...core.background.notices(), ...history.notices()],
    };
  };
  const publisher = createPublisher(state);
  const push = (): void => {
    const window = keeper.current();
    if (!window?.isVisible() || window.isMinimized()) return;
    const update = publisher.next();
    if (update !== null) pushUpdate(window.webContents, update);
  };
  const applySettings = (): void => {
    nativeTheme.themeSource = settings().theme;
    monitor.setInterval(settings().refresh_interval_seconds * 1000, settings().refresh_enabled);
  };

  const handlers: Handlers = {
    getState: async () => {
      // It asks once it listens.
      keeper.pageListens();
      return { ok: true, value: publisher.whole() };
    },
    refreshNow: async () => {
      await monitor.refresh();
      return done;
    },
    ...configCommands,
    protect: async (rule) => {
      const saved = await core.configDoor.change([{ at: 'rule', rule, on: true }], [], 'change');
      if (!saved.ok) return saved;
      void monitor.refresh();
      return done;
    },
    getDetails: async ({ key }) => {
      const { look } = monitor.state();
      const details = look === null ? null : await readDetails(look, key, core);
      return details === null ? { ok: false, failure: { reason: 'gone', id: 'gone' } } : { ok: true, value: details };
    },
    previewAction: (request, caller) => core.actions.previewAction(request, { caller: caller.id }),
    performAction: async ({ token, keys, confirmation }, caller) => {
      const report = await core.actions.performAction({ token, keys, confirmation, caller: caller.id });
      // What was ended is seen in the next reading; nobody should wait an interval for it.
      void monitor.refresh();
      return report;
    },
    cancelPreview: async ({ token }, caller) => {
      await core.actions.cancelPreview({ token, caller: caller.id });
      return done;
    },
    readLog: logCommands.readLog,
    exportLog: logCommands.exportLog,
    clearLog: logCommands.clearLog,
    ...history.commands,
    ...care.handlers,
    exportTable: createTableExport({ askWhere, now: Date.now }),
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
    isTrusted: (contents, url) => contents.id === keeper.current()?.webContents.id && isOurPage(url),
    onError: (command, error) => logger.error(`command ${command}`, error),
  });

  removeDefaultMenu();
  applySettings();
  keeper.show(null);

  monitor.onChange(push);
  history.onChange(push);
  core.stopped.onChange(push);
  core.background.onChange(push);
  core.actionLog.onAppend(logWatch.soon);
  logWatch.onChange(push);
  core.configDoor.logEdits();
  core.configStore.onChange(() => {
    applySettings();
    push();
  });
  powerMonitor.on('suspend', () => {
    care.suspend();
    monitor.suspend();
  });
  powerMonitor.on('resume', monitor.resume);
  app.on('second-instance', () => keeper.show(null));
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', () => {
    void care.close();
    monitor.stop();
    logWatch.close();
    history.close();
    core.close();
  });
  app.on('quit', core.leave);
  logger.info(`started ${app.getVersion()} on Electron ${process.versions['electron']}`);
  monitor.start();
};
