import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ann, at, onDisk, onFilesOfItsOwn, open, put, until } from './config-at.js';

onFilesOfItsOwn();

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
    expect(first.notices()).toEqual([{ id: 'configWeaker', values: { file: at.path, keys: ids.join(', ') } }]);
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
    await until(() => readFileSync(at.acceptedPath, 'utf8').includes('"read_only":true'));
    put({});
    await until(() => store.file().weaker.length > 0);
    expect(store.get().global_settings).toMatchObject({ read_only: true, confirm_single_idle: true });
  }, 60_000);

  test('that is gone or corrupt loosens nothing either', async () => {
    put({ protect_rules: [ann] });
    const store = open();
    await store.ready;
    rmSync(at.path);
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
});

describe('earlier versions', () => {
  test('hold what stood before a session, by whomever it was changed', async () => {
    put({ global_settings: { theme: 'dark' } });
    const store = open();
    await store.update([{ at: 'global', key: 'language', value: 'en' }], []);
    await store.update([{ at: 'global', key: 'language', value: 'pt-BR' }], []);
    at.nowMs += 10 * 60_000;
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
    const [aside = ''] = readdirSync(at.folder).filter((name) => name.includes('corrupt'));
    expect([onDisk(), readFileSync(join(at.folder, aside), 'utf8')]).toEqual([
      { global_settings: { theme: 'dark' } },
      '{"global_settings":{"theme":"lig',
    ]);
    expect(store.notices()).toMatchObject([{ id: 'configRestored', values: { file: join(at.folder, aside) } }]);
  });

  test('that cannot be kept do not keep a change from being saved, but are told', async () => {
    put({});
    writeFileSync(join(at.folder, 'backups'), 'a file');
    const store = open();
    expect(await store.update([{ at: 'global', key: 'theme', value: 'dark' }], [])).toMatchObject({ ok: true });
    expect([onDisk(), store.notices()]).toEqual([
      { global_settings: { theme: 'dark' } },
      [{ id: 'configNoBackup', values: { code: 'EEXIST' } }],
    ]);
  });
});

test('a at.folder for what was agreed to that cannot be written keeps a loosening from being saved', async () => {
  put({ protect_rules: [ann] });
  mkdirSync(join(at.acceptedPath, '..'), { recursive: true });
  mkdirSync(at.acceptedPath);
  const store = open();
  expect(await store.update([{ at: 'rule', rule: ann, on: false }], ['protect_rules.user:ann'])).toMatchObject({ ok: false });
  expect([onDisk(), existsSync(join(at.folder, 'backups'))]).toEqual([{ protect_rules: [ann] }, false]);
  chmodSync(at.folder, 0o700);
});
