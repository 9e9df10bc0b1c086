import { describe, expect, it } from 'vitest';
import {
  formatAge,
  formatBytes,
  formatCpu,
  formatDateTime,
  formatMegabytes,
  formatNumber,
  formatTime,
  splitBytes,
  UNKNOWN,
} from '../../../src/shared/format.js';

const MB = 1024 * 1024;
const GB = 1024 * MB;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('unknown values', () => {
  it('are a dash everywhere, never 0', () => {
    const nothing = [null, Number.NaN, Number.POSITIVE_INFINITY];
    for (const value of nothing) {
      expect([
        formatNumber(value, 'en'),
        formatMegabytes(value, 'en'),
        formatBytes(value, 'en'),
        formatCpu(value, 'en'),
        formatAge(value),
        formatTime(value, 'en'),
        formatDateTime(value, 'en'),
      ]).toEqual(Array.from({ length: 7 }, () => UNKNOWN));
    }
    expect(splitBytes(null, 'en')).toEqual({ figure: UNKNOWN, unit: '' });
  });
});

describe('formatNumber', () => {
  it('parts thousands by a thin space and decimals by the language', () => {
    expect(formatNumber(1234567.891, 'en', 2)).toBe('1\u2009234\u2009567.89');
    expect(formatNumber(1234567.891, 'pt-BR', 2)).toBe('1\u2009234\u2009567,89');
    expect(formatNumber(6243, 'pt-BR')).toBe('6\u2009243');
  });

  it('writes no minus before a zero', () => {
    expect(formatNumber(-0.2, 'en')).toBe('0');
    expect(formatNumber(-0.01, 'en', 1)).toBe('0.0');
    expect(formatNumber(-3, 'en')).toBe('-3');
  });
});

describe('formatMegabytes', () => {
  it('rounds to whole megabytes and keeps a little apart from nothing', () => {
    expect([0, 1, MB - 1, MB, 96.4 * MB, 6243 * MB].map((bytes) => formatMegabytes(bytes, 'en'))).toEqual([
      '0',
      '<1',
      '<1',
      '1',
      '96',
      '6\u2009243',
    ]);
  });
});

describe('formatBytes', () => {
  it('chooses the unit so that no figure has four digits', () => {
    expect([0, 1023, 1024, 999.4 * MB, 999.6 * MB, 14.1 * GB, 2048 * GB].map((bytes) => formatBytes(bytes, 'en'))).toEqual([
      '0 MB',
      '1\u2009023 B',
      '1 KB',
      '999 MB',
      '1.0 GB',
      '14.1 GB',
      '2.0 TB',
    ]);
    expect(formatBytes(14.1 * GB, 'pt-BR')).toBe('14,1 GB');
  });

  it('gives figure and unit apart', () => {
    expect(splitBytes(912 * MB, 'en')).toEqual({ figure: '912', unit: 'MB' });
  });
});

describe('formatCpu', () => {
  it('is a whole percent of one core', () => {
    expect([0, 0.4, 287.6, 1600].map((percent) => formatCpu(percent, 'en'))).toEqual(['0', '0', '288', '1\u2009600']);
  });
});

describe('formatAge', () => {
  it('shows the two largest units', () => {
    expect(
      [-5 * SECOND, 0, 9.9 * SECOND, MINUTE, 52 * MINUTE + 59 * SECOND, HOUR + 5 * MINUTE, 5 * HOUR + 12 * MINUTE, 3 * DAY + 4 * HOUR].map(
        formatAge,
      ),
    ).toEqual(['0 s', '0 s', '9 s', '1 m', '52 m', '1 h 05 m', '5 h 12 m', '3 d 04 h']);
  });
});

describe('times', () => {
  const at = Date.UTC(2025, 8, 2, 14, 32, 8);

  it('run from 00 to 23 in both languages', () => {
    expect(formatTime(at, 'en', 'UTC')).toBe('14:32:08');
    expect(formatTime(Date.UTC(2025, 8, 2, 0, 5, 9), 'pt-BR', 'UTC')).toBe('00:05:09');
  });

  it('name the day in the language', () => {
    expect(formatDateTime(at, 'en', 'UTC')).toBe('Sep 2, 14:32:08');
    expect(formatDateTime(at, 'pt-BR', 'UTC')).toBe('2 de set., 14:32:08');
  });
});
