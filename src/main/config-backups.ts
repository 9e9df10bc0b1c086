import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FoundFile, GoodFile } from './config-file.js';
import { readConfigFile } from './config-file.js';
import { ensurePrivateFolder, errorCode } from './paths.js';
import { replaceFile } from './replace-file.js';

/** An earlier version of the configuration: the one before an editing session. */
export interface Backup {
  readonly name: string;
  /** Wall ms of when it was put aside. */
  readonly atMs: number;
}

export interface Backups {
  /** Newest first; none where the folder cannot be read. */
  readonly list: () => readonly Backup[];
  /** By its exact name in the list; anything else is missing. */
  readonly read: (name: string) => FoundFile;
  /** The newest that is a configuration; null = none is. */
  readonly newestGood: () => (GoodFile & { readonly backup: Backup }) | null;
  /** Keeps a version if no session is under way, and lets go of the oldest. Under the configuration's lock. The code of an error, or null. */
  readonly keep: (text: string) => Promise<string | null>;
}

/** Changes within this time of the first one are one session. */
const SESSION_MS = 5 * 60_000;
const KEEP_LAST = 20;
const KEEP_DAYS = 30;
const DAY_MS = 86_400_000;
const NAME = /^claude_limits-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z(?:-(\d{1,3}))?\.json$/;

const nameOf = (atMs: number, number: number): string => {
  const stamp = new Date(atMs)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '');
  return `claude_limits-${stamp}${number === 1 ? '' : `-${number}`}.json`;
};

const parseName = (name: string): (Backup & { readonly number: number }) | null => {
  const parts = NAME.exec(name);
  if (parts === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, number = 1] = parts.slice(1).map((part) => Number(part ?? 1));
  return { name, atMs: Date.UTC(year, month - 1, day, hour, minute, second), number };
};

/** Those to let go of, of a list that begins with the newest: not the last 20, nor the newest of each of the last 30 days. */
export const outdated = (list: readonly Backup[], nowMs: number): readonly Backup[] => {
  const days = new Set<number>();
  return list.filter(({ atMs }, index) => {
    const day = Math.floor(atMs / DAY_MS);
    const firstOfDay = !days.has(day);
    days.add(day);
    return index >= KEEP_LAST && !(firstOfDay && nowMs - atMs < KEEP_DAYS * DAY_MS);
  });
};

/** The versions in a folder of our own. */
export const createBackups = (folder: string, now: () => number): Backups => {
  const list: Backups['list'] = () => {
    try {
      return readdirSync(folder)
        .flatMap((name) => parseName(name) ?? [])
        .sort((a, b) => b.atMs - a.atMs || b.number - a.number)
        .map(({ name, atMs }) => ({ name, atMs }));
    } catch (error) {
      errorCode(error);
      return [];
    }
  };
  const read: Backups['read'] = (name) => (parseName(name) === null ? { kind: 'missing' } : readConfigFile(join(folder, name)));
  const freeName = (atMs: number, taken: readonly Backup[]): string => {
    const names = new Set(taken.map((each) => each.name));
    for (let number = 1; ; number++) if (!names.has(nameOf(atMs, number))) return nameOf(atMs, number);
  };
  return {
    list,
    read,
    newestGood: () => {
      for (const backup of list()) {
        const found = read(backup.name);
        if (found.kind === 'good') return { ...found, backup };
      }
      return null;
    },
    keep: async (text) => {
      try {
        const atMs = now();
        const before = list();
        const newest = before[0];
        // A clock that was set back must not end the keeping of versions.
        if (newest !== undefined && Math.abs(atMs - newest.atMs) < SESSION_MS) return null;
        const problem = ensurePrivateFolder(folder);
        if (problem !== null) return problem;
        await replaceFile(join(folder, freeName(atMs, before)), text);
        for (const { name } of outdated(list(), atMs)) await rm(join(folder, name), { force: true });
        return null;
      } catch (error) {
        return errorCode(error);
      }
    },
  };
};
