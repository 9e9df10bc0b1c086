import type { Core } from '../main/core.js';
import type { ActionRequest, ActionScope, EndReport, EndResult, Preview, PreviewTarget } from '../shared/api.js';
import { acceptedKeys } from '../shared/end-plan.js';
import { keyId, sameKey } from '../shared/process-key.js';
import type { ProcessKey } from '../shared/types.js';
import { previewJson, previewLines, reportJson, reportLines, untriedJson } from './act-output.js';
import { askToType, canAsk, confirm } from './confirm.js';
import type { ErrorJson } from './json-shape.js';
import type { ExitCode, Trouble, Ui } from './output.js';
import { clean, exitCodeOf, fail, failureTrouble, sentence, troubleJson } from './output.js';

/** What is asked for, before anybody has looked: pids, or one of the scopes that main finds the members of. */
export interface Order extends Omit<ActionRequest, 'scope' | 'elevated'> {
  readonly scope: { readonly type: 'pids'; readonly pids: readonly number[] } | Exclude<ActionScope, { readonly type: 'keys' }>;
}

/** How far the arguments agree already. */
export interface Consent {
  /** Accepts the preview less its warned lines; no substitute for `confirmation`. */
  readonly yes: boolean;
  /** The word that ending a user's or everybody's sessions asks for; null = not given. */
  readonly confirmation: string | null;
  /** Only shows the preview. */
  readonly dryRun: boolean;
}

/** Previews are bound to who asked; this run has one only. */
const CALLER = 'cli';

/** Consent by flags accepts the preview less its warned lines; a person at the prompt has read the warnings and accepts all ticked ones. */
const acceptedOf = (preview: Preview, { yes, confirmation }: Consent): PreviewTarget[] => {
  const keys = new Set(acceptedKeys(preview, { includeWarned: !yes && confirmation === null }).map(keyId));
  return preview.targets.filter((target) => keys.has(keyId(target.key)));
};

/** Why one of the processes that were asked for by pid is not acted on, or null. */
const refusalOf = (preview: Preview, accepted: readonly PreviewTarget[], key: ProcessKey): Trouble | null => {
  if (accepted.some((target) => sameKey(target.key, key))) return null;
  const excluded = preview.excluded.find((line) => sameKey(line.key, key))?.refusal;
  if (excluded) return { reason: excluded.reason, key: `refusal.${excluded.id}`, ...(excluded.values ? { values: excluded.values } : {}) };
  const { pid } = key;
  const { verb } = preview.request;
  if (preview.token !== null && preview.targets.some((target) => sameKey(target.key, key)))
    return { reason: 'protected', key: verb === 'end' ? 'cli.error.warned' : 'cli.error.warnedOther', values: { pid } };
  return { reason: 'changed', key: verb === 'end' ? 'cli.error.nothingToEnd' : 'cli.error.nothingToDo', values: { pid } };
};

/** Why nothing of the list is acted on, or null; for a list of pids that is their refusal, one by one or all together. */
const troubleOf = (preview: Preview, accepted: readonly PreviewTarget[], keys: readonly ProcessKey[]): Trouble | null => {
  const refusals = keys.map((key) => refusalOf(preview, accepted, key));
  const first = refusals[0] ?? null;
  if (keys.length === 1) return first;
  if (accepted.length > 0) return null;
  if (keys.length > 1) return { reason: first?.reason ?? 'protected', key: 'cli.error.noneOfThese' };
  return { reason: preview.excluded[0]?.refusal.reason ?? 'protected', key: 'cli.error.noneAccepted' };
};

/** Cleaning up where nothing is to be cleaned is done; so is ending what is not there. What is there and left alone is a refusal. */
const isNothingToDo = (preview: Preview, accepted: readonly PreviewTarget[]): boolean => {
  const { scope } = preview.request;
  if (scope.type === 'keys' || accepted.length > 0) return false;
  return scope.type === 'orphans' || scope.type === 'old' || (preview.targets.length === 0 && preview.excluded.length === 0);
};

/** The exit code of one line: 3 where it was refused or is somebody else by now, 1 where it was signalled and is still there. */
const lineCode = (result: EndResult, isAsked: boolean): ExitCode => {
  if (result.outcome === 'done') return 0;
  // A server that ended with its session before its turn came is what was wanted.
  if (result.reason === 'gone' && !isAsked) return 0;
  const refused = result.reason === 'denied' || result.reason === 'changed' || result.reason === 'protected';
  return result.outcome === 'skipped' || refused ? 3 : 1;
};

const codeOf = (report: EndReport, keys: readonly ProcessKey[]): ExitCode => {
  const asked = new Set(keys.map(keyId));
  const codes = report.results.map((result) => lineCode(result, asked.has(keyId(result.key))));
  const tried = new Set(report.results.map((result) => keyId(result.key)));
  if (codes.includes(1)) return 1;
  return codes.includes(3) || [...asked].some((id) => !tried.has(id)) ? 3 : 0;
};

const requestOf = (order: Order, keys: readonly ProcessKey[]): ActionRequest => ({
  ...order,
  scope: order.scope.type === 'pids' ? { type: 'keys', keys } : order.scope,
  // A prompt of the system's has no place in a script; whoever is allowed to runs this as root.
  elevated: false,
});

/** What the user agrees with, beyond the arguments; `confirmation` goes to the door as it was given. */
type Answer = { readonly agreed: true; readonly confirmation: string | null } | { readonly agreed: false; readonly trouble: Trouble };

const refuse = (key: string, values?: Trouble['values']): Answer => ({
  agreed: false,
  trouble: { reason: 'cancelled', key: `cli.error.${key}`, ...(values ? { values } : {}) },
});

const askFor = async (ui: Ui, preview: Preview, count: number, consent: Consent): Promise<Answer> => {
  const { confirm: word, request } = preview;
  if (word !== null) {
    // That is exactly the word is for the door to say, which logs a wrong one as well.
    if (consent.confirmation !== null) return { agreed: true, confirmation: consent.confirmation };
    if (!canAsk(ui)) return refuse('needsConfirm', { word });
    const typed = await askToType(ui, sentence(ui.t, `cli.${request.verb}.type`, { count, word }));
    return typed === null ? refuse('cancelled') : { agreed: true, confirmation: typed };
  }
  if (consent.yes) return { agreed: true, confirmation: null };
  // Without a person to ask and without --yes nobody has agreed.
  if (!canAsk(ui)) return refuse('needsYes');
  const priority = ui.t(`cli.priority.word.${request.priority ?? 'normal'}`);
  const yes = await confirm(ui, ui.t(`cli.${request.verb}.ask`, { count, priority }));
  return yes ? { agreed: true, confirmation: null } : refuse('cancelled');
};

/** Shows what would be acted on, asks, acts through the one guarded door, and says what became of each process. */
export const act = async (ui: Ui, core: Core, order: Order, consent: Consent): Promise<ExitCode> => {
  // A pid that nobody has is refused, and logged, by the same door: no process has an empty stamp.
  const keys = order.scope.type === 'pids' ? order.scope.pids.map((pid) => core.platform.identify(pid)?.key ?? { pid, startedAt: '' }) : [];
  const looked = await core.actions.previewAction(requestOf(order, keys), { caller: CALLER });
  if (!looked.ok) return fail(ui, failureTrouble(looked.failure));
  const preview = looked.value;
  const targets = acceptedOf(preview, consent);
  const accepted = new Set(targets);

  const failWithPreview = (trouble: Trouble): ExitCode => {
    if (!ui.json) return fail(ui, trouble);
    ui.data({ ...troubleJson(ui.t, trouble), preview: previewJson(ui, preview, new Set()) } satisfies ErrorJson);
    return exitCodeOf(trouble.reason);
  };
  const spendToken = async (): Promise<void> => {
    if (preview.token !== null) await core.actions.cancelPreview({ token: preview.token, caller: CALLER });
  };
  const giveUp = async (trouble: Trouble): Promise<ExitCode> => {
    await spendToken();
    return failWithPreview(trouble);
  };
  const leaveIt = async (words: string, dryRun: boolean): Promise<ExitCode> => {
    await spendToken();
    if (ui.json) ui.data(untriedJson(ui, preview, accepted, dryRun));
    else ui.print(words);
    return 0;
  };

  // Why the only one asked for is refused is the command's answer, and said once.
  const untold = new Set(keys.length === 1 ? keys.map(keyId) : []);
  if (!ui.json) for (const line of previewLines(ui, preview, accepted, untold)) ui.print(line);
  if (isNothingToDo(preview, targets)) {
    const listed = preview.targets.length + preview.excluded.length > 0;
    return leaveIt(ui.t(`cli.nothing.${listed ? 'listed' : order.scope.type}`), consent.dryRun);
  }
  const trouble = troubleOf(preview, targets, keys);
  if (trouble !== null) return giveUp(trouble);
  if (consent.dryRun) return leaveIt(ui.t('cli.nothing.dryRun'), true);
  const answer = await askFor(ui, preview, targets.length, consent);
  if (!answer.agreed) return giveUp(answer.trouble);
  if (preview.token === null) return giveUp({ reason: 'changed', key: 'cli.error.noneAccepted' });

  // Half a ladder would leave neither a result nor a log line: an interrupt waits for the few seconds that are left.
  let report: EndReport;
  const release = ui.io.catchSignals(() => ui.note(ui.t('cli.end.finishing')));
  try {
    const performed = await core.actions.performAction({
      token: preview.token,
      keys: targets.map((target) => target.key),
      confirmation: answer.confirmation,
      caller: CALLER,
    });
    if (!performed.ok) return failWithPreview(failureTrouble(performed.failure));
    if (ui.json) ui.data(reportJson(ui, preview, accepted, performed.value));
    else for (const line of reportLines(ui, performed.value, order.verb)) ui.print(line);
    report = performed.value;
  } finally {
    release();
  }
  if (report.results.some(({ id }) => id === 'stopped')) {
    // All is done and logged: who interrupts from here on loses only what this would tell.
    ui.note(ui.t('cli.end.watching'));
    const respawns = await core.background.settled();
    for (const { was, key } of respawns) ui.note(ui.t('notice.respawned', { name: clean(was.name), pid: key.pid }));
    if (respawns.length === 0) ui.note(ui.t('cli.end.stayedEnded'));
  }
  return codeOf(report, keys);
};
