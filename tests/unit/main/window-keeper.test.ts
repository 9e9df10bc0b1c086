import { beforeEach, describe, expect, it } from 'vitest';
import { createWindowKeeper, type KeptWindow, type WindowKeeper } from '../../../src/main/window-keeper.js';
import type { Destination } from '../../../src/shared/api.js';

const LOGS: Destination = { tab: 'logs', key: null, request: null };
const ROW: Destination = { tab: 'monitor', key: { pid: 7, startedAt: 's7' }, request: null };

interface FakeWindow extends KeptWindow {
  readonly name: string;
  minimized: boolean;
  readonly close: () => void;
}

describe('the window keeper', () => {
  let told: string[];
  let windows: FakeWindow[];
  let keeper: WindowKeeper<FakeWindow>;

  beforeEach(() => {
    told = [];
    windows = [];
    keeper = createWindowKeeper<FakeWindow>({
      create: (gone) => {
        const name = `w${windows.length + 1}`;
        let closed = false;
        const window: FakeWindow = {
          name,
          minimized: false,
          show: () => told.push(`${name} show`),
          focus: () => told.push(`${name} focus`),
          restore: () => told.push(`${name} restore`),
          isMinimized: () => window.minimized,
          isDestroyed: () => closed,
          close: () => {
            closed = true;
            gone();
          },
        };
        windows.push(window);
        return window;
      },
      navigate: (window, { tab }) => told.push(`${window.name} ${tab}`),
    });
  });

  it('makes a window when there is none, and leads it once its page listens', () => {
    keeper.show(ROW);
    expect([windows.length, told]).toEqual([1, []]);
    keeper.pageListens();
    expect(told).toEqual(['w1 monitor']);
  });

  it('shows the window that is there, and leads it at once', () => {
    keeper.show(null);
    keeper.pageListens();
    keeper.show(LOGS);
    expect(told).toEqual(['w1 show', 'w1 focus', 'w1 logs']);
  });

  it('leads to the last place only', () => {
    keeper.show(LOGS);
    keeper.show(ROW);
    keeper.show(null);
    keeper.pageListens();
    keeper.pageListens();
    expect(told.filter((line) => !/show|focus/.test(line))).toEqual(['w1 monitor']);
  });

  it('restores one that was minimized', () => {
    keeper.show(null);
    for (const window of windows) window.minimized = true;
    keeper.show(null);
    expect(told).toEqual(['w1 restore', 'w1 show', 'w1 focus']);
  });

  it('makes another after the first was closed, whose page does not listen yet', () => {
    keeper.show(null);
    keeper.pageListens();
    windows[0]?.close();
    expect(keeper.current()).toBe(null);
    keeper.show(LOGS);
    expect([keeper.current()?.name, told]).toEqual(['w2', []]);
    keeper.pageListens();
    expect(told).toEqual(['w2 logs']);
  });
});
