import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createConfigStore } from '../../../src/main/config-store.js';
import { soakMs } from '../../fakes/soak.js';
import { aFolder, bundle, IDENTIFY_SOURCE, identify, isRoot, run, SRC } from './real-files.js';

/** `npm run soak` kills more often and writes more keys. */
const LONG = soakMs !== null;
const KILLS = LONG ? 200 : 30;
const KEYS = LONG ? 500 : 60;

const IMPORTS = `import { createConfigStore } from ${JSON.stringify(join(SRC, 'main/config-store.ts'))};`;

/**
 * One change of the configuration, ended by SIGKILL before its n-th call of the file system; every call that a save makes is
 * counted, sync or not. Says "saved" where it got through all of them.
 */
const KILLED = `${IDENTIFY_SOURCE}
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  ${IMPORTS}
  const [path, acceptedPath, value, nth] = process.argv.slice(2);
  const store = createConfigStore({ path, acceptedPath, identify, now: () => Number(value) * 3600000 });
  await store.ready;
  let calls = 0;
  const counted = (target, names) => {
    for (const name of names) {
      const original = target[name];
      target[name] = function (...given) {
        if (++calls === Number(nth)) process.kill(process.pid, 'SIGKILL');
        return original.apply(this, given);
      };
    }
  };
  counted(fs.promises, ['open', 'rename', 'rm', 'unlink', 'readFile', 'stat', 'lstat', 'realpath']);
  counted(fs, ['openSync', 'writeSync', 'closeSync', 'readFileSync', 'mkdirSync', 'readdirSync']);
  const handle = await fs.promises.open(process.execPath);
  counted(Object.getPrototypeOf(handle), ['writeFile', 'sync', 'close']);
  syncBuiltinESMExports();
  calls = 0;
  const saved = await store.update([{ at: 'global', key: 'min_idle_minutes', value: Number(value) }], []);
  if (!saved.ok) throw new Error(JSON.stringify(saved));
  console.log('saved', calls);
  process.exit(0);`;

const WRITER = `${IDENTIFY_SOURCE}
  ${IMPORTS}
  const [path, acceptedPath, user, times] = process.argv.slice(2);
  const store = createConfigStore({ path, acceptedPath, identify, lockWaitMs: 60000 });
  for (let time = 0; time < Number(times); time++) {
    const saved = await store.update([{ at: 'user', user: user + time, key: 'max_processes', value: time + 1 }], []);
    if (!saved.ok) throw new Error(JSON.stringify(saved));
  }
  store.close();`;

const mounted: string[] = [];
afterEach(() => {
  for (const path of mounted.splice(0)) execFileSync('umount', [path]);
});

describe('a save', () => {
  test(`that is killed at each of its steps, ${KILLS} times, leaves the old file or the new one`, async () => {
    const base = aFolder();
    const [path, acceptedPath] = [join(base, 'config', 'claude_limits.json'), join(base, 'state', 'accepted.json')];
    mkdirSync(join(base, 'config'));
    const write = (value: number): void =>
      writeFileSync(path, JSON.stringify({ later: value, global_settings: { min_idle_minutes: value } }));
    write(1);
    const script = await bundle(aFolder(), KILLED);
    const ends = new Set<string>();
    // Unkilled, it says how many steps there are; the kills are spread over all of them. The very first save makes folders, too.
    await run(script, [path, acceptedPath, '2', '-1']).ended;
    const { output: whole } = await run(script, [path, acceptedPath, '3', '-1']).ended;
    const steps = Number(/^saved (\d+)\n$/.exec(whole)?.[1]);
    expect(steps).toBeGreaterThan(20);
    write(1);
    for (let kill = 1; kill <= KILLS; kill++) {
      const round = kill + 3;
      const step = Math.ceil((kill * steps) / KILLS);
      const before = JSON.parse(readFileSync(path, 'utf8'));
      const { how, output } = await run(script, [path, acceptedPath, String(round), String(step)]).ended;
      expect([output, how]).toEqual(['', 'SIGKILL']);
      const after = JSON.parse(readFileSync(path, 'utf8'));
      const isNew = after.global_settings.min_idle_minutes === round;
      ends.add(`${how} ${isNew ? 'new' : 'old'}`);
      expect(after).toEqual(isNew ? { ...before, global_settings: { min_idle_minutes: round } } : before);
      // Whoever comes next finds no lock that holds him up, and no version that is none.
      const store = createConfigStore({ path, acceptedPath, identify, now: () => round * 3_600_000 });
      expect(await store.update([{ at: 'global', key: 'theme', value: 'dark' }], [])).toMatchObject({ ok: true });
      expect(store.backups.list().map(({ name }) => store.backups.read(name).kind)).not.toContain('invalid');
      store.close();
      write(round);
    }
    expect([...ends]).toEqual(expect.arrayContaining(['SIGKILL old', 'SIGKILL new']));
    expect(readdirSync(join(base, 'config')).filter((name) => name.includes('corrupt'))).toEqual([]);
  }, 600_000);

  test(`by two programs of ${KEYS} keys each at once loses none`, async () => {
    const base = aFolder();
    const [path, acceptedPath] = [join(base, 'config', 'claude_limits.json'), join(base, 'state', 'accepted.json')];
    const script = await bundle(aFolder(), WRITER);
    const writers = ['window', 'cli'].map((name) => run(script, [path, acceptedPath, name, String(KEYS)]));
    expect(await Promise.all(writers.map((writer) => writer.ended))).toEqual([
      { how: 0, output: '' },
      { how: 0, output: '' },
    ]);
    const rows = ['window', 'cli'].flatMap((name) => Array.from({ length: KEYS }, (_, time) => [name + time, { max_processes: time + 1 }]));
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ user_limits: Object.fromEntries(rows) });
  }, 600_000);

  test.skipIf(!isRoot)('on a full disk is refused, and the file stays as it was (needs root, to mount a small disk)', async () => {
    const folder = join(aFolder(), 'config');
    mkdirSync(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=0700', 'tmpfs', folder]);
    mounted.push(folder);
    const path = join(folder, 'claude_limits.json');
    const store = createConfigStore({ path, identify });
    expect(await store.update([{ at: 'global', key: 'theme', value: 'dark' }], [])).toMatchObject({ ok: true });
    const before = readFileSync(path, 'utf8');
    try {
      writeFileSync(join(folder, 'filler'), 'x'.repeat(1_000_000));
    } catch {
      // As much as there is room for.
    }
    const words = Array.from({ length: 100 }, (_, index) => `${index}${'x'.repeat(200)}`);
    expect(await store.update([{ at: 'global', key: 'detection_patterns', value: words }], [])).toMatchObject({
      ok: false,
      failure: { reason: 'denied', id: 'configNotWritten', values: { code: 'ENOSPC' } },
    });
    expect([readFileSync(path, 'utf8'), existsSync(`${path}.tmp`), store.get().global_settings.detection_patterns]).toEqual([
      before,
      false,
      [],
    ]);
    rmSync(join(folder, 'filler'));
    expect(await store.update([{ at: 'global', key: 'detection_patterns', value: words }], [])).toMatchObject({ ok: true });
    store.close();
  });
});
