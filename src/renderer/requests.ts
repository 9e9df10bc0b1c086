import type { ActionRequest, ActionScope, Preview, Priority } from '../shared/api.js';
import { AUTO_MIN_AGE_MINUTES } from '../shared/cleanup-selection.js';
import type { ProcessKey, ProcessView, Refusal } from '../shared/types.js';

const bare = { force: false, priority: null, minAgeMinutes: null, elevated: false } as const;

/** Chosen rows as a scope; keys travel bare, whatever object they came in. */
const chosen = (keys: readonly ProcessKey[]): ActionScope => ({
  type: 'keys',
  keys: keys.map(({ pid, startedAt }) => ({ pid, startedAt })),
});

/** To end what was chosen; `force` kills what does not obey. */
export const toEnd = (keys: readonly ProcessKey[], force: boolean): ActionRequest => ({ ...bare, verb: 'end', scope: chosen(keys), force });

/** To end what was chosen as administrator: one system prompt for the whole list. */
export const toEndElevated = (keys: readonly ProcessKey[], force: boolean): ActionRequest => ({ ...toEnd(keys, force), elevated: true });

/** To end a whole class of processes; main finds its members. */
export const toEndAll = (scope: Exclude<ActionScope, { readonly type: 'keys' }>): ActionRequest => ({ ...bare, verb: 'end', scope });

/** To end what automatic cleanup found, by its own rules: a bulk of at least ten minutes of age. */
export const toClean = (keys: readonly ProcessKey[]): ActionRequest => ({ ...toEnd(keys, false), minAgeMinutes: AUTO_MIN_AGE_MINUTES });

/** To stop what was chosen where it is, or to let it go on. */
export const toPause = (keys: readonly ProcessKey[]): ActionRequest => ({ ...bare, verb: 'pause', scope: chosen(keys) });
export const toContinue = (keys: readonly ProcessKey[]): ActionRequest => ({ ...bare, verb: 'continue', scope: chosen(keys) });

/** To give what was chosen, with what it owns, another share of the CPU. */
export const toSetPriority = (keys: readonly ProcessKey[], priority: Priority): ActionRequest => ({
  ...bare,
  verb: 'priority',
  scope: chosen(keys),
  priority,
});

/** Stopped by SIGSTOP or its like: holds its memory and does nothing. */
export const isPaused = (view: Pick<ProcessView, 'state'>): boolean => view.state === 'T';

/** Whether an administrator may do what was refused here: only where the refusal is about whose it is. */
export const canElevate = (refusal: Refusal | null): boolean => refusal?.reason === 'denied' && refusal.id === 'otherUser';

/** Which words a request goes by: keys below ui.act in the locales. */
export type Variant =
  | 'end'
  | 'force'
  | 'orphans'
  | 'old'
  | 'user'
  | 'all'
  | 'admin'
  | 'adminForce'
  | 'pause'
  | 'continue'
  | 'low'
  | 'normal'
  | 'high';

/** The words that fit a request's verb and scope. */
export const variantOf = (request: ActionRequest): Variant => {
  if (request.verb === 'priority') return request.priority ?? 'normal';
  if (request.verb !== 'end') return request.verb;
  if (request.elevated) return request.force ? 'adminForce' : 'admin';
  if (request.force) return 'force';
  return request.scope.type === 'keys' ? 'end' : request.scope.type;
};

/** Whether what has to be typed before the action has been typed, to the letter. */
export const isConfirmed = (preview: Preview, typed: string): boolean => preview.confirm === null || preview.confirm === typed;
