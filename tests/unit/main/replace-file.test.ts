import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { replaceFile } from '../../../src/main/replace-file.js';
import { aFolder } from './real-files.js';

describe('replacing a file', () => {
  test('makes it or gives it a new content, for its owner only, and leaves nothing else', async () => {
    const folder = aFolder();
    const path = join(folder, 'a');
    for (const text of ['one', 'ünï']) {
      await replaceFile(path, text);
      expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777, readdirSync(folder)]).toEqual([text, 0o600, ['a']]);
    }
    writeFileSync(join(folder, 'open'), 'x', { mode: 0o666 });
    await replaceFile(join(folder, 'open'), 'y');
    expect(statSync(join(folder, 'open')).mode & 0o777).toBe(0o600);
  });

  test('is not stopped by the draft of a killed writer, nor writes through a link in its place', async () => {
    const folder = aFolder();
    const [path, draft, victim] = ['a', 'a.tmp', 'victim'].map((name) => join(folder, name)) as [string, string, string];
    writeFileSync(draft, 'half');
    await replaceFile(path, 'whole');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, draft);
    await replaceFile(path, 'again');
    expect([readFileSync(path, 'utf8'), readFileSync(victim, 'utf8'), existsSync(draft)]).toEqual(['again', 'precious', false]);
  });

  test('keeps the link of those who keep their files elsewhere', async () => {
    const folder = aFolder();
    mkdirSync(join(folder, 'dotfiles'));
    writeFileSync(join(folder, 'dotfiles/a'), 'old');
    symlinkSync('dotfiles/a', join(folder, 'a'));
    await replaceFile(join(folder, 'a'), 'new');
    expect([lstatSync(join(folder, 'a')).isSymbolicLink(), readFileSync(join(folder, 'dotfiles/a'), 'utf8')]).toEqual([true, 'new']);
    expect(readdirSync(join(folder, 'dotfiles'))).toEqual(['a']);
  });

  test('that fails leaves what was there', async () => {
    const folder = aFolder();
    mkdirSync(join(folder, 'a'));
    await expect(replaceFile(join(folder, 'a'), 'x')).rejects.toMatchObject({ code: 'EISDIR' });
    expect(readdirSync(folder)).toEqual(['a']);
    await expect(replaceFile(join(folder, 'none/a'), 'x')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
