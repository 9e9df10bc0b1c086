import type { Candidate } from '../shared/cleanup-selection.js';
import type { Herald } from './automation.js';
import type { Translate } from './i18n.js';
import type { Notifier } from './notifier.js';

export interface HeraldParts {
  readonly notifier: Pick<Notifier, 'show' | 'withdraw'>;
  readonly t: () => Translate;
  /** Whether the window is on the screen, with its banner. */
  readonly isVisible: () => boolean;
  readonly isFocused: () => boolean;
}

/** The notifications of automatic cleanup; a second one replaces the first. */
export const CLEANUP_MESSAGE = 'cleanup';
const NAMES = 3;

/** Announces what automatic cleanup is about to do: by a notification that can call it off, and by the window's banner where it is seen. */
export const createHerald = ({ notifier, t, isVisible, isFocused }: HeraldParts): Herald => {
  const namesOf = (targets: readonly Candidate[]): string => {
    const names = targets.slice(0, NAMES).map(({ name }) => name);
    const more = targets.length - names.length;
    return more > 0 ? `${names.join(', ')} ${t()('cleanup.more', { count: more })}` : names.join(', ');
  };
  return {
    countdown: async (targets, seconds) => {
      const shown = await notifier.show({
        id: CLEANUP_MESSAGE,
        title: t()('cleanup.countdown', { count: targets.length, seconds }),
        body: namesOf(targets),
        buttons: [
          { id: 'cancel', label: t()('cleanup.cancel') },
          { id: 'snooze', label: t()('cleanup.snooze') },
        ],
        sticky: true,
      });
      return shown || isVisible();
    },
    question: (targets) => {
      if (isFocused()) return;
      const title = t()('cleanup.question', { count: targets.length });
      const buttons = [{ id: 'review', label: t()('cleanup.review') }];
      void notifier.show({ id: CLEANUP_MESSAGE, title, body: namesOf(targets), buttons, sticky: false });
    },
    halted: () => {
      if (isFocused()) return;
      const message = { title: t()('cleanup.haltedTitle'), body: t()('cleanup.why.halted'), buttons: [], sticky: false };
      void notifier.show({ id: CLEANUP_MESSAGE, ...message });
    },
    withdraw: () => void notifier.withdraw(CLEANUP_MESSAGE),
  };
};
