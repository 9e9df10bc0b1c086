import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** End-to-end tests: the built application in a real Electron, one after the other, because they share a display and the process table. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['tests/e2e/**/*.test.ts'],
    environment: 'node',
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 180_000,
    // A window that others keep waiting is no failure: whatever a test waits for may take its time, and is waited for.
    expect: { poll: { timeout: 20_000 } },
    hookTimeout: 120_000,
    allowOnly: false,
  },
});
