import { describe, expect, it } from 'vitest';
import { parseIntervalMs, parseLanguage, parsePid, parseSort, parseStatus } from '../../../src/cli/args.js';

describe('parsePid', () => {
  it.each([
    ['1', 1],
    ['4194304', 4_194_304],
    ['2147483647', 2_147_483_647],
  ])('takes %s', (text, pid) => expect(parsePid(text)).toBe(pid));

  it.each([
    '',
    ' ',
    '0',
    '00',
    '01',
    '-1',
    '-5',
    '+5',
    '1.5',
    '1.0',
    '1e3',
    '0x10',
    '1_000',
    ' 7',
    '7 ',
    '7\n',
    '1,5',
    'abc',
    '12abc',
    'NaN',
    'Infinity',
    '١٢',
    '１２',
    '2147483648',
    '4294967295',
    '9999999999',
    '10000000000',
    '99999999999999999999',
    "1'; rm -rf /",
    '1 2',
  ])('refuses %j', (text) => expect(parsePid(text)).toBeNull());
});

describe('parseIntervalMs', () => {
  it.each([
    ['0.5', 500],
    ['.5', 500],
    ['1', 1000],
    ['1.', 1000],
    ['2.25', 2250],
    ['3600', 3_600_000],
  ])('takes %s', (text, ms) => expect(parseIntervalMs(text)).toBe(ms));

  it.each(['', '.', '0', '0.49', '-1', '3600.1', '99999999', '1e1', '5s', '1,5', 'NaN', 'Infinity', ' 1', '0x5'])('refuses %j', (text) =>
    expect(parseIntervalMs(text)).toBeNull(),
  );
});

describe('words', () => {
  it.each([
    ['normal', 'normal'],
    ['High-Memory', 'high-memory'],
    ['OLD', 'old'],
    ['Orphan', 'orphan'],
    ['possible-ORPHAN', 'possible-orphan'],
    ['all', null],
    ['', null],
    ['constructor', null],
  ])('status %j is %j', (text, word) => expect(parseStatus(text)).toBe(word));

  it.each([
    ['memory', 'memory'],
    ['CPU', 'cpu'],
    ['Time', 'time'],
    ['pid', 'pid'],
    ['name', null],
    ['__proto__', null],
  ])('sort %j is %j', (text, word) => expect(parseSort(text)).toBe(word));

  it.each([
    ['en', 'en'],
    ['EN_us', 'en'],
    ['pt', 'pt-BR'],
    ['pt-BR', 'pt-BR'],
    ['pt_BR.UTF-8', 'pt-BR'],
    ['ptx', null],
    ['de', null],
    ['', null],
  ])('language %j is %j', (text, word) => expect(parseLanguage(text)).toBe(word));
});
