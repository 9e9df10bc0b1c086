import { useEffect, useState } from 'react';
import { create } from 'zustand';
import type { Failure } from '../shared/api.js';
import type { Edit } from '../shared/config-edit.js';
import type { Rehearsal } from '../shared/rehearsal.js';
import type { SettingKey, UserSettingKey } from '../shared/settings.js';
import { ask } from './ask.js';
import { CLEANUP_KEYS } from './config-groups.js';
import { useKept } from './parts/use-kept.js';
import { useShown } from './store.js';

/** Settings of which a rehearsal depends. */
const REHEARSED: ReadonlySet<string> = new Set<SettingKey | UserSettingKey>([
  ...CLEANUP_KEYS.filter((key) => key !== 'auto_cleanup_countdown_seconds'),
  'max_process_age_hours',
  'read_only',
  'memory_limit_mb',
  'max_processes',
  'max_runtime_hours',
  'cpu_limit_percent',
  'enforce',
]);

/** Whether a change could end somebody else than before. */
export const isRehearsed = (edit: Edit): boolean => edit.at === 'rule' || (edit.at !== 'unknown' && REHEARSED.has(edit.key));

export const REHEARSED_DAYS = 7;
/** So long a pointer rests on a control, or a hand from typing, before main is asked. */
const REST_MS = 200;
const NONE: readonly Edit[] = [];

/** What is about to be changed: what the pointer or the keyboard is on, or what is being typed. */
export const useDraft = create<{ readonly edits: readonly Edit[] }>(() => ({ edits: NONE }));

/** Tries changes before they are made; what no rehearsal depends on is left out. */
export const draftOf = (...edits: readonly Edit[]): void => useDraft.setState({ edits: edits.filter(isRehearsed) });
export const dropDraft = (): void => useDraft.setState({ edits: NONE });

/** For a control that makes changes at a click: they are tried while the pointer or the keyboard is on it. */
export const aimed = (...edits: readonly Edit[]) => ({
  onPointerEnter: () => draftOf(...edits),
  onPointerLeave: dropDraft,
  onFocus: () => draftOf(...edits),
  onBlur: dropDraft,
});

/** What main said, and to which changes: the newest answer stays until the next one is there. */
export interface Answered {
  readonly of: readonly Edit[];
  readonly moment: number;
  readonly result: Rehearsal | null;
  readonly failure: Failure | null;
}

/**
 * Asks main what the settings in force, with `edits` made, would have ended in the last `days`; null = it has not said yet. Asked anew
 * for other changes, for another configuration, and when `moment` changes.
 */
export const useRehearsal = (edits: readonly Edit[], days: number, moment = 0): Answered | null => {
  // A control that no rehearsal depends on tries nothing, as before: main is not asked again for that.
  const tried = useKept(edits);
  const config = useShown((shown) => shown.app?.config);
  const [answered, setAnswered] = useState<Answered | null>(null);
  useEffect(() => {
    if (config === undefined) return;
    // An answer that comes after a newer question is let go.
    let late = false;
    const read = async (): Promise<void> => {
      const answer = await ask(window.claudeManager.rehearse({ edits: tried.map((edit) => ({ ...edit })), days }));
      if (late) return;
      setAnswered({
        of: tried,
        moment,
        ...(answer.ok ? { result: answer.value, failure: null } : { result: null, failure: answer.failure }),
      });
    };
    const timer = setTimeout(() => void read(), REST_MS);
    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [tried, days, config, moment]);
  return answered;
};
