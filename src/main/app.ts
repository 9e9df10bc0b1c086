import { join } from 'node:path';
import type { OpenDialogOptions } from 'electron';
import { app, clipboard, dialog, Notification, nativeTheme, powerMonitor, shell } from 'electron';
import type { AppState, QuickCounts, Result } from '../shared/api.js';
import { quickCounts } from '../shared/bulk.js';
import type { Config } from '../shared/config.js';
import { formatTime } from '../shared/format.js';
import type { Launch } from '../shared/launch.js';
import { autostartFile } from './autostart.js';
import { createBusy } from './busy.js';
import { createCare } from './care.js';
import { createConfigCommands } from './config-commands.js';
import { createCore } from './core.js';
import { readDetails } from './details.js';
import { createHistory } from './history.js';
import { createTranslate, createTranslators, resolveLanguage } from './i18n.js';
import type { Handlers } from './ipc.js';
import { pushDestination, pushUpdate, registerIpc } from './ipc.js';
import { createLifecycle } from './lifecycle.js';
import { createLogCommands } from './log-commands.js';
import { createLogReader } from './log-reader.js';
import { watchLog } from './log-watch.js';
import { createLogger } from './logger.js';
import type { Look } from './look.js';
import { createMonitor } from './monitor.js';
import { createNotifications } from './notifications.js';
import { createOnceSaid } from './once-said.js';
import { createOwnerNotice, noOwnerNotice } from './owner-notice.js';
import { currentOs } from './platform/index.js';
import { isOnBattery } from './platform/power.js';
import { createPublisher } from './publisher.js';
import { createRealWorld } from './real-world.js';
import { markRun } from './run-marker.js';
import { createStartAtLogin } from './start-at-login.js';
import { createTableExport } from './table-export.js';
import { startTray } from './tray.js';
import { createTrayPanel } from './tray-panel.js';
import { wantsDemo } from './wants-demo.js';
import { isOurPage, prepareSession, removeDefaultMenu } from './window.js';

/** The only addresses that ever leave the application, by id; the window never sends one. */
const LINKS = { documentation: 'https://code.claude.com/docs' } as const;

const done: Result<null> = { ok: true, value: null };
const NO_COUNTS: QuickCounts = { orphans: 0, possibleOrphans: 0, old: 0, all: 0 };

/** What starts us again, hidden: as root Chromium needs the switch that it was started with now. */
const selfCommand = (): readonly string[] => [
  process.execPath,
  ...(app.isPackaged ? [] : [app.getAppPath()]),
  ...(app.commandLine.hasSwitch('no-sandbox') ? ['--no-sandbox'] : []),
  '--hidden',
];

/** The composition root: builds every part once, wires them, opens the window. */
export const start = async (launch: Launch): Promise<void> => {
  if (app.isPackaged && process.getuid?.() === 0) {
    const t = createTranslate(resolveLanguage('system', app.getLocale()));
    dialog.showErrorBox(t('error.rootWindowTitle'), t('error.rootWindow'));
    app.exit(1);
    return;
  }
  const core = createCore(wantsDemo() ? (await import('./demo/demo-world.js')).createDemoWorld() : createRealWorld());
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
    isOnBattery: () => (currentOs === 'linux' ? isOnBattery() : powerMonitor.isOnBatteryPower()),
    onError: (error) => logger.error('look failed', error),
  });

  const busy = createBusy();
  const actions = { ...core.actions, performAction: busy.track(core.actions.performAction) };
  const marker = markRun({
    path: join(core.paths.stateDir, 'running.json'),
    folder: core.paths.stateDir,
    identify: core.platform.identify,
  });
  const crashed = marker.crashed ? [{ id: 'crashed', values: { file: join(core.paths.stateDir, 'main.log') } }] : [];
  const language = () => resolveLanguage(settings().language, app.getLocale());
  const translate = createTranslators();
  const tray = startTray({
    run: (command) => panel.run(command),
    onChange: () => lifecycle.trayChanged(),
    onError: (error) => logger.error('tray', error),
  });
  const startAtLogin = createStartAtLogin({
    os: currentOs,
    file: autostartFile(process.env, app.getPath('home')),
    command: selfCommand(),
    comment: translate(language())('lifecycle.comment'),
    setLoginItem: (openAtLogin) => app.setLoginItemSettings({ openAtLogin, args: ['--hidden'] }),
  });
  const lifecycle = createLifecycle({
    launch,
    demo: core.demo,
    placeFile: join(core.paths.stateDir, 'window.json'),
    closing: () => (core.demo ? 'quit' : settings().close_window),
    rememberClosing: async (value) => {
      const saved = await core.configDoor.change([{ at: 'global', key: 'close_window', value }], [], 'change');
      if (!saved.ok) logger.error('close_window', saved.failure);
    },
    noTraySaid: createOnceSaid(join(core.paths.stateDir, 'no-tray-said')),
    trayShown: tray.isShown,
    say: (key, values) => translate(language())(key, values),
    navigate: (window, destination) => pushDestination(window.webContents, destination),
    onVisible: (visible) => {
      monitor.setHidden(!visible);
      if (visible) push();
      else publisher.forget();
    },
    busy,
    onQuitting: async () => {
      tray.close();
      await care.close();
    },
    onError: logger.error,
  });
  const logWatch = watchLog(core.paths.actionLogFile);
  const askWhere = async ({ fileName }: { readonly fileName: string }): Promise<string | null> => {
    const options = { defaultPath: join(app.getPath('documents'), fileName) };
    const window = lifecycle.window();
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
      const window = lifecycle.window();
      const answer = await (window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options));
      return answer.canceled ? null : (answer.filePaths[0] ?? null);
    },
    askWhere: (fileName) => askWhere({ fileName }),
  });
  const { demo, self } = core;
  const about = { selfUser: self.user, selfUid: self.uid, root: self.uid === 0, demo };
  let counted: { readonly look: Look; readonly config: Config; readonly counts: QuickCounts } | null = null;
  /** Counted once a look and configuration: states are pushed for other reasons too. */
  const countsOf = (look: Look): QuickCounts => {
    const config = core.configStore.get();
    if (counted?.look !== look || counted.config !== config)
      counted = { look, config, counts: quickCounts(look.snapshot, config, look.guard) };
    return counted.counts;
  };
  const care = createCare({
    core: { ...core, actions },
    monitor,
    os: currentOs,
    createNotifier: (parts) => createNotifications({ ...parts, os: currentOs, demo }),
    // Only root may end what is another's, and only Linux has a way to tell them.
    ownerNotice:
      currentOs === 'linux' && self.uid === 0 && !demo
        ? createOwnerNotice({ appName: 'Claude Manager', onProblem: (problem) => logger.error('problem', problem) })
        : noOwnerNotice,
    words: () => ({ language: language(), t: translate(language()) }),
    window: {
      isVisible: () => lifecycle.window()?.isVisible() === true && lifecycle.window()?.isMinimized() === false,
      isFocused: () => lifecycle.window()?.isFocused() === true,
      show: lifecycle.show,
    },
    onChange: () => changed(),
    onProblem: (problem) => logger.error('problem', problem),
  });
  const state = (): AppState => {
    const config = core.configStore.get();
    const { language: chosen, theme, refresh_interval_seconds, refresh_enabled } = config.global_settings;
    const { look, loop, trends } = monitor.state();
    return {
      snapshot: look?.snapshot ?? null,
      trends,
      loop,
      settings: { language: chosen, theme, refresh_interval_seconds, refresh_enabled },
      config,
      configFile: { path: core.paths.configFile, savedAtMs: core.configStore.file().savedAtMs, weaker: core.configStore.file().weaker },
      stopped: core.stopped.list(),
      quick: look === null ? NO_COUNTS : countsOf(look),
      logVersion: logWatch.version(),
      historyVersion: history.version(),
      language: language(),
      about: { version: app.getVersion(), electron: process.versions['electron'] ?? '', ...about },
      ...care.state(),
      notices: [
        ...crashed,
        ...startAtLogin.notices(),
        ...core.configStore.notices(),
        ...core.stopped.notices(),
        ...core.background.notices(),
        ...history.notices(),
      ],
    };
  };
  const publisher = createPublisher(state);
  const push = (): void => {
    const window = lifecycle.window();
    if (!window?.isVisible() || window.isMinimized()) return;
    const update = publisher.next();
    if (update !== null) pushUpdate(window.webContents, update);
  };
  const applySettings = (): void => {
    nativeTheme.themeSource = settings().theme;
    monitor.setInterval(settings().refresh_interval_seconds * 1000, settings().refresh_enabled);
    if (!core.demo) startAtLogin.apply(settings().start_at_login);
  };
  const panel = createTrayPanel({
    keeper: tray,
    state,
    say: translate,
    now: Date.now,
    cleanupPausedUntil: () => {
      const { pausedUntilMs } = care.state().automation;
      return pausedUntilMs === null ? null : formatTime(pausedUntilMs, language()).slice(0, 5);
    },
    show: lifecycle.show,
    resumeOf: core.resumeOf,
    copy: (text) => clipboard.writeText(text),
    tell: (text) => new Notification({ title: 'Claude Manager', body: text }).show(),
    refresh: monitor.refresh,
    pauseCleanup: care.pause,
    quit: lifecycle.quit,
    onError: (error) => logger.error('tray', error),
  });

  const handlers: Handlers = {
    getState: async () => {
      // It asks once it listens.
      lifecycle.pageListens();
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
      const report = await actions.performAction({ token, keys, confirmation, caller: caller.id });
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
    isTrusted: (contents, url) => contents.id === lifecycle.window()?.webContents.id && isOurPage(url),
    onError: (command, error) => logger.error(`command ${command}`, error),
  });

  removeDefaultMenu();
  applySettings();
  const changed = (): void => {
    push();
    panel.update();
  };
  monitor.onChange(changed);
  core.registry.onChange(monitor.hear);
  history.onChange(push);
  core.stopped.onChange(changed);
  core.background.onChange(push);
  core.actionLog.onAppend(logWatch.soon);
  logWatch.onChange(push);
  core.configDoor.logEdits();
  core.configStore.onChange(() => {
    applySettings();
    changed();
  });
  powerMonitor.on('suspend', () => {
    care.suspend();
    monitor.suspend();
  });
  powerMonitor.on('resume', monitor.resume);
  app.on('will-quit', () => {
    monitor.stop();
    logWatch.close();
    history.close();
    core.close();
  });
  app.on('quit', () => {
    marker.leave();
    core.leave();
  });
  logger.info(`started ${app.getVersion()} on Electron ${process.versions['electron']}`);
  monitor.setHidden(launch.hidden);
  monitor.start();
  lifecycle.begin();
};
