import type { Core } from '../main/core.js';
import type { EndReport, EndResult, Failure, Preview, PreviewTarget } from '../shared/api.js';
import { acceptedKeys } from '../shared/end-plan.js';
import { sameKey } from '../shared/process-key.js';
import type { ProcessKey } from '../shared/types.js';
import { confirm } from './confirm.js';
import { endJson, previewJson, previewLines, reportLines } from './end-output.js';
import type { ErrorJson } from './json-shape.js';
import type { ExitCode, Trouble, Ui } from './output.js';
import { exitCodeOf, fail, troubleJson } from './output.js';

export interface EndOptions {
  readonly force: boolean;
  readonly yes: boolean;
}

/** Previews are bound to who asked; this run has one only. */
const CALLER = 'cli';

const failureTrouble = ({ reason, id, values }: Failure): Trouble => ({ reason, key: `error.${id}`, ...(values ? { values } : {}) });

const isChosen = ({ role }: PreviewTarget): boolean => role === 'chosen';

/** `--yes` accepts the preview less its warned lines; a person at the prompt has read the warnings and accepts all ticked ones. */
const acceptedOf = (preview: Preview, options: EndOptions): PreviewTarget[] => {
  const keys = acceptedKeys(preview, { includeWarned: !options.yes });
  return preview.targets.filter((target) => keys.some((key) => sameKey(key, target.key)));
};

/** Why the preview as it stands is not acted on, or null. */
const refusalOf = (ui: Ui, preview: Preview, accepted: readonly PreviewTarget[], key: ProcessKey, options: EndOptions): Trouble | null => {
  const excluded = preview.excluded.find((line) => sameKey(line.key, key));
  if (excluded)
    return {
      reason: excluded.refusal.reason,
      key: `refusal.${excluded.refusal.id}`,
      ...(excluded.refusal.values ? { values: excluded.refusal.values } : {}),
    };
  const chosen = preview.targets.find((target) => isChosen(target) && sameKey(target.key, key));
  if (chosen === undefined || preview.token === null) return { reason: 'changed', key: 'cli.error.nothingToEnd', values: { pid: key.pid } };
  if (options.yes) return accepted.includes(chosen) ? null : { reason: 'protected', key: 'cli.error.warned', values: { pid: key.pid } };
  if (accepted.length === 0) return { reason: 'protected', key: 'cli.error.nothingToEnd', values: { pid: key.pid } };
  // Without a person to ask and without --yes nobody has agreed. JSON leaves no place for a question.
  return ui.json || !ui.io.stdin.isTty || !ui.io.stdout.isTty ? { reason: 'cancelled', key: 'cli.error.needsYes' } : null;
};

/** The exit code of one line: 3 where it was refused or is somebody else by now, 1 where it was signalled and is still there. */
const lineCode = (result: EndResult, key: ProcessKey): ExitCode => {
  if (result.outcome === 'done') return 0;
  // A server that ended with its session before its turn came is what was wanted.
  if (result.reason === 'gone' && !sameKey(result.key, key)) return 0;
  const refused = result.reason === 'denied' || result.reason === 'changed' || result.reason === 'protected';
  return result.outcome === 'skipped' || refused ? 3 : 1;
};

const codeOf = (report: EndReport, key: ProcessKey): ExitCode => {
  const codes = report.results.map((result) => lineCode(result, key));
  return codes.includes(1) ? 1 : codes.includes(3) ? 3 : 0;
};

/** Shows what would be ended, asks, ends it through the one guarded door, and says what became of each process. */
export const end = async (ui: Ui, core: Core, pid: number, options: EndOptions): Promise<ExitCode> => {
  // A pid that nobody has is refused, and logged, by the same door: no process has an empty stamp.
  const key = core.platform.identify(pid)?.key ?? { pid, startedAt: '' };
  const asked = await core.actions.previewEnd([key], { force: options.force, caller: CALLER });
  if (!asked.ok) return fail(ui, failureTrouble(asked.failure));
  const preview = asked.value;
  const accepted = acceptedOf(preview, options);
  const nothing = new Set<PreviewTarget>();

  const giveUp = async (trouble: Trouble): Promise<ExitCode> => {
    if (preview.token !== null) await core.actions.cancelPreview({ token: preview.token, caller: CALLER });
    if (!ui.json) return fail(ui, trouble);
    ui.data({ ...troubleJson(ui.t, trouble), preview: previewJson(ui, preview, nothing) } satisfies ErrorJson);
    return exitCodeOf(trouble.reason);
  };

  if (!ui.json) for (const line of previewLines(ui, preview, new Set(accepted), key)) ui.print(line);
  const refused = refusalOf(ui, preview, accepted, key, options);
  if (refused !== null) return giveUp(refused);
  if (!options.yes && !(await confirm(ui, ui.t('cli.end.ask', { count: accepted.length }))))
    return giveUp({ reason: 'cancelled', key: 'cli.error.cancelled' });
  if (preview.token === null) return giveUp({ reason: 'changed', key: 'cli.error.nothingToEnd', values: { pid } });

  // Half a ladder would leave neither a result nor a log line: an interrupt waits for the few seconds that are left.
  const release = ui.io.catchSignals(() => ui.note(ui.t('cli.end.finishing')));
  try {
    const ended = await core.actions.endProcesses({ token: preview.token, keys: accepted.map((target) => target.key), caller: CALLER });
    if (!ended.ok) return fail(ui, failureTrouble(ended.failure));
    if (ui.json) ui.data(endJson(ui, preview, new Set(accepted), ended.value));
    else for (const line of reportLines(ui, ended.value)) ui.print(line);
    return codeOf(ended.value, key);
  } finally {
    release();
  }
};
