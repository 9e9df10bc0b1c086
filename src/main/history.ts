import { join } from 'node:path';
import type { Core } from './core.js';
import { decisionsFile } from './decision-history.js';
import type { HistoryCommands, HistoryCommandsParts } from './history-commands.js';
import { createHistoryCommands } from './history-commands.js';
import { writeMonth } from './history-month.js';
import { createRecorder } from './history-recorder.js';
import type { HistoryStore } from './history-store.js';
import { createHistoryStore } from './history-store.js';
import type { LogWatch } from './log-watch.js';
import type { Monitor } from './monitor.js';

const DAY_MS = 86_400_000;
/** As much of a made-up past as the ranges show, each as fine as it shows it. */
const PAST = { days: 30, minuteMs: 1.1 * DAY_MS, lookMs: 10_000 };

/** Where the history lies, for window and command line. */
export const historyFile = (stateDir: string): string => join(stateDir, 'history.db');

/** The history as the window keeps it: every look of the loop and every line of the action log goes into it. */
export interface History extends Pick<HistoryStore, 'version' | 'notices' | 'onChange' | 'close'> {
  readonly commands: HistoryCommands;
}

export interface HistoryParts extends Pick<HistoryCommandsParts, 'askWhere'> {
  readonly core: Pick<Core, 'paths' | 'platform' | 'configStore' | 'past' | 'self'>;
  readonly monitor: Pick<Monitor, 'state' | 'onChange'>;
  readonly logWatch: Pick<LogWatch, 'onChange'>;
  readonly onProblem: (problem: unknown) => void;
}

export const createHistory = ({ core, monitor, logWatch, askWhere, onProblem }: HistoryParts): History => {
  const { past } = core;
  const settings = () => core.configStore.get().global_settings;
  const store = createHistoryStore({
    path: historyFile(core.paths.stateDir),
    identify: core.platform.identify,
    now: Date.now,
    retention: () => ({ minuteMs: settings().history_minute_days * DAY_MS, quarterMs: settings().history_quarter_hour_days * DAY_MS }),
    onProblem,
    fill: past === null ? null : (db) => writeMonth(db, past(Date.now()), { ...PAST, nowMs: Date.now() }),
  });
  const recorder = createRecorder({ store, logPath: core.paths.actionLogFile, now: Date.now });
  let logTaken = false;
  const takeLog = (): void => {
    recorder.log().then(() => {
      logTaken = true;
    }, onProblem);
  };
  monitor.onChange(() => {
    const { look, loop } = monitor.state();
    recorder.look(look === null ? null : { snapshot: look.snapshot, monotonicMs: look.reading.monotonicMs }, loop);
    // What the command line did while no window was there.
    if (!logTaken) takeLog();
  });
  logWatch.onChange(takeLog);
  const commands = createHistoryCommands({
    store,
    config: core.configStore.get,
    now: Date.now,
    hostTotalBytes: () => monitor.state().look?.snapshot.host.memoryTotalBytes ?? null,
    selfUid: core.self.uid,
    decisionsPath: decisionsFile(core.paths.stateDir),
    askWhere,
  });
  return { commands, version: store.version, notices: store.notices, onChange: store.onChange, close: store.close };
};
