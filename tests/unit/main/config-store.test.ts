import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ConfigStore, ConfigStoreOptions } from '../../../src/main/config-store.js';
import { createConfigStore } from '../../../src/main/config-store.js';
import { parseConfig } from '../../../src/shared/config.js';
import type { Edit } from '../../../src/shared/config-edit.js';
import type { SettingKey } from '../../../src/shared/settings.js';
import { aFolder, bundle, IDENTIFY_SOURCE, identify, makeFifo, run, SRC } from './real-files.js';

const NOW = new Date(2025, 8, 2, 20, 16, 17).getTime();
const DEFAULTS = parseConfig({});

let folder = '';
let path = '';
let stores: ConfigStore[] = [];
const open = (options: Partial<ConfigStoreOptions> = {}): ConfigStore => {
  const store = createConfigStore({ path, identify, now: () => NOW, ...options });
  stores.push(store);
  return store;
};
/** Sets keys of `global_settings`; the answer, with what is in force by it. */
const set = async (store: ConfigStore, patch: { readonly [K in SettingKey]?: unknown }) => {
  const edits = Object.entries(patch).map(([key, value]): Edit => ({ at: 'global', key: key as SettingKey, value }));
  const saved = await store.update(edits, []);
  return saved.ok ? { ok: true, value: saved.value.after } : saved;
};
const onDisk = (): unknown => JSON.parse(readFileSync(path, 'utf8'));
const put = (value: unknown): void => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
};
const globals = (change: Partial<typeof DEFAULTS.global_settings>) => ({
  ...DEFAULTS,
  global_settings: { ...DEFAULTS.global_settings, ...change },
});

beforeEach(() => {
  folder = join(aFolder(), 'config');
  path = join(folder, 'claude_limits.json');
});
afterEach(() => {
  for (const store of stores) store.close();
  stores = [];
});

describe('the configuration at the start', () => {
  test('without a file is the defaults, and no file is made', () => {
    const store = open();
    expect([store.get(), store.notices()]).toEqual([DEFAULTS, []]);
    expect([readdirSync(folder), statSync(folder).mode & 0o777]).toEqual([[], 0o700]);
  });

  test('is what the file says, with or without a byte order mark', () => {
    const file = { global_settings: { refresh_interval_seconds: 7 }, user_limits: { ann: { max_processes: 2 } } };
    for (const text of [JSON.stringify(file), `\uFEFF${JSON.stringify(file)}`]) {
      put(text);
      const store = open();
      expect([store.get(), store.notices()]).toEqual([
        { ...globals({ refresh_interval_seconds: 7 }), user_limits: { ann: { max_processes: 2 } } },
        [],
      ]);
    }
  });

  test('falls back for wrong values one by one, and names them', () => {
    put({ global_settings: { refresh_interval_seconds: 99, theme: 'dark' }, protect_rules: [{ by: 'user', value: 'ann' }, 5] });
    const store = open();
    expect(store.get()).toEqual({
      ...globals({ theme: 'dark', auto_cleanup_enabled: false }),
      protect_rules: [{ by: 'user', value: 'ann' }],
    });
    expect(store.notices()).toEqual([
      { id: 'configValues', values: { file: path, keys: '1: global_settings.refresh_interval_seconds, 1: protect_rules.1' } },
    ]);
  });

  test('that is corrupt is kept beside, never wiped, and the defaults hold', async () => {
    for (const [number, text] of ['{"global_settings":', '', '[1]', 'null', '\0\0\0', '['.repeat(100_000)].entries()) {
      put(text);
      const store = open();
      expect(store.get()).toEqual(DEFAULTS);
      await store.ready;
      const kept = `${path}.corrupt-2025-09-02T20-16-17${number === 0 ? '' : `-${number + 1}`}.json`;
      expect(store.notices()).toEqual([{ id: 'configCorrupt', values: { file: kept } }]);
      expect([readFileSync(kept, 'utf8'), existsSync(path)]).toEqual([text, false]);
      store.close();
    }
  });

  test('that is corrupt when two start at once is kept once', async () => {
    put('{');
    const two = [open(), open()];
    await Promise.all(two.map((store) => store.ready));
    expect(readdirSync(folder)).toEqual(['claude_limits.json.corrupt-2025-09-02T20-16-17.json']);
    expect(two.map((store) => store.get())).toEqual([DEFAULTS, DEFAULTS]);
  });

  test('that cannot be read is the defaults with a notice; nothing is touched, and nothing blocks', async () => {
    const makers: readonly (readonly [string, () => void])[] = [
      ['ENOTSUP', () => makeFifo(path)],
      ['ENOTSUP', () => symlinkSync('/dev/zero', path)],
      ['ENOTSUP', () => mkdirSync(path)],
      ['EFBIG', () => put(`"${'x'.repeat(2_000_000)}"`)],
      ['ELOOP', () => symlinkSync('claude_limits.json', path)],
    ];
    for (const [code, make] of makers) {
      mkdirSync(folder, { recursive: true });
      make();
      const store = open();
      await store.ready;
      expect([store.get(), store.notices()]).toEqual([DEFAULTS, [{ id: 'configUnreadable', values: { file: path, code } }]]);
      expect(await set(store, { theme: 'dark' })).toEqual({
        ok: false,
        failure: { reason: 'denied', id: 'configNotWritten', values: { file: path, code } },
      });
      expect(readdirSync(folder)).toEqual(['claude_limits.json']);
      store.close();
      rmSync(folder, { recursive: true });
    }
  });

  test('in a folder that cannot be made is the defaults with a notice', async () => {
    writeFileSync(folder, 'a file');
    const store = open();
    expect([store.get(), store.notices()]).toEqual([DEFAULTS, [{ id: 'configUnreadable', values: { file: path, code: 'EEXIST' } }]]);
    expect(await set(store, { theme: 'dark' })).toEqual({
      ok: false,
      failure: { reason: 'denied', id: 'configNotWritten', values: { file: path, code: 'EEXIST' } },
    });
  });
});

describe('setting values', () => {
  test('writes the given keys only; everything else survives', async () => {
    put(
      '{"later_version":{"a":[1,{"b":null}]},"global_settings":{"auto_cleanup_enabled":true,"theme":"light","min_idle_minutes":"wrong"},"user_limits":{"ann":{"max_processes":2,"colour":"red"}},"__proto__":{"x":1}}',
    );
    const store = open();
    const result = await set(store, { theme: 'dark', refresh_interval_seconds: 3 });
    const config = {
      ...globals({ theme: 'dark', refresh_interval_seconds: 3, min_idle_minutes: 525_600 }),
      user_limits: { ann: { max_processes: 2 } },
    };
    expect([result, store.get()]).toEqual([{ ok: true, value: config }, config]);
    expect(readFileSync(path, 'utf8')).toBe(
      `${JSON.stringify(JSON.parse('{"later_version":{"a":[1,{"b":null}]},"global_settings":{"auto_cleanup_enabled":true,"theme":"dark","min_idle_minutes":"wrong","refresh_interval_seconds":3},"user_limits":{"ann":{"max_processes":2,"colour":"red"}},"__proto__":{"x":1}}'), null, 2)}\n`,
    );
    expect([statSync(path).mode & 0o777, readdirSync(folder)]).toEqual([0o600, ['backups', 'claude_limits.json']]);
  });

  test('makes the file, and survives the next start', async () => {
    await set(open(), { refresh_enabled: false });
    expect(onDisk()).toEqual({ global_settings: { refresh_enabled: false } });
    expect(open().get()).toEqual(globals({ refresh_enabled: false }));
  });

  test('refuses a value that would not be taken, and writes nothing', async () => {
    const store = open();
    expect(await set(store, { refresh_interval_seconds: 31 })).toEqual({
      ok: false,
      failure: { reason: 'invalid', id: 'configValue', values: { key: 'global_settings.refresh_interval_seconds' } },
    });
    expect([store.get(), readdirSync(folder)]).toEqual([DEFAULTS, []]);
  });

  test('that changes nothing does not write', async () => {
    put({ global_settings: { theme: 'dark' } });
    const before = statSync(path, { bigint: true });
    expect(await set(open(), { theme: 'dark' })).toEqual({ ok: true, value: globals({ theme: 'dark' }) });
    expect(statSync(path, { bigint: true })).toEqual({
      ...before,
      atimeMs: expect.anything(),
      atimeNs: expect.anything(),
      atime: expect.anything(),
    });
  });

  test('over a file that has become corrupt keeps that one, and the last good values', async () => {
    put({ global_settings: { theme: 'dark' }, user_limits: { ann: {} } });
    const store = open();
    put('{"global_settings":');
    expect(await set(store, { language: 'en' })).toMatchObject({ ok: true });
    const kept = `${path}.corrupt-2025-09-02T20-16-17.json`;
    expect([onDisk(), readFileSync(kept, 'utf8')]).toEqual([
      { global_settings: { theme: 'dark', language: 'en' }, user_limits: { ann: {} } },
      '{"global_settings":',
    ]);
    expect(store.notices()).toEqual([{ id: 'configCorrupt', values: { file: kept } }]);
  });

  test('follows the link of those who keep their configuration elsewhere', async () => {
    mkdirSync(join(folder, 'dotfiles'), { recursive: true });
    writeFileSync(join(folder, 'dotfiles/limits'), '{"mine":1}');
    symlinkSync('dotfiles/limits', path);
    await set(open(), { theme: 'light' });
    expect([lstatSync(path).isSymbolicLink(), JSON.parse(readFileSync(join(folder, 'dotfiles/limits'), 'utf8'))]).toEqual([
      true,
      { mine: 1, global_settings: { theme: 'light' } },
    ]);
  });

  test('while another program holds the lock is refused after a while', async () => {
    mkdirSync(folder);
    writeFileSync(`${path}.lock`, JSON.stringify([process.pid, identify(process.pid)?.key.startedAt, 0.5]));
    const store = open({ lockWaitMs: 60 });
    expect(await set(store, { theme: 'dark' })).toEqual({
      ok: false,
      failure: { reason: 'timeout', id: 'configLocked', values: { file: path } },
    });
    expect([store.get(), existsSync(path)]).toEqual([DEFAULTS, false]);
  });
});

describe('changes by others', () => {
  /** How often the store has told of a change, and a way to wait until something holds. */
  const watched = (store: ConfigStore) => {
    let changes = 0;
    store.onChange(() => {
      changes++;
    });
    return { changes: () => changes, until: (check: () => boolean) => vi.waitUntil(check, { timeout: 20_000, interval: 10 }) };
  };

  test('are noticed, written in place or renamed into it', async () => {
    const store = open();
    const { until } = watched(store);
    put({ global_settings: { theme: 'dark' } });
    await until(() => store.get().global_settings.theme === 'dark');
    writeFileSync(`${path}.new`, JSON.stringify({ global_settings: { theme: 'light' } }));
    renameSync(`${path}.new`, path);
    await until(() => store.get().global_settings.theme === 'light');
    rmSync(path);
    await until(() => store.get().global_settings.theme === 'system');
  }, 60_000);

  test('that are invalid keep the last good values until they are mended, and nothing is moved', async () => {
    put({ global_settings: { theme: 'dark' } });
    const store = open();
    const { until } = watched(store);
    put('{"global_settings":{"theme":');
    await until(() => store.notices().length > 0);
    expect([store.get(), store.notices()]).toEqual([
      globals({ theme: 'dark' }),
      [{ id: 'configInvalid', values: { file: path, line: '1' } }],
    ]);
    expect(readdirSync(folder)).toEqual(['claude_limits.json']);
    put({ global_settings: { theme: 'dark' } });
    await until(() => store.notices().length === 0);
    expect(store.get()).toEqual(globals({ theme: 'dark' }));
  }, 60_000);

  test('reach the other store of two; a store that is closed, or a listener that has gone, hears nothing', async () => {
    const [one, two, closed] = [open(), open(), open()];
    const heard = watched(two);
    const unheard = watched(closed);
    let gone = 0;
    two.onChange(() => {
      gone++;
    })();
    closed.close();
    await set(one, { language: 'pt-BR' });
    await heard.until(() => two.get().global_settings.language === 'pt-BR');
    expect([heard.changes(), unheard.changes(), gone, closed.get()]).toEqual([1, 0, 0, DEFAULTS]);
  }, 60_000);

  test('by ourselves are told once', async () => {
    const store = open();
    const { changes, until } = watched(store);
    await set(store, { theme: 'dark' });
    expect(changes()).toBe(1);
    // The next change from outside comes after whatever our own write had set off.
    put({ global_settings: { theme: 'light' } });
    await until(() => store.get().global_settings.theme === 'light');
    expect(changes()).toBe(2);
  }, 60_000);
});

describe('real processes', () => {
  const source = `${IDENTIFY_SOURCE}
    import { createConfigStore } from ${JSON.stringify(join(SRC, 'main/config-store.ts'))};
    const [path, name, times] = process.argv.slice(2);
    const store = createConfigStore({ path, identify });
    for (let time = 0; time < Number(times); time++) {
      const result = await store.update([
        { at: 'unknown', path: ['global_settings', name + time], value: time },
        { at: 'unknown', path: ['global_settings', 'fill'], value: 'x'.repeat(time % 50 * 1000) },
      ], []);
      if (!result.ok) throw new Error(JSON.stringify(result));
      if (time === 0) console.log('started');
    }
    store.close();`;

  test('two that write 100 keys each lose none', async () => {
    const script = await bundle(aFolder(), source);
    const writers = ['a', 'b'].map((name) => run(script, [path, name, '100']));
    expect(await Promise.all(writers.map((writer) => writer.ended))).toEqual([
      { how: 0, output: 'started\n' },
      { how: 0, output: 'started\n' },
    ]);
    const keys = ['a', 'b'].flatMap((name) => Array.from({ length: 100 }, (_, time) => [name + time, time]));
    expect(onDisk()).toEqual({ global_settings: { ...Object.fromEntries(keys), fill: expect.any(String) } });
    expect(readdirSync(folder)).toEqual(['backups', 'claude_limits.json']);
  }, 120_000);

  test('one that is killed while it writes, ten times, leaves a file that parses and a lock that opens', async () => {
    const script = await bundle(aFolder(), source);
    for (let round = 0; round < 10; round++) {
      const writer = run(script, [path, `r${round}_`, '1000000']);
      await vi.waitUntil(() => existsSync(path) && readFileSync(path, 'utf8').includes(`r${round}_1"`), { timeout: 30_000, interval: 1 });
      await new Promise((resolve) => setTimeout(resolve, round * 3));
      writer.kill();
      expect((await writer.ended).how).toBe('SIGKILL');
      const left = onDisk();
      const store = open();
      expect(await set(store, { refresh_interval_seconds: round + 1 })).toEqual({
        ok: true,
        value: globals({ refresh_interval_seconds: round + 1 }),
      });
      expect(onDisk()).toMatchObject(left as object);
      store.close();
      rmSync(path);
    }
    expect(readdirSync(folder)).toEqual(['backups']);
  }, 180_000);
});
