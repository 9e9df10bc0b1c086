import { afterEach, expect, it, vi } from 'vitest';
import { createPlatform } from '../../../../src/main/platform/index.js';

afterEach(() => {
  vi.unstubAllGlobals();
});
const on = (platform: string): void => {
  vi.stubGlobal('process', new Proxy(process, { get: (real, name) => (name === 'platform' ? platform : Reflect.get(real, name)) }));
};

it('reads the running system on Linux', async () => {
  on('linux');
  const { processes, selfPid } = await createPlatform().read();
  expect(processes.find((one) => one.key.pid === selfPid)?.key.pid).toBe(process.pid);
});

it.each(['darwin', 'win32', 'freebsd'])('says that %s is not supported yet', (platform) => {
  on(platform);
  expect(() => createPlatform()).toThrow(`Claude Manager does not support ${platform} yet`);
});
