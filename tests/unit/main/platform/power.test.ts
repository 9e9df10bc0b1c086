import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isOnBattery } from '../../../../src/main/platform/power.js';

const withSupplies = (supplies: Readonly<Record<string, Readonly<Record<string, string>>>>): boolean => {
  const root = mkdtempSync(join(tmpdir(), 'power-'));
  for (const [name, files] of Object.entries(supplies)) {
    mkdirSync(join(root, name));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(root, name, file), `${text}\n`);
  }
  const answer = isOnBattery(root);
  rmSync(root, { recursive: true });
  return answer;
};

describe('isOnBattery', () => {
  const battery = { type: 'Battery', status: 'Discharging' };

  it('goes by a battery that discharges and no mains', () => {
    expect(withSupplies({ BAT0: battery, AC: { type: 'Mains', online: '0' } })).toBe(true);
    expect(withSupplies({ BAT0: battery, AC: { type: 'Mains', online: '1' } })).toBe(false);
    expect(withSupplies({ BAT0: { ...battery, status: 'Full' }, AC: { type: 'Mains', online: '0' } })).toBe(false);
  });

  it('is not misled by a mouse, nor by a machine that has none of it', () => {
    expect(withSupplies({ mouse: { ...battery, scope: 'Device' } })).toBe(false);
    expect([withSupplies({}), isOnBattery('/nowhere')]).toEqual([false, false]);
  });
});
