import type { Dimension } from './history-codec.js';
import type { Database } from './history-database.js';
import { numberAt, textAt } from './history-database.js';

/** Names are other people's words: so many of a kind are told apart, whatever comes beyond that has no name. */
const MOST_NAMES = 5_000;
const DAY_MS = 86_400_000;

/** The numbers that stand for names in the buckets. */
export interface Names {
  readonly idOf: (dimension: Dimension, text: string, atMs: number) => number;
  /** What was undone with a transaction is read anew. */
  readonly reload: () => void;
  /** Forgets names that were not met since; buckets that old are gone. */
  readonly prune: (beforeMs: number) => void;
}

interface Known {
  readonly id: number;
  atMs: number;
}

export const createNames = (db: Database): Names => {
  const known = new Map<string, Known>();
  const counts = new Map<number, number>();
  const keyOf = (dimension: number, text: string): string => `${dimension}:${text}`;
  const remember = (dimension: number, text: string, name: Known): void => {
    known.set(keyOf(dimension, text), name);
    counts.set(dimension, (counts.get(dimension) ?? 0) + 1);
  };
  const reload = (): void => {
    known.clear();
    counts.clear();
    db.each('SELECT id, dimension, text, at FROM name', [], (row) =>
      remember(numberAt(row, 1), textAt(row, 2), { id: numberAt(row, 0), atMs: numberAt(row, 3) }),
    );
  };
  reload();

  const idOf: Names['idOf'] = (dimension, text, atMs) => {
    const name = known.get(keyOf(dimension, text));
    if (name === undefined) {
      if (text !== '' && (counts.get(dimension) ?? 0) >= MOST_NAMES) return idOf(dimension, '', atMs);
      const id = db.run('INSERT INTO name (dimension, text, at) VALUES (?, ?, ?)', [dimension, text, atMs]);
      remember(dimension, text, { id, atMs });
      return id;
    }
    if (Math.abs(atMs - name.atMs) > DAY_MS) {
      db.run('UPDATE name SET at = ? WHERE id = ?', [atMs, name.id]);
      name.atMs = atMs;
    }
    return name.id;
  };
  return {
    idOf,
    reload,
    prune: (beforeMs) => {
      db.run('DELETE FROM name WHERE at < ?', [beforeMs]);
      reload();
    },
  };
};
