import { describe, expect, it } from 'vitest';
import {
  parseClean,
  parseHours,
  parseIntervalMs,
  parseLanguage,
  parseLevels,
  parseLimit,
  parseMinutes,
  parsePid,
  parsePids,
  parsePriority,
  parseSort,
  parseStatus,
} from '../../../src/cli/args.js';

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

describe('parsePids', () => {
  it('takes each once, in their order', () => expect(parsePids(['7', '5', '7'])).toEqual({ pids: [7, 5] }));
  it('names the first that is none', () => expect(parsePids(['7', '-5', 'x'])).toEqual({ bad: '-5' }));
});

describe('ages and counts', () => {
  it.each([
    ['0.1', 0.1],
    ['2', 2],
    ['8760', 8760],
    ['.5', 0.5],
  ])('%s hours', (text, hours) => expect(parseHours(text)).toBe(hours));
  it.each(['', '0', '0.09', '8760.1', '-1', '1e3', '2h', 'NaN', '1,5', ' 1'])('%j is no age in hours', (text) =>
    expect(parseHours(text)).toBeNull(),
  );
  it.each([
    ['0', 0],
    ['1.5', 1.5],
    ['525600', 525_600],
  ])('%s minutes', (text, minutes) => expect(parseMinutes(text)).toBe(minutes));
  it.each(['', '-0', '525601', '1m', 'Infinity'])('%j is no age in minutes', (text) => expect(parseMinutes(text)).toBeNull());
  it.each([
    ['1', 1],
    ['1000', 1000],
  ])('%s lines', (text, lines) => expect(parseLimit(text)).toBe(lines));
  it.each(['', '0', '1001', '1.5', '-1', '1.', 'all'])('%j is no number of lines', (text) => expect(parseLimit(text)).toBeNull());
});

describe('words of the action commands', () => {
  it.each([
    ['low', 'low'],
    ['HIGH', 'high'],
    ['nice', null],
    ['', null],
  ])('priority %j', (text, priority) => expect(parsePriority(text)).toBe(priority));
  it.each([
    ['orphans', 'orphans'],
    ['Old', 'old'],
    ['orphan', null],
    ['', null],
  ])('clean %j', (text, word) => expect(parseClean(text)).toBe(word));
  it.each([
    ['info', ['INFO']],
    ['ERROR, success,error', ['ERROR', 'SUCCESS']],
    ['', null],
    ['info,', null],
    ['warn', null],
  ])('levels %j', (text, levels) => expect(parseLevels(text)).toEqual(levels));
});
