import { chmodSync, chownSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRootsFile } from '../../../src/main/root-owned.js';

const isRoot = process.getuid?.() === 0;
const USER = 61_236;

// Only root can make files of root's.
describe.skipIf(!isRoot)("root's own files (only root can make them)", () => {
  let top = '';
  let file = '';
  beforeEach(() => {
    // Not the folder for temporary files: anybody may write there.
    top = mkdtempSync('/var/lib/root-owned-test-');
    chmodSync(top, 0o755);
    mkdirSync(join(top, 'a/b'), { recursive: true });
    file = join(top, 'a/b/file');
    writeFileSync(file, '', { mode: 0o755 });
  });
  afterEach(() => rmSync(top, { recursive: true, force: true }));

  it('are those that nobody else can change', () => {
    expect(isRootsFile(file)).toBe(true);
  });

  it.each<[string, () => void]>([
    ['a file of a user', () => chownSync(file, USER, 0)],
    ['a file that a group may write', () => chmodSync(file, 0o775)],
    ['a file that anybody may write', () => chmodSync(file, 0o757)],
    ['a folder of a user above it', () => chownSync(join(top, 'a'), USER, 0)],
    ['a folder that a group may write to', () => chmodSync(join(top, 'a/b'), 0o775)],
    ['a folder that anybody may write to, sticky or not', () => chmodSync(top, 0o1777)],
    ['no file', () => rmSync(file)],
    ['a folder in its place', () => [rmSync(file), mkdirSync(file)]],
    ['a link in its place', () => [rmSync(file), symlinkSync('/bin/true', file)]],
    ['a link above it', () => [renameSync(join(top, 'a'), join(top, 'c')), symlinkSync('c', join(top, 'a'))]],
  ])('are not: %s', (_what, change) => {
    change();
    expect(isRootsFile(file)).toBe(false);
  });

  it('are named in full and straight', () => {
    expect(['usr/bin/env', `${top}/a/../a/b/file`, `${top}//a/b/file`, `${file}/`, ''].map(isRootsFile)).toEqual(Array(5).fill(false));
  });
});

describe('files that anybody can replace', () => {
  it("are not root's own", () => {
    const folder = mkdtempSync('/tmp/root-owned-test-');
    writeFileSync(join(folder, 'file'), '');
    expect(isRootsFile(join(folder, 'file'))).toBe(false);
    rmSync(folder, { recursive: true });
  });
});
