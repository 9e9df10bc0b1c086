import { expect, test } from 'vitest';
import { parseTab, rememberTab, tabAfter, useTab } from '../../../src/renderer/tab.js';
import { TABS } from '../../../src/shared/api.js';

test('a stored tab is one of ours, or the first', () => {
  expect(['logs', 'monitor', 'nonsense', '', null].map(parseTab)).toEqual(['logs', 'monitor', 'monitor', 'monitor', 'monitor']);
});

test('arrows go round, Home and End to the ends, other keys nowhere', () => {
  expect(['ArrowRight', 'ArrowLeft', 'Home', 'End', 'a'].map((key) => tabAfter(key, 'logs'))).toEqual([
    TABS[0],
    TABS.at(-2),
    TABS[0],
    TABS.at(-1),
    null,
  ]);
});

test('the chosen tab is taken from the storage and kept there', () => {
  const stored = new Map([['claude-manager.tab', 'logs']]);
  rememberTab({ getItem: (key) => stored.get(key) ?? null, setItem: (key, value) => void stored.set(key, value) });
  expect(useTab.getState().tab).toBe('logs');
  useTab.setState({ tab: 'monitor' });
  expect([...stored]).toEqual([['claude-manager.tab', 'monitor']]);
});
