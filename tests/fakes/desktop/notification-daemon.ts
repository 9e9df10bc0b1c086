import { Message, sessionBus } from '@jellybrick/dbus-next';

const SERVICE = 'org.freedesktop.Notifications';
const PATH = '/org/freedesktop/Notifications';
const DO_NOT_QUEUE = 4;

/** A notification as the daemon was asked to show it. */
export interface Notified {
  readonly number: number;
  /** The number that it replaces, 0 = none. */
  readonly replaces: number;
  readonly title: string;
  readonly body: string;
  /** Ids of its buttons and their words. */
  readonly buttons: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export interface NotificationDaemon {
  /** What was asked for, oldest first; grows. */
  readonly notified: readonly Notified[];
  /** Numbers that were taken back, in their order; grows. */
  readonly withdrawn: readonly number[];
  /** What is on the screen. */
  readonly onScreen: () => readonly Notified[];
  /** The user presses a button, or the notification itself: `default`. */
  readonly press: (number: number, button: string) => void;
  /** The user puts a notification away. */
  readonly dismiss: (number: number) => void;
  readonly stop: () => void;
}

const isPair = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((one) => typeof one === 'string');

/** Stands in for the desktop's notification daemon on a bus: shows nothing, remembers everything. */
export const startNotificationDaemon = async (
  busAddress: string,
  capabilities: readonly string[] = ['actions', 'body', 'body-markup', 'persistence'],
): Promise<NotificationDaemon> => {
  const bus = sessionBus({ busAddress });
  const notified: Notified[] = [];
  const withdrawn: number[] = [];
  const screen = new Map<number, Notified>();
  let last = 0;
  const emit = (member: string, signature: string, body: unknown[]): void =>
    bus.send(Message.newSignal(PATH, SERVICE, member, signature, body));

  const notify = (body: readonly unknown[]): number => {
    const [, replaces, , title, text, actions, , timeoutMs] = body;
    const number = typeof replaces === 'number' && replaces > 0 ? replaces : ++last;
    const words = isPair(actions) ? actions : [];
    const buttons = Object.fromEntries(words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1] ?? '']] : [])));
    const one = { number, replaces: Number(replaces), title: String(title), body: String(text), buttons, timeoutMs: Number(timeoutMs) };
    notified.push(one);
    screen.set(number, one);
    return number;
  };
  type Answer = readonly [string, unknown[]];
  const answer = (member: string, body: readonly unknown[]): Answer | null => {
    switch (member) {
      case 'GetCapabilities':
        return ['as', [[...capabilities]]];
      case 'GetServerInformation':
        return ['ssss', ['double', 'tests', '1', '1.2']];
      case 'Notify':
        return ['u', [notify(body)]];
      case 'CloseNotification':
        withdrawn.push(Number(body[0]));
        screen.delete(Number(body[0]));
        emit('NotificationClosed', 'uu', [body[0], 3]);
        return ['', []];
      default:
        return null;
    }
  };
  bus.addMethodHandler((message) => {
    const answered = message.interface === SERVICE ? answer(message.member, message.body) : null;
    if (answered === null) return false;
    const [signature, body] = answered;
    bus.send(Message.newMethodReturn(message, signature, body));
    return true;
  });
  if ((await bus.requestName(SERVICE, DO_NOT_QUEUE)) !== 1) throw new Error('another notification daemon is on this bus');
  return {
    notified,
    withdrawn,
    onScreen: () => [...screen.values()],
    press: (number, button) => emit('ActionInvoked', 'us', [number, button]),
    dismiss: (number) => {
      screen.delete(number);
      emit('NotificationClosed', 'uu', [number, 2]);
    },
    stop: () => bus.disconnect(),
  };
};
