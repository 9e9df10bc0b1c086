import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import * as fsPromises from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FolderWatches, FolderWatchesOptions } from '../../../src/main/folder-watches.js';
import { createFolderWatches } from '../../../src/main/folder-watches.js';
import type { FileSystem } from '../../../src/main/hostile-file.js';
import { createHostileFiles } from '../../../src/main/hostile-file.js';
import { aFolder, selfUid } from './real-files.js';

const made: FolderWatches[] = [];
const watches = (options: Partial<FolderWatchesOptions> = {}): FolderWatches => {
  const one = createFolderWatches({ selfUid, ...options });
  made.push(one);
  return one;
};
afterEach(() => {
  for (const one of made.splice(0)) one.close();
});

const begin = async (one: FolderWatches, folder: string, fs: Partial<FileSystem> = {}, uid = selfUid): Promise<void> => {
  const files = createHostileFiles({ selfUid, fs: { ...fsPromises, ...fs }, deadlineMs: 20_000, ownDeadlineMs: 20_000 });
  await files.visit(folder, uid, (access) => one.begin(access, folder, uid));
};
const names = async (one: FolderWatches, folder: string): Promise<readonly string[] | null | undefined> => {
  const changed = (await one.changes()).get(folder);
  return changed && (changed.names === null ? null : [...changed.names].sort());
};

describe('a watched folder', () => {
  let folder = '';
  beforeEach(() => {
    folder = join(aFolder(), 'sessions');
    mkdirSync(folder);
  });

  test('tells what was written, added, replaced and removed before it was asked, once', async () => {
    writeFileSync(join(folder, 'old'), '1');
    const one = watches();
    await begin(one, folder);
    expect(await names(one, folder)).toEqual([]);
    writeFileSync(join(folder, 'old'), '2');
    writeFileSync(join(folder, 'new.tmp'), '1');
    renameSync(join(folder, 'new.tmp'), join(folder, 'new'));
    expect(await names(one, folder)).toEqual(['new', 'new.tmp', 'old']);
    rmSync(join(folder, 'old'));
    expect(await names(one, folder)).toEqual(['old']);
    expect(await names(one, folder)).toEqual([]);
  });

  test('says at once that something is going on, until nobody listens any more', async () => {
    const one = watches();
    let heard = 0;
    const stop = one.onEvent(() => {
      heard += 1;
    });
    await begin(one, folder);
    writeFileSync(join(folder, 'a'), '1');
    await one.changes();
    expect(heard).toBeGreaterThan(0);
    stop();
    const before = heard;
    writeFileSync(join(folder, 'b'), '1');
    expect(await names(one, folder)).toEqual(['b']);
    expect(heard).toBe(before);
  });

  test('is no longer one when it was moved away, and can be watched anew where another took its place', async () => {
    const one = watches();
    await begin(one, folder);
    const before = (await one.changes()).get(folder)?.id;
    renameSync(folder, `${folder}.away`);
    mkdirSync(folder);
    expect(await names(one, folder)).toBeUndefined();
    await begin(one, folder);
    writeFileSync(join(folder, 'a'), '1');
    expect(await names(one, folder)).toEqual(['a']);
    expect((await one.changes()).get(folder)?.id).not.toBe(before);
  });

  test('is no longer one when it was removed', async () => {
    const one = watches();
    await begin(one, folder);
    rmSync(folder, { recursive: true });
    expect(await names(one, folder)).toBeUndefined();
    expect(one.failures()).toEqual([]);
  });

  test('is the folder that was checked, though its path is turned into a link before the watch begins', async () => {
    const other = join(aFolder(), 'other');
    mkdirSync(other);
    const one = watches();
    const statfs: FileSystem['statfs'] = (async (path: string) => {
      renameSync(folder, `${folder}.away`);
      symlinkSync(other, folder);
      return fsPromises.statfs(path);
    }) as NonNullable<FileSystem['statfs']>;
    await begin(one, folder, { statfs });
    writeFileSync(join(other, 'of-the-other'), '1');
    writeFileSync(join(`${folder}.away`, 'of-the-checked'), '1');
    // The checked folder was moved before the watch began, and nobody heard of that: its identity tells.
    const changed = (await one.changes()).get(folder);
    expect([...(changed?.names ?? [])]).toEqual(['of-the-checked']);
    const idOf = async (path: string): Promise<string> => {
      const { dev, ino } = await fsPromises.stat(path, { bigint: true });
      return `${dev}:${ino}`;
    };
    expect([changed?.id === (await idOf(`${folder}.away`)), changed?.id === (await idOf(folder))]).toEqual([true, false]);
  });

  test('tells only that anything may have changed where very much did', async () => {
    const one = watches();
    await begin(one, folder);
    for (let index = 0; index < 300; index++) writeFileSync(join(folder, `file-${index}`), '');
    expect(await names(one, folder)).toBeNull();
    expect(await names(one, folder)).toEqual([]);
  });

  test('is given up where it is flooded, everything else is doubted once, and it is tried again later', async () => {
    let nowMs = 0;
    const quiet = join(folder, 'quiet');
    mkdirSync(quiet);
    const one = watches({ clock: () => nowMs, flood: 500 });
    await begin(one, folder);
    await begin(one, quiet);
    expect(await names(one, quiet)).toEqual([]);
    for (let index = 0; index < 600; index++) writeFileSync(join(folder, `file-${index % 20}`), String(index));
    const again = await one.changes();
    expect(one.failures()).toEqual([{ uid: selfUid, path: folder, reason: 'watch-flood' }]);
    expect([again.has(folder), again.get(quiet)?.names]).toEqual([false, null]);
    await begin(one, folder);
    expect((await one.changes()).has(folder)).toBe(false);
    nowMs += 600_000;
    await begin(one, folder);
    expect([(await one.changes()).has(folder), one.failures()]).toEqual([true, []]);
  });

  test('is let go when it is no longer read', async () => {
    const one = watches();
    await begin(one, folder);
    one.retain(new Set());
    writeFileSync(join(folder, 'a'), '1');
    expect(await names(one, folder)).toBeUndefined();
  });
});

describe('a folder that is not watched', () => {
  test('says why: a link, another’s, a file system that cannot be trusted to tell, no watch left, none more of ours', async () => {
    const folder = aFolder();
    const failing = (code: string): NonNullable<FolderWatchesOptions['start']> =>
      (() => {
        throw Object.assign(new Error(code), { code });
      }) as NonNullable<FolderWatchesOptions['start']>;
    const reasonOf = async (one: FolderWatches, path: string, fs: Partial<FileSystem> = {}, uid = selfUid) => {
      await begin(one, path, fs, uid);
      expect((await one.changes()).has(path)).toBe(false);
      return one.failures().map(({ reason }) => reason);
    };
    symlinkSync(folder, join(folder, 'link'));
    const NFS = 0x6969;
    const statfs = async () => ({ type: NFS });
    expect(await reasonOf(watches(), join(folder, 'link'))).toEqual(['watch-unsafe']);
    expect(await reasonOf(watches(), folder, {}, selfUid + 1)).toEqual(['watch-unsafe']);
    expect(await reasonOf(watches(), folder, { statfs })).toEqual(['watch-unsafe']);
    expect(await reasonOf(watches({ start: failing('ENOSPC') }), folder)).toEqual(['watch-limit']);
    expect(await reasonOf(watches({ start: failing('EMFILE') }), folder)).toEqual(['watch-limit']);
    expect(await reasonOf(watches({ start: failing('EACCES') }), folder)).toEqual(['watch-unsafe']);
    expect(await reasonOf(watches(), join(folder, 'nothing-there'))).toEqual([]);
  });

  test('is the 65th, so that other programs keep theirs', async () => {
    const home = aFolder();
    const one = watches();
    const folders = Array.from({ length: 65 }, (_, index) => join(home, `folder-${index}`));
    for (const folder of folders) {
      mkdirSync(folder);
      await begin(one, folder);
    }
    expect([(await one.changes()).size, one.failures()]).toEqual([64, [{ uid: selfUid, path: folders[64], reason: 'watch-limit' }]]);
  });

  test('is the fifth of somebody else', async () => {
    const home = aFolder();
    // As whoever else runs this: what is ours here is somebody else's there.
    const one = watches({ selfUid: selfUid + 1 });
    for (let index = 0; index < 5; index++) {
      mkdirSync(join(home, String(index)));
      await begin(one, join(home, String(index)));
    }
    expect([(await one.changes()).size, one.failures().map(({ reason }) => reason)]).toEqual([4, ['watch-limit']]);
  });
});
