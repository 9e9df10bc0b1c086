import { readImport } from '../main/config-commands.js';
import type { ConfigSource } from '../main/config-door.js';
import type { Core } from '../main/core.js';
import { errorCode } from '../main/paths.js';
import { replaceFile } from '../main/replace-file.js';
import type { Failure, Result } from '../shared/api.js';
import type { ConfigPreview, Edit } from '../shared/config-edit.js';
import { editId, valueIn } from '../shared/config-edit.js';
import { MAX_CONFIG_BYTES } from '../shared/config-text.js';
import { isFields } from '../shared/config-unknown.js';
import { formatDateTime } from '../shared/format.js';
import { SETTING_KEYS, USER_SETTING_KEYS } from '../shared/settings.js';
import type { ConfigKey } from './config-key.js';
import { editOf, keyName, parseValue } from './config-key.js';
import { canAsk, confirm } from './confirm.js';
import type { BackupsJson, ConfigJson, ConfigPreviewJson } from './json-shape.js';
import { JSON_VERSION } from './json-shape.js';
import type { ExitCode, Ui } from './output.js';
import { clean, fail, failureTrouble } from './output.js';

/** A refused change is one that failed, with the key and its range in words: 1, as the issue has it. */
export const refused = (ui: Ui, failure: Failure): ExitCode => fail(ui, { ...failureTrouble(failure), reason: 'failed' });

const textOf = (value: unknown): string => clean(value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value));

interface Entry {
  readonly key: string;
  readonly value: unknown;
  /** Whether it stands in the file; else it is a default. */
  readonly set: boolean;
}

const entries = ({ configStore }: Core): readonly Entry[] => {
  const { json } = configStore.file();
  const config = configStore.get();
  const inFile = isFields(json.global_settings) ? json.global_settings : {};
  return [
    ...SETTING_KEYS.map((key) => ({ key: `global_settings.${key}`, value: config.global_settings[key], set: Object.hasOwn(inFile, key) })),
    ...Object.entries(config.user_limits).flatMap(([user, row]) =>
      Object.entries(row).flatMap(([key, value]) => (value === undefined ? [] : [{ key: `user_limits.${user}.${key}`, value, set: true }])),
    ),
    ...config.protect_rules.map(({ by, value }) => ({ key: `protect_rules.${by}:${value}`, value: true, set: true })),
  ];
};

/** Every setting that is in force; those that stand in the file are marked. */
export const configList = async (ui: Ui, core: Core): Promise<ExitCode> => {
  const list = entries(core);
  if (ui.json)
    ui.data({ version: JSON_VERSION, file: core.paths.configFile, entries: list.map((one) => ({ ...one })) } satisfies ConfigJson);
  else
    for (const { key, value, set } of list) {
      const line = `${clean(key)} = ${textOf(value)}`;
      ui.print(set ? ui.paint.bold(line) : line);
    }
  return 0;
};

/** The value in force of one key, bare. */
export const configGet = async (ui: Ui, core: Core, key: ConfigKey): Promise<ExitCode> => {
  const value = valueIn(core.configStore.get(), editOf(key, true));
  const set = entries(core).some((one) => one.key === keyName(key) && one.set);
  if (ui.json)
    ui.data({
      version: JSON_VERSION,
      file: core.paths.configFile,
      entries: [{ key: keyName(key), value: value ?? null, set }],
    } satisfies ConfigJson);
  else ui.print(textOf(value));
  return 0;
};

/** A refusal, with the way to have it all the same. */
const refusedChange = (ui: Ui, failure: Failure): ExitCode => {
  const code = refused(ui, failure);
  if (failure.id === 'configWeaker' && !ui.json) ui.note(ui.t('cli.config.acceptHint'));
  return code;
};

const change = async (
  ui: Ui,
  core: Core,
  edits: readonly Edit[],
  { agreed, source }: { readonly agreed: readonly string[]; readonly source: ConfigSource },
): Promise<ExitCode> => {
  const saved = await core.configDoor.change(edits, agreed, source);
  if (!saved.ok) return refusedChange(ui, saved.failure);
  const { after } = saved.value;
  if (ui.json)
    ui.data({
      version: JSON_VERSION,
      file: core.paths.configFile,
      entries: edits.map((edit) => ({
        key: editId(edit),
        value: valueIn(after, edit) ?? null,
        set: edit.at === 'rule' ? edit.on : edit.value !== undefined,
      })),
    } satisfies ConfigJson);
  else for (const edit of edits) ui.print(`${clean(editId(edit))} = ${textOf(valueIn(after, edit))}`);
  return 0;
};

/** Sets one key; what protects less needs `accept`. */
export const configSet = async (
  ui: Ui,
  core: Core,
  { key, text, accept }: { readonly key: ConfigKey; readonly text: string; readonly accept: boolean },
): Promise<ExitCode> => {
  const value = parseValue(key, text);
  if (key.at === 'rule' && typeof value !== 'boolean') {
    return refused(ui, { reason: 'invalid', id: 'value.flag', values: { key: keyName(key) } });
  }
  return change(ui, core, [editOf(key, value)], { agreed: accept ? [keyName(key)] : [], source: 'change' });
};

/** Takes one key out of the file, so that its default holds again. */
export const configUnset = async (
  ui: Ui,
  core: Core,
  { key, accept, source = 'change' }: { readonly key: ConfigKey; readonly accept: boolean; readonly source?: ConfigSource },
): Promise<ExitCode> => change(ui, core, [editOf(key, undefined)], { agreed: accept ? [keyName(key)] : [], source });

const previewJson = (core: Core, { changes, unknown }: ConfigPreview, applied: readonly string[]): ConfigPreviewJson => ({
  version: JSON_VERSION,
  file: core.paths.configFile,
  unknown,
  changes: changes.map(({ id, before, after, weaker }) => ({
    key: id,
    before: before ?? null,
    after: after ?? null,
    weaker,
    applied: applied.includes(id),
  })),
});

export interface ApplyOptions {
  readonly yes: boolean;
  /** Keys that may protect less. */
  readonly accept: readonly string[];
}

/** Shows what would change and does it after a yes; what protects less and is not accepted stays as it is. */
const applyPreview = async (
  ui: Ui,
  core: Core,
  preview: ConfigPreview,
  { yes, accept, source }: ApplyOptions & { readonly source: ConfigSource },
): Promise<ExitCode> => {
  const { changes, unknown } = preview;
  const chosen = changes.filter(({ id, weaker }) => !weaker || accept.includes(id));
  if (!ui.json) {
    for (const { id, before, after, weaker } of changes) {
      const line = `${clean(id)}: ${textOf(before)} → ${textOf(after)}`;
      ui.print(
        !weaker ? line : `${ui.paint.yellow(line)}  ${ui.t(accept.includes(id) ? 'cli.config.weakerAccepted' : 'cli.config.weakerKept')}`,
      );
    }
    if (unknown > 0) ui.note(ui.t('cli.config.unknown', { count: unknown }));
    if (changes.length === 0) ui.print(ui.t('cli.config.nothing'));
  }
  if (chosen.length === 0) {
    if (ui.json) ui.data(previewJson(core, preview, []));
    return 0;
  }
  if (!yes) {
    if (!canAsk(ui)) return fail(ui, { reason: 'cancelled', key: 'cli.config.needsYes' });
    if (!(await confirm(ui, ui.t('cli.config.ask', { count: chosen.length }))))
      return fail(ui, { reason: 'cancelled', key: 'cli.config.cancelled' });
  }
  const ids = chosen.map(({ id }) => id);
  const saved = await core.configDoor.change(
    chosen.map(({ edit }) => edit),
    ids.filter((id) => accept.includes(id)),
    source,
  );
  if (!saved.ok) return refused(ui, saved.failure);
  if (ui.json) ui.data(previewJson(core, preview, ids));
  else ui.print(ui.t('cli.config.done', { count: chosen.length }));
  return 0;
};

const textFrom = async (ui: Ui, file: string): Promise<Result<string>> => {
  if (file !== '-') return readImport(file);
  const lines: string[] = [];
  let length = 0;
  for await (const line of ui.io.stdin.lines()) {
    lines.push(line);
    length += line.length + 1;
    // The rest changes nothing any more: it is refused as too big.
    if (length > MAX_CONFIG_BYTES + 1) break;
  }
  return { ok: true, value: lines.join('\n') };
};

/** Imports a file (- = standard input), as a whole or not at all if anything in it is wrong. */
export const configImport = async (ui: Ui, core: Core, file: string, options: ApplyOptions): Promise<ExitCode> => {
  const text = await textFrom(ui, file);
  if (!text.ok) return refused(ui, text.failure);
  const preview = await core.configDoor.previewImport(text.value, file);
  return preview.ok ? applyPreview(ui, core, preview.value, { ...options, source: 'import' }) : refused(ui, preview.failure);
};

/** Writes what is in force to a file (- = standard output). */
export const configExport = async (ui: Ui, core: Core, file: string): Promise<ExitCode> => {
  const text = core.configDoor.exportText();
  if (file === '-') {
    ui.io.stdout.write(text);
    return 0;
  }
  try {
    await replaceFile(file, text);
    return 0;
  } catch (error) {
    return refused(ui, { reason: 'denied', id: 'exportNotWritten', values: { file, code: errorCode(error) } });
  }
};

/** Puts everything back to its default, rules that protect only where accepted. */
export const configResetAll = async (ui: Ui, core: Core, options: ApplyOptions): Promise<ExitCode> =>
  applyPreview(ui, core, core.configDoor.previewReset(), { ...options, source: 'reset' });

/** The earlier versions, newest first, with the numbers that `restore` takes. */
export const configBackups = async (ui: Ui, core: Core): Promise<ExitCode> => {
  const list = core.configStore.backups.list();
  if (ui.json)
    ui.data({
      version: JSON_VERSION,
      backups: list.map(({ name, atMs }, index) => ({ number: index + 1, name, atMs })),
    } satisfies BackupsJson);
  else if (list.length === 0) ui.print(ui.t('cli.config.noBackups'));
  else for (const [index, { name, atMs }] of list.entries()) ui.print(`${index + 1}  ${formatDateTime(atMs, ui.language)}  ${name}`);
  return 0;
};

/** Goes back to an earlier version, after showing what that would change. */
export const configRestore = async (ui: Ui, core: Core, number: number, options: ApplyOptions): Promise<ExitCode> => {
  const backup = core.configStore.backups.list()[number - 1];
  if (backup === undefined) return fail(ui, { reason: 'failed', key: 'cli.config.noBackup', values: { number } });
  const preview = core.configDoor.previewRestore(backup.name);
  return preview.ok ? applyPreview(ui, core, preview.value, { ...options, source: 'restore' }) : refused(ui, preview.failure);
};

/** A user's limits, or the row for everybody; with `changes` sets them first. That they end sessions needs `accept`. */
export const limits = async (
  ui: Ui,
  core: Core,
  user: string,
  { changes, accept }: { readonly changes: readonly { readonly key: ConfigKey; readonly text: string }[]; readonly accept: boolean },
): Promise<ExitCode> => {
  if (changes.length > 0) {
    const edits = changes.map(({ key, text }) => editOf(key, text === 'default' ? undefined : parseValue(key, text)));
    const saved = await core.configDoor.change(edits, accept ? edits.map(editId) : [], 'change');
    if (!saved.ok) return refusedChange(ui, saved.failure);
  }
  const own = new Set(USER_SETTING_KEYS.map((key) => `user_limits.${user}.${key}`));
  const list = entries(core).filter(({ key }) => own.has(key));
  if (ui.json)
    ui.data({ version: JSON_VERSION, file: core.paths.configFile, entries: list.map((one) => ({ ...one })) } satisfies ConfigJson);
  else if (list.length === 0) ui.print(ui.t('cli.config.noLimits', { user: clean(user) }));
  else for (const { key, value } of list) ui.print(`${clean(key)} = ${textOf(value)}`);
  return 0;
};
