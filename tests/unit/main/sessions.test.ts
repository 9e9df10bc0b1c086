import { chownSync, mkdirSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import * as fsPromises from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { FileSystem } from '../../../src/main/hostile-file.js';
import { createHostileFiles } from '../../../src/main/hostile-file.js';
import type { RegistryProcess, SessionRegistry, SessionRegistryOptions } from '../../../src/main/sessions.js';
import { createSessionRegistry } from '../../../src/main/sessions.js';
import type { SessionRecord, StaticFacts } from '../../../src/shared/types.js';
import { aFolder, isRoot, makeFifo, OTHER_UID, selfUid } from './real-files.js';

const id = (pid: number): string => `session-of-${pid}`;

const aProcess = (pid: number, more: Partial<StaticFacts> & { uid?: number | null; startedAt?: string } = {}): RegistryProcess => {
  const { uid = selfUid, startedAt = `start-${pid}`, ...facts } = more;
  return { key: { pid, startedAt }, uid, facts: { comm: 'claude', exe: null, exeId: null, argv: null, marks: null, ...facts } };
};

const aRecord = (pid: number, configDir: string, more: Partial<SessionRecord> = {}): SessionRecord => ({
  pid,
  sessionId: id(pid),
  procStart: `start-${pid}`,
  pidDomain: null,
  cwd: null,
  kind: null,
  entrypoint: null,
  version: null,
  name: null,
  status: null,
  waitingFor: null,
  jobId: null,
  statusSinceMs: null,
  updatedAtMs: null,
  configDir,
  ownerUid: selfUid,
  ...more,
});

describe('the session registry', () => {
  let home = '';
  let sessions = '';
  /** Every operation that touched the disk, by name of the operation and of the file. */
  let touched: string[] = [];
  const recording: FileSystem = {
    lstat: ((path: string, options: { bigint: true }) => {
      touched.push(`lstat ${path.slice(home.length)}`);
      return fsPromises.lstat(path, options);
    }) as FileSystem['lstat'],
    open: (path, ...rest) => {
      touched.push(`open ${String(path).slice(home.length)}`);
      return fsPromises.open(path, ...rest);
    },
    opendir: (path, options) => {
      touched.push(`list ${String(path).slice(home.length)}`);
      return fsPromises.opendir(path, options);
    },
  };

  const registry = (options: Partial<SessionRegistryOptions> & { fs?: FileSystem; deadlineMs?: number } = {}): SessionRegistry => {
    const { fs = recording, deadlineMs = 20_000, ...rest } = options;
    return createSessionRegistry({
      files: createHostileFiles({ selfUid, fs, deadlineMs, ownDeadlineMs: deadlineMs }),
      homeOf: () => home,
      selfUid,
      selfConfigDir: null,
      now: () => Date.now() + 60_000,
      ...rest,
    });
  };
  const write = (pid: number, fields: Readonly<Record<string, unknown>> = {}, folder = sessions): void =>
    writeFileSync(join(folder, `${pid}.json`), JSON.stringify({ pid, sessionId: id(pid), procStart: `start-${pid}`, ...fields }));
  const read = async (reader: SessionRegistry, processes: readonly RegistryProcess[]): Promise<readonly SessionRecord[]> => [
    ...(await reader.read(processes)).values(),
  ];

  beforeEach(() => {
    home = aFolder();
    sessions = join(home, '.claude/sessions');
    mkdirSync(sessions, { recursive: true });
    touched = [];
  });

  test('reads the records of the processes that it is asked about, and opens no other file', async () => {
    for (const pid of [11, 12, 13]) write(pid, { status: 'idle' });
    writeFileSync(join(sessions, `11.${'a'.repeat(64)}.key`), 'secret');
    writeFileSync(join(sessions, 'pid-11.json'), '{}');
    const reader = registry();
    const records = await reader.read([aProcess(11), aProcess(12), aProcess(99)]);
    expect(records).toEqual(
      new Map([
        [11, aRecord(11, join(home, '.claude'), { status: 'idle' })],
        [12, aRecord(12, join(home, '.claude'), { status: 'idle' })],
      ]),
    );
    expect(touched.filter((entry) => entry.startsWith('open'))).toEqual([
      'open /.claude/sessions/11.json',
      'open /.claude/sessions/12.json',
    ]);
    expect(reader.failures()).toEqual([]);
  });

  test('a steady look is one lstat a folder and one a record', async () => {
    for (const pid of [11, 12, 13]) write(pid);
    const reader = registry();
    const wanted = [11, 12, 13, 14].map((pid) => aProcess(pid));
    const first = await read(reader, wanted);
    touched = [];
    expect(await read(reader, wanted)).toEqual(first);
    expect(touched).toEqual(['lstat /.claude/sessions', ...[11, 12, 13].map((pid) => `lstat /.claude/sessions/${pid}.json`)]);
  });

  test('sees what was written, added or removed since', async () => {
    write(11, { status: 'busy' });
    write(12);
    const reader = registry();
    const wanted = [11, 12, 13].map((pid) => aProcess(pid));
    const configDir = join(home, '.claude');
    expect(await read(reader, wanted)).toEqual([aRecord(11, configDir, { status: 'busy' }), aRecord(12, configDir)]);
    write(11, { status: 'idle' });
    write(13);
    unlinkSync(join(sessions, '12.json'));
    expect(await read(reader, wanted)).toEqual([aRecord(11, configDir, { status: 'idle' }), aRecord(13, configDir)]);
    rmSync(sessions, { recursive: true });
    expect(await read(reader, wanted)).toEqual([]);
    expect(reader.failures()).toEqual([]);
  });

  test('reads a young file again even if its stamp is the same: clocks of file systems are coarse', async () => {
    write(11);
    const path = join(sessions, '11.json');
    const young = registry({ now: () => 1_000_000_000 });
    utimesSync(path, 1_000_000 - 1, 1_000_000 - 1);
    await read(young, [aProcess(11)]);
    touched = [];
    await read(young, [aProcess(11)]);
    expect(touched).toContain('open /.claude/sessions/11.json');

    const old = registry({ now: () => 1_000_000_000 });
    utimesSync(path, 1_000_000 - 10, 1_000_000 - 10);
    await read(old, [aProcess(11)]);
    touched = [];
    await read(old, [aProcess(11)]);
    expect(touched).not.toContain('open /.claude/sessions/11.json');
  });

  test('looks into every configuration folder that its user’s processes name, and into our own', async () => {
    const [marked, ours] = [join(home, 'profile'), join(home, 'ours')];
    for (const [pid, dir] of [
      [11, marked],
      [12, ours],
    ] as const) {
      mkdirSync(join(dir, 'sessions'), { recursive: true });
      write(pid, {}, join(dir, 'sessions'));
    }
    const wanted = [aProcess(11), aProcess(12), aProcess(77, { comm: 'bash', marks: { CLAUDE_CONFIG_DIR: `${marked}/.` } })];
    expect(await read(registry(), wanted)).toEqual([aRecord(11, marked)]);
    expect(await read(registry({ selfConfigDir: ours }), wanted)).toEqual([aRecord(12, ours), aRecord(11, marked)]);
    expect(await read(registry({ selfConfigDir: ours, selfUid: selfUid + 1 }), wanted)).toEqual([aRecord(11, marked)]);
  });

  test('of several records about one pid the one with its start stamp wins, then one without, then its own folder’s', async () => {
    const dirs = ['a', 'b', 'c'].map((name) => join(home, name));
    for (const dir of dirs) mkdirSync(join(dir, 'sessions'), { recursive: true });
    const marks = dirs.map((dir, index) => aProcess(90 + index, { marks: { CLAUDE_CONFIG_DIR: dir } }));
    const winner = async (stamps: readonly (string | null)[], mark = dirs[0]): Promise<string | undefined> => {
      for (const [index, dir] of dirs.entries()) write(11, { procStart: stamps[index] }, join(dir, 'sessions'));
      const own = aProcess(11, mark === undefined ? {} : { marks: { CLAUDE_CONFIG_DIR: mark } });
      return (await registry().read([own, ...marks])).get(11)?.configDir.slice(home.length);
    };
    expect(await winner(['old', 'start-11', null])).toBe('/b');
    expect(await winner(['old', 'older', null])).toBe('/c');
    expect(await winner(['old', 'older', 'oldest'])).toBe('/a');
    expect(await winner(['old', 'older', 'oldest'], dirs[2])).toBe('/c');
    expect(await winner(['start-11', 'start-11', 'start-11'], dirs[1])).toBe('/b');
  });

  test('a user with folders without end, or relative ones, is told so; the first sixteen are read', async () => {
    const dirs = Array.from({ length: 40 }, (_, index) => join(home, `p${index}`));
    for (const [index, dir] of dirs.entries()) {
      mkdirSync(join(dir, 'sessions'), { recursive: true });
      write(100 + index, {}, join(dir, 'sessions'));
    }
    const reader = registry();
    const wanted = dirs.map((dir, index) => aProcess(100 + index, { marks: { CLAUDE_CONFIG_DIR: dir } }));
    const records = await reader.read([...wanted, aProcess(99, { marks: { CLAUDE_CONFIG_DIR: 'relative' } })]);
    expect([...records.keys()]).toEqual(Array.from({ length: 15 }, (_, index) => 100 + index));
    expect(reader.failures()).toEqual([
      ...dirs.slice(15).map((path) => ({ uid: selfUid, path, reason: 'too-many-folders' })),
      { uid: selfUid, path: 'relative', reason: 'relative-folder' },
    ]);
  });

  test('looks for nobody whose processes have nothing of Claude’s, and for nobody of unknown uid', async () => {
    const homes: number[] = [];
    const homeOf = (uid: number): string => {
      homes.push(uid);
      return home;
    };
    write(11);
    const others = [
      aProcess(11, { comm: 'bash', exe: '/bin/bash', argv: ['bash'], marks: { TMUX: 'x' }, uid: 5 }),
      aProcess(11, { uid: null }),
    ];
    expect(await read(registry({ homeOf }), others)).toEqual([]);
    expect([homes, touched]).toEqual([[], []]);
    const ways: Partial<StaticFacts>[] = [
      { comm: '2.1.330', exe: '/home/x/.local/share/claude/versions/2.1.330' },
      { comm: 'node', argv: ['node', '/x/@anthropic-ai/claude-code/cli.js'] },
      { comm: 'sh', marks: { CLAUDE_PROJECT_DIR: '/x' } },
      { comm: 'Claude.exe' },
    ];
    for (const facts of ways) expect(await read(registry(), [aProcess(11, facts)])).toHaveLength(1);
  });

  test('a home that nobody knows is no failure', async () => {
    const reader = registry({ homeOf: () => null });
    expect(await read(reader, [aProcess(11)])).toEqual([]);
    expect([reader.failures(), touched]).toEqual([[], []]);
  });

  test('hostile files stop nothing, are named, and hide no other record', async () => {
    const at = (pid: number): string => join(sessions, `${pid}.json`);
    write(11);
    makeFifo(at(12));
    symlinkSync(at(11), at(13));
    symlinkSync('nowhere', at(14));
    mkdirSync(at(15));
    symlinkSync('/dev/zero', at(16));
    writeFileSync(at(17), 'x'.repeat(10_000_000));
    writeFileSync(at(18), `{"pid":18,"sessionId":"${id(18)}"`);
    write(19, { pid: 11 });
    writeFileSync(at(20), '['.repeat(60_000));
    writeFileSync(at(21), '{"__proto__":{"pid":21,"sessionId":"aaaaaaaaaa"}}');
    write(22, { cwd: 5, status: [], name: {} });
    const reader = registry();
    const wanted = Array.from({ length: 12 }, (_, index) => aProcess(11 + index));
    const configDir = join(home, '.claude');
    const failures = [
      [12, 'not-a-file'],
      [13, 'link'],
      [14, 'link'],
      [15, 'not-a-file'],
      [16, 'link'],
      [17, 'too-big'],
      [18, 'invalid'],
      [19, 'invalid'],
      [20, 'invalid'],
      [21, 'invalid'],
    ].map(([pid, reason]) => ({ uid: selfUid, path: at(Number(pid)), reason }));
    for (let look = 0; look < 2; look++) {
      expect(await read(reader, wanted)).toEqual([aRecord(11, configDir), aRecord(22, configDir)]);
      expect(reader.failures()).toEqual(failures);
    }
  });

  test.skipIf(!isRoot)('another user’s file or folder says nothing about our processes (needs root to make them)', async () => {
    write(11);
    write(12);
    chownSync(join(sessions, '12.json'), OTHER_UID, OTHER_UID);
    const reader = registry();
    const configDir = join(home, '.claude');
    expect(await read(reader, [aProcess(11), aProcess(12)])).toEqual([aRecord(11, configDir)]);
    expect(reader.failures()).toEqual([{ uid: selfUid, path: join(sessions, '12.json'), reason: 'foreign-owner' }]);

    chownSync(sessions, OTHER_UID, OTHER_UID);
    expect(await read(reader, [aProcess(11), aProcess(12)])).toEqual([]);
    expect(reader.failures()).toEqual([{ uid: selfUid, path: sessions, reason: 'foreign-owner' }]);
    expect(await read(reader, [aProcess(12, { uid: OTHER_UID })])).toEqual([aRecord(12, configDir, { ownerUid: OTHER_UID })]);
  });

  test('a linked sessions folder is not followed, a linked configuration folder is', async () => {
    write(11);
    mkdirSync(join(home, 'profile'));
    symlinkSync(sessions, join(home, 'profile/sessions'));
    symlinkSync('.claude', join(home, 'linked'));
    const reader = registry({ homeOf: () => null });
    expect(await read(reader, [aProcess(11, { marks: { CLAUDE_CONFIG_DIR: join(home, 'profile') } })])).toEqual([]);
    expect(reader.failures()).toEqual([{ uid: selfUid, path: join(home, 'profile/sessions'), reason: 'link' }]);
    expect(await read(reader, [aProcess(11, { marks: { CLAUDE_CONFIG_DIR: join(home, 'linked') } })])).toEqual([
      aRecord(11, join(home, 'linked')),
    ]);
  });

  test('finds a record among 5,000 files without reading the folder whole', async () => {
    for (let number = 0; number < 5_000; number++) writeFileSync(join(sessions, `junk-${number}`), '');
    write(11);
    const reader = registry();
    for (let look = 0; look < 2; look++)
      expect(await read(reader, [aProcess(11), aProcess(12)])).toEqual([aRecord(11, join(home, '.claude'))]);
    expect(reader.failures()).toEqual([]);
  });

  test('a folder that never answers costs its own records and nothing else', async () => {
    write(11);
    const dead = join(home, 'dead');
    let asked = 0;
    const fs: FileSystem = {
      ...fsPromises,
      lstat: ((path: string, options: { bigint: true }) => {
        if (!path.startsWith(dead)) return fsPromises.lstat(path, options);
        asked++;
        return new Promise(() => undefined);
      }) as FileSystem['lstat'],
    };
    const reader = registry({ fs, deadlineMs: 1_000 });
    const wanted = [aProcess(11), aProcess(12, { marks: { CLAUDE_CONFIG_DIR: dead } })];
    const outcomes: unknown[] = [];
    for (let look = 0; look < 3; look++) outcomes.push(await read(reader, wanted), reader.failures());
    const found = [aRecord(11, join(home, '.claude'))];
    const late = (reason: string) => [{ uid: selfUid, path: join(dead, 'sessions'), reason }];
    expect(outcomes).toEqual([found, late('timeout'), found, late('quarantined'), found, late('quarantined')]);
    expect(asked).toBe(1);
  });

  test('forgets what it knew of processes that are gone', async () => {
    write(11, { status: 'busy' });
    const reader = registry();
    await read(reader, [aProcess(11)]);
    expect(await read(reader, [])).toEqual([]);
    touched = [];
    await read(reader, [aProcess(11)]);
    expect(touched).toContain('open /.claude/sessions/11.json');
  });
});
