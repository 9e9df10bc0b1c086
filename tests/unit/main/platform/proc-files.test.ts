import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createProcFiles } from '../../../../src/main/platform/proc-files.js';
import { isRoot, OTHER_UID } from './children.js';

let folder = '';
const files = createProcFiles();
const at = (name: string): string => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cm-files-'));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('reads bytes and text, one after the other into one buffer', () => {
  writeFileSync(at('a'), 'héllo');
  writeFileSync(at('b'), 'x');
  expect(files.read(at('a'))).toBe(6);
  expect(files.bytes.toString('utf8', 0, 6)).toBe('héllo');
  expect(files.text(at('b'))).toBe('x');
  expect(files.bytes.toString('utf8', 0, 3)).toBe('xé');
  files.wipe(3);
  expect(files.bytes.toString('latin1', 0, 6)).toBe('\0\0\0llo');
});

it('reads a text to its end that the kernel gives in parts', () => {
  // A page at a time, whatever room there is: as the mounts of a machine that has many.
  const lines = (files.text('/proc/self/maps') ?? '').split('\n');
  expect(lines.at(-1)).toBe('');
  expect(lines.join('\n').length).toBeGreaterThan(4096);
  expect(lines.at(-2)).toContain('[vsyscall]');
});

it('reads the first 256 KiB of what is longer', () => {
  writeFileSync(at('a'), 'x'.repeat(300_000));
  expect(files.read(at('a'))).toBe(262_144);
});

it('tells what is not there from what cannot be read', () => {
  mkdirSync(at('d'));
  writeFileSync(at('f'), '');
  expect([files.read(at('none')), files.read(at('f/x')), files.read(at('d')), files.read('/proc/self/mem')]).toEqual([
    'gone',
    'gone',
    'failed',
    'failed',
  ]);
  expect([
    files.text(at('none')),
    files.link(at('none')),
    files.link(at('f')),
    files.fileId(at('none')),
    files.ownerUid(at('none')),
  ]).toEqual([null, 'gone', 'failed', null, null]);
});

it('reads links, and identifies what they lead to', () => {
  writeFileSync(at('f'), '');
  linkSync(at('f'), at('hard'));
  symlinkSync(at('f'), at('soft'));
  symlinkSync('gone', at('named gone'));
  const { dev, ino, uid } = statSync(at('f'), { bigint: true });
  expect([files.link(at('soft')), files.link(at('named gone'))]).toEqual([{ target: at('f') }, { target: 'gone' }]);
  expect([files.fileId(at('soft')), files.fileId(at('hard')), files.fileId(at('named gone'))]).toEqual([
    `${dev}:${ino}`,
    `${dev}:${ino}`,
    null,
  ]);
  expect(files.ownerUid(at('f'))).toBe(Number(uid));
});

it.runIf(isRoot)('says denied where we may not (needs a second user: root only)', () => {
  mkdirSync(at('d'));
  symlinkSync('x', at('d/l'));
  writeFileSync(at('f'), 'secret');
  chmodSync(at('f'), 0o600);
  chmodSync(at('d'), 0o700);
  process.seteuid?.(OTHER_UID);
  try {
    expect([files.read(at('f')), files.text(at('f')), files.link(at('d/l')), files.fileId(at('d/l')), files.ownerUid(at('d/l'))]).toEqual([
      'denied',
      null,
      'denied',
      null,
      null,
    ]);
  } finally {
    process.seteuid?.(0);
  }
});
