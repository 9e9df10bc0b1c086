import { describe, expect, it } from 'vitest';
import type { Io } from '../../../src/cli/io.js';
import { errorShape, snapshotShape } from '../../../src/cli/json-shape.js';
import { run } from '../../../src/cli/run.js';
import { type FakeCoreOptions, fakeCore } from './fake-core.js';
import { type FakeIoOptions, fakeIo } from './fake-io.js';
import { aLook, aRow } from './views.js';

const LOOKED = aLook([aRow(10, { name: 'billing' })]);

const cli = async (argv: readonly string[], options: FakeIoOptions & { core?: FakeCoreOptions } = {}) => {
  let closed = 0;
  const core = options.core;
  const fake = fakeIo({ ...options, ...(core ? { createCore: () => fakeCore({ ...core, onClose: () => closed++ }) } : {}) });
  const code = await run(argv, fake.io);
  return { code, out: fake.out(), err: fake.err(), closed };
};
const HINT = 'claude-manager --help shows the commands, claude-manager help COMMAND their options.\n';

describe('wrong use ends with 2, says what is wrong, and touches nothing', () => {
  it.each([
    [[], 'No command is given.'],
    [['frobnicate'], 'Unknown command “frobnicate”.'],
    [['--frob'], 'Unknown option “--frob”.'],
    [['list', '--frob'], 'Unknown option “--frob”.'],
    [['list', '-x'], 'Unknown option “-x”.'],
    [['list', 'extra'], 'Too many arguments.'],
    [['list', '--user'], '“--user <user>” needs a value.'],
    [['list', '--status', 'weird'], '“weird” is no status. There are: normal, high-memory, old, orphan, possible-orphan.'],
    [['list', '--sort', 'name'], '“name” is no column to sort by. There are: memory, cpu, time, pid.'],
    [['watch', '--interval', '0.4'], '“0.4” is no interval: a number of seconds from 0.5 to 3600.'],
    [['watch', '--interval=-1'], '“-1” is no interval: a number of seconds from 0.5 to 3600.'],
    [['watch', '--interval', 'soon'], '“soon” is no interval: a number of seconds from 0.5 to 3600.'],
    [['end'], 'The argument “pid” is missing.'],
    [['end', '5', '--user', 'jo'], 'Say what to end in one way only: process ids, --user or --all.'],
    [['end', '--all', '--user', 'jo'], 'Say what to end in one way only: process ids, --user or --all.'],
    [['end', '--user', ''], '--user needs the name of a user.'],
    [['end', '--user'], '“--user <user>” needs a value.'],
    [['end', '5', '--confirm', 'jo'], '--confirm goes with --user and --all only; process ids take --yes.'],
    [['end', '--confirm', 'ALL'], 'The argument “pid” is missing.'],
    [['end', ...Array.from({ length: 1001 }, (_, i) => String(i + 1))], 'Too many process ids: at most 1000 at once.'],
    [['clean'], 'The argument “orphans|old” is missing.'],
    [['clean', 'all'], '“all” is nothing that can be cleaned. There are: orphans, old.'],
    [['clean', 'orphans', 'old'], 'Too many arguments.'],
    [['clean', 'orphans', '--hours', '3'], '--hours goes with “clean old” only.'],
    [['clean', 'old', '--hours', '0'], '“0” is no age: a number of hours from 0.1 to 8760.'],
    [['clean', 'old', '--hours=-1'], '“-1” is no age: a number of hours from 0.1 to 8760.'],
    [['clean', 'orphans', '--min-age', 'soon'], '“soon” is no age: a number of minutes from 0 to 525600.'],
    [['clean', 'orphans', '--confirm', 'ALL'], 'Unknown option “--confirm”.'],
    [['pause'], 'The argument “pid” is missing.'],
    [['pause', '5', '--force'], 'Unknown option “--force”.'],
    [['continue', '5', 'x'], '“x” is no process id.'],
    [['priority', '5'], '“5” is no priority. The last word is one of: low, normal, high.'],
    [['priority', 'low', '5'], '“5” is no priority. The last word is one of: low, normal, high.'],
    [['priority', 'low'], 'The argument “pid” is missing.'],
    [['priority', 'high', 'low'], '“high” is no process id.'],
    [['stopped', '5'], 'Too many arguments.'],
    [['logs', '--limit', '0'], '“0” is no number of lines from 1 to 1000.'],
    [['logs', '--limit', '1.5'], '“1.5” is no number of lines from 1 to 1000.'],
    [['logs', '--level', 'info,warn'], '“info,warn” is no level of the log. There are: SUCCESS, ERROR, INFO.'],
    [['explain'], 'The argument “pid” is missing.'],
    [['explain', '1', '--json'], 'Unknown option “--json”.'],
    [['classify'], '“--rows <file>” is missing.'],
    [['capture', '--json'], 'Unknown option “--json”.'],
    [['list', '--lang', 'de'], '“de” is no language that this program speaks: en or pt-BR.'],
    [['list', '--user', 'x\x1b[2J', 'a\x1b[2Jb', 'c'], 'Too many arguments.'],
    [['a\x1b[2Jb'], 'Unknown command “a␛[2Jb”.'],
  ])('%j', async (argv, words) => {
    const seen = await cli(argv);
    const json = argv.includes('--json');
    expect(seen.code).toBe(2);
    if (json) expect(errorShape.parse(JSON.parse(seen.out)).error.message).toBe(words);
    else expect(seen.out).toBe('');
    expect(seen.err).toBe(json ? HINT : `claude-manager: ${words}\n${HINT}`);
  });

  const BAD_PIDS = [
    '',
    ' ',
    '0',
    '01',
    '-1',
    '-5',
    '-0',
    '-1.5',
    '-1e3',
    '+5',
    '1.5',
    '1e3',
    '0x10',
    'abc',
    '12abc',
    'NaN',
    '99999999999',
    '2147483648',
    '1 2',
    '１２',
  ];
  it.each(
    BAD_PIDS.flatMap((pid) => [
      [['end', pid]],
      [['end', pid, '--yes', '--force']],
      [['end', '5', '--', pid]],
      [['pause', '5', pid]],
      [['explain', pid]],
    ]),
  )('%j is no process id', async (argv) => {
    const seen = await cli(argv);
    expect(seen.code).toBe(2);
    expect(seen.err).toMatch(/^claude-manager: “.*” is no process id\.\n/);
  });

  it.each(['-x', '--5', '-'])('end %j ends with 2 as well', async (pid) => expect((await cli(['end', pid, '--yes'])).code).toBe(2));

  it('is JSON where JSON is asked for', async () => {
    const seen = await cli(['end', '-5', '--json', '--yes']);
    expect(seen.code).toBe(2);
    expect(errorShape.parse(JSON.parse(seen.out))).toEqual({
      version: 1,
      error: { reason: 'usage', id: 'notAPid', message: '“-5” is no process id.' },
    });
  });
});

describe('help and version', () => {
  it('print themselves and end with 0', async () => {
    expect(await cli(['--version'])).toEqual({ code: 0, out: '9.8.7\n', err: '', closed: 0 });
    const ofCommands = ['end', 'clean', 'pause', 'continue', 'priority', 'stopped', 'logs'].map((name) => ['help', name]);
    for (const argv of [['--help'], ['help'], ['list', '--help'], ...ofCommands, ['-h']]) {
      const seen = await cli(argv);
      expect([argv, seen.code, seen.err, seen.out.startsWith('Usage: claude-manager')]).toEqual([argv, 0, '', true]);
      expect(seen.out).not.toContain('⟦');
    }
  });

  it('names every command', async () => {
    const { out } = await cli(['--help']);
    expect([...out.matchAll(/^ {2}([a-z][a-z-]*)\b/gm)].map((found) => found[1])).toEqual([
      'list',
      'watch',
      'end',
      'clean',
      'pause',
      'continue',
      'priority',
      'config',
      'limits',
      'explain',
      'findings',
      'stopped',
      'logs',
      'clear-log',
      'history',
      'decisions',
      'ranking',
      'rehearse',
      'capture',
      'classify',
      'doctor',
      'help',
    ]);
  });

  it('speak Portuguese', async () => {
    for (const name of ['list', 'end', 'clean', 'pause', 'continue', 'priority', 'stopped', 'logs', 'clear-log']) {
      const { out } = await cli([name, '--help', '--lang', 'pt-BR']);
      expect(out.startsWith(`Uso: claude-manager ${name}`)).toBe(true);
      expect(out).not.toMatch(/⟦|Usage|Options|display help/);
    }
  });
});

describe('language', () => {
  const sentenceOf = async (argv: readonly string[], env: Record<string, string>, language: string): Promise<string> =>
    (await cli(argv, { env, core: { looks: [aLook([])], config: { global_settings: { language } } } })).out.split('\n')[0] ?? '';

  it.each([
    [['list'], {}, 'system', 'No Claude'],
    [['list'], { LANG: 'pt_BR.UTF-8' }, 'system', 'Nenhum'],
    [['list'], { LANG: 'en_US.UTF-8' }, 'pt-BR', 'Nenhum'],
    [['list'], { LANG: 'pt_BR.UTF-8' }, 'en', 'No Claude'],
    [['list', '--lang', 'en'], { LANG: 'pt_BR.UTF-8' }, 'pt-BR', 'No Claude'],
    [['--lang=pt', 'list'], {}, 'en', 'Nenhum'],
  ] as const)('%j with %j and the setting %s', async (argv, env, setting, words) =>
    expect((await sentenceOf(argv, env, setting)).startsWith(words)).toBe(true),
  );
});

describe('run', () => {
  it('lists, as a table and as JSON, and closes what it opened', async () => {
    const table = await cli(['list', '--sort', 'PID', '--status', 'NORMAL', '--tree', '--user', 'dana'], { core: { looks: [LOOKED] } });
    expect(table).toMatchObject({ code: 0, err: '', closed: 1 });
    expect(table.out).toContain('billing');
    const json = await cli(['list', '--json', '--no-color'], { core: { looks: [LOOKED] } });
    expect(snapshotShape.parse(JSON.parse(json.out)).processes).toHaveLength(1);
  });

  it('watches at the configured interval, or at the given one', async () => {
    const waits: number[] = [];
    const watchFor = async (argv: readonly string[]) => {
      const fake = fakeIo({
        createCore: () => fakeCore({ looks: [LOOKED], config: { global_settings: { refresh_interval_seconds: 7 } } }),
        onSleep: (ms) => {
          waits.push(ms);
          fake.raiseSignal();
        },
      });
      expect(await run(argv, fake.io)).toBe(0);
    };
    await watchFor(['watch', '--json']);
    await watchFor(['watch', '--json', '--interval', '2.5']);
    expect(waits).toEqual([7_000, 2_500]);
  });

  it('ends with 1 and says why where a look fails, and still closes', async () => {
    const failing = { core: { looks: [new Error('no /proc\x1b[2J')] } };
    expect(await cli(['list'], failing)).toEqual({
      code: 1,
      out: '',
      err: 'claude-manager: Something unexpected went wrong: no /proc␛[2J\n',
      closed: 1,
    });
    const json = await cli(['list', '--json'], failing);
    expect(errorShape.parse(JSON.parse(json.out)).error).toMatchObject({ reason: 'failed', id: 'unexpected' });
  });

  it('ends with 1 where the program cannot work at all; doctor explains it', async () => {
    const createCore: Io['createCore'] = () => {
      throw new Error('No home directory: set HOME.');
    };
    expect(await cli(['list'], { createCore })).toMatchObject({
      code: 1,
      err: 'claude-manager: The program cannot work here: No home directory: set HOME.\n',
    });
    const doctor = await cli(['doctor'], { createCore });
    expect(doctor.code).toBe(1);
    expect(doctor.out).toContain('No home directory: set HOME.');
  });

  it('tells troubles on stderr, apart from the output', async () => {
    const core: FakeCoreOptions = {
      looks: [LOOKED],
      notices: [{ id: 'configUnreadable', values: { file: '/x', code: 'EACCES' } }],
      problems: [{ reason: 'denied', id: 'logNotWritten', values: { file: '/y', code: 'ENOSPC' } }, new Error('inside')],
    };
    const seen = await cli(['list', '--json'], { core });
    expect(seen.code).toBe(0);
    expect(seen.err.split('\n')).toEqual([
      'claude-manager: The action log /y could not be written (ENOSPC).',
      'claude-manager: inside',
      'claude-manager: The configuration /x cannot be read (EACCES). The last good values or the defaults are in use.',
      '',
    ]);
    expect(snapshotShape.safeParse(JSON.parse(seen.out)).success).toBe(true);
  });
});
