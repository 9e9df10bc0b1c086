import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PathsInput } from '../../../src/main/paths.js';
import { ensurePrivateFolder, errorCode, resolvePaths } from '../../../src/main/paths.js';
import { aFolder, isRoot, OTHER_UID } from './real-files.js';

describe('the folders', () => {
  const owners: Readonly<Record<string, number>> = {
    '/': 0,
    '/root': 0,
    '/home': 0,
    '/home/ann': 1000,
    '/home/ann/.config': 1000,
    '/etc': 0,
    '/tmp': 0,
  };
  const input: PathsInput = {
    os: 'linux',
    uid: 1000,
    env: { HOME: '/home/ann' },
    accountHome: '/home/ann',
    ownerOf: (path) => owners[path] ?? null,
  };
  const folders = (change: Partial<PathsInput>) => {
    const { configDir, stateDir, cacheDir } = resolvePaths({ ...input, ...change });
    return [configDir, stateDir, cacheDir];
  };
  const ANN = ['/home/ann/.config/claude-manager', '/home/ann/.local/state/claude-manager', '/home/ann/.cache/claude-manager'];
  const ROOT = ['/root/.config/claude-manager', '/root/.local/state/claude-manager', '/root/.cache/claude-manager'];

  test('on Linux', () => {
    expect(resolvePaths(input)).toEqual({
      configDir: ANN[0],
      stateDir: ANN[1],
      cacheDir: ANN[2],
      configFile: `${ANN[0]}/claude_limits.json`,
      actionLogFile: `${ANN[1]}/claude_actions.log`,
    });
    const env = { HOME: '/home/ann', XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s', XDG_CACHE_HOME: '/k' };
    expect(folders({ env })).toEqual(['/c/claude-manager', '/s/claude-manager', '/k/claude-manager']);
  });

  test('ignore variables that are relative or empty', () => {
    expect(folders({ env: { HOME: 'x', XDG_CONFIG_HOME: 'relative', XDG_STATE_HOME: '' } })).toEqual(ANN);
    expect(folders({ env: {} })).toEqual(ANN);
    expect(folders({ env: { HOME: '/home/ann' }, accountHome: null })).toEqual(ANN);
  });

  test('on macOS and Windows', () => {
    expect(folders({ os: 'darwin', env: { HOME: '/Users/ann' } })).toEqual([
      '/Users/ann/Library/Application Support/claude-manager',
      '/Users/ann/Library/Application Support/claude-manager/state',
      '/Users/ann/Library/Caches/claude-manager',
    ]);
    const windows = { os: 'win32', uid: null, accountHome: 'C:\\Users\\ann' } as const;
    const here = [
      'C:\\Users\\ann\\AppData\\Roaming\\claude-manager',
      'C:\\Users\\ann\\AppData\\Local\\claude-manager',
      'C:\\Users\\ann\\AppData\\Local\\claude-manager\\cache',
    ];
    expect(folders({ ...windows, env: {} })).toEqual(here);
    expect(folders({ ...windows, env: { USERPROFILE: 'C:\\Users\\ann' } })).toEqual(here);
    expect(folders({ ...windows, env: { APPDATA: 'D:\\r', LOCALAPPDATA: 'D:\\l' } })).toEqual([
      'D:\\r\\claude-manager',
      'D:\\l\\claude-manager',
      'D:\\l\\claude-manager\\cache',
    ]);
  });

  test("of root are root's own, never the caller's of sudo", () => {
    const root = { uid: 0, accountHome: '/root' };
    expect(folders({ ...root, env: { HOME: '/root' } })).toEqual(ROOT);
    expect(
      folders({
        ...root,
        env: {
          HOME: '/home/ann',
          XDG_CONFIG_HOME: '/home/ann/.config',
          XDG_STATE_HOME: '/home/ann/new/state',
          XDG_CACHE_HOME: '/etc/cache',
        },
      }),
    ).toEqual([ROOT[0], ROOT[1], '/etc/cache/claude-manager']);
    expect(folders({ ...root, env: {}, accountHome: null })).toEqual(ROOT);
  });

  test.skipIf(!isRoot)('of root, with the real owners (needs root)', () => {
    const theirs = aFolder();
    chownSync(theirs, OTHER_UID, OTHER_UID);
    const own = aFolder();
    const { configDir, stateDir } = resolvePaths({
      os: 'linux',
      env: { HOME: theirs, XDG_CONFIG_HOME: join(theirs, 'c'), XDG_STATE_HOME: join(own, 's') },
    });
    expect([configDir.startsWith(theirs), stateDir]).toEqual([false, join(own, 's/claude-manager')]);
  });
});

describe('a private folder', () => {
  const mode = (path: string): number => statSync(path).mode & 0o777;

  test('is made with its parents, and narrowed where it is open', () => {
    const folder = join(aFolder(), 'a/b');
    expect(ensurePrivateFolder(folder)).toBeNull();
    expect([mode(folder), mode(join(folder, '..'))]).toEqual([0o700, 0o700]);
    chmodSync(folder, 0o755);
    expect(ensurePrivateFolder(folder)).toBeNull();
    expect(mode(folder)).toBe(0o700);
  });

  test('that cannot be one is told', () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'file'), '');
    symlinkSync('nowhere', join(folder, 'dangling'));
    expect(['file', 'file/below', 'dangling'].map((name) => ensurePrivateFolder(join(folder, name)))).toEqual([
      'EEXIST',
      'ENOTDIR',
      'ENOENT',
    ]);
  });

  test.skipIf(!isRoot)("that is another user's is refused (needs root to make one)", () => {
    const folder = join(aFolder(), 'theirs');
    mkdirSync(folder);
    chownSync(folder, OTHER_UID, OTHER_UID);
    expect(ensurePrivateFolder(folder)).toBe('foreign-owner');
  });
});

test('an error code is told, a bug is thrown on', () => {
  expect(errorCode(Object.assign(new Error('x'), { code: 'ENOSPC' }))).toBe('ENOSPC');
  const bug = new TypeError('bug');
  for (const thrown of [bug, 'text', Object.assign(new Error('x'), { code: 5 })]) expect(() => errorCode(thrown)).toThrow();
});
