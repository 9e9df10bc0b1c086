import { existsSync } from 'node:fs';
import type { Database } from './history-database.js';
import { makeFile, openDatabase, saysCorrupt, setAside } from './history-database.js';
import { migrate, prepareWriter, SCHEMA_VERSION, schemaVersion } from './history-tables.js';
import { errorCode } from './paths.js';

export type Opened =
  | { readonly ok: true; readonly db: Database; readonly aside: string | null }
  /** 'missing', 'newer', 'older', or the code of an error. */
  | { readonly ok: false; readonly code: string };

const openWritable = async (path: string): Promise<Database> => {
  makeFile(path);
  const db = await openDatabase(path);
  try {
    prepareWriter(db);
    if (schemaVersion(db) <= SCHEMA_VERSION) migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};

/**
 * Opens the history for its one writer: makes it, brings an older one to the present schema, and sets a damaged one aside to begin
 * anew (`aside` = under which name). A newer program's file is not touched.
 */
export const openForWriting = async (path: string, nowMs: number): Promise<Opened> => {
  let aside: string | null = null;
  for (;;) {
    try {
      const db = await openWritable(path);
      if (schemaVersion(db) === SCHEMA_VERSION) return { ok: true, db, aside };
      db.close();
      return { ok: false, code: 'newer' };
    } catch (error) {
      const code = errorCode(error);
      if (!saysCorrupt(code) || aside !== null) return { ok: false, code };
      aside = await setAside(path, nowMs);
    }
  }
};

/** Opens the history to read it while another process may write; makes and changes nothing. */
export const openForReading = async (path: string): Promise<Opened> => {
  if (!existsSync(path)) return { ok: false, code: 'missing' };
  try {
    const db = await openDatabase(path);
    db.exec('PRAGMA query_only = ON');
    const version = schemaVersion(db);
    if (version === SCHEMA_VERSION) return { ok: true, db, aside: null };
    db.close();
    return { ok: false, code: version === 0 ? 'missing' : version > SCHEMA_VERSION ? 'newer' : 'older' };
  } catch (error) {
    return { ok: false, code: errorCode(error) };
  }
};
