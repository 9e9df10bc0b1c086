import type { Config } from '../shared/config.js';
import { parseConfig } from '../shared/config.js';
import type { Edit } from '../shared/config-edit.js';
import { applyEdits, mergedWith } from '../shared/config-edit.js';
import type { Rehearsal } from '../shared/rehearsal.js';
import { rehearsePast, statesFor } from '../shared/rehearsal.js';
import type { Database } from './history-database.js';
import { readStates, statesSince } from './history-states.js';

const DAY_MS = 86_400_000;

export interface RehearseQuestion {
  /** What would change in the present settings. */
  readonly edits: readonly Edit[];
  readonly days: number;
  readonly config: Config;
  readonly nowMs: number;
  readonly selfUid: number;
}

/** What automatic cleanup would have ended in the last days, were the settings these; reads only. */
export const readRehearsal = (db: Database, { edits, days, config, nowMs, selfUid }: RehearseQuestion): Rehearsal => {
  const sinceMs = statesSince(db);
  const fromMs = Math.max(nowMs - days * DAY_MS, sinceMs ?? nowMs);
  const changed = edits.length === 0 ? config : parseConfig(applyEdits(mergedWith({}, config), edits));
  return rehearsePast(readStates(db, fromMs, nowMs, statesFor(changed, selfUid)), changed, { fromMs, toMs: nowMs, sinceMs, selfUid });
};
