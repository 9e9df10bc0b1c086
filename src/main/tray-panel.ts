import type { AppState, Destination, Resume } from '../shared/api.js';
import { keyId } from '../shared/process-key.js';
import type { TrayCommand } from '../shared/tray-menu.js';
import { trayMenu } from '../shared/tray-menu.js';
import { badgeOf, NO_TRAY_MEMORY, rememberReading, type Say, tooltipOf } from '../shared/tray-view.js';
import type { ProcessView } from '../shared/types.js';
import type { TrayKeeper } from './tray-keeper.js';

export interface TrayPanelParts {
  readonly keeper: Pick<TrayKeeper, 'update'>;
  readonly state: () => Pick<AppState, 'snapshot' | 'loop' | 'quick' | 'stopped' | 'language'>;
  readonly say: (language: AppState['language']) => Say;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Until when automatic cleanup is paused, in words; null = it runs; undefined = there is none. */
  readonly cleanupPausedUntil: () => string | null | undefined;
  readonly show: (destination: Destination | null) => void;
  readonly resumeOf: (view: ProcessView) => Promise<{ readonly resume: Resume | null }>;
  readonly copy: (text: string) => void;
  /** Tells in a few words what a click came to where nothing else shows it. */
  readonly tell: (text: string) => void;
  readonly refresh: () => Promise<void>;
  /** Wall ms; null = it goes on. */
  readonly pauseCleanup: (untilMs: number | null) => Promise<void>;
  readonly quit: () => void;
  readonly onError: (error: unknown) => void;
}

export interface TrayPanel {
  /** Shows the newest state. */
  readonly update: () => void;
  /** Does what a click asks for. Whatever ends something opens the window's preview: nothing is ended from a menu. */
  readonly run: (command: TrayCommand) => void;
}

const HOUR_MS = 3_600_000;
const bare = { force: false, priority: null, minAgeMinutes: null, elevated: false, verb: 'end' } as const;

/** The tray's contents and what its clicks lead to. */
export const createTrayPanel = (parts: TrayPanelParts): TrayPanel => {
  let memory = NO_TRAY_MEMORY;

  const copyResume = async (view: ProcessView | undefined, say: Say): Promise<void> => {
    const resume = view === undefined ? null : (await parts.resumeOf(view)).resume;
    if (resume === null) parts.tell(say('tray.notResumable'));
    else {
      parts.copy(resume.command);
      parts.tell(say('tray.copied'));
    }
  };
  const act = async (command: TrayCommand): Promise<void> => {
    const { snapshot, stopped, language } = parts.state();
    const say = parts.say(language);
    switch (command.type) {
      case 'end':
        return parts.show({ tab: 'monitor', key: command.key, request: { ...bare, scope: { type: 'keys', keys: [command.key] } } });
      case 'show':
        return parts.show({ tab: 'monitor', key: command.key, request: null });
      case 'copyResume':
        return copyResume(
          snapshot?.processes.find((view) => keyId(view.key) === keyId(command.key)),
          say,
        );
      case 'copyStopped': {
        const resume = stopped.find((one) => one.sessionId === command.sessionId)?.resume;
        if (resume) parts.copy(resume.command);
        return parts.tell(say(resume ? 'tray.copied' : 'tray.notResumable'));
      }
      case 'orphans':
        return parts.show({ tab: 'monitor', key: null, request: { ...bare, scope: { type: 'orphans' } } });
      case 'old':
        return parts.show({ tab: 'monitor', key: null, request: { ...bare, scope: { type: 'old', hours: null } } });
      case 'pauseHour':
        return parts.pauseCleanup(parts.now() + HOUR_MS);
      case 'pauseTomorrow':
        return parts.pauseCleanup(new Date(parts.now()).setHours(24, 0, 0, 0));
      case 'resumeCleanup':
        return parts.pauseCleanup(null);
      case 'refresh':
        return parts.refresh();
      case 'open':
        return parts.show(null);
      case 'preferences':
        return parts.show({ tab: 'config', key: null, request: null });
      case 'quit':
        return parts.quit();
    }
  };

  return {
    update: () => {
      const { snapshot, loop, quick, stopped, language } = parts.state();
      if (snapshot !== null) memory = rememberReading(memory, snapshot);
      const say = parts.say(language);
      const input = { snapshot, loop, quick, memory, nowMs: parts.now() };
      parts.keeper.update({
        badge: badgeOf(input),
        tooltip: tooltipOf(input, say, language),
        menu: trayMenu({ snapshot, quick, stopped, cleanupPausedUntil: parts.cleanupPausedUntil() }, say, language),
      });
    },
    run: (command) => void act(command).catch(parts.onError),
  };
};
