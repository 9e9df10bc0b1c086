import { Message, sessionBus, Variant } from '@jellybrick/dbus-next';

const WATCHER = 'org.kde.StatusNotifierWatcher';
const WATCHER_PATH = '/StatusNotifierWatcher';
const ITEM = 'org.kde.StatusNotifierItem';
const ITEM_PATH = '/StatusNotifierItem';
const MENU = 'com.canonical.dbusmenu';
const PROPERTY_NAMES = ['RegisteredStatusNotifierItems', 'IsStatusNotifierHostRegistered', 'ProtocolVersion'];
const PROPERTIES = 'org.freedesktop.DBus.Properties';

/** One line of a menu as a panel sees it; labels without the marks of shortcuts. */
export interface MenuLine {
  readonly id: number;
  readonly label: string;
  readonly enabled: boolean;
  readonly separator: boolean;
  readonly lines: readonly MenuLine[];
}

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** As the bus has them: alpha, red, green, blue, rows from the top. */
  readonly argb: Uint8Array;
}

export interface TrayItemOnBus {
  readonly service: string;
  readonly tooltip: () => Promise<string>;
  /** Every size that the item offers, the smallest first. */
  readonly icons: () => Promise<readonly Pixels[]>;
  /** Opens the menu, reads it and closes it again. */
  readonly menu: () => Promise<readonly MenuLine[]>;
  /** Reads the menu as it stands, without a word about opening it. */
  readonly layout: () => Promise<readonly MenuLine[]>;
  readonly clickMenu: (line: MenuLine) => Promise<void>;
  /** Says that the menu is open, or closed again, as panels do. */
  readonly tellMenu: (event: 'opened' | 'closed', id?: number) => Promise<void>;
  /** A click on the icon itself. */
  readonly activate: () => Promise<void>;
}

/** A panel on the session bus of the environment: takes items and looks at them. */
export interface TrayHost {
  readonly items: readonly string[];
  /** Resolves with the item that is registered next, or the last one where there is one already. */
  readonly item: () => Promise<TrayItemOnBus>;
  readonly close: () => Promise<void>;
}

type Plain = string | number | boolean | Uint8Array | readonly Plain[] | { readonly [name: string]: Plain };

const plain = (value: unknown): Plain => {
  if (value instanceof Variant) return plain(value.value);
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]))
    : '';
};
const field = (value: Plain | undefined, name: string): Plain | undefined =>
  typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array) && name in value
    ? Reflect.get(value, name)
    : undefined;
const list = (value: Plain | undefined): readonly Plain[] => (Array.isArray(value) ? value : []);

const lineOf = (entry: Plain): MenuLine => {
  const [id, properties, lines] = list(entry);
  return {
    id: Number(id),
    label: String(field(properties, 'label') ?? '').replace(/_(.)/g, '$1'),
    enabled: field(properties, 'enabled') !== false,
    separator: field(properties, 'type') === 'separator',
    lines: list(lines).map(lineOf),
  };
};

/** Starts the panel; `address` = the bus, else the one of the environment. Fails where another panel is there. */
export const startTrayHost = async (address?: string): Promise<TrayHost> => {
  const bus = sessionBus(address === undefined ? {} : { busAddress: address });
  const items: string[] = [];
  const waiting: (() => void)[] = [];
  const call = async (
    destination: string,
    path: string,
    iface: string,
    member: string,
    signature: string,
    body: unknown[],
  ): Promise<Plain[]> => {
    const reply = await bus.call(new Message({ destination, path, interface: iface, member, signature, body }));
    return (reply?.body ?? []).map(plain);
  };
  const property = (name: string): Variant => {
    if (name === 'RegisteredStatusNotifierItems') return new Variant('as', [...items]);
    return name === 'ProtocolVersion' ? new Variant('i', 0) : new Variant('b', true);
  };
  const answers: Readonly<Record<string, (message: Message) => readonly [string, unknown[]]>> = {
    [`${PROPERTIES}.Get`]: ({ body }) => ['v', [property(String(body[1]))]],
    [`${PROPERTIES}.GetAll`]: () => ['a{sv}', [Object.fromEntries(PROPERTY_NAMES.map((name) => [name, property(name)]))]],
    [`${WATCHER}.RegisterStatusNotifierItem`]: ({ body, sender }) => {
      const named = String(body[0]);
      items.push(named.startsWith('/') ? (sender ?? '') : named);
      for (const go of waiting.splice(0)) go();
      return ['', []];
    },
    [`${WATCHER}.RegisterStatusNotifierHost`]: () => ['', []],
  };
  bus.addMethodHandler((message) => {
    const answer = message.path === WATCHER_PATH ? answers[`${message.interface}.${message.member}`] : undefined;
    if (answer === undefined) return false;
    const [signature, body] = answer(message);
    bus.send(Message.newMethodReturn(message, signature, body));
    return true;
  });
  if ((await bus.requestName(WATCHER, 4)) !== 1) throw new Error('another panel is on this bus');

  const itemAt = (service: string): TrayItemOnBus => {
    const read = async (name: string): Promise<Plain | undefined> =>
      (await call(service, ITEM_PATH, PROPERTIES, 'Get', 'ss', [ITEM, name]))[0];
    const onMenu = async (member: string, signature: string, body: unknown[]): Promise<Plain[]> =>
      call(service, String(await read('Menu')), MENU, member, signature, body);
    const layout = async (): Promise<readonly MenuLine[]> => {
      const [, root] = await onMenu('GetLayout', 'iias', [0, -1, []]);
      return root === undefined ? [] : lineOf(root).lines;
    };
    return {
      service,
      tooltip: async () => {
        const [, , title, text] = list(await read('ToolTip'));
        return [title, text].filter((part) => part !== '').join('\n');
      },
      icons: async () =>
        list(await read('IconPixmap'))
          .map((icon) => {
            const [width, height, argb] = list(icon);
            return { width: Number(width), height: Number(height), argb: argb instanceof Uint8Array ? argb : new Uint8Array() };
          })
          .sort((a, b) => a.width - b.width),
      layout,
      menu: async () => {
        // Chromium's own answers with an error for the root, and makes the menu ready all the same.
        await onMenu('AboutToShow', 'i', [0]).catch(() => []);
        const lines = await layout();
        await onMenu('Event', 'isvu', [0, 'closed', new Variant('s', ''), 0]);
        return lines;
      },
      clickMenu: async ({ id }) => void (await onMenu('Event', 'isvu', [id, 'clicked', new Variant('s', ''), 0])),
      tellMenu: async (event, id = 0) => void (await onMenu('Event', 'isvu', [id, event, new Variant('s', ''), 0])),
      activate: async () => void (await call(service, ITEM_PATH, ITEM, 'Activate', 'ii', [0, 0])),
    };
  };
  return {
    items,
    item: async () => {
      if (items.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      return itemAt(items.at(-1) ?? '');
    },
    close: async () => {
      await bus.releaseName(WATCHER);
      bus.disconnect();
    },
  };
};

/** The line of a menu, at any depth, whose label begins so. */
export const findLine = (lines: readonly MenuLine[], start: string): MenuLine | undefined =>
  lines.find((line) => line.label.startsWith(start)) ?? lines.map((line) => findLine(line.lines, start)).find((line) => line !== undefined);
