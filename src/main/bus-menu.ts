import type { MessageBus, Variant } from '@jellybrick/dbus-next';
import type { TrayCommand, TrayItem } from '../shared/tray-menu.js';
import { commandId } from '../shared/tray-menu.js';

export type Dbus = typeof import('@jellybrick/dbus-next');

/** A session bus that is connected, and the library that speaks to it. */
export interface TrayBus {
  readonly dbus: Dbus;
  readonly bus: MessageBus;
}

/** What a method answers: the signature of its values and the values; null = there is no such method here. */
export type BusAnswer = readonly [signature: string, body: unknown[]] | null;

const MENU = 'com.canonical.dbusmenu';
export const MENU_PATH = '/MenuBar';
const PROPERTIES = 'org.freedesktop.DBus.Properties';
const ROOT = 0;

interface Entry {
  readonly id: number;
  readonly item: TrayItem;
  readonly entries: readonly Entry[];
}

export interface BusMenu {
  /** Another menu; panels that show it are told. */
  readonly set: (items: readonly TrayItem[]) => void;
  readonly answer: (iface: string, member: string, body: readonly unknown[]) => BusAnswer;
}

export interface BusMenuParts extends TrayBus {
  readonly run: (command: TrayCommand) => void;
  readonly onMenu: (open: boolean) => void;
}

/**
 * A menu for a panel (com.canonical.dbusmenu). Electron's own on Linux numbers its lines anew with every change and never tells that it
 * is open; here a line keeps its number as long as it means the same, so that a click does what stood there when it was aimed at.
 */
export const createBusMenu = ({ dbus, bus, run, onMenu }: BusMenuParts): BusMenu => {
  const { Message, Variant: Value } = dbus;
  const ids = new Map<string, number>();
  let lastId = ROOT;
  let revision = 1;
  let entries: readonly Entry[] = [];
  let byId = new Map<number, Entry>();

  const idOf = (name: string): number => {
    const known = ids.get(name);
    if (known !== undefined) return known;
    lastId += 1;
    ids.set(name, lastId);
    return lastId;
  };
  /** A line is told by what it does; one that does nothing by its first line below, or its place. */
  const nameOf = (item: TrayItem, index: number): string => {
    if (item.kind === 'line') return `line ${index}`;
    const [below] = item.items;
    const command = item.command ?? (below?.kind === 'item' ? below.command : null);
    return command === null ? `text ${index}` : `${item.command === null ? 'menu ' : ''}${commandId(command)}`;
  };
  const number = (items: readonly TrayItem[], above: string): readonly Entry[] =>
    items.map((item, index) => {
      const name = `${above}/${nameOf(item, index)}`;
      return { id: idOf(name), item, entries: item.kind === 'line' ? [] : number(item.items, name) };
    });
  const index = (list: readonly Entry[]): void => {
    for (const entry of list) {
      byId.set(entry.id, entry);
      index(entry.entries);
    }
  };

  const propertiesOf = ({ item }: Entry): Record<string, Variant> => {
    if (item.kind === 'line') return { type: new Value('s', 'separator') };
    const { label, command, items } = item;
    return {
      // An underscore would mark the next letter as a shortcut.
      label: new Value('s', label.replaceAll('_', '__')),
      enabled: new Value('b', command !== null || items.length > 0),
      ...(items.length > 0 ? { 'children-display': new Value('s', 'submenu') } : {}),
    };
  };
  const layoutOf = (id: number, properties: Record<string, Variant>, below: readonly Entry[], depth: number): unknown[] => [
    id,
    properties,
    depth === 0 ? [] : below.map((entry) => new Value('(ia{sv}av)', layoutOf(entry.id, propertiesOf(entry), entry.entries, depth - 1))),
  ];
  const layout = (id: number, depth: number): BusAnswer => {
    const entry = byId.get(id);
    const root = { 'children-display': new Value('s', 'submenu') };
    const node = entry === undefined ? layoutOf(ROOT, root, entries, depth) : layoutOf(id, propertiesOf(entry), entry.entries, depth);
    return ['u(ia{sv}av)', [revision, node]];
  };
  const onEvent = (id: unknown, event: unknown): void => {
    if (event === 'opened' && id === ROOT) onMenu(true);
    if (event === 'closed' && id === ROOT) onMenu(false);
    if (event !== 'clicked') return;
    onMenu(false);
    const item = byId.get(Number(id))?.item;
    if (item?.kind === 'item' && item.command !== null) run(item.command);
  };

  const own: Readonly<Record<string, Variant>> = {
    Version: new Value('u', 3),
    TextDirection: new Value('s', 'ltr'),
    Status: new Value('s', 'normal'),
    IconThemePath: new Value('as', []),
  };
  const menuAnswer = (member: string, [first, second]: readonly unknown[]): BusAnswer => {
    switch (member) {
      case 'GetLayout':
        return layout(Number(first), Number(second));
      case 'GetGroupProperties': {
        const wanted = Array.isArray(first) && first.length > 0 ? first.map(Number) : [...byId.keys()];
        return ['a(ia{sv})', [wanted.flatMap((id) => [byId.get(id)].flatMap((entry) => (entry ? [[id, propertiesOf(entry)]] : [])))]];
      }
      case 'GetProperty': {
        const entry = byId.get(Number(first));
        return ['v', [(entry && propertiesOf(entry)[String(second)]) ?? new Value('s', '')]];
      }
      case 'Event':
        onEvent(first, second);
        return ['', []];
      case 'EventGroup':
        for (const one of Array.isArray(first) ? first : []) if (Array.isArray(one)) onEvent(one[0], one[1]);
        return ['ai', [[]]];
      case 'AboutToShow':
        if (first === ROOT) onMenu(true);
        return ['b', [false]];
      case 'AboutToShowGroup':
        return ['aiai', [[], []]];
      default:
        return null;
    }
  };

  return {
    set: (items) => {
      const before = byId;
      byId = new Map();
      entries = number(items, '');
      index(entries);
      // A panel may still show the lines of before: a click on one of them must not be lost, nor mean another.
      for (const [id, entry] of before) if (!byId.has(id)) byId.set(id, { ...entry, entries: [] });
      const kept = new Set([...byId.keys()].sort((a, b) => b - a).slice(0, 500));
      for (const [name, id] of ids) if (!kept.has(id)) ids.delete(name);
      for (const id of byId.keys()) if (!kept.has(id)) byId.delete(id);
      revision += 1;
      bus.send(Message.newSignal(MENU_PATH, MENU, 'LayoutUpdated', 'ui', [revision, ROOT]));
    },
    answer: (iface, member, body) => {
      if (iface === MENU) return menuAnswer(member, body);
      if (iface !== PROPERTIES) return null;
      if (member === 'GetAll') return ['a{sv}', [own]];
      const value = own[String(body[1])];
      return member === 'Get' && value ? ['v', [value]] : null;
    },
  };
};
