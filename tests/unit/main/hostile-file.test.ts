import {
  appendFileSync,
  chmodSync,
  chownSync,
  closeSync,
  lchownSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import * as fsPromises from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FileAccess, FileSystem, HostileFiles } from '../../../src/main/hostile-file.js';
import { createHostileFiles, SMALL_FILE_BYTES } from '../../../src/main/hostile-file.js';
import { aFolder, isRoot, makeFifo, OTHER_UID, selfUid } from './real-files.js';

const files = (fs: Partial<FileSystem> = {}, deadlineMs = 20_000): HostileFiles =>
  createHostileFiles({ selfUid, fs: { ...fsPromises, ...fs }, deadlineMs, ownDeadlineMs: deadlineMs });

const visited = async <T>(reader: HostileFiles, folder: string, task: (access: FileAccess) => Promise<T>): Promise<T> => {
  const visit = await reader.visit(folder, selfUid, task);
  if (!visit.ok) throw new Error(`visit refused: ${visit.reason}`);
  return visit.value;
};

const textOf = (folder: string, name: string, reader = files()) =>
  visited(reader, folder, async (access) => {
    const read = await access.readText(join(folder, name), selfUid);
    return read.ok ? read.value.text : read.reason;
  });

describe('a small file', () => {
  test('of ours is read as it is', async () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'a'), 'ünï\n');
    writeFileSync(join(folder, 'empty'), '');
    writeFileSync(join(folder, 'largest'), 'x'.repeat(SMALL_FILE_BYTES));
    writeFileSync(join(folder, 'no-utf8'), Buffer.from([0x61, 0xff, 0x62]));
    expect(await textOf(folder, 'a')).toBe('ünï\n');
    expect(await textOf(folder, 'empty')).toBe('');
    expect(await textOf(folder, 'largest')).toBe('x'.repeat(SMALL_FILE_BYTES));
    expect(await textOf(folder, 'no-utf8')).toBe('a\uFFFDb');
  });

  test('its facts change with every write', async () => {
    const folder = aFolder();
    const path = join(folder, 'a');
    writeFileSync(path, 'one');
    const facts = () => visited(files(), folder, (access) => access.facts(path, selfUid));
    const first = await facts();
    const stats = statSync(path, { bigint: true });
    expect(first).toEqual({
      ok: true,
      value: {
        id: `${stats.dev}:${stats.ino}`,
        sizeBytes: 3,
        mtimeMs: Number(stats.mtimeMs),
        stamp: `${stats.dev}:${stats.ino}:${stats.uid}:3:${stats.mtimeNs}:${stats.ctimeNs}`,
      },
    });
    expect(await facts()).toEqual(first);
    writeFileSync(path, 'longer');
    expect(await facts()).not.toEqual(first);
  });

  test('that is none is refused with its reason, and nothing blocks', async () => {
    const folder = aFolder();
    const at = (name: string): string => join(folder, name);
    makeFifo(at('fifo'));
    writeFileSync(at('target'), 'secret');
    symlinkSync(at('target'), at('link'));
    symlinkSync(at('nowhere'), at('dangling'));
    symlinkSync('/dev/zero', at('zero'));
    symlinkSync('loop', at('loop'));
    mkdirSync(at('folder'));
    writeFileSync(at('big'), 'x'.repeat(10_000_000));
    writeFileSync(at('one-too-many'), 'x'.repeat(SMALL_FILE_BYTES + 1));
    closeSync(openSync(at('sparse'), 'w'));
    truncateSync(at('sparse'), 2 ** 40);
    const server = createServer().listen(at('socket'));
    await new Promise((resolve) => server.once('listening', resolve));

    const names = [
      'fifo',
      'link',
      'dangling',
      'zero',
      'loop',
      'folder',
      'big',
      'one-too-many',
      'sparse',
      'socket',
      'none',
      'target/below',
      '\0',
      'n'.repeat(300),
    ];
    const reasons: Record<string, string> = {};
    for (const name of names) reasons[name.slice(0, 20)] = await textOf(folder, name);
    await new Promise((resolve) => server.close(resolve));
    expect(reasons).toEqual({
      fifo: 'not-a-file',
      link: 'link',
      dangling: 'link',
      zero: 'link',
      loop: 'link',
      folder: 'not-a-file',
      big: 'too-big',
      'one-too-many': 'too-big',
      sparse: 'too-big',
      socket: 'not-a-file',
      none: 'missing',
      'target/below': 'missing',
      '\0': 'io-error',
      nnnnnnnnnnnnnnnnnnnn: 'io-error',
    });
  });

  test('a device is refused before it is opened', async () => {
    let opened = 0;
    const reader = files({
      open: (...args) => {
        opened++;
        return fsPromises.open(...args);
      },
    });
    // Owned by root; for anybody else the owner would be reason enough.
    expect(await textOf('/dev', 'zero', reader)).toBe('not-a-file');
    expect(opened).toBe(0);
  });

  test.skipIf(!isRoot)('of another user is refused (needs root to make one)', async () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'theirs'), '{}');
    chownSync(join(folder, 'theirs'), OTHER_UID, OTHER_UID);
    symlinkSync(join(folder, 'theirs'), join(folder, 'link'));
    lchownSync(join(folder, 'link'), OTHER_UID, OTHER_UID);
    const asTheirs = await visited(files(), folder, async (access) => [
      await access.readText(join(folder, 'theirs'), OTHER_UID),
      await access.readText(join(folder, 'link'), OTHER_UID),
    ]);
    expect(await textOf(folder, 'theirs')).toBe('foreign-owner');
    expect(asTheirs).toMatchObject([
      { ok: true, value: { text: '{}' } },
      { ok: false, reason: 'link' },
    ]);
  });

  test.skipIf(isRoot)('without permission is denied (root may read everything)', async () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'closed'), '{}');
    chmodSync(join(folder, 'closed'), 0);
    expect(await textOf(folder, 'closed')).toBe('denied');
  });

  test('that grows while it is read, or is another one after the check, has changed', async () => {
    const folder = aFolder();
    const path = join(folder, 'a');
    writeFileSync(path, 'short');
    const growing = files({
      open: async (...args) => {
        const handle = await fsPromises.open(...args);
        const read = handle.read.bind(handle);
        return new Proxy(handle, {
          get: (target, name) => {
            if (name === 'read') appendFileSync(path, 'more and more');
            const value: unknown = name === 'read' ? read : Reflect.get(target, name);
            return typeof value === 'function' ? value.bind(target) : value;
          },
        });
      },
    });
    expect(await textOf(folder, 'a', growing)).toBe('changed');

    writeFileSync(join(folder, 'b'), 'another');
    const swapping = files({
      open: (...args) => {
        renameSync(join(folder, 'b'), path);
        return fsPromises.open(...args);
      },
    });
    expect(await textOf(folder, 'a', swapping)).toBe('changed');
  });

  test('that becomes a FIFO or a link after the check blocks nothing', async () => {
    for (const [make, reason] of [
      [makeFifo, 'not-a-file'],
      [(path: string) => symlinkSync('/etc/passwd', path), 'link'],
    ] as const) {
      const folder = aFolder();
      writeFileSync(join(folder, 'a'), 'checked');
      make(join(folder, 'trap'));
      const swapping = files({
        open: (...args) => {
          renameSync(join(folder, 'trap'), join(folder, 'a'));
          return fsPromises.open(...args);
        },
      });
      expect(await textOf(folder, 'a', swapping)).toBe(reason);
    }
  });
});

describe('the ends of a big file', () => {
  const ends = (folder: string, name: string) =>
    visited(files(), folder, async (access) => {
      const read = await access.readEnds(join(folder, name), selfUid, 10, 4);
      return read.ok ? [read.value.head, read.value.tail] : read.reason;
    });

  test('are read without what lies between, and without overlap', async () => {
    const folder = aFolder();
    const contents = { long: '0123456789abcdefgh', touching: '0123456789abcd', overlapping: '0123456789ab', short: '0123', empty: '' };
    for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content);
    expect(await ends(folder, 'long')).toEqual(['0123456789', 'efgh']);
    expect(await ends(folder, 'touching')).toEqual(['0123456789', 'abcd']);
    expect(await ends(folder, 'overlapping')).toEqual(['0123456789', 'ab']);
    expect(await ends(folder, 'short')).toEqual(['0123', '']);
    expect(await ends(folder, 'empty')).toEqual(['', '']);
    symlinkSync('long', join(folder, 'link'));
    expect(await ends(folder, 'link')).toBe('link');
  });
});

describe('a folder', () => {
  const list = (folder: string, uid = selfUid) =>
    visited(files(), folder, async (access) => {
      const listing = await access.listFolder(folder, uid);
      return listing.ok ? { names: [...listing.value.names].sort(), truncated: listing.value.truncated } : listing.reason;
    });

  test('is listed, up to a thousand names of it', async () => {
    const folder = aFolder();
    expect(await list(folder)).toEqual({ names: [], truncated: false });
    for (let number = 0; number < 1_000; number++) writeFileSync(join(folder, String(number)), '');
    const all = Array.from({ length: 1_000 }, (_, number) => String(number)).sort();
    expect(await list(folder)).toEqual({ names: all, truncated: false });
    for (let number = 1_000; number < 5_000; number++) writeFileSync(join(folder, String(number)), '');
    expect(await list(folder)).toMatchObject({ names: { length: 1_000 }, truncated: true });
  });

  test('that is none, a link or another user’s is refused', async () => {
    const folder = aFolder();
    mkdirSync(join(folder, 'real'));
    symlinkSync('real', join(folder, 'link'));
    writeFileSync(join(folder, 'file'), '');
    expect(await list(join(folder, 'link'))).toBe('link');
    expect(await list(join(folder, 'file'))).toBe('not-a-folder');
    expect(await list(join(folder, 'none'))).toBe('missing');
    expect(await list(join(folder, 'real'), selfUid + 1)).toBe('foreign-owner');
  });

  test('that becomes another one while it is listed has changed', async () => {
    const folder = aFolder();
    mkdirSync(join(folder, 'a'));
    mkdirSync(join(folder, 'victim'));
    writeFileSync(join(folder, 'victim', 'secret'), '');
    const swapping = files({
      opendir: (path, options) => {
        renameSync(join(folder, 'a'), join(folder, 'was-a'));
        symlinkSync('victim', join(folder, 'a'));
        return fsPromises.opendir(path, options);
      },
    });
    expect(await visited(swapping, folder, (access) => access.listFolder(join(folder, 'a'), selfUid))).toEqual({
      ok: false,
      reason: 'changed',
    });
  });
});

test('what lies at a path is told without following or opening it', async () => {
  const folder = aFolder();
  writeFileSync(join(folder, 'file'), '');
  symlinkSync('file', join(folder, 'link'));
  makeFifo(join(folder, 'fifo'));
  const what = (path: string) => visited(files(), folder, (access) => access.what(path));
  expect(await what(folder)).toEqual({ ok: true, value: 'folder' });
  expect(await what(join(folder, 'file'))).toEqual({ ok: true, value: 'file' });
  expect(await what(join(folder, 'link'))).toEqual({ ok: true, value: 'link' });
  expect(await what(join(folder, 'fifo'))).toEqual({ ok: true, value: 'other' });
  expect(await what(join(folder, 'none'))).toEqual({ ok: false, reason: 'missing' });
});

describe('a folder that never answers', () => {
  test('is late, then left alone; the others are read on', async () => {
    const [good, dead] = [aFolder(), aFolder()];
    writeFileSync(join(good, 'a'), 'fine');
    let touched = 0;
    const lstat = ((path: string, options: { bigint: true }) => {
      if (!path.startsWith(dead)) return fsPromises.lstat(path, options);
      touched++;
      return new Promise(() => undefined);
    }) as FileSystem['lstat'];
    const reader = files({ lstat }, 30);
    const look = (folder: string) => reader.visit(folder, selfUid, (access) => access.readText(join(folder, 'a'), selfUid));
    expect(await look(dead)).toEqual({ ok: false, reason: 'timeout' });
    expect(await look(dead)).toEqual({ ok: false, reason: 'quarantined' });
    expect(await look(dead)).toEqual({ ok: false, reason: 'quarantined' });
    expect([touched, reader.hanging()]).toEqual([1, 1]);
    expect(await look(good)).toMatchObject({ ok: true, value: { ok: true, value: { text: 'fine' } } });
  });

  test('does nothing more once it answers, and leaves no file open', async () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'a'), 'late');
    let answer = (): void => undefined;
    const waiting = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const done: string[] = [];
    const reader = files(
      {
        open: async (...args) => {
          await waiting;
          const handle = await fsPromises.open(...args);
          return new Proxy(handle, {
            get: (target, name) => {
              done.push(String(name));
              const value: unknown = Reflect.get(target, name);
              return typeof value === 'function' ? value.bind(target) : value;
            },
          });
        },
      },
      30,
    );
    const look = () => reader.visit(folder, selfUid, (access) => access.readText(join(folder, 'a'), selfUid));
    expect(await look()).toEqual({ ok: false, reason: 'timeout' });
    answer();
    while (reader.hanging() > 0) await new Promise((resolve) => setImmediate(resolve));
    // `then`: what a promise asks of everything that it is given.
    expect(done).toEqual(['then', 'close']);
    expect(await look()).toMatchObject({ ok: true, value: { ok: true, value: { text: 'late' } } });
  });
});
