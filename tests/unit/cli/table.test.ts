import { describe, expect, it } from 'vitest';
import type { Column } from '../../../src/cli/table.js';
import { fitText, renderTable, textWidth } from '../../../src/cli/table.js';

const cells = (...texts: string[]) => texts.map((text) => ({ text }));

describe('textWidth', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['ação', 4],
    ['ac\u0327a\u0303o', 4],
    ['日本語', 6],
    ['한글', 4],
    ['ｆｕｌｌ', 8],
    ['👍', 2],
    ['👨‍👩‍👧', 2],
    ['🇧🇷', 2],
    ['❤️', 2],
    ['…', 1],
    ['1\u2009024', 5],
    ['\u200b', 0],
  ])('%j takes %i cells', (text, width) => expect(textWidth(text)).toBe(width));
});

describe('fitText', () => {
  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['abcdef', 1, '…'],
    ['abcdef', 0, ''],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
    ['👨‍👩‍👧👨‍👩‍👧', 3, '👨‍👩‍👧…'],
  ])('%j in %i cells is %j', (text, width, fitted) => expect(fitText(text, width)).toBe(fitted));

  it('keeps the end where that says more', () => expect(fitText('/home/dana/proj/api', 9, 'end')).toBe('…proj/api'));
});

describe('renderTable', () => {
  const columns: readonly Column[] = [
    { title: 'PID', align: 'right' },
    { title: 'USER', align: 'left', min: 3, drop: 1 },
    { title: 'NAME', align: 'left', min: 4 },
    { title: 'PATH', align: 'left', min: 4, keep: 'end', drop: 2 },
  ];
  const rows = [cells('7', 'dana', 'billing service', '/home/dana/billing'), cells('12345', 'jo', '日本', '')];

  it('makes columns as wide as their content', () => {
    expect(renderTable(columns, rows, 200)).toEqual([
      '  PID  USER  NAME             PATH',
      '    7  dana  billing service  /home/dana/billing',
      '12345  jo    日本',
    ]);
  });

  it('cuts the widest column first, down to the narrowest they may be', () => {
    expect(renderTable(columns, rows, 36)).toEqual([
      '  PID  USER  NAME        PATH',
      '    7  dana  billing s…  …na/billing',
      '12345  jo    日本',
    ]);
    expect(renderTable(columns, rows, 22)).toEqual(['  PID  US…  NAME  PATH', '    7  da…  bil…  …ing', '12345  jo   日本']);
  });

  it('lets whole columns go where even that does not fit, the highest number first', () => {
    expect(renderTable(columns, rows, 21)).toEqual(['  PID  USER  NAME', '    7  dana  billing…', '12345  jo    日本']);
    expect(renderTable(columns, rows, 15)).toEqual(['  PID  NAME', '    7  billing…', '12345  日本']);
  });

  it('never drops what must stay, whatever the width', () => {
    expect(renderTable(columns, rows, 1)).toEqual(['  PID  NAME', '    7  bil…', '12345  日本']);
  });

  it('paints the padded text, so that colour does not count as width', () => {
    const painted = renderTable(
      [
        { title: 'A', align: 'left' },
        { title: 'B', align: 'left' },
      ],
      [[{ text: 'x', paint: (text) => `<${text}>` }, { text: 'y' }], cells('long', 'z')],
      80,
      (head) => `[${head}]`,
    );
    expect(painted).toEqual(['[A     B]', '<x   >  y', 'long  z']);
  });

  it('stays within every width with wide and combining names', () => {
    const wild = [cells('1', '日本語ユーザー', 'e\u0301'.repeat(50), '👩‍🚀'.repeat(20)), cells('22', 'a', '', '漢'.repeat(80))];
    for (let width = 22; width <= 120; width++)
      for (const line of renderTable(columns, wild, width)) expect(textWidth(line)).toBeLessThanOrEqual(width);
  });
});
