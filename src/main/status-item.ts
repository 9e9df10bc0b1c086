import type { Message as BusMessage, Variant } from '@jellybrick/dbus-next';
import type { Bitmap, Ink, TrayBadge } from '../shared/tray-icon.js';
import { drawIcon, ICON_SIZES } from '../shared/tray-icon.js';
import type { TrayCommand } from '../shared/tray-menu.js';
import { type BusAnswer, createBusMenu, MENU_PATH, type TrayBus } from './bus-menu.js';
import type { TrayDevice } from './tray-keeper.js';

const ITEM = 'org.kde.StatusNotifierItem';
const ITEM_PATH = '/StatusNotifierItem';
const WATCHER = 'org.kde.StatusNotifierWatcher';
const WATCHER_PATH = '/StatusNotifierWatcher';
const PROPERTIES = 'org.freedesktop.DBus.Properties';

export interface StatusItemParts extends TrayBus {
  readonly badge: TrayBadge;
  readonly ink: () => Ink;
  readonly run: (command: TrayCommand) => void;
  readonly onMenu: (open: boolean) => void;
  readonly onError: (error: unknown) => void;
}

/** An icon as panels take it: alpha, red, green, blue. */
const pixmapOf = ({ size, rgba }: Bitmap): readonly [number, number, Buffer] => {
  const argb = Buffer.alloc(rgba.length);
  for (let at = 0; at < rgba.length; at += 4) {
    argb[at] = rgba[at + 3] ?? 0;
    for (let channel = 0; channel < 3; channel += 1) argb[at + 1 + channel] = rgba[at + channel] ?? 0;
  }
  return [size, size, argb];
};

const TITLE = 'Claude Manager';
let serial = 0;

/**
 * An icon in a panel of Linux, spoken to directly (StatusNotifierItem): every size at once, so that each panel finds the one drawn for it,
 * and a menu that knows when it is open. Electron's own sends one size and knows nothing of its menu.
 */
export const createStatusItem = ({ dbus, bus, badge: first, ink, run: runNow, onMenu, onError }: StatusItemParts): TrayDevice => {
  const { Message, Variant: Value } = dbus;
  // The panel gets its answer first: what is run may be the end of the program.
  const run = (command: TrayCommand): void => void setImmediate(runNow, command);
  serial += 1;
  const name = `${ITEM}-${process.pid}-${serial}`;
  const menu = createBusMenu({ dbus, bus, run, onMenu });
  let badge = first;
  let tooltip = '';

  const pixmaps = (): unknown[] => ICON_SIZES.map((size) => pixmapOf(drawIcon(badge, size, ink())));
  const text = (value: string): Variant => new Value('s', value);
  const tip = (): Variant => {
    const [head = '', ...rest] = (tooltip === '' ? TITLE : tooltip).split('\n');
    // Panels render markup in the lines below the head.
    const escaped = rest.join('\n').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    return new Value('(sa(iiay)ss)', ['', [], head, escaped]);
  };
  const properties = (): Record<string, Variant> => ({
    Category: text('ApplicationStatus'),
    Id: text('claude-manager'),
    Title: text(TITLE),
    Status: text('Active'),
    WindowId: new Value('i', 0),
    IconThemePath: text(''),
    IconName: text(''),
    IconPixmap: new Value('a(iiay)', pixmaps()),
    OverlayIconName: text(''),
    OverlayIconPixmap: new Value('a(iiay)', []),
    AttentionIconName: text(''),
    AttentionIconPixmap: new Value('a(iiay)', []),
    AttentionMovieName: text(''),
    ToolTip: tip(),
    ItemIsMenu: new Value('b', false),
    Menu: new Value('o', MENU_PATH),
  });
  const itemAnswer = (iface: string, member: string, body: readonly unknown[]): BusAnswer => {
    if (iface === PROPERTIES && member === 'GetAll') return ['a{sv}', [properties()]];
    if (iface === PROPERTIES && member === 'Get') {
      const value = properties()[String(body[1])];
      return value ? ['v', [value]] : null;
    }
    if (iface !== ITEM) return null;
    if (member === 'Activate') run({ type: 'open' });
    return ['Activate', 'SecondaryActivate', 'ContextMenu', 'Scroll', 'ProvideXdgActivationToken'].includes(member) ? ['', []] : null;
  };
  const handle = (message: BusMessage): boolean => {
    const [iface, member] = [message.interface ?? PROPERTIES, message.member ?? ''];
    const answer =
      message.path === ITEM_PATH
        ? itemAnswer(iface, member, message.body)
        : message.path === MENU_PATH
          ? menu.answer(iface, member, message.body)
          : null;
    if (answer === null) return false;
    const [signature, body] = answer;
    bus.send(Message.newMethodReturn(message, signature, body));
    return true;
  };
  const emit = (member: string): void => void bus.send(Message.newSignal(ITEM_PATH, ITEM, member));
  const register = async (): Promise<void> => {
    await bus.requestName(name, 4);
    await bus.call(
      new Message({
        destination: WATCHER,
        path: WATCHER_PATH,
        interface: WATCHER,
        member: 'RegisterStatusNotifierItem',
        signature: 's',
        body: [name],
      }),
    );
  };
  bus.addMethodHandler(handle);
  register().catch(onError);

  return {
    setBadge: (next) => {
      badge = next;
      emit('NewIcon');
    },
    setTooltip: (next) => {
      tooltip = next;
      emit('NewToolTip');
    },
    setMenu: menu.set,
    destroy: () => {
      bus.removeMethodHandler(handle);
      bus.releaseName(name).catch(onError);
    },
  };
};
