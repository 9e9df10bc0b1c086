import { describe, expect, it } from 'vitest';
import { createScript } from '../../../../src/main/demo/script.js';

const BEGAN = Date.UTC(2025, 10, 22, 14, 30);
const SELF = 4242;
const at = (seconds: number, seed = 1) => createScript(seed, BEGAN, SELF).at(BEGAN + seconds * 1000);

describe('the script', () => {
  it('is the same for the same seed and another for another', () => {
    expect(at(90)).toEqual(at(90));
    expect(at(90, 2)).not.toEqual(at(90));
  });

  it('moves: memory changes, CPU only grows, a growing session grows, others come and go', () => {
    const script = createScript(1, BEGAN, SELF);
    const known = new Map<string, number>();
    const pids = new Set<string>();
    for (let second = 0; second < 600; second += 5) {
      const now = script.at(BEGAN + second * 1000);
      for (const { key, cpuMs } of now) {
        const id = `${key.pid}:${key.startedAt}`;
        expect(cpuMs).toBeGreaterThanOrEqual(known.get(id) ?? 0);
        known.set(id, cpuMs);
        pids.add(id);
      }
    }
    expect(pids.size).toBeGreaterThan(script.at(BEGAN).length + 5);
    const growing = (ms: number) => script.at(BEGAN + ms).find(({ actor }) => actor.record?.name === 'billing-api')?.memoryBytes ?? 0;
    expect(growing(3_600_000) - growing(0)).toBeGreaterThan(800 * 1024 * 1024);
  });

  it('names a reused pid another process', () => {
    const script = createScript(1, BEGAN, SELF);
    const one = script.at(BEGAN).find(({ actor }) => actor.record?.name === 'notes');
    if (one === undefined) throw new Error('no notes');
    const identity = { key: one.key, uid: one.actor.uid, exeId: one.actor.facts.exeId, state: 'S' };
    expect(script.signal({ ...identity, key: { ...one.key, startedAt: '1' } }, 'ask', BEGAN)).toBe('changed');
    expect(script.signal({ ...identity, exeId: '8:0' }, 'ask', BEGAN)).toBe('changed');
    expect(script.signal({ ...identity, key: { pid: SELF, startedAt: '1' } }, 'force', BEGAN)).toBe('changed');
    expect(script.signal(identity, 'ask', BEGAN)).toBe('sent');
    expect(script.signal(identity, 'ask', BEGAN + 2000)).toBe('gone');
  });

  it('holds what is paused where it is', () => {
    const script = createScript(1, BEGAN, SELF);
    const find = (ms: number) => script.at(BEGAN + ms).find(({ actor }) => actor.record?.name === 'api-gateway');
    const one = find(0);
    if (one === undefined) throw new Error('no api-gateway');
    const identity = { key: one.key, uid: one.actor.uid, exeId: one.actor.facts.exeId, state: 'S' };
    script.signal(identity, 'pause', BEGAN + 1000);
    expect(find(60_000)).toMatchObject({ state: 'T', cpuMs: find(1000)?.cpuMs });
    script.signal(identity, 'continue', BEGAN + 61_000);
    expect(find(62_000)?.state).toBe('R');
    const unpaused = createScript(1, BEGAN, SELF).at(BEGAN + 2000);
    expect(find(62_000)?.cpuMs).toBe(unpaused.find(({ actor }) => actor.record?.name === 'api-gateway')?.cpuMs);
  });
});
