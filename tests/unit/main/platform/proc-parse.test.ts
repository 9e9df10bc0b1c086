import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseArgv, parseCgroup, parsePss, parseStat, parseStatus, pickMarks, ttyName } from '../../../../src/main/platform/proc-parse.js';
import { MARK_NAMES } from '../../../../src/shared/types.js';
import { mutated } from './mutated.js';

/** Captured on Linux 6.18. */
const STAT =
  '11364 (cat) R 11362 11361 3642 34816 -1 4194304 101 0 0 0 7 5 0 0 20 0 3 0 144238 3133440 412 18446744073709551615 94562820538368 94562820558249 140729440202976 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 94562820574256 94562820575872 94563090739200 140729440209633 140729440209653 140729440209653 140729440210923 0\n';
const PARSED = {
  comm: 'cat',
  state: 'R',
  ppid: 11362,
  pgid: 11361,
  sid: 3642,
  ttyNr: 34816,
  flags: 4194304,
  faults: 101,
  cpuTicks: 12,
  threads: 3,
  startedAt: '144238',
  rssPages: 412,
  startCode: 94562820538368,
  startStack: 140729440202976,
  argStart: 140729440209633,
  exitSignal: 17,
};

describe('parseStat', () => {
  const stat = (text: string) => parseStat(Buffer.from(text));

  it('reads a captured line', () => {
    expect(stat(STAT)).toEqual(PARSED);
  });

  it.each(['a) b (c', ') R 1 1 1 0 -1 (', 'with space', '', '))))', '((((', 'a\nb', 'ünï', '1 (x) S 2'])(
    'takes any name, here %j',
    (comm) => {
      expect(stat(STAT.replace('(cat)', `(${comm})`))).toEqual({ ...PARSED, comm });
    },
  );

  it('looks at nothing behind the given length', () => {
    const line = Buffer.from(STAT);
    expect(parseStat(Buffer.concat([line, Buffer.from('9 (old) rest) Z 1')]), line.length)).toEqual(PARSED);
  });

  it('keeps the start stamp as it is written, however long', () => {
    expect(stat(STAT.replace('144238', '18446744073709551615'))?.startedAt).toBe('18446744073709551615');
  });

  it('knows what stands before a damaged field and after it, each on its own', () => {
    expect(stat(STAT.replace(' 11362 ', ' x '))).toEqual({ ...PARSED, ppid: null });
    expect(stat(STAT.replace(' 412 ', '  '))).toEqual({ ...PARSED, rssPages: null });
    expect(stat(STAT.slice(0, STAT.indexOf(' 3133440')))).toEqual({
      ...PARSED,
      rssPages: null,
      startCode: null,
      startStack: null,
      argStart: null,
      exitSignal: null,
    });
  });

  it.each(['', '1', '1 (x', '1 x) S 1', '1 (x) S', '1 (x) S 1 1 1 0 -1 0 0', STAT.replace('144238', '-5')])(
    'is null without a start stamp: %j',
    (text) => {
      expect(stat(text)).toBeNull();
    },
  );
});

describe('ttyName', () => {
  it.each([
    [0, '?'],
    [34816, 'pts/0'],
    [34819, 'pts/3'],
    // pts/300: the minor's upper bits stand above the major.
    [(136 << 8) | (300 & 0xff) | ((300 & ~0xff) << 12), 'pts/300'],
    [(137 << 8) | 1, 'pts/257'],
    [1025, 'tty1'],
    [(4 << 8) | 64, 'ttyS0'],
    [(5 << 8) | 1, 'console'],
    [(204 << 8) | 64, '204:64'],
    [null, null],
    [Number.NaN, null],
  ])('%j is %j', (ttyNr, name) => {
    expect(ttyName(ttyNr)).toBe(name);
  });
});

describe('parseStatus', () => {
  it('reads the real uid and sizes in bytes', () => {
    const text = 'Name:\tcat\nUid:\t1000\t0\t0\t0\nVmRSS:\t    1764 kB\nRssAnon:\t     120 kB\nVmSwap:\t       8 kB\nThreads:\t1\n';
    expect(parseStatus(text)).toEqual({ uid: 1000, rssAnonBytes: 122_880, swapBytes: 8192 });
  });
  it('knows no sizes of a zombie', () => {
    expect(parseStatus('Name:\tcat\nState:\tZ (zombie)\nUid:\t0\t0\t0\t0\n')).toEqual({ uid: 0, rssAnonBytes: null, swapBytes: null });
  });
  it('takes what is no number for unknown', () => {
    expect(parseStatus('Name:\tx\nUid:\t\nRssAnon:\t kB\nVmSwap:\t-1 kB\n')).toEqual({ uid: null, rssAnonBytes: null, swapBytes: null });
  });
});

describe('parsePss', () => {
  it('is not taken in by Pss_Dirty', () => {
    expect(parsePss('5555-7ffe ---p 00000000 00:00 0 [rollup]\nRss:  1824 kB\nPss_Dirty:  116 kB\nPss:     321 kB\n')).toBe(328_704);
    expect(parsePss('\nPss_Dirty: 116 kB\n')).toBeNull();
  });
});

describe('parseArgv', () => {
  it.each([
    ['', []],
    ['a\0', ['a']],
    ['a', ['a']],
    ['a\0\0b\0', ['a', '', 'b']],
    ['\0b\0', ['', 'b']],
    ['claude\0\0\0\0\0\0', ['claude']],
    ['\0\0\0', []],
    ['sh\0-c\0echo\n1 2\0', ['sh', '-c', 'echo\n1 2']],
    ['x\0héllo ✓\0', ['x', 'héllo ✓']],
  ])('%j', (text, argv) => {
    expect(parseArgv(Buffer.from(text))).toEqual(argv);
  });
  it('survives bytes that are no text, and looks at nothing behind the length', () => {
    expect(parseArgv(Buffer.from([0x61, 0xff, 0x00, 0x62, 0x00, 0x63]), 5)).toEqual(['a\ufffd', 'b']);
  });
  it('keeps 4,096 arguments', () => {
    expect(parseArgv(Buffer.from('a\0'.repeat(10_000)))).toHaveLength(4096);
  });
});

describe('pickMarks', () => {
  const marks = (...entries: string[]) => pickMarks(Buffer.from(entries.map((entry) => `${entry}\0`).join('')));

  it('takes every named mark and no other', () => {
    expect(
      marks('PATH=/bin', ...MARK_NAMES.map((name, i) => `${name}=v${i}`), 'CLAUDE_CODE_MESSAGING_TOKEN=secret', 'ANTHROPIC_API_KEY=sk'),
    ).toEqual(Object.fromEntries(MARK_NAMES.map((name, i) => [name, `v${i}`])));
  });
  it('takes no name that only begins or ends like one, nor one inside a value', () => {
    expect(marks('XCLAUDECODE=1', 'CLAUDECODE2=1', 'CLAUDE=1', 'CLAUDE_PID', 'A=CLAUDE_PID=7', 'TMUX_PANE=%1', 'INVOCATION_IDS=x')).toEqual(
      {},
    );
  });
  it('takes the first of two, an empty one too, and keeps what follows the first equals sign', () => {
    expect(marks('CLAUDE_PID=', 'CLAUDE_PID=7', 'TMUX=/tmp/a=b,1,2')).toEqual({ CLAUDE_PID: '', TMUX: '/tmp/a=b,1,2' });
  });
  it('cuts a value at 4,096 bytes', () => {
    expect(marks(`CLAUDE_PROJECT_DIR=${'x'.repeat(9000)}`)).toEqual({ CLAUDE_PROJECT_DIR: 'x'.repeat(4096) });
  });
  it('looks at nothing behind the length', () => {
    expect(pickMarks(Buffer.from('CLAUDE_PID=12345\0TMUX=1\0'), 13)).toEqual({ CLAUDE_PID: '12' });
  });
});

describe('parseCgroup', () => {
  it.each([
    ['0::/user.slice/user-1000.slice/session-1.scope\n', '/user.slice/user-1000.slice/session-1.scope'],
    ['9:name=systemd:/system.slice/x.service\n8:pids:/system.slice\n0::/\n', '/system.slice/x.service'],
    ['9:name=systemd:/a\n0::/b:c\n', '/b:c'],
    ['2:cpu:/x\n1:name=systemd:/init.scope\n', '/init.scope'],
    ['0::/\n', '/'],
    ['2:cpu:/x\n', null],
    ['', null],
  ])('%j', (text, path) => {
    expect(parseCgroup(text)).toBe(path);
  });
});

describe('any bytes', () => {
  const runs = Math.ceil(Number(process.env['FUZZ_RUNS'] ?? 50_000) / 10);
  const number = (value: number | null): boolean => value === null || Number.isFinite(value);

  it('parseStat gives numbers or null', () => {
    fc.assert(
      fc.property(mutated(STAT), (bytes) => {
        const parsed = parseStat(bytes);
        if (parsed === null) return;
        const { comm, state, startedAt, ...numbers } = parsed;
        expect(startedAt).toMatch(/^\d{1,20}$/);
        expect(state ?? 'S').toMatch(/^[A-Za-z]$/);
        expect(typeof comm).toBe('string');
        expect(Object.values(numbers).every(number)).toBe(true);
        expect(ttyName(parsed.ttyNr) ?? '?').toMatch(/^(\?|[a-zS]+\/?-?\d*|-?\d+:-?\d+)$/);
      }),
      { numRuns: runs * 2 },
    );
  });
  it('parseStatus gives sizes or null', () => {
    fc.assert(
      fc.property(mutated('Name:\tcat\nUid:\t1000\t0\t0\t0\nRssAnon:\t     120 kB\nVmSwap:\t       8 kB\nPss:  1 kB\n'), (bytes) => {
        const { uid, rssAnonBytes, swapBytes } = parseStatus(bytes.toString('latin1'));
        for (const value of [uid, rssAnonBytes, swapBytes, parsePss(bytes.toString('latin1'))])
          expect(value === null || (Number.isSafeInteger(value) && value >= 0)).toBe(true);
      }),
      { numRuns: runs },
    );
  });
  it('parseArgv gives arguments without NUL', () => {
    fc.assert(
      fc.property(mutated('/usr/bin/node\0cli.js\0\0-c\0a\nb\0\0\0'), (bytes) => {
        const argv = parseArgv(bytes);
        expect(argv.every((argument) => !argument.includes('\0'))).toBe(true);
        expect(argv.at(-1)).not.toBe('');
      }),
      { numRuns: runs },
    );
  });
  it('pickMarks gives named marks only', () => {
    const names: readonly string[] = MARK_NAMES;
    fc.assert(
      fc.property(mutated('PATH=/bin\0CLAUDECODE=1\0CLAUDE_PID=77\0TMUX=/tmp/x,1,0\0SECRET=s\0INVOCATION_ID=ff\0'), (bytes) => {
        for (const [name, value] of Object.entries(pickMarks(bytes))) {
          expect(names).toContain(name);
          expect(value).not.toContain('\0');
        }
      }),
      { numRuns: runs },
    );
  });
});
