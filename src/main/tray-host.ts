import type { TrayBus } from './bus-menu.js';

/** Who shows tray icons on Linux: the owner of this name on the session bus, which may come late, go, and come again. */
const WATCHER = 'org.kde.StatusNotifierWatcher';
const BUS = 'org.freedesktop.DBus';
const BUS_PATH = '/org/freedesktop/DBus';

export interface TrayHostParts {
  /** The bus on which a panel waits for an icon, null = none does. Called at the start and at every change; a panel that is replaced is told as gone and come. */
  readonly onChange: (bus: TrayBus | null) => void;
  readonly onError: (error: unknown) => void;
}

/** Watches for a panel. Where there is no bus there is none: told once, as an absence. Returns the way to stop. */
export const watchTrayHost = ({ onChange, onError }: TrayHostParts): (() => void) => {
  let stopped = false;
  let disconnect = (): void => undefined;
  const fail = (error: unknown): void => {
    if (stopped) return;
    onError(error);
    onChange(null);
  };
  const connect = async (): Promise<void> => {
    // Loaded when it is needed: a tenth of a second and some megabytes that only Linux pays.
    const dbus = await import('@jellybrick/dbus-next');
    const { Message, MessageType } = dbus;
    if (stopped) return;
    const bus = dbus.sessionBus();
    disconnect = () => bus.disconnect();
    // Its types do not name this event, which tells that there is no bus, or no longer.
    const events: NodeJS.EventEmitter = bus;
    events.on('error', fail);
    const call = async (member: string, text: string): Promise<unknown> => {
      const reply = await bus.call(new Message({ destination: BUS, path: BUS_PATH, interface: BUS, member, signature: 's', body: [text] }));
      return reply?.body[0];
    };
    bus.on('message', (message: InstanceType<typeof Message>) => {
      if (stopped || message.type !== MessageType.SIGNAL || message.sender !== BUS || message.member !== 'NameOwnerChanged') return;
      const [name, before, after]: readonly unknown[] = message.body;
      if (name !== WATCHER) return;
      // Handed from one panel to the next without a pause: the new one knows nothing of our icon.
      if (before !== '' && after !== '') onChange(null);
      onChange(after === '' ? null : { dbus, bus });
    });
    await call('AddMatch', `type='signal',sender='${BUS}',interface='${BUS}',member='NameOwnerChanged',arg0='${WATCHER}'`);
    const present = await call('NameHasOwner', WATCHER);
    if (!stopped) onChange(present === true ? { dbus, bus } : null);
  };
  connect().catch(fail);
  return () => {
    stopped = true;
    disconnect();
  };
};
