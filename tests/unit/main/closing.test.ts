import { describe, expect, it } from 'vitest';
import { decideClose, isCrashLoop } from '../../../src/main/closing.js';

describe('decideClose', () => {
  const base = { quitting: false, setting: 'ask', tray: true, said: false } as const;

  it('asks, hides or quits as it was told', () => {
    expect((['ask', 'tray', 'quit'] as const).map((setting) => decideClose({ ...base, setting }))).toEqual(['ask', 'hide', 'quit']);
  });

  it('never hides a window that nothing could bring back, and says so once', () => {
    for (const setting of ['ask', 'tray'] as const) {
      expect(decideClose({ ...base, setting, tray: false })).toBe('sayNoTray');
      expect(decideClose({ ...base, setting, tray: false, said: true })).toBe('quit');
    }
  });

  it('holds nobody back who quits', () => {
    expect(decideClose({ ...base, quitting: true, tray: false })).toBe('let');
  });
});

describe('isCrashLoop', () => {
  it('is one crash after another within a minute', () => {
    expect([isCrashLoop([0], 0), isCrashLoop([0, 59_000], 59_000), isCrashLoop([0, 61_000], 61_000)]).toEqual([false, true, false]);
  });
});
