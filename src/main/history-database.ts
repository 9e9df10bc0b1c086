import { chmodSync, closeSync, constants, existsSync, lstatSync, openSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { localStamp } from './action-log.js';
import { ensurePrivateFolder, errorCode } from './paths.js';

/** A row's columns in the order of the query; read with `numberAt` and the like, which answer a default for a wrong type. */
export type Row = readonly unknown[];
export type Value = number | string | Uint8Array | null;

/** SQLite as the history uses it. Everything is synchronous; every statement is prepared once. Throws errors with a code. */
export interface Database {
  readonly each: (sql: string, params: readonly Value[], visit: (row: Row) => void) => void;
  readonly rows: (sql: string, params?: readonly Value[]) => readonly Row[];
  /** The id of the last row that was inserted. */
  readonly run: (sql: string, params?: readonly Value[]) => number;
  readonly exec: (sql: string) => void;
  /** All of `work` or nothing of it. */
  readonly transaction: (work: () => void) => void;
  readonly close: () => void;
}

/** An error with a code: SQLite's word, or the operating system's. */
const trouble = (code: string, message: string): Error => Object.assign(new Error(message), { code });

/** Whether the code of an error says that the file is damaged or no database at all. */
export const saysCorrupt = (code: string): boolean => code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';

/** libsql gives no code where the opening fails, only SQLite's number at the end of the message. */
const NUMBERED: Readonly<Record<string, string>> = {
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  26: 'SQLITE_NOTADB',
};

const guarded = <T>(work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error) || ('code' in error && typeof error.code === 'string')) throw error;
    throw trouble(NUMBERED[/(\d+)\W*$/.exec(error.message)?.[1] ?? ''] ?? 'SQLITE_ERROR', error.message);
  }
};

export const numberAt = (row: Row | undefined, index: number): number => {
  const value = row?.[index];
  return typeof value === 'number' ? value : 0;
};
export const maybeNumberAt = (row: Row | undefined, index: number): number | null => {
  const value = row?.[index];
  return typeof value === 'number' ? value : null;
};
export const textAt = (row: Row | undefined, index: number): string => {
  const value = row?.[index];
  return typeof value === 'string' ? value : '';
};
export const bytesAt = (row: Row | undefined, index: number): Uint8Array => {
  const value = row?.[index];
  return value instanceof Uint8Array ? value : new Uint8Array(0);
};

const BUSY_MS = 2_000;

/** Opens an SQLite file that exists. The library is loaded at the first call: most runs of the command line never need it. */
export const openDatabase = async (path: string): Promise<Database> => {
  const { default: Libsql } = await import('libsql');
  return guarded(() => {
    const db = new Libsql(path);
    const prepared = new Map<string, ReturnType<typeof db.prepare>>();
    const statement = (sql: string): ReturnType<typeof db.prepare> => {
      const known = prepared.get(sql);
      if (known !== undefined) return known;
      const made = db.prepare(sql);
      prepared.set(sql, made);
      return made;
    };
    const each: Database['each'] = (sql, params, visit) =>
      guarded(() => {
        for (const row of statement(sql)
          .raw()
          .iterate([...params]))
          if (Array.isArray(row)) visit(row);
      });
    const database: Database = {
      each,
      rows: (sql, params = []) => {
        const rows: Row[] = [];
        each(sql, params, (row) => rows.push(row));
        return rows;
      },
      run: (sql, params = []) => guarded(() => Number(statement(sql).run([...params]).lastInsertRowid)),
      exec: (sql) => void guarded(() => db.exec(sql)),
      transaction: (work) => {
        database.exec('BEGIN IMMEDIATE');
        try {
          work();
          database.exec('COMMIT');
        } catch (error) {
          // After some errors SQLite has rolled back by itself; that there is nothing to roll back then is no news.
          try {
            database.exec('ROLLBACK');
          } catch (second) {
            errorCode(second);
          }
          throw error;
        }
      },
      close: () => void guarded(() => db.close()),
    };
    try {
      database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
      // Not a database, or a damaged head, shows at the first question.
      database.rows('SELECT count(*) FROM sqlite_master');
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
};

/** Makes the file, mode 0600, before SQLite would make it with the mode that the umask gives; its helpers take over the file's mode. */
export const makeFile = (path: string): void => {
  const problem = ensurePrivateFolder(dirname(path));
  if (problem !== null) throw trouble(problem, path);
  if (!existsSync(path)) closeSync(openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600));
  const stats = lstatSync(path);
  if (!stats.isFile()) throw trouble('ENOTSUP', path);
  if ((stats.mode & 0o077) !== 0) chmodSync(path, 0o600);
};

const HELPERS = ['', '-wal', '-shm'] as const;

/** Sets a damaged database and its helpers aside, under a name that tells when; nothing of it is lost. */
export const setAside = async (path: string, nowMs: number): Promise<string> => {
  const stem = `${path}.corrupt-${localStamp(nowMs).replaceAll(':', '-')}`;
  let name = stem;
  for (let number = 2; existsSync(name); number++) name = `${stem}-${number}`;
  for (const helper of HELPERS) if (existsSync(`${path}${helper}`)) await rename(`${path}${helper}`, `${name}${helper}`);
  return name;
};
