import { Message as BusMessage, type MessageBus, MessageType, sessionBus, Variant } from '@jellybrick/dbus-next';
import { cleanText } from '../shared/redact.js';
import type { Message, Notifier, NotifierParts } from './notifier.js';

/** The freedesktop notification service: the only way to buttons on Linux (Electron leaves them out there). */
const SERVICE = 'org.freedesktop.Notifications';
const PATH = '/org/freedesktop/Notifications';
const BUS = 'org.freedesktop.DBus';
const CALL_MS = 5_000;
/** After a failure nobody is asked again for so long, so that a missing bus costs nothing. */
const RETRY_MS = 30_000;
const LONGEST_TITLE = 160;
const LONGEST_BODY = 600;

interface Shown {
  readonly message: Message;
  /** The daemon's number; 0 = it does not know it. */
  number: number;
}

export interface DbusNotifierParts extends NotifierParts {
  readonly appName: string;
  /** Absent = the session's. */
  readonly busAddress?: string;
  /** Monotonic, ms. */
  readonly now: () => number;
}

/** Daemons that render markup would take a name for some. */
export const escapeMarkup = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const within = <T>(work: Promise<T>, limitMs: number): Promise<T> =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
    work.then(resolve, reject).finally(() => clearTimeout(late));
  });

/** The library's types leave out the event that matters when a bus goes away. */
const anyEvents = (bus: MessageBus): NodeJS.EventEmitter => bus;

/** Speaks to the notification daemon on the session bus. Without a bus or a daemon `show` says no; a daemon that starts again is told anew. */
export const createDbusNotifier = (parts: DbusNotifierParts): Notifier => {
  const { appName, busAddress, now, onAnswer, onProblem } = parts;
  const shown = new Map<string, Shown>();
  let bus: Promise<MessageBus> | null = null;
  let owner: string | null = null;
  let markup = false;
  let silentUntil = Number.NEGATIVE_INFINITY;
  let closed = false;

  const call = async (on: MessageBus, member: string, signature: string, body: unknown[]): Promise<readonly unknown[]> => {
    const message = new BusMessage({ destination: SERVICE, path: PATH, interface: SERVICE, member, signature, body });
    return (await within(on.call(message), CALL_MS))?.body ?? [];
  };
  const askBus = async (on: MessageBus, member: string, argument: string): Promise<readonly unknown[]> => {
    const message = new BusMessage({
      destination: BUS,
      path: '/org/freedesktop/DBus',
      interface: BUS,
      member,
      signature: 's',
      body: [argument],
    });
    return (await within(on.call(message), CALL_MS))?.body ?? [];
  };

  const send = async (on: MessageBus, entry: Shown): Promise<void> => {
    const { title, body, buttons, sticky } = entry.message;
    const text = cleanText(body, LONGEST_BODY);
    const actions = [['default', title], ...buttons.map(({ id, label }) => [id, label])].flat();
    const hints = { urgency: new Variant('y', sticky ? 2 : 1), 'desktop-entry': new Variant('s', 'claude-manager') };
    const answer = await call(on, 'Notify', 'susssasa{sv}i', [
      appName,
      entry.number,
      'claude-manager',
      cleanText(title, LONGEST_TITLE),
      markup ? escapeMarkup(text) : text,
      actions.map((one) => cleanText(one, LONGEST_TITLE)),
      hints,
      sticky ? 0 : -1,
    ]);
    if (typeof answer[0] !== 'number') throw new Error('the notification daemon gave no number');
    entry.number = answer[0];
  };

  /** Knows the daemon, what it renders, and who speaks for it; anybody on the bus can send a signal. */
  const meet = async (on: MessageBus): Promise<void> => {
    const [capabilities] = await call(on, 'GetCapabilities', '', []);
    markup = Array.isArray(capabilities) && capabilities.includes('body-markup');
    const [name] = await askBus(on, 'GetNameOwner', SERVICE);
    owner = typeof name === 'string' ? name : null;
  };
  const again = async (on: MessageBus): Promise<void> => {
    await meet(on);
    for (const entry of shown.values()) await send(on, entry);
  };

  const hear = (on: MessageBus, { type, member, sender, interface: from, body }: BusMessage): void => {
    if (type !== MessageType.SIGNAL) return;
    if (from === BUS && sender === BUS && member === 'NameOwnerChanged' && body[0] === SERVICE) {
      for (const entry of shown.values()) entry.number = 0;
      owner = null;
      silentUntil = Number.NEGATIVE_INFINITY;
      if (body[2] !== '') again(on).catch(onProblem);
      return;
    }
    if (from !== SERVICE || sender !== owner) return;
    const [id] = [...shown].find(([, { number }]) => number === body[0] && number !== 0) ?? [];
    if (id === undefined) return;
    if (member === 'ActionInvoked' && typeof body[1] === 'string') onAnswer(id, body[1]);
    if (member === 'NotificationClosed') shown.delete(id);
  };

  const connect = async (): Promise<MessageBus> => {
    const made = sessionBus(busAddress === undefined ? {} : { busAddress });
    const lost = new Promise<never>((_resolve, reject) => {
      // Also later: an error nobody hears would end the program.
      anyEvents(made).on('error', (error: unknown) => {
        bus = null;
        owner = null;
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    });
    lost.catch(() => undefined);
    made.on('message', (message) => hear(made, message));
    for (const rule of [
      `type='signal',interface='${SERVICE}',path='${PATH}'`,
      `type='signal',sender='${BUS}',interface='${BUS}',member='NameOwnerChanged',arg0='${SERVICE}'`,
    ])
      await Promise.race([askBus(made, 'AddMatch', rule), lost]);
    return made;
  };
  const ready = (): Promise<MessageBus> => {
    bus ??= connect().catch((error: unknown) => {
      bus = null;
      throw error;
    });
    return bus;
  };

  const show = async (message: Message): Promise<boolean> => {
    const entry: Shown = { message, number: shown.get(message.id)?.number ?? 0 };
    if (closed || now() < silentUntil) return false;
    try {
      const on = await ready();
      if (owner === null) await meet(on);
      await send(on, entry);
      shown.set(message.id, entry);
      return true;
    } catch (error) {
      silentUntil = now() + RETRY_MS;
      onProblem(error);
      return false;
    }
  };
  const withdraw = async (id: string): Promise<void> => {
    const entry = shown.get(id);
    shown.delete(id);
    if (!entry || entry.number === 0 || bus === null) return;
    try {
      await call(await bus, 'CloseNotification', 'u', [entry.number]);
    } catch (error) {
      // Daemons answer so where it is closed already.
      onProblem(error);
    }
  };

  return {
    show,
    withdraw,
    close: async () => {
      await Promise.all([...shown.keys()].map(withdraw));
      closed = true;
      const open = bus;
      bus = null;
      try {
        (await open)?.disconnect();
      } catch (error) {
        onProblem(error);
      }
    },
  };
};
