import type { Database } from './history-database.js';
import { numberAt } from './history-database.js';

/** Lengths of what is kept: raw looks for an hour, then minutes, quarters of an hour and pairs of hours, each made of the one before. */
export const MINUTE_MS = 60_000;
export const QUARTER_MS = 900_000;
export const BLOCK_MS = 7_200_000;
export const TIERS = [
  { table: 'minute', stepMs: MINUTE_MS },
  { table: 'quarter', stepMs: QUARTER_MS },
  { table: 'block', stepMs: BLOCK_MS },
] as const;
export type Tier = (typeof TIERS)[number];
export type TierTable = Tier['table'];

/** `seq` of a bucket: the last raw row that went into it, so that a crash between two steps neither loses nor counts twice. */
const bucketTable = (name: TierTable): string =>
  `CREATE TABLE ${name} (at INTEGER PRIMARY KEY, covered INTEGER NOT NULL, seq INTEGER NOT NULL, data BLOB NOT NULL, sessions BLOB NOT NULL);`;

/** Ids are never used twice (AUTOINCREMENT): buckets name them long after their row has gone. */
const FIRST = `
CREATE TABLE raw (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, covered INTEGER NOT NULL, data BLOB NOT NULL, sessions BLOB NOT NULL);
CREATE INDEX raw_at ON raw (at);
${bucketTable('minute')}
${bucketTable('quarter')}
${bucketTable('block')}
CREATE TABLE name (id INTEGER PRIMARY KEY AUTOINCREMENT, dimension INTEGER NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL, UNIQUE (dimension, text));
CREATE TABLE life (id INTEGER PRIMARY KEY AUTOINCREMENT, pid INTEGER NOT NULL, stamp TEXT NOT NULL, user TEXT NOT NULL, project TEXT NOT NULL,
  kind TEXT NOT NULL, started INTEGER NOT NULL, seen INTEGER NOT NULL, ended INTEGER, how TEXT, peak INTEGER NOT NULL);
CREATE INDEX life_seen ON life (seen);
CREATE INDEX life_ended ON life (ended);
CREATE TABLE event (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL, action TEXT NOT NULL, user TEXT,
  process_kind TEXT, count INTEGER NOT NULL, freed INTEGER, pid INTEGER);
CREATE INDEX event_at ON event (at);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;

/** A bulk looks for the marks of its single processes by pid. */
const BY_PID = 'CREATE INDEX event_pid ON event (pid, at);';

/** Spans of time in which nothing changed that decides whether automatic cleanup may end a session or a left-over. */
const STATES = `
CREATE TABLE state (id INTEGER PRIMARY KEY AUTOINCREMENT, begun INTEGER NOT NULL, seen INTEGER NOT NULL, pid INTEGER NOT NULL, stamp TEXT NOT NULL,
  uid INTEGER, user TEXT NOT NULL, project TEXT NOT NULL, kind TEXT NOT NULL, started INTEGER, left_over TEXT NOT NULL, activity TEXT NOT NULL,
  idle_since INTEGER, attached INTEGER NOT NULL, kept INTEGER NOT NULL, memory INTEGER);
CREATE INDEX state_seen ON state (seen);
`;

/** What leads from each version of the schema to the next; never changed once it was released, only added to. */
export const MIGRATIONS: readonly string[] = [FIRST, BY_PID, STATES];
export const SCHEMA_VERSION = MIGRATIONS.length;

export const schemaVersion = (db: Database): number => numberAt(db.rows('PRAGMA user_version')[0], 0);

/** Brings a database to the present schema, one version at a time, each as a whole or not at all. */
export const migrate = (db: Database): void => {
  for (let version = schemaVersion(db); version < SCHEMA_VERSION; version++)
    db.transaction(() => {
      db.exec(MIGRATIONS[version] ?? '');
      db.exec(`PRAGMA user_version = ${version + 1}`);
    });
};

/** How the writer works: readers never wait for it, a commit waits for no disk (a power cut may take the last seconds, never the file). */
export const prepareWriter = (db: Database): void => {
  // Only before the first table is made does this have an effect.
  db.exec('PRAGMA auto_vacuum = INCREMENTAL');
  db.rows('PRAGMA journal_mode = WAL');
  db.exec('PRAGMA synchronous = NORMAL');
  db.rows('PRAGMA wal_autocheckpoint = 500');
  db.rows('PRAGMA journal_size_limit = 4194304');
};
