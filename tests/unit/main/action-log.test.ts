import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ActionLogOptions } from '../../../src/main/action-log.js';
import { createActionLog, localStamp } from '../../../src/main/action-log.js';
import { formatLogLine, parseLogLine } from '../../../src/shared/log-line.js';
import { aFolder, bundle, IDENTIFY_SOURCE, identify, isRoot, makeFifo, OTHER_UID, run, SRC } from './real-files.js';

const NOW = new Date(2025, 8, 2, 20, 16, 17).getTime();
const AT = '2025-09-02T20:16:17';
const an = (text: string) => ({ level: 'SUCCESS' as const, action: 'PAUSE', fields: [['User', text]] as const });
const line = (text: string): string => `${AT} - SUCCESS - PAUSE: User: ${text}\n`;
const DONE = { ok: true, value: null };

let folder = '';
let path = '';
const log = (options: Partial<ActionLogOptions> = {}) => createActionLog({ path, now: () => NOW, identify, ...options });
const refused = (code: string) => ({ ok: false, failure: { reason: 'denied', id: 'logNotWritten', values: { file: path, code } } });

beforeEach(() => {
  folder = join(aFolder(), 'state');
  path = join(folder, 'claude_actions.log');
});

describe('the action log', () => {
  test('adds one line an action, in order, for its owner only', async () => {
    const one = log();
    expect(await Promise.all(['a', 'b', 'c\nd'].map((text) => one.append(an(text))))).toEqual([DONE, DONE, DONE]);
    expect(readFileSync(path, 'utf8')).toBe(line('a') + line('b') + line('c\\x0ad'));
    expect([statSync(path).mode & 0o777, statSync(folder).mode & 0o777, readdirSync(folder)]).toEqual([
      0o600,
      0o700,
      ['claude_actions.log'],
    ]);
  });

  test('keeps what the original wrote, and narrows its mode', async () => {
    mkdirSync(folder);
    writeFileSync(path, line('old'), { mode: 0o644 });
    await log().append(an('new'));
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual([line('old') + line('new'), 0o600]);
  });

  test('is not glued to a line that was cut short', async () => {
    mkdirSync(folder);
    writeFileSync(path, line('old').slice(0, -7));
    await log().append(an('new'));
    expect(readFileSync(path, 'utf8')).toBe(`${line('old').slice(0, -7)}\n${line('new')}`);
  });

  test('is rotated by size; the oldest file is dropped', async () => {
    const one = log({ maxBytes: line('x').length * 2, keep: 3 });
    for (const text of ['1', '2', '3', '4', '5', '6', '7', '8', '9']) expect(await one.append(an(text))).toEqual(DONE);
    const names = readdirSync(folder).sort();
    expect(names).toEqual(['claude_actions.log', 'claude_actions.log.1', 'claude_actions.log.2']);
    expect(names.map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual([
      line('9'),
      line('7') + line('8'),
      line('5') + line('6'),
    ]);
  });

  test('that cannot be rotated grows on', async () => {
    const one = log({ maxBytes: 1, keep: 2 });
    await one.append(an('1'));
    mkdirSync(`${path}.1`);
    expect(await one.append(an('2'))).toEqual(DONE);
    expect(readFileSync(path, 'utf8')).toBe(line('1') + line('2'));
  });

  test('that cannot be written is a value, and nothing is written elsewhere', async () => {
    mkdirSync(folder);
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, path);
    expect(await log().append(an('x'))).toEqual(refused('ELOOP'));
    expect(readFileSync(victim, 'utf8')).toBe('precious');

    path = join(folder, 'dangling');
    symlinkSync(join(folder, 'made'), path);
    expect(await log().append(an('x'))).toEqual(refused('ELOOP'));
    expect(existsSync(join(folder, 'made'))).toBe(false);

    path = join(folder, 'fifo');
    makeFifo(path);
    expect(await log().append(an('x'))).toEqual(refused('ENOTSUP'));
    path = join(folder, 'directory');
    mkdirSync(path);
    expect(await log().append(an('x'))).toEqual(refused('EISDIR'));
    path = join(folder, 'victim/below');
    expect(await log().append(an('x'))).toEqual(refused('EEXIST'));
  });

  test('on a full disk is a value, and the next one is asked anew', async () => {
    // /dev/full is no regular file, so that the refusal comes before the write; a limit on file size stands for the full disk.
    const script = await bundle(
      aFolder(),
      `${IDENTIFY_SOURCE}
      import { createActionLog } from ${JSON.stringify(join(SRC, 'main/action-log.ts'))};
      const log = createActionLog({ path: process.argv[2], now: () => 0, identify });
      process.on('SIGXFSZ', () => {});
      const results = [];
      for (const text of ['x'.repeat(300), 'y'.repeat(900), 'z']) results.push(await log.append({ level: 'INFO', action: 'ALERT', fields: [['T', text]] }));
      console.log(JSON.stringify(results.map((result) => result.ok || result.failure.values.code)));`,
    );
    const limited = join(aFolder(), 'limited.sh');
    writeFileSync(limited, `#!/bin/bash\nulimit -f 1\nexec ${process.execPath} ${script} ${path}\n`, { mode: 0o755 });
    const starter = join(aFolder(), 'start.mjs');
    writeFileSync(
      starter,
      `import { execFileSync } from 'node:child_process'; process.stdout.write(execFileSync(${JSON.stringify(limited)}));`,
    );
    const { how, output } = await run(starter, []).ended;
    expect([how, JSON.parse(output)]).toEqual([0, [true, 'ENOSPC', 'EFBIG']]);
    const [first, second] = readFileSync(path, 'utf8').split('\n');
    expect([parseLogLine(first ?? '')?.fields, second?.includes('yyy')]).toEqual([[['T', 'x'.repeat(300)]], true]);
  }, 60_000);

  test.skipIf(!isRoot)("that is another user's is not written (needs root to make one)", async () => {
    mkdirSync(folder);
    writeFileSync(path, '');
    chownSync(path, OTHER_UID, OTHER_UID);
    expect(await log().append(an('x'))).toEqual(refused('EPERM'));
    chownSync(folder, OTHER_UID, OTHER_UID);
    expect(await log().append(an('x'))).toEqual(refused('foreign-owner'));
  });

  test.skipIf(isRoot)('in a closed folder is a value (root may write everywhere)', async () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed, { recursive: true });
    chmodSync(closed, 0o500);
    path = join(closed, 'below', 'log');
    expect(await log().append(an('x'))).toEqual(refused('EACCES'));
  });
});

describe('reading the log', () => {
  const texts = async (limit: number, options: Partial<ActionLogOptions> = {}) => {
    const page = await log(options).read({ limit });
    return page.ok ? [page.value.entries.map((entry) => entry.fields[0]?.[1]), page.value.skipped] : page.failure;
  };

  test('gives the newest first, across files, and counts what is none of ours', async () => {
    expect(await texts(10)).toEqual([[], 0]);
    mkdirSync(folder);
    writeFileSync(path, `${line('3')}junk\n\n${line('4')}${line('5').trimEnd()}`);
    writeFileSync(`${path}.1`, line('2'));
    writeFileSync(`${path}.2`, `more junk\n${line('1')}`);
    writeFileSync(`${path}.9`, line('0'));
    expect(await texts(10)).toEqual([['5', '4', '3', '2', '1'], 2]);
    expect(await texts(2)).toEqual([['5', '4'], 0]);
    expect(await texts(4)).toEqual([['5', '4', '3', '2'], 1]);
    expect(await texts(0)).toEqual([[], 0]);
  });

  test('gives back what was written', async () => {
    const entry = {
      level: 'INFO' as const,
      action: 'KILL_PROCESS',
      fields: [
        ['PID', '5'],
        ['User', 'x - y\n'],
      ] as const,
    };
    await log().append(entry);
    expect(await log().read({ limit: 1 })).toEqual({ ok: true, value: { entries: [{ at: AT, ...entry }], skipped: 0 } });
  });

  test('reads the end of a file that is far too big, and a file under two names once', async () => {
    mkdirSync(folder);
    writeFileSync(path, Array.from({ length: 100 }, (_, index) => line(String(index % 10))).join(''));
    expect(await texts(1_000, { maxBytes: line('x').length * 2 })).toEqual([['9', '8', '7'], 0]);
    linkSync(path, `${path}.1`);
    expect((await log().read({ limit: 1_000 })).ok && (await texts(1_000))).toMatchObject([{ length: 100 }, 0]);
  });

  test('is refused through a link', async () => {
    mkdirSync(folder);
    symlinkSync('/etc/passwd', path);
    expect(await texts(10)).toEqual({ reason: 'denied', id: 'logNotRead', values: { file: path, code: 'ELOOP' } });
  });
});

test('two processes that write 10,000 lines each, with many rotations, lose and tear none', async () => {
  const script = await bundle(
    aFolder(),
    `${IDENTIFY_SOURCE}
    import { createActionLog } from ${JSON.stringify(join(SRC, 'main/action-log.ts'))};
    const [path, name] = process.argv.slice(2);
    const log = createActionLog({ path, now: () => ${NOW}, identify, maxBytes: 100_000, keep: 100 });
    for (let batch = 0; batch < 100; batch++) {
      const results = await Promise.all(Array.from({ length: 100 }, (_, index) =>
        log.append({ level: 'SUCCESS', action: 'KILL_PROCESS', fields: [['PID', String(batch * 100 + index)], ['User', name], ['Fill', 'x'.repeat(index)]] })));
      for (const result of results) if (!result.ok) throw new Error(JSON.stringify(result));
    }`,
  );
  const writers = ['ann', 'bob'].map((name) => run(script, [path, name]));
  expect(await Promise.all(writers.map((writer) => writer.ended))).toEqual([
    { how: 0, output: '' },
    { how: 0, output: '' },
  ]);
  const names = readdirSync(folder);
  const lines = names.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n')).filter((text) => text !== '');
  const expected = ['ann', 'bob'].flatMap((name) =>
    Array.from({ length: 10_000 }, (_, index) =>
      formatLogLine({
        at: AT,
        level: 'SUCCESS',
        action: 'KILL_PROCESS',
        fields: [
          ['PID', String(index)],
          ['User', name],
          ['Fill', 'x'.repeat(index % 100)],
        ],
      }),
    ),
  );
  expect(lines.length).toBe(20_000);
  expect(lines.sort()).toEqual(expected.sort());
  expect(names.length).toBeGreaterThan(10);
  const sizes = names.map((name) => statSync(join(folder, name)).size);
  expect(Math.max(...sizes)).toBeLessThan(101_000);
  // Who waited for the other's rotation does not rotate again: all but the newest are full.
  expect(sizes.filter((size) => size < 100_000).length).toBeLessThanOrEqual(1);
}, 180_000);

test('the local time stands in the stamp', () => {
  expect(localStamp(NOW)).toBe(AT);
  expect(localStamp(new Date(2025, 0, 1, 0, 0, 0).getTime())).toBe('2025-01-01T00:00:00');
});
