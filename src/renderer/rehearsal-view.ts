import { create } from 'zustand';
import type { Failure } from '../shared/api.js';
import type { Edit } from '../shared/config-edit.js';
import type { Rehearsal } from '../shared/rehearsal.js';
import type { SettingKey } from '../shared/settings.js';
import { ask } from './ask.js';

/** Settings of which a rehearsal depends. */
export const REHEARSED: ReadonlySet<SettingKey> = new Set<SettingKey>([
  'max_process_age_hours',
  'auto_cleanup_enabled',
  'auto_cleanup_interval_minutes',
  'orphan_cleanup_enabled',
  'auto_cleanup_old_enabled',
  'min_idle_minutes',
  'auto_cleanup_attached_enabled',
  'auto_cleanup_batch_limit',
]);

export const REHEARSED_DAYS = 7;

interface RehearsalView {
  /** What is about to be changed: what the pointer or the keyboard is on, or what is being typed. */
  readonly draft: Edit | null;
  readonly result: Rehearsal | null;
  readonly failure: Failure | null;
  /** The setting that the result is for; null = those in force. */
  readonly of: Edit | null;
}

export const useRehearsal = create<RehearsalView>(() => ({ draft: null, result: null, failure: null, of: null }));

/** Tries a value before it is taken over; null = no longer. */
export const draftOf = (key: SettingKey, value: unknown): void => {
  if (REHEARSED.has(key)) useRehearsal.setState({ draft: { at: 'global', key, value } });
};
export const dropDraft = (): void => useRehearsal.setState({ draft: null });

let asked = 0;

/** Asks main for the draft; an answer that comes after a newer question is let go. */
export const readRehearsal = async (draft: Edit | null): Promise<void> => {
  asked += 1;
  const mine = asked;
  const answer = await ask(window.claudeManager.rehearse({ edits: draft === null ? [] : [{ ...draft }], days: REHEARSED_DAYS }));
  if (mine !== asked) return;
  useRehearsal.setState(
    answer.ok ? { result: answer.value, failure: null, of: draft } : { result: null, failure: answer.failure, of: draft },
  );
};
