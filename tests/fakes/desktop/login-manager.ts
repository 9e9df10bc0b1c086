import { Message, sessionBus } from '@jellybrick/dbus-next';

const SERVICE = 'org.freedesktop.login1';
const PATH = '/org/freedesktop/login1';
const MANAGER = 'org.freedesktop.login1.Manager';
const REFUSED = 'org.freedesktop.DBus.Error.AccessDenied';

/** Stands in for systemd-logind on a bus: tells of a sleep, and refuses to delay it. */
export interface LoginManager {
  /** What it was asked for; grows. */
  readonly asked: readonly string[];
  readonly sleep: (begins: boolean) => void;
  readonly stop: () => void;
}

/** Takes logind's name on the bus at this address; programs under test find it there by DBUS_SYSTEM_BUS_ADDRESS. */
export const startLoginManager = async (busAddress: string): Promise<LoginManager> => {
  const bus = sessionBus({ busAddress });
  const asked: string[] = [];
  bus.addMethodHandler((message) => {
    if (message.interface !== MANAGER) return false;
    asked.push(message.member);
    bus.send(Message.newError(message, REFUSED, 'no delays here'));
    return true;
  });
  if ((await bus.requestName(SERVICE, 0)) !== 1) throw new Error('somebody else is logind on this bus');
  return {
    asked,
    sleep: (begins) => bus.send(Message.newSignal(PATH, MANAGER, 'PrepareForSleep', 'b', [begins])),
    stop: () => bus.disconnect(),
  };
};
