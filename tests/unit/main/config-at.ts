import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';
import type { ConfigStore } from '../../../src/main/config-store.js';
import { createConfigStore } from '../../../src/main/config-store.js';
import { aFolder, identify } from './real-files.js';

export const NOW = Date.UTC(2025, 8, 2, 20, 16, 17);
export const ann = { by: 'user', value: 'ann' } as const;

/** Where the test that runs has its configuration, and what time it is there. */
export const at = { folder: '', path: '', acceptedPath: '', nowMs: NOW };
let stores: ConfigStore[] = [];

/** One more start over the same files; closed when the test ends. */
export const open = (): ConfigStore => {
  const { path, acceptedPath } = at;
  const store = createConfigStore({ path, acceptedPath, identify, now: () => at.nowMs });
  stores.push(store);
  return store;
};
export const put = (value: unknown): void => {
  mkdirSync(at.folder, { recursive: true });
  writeFileSync(at.path, typeof value === 'string' ? value : JSON.stringify(value));
};
export const onDisk = (): unknown => JSON.parse(readFileSync(at.path, 'utf8'));
export const until = (check: () => boolean) => vi.waitUntil(check, { timeout: 20_000, interval: 10 });

/** For the top of a file of tests: files of its own for each. */
export const onFilesOfItsOwn = (): void => {
  beforeEach(() => {
    const base = aFolder();
    const folder = join(base, 'config');
    Object.assign(at, {
      folder,
      path: join(folder, 'claude_limits.json'),
      acceptedPath: join(base, 'state', 'config-accepted.json'),
      nowMs: NOW,
    });
  });
  afterEach(() => {
    for (const store of stores) store.close();
    stores = [];
  });
};
