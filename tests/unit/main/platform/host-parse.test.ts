import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseAuxv,
  parseBootTimeMs,
  parseBusyTicks,
  parseHidePid,
  parseListeningTcp,
  parseListeningUnix,
  parseLoad1,
  parseMemory,
  parseNewestPid,
  parseOsName,
  parsePasswd,
} from '../../../../src/main/platform/host-parse.js';
import { mutated } from './mutated.js';

const STAT =
  'cpu  8754 3 6552 307992 1284 2 165 822 0 0\ncpu0 3211 0 2345 156809 102 0 28 370 0 0\nintr 1\nctxt 2\nbtime 1735689600\nprocesses 3\n';
const MOUNTS = '/dev/vda / ext4 rw 0 0\nproc /proc proc rw,nosuid,hidepid=invisible,gid=27 0 0\n';
const TCP =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n' +
  '   0: 0100007F:223D 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 14885 1 0000000037b1e70c 100 0 0 10 0\n' +
  '   1: 0100007F:223D 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 14886 1 0000000037b1e70c 100 0 0 10 0\n';
const TCP6 =
  '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n' +
  '   0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 777 1 00000000f8 100 0 0 10 0\n';
const UNIX =
  'Num       RefCount Protocol Flags    Type St Inode Path\n' +
  '000000009a1747c1: 00000003 00000000 00000000 0001 03  1084\n' +
  '00000000ba6cc1bd: 00000002 00000000 00010000 0001 01 15368 /tmp/tmux-0/lab\n' +
  '0000000000000000: 00000002 00000000 00010000 0001 01 15369 @abstract name\n';
const PASSWD =
  '# local\nroot:x:0:0:root:/root:/bin/sh\ndana:x:1000:1000:Dana,,,:/home/dana:/bin/bash\nother:x:1000:1:::\n+::::::\nodd:x:-1::::\n';

it('parseBootTimeMs', () => {
  expect([parseBootTimeMs(STAT), parseBootTimeMs('btime x\n'), parseBootTimeMs('')]).toEqual([1_735_689_600_000, null, null]);
});

it('parseBusyTicks leaves out idle, waiting for disks and stolen time', () => {
  expect([parseBusyTicks(STAT), parseBusyTicks('cpu0 1 2 3 4 5 6 7\n'), parseBusyTicks('cpu  1 2\n')]).toEqual([
    8754 + 3 + 6552 + 2 + 165,
    null,
    null,
  ]);
});

it('parseLoad1 and parseNewestPid', () => {
  const texts = ['0.28 0.30 0.10 1/207 4246\n', '120.05 3.0 0.1 3/9 1', '0.1 0.2 0.3 1/2 0\n', 'nan 0 0 1/2 7\n', ''];
  expect(texts.map((text) => [parseLoad1(text), parseNewestPid(text)])).toEqual([
    [0.28, 4246],
    [120.05, 1],
    [0.1, null],
    [null, 7],
    [null, null],
  ]);
});

it('parseMemory needs both the total and what is available', () => {
  const total = 'MemTotal:       24736412 kB\n';
  expect([parseMemory(`${total}MemFree: 1 kB\nMemAvailable:   1024 kB\n`), parseMemory(total), parseMemory('')]).toEqual([
    { total: 24_736_412 * 1024, available: 1024 * 1024 },
    null,
    null,
  ]);
});

describe('parseAuxv', () => {
  it('agrees with getconf on the running system', () => {
    const conf = (name: string): number => Number(execFileSync('getconf', [name], { encoding: 'utf8' }));
    expect(parseAuxv(readFileSync('/proc/self/auxv'))).toEqual({ ticksPerSecond: conf('CLK_TCK'), pageBytes: conf('PAGESIZE') });
  });
  it('falls back to what is usual', () => {
    const bad = Buffer.alloc(32);
    bad.writeBigUInt64LE(17n, 0);
    bad.writeBigUInt64LE(6n, 16);
    expect([parseAuxv(Buffer.alloc(0)), parseAuxv(bad), parseAuxv(Buffer.from('short'))]).toEqual(
      Array.from({ length: 3 }, () => ({ ticksPerSecond: 100, pageBytes: 4096 })),
    );
  });
});

describe('parseHidePid', () => {
  it.each([
    ['rw,relatime', null],
    ['rw,hidepid=0', null],
    ['rw,hidepid=off', null],
    ['hidepid=2,rw', { mode: '2', gid: null }],
    ['rw,hidepid=noaccess', { mode: 'noaccess', gid: null }],
    ['rw,gid=27,hidepid=ptraceable', { mode: 'ptraceable', gid: 27 }],
  ])('%s', (options, expected) => {
    expect(parseHidePid(`proc /proc proc ${options} 0 0\n`, '/proc')).toEqual(expected);
  });
  it('believes the last mount on that point, and no other', () => {
    const text =
      'proc /proc proc rw,hidepid=2 0 0\nproc /proc proc rw 0 0\nproc /srv/jail/proc proc rw,hidepid=2 0 0\ntmpfs /proc tmpfs hidepid=2 0 0\n';
    expect(parseHidePid(text, '/proc')).toBeNull();
  });
});

it('parsePasswd takes the first of two with one uid and skips what is no entry', () => {
  expect([...parsePasswd(PASSWD)]).toEqual([
    [0, { name: 'root', home: '/root' }],
    [1000, { name: 'dana', home: '/home/dana' }],
  ]);
});

it('parseOsName', () => {
  expect([
    parseOsName('NAME="D"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'),
    parseOsName("PRETTY_NAME='x y'\n"),
    parseOsName('PRETTY_NAME=bare\n'),
    parseOsName('PRETTY_NAME="a \\"b\\""\n'),
    parseOsName('PRETTY_NAME=""\n'),
    parseOsName(''),
  ]).toEqual(['Debian GNU/Linux 12 (bookworm)', 'x y', 'bare', 'a "b"', null, null]);
});

it('parseListeningTcp finds sockets in state 0A, IPv6 too', () => {
  expect([[...parseListeningTcp(TCP)], [...parseListeningTcp(TCP6)], [...parseListeningTcp('')]]).toEqual([['14885'], ['777'], []]);
});

it('parseListeningUnix finds sockets that accept', () => {
  expect([...parseListeningUnix(UNIX)]).toEqual(['15368', '15369']);
});

it('no text makes a parser throw or yield what is no inode, uid or figure', () => {
  const runs = Math.ceil((Number(process.env['FUZZ_RUNS'] ?? 50_000) * 5) / 10 / 8);
  const figure = (value: number | null): boolean => value === null || (Number.isFinite(value) && value >= 0);
  const inodes = (found: ReadonlySet<string>): boolean => [...found].every((inode) => /^\d+$/.test(inode));
  const all = (sample: string, check: (text: string, bytes: Buffer) => boolean): void =>
    fc.assert(
      fc.property(mutated(sample), (bytes) => check(bytes.toString('utf8'), bytes)),
      { numRuns: runs },
    );
  all(STAT, (text) => figure(parseBootTimeMs(text)) && figure(parseBusyTicks(text)));
  all('0.28 0.30 0.10 1/207 4246\n', (text) => figure(parseLoad1(text)) && figure(parseNewestPid(text)));
  all('\x06\0\0\0\0\0\0\0\0\x10\0\0\0\0\0\0\x11\0\0\0\0\0\0\0\x64\0\0\0\0\0\0\0', (_, bytes) => {
    const { ticksPerSecond, pageBytes } = parseAuxv(bytes);
    return ticksPerSecond >= 1 && pageBytes >= 4096;
  });
  all(MOUNTS, (text) => figure(parseHidePid(text, '/proc')?.gid ?? null));
  all(PASSWD, (text) => [...parsePasswd(text)].every(([uid, { name }]) => Number.isSafeInteger(uid) && uid >= 0 && name !== ''));
  all('PRETTY_NAME="a b"\n', (text) => parseOsName(text) !== '');
  all(TCP, (text) => inodes(parseListeningTcp(text)));
  all(UNIX, (text) => inodes(parseListeningUnix(text)));
});
