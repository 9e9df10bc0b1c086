import type { EndReport, EndResult, Preview, PreviewTarget, Verb } from '../shared/api.js';
import { formatAge, formatBytes } from '../shared/format.js';
import { keyId } from '../shared/process-key.js';
import type { EndJson, PreviewJson } from './json-shape.js';
import { JSON_VERSION } from './json-shape.js';
import type { Ui } from './output.js';
import { clean, evidenceJson, evidenceText, refusalJson, refusalText, sentence } from './output.js';

/** The lines that the user's consent covers. */
export type Accepted = ReadonlySet<PreviewTarget>;

/** A preview as JSON carries it; `accepted` is what was, or would be, acted on. */
export const previewJson = ({ t }: Ui, preview: Preview, accepted: Accepted): PreviewJson => ({
  verb: preview.request.verb,
  scope: preview.request.scope.type,
  force: preview.request.force,
  priority: preview.request.priority,
  confirm: preview.confirm,
  takenAtMs: preview.takenAtMs,
  graceMs: preview.graceMs,
  targets: preview.targets.map((target) => ({
    pid: target.key.pid,
    startedAt: target.key.startedAt,
    role: target.role,
    below: target.below === null ? null : { pid: target.below.pid, startedAt: target.below.startedAt },
    name: target.name,
    kind: target.kind,
    user: target.user,
    memoryBytes: target.memoryBytes,
    startedAtMs: target.startedAtMs,
    leftOver: target.leftOver,
    evidence: evidenceJson(t, 'evidence', target.evidence),
    warnings: evidenceJson(t, 'warning', target.warnings),
    ticked: target.ticked,
    accepted: accepted.has(target),
    resume: target.resume?.command ?? null,
  })),
  excluded: preview.excluded.map(({ key, name, kind, user, refusal }) => ({
    pid: key.pid,
    startedAt: key.startedAt,
    name,
    kind,
    user,
    refusal: refusalJson(t, refusal),
  })),
});

const resultText = ({ t }: Ui, { id, values }: EndResult): string => sentence(t, `result.${id}`, values);

/** What was tried and what became of it, as JSON carries it. */
export const reportJson = (ui: Ui, preview: Preview, accepted: Accepted, report: EndReport): EndJson => ({
  version: JSON_VERSION,
  dryRun: false,
  preview: previewJson(ui, preview, accepted),
  results: report.results.map((result) => ({
    pid: result.key.pid,
    startedAt: result.key.startedAt,
    name: result.name,
    kind: result.kind,
    user: result.user,
    outcome: result.outcome,
    reason: result.reason,
    id: result.id,
    message: resultText(ui, result),
    signal: result.signal,
    freedBytes: result.freedBytes,
    resume: result.resume?.command ?? null,
  })),
  freedBytes: report.freedBytes,
});

/** A preview that nothing came of, on purpose: a dry run, or there was nothing to do. */
export const untriedJson = (ui: Ui, preview: Preview, accepted: Accepted, dryRun: boolean): EndJson => ({
  version: JSON_VERSION,
  dryRun,
  preview: previewJson(ui, preview, accepted),
  results: [],
  freedBytes: 0,
});

const who = (
  ui: Ui,
  line: { readonly key: { readonly pid: number }; readonly name: string; readonly kind: string | null; readonly user: string | null },
): string =>
  ui.t('cli.end.who', {
    pid: line.key.pid,
    name: clean(line.name),
    kind: line.kind ?? ui.t('cli.end.noKind'),
    user: clean(line.user ?? '?'),
  });

const targetLines = (ui: Ui, preview: Preview, target: PreviewTarget, accepted: boolean): string[] => {
  const figures = [
    formatBytes(target.memoryBytes, ui.language),
    formatAge(target.startedAtMs === null ? null : preview.takenAtMs - target.startedAtMs),
    ...(target.leftOver === 'no' ? [] : [ui.t(`cli.end.verdict.${target.leftOver}`)]),
  ];
  return [
    `  ${accepted ? '✓' : '–'} ${'  '.repeat(target.below === null ? 0 : 1)}${who(ui, target)}, ${figures.join(', ')}`,
    ...target.warnings.map((warning) => `      ${ui.paint.yellow(`! ${evidenceText(ui.t, 'warning', warning)}`)}`),
    // Why it is a left-over is worth reading before a yes; why it is none is not.
    ...(target.leftOver === 'no' ? [] : target.evidence.map((entry) => `      ${ui.paint.dim(evidenceText(ui.t, 'evidence', entry))}`)),
    ...(target.resume === null || preview.request.verb !== 'end'
      ? []
      : [`      ${ui.t('cli.end.resume', { command: clean(target.resume.command) })}`]),
  ];
};

/** What is said of the whole list: how it is done, and what it would free. */
const howLines = (ui: Ui, { request, graceMs }: Preview, acting: readonly PreviewTarget[]): string[] => {
  if (request.verb === 'priority')
    return [ui.t('cli.priority.how', { priority: ui.t(`cli.priority.word.${request.priority ?? 'normal'}`) })];
  if (request.verb !== 'end') return [ui.t(`cli.${request.verb}.how`)];
  const known = acting.filter((target) => target.memoryBytes !== null);
  const freed = formatBytes(known.length === 0 ? null : known.reduce((sum, target) => sum + (target.memoryBytes ?? 0), 0), ui.language);
  const stopped = acting.filter(({ kind }) => kind === 'bg-session').length;
  return [
    ...(stopped < acting.length ? [ui.t(request.force ? 'cli.end.howForce' : 'cli.end.howAsk', { seconds: graceMs / 1000 })] : []),
    ...(stopped > 0 ? [ui.t('cli.end.howStop')] : []),
    ui.t('cli.end.wouldFree', { memory: known.length < acting.length && known.length > 0 ? `≥${freed}` : freed }),
  ];
};

/**
 * The frozen list for people: what is acted on, what is left out or left alone and why, what would be freed. Lines of `untold`
 * (key ids) are left to the caller.
 */
export const previewLines = (ui: Ui, preview: Preview, accepted: Accepted, untold: ReadonlySet<string>): string[] => {
  const excluded = preview.excluded.filter((line) => !untold.has(keyId(line.key)));
  const acting = preview.targets.filter((target) => accepted.has(target));
  const leftOut = preview.targets.filter((target) => !accepted.has(target));
  const { verb } = preview.request;
  return [
    ...(acting.length === 0
      ? []
      : [
          ui.paint.bold(ui.t(`cli.${verb}.targets`, { count: acting.length })),
          ...acting.flatMap((target) => targetLines(ui, preview, target, true)),
        ]),
    ...(leftOut.length === 0
      ? []
      : [ui.paint.bold(ui.t('cli.end.leftOut')), ...leftOut.flatMap((target) => targetLines(ui, preview, target, false))]),
    ...(excluded.length === 0
      ? []
      : [ui.paint.bold(ui.t('cli.end.excluded')), ...excluded.map((line) => `  – ${who(ui, line)}: ${refusalText(ui.t, line.refusal)}`)]),
    ...(acting.length === 0 ? [] : howLines(ui, preview, acting)),
  ];
};

const MARKS = { done: '✓', failed: '✗', skipped: '–' } as const;

/** What became of each process, for people. */
export const reportLines = (ui: Ui, report: EndReport, verb: Verb): string[] => {
  const paint = { done: ui.paint.green, failed: ui.paint.red, skipped: ui.paint.yellow };
  const word = ({ outcome }: EndResult): string => ui.t(outcome === 'done' ? `cli.${verb}.done` : `cli.end.outcome.${outcome}`);
  return [
    ...report.results.flatMap((result) => [
      `  ${paint[result.outcome](`${MARKS[result.outcome]} ${word(result)}`)}  ${who(ui, result)}: ${resultText(ui, result)}`,
      ...(result.resume === null || result.outcome !== 'done' || verb !== 'end'
        ? []
        : [`      ${ui.t('cli.end.resume', { command: clean(result.resume.command) })}`]),
    ]),
    ...(report.freedBytes === null || verb !== 'end'
      ? []
      : [ui.t('cli.end.freed', { memory: formatBytes(report.freedBytes, ui.language) })]),
  ];
};
