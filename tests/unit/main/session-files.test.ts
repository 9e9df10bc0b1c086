import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { createHostileFiles } from '../../../src/main/hostile-file.js';
import { createSessionFiles, projectSlug, quotePath } from '../../../src/main/session-files.js';
import { aFolder, isRoot, makeFifo, OTHER_UID, selfUid } from './real-files.js';

const ID = '0b7c1f9e-1d2a-4c3b-9e8f-123456789abc';
const USER = `${JSON.stringify({ parentUuid: null, cwd: '/x', type: 'user', message: { role: 'user', content: 'hello' } })}\n`;
const SYSTEM = `${JSON.stringify({ type: 'system', content: 'says "type":"user" and {"type":"user"}' })}\n`;

let home = '';
const sessionFiles = (knownHome: string | null = home) =>
  createSessionFiles({ files: createHostileFiles({ selfUid, deadlineMs: 20_000, ownDeadlineMs: 20_000 }), homeOf: () => knownHome });

beforeEach(() => {
  home = aFolder();
});

describe('a transcript', () => {
  const cwd = '/srv/My.App_v2 ünï';
  let configDir = '';
  let path = '';
  const place = () => ({ configDir, cwd, sessionId: ID, uid: selfUid });
  const transcript = () => sessionFiles().transcriptOf(place());
  const holds = async (content: string): Promise<boolean | null> => {
    writeFileSync(path, content);
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    const found = await transcript();
    if (found === null || found === 'unreadable') return null;
    expect(found).toEqual({ path, mtimeMs: 1_700_000_000_000, hasUserMessage: found.hasUserMessage });
    return found.hasUserMessage;
  };

  beforeEach(() => {
    configDir = join(home, '.claude');
    const folder = join(configDir, 'projects', '-srv-My-App-v2--n-');
    mkdirSync(folder, { recursive: true });
    path = join(folder, `${ID}.jsonl`);
  });

  test('lies where the slug of its directory says', () => {
    expect(projectSlug(cwd)).toBe('-srv-My-App-v2--n-');
    expect(projectSlug('/a/😀')).toBe('-a---');
  });

  test('holds a user message or does not', async () => {
    expect(await holds('')).toBe(false);
    expect(await holds(SYSTEM)).toBe(false);
    expect(await holds(`${SYSTEM}${USER}${SYSTEM}`)).toBe(true);
    expect(await holds('{"type": "user", "x": 1}\n')).toBe(true);
    expect(await holds('{"type":"assistant","inner":{"type":"user"}}\n')).toBe(false);
    expect(await holds('not json\n\0\0\n{"type":5}\n')).toBe(false);
  });

  test('of any size is read at both ends', async () => {
    const filler = SYSTEM.repeat(Math.ceil(1_000_000 / SYSTEM.length));
    expect(await holds(USER + filler)).toBe(true);
    expect(await holds(filler + USER)).toBe(true);
    expect(await holds(filler)).toBe(false);
    // A first message that is longer than what is read of the beginning.
    expect(await holds(`{"type":"user","message":"${'x'.repeat(1_000_000)}"}\n${filler}`)).toBe(true);
    expect(await holds(`{"type":"system","text":"${'\\"type\\":\\"user\\" '.repeat(60_000)}"}\n`)).toBe(false);
  });

  test('that is missing is none; one that cannot be one, or be read, is told', async () => {
    expect(await transcript()).toBeNull();
    makeFifo(path);
    expect(await transcript()).toBe('unreadable');
    unlinkSync(path);
    symlinkSync('/etc/passwd', path);
    expect(await transcript()).toBe('unreadable');
  });

  test.skipIf(!isRoot)('of another user is unreadable (needs root to make one)', async () => {
    writeFileSync(path, USER);
    chownSync(path, OTHER_UID, OTHER_UID);
    expect(await transcript()).toBe('unreadable');
  });

  test('is never looked for outside its folder', async () => {
    writeFileSync(join(configDir, 'secret.jsonl'), USER);
    const wrong = [{ sessionId: '../../secret' }, { sessionId: '--secret' }, { cwd: 'relative' }, { cwd: null }, { configDir: 'relative' }];
    for (const change of wrong) expect(await sessionFiles().transcriptOf({ ...place(), ...change })).toBeNull();
  });

  test('of a very long directory is found by the beginning of its slug', async () => {
    const long = `/${'d'.repeat(250)}`;
    const projects = join(configDir, 'projects');
    const folder = join(projects, `-${'d'.repeat(199)}-k3x9`);
    mkdirSync(folder);
    mkdirSync(join(projects, `-${'d'.repeat(199)}-another`));
    const find = () => sessionFiles().transcriptOf({ ...place(), cwd: long });
    expect(await find()).toBeNull();
    writeFileSync(join(folder, `${ID}.jsonl`), USER);
    expect(await find()).toMatchObject({ path: join(folder, `${ID}.jsonl`), hasUserMessage: true });
  });
});

describe('git at work', () => {
  const locked = (cwd: string) => sessionFiles().gitLocked(cwd, selfUid);

  test('shows by its lock in the directory or above it', async () => {
    const deep = join(home, 'repo/a/b');
    mkdirSync(deep, { recursive: true });
    execFileSync('git', ['init', '-q', join(home, 'repo')]);
    expect([await locked(join(home, 'repo')), await locked(deep)]).toEqual([false, false]);
    writeFileSync(join(home, 'repo/.git/index.lock'), '');
    expect([await locked(join(home, 'repo')), await locked(deep), await locked(home)]).toEqual([true, true, false]);
    // The nearest repository counts.
    mkdirSync(join(deep, '.git'));
    expect(await locked(deep)).toBe(false);
  });

  test('shows in a worktree too', async () => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', join(home, 'repo'), '-c', 'user.name=x', '-c', 'user.email=x@x', ...args]);
    execFileSync('git', ['init', '-q', join(home, 'repo')]);
    git('commit', '-q', '--allow-empty', '-m', 'first');
    git('worktree', 'add', '-q', join(home, 'tree'));
    expect(await locked(join(home, 'tree'))).toBe(false);
    writeFileSync(join(home, 'repo/.git/worktrees/tree/index.lock'), '');
    expect([await locked(join(home, 'tree')), await locked(join(home, 'repo'))]).toEqual([true, false]);
  });

  test('relative pointers are followed one step; what cannot be read is unknown', async () => {
    const make = (name: string, content: string): string => {
      mkdirSync(join(home, name));
      writeFileSync(join(home, name, '.git'), content);
      return join(home, name);
    };
    mkdirSync(join(home, 'real'));
    writeFileSync(join(home, 'real/index.lock'), '');
    expect(await locked(make('sub', 'gitdir: ../real\n'))).toBe(true);
    expect(await locked(make('again', 'gitdir: ../sub/.git\n'))).toBe(false);
    expect(await locked(make('junk', 'nothing'))).toBeNull();
    expect(await locked(make('big', `gitdir: ${'x'.repeat(100_000)}`))).toBeNull();
    mkdirSync(join(home, 'trap'));
    makeFifo(join(home, 'trap/.git'));
    expect(await locked(join(home, 'trap'))).toBeNull();
    expect(await locked('relative')).toBeNull();
    expect(await locked(`${home}${'/x'.repeat(40)}`)).toBeNull();
    expect(await locked(join(home, 'gone/for/good'))).toBe(false);
  });

  test.skipIf(isRoot)('in a closed folder is unknown (root may read everything)', async () => {
    const closed = join(home, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0);
    expect(await locked(closed)).toBeNull();
    chmodSync(closed, 0o700);
  });
});

describe('how to resume', () => {
  const cwd = "/srv/it's my app";
  const prepare = (configDir: string, content = USER) => {
    const folder = join(configDir, 'projects', projectSlug(cwd));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${ID}.jsonl`), content);
    return { configDir, cwd, sessionId: ID, uid: selfUid };
  };

  test('is a command that changes to the directory first', async () => {
    const place = prepare(join(home, '.claude'));
    expect(await sessionFiles().resumeOf(place)).toEqual({
      sessionId: ID,
      cwd,
      command: `cd '/srv/it'\\''s my app' && claude --resume ${ID}`,
    });
    expect((await sessionFiles(null).resumeOf(place))?.command).toBe(
      `cd '/srv/it'\\''s my app' && CLAUDE_CONFIG_DIR=${quotePath(join(home, '.claude'))} claude --resume ${ID}`,
    );
  });

  test('names a configuration folder of its own', async () => {
    const configDir = join(home, 'pro file');
    expect((await sessionFiles().resumeOf(prepare(configDir)))?.command).toBe(
      `cd '/srv/it'\\''s my app' && CLAUDE_CONFIG_DIR='${configDir}' claude --resume ${ID}`,
    );
  });

  test('is none without a transcript that holds a user message', async () => {
    const place = prepare(join(home, '.claude'), SYSTEM);
    expect(await sessionFiles().resumeOf(place)).toBeNull();
    expect(await sessionFiles().resumeOf({ ...place, sessionId: `${ID}x` })).toBeNull();
    expect(await sessionFiles().resumeOf({ ...place, cwd: null })).toBeNull();
  });

  test('is safe to paste and means the same path, whatever is in it', () => {
    const nasty = fc.constantFrom(
      "'",
      '"',
      '$(touch x)',
      '`',
      '\\',
      '\n',
      '\x03',
      '\x1b[201~',
      '!',
      '~',
      '%s',
      '%',
      '\\c',
      '\\0',
      '*',
      ';',
      '&',
      ' ',
      '\t',
      '\u202E',
      'é',
      '😀',
      '-',
      '#',
      '0',
      '7',
    );
    const path = fc
      .array(fc.oneof(nasty, fc.string({ unit: 'grapheme', maxLength: 3 })), { maxLength: 8 })
      .map((parts) => `/${parts.join('').replaceAll('\0', '')}`);
    const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
    const paths = [...fc.sample(path, { numRuns: 600, seed: 5 }), '/plain-path_1.2/x', '/a b', '/end\n', '/\n\n'];
    const words = paths.map(quotePath);
    expect(words.filter((word) => unprintable.test(word))).toEqual([]);
    for (const shell of ['sh', 'bash']) {
      const script = words.map((word) => `printf '%s\\0' ${word}`).join('\n');
      const seen = execFileSync(shell, ['-c', script], { maxBuffer: 10_000_000 }).toString('utf8').split('\0').slice(0, -1);
      expect(seen).toEqual(paths.map((one) => (unprintable.test(one) ? `${one}/.` : one)));
    }
    expect(quotePath('/plain-path_1.2/x')).toBe('/plain-path_1.2/x');
  });
});
