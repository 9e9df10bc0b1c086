import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { StoppedStore } from '../../../src/main/stopped-store.js';
import { createStoppedStore } from '../../../src/main/stopped-store.js';
import type { StoppedSession } from '../../../src/shared/api.js';
import { formatStopped } from '../../../src/shared/stopped.js';
import { aFolder, bundle, IDENTIFY_SOURCE, identify, makeFifo, run, SRC } from './real-files.js';

const NOW = new Date(2025, 8, 2, 20, 16, 17).getTime();
let folder = '';
let path = '';
let stores: StoppedStore[] = [];
const open = (): StoppedStore => {
  const store = createStoppedStore({ path, identify, now: () => NOW });
  stores.push(store);
  return store;
};
const entry = (number: number): StoppedSession => ({
  sessionId: `session-${1000 + number}`,
  name: `n${number}`,
  projectDir: null,
  user: 'dana',
  pid: 50,
  endedAtMs: number,
  action: 'KILL_PROCESS',
  freedBytes: null,
  resume: null,
});
const put = (text: string): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(path, text);
};
const ok = { ok: true, value: null };

beforeEach(() => {
  folder = join(aFolder(), 'state');
  path = join(folder, 'stopped.json');
});
afterEach(() => {
  for (const store of stores) store.close();
  stores = [];
});

describe('the sessions that were stopped', () => {
  test('are none at first, and looking makes no file and no folder', () => {
    expect([open().list(), open().notices(), existsSync(folder)]).toEqual([[], [], false]);
  });

  test('are kept from one start to the next, newest first, for their user alone', async () => {
    const store = open();
    expect([await store.add(entry(1)), await store.add(entry(2))]).toEqual([ok, ok]);
    expect([store.list(), open().list()]).toEqual([
      [entry(2), entry(1)],
      [entry(2), entry(1)],
    ]);
    expect([statSync(path).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(readdirSync(folder)).toEqual(['stopped.json']);
  });

  test('are read anew when another process has changed them, and whoever listens is told', async () => {
    const store = open();
    await store.add(entry(1));
    const told = vi.fn();
    store.onChange(told);
    put(formatStopped([entry(7)]));
    expect(store.list()).toEqual([entry(7)]);
    rmSync(path);
    expect(store.list()).toEqual([]);
    const other = open();
    await other.add(entry(9));
    await vi.waitFor(() => expect(told).toHaveBeenCalled(), 5_000);
    expect(store.list()).toEqual([entry(9)]);
  });

  test('are told of when this very store adds one, and no longer after that was stopped', async () => {
    const store = open();
    const told = vi.fn();
    const stop = store.onChange(told);
    await store.add(entry(1));
    const calls = told.mock.calls.length;
    expect(calls).toBeGreaterThan(0);
    stop();
    await store.add(entry(2));
    expect(told.mock.calls.length).toBe(calls);
  });

  test('are not lost when two processes add at once', async () => {
    const script = await bundle(
      aFolder(),
      `${IDENTIFY_SOURCE}
import { createStoppedStore } from ${JSON.stringify(join(SRC, 'main/stopped-store.ts'))};
const [, , path, from] = process.argv;
const store = createStoppedStore({ path, identify });
for (let i = Number(from); i < Number(from) + 20; i++) {
  const done = await store.add({ sessionId: 'session-' + (1000 + i), name: 'n', projectDir: null, user: 'dana', pid: 50, endedAtMs: i, action: 'KILL_PROCESS', freedBytes: null, resume: null });
  if (!done.ok) console.log(JSON.stringify(done));
}
store.close();`,
    );
    const ends = await Promise.all([run(script, [path, '100']).ended, run(script, [path, '200']).ended]);
    expect(ends).toEqual([
      { how: 0, output: '' },
      { how: 0, output: '' },
    ]);
    expect(
      open()
        .list()
        .map(({ endedAtMs }) => endedAtMs),
    ).toEqual([...Array.from({ length: 20 }, (_, i) => 219 - i), ...Array.from({ length: 20 }, (_, i) => 119 - i)]);
  });
});

describe('a file that is not as it should be', () => {
  test('and cannot be understood is said to be so, and set aside when something is added', async () => {
    put('{"sessions":');
    const store = open();
    expect([store.list(), store.notices(), readFileSync(path, 'utf8')]).toEqual([
      [],
      [{ id: 'stoppedInvalid', values: { file: path } }],
      '{"sessions":',
    ]);
    expect(await store.add(entry(1))).toEqual(ok);
    const kept = `${path}.corrupt-2025-09-02T20-16-17.json`;
    expect([store.list(), store.notices(), readFileSync(kept, 'utf8')]).toEqual([
      [entry(1)],
      [{ id: 'stoppedCorrupt', values: { file: kept } }],
      '{"sessions":',
    ]);
  });

  test('loses its wrong entries one by one', async () => {
    put(JSON.stringify({ sessions: [{ ...entry(1), pid: 'x' }, entry(2)] }));
    expect(open().list()).toEqual([entry(2)]);
  });

  test('stops nobody when it is a FIFO, and is not replaced', async () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    makeFifo(path);
    const store = open();
    expect([store.list(), store.notices()]).toEqual([[], [{ id: 'stoppedUnreadable', values: { file: path, code: 'ENOTSUP' } }]]);
    expect(await store.add(entry(1))).toEqual({
      ok: false,
      failure: { reason: 'denied', id: 'stoppedNotWritten', values: { file: path, code: 'ENOTSUP' } },
    });
    expect(lstatSync(path).isFIFO()).toBe(true);
  });

  test('stands in a folder that others could write to: it is narrowed', async () => {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o777);
    expect(await open().add(entry(1))).toEqual(ok);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });
});
