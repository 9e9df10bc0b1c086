import { Menu, type MenuItemConstructorOptions, type NativeImage, nativeImage, nativeTheme, Tray } from 'electron';
import type { IconSize, Ink, TrayBadge } from '../shared/tray-icon.js';
import { drawIcon } from '../shared/tray-icon.js';
import type { TrayCommand, TrayItem } from '../shared/tray-menu.js';
import type { TrayBus } from './bus-menu.js';
import { createStatusItem } from './status-item.js';
import { watchTrayHost } from './tray-host.js';
import { createTrayKeeper, type TrayDevice, type TrayKeeper } from './tray-keeper.js';

const isMac = process.platform === 'darwin';

/** Pixels of an icon and of the same for screens of twice the density: Windows' notification area, macOS' menu bar. */
const SIZES: { readonly small: IconSize; readonly large: IconSize } =
  process.platform === 'win32' ? { small: 16, large: 32 } : { small: 22, large: 44 };

/** Whether tray icons are shown by a program of its own, which may be missing, or by the system itself. */
const needsHost = process.platform === 'linux';

/** Desktops whose panel is dark whatever the theme of their windows. */
const DARK_PANELS = /\b(GNOME|Unity|Cinnamon|Budgie|Pantheon)\b/i;

/** What the panel is like; `systemIsDark`: what the system prefers, whatever our own window is set to. */
const panelInk = (systemIsDark: boolean): Ink => {
  if (isMac) return 'template';
  return systemIsDark || DARK_PANELS.test(process.env['XDG_CURRENT_DESKTOP'] ?? '') ? 'light' : 'dark';
};

/** Electron wants blue, green, red, alpha, the colours multiplied by alpha. */
const bytesOf = (badge: TrayBadge, size: IconSize, ink: Ink): Buffer => {
  const { rgba } = drawIcon(badge, size, ink);
  const bytes = Buffer.alloc(rgba.length);
  for (let at = 0; at < rgba.length; at += 4) {
    const alpha = rgba[at + 3] ?? 0;
    for (let channel = 0; channel < 3; channel += 1) bytes[at + channel] = Math.round(((rgba[at + 2 - channel] ?? 0) * alpha) / 255);
    bytes[at + 3] = alpha;
  }
  return bytes;
};

const imageOf = (badge: TrayBadge, ink: Ink): NativeImage => {
  const { small, large } = SIZES;
  const image = nativeImage.createFromBitmap(bytesOf(badge, small, ink), { width: small, height: small });
  image.addRepresentation({ scaleFactor: 2, width: large, height: large, buffer: bytesOf(badge, large, ink) });
  if (isMac) image.setTemplateImage(true);
  return image;
};

const entryOf = (one: TrayItem, run: (command: TrayCommand) => void): MenuItemConstructorOptions => {
  if (one.kind === 'line') return { type: 'separator' };
  const { command, items } = one;
  // One ampersand would mark the next letter as a shortcut.
  const label = one.label.replaceAll('&', '&&');
  if (items.length > 0) return { label, submenu: items.map((below) => entryOf(below, run)) };
  return command === null ? { label, enabled: false } : { label, click: () => run(command) };
};

interface TrayParts {
  readonly badge: TrayBadge;
  readonly ink: () => Ink;
  readonly run: (command: TrayCommand) => void;
  readonly onMenu: (open: boolean) => void;
}

/** Puts an icon into the tray of macOS or Windows. */
const createTray = ({ badge: first, ink, run, onMenu }: TrayParts): TrayDevice => {
  const tray = new Tray(imageOf(first, ink()));
  // macOS opens the menu on a click, and some panels of Linux send none.
  if (!isMac) tray.on('click', () => run({ type: 'open' }));
  return {
    setBadge: (badge) => {
      tray.setImage(imageOf(badge, ink()));
      if (isMac) tray.setTitle(`${badge.text}G`, { fontType: 'monospacedDigit' });
    },
    setTooltip: (text) => tray.setToolTip(text),
    setMenu: (items) => {
      const menu = Menu.buildFromTemplate(items.map((one) => entryOf(one, run)));
      menu.on('menu-will-show', () => onMenu(true));
      menu.on('menu-will-close', () => onMenu(false));
      tray.setContextMenu(menu);
    },
    destroy: () => tray.destroy(),
  };
};

/** Whether the system itself prefers dark; asked before the window's own theme is set, which hides it. */
const watchSystemDark = (onChange: () => void): (() => boolean) => {
  let dark = nativeTheme.shouldUseDarkColors;
  nativeTheme.on('updated', () => {
    if (nativeTheme.themeSource !== 'system' || dark === nativeTheme.shouldUseDarkColors) return;
    dark = nativeTheme.shouldUseDarkColors;
    onChange();
  });
  return () => dark;
};

export interface TrayStart {
  readonly run: (command: TrayCommand) => void;
  /** The icon came or went with its panel. */
  readonly onChange: () => void;
  readonly onError: (error: unknown) => void;
}

/** Keeps an icon in the tray wherever there is one. Before the window's own theme is set: the panel goes by the system's. */
export const startTray = ({ run, onChange, onError }: TrayStart): TrayKeeper => {
  let place: TrayBus | null = null;
  const systemIsDark = watchSystemDark(() => keeper.redraw());
  const ink = (): Ink => panelInk(systemIsDark());
  const keeper = createTrayKeeper({
    create: (badge, onMenu) =>
      place === null ? createTray({ badge, ink, run, onMenu }) : createStatusItem({ ...place, badge, ink, run, onMenu, onError }),
    now: Date.now,
  });
  if (!needsHost) {
    keeper.setHost(true);
    return keeper;
  }
  const stop = watchTrayHost({
    onChange: (bus) => {
      place = bus;
      keeper.setHost(bus !== null);
      onChange();
    },
    onError,
  });
  return {
    ...keeper,
    close: () => {
      keeper.close();
      stop();
    },
  };
};
