import { lstatSync } from 'node:fs';
import { posix } from 'node:path';

const WRITABLE_BY_OTHERS = 0o022;

const isRootsAlone = (path: string, kind: 'file' | 'folder'): boolean => {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || stats.uid !== 0 || (stats.mode & WRITABLE_BY_OTHERS) !== 0) return false;
  return kind === 'file' ? stats.isFile() : stats.isDirectory();
};

/**
 * Whether only root decides what this file holds: a regular file, it and every folder above it owned by root, writable by nobody else, and
 * no link among them. False too where any of them cannot be looked at.
 */
export const isRootsFile = (path: string): boolean => {
  if (!posix.isAbsolute(path) || posix.normalize(path) !== path) return false;
  try {
    for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
      if (!isRootsAlone(folder, 'folder')) return false;
      if (folder === '/') return isRootsAlone(path, 'file');
    }
  } catch {
    return false;
  }
};
