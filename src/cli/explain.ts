import type { Core } from '../main/core.js';
import type { Look } from '../main/look.js';
import { formatAge, formatBytes } from '../shared/format.js';
import { sameKey } from '../shared/process-key.js';
import type { Evidence, ProcessView } from '../shared/types.js';
import type { ExitCode, Ui } from './output.js';
import { clean, evidenceText, fail, refusalText } from './output.js';

const SIGNS = { for: '+', against: '−', info: '·' } as const;

const evidenceLines = (ui: Ui, evidence: readonly Evidence[]): string[] =>
  evidence.map((entry) => `  ${SIGNS[entry.weight]} ${evidenceText(ui.t, 'evidence', entry)}`);

const memoryLine = (ui: Ui, view: ProcessView): string => {
  const memory = formatBytes(view.memoryBytes, ui.language);
  if (view.tree.count <= 1) return ui.t('cli.explain.memory', { memory });
  return ui.t('cli.explain.memoryTree', {
    memory,
    tree: (view.tree.memoryIsPartial ? '≥' : '') + formatBytes(view.tree.memoryBytes, ui.language),
    processes: ui.t('cli.count.processes', { count: view.tree.count }),
  });
};

/** All that is known of a process and why, one fact a line. */
const lines = (ui: Ui, look: Look, view: ProcessView): string[] => {
  const { t } = ui;
  const owner =
    view.owner === null ? undefined : look.snapshot.processes.find((other) => view.owner !== null && sameKey(other.key, view.owner));
  const optional = (value: string | null, key: string, name: string): string[] =>
    value === null ? [] : [t(key, { [name]: clean(value) })];
  return [
    ui.paint.bold(t('cli.explain.title', { pid: view.key.pid, name: clean(view.name) })),
    ...optional(view.user ?? (view.uid === null ? null : String(view.uid)), 'cli.explain.user', 'user'),
    ...optional(view.projectDir, 'cli.explain.project', 'path'),
    ...optional(view.command, 'cli.explain.command', 'command'),
    t('cli.explain.started', { age: formatAge(view.startedAtMs === null ? null : look.snapshot.takenAtMs - view.startedAtMs) }),
    memoryLine(ui, view),
    ...(owner === undefined ? [] : [t('cli.explain.owner', { pid: owner.key.pid, name: clean(owner.name) })]),
    t('cli.explain.status', { words: view.conditions.map((word) => t(`status.${word}`)).join(', ') }),
    ...(view.activity === 'none' ? [] : [t('cli.explain.activity', { word: t(`activity.${view.activity}`) })]),
    '',
    t('cli.explain.kind', { word: t(`kind.${view.kind}`), kind: view.kind }),
    ...evidenceLines(ui, view.kindEvidence),
    t(`cli.explain.leftOver.${view.leftOver}`),
    ...evidenceLines(ui, view.leftOverEvidence),
    view.refusal === null
      ? t('cli.explain.canEnd', { pid: view.key.pid })
      : t('cli.explain.cannotEnd', { why: refusalText(t, view.refusal) }),
  ];
};

/** Says what a process is, whether it is left over, and why; one line for one that is not Claude's. 3 where there is none. */
export const explain = async (ui: Ui, core: Core, pid: number): Promise<ExitCode> => {
  // The second look has what the first one does not ask for of processes that it did not know yet.
  await core.looker.look();
  const look = await core.looker.look('all');
  const view = look.snapshot.processes.find((one) => one.key.pid === pid);
  if (view !== undefined) {
    for (const line of lines(ui, look, view)) ui.print(line);
    return 0;
  }
  const raw = look.reading.processes.find((one) => one.key.pid === pid);
  if (raw === undefined && core.platform.identify(pid) === null)
    return fail(ui, { reason: 'gone', key: 'cli.error.noProcess', values: { pid } });
  const ours = pid === look.guard.selfPid || look.guard.childPids.has(pid);
  ui.print(ui.t(ours ? 'cli.explain.ourselves' : 'cli.explain.notClaude', { pid, name: clean(raw?.facts.comm ?? '?') }));
  return 0;
};
