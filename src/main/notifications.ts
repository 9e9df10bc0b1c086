import { Notification } from 'electron';
import { cleanText } from '../shared/redact.js';
import type { Os } from '../shared/types.js';
import { createDbusNotifier } from './dbus-notifier.js';
import type { Message, Notifier, NotifierParts } from './notifier.js';
import { silentNotifier } from './notifier.js';

const LONGEST = 600;
const SHOWN_MS = 3_000;

/** Electron's own notifications: macOS and Windows. */
const createElectronNotifier = ({ onAnswer }: NotifierParts): Notifier => {
  const shown = new Map<string, Notification>();
  const withdraw = async (id: string): Promise<void> => {
    shown.get(id)?.close();
    shown.delete(id);
  };
  const show = async ({ id, title, body, buttons, sticky }: Message): Promise<boolean> => {
    if (!Notification.isSupported()) return false;
    await withdraw(id);
    const made = new Notification({
      title: cleanText(title, LONGEST),
      body: cleanText(body, LONGEST),
      actions: buttons.map(({ label }) => ({ type: 'button', text: label })),
      timeoutType: sticky ? 'never' : 'default',
    });
    shown.set(id, made);
    made.on('click', () => onAnswer(id, 'default'));
    made.on('action', (_event, index) => onAnswer(id, buttons[index]?.id ?? 'default'));
    return new Promise((resolve) => {
      // Not every system tells; who waits for ever never acts again.
      setTimeout(() => resolve(false), SHOWN_MS);
      made.once('show', () => resolve(true));
      made.once('failed', () => resolve(false));
      made.show();
    });
  };
  return {
    show,
    withdraw,
    close: async () => {
      await Promise.all([...shown.keys()].map(withdraw));
    },
  };
};

/** The system's notifications: over D-Bus on Linux, by Electron elsewhere; none in the demo, which invents what it shows. */
export const createNotifications = (parts: NotifierParts & { readonly os: Os; readonly demo: boolean }): Notifier => {
  if (parts.demo) return silentNotifier;
  if (parts.os !== 'linux') return createElectronNotifier(parts);
  return createDbusNotifier({ ...parts, appName: 'Claude Manager', now: () => performance.now() });
};
