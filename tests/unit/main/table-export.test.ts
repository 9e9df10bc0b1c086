import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTableExport, tableCsv } from '../../../src/main/table-export.js';

describe('tableCsv', () => {
  it('writes numbers as numbers, nothing where a value is unknown, and no word that a spreadsheet would calculate', () => {
    const rows = [
      ['=HYPERLINK("http://x")', 1.5, null],
      ['+1', -2, '@sum'],
      ['a "b", c\n', 0, '-x'],
    ];
    expect(tableCsv({ head: ['Name', 'GB', '=1'], rows })).toBe(
      `"Name","GB","'=1"\r\n"'=HYPERLINK(""http://x"")",1.5,\r\n"'+1",-2,"'@sum"\r\n"a ""b"", c\n",0,"'-x"\r\n`,
    );
  });
});

describe('createTableExport', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'table-export-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const table = { name: 'users', head: ['User'], rows: [['ann'], ['bob']] };

  it('writes where it was told to, for its user alone', async () => {
    const asked: string[] = [];
    const path = join(folder, 'a.csv');
    const save = createTableExport({
      now: () => new Date(2025, 10, 22).getTime(),
      askWhere: async ({ fileName }) => {
        asked.push(fileName);
        return path;
      },
    });
    expect(await save(table)).toEqual({ ok: true, value: { path, lines: 2 } });
    expect(asked).toEqual(['claude-users-2025-11-22.csv']);
    expect(readFileSync(path, 'utf8')).toBe('"User"\r\n"ann"\r\n"bob"\r\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('writes nothing when the dialog is closed, and says why it could not', async () => {
    expect(await createTableExport({ now: () => 0, askWhere: async () => null })(table)).toEqual({
      ok: true,
      value: { path: null, lines: 0 },
    });
    const path = join(folder, 'missing', 'a.csv');
    expect(await createTableExport({ now: () => 0, askWhere: async () => path })(table)).toEqual({
      ok: false,
      failure: { reason: 'invalid', id: 'exportNotWritten', values: { file: path, code: 'ENOENT' } },
    });
  });
});
