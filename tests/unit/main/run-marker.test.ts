import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOnceSaid } from '../../../src/main/once-said.js';
import type { Identity } from '../../../src/main/platform/index.js';
import { markRun } from '../../../src/main/run-marker.js';

describe('the mark of a run', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'marker-'));
    path = join(folder, 'running.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const identify =
    (stamps: Readonly<Record<number, string>>) =>
    (pid: number): Identity | null => {
      const startedAt = stamps[pid] ?? (pid === process.pid ? 'self' : undefined);
      return startedAt === undefined ? null : { key: { pid, startedAt }, uid: 0, exeId: null, state: 'S' };
    };
  const start = (stamps: Readonly<Record<number, string>> = {}) => markRun({ path, folder, identify: identify(stamps) });

  it('tells nothing after an orderly end', () => {
    start().leave();
    expect([existsSync(path), start().crashed]).toEqual([false, false]);
  });

  it('tells of a run that did not say goodbye', () => {
    writeFileSync(path, JSON.stringify({ pid: 4242, startedAt: 'then' }));
    expect(start().crashed).toBe(true);
    writeFileSync(path, JSON.stringify({ pid: 4242, startedAt: 'then' }));
    expect(start({ 4242: 'another' }).crashed).toBe(true);
    writeFileSync(path, '{"pid":');
    expect(start().crashed).toBe(true);
  });

  it('takes one that still runs for none that crashed', () => {
    writeFileSync(path, JSON.stringify({ pid: 4242, startedAt: 'then' }));
    expect(start({ 4242: 'then' }).crashed).toBe(false);
  });
});

describe('what is said once', () => {
  it('stays said for the next start', () => {
    const folder = mkdtempSync(join(tmpdir(), 'once-'));
    const path = join(folder, 'state', 'said');
    const first = createOnceSaid(path);
    expect(first.get()).toBe(false);
    first.set();
    expect([first.get(), createOnceSaid(path).get()]).toEqual([true, true]);
    rmSync(folder, { recursive: true });
  });
});
