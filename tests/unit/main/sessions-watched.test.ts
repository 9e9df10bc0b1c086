import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import * as fsPromises from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FolderWatches } from '../../../src/main/folder-watches.js';
import { createFolderWatches } from '../../../src/main/folder-watches.js';
import type { FileSystem } from '../../../src/main/hostile-file.js';
import { createHostileFiles } from '../../../src/main/hostile-file.js';
import type { RegistryProcess, SessionRegistry } from '../../../src/main/sessions.js';
import { createSessionRegistry } from '../../../src/main/sessions.js';
import { aFolder, selfUid } from './real-files.js';

const PIDS = [11, 12, 13];
const wanted = PIDS.map(
  (pid): RegistryProcess => ({
    key: { pid, startedAt: `start-${pid}` },
    uid: selfUid,
    facts: { comm: 'claude', exe: null, exeId: null, argv: null, marks: null },
  }),
);

describe('the session registry with watches', () => {
  let home = '';
  let sessions = '';
  let nowMs = 0;
  let touched: string[] = [];
  let watches: FolderWatches;
  let registry: SessionRegistry;
  const note = (what: string, path: unknown): void => void touched.push(`${what} ${String(path).slice(sessions.length)}`);
  const recording: FileSystem = {
    lstat: ((path: string, options: { bigint: true }) => {
      note('lstat', path);
      return fsPromises.lstat(path, options);
    }) as FileSystem['lstat'],
    open: (path, ...rest) => {
      note('open', path);
      return fsPromises.open(path, ...rest);
    },
    opendir: (path, options) => {
      note('list', path);
      return fsPromises.opendir(path, options);
    },
  };
  const write = (pid: number, status: string): void => {
    const path = join(sessions, `${pid}.json`);
    writeFileSync(path, JSON.stringify({ pid, sessionId: `session-of-${pid}`, procStart: `start-${pid}`, status }));
  };
  const statuses = async (): Promise<readonly (string | null)[]> => {
    const records = await registry.read(wanted);
    return PIDS.map((pid) => records.get(pid)?.status ?? null);
  };
  /** So often that the folder is watched and nothing of it is young any more. */
  const settle = async (): Promise<void> => {
    for (let look = 0; look < 3; look++) await registry.read(wanted);
    touched = [];
  };

  beforeEach(async () => {
    home = aFolder();
    sessions = join(home, '.claude/sessions');
    mkdirSync(sessions, { recursive: true });
    for (const pid of PIDS) write(pid, 'idle');
    nowMs = Date.now() + 60_000;
    watches = createFolderWatches({ selfUid });
    const files = createHostileFiles({ selfUid, fs: recording, deadlineMs: 20_000, ownDeadlineMs: 20_000 });
    registry = createSessionRegistry({ files, homeOf: () => home, selfUid, selfConfigDir: null, now: () => nowMs, watches });
    await settle();
  });
  afterEach(() => registry.close());

  test('a steady look is one lstat, and all is looked at now and then', async () => {
    expect(await statuses()).toEqual(['idle', 'idle', 'idle']);
    expect(touched).toEqual(['lstat ']);
    nowMs += 30_000;
    touched = [];
    expect(await statuses()).toEqual(['idle', 'idle', 'idle']);
    expect(touched).toEqual(['lstat ', ...PIDS.map((pid) => `lstat /${pid}.json`)]);
    touched = [];
    await statuses();
    expect(touched).toEqual(['lstat ']);
    expect(registry.unwatched()).toEqual([]);
  });

  test('a burst of 1,000 changes costs one reading of the record that changed', async () => {
    for (let index = 0; index < 1_000; index++) write(12, index % 2 === 0 ? 'idle' : 'busy');
    expect(await statuses()).toEqual(['idle', 'busy', 'idle']);
    expect(touched.filter((entry) => entry.startsWith('open'))).toEqual(['open /12.json']);
    expect(touched).not.toContain('lstat /11.json');
    touched = [];
    await statuses();
    expect(touched).toEqual(['lstat ']);
  });

  test('sees every change that was made before the look began', async () => {
    write(11, 'busy');
    expect(await statuses()).toEqual(['busy', 'idle', 'idle']);
    unlinkSync(join(sessions, '12.json'));
    expect(await statuses()).toEqual(['busy', null, 'idle']);
    write(12, 'waiting');
    writeFileSync(join(sessions, 'next'), JSON.stringify({ pid: 13, sessionId: 'session-of-13', procStart: 'start-13', status: 'shell' }));
    renameSync(join(sessions, 'next'), join(sessions, '13.json'));
    expect(await statuses()).toEqual(['busy', 'waiting', 'shell']);
  });

  test('a record that becomes a link is refused at once', async () => {
    renameSync(join(sessions, '11.json'), join(home, 'elsewhere.json'));
    symlinkSync(join(home, 'elsewhere.json'), join(sessions, '11.json'));
    expect(await statuses()).toEqual([null, 'idle', 'idle']);
    expect(registry.failures().map(({ reason }) => reason)).toEqual(['link']);
    expect(await statuses()).toEqual([null, 'idle', 'idle']);
  });

  test('another folder in the place of the watched one is read anew, one behind a link is refused', async () => {
    const away = join(home, 'away');
    renameSync(join(home, '.claude'), away);
    mkdirSync(sessions, { recursive: true });
    write(11, 'busy');
    expect(await statuses()).toEqual(['busy', null, null]);
    await settle();
    write(11, 'waiting');
    expect(await statuses()).toEqual(['waiting', null, null]);
    rmSync(sessions, { recursive: true });
    symlinkSync(join(away, 'sessions'), sessions);
    expect(await statuses()).toEqual([null, null, null]);
    expect(registry.failures().map(({ reason }) => reason)).toEqual(['link']);
  });

  test('a folder that is put back into its old place with other records is not taken for unchanged', async () => {
    const away = join(home, 'away');
    renameSync(sessions, away);
    writeFileSync(join(away, '11.json'), JSON.stringify({ pid: 11, sessionId: 'session-of-11', procStart: 'start-11', status: 'busy' }));
    utimesSync(away, 1, 1);
    renameSync(away, sessions);
    expect(await statuses()).toEqual(['busy', 'idle', 'idle']);
  });
});
