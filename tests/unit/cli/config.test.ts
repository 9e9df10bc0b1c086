import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { backupsShape, configPreviewShape, configShape, errorShape } from '../../../src/cli/json-shape.js';
import { run } from '../../../src/cli/run.js';
import { createConfigDoor } from '../../../src/main/config-door.js';
import { createConfigStore } from '../../../src/main/config-store.js';
import type { Core } from '../../../src/main/core.js';
import type { LogEntry } from '../../../src/shared/log-line.js';
import { aFolder, identify } from '../main/real-files.js';
import { fakeCore } from './fake-core.js';
import { type FakeIoOptions, fakeIo } from './fake-io.js';

let folder = '';
let file = '';
let lines: Omit<LogEntry, 'at'>[] = [];
let nowMs = 0;
beforeEach(() => {
  folder = aFolder();
  file = join(folder, 'config', 'claude_limits.json');
  lines = [];
  nowMs = Date.UTC(2025, 8, 2, 20, 16, 17);
});

const put = (value: unknown): void => {
  mkdirSync(join(folder, 'config'), { recursive: true });
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
};
const onDisk = (): unknown => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null);

/** The real store and door over files of the test's own, each command a start of its own. */
const cli = async (argv: readonly string[], io: FakeIoOptions = {}) => {
  const createCore = (): Core => {
    const store = createConfigStore({ path: file, acceptedPath: join(folder, 'state', 'accepted.json'), identify, now: () => nowMs });
    const log: Pick<Core['actionLog'], 'append'> = {
      append: async (entry) => {
        lines.push(entry);
        return { ok: true, value: null };
      },
    };
    const core = fakeCore({ folder, onClose: store.close });
    return {
      ...core,
      configStore: store,
      configDoor: createConfigDoor({ store, log, agreedRulesId: () => null, onProblem: () => undefined }),
    };
  };
  const fake = fakeIo({ createCore, ...io });
  const code = await run(argv, fake.io);
  return { code, out: fake.out(), err: fake.err() };
};
const json = async (argv: readonly string[]): Promise<unknown> => JSON.parse((await cli([...argv, '--json'])).out);

describe('one setting', () => {
  it('that is the automatic mode is left to the window, where one agrees to it', async () => {
    const refused = await cli(['config', 'set', 'auto_cleanup_mode', 'automatic']);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('is switched to automatic in the window alone')]);
    expect(await cli(['config', 'get', 'auto_cleanup_mode'])).toMatchObject({ out: 'report\n' });
    expect(onDisk()).toBeNull();
  });

  it('is printed bare, set, unset and reset, by its short and its full name', async () => {
    expect(await cli(['config', 'get', 'min_idle_minutes'])).toEqual({ code: 0, out: '120\n', err: '' });
    expect(await cli(['config', 'set', 'min_idle_minutes', '90'])).toEqual({
      code: 0,
      out: 'global_settings.min_idle_minutes = 90\n',
      err: '',
    });
    expect(await cli(['config', 'set', 'user_limits.ann.b.priority', 'low'])).toMatchObject({ code: 0 });
    expect(await cli(['config', 'set', 'detection_names', 'a, b,,c'])).toMatchObject({ code: 0 });
    expect(await cli(['config', 'set', 'protect_rules.project:/a.b', 'true'])).toMatchObject({ code: 0 });
    expect(onDisk()).toEqual({
      global_settings: { min_idle_minutes: 90, detection_names: ['a', 'b', 'c'] },
      user_limits: { 'ann.b': { priority: 'low' } },
      protect_rules: [{ by: 'project', value: '/a.b' }],
    });
    expect(await cli(['config', 'unset', 'global_settings.min_idle_minutes'])).toMatchObject({
      code: 0,
      out: 'global_settings.min_idle_minutes = 120\n',
    });
    expect(await cli(['config', 'reset', 'user_limits.ann.b.priority'])).toMatchObject({ code: 0 });
    expect(lines.map(({ level, action }) => [level, action])).toEqual([
      ...Array.from({ length: 5 }, () => ['SUCCESS', 'CONFIG_CHANGE']),
      ['SUCCESS', 'CONFIG_RESET'],
    ]);
  });

  it.each([
    [['config', 'set', 'min_idle_minutes', '0'], 'global_settings.min_idle_minutes takes a number from 1 to 525600; nothing was saved.'],
    [
      ['config', 'set', 'max_processes_per_user', '1.5'],
      'global_settings.max_processes_per_user takes a whole number from 1 to 100000; nothing was saved.',
    ],
    [['config', 'set', 'min_idle_minutes', '1e309'], 'takes a number from 1 to 525600'],
    [['config', 'set', 'read_only', 'yes'], 'global_settings.read_only is either true or false; nothing was saved.'],
    [['config', 'set', 'theme', 'pink'], 'global_settings.theme takes one of these words: system, light, dark; nothing was saved.'],
    [['config', 'set', 'protect_rules.user:ann', 'maybe'], 'protect_rules.user:ann is either true or false'],
    [['limits', 'ann', '--memory-mb', '-5'], 'user_limits.ann.memory_limit_mb takes a number from 1 to 1048576'],
  ])('that is wrong ends with 1, names key and range, and changes nothing: %j', async (argv, message) => {
    const { code, out, err } = await cli(argv);
    expect([code, out, onDisk()]).toEqual([1, '', null]);
    expect(err).toContain(message);
  });

  it('that there is not is wrong use', async () => {
    for (const key of [
      'colour',
      'global_settings.__proto__',
      'user_limits.ann',
      'user_limits..priority',
      'protect_rules.user:',
      'user_limits.__proto__.priority',
    ])
      expect([key, (await cli(['config', 'get', key])).code]).toEqual([key, 2]);
  });

  it('that protects less needs to be accepted', async () => {
    put({ global_settings: { read_only: true } });
    const refused = await cli(['config', 'set', 'read_only', 'false']);
    expect([refused.code, onDisk()]).toEqual([1, { global_settings: { read_only: true } }]);
    expect(refused.err).toContain('global_settings.read_only');
    expect(refused.err).toContain('--accept-weaker');
    expect(errorShape.parse(await json(['config', 'set', 'read_only', 'false'])).error.id).toBe('configWeaker');
    expect((await cli(['config', 'set', 'read_only', 'false', '--accept-weaker'])).code).toBe(0);
    expect((await cli(['config', 'get', 'read_only'])).out).toBe('false\n');
  });

  it('that an editor has weakened is not in force, and that is said', async () => {
    put({ protect_rules: [{ by: 'user', value: 'ann' }] });
    await cli(['config', 'list']);
    put({});
    const { out, err } = await cli(['config', 'get', 'protect_rules.user:ann']);
    expect([out, err.includes('protect_rules.user:ann')]).toEqual(['true\n', true]);
  });
});

it('list shows everything in force, and what stands in the file', async () => {
  put({ global_settings: { theme: 'dark' }, user_limits: { ann: { max_processes: 2 } } });
  const parsed = configShape.parse(await json(['config', 'list']));
  expect(parsed.entries.filter(({ set }) => set)).toEqual([
    { key: 'global_settings.theme', value: 'dark', set: true },
    { key: 'user_limits.ann.max_processes', value: 2, set: true },
  ]);
  expect((await cli(['config', 'list'])).out).toContain('global_settings.read_only = false\n');
});

describe('import', () => {
  const other = (text: string): string => {
    const path = join(folder, 'other.json');
    writeFileSync(path, text);
    return path;
  };

  it('that is refused ends with 1, names the key, its range and the line, and changes nothing', async () => {
    put({ global_settings: { theme: 'dark' } });
    const { code, err } = await cli([
      'config',
      'import',
      other('{\n"global_settings":{\n"theme":"light",\n"min_idle_minutes":-1}}'),
      '--yes',
    ]);
    expect([code, onDisk()]).toEqual([1, { global_settings: { theme: 'dark' } }]);
    expect(err).toContain('line 4: global_settings.min_idle_minutes takes a number from 1 to 525600. Nothing was changed.');
    for (const text of ['{', '[]', `{"a":${'['.repeat(100_000)}`, 'x'.repeat(2_000_000), '{"global_settings":{"read_only":1e309}}'])
      expect((await cli(['config', 'import', other(text), '--yes'])).code).toBe(1);
    expect((await cli(['config', 'import', join(folder, 'none.json'), '--yes'])).code).toBe(1);
    expect(onDisk()).toEqual({ global_settings: { theme: 'dark' } });
  });

  it('takes what is sound, and what protects less only by its own key', async () => {
    put({ protect_rules: [{ by: 'user', value: 'ann' }], global_settings: { elevation_enabled: false } });
    const path = other('{"new":1,"global_settings":{"theme":"light","elevation_enabled":true},"protect_rules":[]}');
    expect((await cli(['config', 'import', path])).code).toBe(3);
    const first = configPreviewShape.parse(
      await json(['config', 'import', path, '--yes', '--accept-weaker', 'global_settings.elevation_enabled']),
    );
    expect(first).toMatchObject({
      unknown: 1,
      changes: [
        { key: 'global_settings.elevation_enabled', before: false, after: true, weaker: true, applied: true },
        { key: 'global_settings.theme', before: 'system', after: 'light', weaker: false, applied: true },
        { key: 'protect_rules.user:ann', before: true, after: false, weaker: true, applied: false },
        { key: 'new', before: null, after: 1, weaker: false, applied: true },
      ],
    });
    expect(onDisk()).toEqual({
      new: 1,
      protect_rules: [{ by: 'user', value: 'ann' }],
      global_settings: { elevation_enabled: true, theme: 'light' },
    });
  });

  it('of standard input that is too long is refused, not cut where it still makes sense', async () => {
    put({ global_settings: { theme: 'dark' } });
    const { code, err } = await cli(['config', 'import', '-', '--yes'], {
      stdin: ['{"global_settings":{"theme":"light"}}', ' '.repeat(2_100_000)],
    });
    expect([code, onDisk()]).toEqual([1, { global_settings: { theme: 'dark' } }]);
    expect(err).toContain('1 MB');
  });

  it('of an export changes nothing', async () => {
    put({ global_settings: { theme: 'dark' }, user_limits: { ann: { priority: 'low' } }, later: { a: 1 } });
    const exported = (await cli(['config', 'export', '-'])).out;
    expect(JSON.parse(exported)).toMatchObject({ later: { a: 1 }, user_limits: { ann: { priority: 'low' } } });
    const path = join(folder, 'exported.json');
    expect((await cli(['config', 'export', path])).code).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(exported);
    expect((await cli(['config', 'export', join(folder, 'none', 'x.json')])).code).toBe(1);
    await cli(['config', 'import', path, '--yes']);
    expect((await cli(['config', 'get', 'theme'])).out).toBe('dark\n');
  });
});

it('backups are listed with their numbers and restored, everything that was not there then taken back', async () => {
  put({ global_settings: { theme: 'dark' } });
  expect((await cli(['config', 'backups'])).out).toContain('no earlier version');
  await cli(['config', 'set', 'theme', 'light']);
  await cli(['config', 'set', 'language', 'en']);
  const { backups } = backupsShape.parse(await json(['config', 'backups']));
  expect(backups).toEqual([{ number: 1, name: 'claude_limits-20250902T201617Z.json', atMs: nowMs }]);
  expect((await cli(['config', 'restore', '2', '--yes'])).code).toBe(1);
  expect((await cli(['config', 'restore', 'x'])).code).toBe(2);
  expect((await cli(['config', 'restore', '1', '--yes'])).code).toBe(0);
  expect(onDisk()).toEqual({ global_settings: { theme: 'dark' } });
});

it('reset puts everything back, but not what protects without its key', async () => {
  put({ later: 1, global_settings: { theme: 'dark', read_only: true }, user_limits: { ann: { priority: 'low' } } });
  expect((await cli(['config', 'reset', '--yes'])).code).toBe(0);
  expect(onDisk()).toEqual({ later: 1, global_settings: { read_only: true }, user_limits: {} });
  expect((await cli(['config', 'reset', '--yes', '--accept-weaker', 'global_settings.read_only'])).code).toBe(0);
  expect(onDisk()).toEqual({ later: 1, global_settings: {}, user_limits: {} });
});

it('limits shows nothing of a user whose name begins alike', async () => {
  put({ user_limits: { 'ann.b': { priority: 'low' } } });
  expect((await cli(['limits', 'ann'])).out).toBe('ann has no limits of their own.\n');
  expect((await cli(['limits', 'ann.b'])).out).toBe('user_limits.ann.b.priority = low\n');
});

it('limits shows and sets the row of a user, or of everybody', async () => {
  expect((await cli(['limits', 'ann'])).out).toBe('ann has no limits of their own.\n');
  const ends = ['limits', 'ann', '--memory-mb', '2048', '--max-sessions', '3', '--enforce', 'end'];
  const refusal = await cli(ends);
  expect([refusal.code, onDisk()]).toEqual([1, null]);
  expect(refusal.err).toContain('user_limits.ann.enforce');
  expect(refusal.err).toContain('--accept-weaker');
  expect((await cli([...ends, '--accept-weaker'])).out).toBe(
    'user_limits.ann.memory_limit_mb = 2048\nuser_limits.ann.max_processes = 3\nuser_limits.ann.enforce = end\n',
  );
  await cli(['limits', 'ann', '--enforce', 'default']);
  await cli(['limits', '--max-hours', '4']);
  expect(onDisk()).toEqual({ user_limits: { ann: { memory_limit_mb: 2048, max_processes: 3 }, default: { max_runtime_hours: 4 } } });
  expect((await cli(['limits', '__proto__'])).code).toBe(2);
});
