import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withFileLock } from '../../../src/main/file-lock.js';
import { aFolder, bundle, IDENTIFY_SOURCE, identify, run, SRC } from './real-files.js';

const inLock = (path: string, waitMs = 20_000) => withFileLock({ path, identify, waitMs }, async () => 'in');
const IN = { ok: true, value: 'in' };
const agoSeconds = (seconds: number): number => Date.now() / 1000 - seconds;

describe('a lock', () => {
  test('is held by one call at a time and gone afterwards', async () => {
    const path = join(aFolder(), 'lock');
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside++;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    };
    const results = await Promise.all(Array.from({ length: 30 }, () => withFileLock({ path, identify, waitMs: 60_000 }, work)));
    expect(results).toEqual(results.map(() => ({ ok: true, value: undefined })));
    expect([most, existsSync(path)]).toEqual([1, false]);
  });

  test('is released when the work fails, and the failure is handed on', async () => {
    const path = join(aFolder(), 'lock');
    await expect(withFileLock({ path, identify }, () => Promise.reject(new Error('disk on fire')))).rejects.toThrow('disk on fire');
    expect(await inLock(path)).toEqual(IN);
  });

  test('that a living process holds is waited for, not for ever', async () => {
    const path = join(aFolder(), 'lock');
    const result = await withFileLock({ path, identify }, () => inLock(path, 60));
    expect(result).toEqual({ ok: true, value: { ok: false, code: 'timeout' } });
  });

  test('of a dead process, or of one whose pid was reused, is broken', async () => {
    const path = join(aFolder(), 'lock');
    const own = identify(process.pid)?.key.startedAt;
    writeFileSync(path, JSON.stringify([process.pid, `${own}0`, 0.5]));
    expect(await inLock(path)).toEqual(IN);
    writeFileSync(path, JSON.stringify([0x7ffffffe, '1', 0.5]));
    expect(await inLock(path)).toEqual(IN);
    writeFileSync(path, JSON.stringify([process.pid, own, 0.5]));
    expect(await inLock(path, 60)).toEqual({ ok: false, code: 'timeout' });
  });

  test('that nobody signed is left alone while it is young', async () => {
    for (const content of ['', '[', '"x"', '["12", "x"]']) {
      const path = join(aFolder(), 'lock');
      writeFileSync(path, content);
      expect(await inLock(path, 60)).toEqual({ ok: false, code: 'timeout' });
      utimesSync(path, agoSeconds(60), agoSeconds(60));
      expect(await inLock(path)).toEqual(IN);
    }
  });

  test('of a dead process is broken by one at a time; a breaker who died does not bar the way', async () => {
    const path = join(aFolder(), 'lock');
    const dead = JSON.stringify([0x7ffffffe, '1', 0.5]);
    writeFileSync(path, dead);
    writeFileSync(`${path}.breaker`, '');
    expect(await inLock(path, 60)).toEqual({ ok: false, code: 'timeout' });
    expect(readFileSync(path, 'utf8')).toBe(dead);
    utimesSync(`${path}.breaker`, agoSeconds(60), agoSeconds(60));
    expect(await inLock(path)).toEqual(IN);
    expect([existsSync(path), existsSync(`${path}.breaker`)]).toEqual([false, false]);
  });

  test('that another made anew between the two looks of a breaker stays', async () => {
    const path = join(aFolder(), 'lock');
    const fresh = JSON.stringify([4242, '7', 0.5]);
    writeFileSync(path, fresh);
    let looks = 0;
    const deadAtFirst: typeof identify = (pid) => {
      if (pid !== 4242) return identify(pid);
      looks++;
      return looks === 1 ? null : { key: { pid, startedAt: '7' }, uid: null, exeId: null, state: 'S' };
    };
    const result = await withFileLock({ path, identify: deadAtFirst, waitMs: 60 }, async () => 'in');
    expect([result, readFileSync(path, 'utf8')]).toEqual([{ ok: false, code: 'timeout' }, fresh]);
  });

  test('that was taken from us meanwhile is not removed by us', async () => {
    const path = join(aFolder(), 'lock');
    await withFileLock({ path, identify }, async () => writeFileSync(path, 'another one’s'));
    expect(readFileSync(path, 'utf8')).toBe('another one’s');
  });

  test('that cannot be made is a value', async () => {
    expect(await inLock(join(aFolder(), 'none', 'lock'))).toEqual({ ok: false, code: 'ENOENT' });
  });

  test('keeps real processes apart, also when one is killed in it', async () => {
    const folder = aFolder();
    const script = await bundle(
      folder,
      `${IDENTIFY_SOURCE}
      import { writeFileSync } from 'node:fs';
      import { withFileLock } from ${JSON.stringify(join(SRC, 'main/file-lock.ts'))};
      const [path, counter, times, hold] = process.argv.slice(2);
      const options = { path, identify, waitMs: 60_000 };
      for (let time = 0; time < Number(times); time++) {
        const result = await withFileLock(options, async () => writeFileSync(counter, String(Number(readFileSync(counter, 'utf8')) + 1)));
        if (!result.ok) throw new Error(result.code);
      }
      if (hold) await withFileLock(options, async () => { console.log('held'); await new Promise(() => setInterval(() => {}, 1000)); });`,
    );
    const [path, counter] = [join(folder, 'lock'), join(folder, 'counter')];
    writeFileSync(counter, '0');
    const holder = run(script, [path, counter, '0', 'hold']);
    while (!existsSync(path) || readFileSync(path, 'utf8') === '') await new Promise((resolve) => setTimeout(resolve, 5));
    const counters = [run(script, [path, counter, '150']), run(script, [path, counter, '150'])];
    holder.kill();
    expect((await holder.ended).how).toBe('SIGKILL');
    expect(await Promise.all(counters.map((one) => one.ended))).toEqual([
      { how: 0, output: '' },
      { how: 0, output: '' },
    ]);
    expect([readFileSync(counter, 'utf8'), existsSync(path)]).toEqual(['300', false]);
  }, 120_000);
});
