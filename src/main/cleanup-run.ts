import type { ActionRequest, EndReport, EndResult, Preview, PreviewTarget } from '../shared/api.js';
import { recheck } from '../shared/cleanup-rules.js';
import type { Candidate } from '../shared/cleanup-selection.js';
import { AUTO_MIN_AGE_MINUTES } from '../shared/cleanup-selection.js';
import type { Config } from '../shared/config.js';
import { isSession } from '../shared/end-plan.js';
import { keyId } from '../shared/process-key.js';
import type { ProcessKey } from '../shared/types.js';
import type { Actions } from './actions.js';
import type { Look } from './look.js';

/** Previews are bound to who asked. */
export const AUTOMATION_CALLER = 'automation';

export interface CleanupRunParts {
  readonly actions: Pick<Actions, 'previewAction' | 'performAction' | 'cancelPreview'>;
  readonly look: () => Promise<Look>;
  readonly config: () => Config;
  /** Counts ends against the hour's cap, on disk, before anything is ended; false = it could not be written. */
  readonly spend: (ends: number) => Promise<boolean>;
}

/** What became of each candidate; `reason` is a key below "refusal", "warning" or "result", null = it was ended. */
export interface CleanupOutcome {
  readonly candidate: Candidate;
  readonly outcome: 'ended' | 'failed' | 'skipped';
  readonly reason: string | null;
  readonly freedBytes: number | null;
}

/** The request of an automatic run: asked to end, never forced, never as administrator. */
export const cleanupRequest = (keys: readonly ProcessKey[]): ActionRequest => ({
  verb: 'end',
  scope: { type: 'keys', keys },
  force: false,
  priority: null,
  minAgeMinutes: AUTO_MIN_AGE_MINUTES,
  elevated: false,
});

/** What a fresh preview says against a candidate, or null. A session must be one that can be picked up again, a left-over one still. */
const whyNot = (candidate: Candidate, target: PreviewTarget | undefined, excluded: Preview['excluded'], config: Config): string | null => {
  if (target === undefined) {
    const id = keyId(candidate.key);
    return excluded.find((one) => keyId(one.key) === id)?.refusal.id ?? 'autoChanged';
  }
  if (target.role !== 'chosen') return 'autoChanged';
  const { auto_cleanup_attached_enabled: attached } = config.global_settings;
  const warned = target.warnings.find(({ id }) => !(attached && id === 'attachedTerminal'));
  if (warned) return warned.id;
  if (candidate.cause === 'orphan' || target.leftOver === 'yes') return target.leftOver === 'yes' ? null : 'autoChanged';
  return isSession(target) && target.resume === null ? 'autoNotResumable' : null;
};

/** What goes with those that are taken: their own, unless something speaks against it. */
const withOwned = (preview: Preview, taken: ReadonlySet<string>): readonly ProcessKey[] =>
  preview.targets
    .filter(({ key, role, below, warnings }) =>
      role === 'chosen' ? taken.has(keyId(key)) : role === 'owned' && below !== null && taken.has(keyId(below)) && warnings.length === 0,
    )
    .map(({ key }) => key);

const concluded = (candidate: Candidate, results: readonly EndResult[]): CleanupOutcome => {
  const id = keyId(candidate.key);
  const result = results.find((one) => keyId(one.key) === id);
  if (result === undefined) return { candidate, outcome: 'skipped', reason: 'autoChanged', freedBytes: null };
  const outcome = result.outcome === 'done' ? 'ended' : result.outcome;
  return { candidate, outcome, reason: outcome === 'ended' ? null : result.id, freedBytes: result.freedBytes };
};

/** Ends what was announced, through the one door: looks again, previews, leaves out whatever has changed or is warned of, then acts. */
export const carryOut = async (parts: CleanupRunParts, announced: readonly Candidate[]): Promise<readonly CleanupOutcome[]> => {
  const { actions, look, config, spend } = parts;
  const skip = (candidate: Candidate, reason: string): CleanupOutcome => ({ candidate, outcome: 'skipped', reason, freedBytes: null });
  const seen = await look();
  const { kept, dropped } = recheck(announced, seen.snapshot, config(), seen.guard);
  const outcomes = dropped.map(({ candidate, refusal }) => skip(candidate, refusal.id));
  if (kept.length === 0) return outcomes;
  const previewed = await actions.previewAction(cleanupRequest(kept.map(({ key }) => key)), { caller: AUTOMATION_CALLER, automatic: true });
  if (!previewed.ok) return [...outcomes, ...kept.map((candidate) => skip(candidate, previewed.failure.id))];
  const { targets, excluded, token } = previewed.value;
  const byId = new Map(targets.map((target) => [keyId(target.key), target]));
  const taken: Candidate[] = [];
  for (const candidate of kept) {
    const reason = whyNot(candidate, byId.get(keyId(candidate.key)), excluded, config());
    if (reason === null) taken.push(candidate);
    else outcomes.push(skip(candidate, reason));
  }
  if (token === null) return [...outcomes, ...taken.map((candidate) => skip(candidate, 'autoChanged'))];
  if (taken.length === 0 || !(await spend(taken.length))) {
    await actions.cancelPreview({ token, caller: AUTOMATION_CALLER });
    return [...outcomes, ...taken.map((candidate) => skip(candidate, 'autoNotCounted'))];
  }
  const keys = withOwned(previewed.value, new Set(taken.map(({ key }) => keyId(key))));
  const done = await actions.performAction({ token, keys, confirmation: null, caller: AUTOMATION_CALLER });
  if (!done.ok) return [...outcomes, ...taken.map((candidate) => skip(candidate, done.failure.id))];
  const { results }: EndReport = done.value;
  return [...outcomes, ...taken.map((candidate) => concluded(candidate, results))];
};
