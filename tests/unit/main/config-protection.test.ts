import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { rulesIdOf } from '../../../src/main/automation-store.js';
import { createConfigDoor } from '../../../src/main/config-door.js';
import type { ConfigStore } from '../../../src/main/config-store.js';
import { createConfigStore } from '../../../src/main/config-store.js';
import { parseConfig } from '../../../src/shared/config.js';
import type { LogEntry } from '../../../src/shared/log-line.js';
import { aFolder, identify } from './real-files.js';

const NOW = Date.UTC(2025, 8, 2, 20, 16, 17);
const ann = { by: 'user', value: 'ann' } as const;

let folder = '';
let path = '';
let acceptedPath = '';
let nowMs = NOW;
let stores: ConfigStore[] = [];
const open = (): ConfigStore => {
  const store = createConfigStore({ path, acceptedPath, identify, now: () => nowMs });
  stores.push(store);
  return store;
};
const put = (value: unknown): void => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
};
const onDisk = (): unknown => JSON.parse(readFileSync(path, 'utf8'));
const until = (check: () => boolean) => vi.waitUntil(check, { timeout: 20_000, interval: 10 });

beforeEach(() => {
  const base = aFolder();
  folder = join(base, 'config');
  path = join(folder, 'claude_limits.json');
  acceptedPath = join(base, 'state', 'config-accepted.json');
  nowMs = NOW;
});
afterEach(() => {
  for (const store of stores) store.close();
  stores = [];
});

describe('a file that protects less than was agreed to', () => {
  test('by an editor keeps the stronger values in force until each is agreed to, across starts', async () => {
    put({ global_settings: { read_only: true, elevation_enabled: false }, protect_rules: [ann] });
    const first = open();
    await first.ready;
    const notices: unknown[] = [];
    first.onChange(() => notices.push(first.notices()));
    put({ global_settings: { theme: 'dark', confirm_single_idle: false } });
    await until(() => first.file().weaker.length > 0);
    const ids = [
      'global_settings.read_only',
      'global_settings.confirm_single_idle',
      'global_settings.elevation_enabled',
      'protect_rules.user:ann',
    ];
    expect(first.file().weaker.map(({ id }) => id)).toEqual(ids);
    expect(first.get()).toMatchObject({
      global_settings: { theme: 'dark', read_only: true, elevation_enabled: false, confirm_single_idle: true },
      protect_rules: [ann],
    });
    expect(first.notices()).toEqual([{ id: 'configWeaker', values: { file: path, keys: ids.join(', ') } }]);
    expect(notices.length).toBeGreaterThan(0);

    const second = open();
    expect([second.get(), second.file().weaker.length]).toEqual([first.get(), 4]);
    expect(await second.update([], ['global_settings.read_only', 'protect_rules.user:ann'])).toMatchObject({ ok: true });
    expect(second.get()).toMatchObject({ global_settings: { read_only: false, confirm_single_idle: true }, protect_rules: [] });

    const third = open();
    expect(third.file().weaker.map(({ id }) => id)).toEqual(['global_settings.confirm_single_idle', 'global_settings.elevation_enabled']);
  }, 60_000);

  test('is taken as it is the first time, and what protects more at any time', async () => {
    put({ global_settings: { confirm_single_idle: false } });
    const store = open();
    await store.ready;
    expect([store.get().global_settings.confirm_single_idle, store.file().weaker]).toEqual([false, []]);
    put({ global_settings: { read_only: true } });
    await until(() => store.get().global_settings.read_only);
    // What was agreed to is stronger now, on disk too.
    await until(() => readFileSync(acceptedPath, 'utf8').includes('"read_only":true'));
    put({});
    await until(() => store.file().weaker.length > 0);
    expect(store.get().global_settings).toMatchObject({ read_only: true, confirm_single_idle: true });
  }, 60_000);

  test('that is gone or corrupt loosens nothing either', async () => {
    put({ protect_rules: [ann] });
    const store = open();
    await store.ready;
    rmSync(path);
    await until(() => store.file().weaker.length > 0);
    expect(store.get().protect_rules).toEqual([ann]);
    put('{"protect_rules":');
    const next = open();
    await next.ready;
    expect(next.get().protect_rules).toEqual([ann]);
  }, 60_000);

  test('by a change of ours needs each to be agreed to, else nothing is written', async () => {
    put({ protect_rules: [ann] });
    const store = open();
    await store.ready;
    const edits = [
      { at: 'rule', rule: ann, on: false },
      { at: 'global', key: 'confirm_single_idle', value: false },
    ] as const;
    expect(await store.update(edits, ['global_settings.confirm_single_idle'])).toEqual({
      ok: false,
      failure: { reason: 'denied', id: 'configWeaker', values: { keys: 'protect_rules.user:ann' } },
    });
    expect(onDisk()).toEqual({ protect_rules: [ann] });
    expect(await store.update(edits, ['global_settings.confirm_single_idle', 'protect_rules.user:ann'])).toMatchObject({ ok: true });
    expect([onDisk(), store.notices(), open().file().weaker]).toEqual([
      { protect_rules: [], global_settings: { confirm_single_idle: false } },
      [],
      [],
    ]);
  });

  test('by preferences alone is not in force', async () => {
    const store = open();
    await store.update([{ at: 'global', key: 'read_only', value: true }], []);
    await store.setPreferences({ read_only: false });
    expect([store.get().global_settings.read_only, store.file().weaker.length]).toEqual([true, 1]);
  });
});

describe('earlier versions', () => {
  test('hold what stood before a session, by whomever it was changed', async () => {
    put({ global_settings: { theme: 'dark' } });
    const store = open();
    await store.update([{ at: 'global', key: 'language', value: 'en' }], []);
    await store.update([{ at: 'global', key: 'language', value: 'pt-BR' }], []);
    nowMs += 10 * 60_000;
    const edited: unknown[] = [];
    store.onEdited((before, after) => edited.push([before.config.global_settings.language, after.config.global_settings.language]));
    put({ global_settings: { theme: 'light' } });
    await until(() => store.backups.list().length === 2);
    expect(store.backups.list().map(({ name }) => store.backups.read(name))).toMatchObject([
      { json: { global_settings: { theme: 'dark', language: 'pt-BR' } } },
      { json: { global_settings: { theme: 'dark' } } },
    ]);
    expect(edited).toEqual([['pt-BR', 'system']]);
  }, 60_000);

  test('stand in for a corrupt file, which is kept aside', async () => {
    put({ global_settings: { theme: 'dark' } });
    const before = open();
    await before.update([{ at: 'global', key: 'theme', value: 'light' }], []);
    before.close();
    put('{"global_settings":{"theme":"lig');
    const store = open();
    expect(store.get().global_settings.theme).toBe('dark');
    await store.ready;
    const [aside = ''] = readdirSync(folder).filter((name) => name.includes('corrupt'));
    expect([onDisk(), readFileSync(join(folder, aside), 'utf8')]).toEqual([
      { global_settings: { theme: 'dark' } },
      '{"global_settings":{"theme":"lig',
    ]);
    expect(store.notices()).toMatchObject([{ id: 'configRestored', values: { file: join(folder, aside) } }]);
  });

  test('that cannot be kept do not keep a change from being saved, but are told', async () => {
    put({});
    writeFileSync(join(folder, 'backups'), 'a file');
    const store = open();
    expect(await store.update([{ at: 'global', key: 'theme', value: 'dark' }], [])).toMatchObject({ ok: true });
    expect([onDisk(), store.notices()]).toEqual([
      { global_settings: { theme: 'dark' } },
      [{ id: 'configNoBackup', values: { code: 'EEXIST' } }],
    ]);
  });
});

describe('the door to the configuration', () => {
  const aDoor = (agreedRulesId: () => string | null = () => null) => {
    const lines: Omit<LogEntry, 'at'>[] = [];
    const store = open();
    const door = createConfigDoor({
      store,
      log: {
        append: async (entry) => {
          lines.push(entry);
          return { ok: true, value: null };
        },
      },
      agreedRulesId,
      onProblem: (problem) => {
        throw problem;
      },
    });
    return { store, door, lines };
  };

  test('takes automatic cleanup to its automatic mode only where its very rules were agreed to', async () => {
    let agreed: string | null = null;
    const { store, door, lines } = aDoor(() => agreed);
    const edits = [{ at: 'global', key: 'auto_cleanup_mode', value: 'automatic' }] as const;
    expect(await door.change(edits, [], 'change')).toEqual({ ok: false, failure: { reason: 'denied', id: 'needsConsent', values: {} } });
    agreed = rulesIdOf(parseConfig({ global_settings: { auto_cleanup_batch_limit: 6 } }));
    expect(await door.change(edits, [], 'change')).toMatchObject({ ok: false });
    expect([existsSync(path), lines.map(({ fields }) => fields.at(-1))]).toEqual([
      false,
      Array(2).fill(['Reason', 'denied (needsConsent)']),
    ]);
    agreed = rulesIdOf(parseConfig({}));
    expect(await door.change(edits, [], 'change')).toMatchObject({ ok: true });
    expect(store.get().global_settings.auto_cleanup_mode).toBe('automatic');
  });

  test('logs every change with what it was, never words that may be parts of command lines', async () => {
    const { door, lines } = aDoor();
    await door.change(
      [
        { at: 'global', key: 'detection_patterns', value: ['--token=secret', 'b'] },
        { at: 'user', user: 'ann', key: 'max_processes', value: 3 },
        { at: 'global', key: 'theme', value: 'system' },
      ],
      [],
      'change',
    );
    await door.change([{ at: 'user', user: 'ann', key: 'max_processes' }], [], 'reset');
    await door.change([{ at: 'global', key: 'theme', value: 'pink' }], [], 'import');
    expect(lines).toEqual([
      {
        level: 'SUCCESS',
        action: 'CONFIG_CHANGE',
        fields: [
          ['Key', 'global_settings.detection_patterns'],
          ['From', '0'],
          ['To', '2'],
        ],
      },
      {
        level: 'SUCCESS',
        action: 'CONFIG_CHANGE',
        fields: [
          ['Key', 'user_limits.ann.max_processes'],
          ['From', 'default'],
          ['To', '3'],
        ],
      },
      {
        level: 'SUCCESS',
        action: 'CONFIG_RESET',
        fields: [
          ['Key', 'user_limits.ann.max_processes'],
          ['From', '3'],
          ['To', 'default'],
        ],
      },
      {
        level: 'INFO',
        action: 'CONFIG_IMPORT',
        fields: [
          ['Key', 'global_settings.theme'],
          ['Result', 'refused'],
          ['Reason', 'invalid (value.words)'],
        ],
      },
    ]);
  });

  test('logs what an editor did, and not what another process of ours did', async () => {
    const { store, door, lines } = aDoor();
    door.logEdits();
    await open().update([{ at: 'global', key: 'theme', value: 'dark' }], []);
    await until(() => store.get().global_settings.theme === 'dark');
    put({ global_settings: { theme: 'light' } });
    await until(() => lines.length > 0);
    expect(lines).toEqual([
      {
        level: 'SUCCESS',
        action: 'CONFIG_CHANGE',
        fields: [
          ['Key', 'global_settings.theme'],
          ['From', 'dark'],
          ['To', 'light'],
          ['Source', 'file'],
        ],
      },
    ]);
  }, 60_000);

  test('refuses an import as a whole, with key, range and line, and shows one that is sound', async () => {
    put({ protect_rules: [ann], global_settings: { theme: 'dark' } });
    const { store, door, lines } = aDoor();
    await store.ready;
    const refused = async (text: string) => {
      const result = await door.previewImport(text, 'x.json');
      return result.ok ? null : [result.failure.id, result.failure.values];
    };
    expect(await refused('{\n"global_settings":{\n"min_idle_minutes":-1}}')).toEqual([
      'import.range',
      { min: 1, max: 525_600, key: 'global_settings.min_idle_minutes', file: 'x.json', line: 3 },
    ]);
    const hostile = [
      ['{"global_settings":{"auto_cleanup_batch_limit":1e309}}', 'import.wholeRange'],
      ['{"global_settings":{"auto_cleanup_batch_limit":NaN}}', 'import.syntax'],
      ['{"global_settings":{"read_only":"no"}}', 'import.flag'],
      ['{"user_limits":{"ann":{"enforce":"kill"}}}', 'import.words'],
      ['{"global_settings":{"detection_names":[""]}}', 'import.list'],
      ['{"protect_rules":[{"by":"user"}]}', 'import.other'],
      ['{"user_limits":[]}', 'import.other'],
      ['[]', 'import.notObject'],
      [`{"a":${'['.repeat(500_000)}`, 'import.depth'],
      [`"${'x'.repeat(1_100_000)}"`, 'import.tooBig'],
      ['', 'import.syntax'],
    ] as const;
    for (const [text, id] of hostile) expect([id, (await refused(text))?.[0]]).toEqual([id, id]);
    expect(lines.every(({ level, action }) => level === 'INFO' && action === 'CONFIG_IMPORT')).toBe(true);
    expect(onDisk()).toEqual({ protect_rules: [ann], global_settings: { theme: 'dark' } });

    const preview = await door.previewImport(
      '{"__proto__":{"read_only":true},"new":{"a":[{"b":1,"__proto__":{"x":1},"constructor":2}]},"global_settings":{"theme":"light","confirm_single_idle":false},"protect_rules":[]}',
      'x.json',
    );
    expect(
      preview.ok && [preview.value.unknown, preview.value.changes.map(({ id, before, after, weaker }) => [id, before, after, weaker])],
    ).toEqual([
      1,
      [
        ['global_settings.confirm_single_idle', true, false, true],
        ['global_settings.theme', 'dark', 'light', false],
        ['protect_rules.user:ann', true, false, true],
        ['new', undefined, { a: [{ b: 1 }] }, false],
      ],
    ]);
    expect(lines.splice(0)).not.toEqual([]);
    const [, , , kept] = preview.ok ? preview.value.changes.map(({ edit }) => edit) : [];
    expect(kept && (await door.change([kept], [], 'import'))).toMatchObject({ ok: true });
    expect([onDisk(), lines.map(({ fields }) => fields)]).toEqual([
      { protect_rules: [ann], global_settings: { theme: 'dark' }, new: { a: [{ b: 1 }] } },
      [
        [
          ['Key', 'new'],
          ['Result', 'kept'],
        ],
      ],
    ]);
  });

  test('goes back to an earlier version, whole', async () => {
    put({ global_settings: { theme: 'dark' }, later: 1 });
    const { store, door } = aDoor();
    await store.ready;
    const original = onDisk();
    await door.change(
      [
        { at: 'global', key: 'theme', value: 'light' },
        { at: 'user', user: 'ann', key: 'priority', value: 'low' },
        { at: 'rule', rule: ann, on: true },
      ],
      [],
      'change',
    );
    const [backup] = store.backups.list();
    const preview = door.previewRestore(backup?.name ?? '');
    const changes = preview.ok ? preview.value.changes : [];
    expect(changes.map(({ id, weaker }) => [id, weaker])).toEqual([
      ['global_settings.theme', false],
      ['user_limits.ann.priority', false],
      ['protect_rules.user:ann', true],
    ]);
    expect(
      await door.change(
        changes.map(({ edit }) => edit),
        ['protect_rules.user:ann'],
        'restore',
      ),
    ).toMatchObject({ ok: true });
    expect(onDisk()).toMatchObject({ ...(original as object), user_limits: {}, protect_rules: [] });
    expect(door.previewRestore('../claude_limits.json')).toMatchObject({ ok: false, failure: { id: 'backupGone' } });
  });

  test('exports what can be imported as it is', async () => {
    put({
      later: 1,
      global_settings: { theme: 'dark', min_idle_minutes: 'wrong' },
      user_limits: { ann: { max_processes: 2, colour: 'red' } },
    });
    const { door } = aDoor();
    const preview = await door.previewImport(door.exportText(), 'x.json');
    // The wrong value has become the safer one that was in force; the others are the defaults, said aloud.
    expect(preview.ok && preview.value.changes.filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after))).toEqual([]);
  });
});

test('a folder for what was agreed to that cannot be written keeps a loosening from being saved', async () => {
  put({ protect_rules: [ann] });
  mkdirSync(join(acceptedPath, '..'), { recursive: true });
  mkdirSync(acceptedPath);
  const store = open();
  expect(await store.update([{ at: 'rule', rule: ann, on: false }], ['protect_rules.user:ann'])).toMatchObject({ ok: false });
  expect([onDisk(), existsSync(join(folder, 'backups'))]).toEqual([{ protect_rules: [ann] }, false]);
  chmodSync(folder, 0o700);
});
