import type { EndReport, EndResult, Preview, PreviewTarget } from '../shared/api.js';
import { formatBytes } from '../shared/format.js';
import { sameKey } from '../shared/process-key.js';
import type { ProcessKey } from '../shared/types.js';
import type { EndJson, PreviewJson } from './json-shape.js';
import { JSON_VERSION } from './json-shape.js';
import type { Ui } from './output.js';
import { clean, evidenceJson, evidenceText, refusalJson, refusalText, sentence } from './output.js';

/** The lines that the user's consent covers. */
export type Accepted = ReadonlySet<PreviewTarget>;

/** A preview as JSON carries it; `accepted` is what was, or would be, ended. */
export const previewJson = ({ t }: Ui, preview: Preview, accepted: Accepted): PreviewJson => ({
  force: preview.force,
  graceMs: preview.graceMs,
  targets: preview.targets.map((target) => ({
    pid: target.key.pid,
    startedAt: target.key.startedAt,
    role: target.role,
    name: target.name,
    kind: target.kind,
    user: target.user,
    memoryBytes: target.memoryBytes,
    leftOver: target.leftOver,
    evidence: evidenceJson(t, 'evidence', target.evidence),
    warnings: evidenceJson(t, 'warning', target.warnings),
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
export const endJson = (ui: Ui, preview: Preview, accepted: Accepted, report: EndReport): EndJson => ({
  version: JSON_VERSION,
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

const targetLines = (ui: Ui, target: PreviewTarget, accepted: boolean): string[] => [
  `  ${accepted ? '✓' : '–'} ${'  '.repeat(target.below === null ? 0 : 1)}${who(ui, target)}, ${formatBytes(target.memoryBytes, ui.language)}`,
  ...target.warnings.map((warning) => `      ${ui.paint.yellow(`! ${evidenceText(ui.t, 'warning', warning)}`)}`),
  // Why it is a left-over is worth reading before a yes; why it is none is not.
  ...(target.leftOver === 'no' ? [] : target.evidence.map((entry) => `      ${ui.paint.dim(evidenceText(ui.t, 'evidence', entry))}`)),
  ...(target.resume === null ? [] : [`      ${ui.t('cli.end.resume', { command: clean(target.resume.command) })}`]),
];

/** The frozen list for people: what ends, what is left out or left alone and why, what would be freed. */
export const previewLines = (ui: Ui, preview: Preview, accepted: Accepted, chosen: ProcessKey): string[] => {
  // Why the chosen one itself is refused is the command's answer, and said once.
  const excluded = preview.excluded.filter((line) => !sameKey(line.key, chosen));
  const ending = preview.targets.filter((target) => accepted.has(target));
  const leftOut = preview.targets.filter((target) => !accepted.has(target));
  const known = ending.filter((target) => target.memoryBytes !== null);
  const freed = formatBytes(known.length === 0 ? null : known.reduce((sum, target) => sum + (target.memoryBytes ?? 0), 0), ui.language);
  return [
    ...(ending.length === 0
      ? []
      : [ui.paint.bold(ui.t('cli.end.targets', { count: ending.length })), ...ending.flatMap((target) => targetLines(ui, target, true))]),
    ...(leftOut.length === 0
      ? []
      : [ui.paint.bold(ui.t('cli.end.leftOut')), ...leftOut.flatMap((target) => targetLines(ui, target, false))]),
    ...(excluded.length === 0
      ? []
      : [ui.paint.bold(ui.t('cli.end.excluded')), ...excluded.map((line) => `  – ${who(ui, line)}: ${refusalText(ui.t, line.refusal)}`)]),
    ...(ending.length === 0
      ? []
      : [
          ui.t(preview.force ? 'cli.end.howForce' : 'cli.end.howAsk', { seconds: preview.graceMs / 1000 }),
          ui.t('cli.end.wouldFree', { memory: known.length < ending.length && known.length > 0 ? `≥${freed}` : freed }),
        ]),
  ];
};

const MARKS = { done: '✓', failed: '✗', skipped: '–' } as const;

/** What became of each process, for people. */
export const reportLines = (ui: Ui, report: EndReport): string[] => {
  const paint = { done: ui.paint.green, failed: ui.paint.red, skipped: ui.paint.yellow };
  return [
    ...report.results.flatMap((result) => [
      `  ${paint[result.outcome](`${MARKS[result.outcome]} ${ui.t(`cli.end.outcome.${result.outcome}`)}`)}  ${who(ui, result)}: ${resultText(ui, result)}`,
      ...(result.resume === null || result.outcome !== 'done'
        ? []
        : [`      ${ui.t('cli.end.resume', { command: clean(result.resume.command) })}`]),
    ]),
    ...(report.freedBytes === null ? [] : [ui.t('cli.end.freed', { memory: formatBytes(report.freedBytes, ui.language) })]),
  ];
};
