import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rulesIdOf } from '../../../src/main/automation-store.js';
import { createConfigDoor } from '../../../src/main/config-door.js';
import { parseConfig } from '../../../src/shared/config.js';
import type { LogEntry } from '../../../src/shared/log-line.js';
import { ann, at, onDisk, onFilesOfItsOwn, open, put, until } from './config-at.js';

onFilesOfItsOwn();

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
    expect([existsSync(at.path), lines.map(({ fields }) => fields.at(-1))]).toEqual([
      false,
      Array(2).fill(['Reason', 'denied (needsConsent)']),
    ]);
    agreed = rulesIdOf(parseConfig({}));
    expect(await door.change(edits, [], 'change')).toMatchObject({ ok: true });
    expect(store.get().global_settings.auto_cleanup_mode).toBe('automatic');
  });

  test('lets limits end sessions only where that was agreed to by itself, and an import says so', async () => {
    const { door } = aDoor();
    const edits = [{ at: 'user', user: 'ann', key: 'enforce', value: 'end' }] as const;
    const refusal = { reason: 'denied', id: 'configWeaker', values: { keys: 'user_limits.ann.enforce' } };
    expect(await door.change(edits, [], 'import')).toEqual({ ok: false, failure: refusal });
    expect(await door.previewImport('{"user_limits":{"ann":{"enforce":"end"}}}', 'x.json')).toMatchObject({
      value: { changes: [{ id: 'user_limits.ann.enforce', weaker: true }] },
    });
    expect(await door.change(edits, ['user_limits.ann.enforce'], 'change')).toMatchObject({ ok: true });
    // It is in force already: nothing is loosened any more.
    expect(await door.change(edits, [], 'change')).toMatchObject({ ok: true });
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
