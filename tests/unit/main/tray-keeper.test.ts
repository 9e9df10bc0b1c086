import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTrayKeeper, type TrayKeeper, type TrayView } from '../../../src/main/tray-keeper.js';

const view = (text: string, over: Partial<TrayView> = {}): TrayView => ({
  badge: { level: 'normal', text, share: 1 },
  tooltip: 'same',
  menu: [{ kind: 'item', label: `m${text}`, command: { type: 'open' }, items: [] }],
  ...over,
});

describe('the keeper of the tray', () => {
  let done: string[];
  let keeper: TrayKeeper;
  let tellMenu: (open: boolean) => void;

  beforeEach(() => {
    vi.useFakeTimers();
    done = [];
    keeper = createTrayKeeper({
      create: (badge, onMenu) => {
        done.push(`icon ${badge.text}`);
        tellMenu = onMenu;
        return {
          setBadge: ({ text }) => done.push(`badge ${text}`),
          setTooltip: (text) => done.push(`tip ${text}`),
          setMenu: ([first]) => done.push(`menu ${first?.kind === 'item' ? first.label : ''}`),
          destroy: () => done.push('destroy'),
        };
      },
      now: () => Date.now(),
    });
  });
  afterEach(() => vi.useRealTimers());
  const doneSince = (): string[] => done.splice(0);

  it('shows nothing without a panel, and everything once one comes', () => {
    keeper.update(view('1'));
    expect([keeper.isShown(), doneSince()]).toEqual([false, []]);
    keeper.setHost(true);
    expect([keeper.isShown(), doneSince()]).toEqual([true, ['icon 1', 'badge 1', 'tip same', 'menu m1']]);
  });

  it('touches only what changed, at most every five seconds, with the newest', () => {
    keeper.setHost(true);
    keeper.update(view('1'));
    doneSince();
    keeper.update(view('1'));
    vi.advanceTimersByTime(60_000);
    expect(doneSince()).toEqual([]);
    keeper.update(view('2', { menu: view('1').menu }));
    expect(doneSince()).toEqual(['badge 2']);
    keeper.update(view('3'));
    keeper.update(view('4'));
    vi.advanceTimersByTime(4_900);
    expect(doneSince()).toEqual([]);
    vi.advanceTimersByTime(200);
    expect(doneSince()).toEqual(['badge 4', 'menu m4']);
  });

  it('leaves the menu alone while it is open, and brings it up to date when it closes', () => {
    keeper.setHost(true);
    keeper.update(view('1'));
    vi.advanceTimersByTime(10_000);
    doneSince();
    tellMenu(true);
    keeper.update(view('2'));
    expect(doneSince()).toEqual(['badge 2']);
    vi.advanceTimersByTime(20_000);
    expect(doneSince()).toEqual([]);
    tellMenu(false);
    expect(doneSince()).toEqual(['menu m2']);
  });

  it('does not wait for ever for a panel that never says that its menu was closed', () => {
    keeper.setHost(true);
    keeper.update(view('1'));
    vi.advanceTimersByTime(10_000);
    tellMenu(true);
    keeper.update(view('2'));
    doneSince();
    vi.advanceTimersByTime(130_000);
    expect(doneSince()).toEqual(['menu m2']);
  });

  it('gives a panel that comes again a new icon, at once', () => {
    keeper.setHost(true);
    keeper.update(view('1'));
    doneSince();
    keeper.setHost(false);
    expect([keeper.isShown(), doneSince()]).toEqual([false, ['destroy']]);
    keeper.setHost(true);
    expect(doneSince()).toEqual(['icon 1', 'badge 1', 'tip same', 'menu m1']);
  });
});
