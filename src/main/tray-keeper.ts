import type { TrayBadge } from '../shared/tray-icon.js';
import type { TrayItem } from '../shared/tray-menu.js';
import { menuId } from '../shared/tray-menu.js';

/** All that the tray shows at a moment. */
export interface TrayView {
  readonly badge: TrayBadge;
  readonly tooltip: string;
  readonly menu: readonly TrayItem[];
}

/** One icon in a panel. */
export interface TrayDevice {
  readonly setBadge: (badge: TrayBadge) => void;
  readonly setTooltip: (text: string) => void;
  readonly setMenu: (items: readonly TrayItem[]) => void;
  readonly destroy: () => void;
}

export interface TrayKeeper {
  /** What is to be shown from now on. */
  readonly update: (view: TrayView) => void;
  /** Whether there is a panel to show an icon in: one that comes gets the icon, one that goes takes it along. */
  readonly setHost: (present: boolean) => void;
  /** Draws anew what depends on the panel's colours. */
  readonly redraw: () => void;
  readonly isShown: () => boolean;
  readonly close: () => void;
}

export interface TrayKeeperParts {
  /** Makes an icon that shows a badge; `onMenu` is to be told when its menu opens and closes. */
  readonly create: (badge: TrayBadge, onMenu: (open: boolean) => void) => TrayDevice;
  readonly now: () => number;
}

const NOT_READ: TrayBadge = { level: 'stale', text: '0.0', share: 0 };
/** A number that flickers is not read. */
const QUIET_MS = 5_000;
/** A panel that never says that its menu was closed must not freeze it for ever. */
const OPEN_LIMIT_MS = 120_000;

/** Keeps the icon as it should be: touched only when something changed, at most every 5 s, its menu never while it is open. */
export const createTrayKeeper = ({ create, now }: TrayKeeperParts): TrayKeeper => {
  let device: TrayDevice | null = null;
  let wanted: TrayView | null = null;
  let shown: { badge: string; tooltip: string; menu: string } | null = null;
  let changedAtMs = Number.NEGATIVE_INFINITY;
  let openSinceMs: number | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;

  const isOpen = (): boolean => openSinceMs !== null && now() - openSinceMs < OPEN_LIMIT_MS;
  const plan = (ms: number): void => {
    if (timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      apply();
    }, ms);
    timer.unref?.();
  };
  const apply = (): void => {
    if (device === null || wanted === null) return;
    const next = { badge: JSON.stringify(wanted.badge), tooltip: wanted.tooltip, menu: menuId(wanted.menu) };
    const before = shown;
    if (before?.badge === next.badge && before.tooltip === next.tooltip && before.menu === next.menu) return;
    const waitMs = before === null ? 0 : changedAtMs + QUIET_MS - now();
    if (waitMs > 0) {
      plan(waitMs);
      return;
    }
    const menuWaits = before !== null && before.menu !== next.menu && isOpen();
    if (menuWaits) plan(QUIET_MS);
    const due = menuWaits ? { ...next, menu: before.menu } : next;
    if (before?.badge !== due.badge) device.setBadge(wanted.badge);
    if (before?.tooltip !== due.tooltip) device.setTooltip(wanted.tooltip);
    if (before?.menu !== due.menu) device.setMenu(wanted.menu);
    if (before?.badge !== due.badge || before.tooltip !== due.tooltip || before.menu !== due.menu) changedAtMs = now();
    shown = due;
  };
  const drop = (): void => {
    device?.destroy();
    device = null;
    shown = null;
    openSinceMs = null;
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };

  return {
    update: (view) => {
      wanted = view;
      apply();
    },
    setHost: (present) => {
      drop();
      if (!present) return;
      device = create(wanted?.badge ?? NOT_READ, (open) => {
        openSinceMs = open ? now() : null;
        if (!open) apply();
      });
      apply();
    },
    redraw: () => {
      if (wanted !== null) device?.setBadge(wanted.badge);
    },
    isShown: () => device !== null,
    close: drop,
  };
};
