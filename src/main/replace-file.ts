import { constants } from 'node:fs';
import { lstat, open, realpath, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from './paths.js';

/** The file that a path means: people who keep their configuration elsewhere link to it, and the link must stay one. */
const behindLink = async (path: string): Promise<string> => {
  try {
    return (await lstat(path)).isSymbolicLink() ? await realpath(path) : path;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return path;
    throw error;
  }
};

/** So that the new name outlives a power cut. Not every system can open a folder, and none of ours depends on it. */
const syncFolder = async (folder: string): Promise<void> => {
  try {
    const handle = await open(folder, constants.O_RDONLY);
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    errorCode(error);
  }
};

/**
 * Replaces a file's content so that at every moment, a crash or power cut included, it is the old one or the new one, mode
 * 0600. One writer at a time (the caller's lock). Rejects with the operating system's error; the old content then stays.
 */
export const replaceFile = async (path: string, text: string): Promise<void> => {
  const target = await behindLink(path);
  const draft = `${target}.tmp`;
  // What a killed writer left: under the lock it is nobody's.
  await rm(draft, { force: true });
  const handle = await open(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0), 0o600);
  try {
    try {
      await handle.writeFile(text, 'utf8');
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(dirname(target));
};
