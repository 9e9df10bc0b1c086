import { describe, expect, it } from 'vitest';
import { destinationOf, launchSchema, parseLaunch } from '../../../src/shared/launch.js';

describe('parseLaunch', () => {
  it('takes its own arguments from among those of the system', () => {
    expect(parseLaunch(['/e', '--no-sandbox', '/app', '--hidden', '--tab', 'analytics', '--x=1'])).toEqual({
      hidden: true,
      tab: 'analytics',
    });
    expect(parseLaunch(['/e', '--tab=logs'])).toEqual({ hidden: false, tab: 'logs' });
    expect(parseLaunch(['/e'])).toEqual({ hidden: false, tab: null });
  });

  it('refuses a tab that is none', () => {
    for (const args of [['--tab', 'evil'], ['--tab'], ['--tab='], ['--tab', '../monitor']]) expect(parseLaunch(args)).toBe(null);
  });

  it('accepts from another process nothing but what it writes itself', () => {
    expect(launchSchema.safeParse({ hidden: false, tab: 'logs' }).success).toBe(true);
    for (const data of [null, {}, { hidden: 'yes', tab: null }, { hidden: false, tab: 'x' }, { hidden: false, tab: null, more: 1 }])
      expect(launchSchema.safeParse(data).success).toBe(false);
  });

  it('leads nowhere without a tab', () => {
    expect([destinationOf({ hidden: false, tab: null }), destinationOf({ hidden: false, tab: 'logs' })?.tab]).toEqual([null, 'logs']);
  });
});
