import { describe, expect, it } from 'vitest';
import { createBusy } from '../../../src/main/busy.js';

describe('what a quit waits for', () => {
  it('is idle when all that was tracked has ended, failed or not', async () => {
    const busy = createBusy();
    const ends: (() => void)[] = [];
    const work = busy.track(
      (fails: boolean) => new Promise<string>((resolve, reject) => ends.push(() => (fails ? reject(new Error('x')) : resolve('done')))),
    );
    const [good, bad] = [work(false), work(true).catch((error: Error) => error.message)];
    let idle = false;
    const waiting = busy.idle().then(() => {
      idle = true;
    });
    expect([busy.isIdle(), idle]).toEqual([false, false]);
    ends[0]?.();
    expect(await good).toBe('done');
    expect([busy.isIdle(), idle]).toEqual([false, false]);
    ends[1]?.();
    expect(await bad).toBe('x');
    await waiting;
    expect([busy.isIdle(), idle]).toEqual([true, true]);
    await busy.idle();
  });
});
