import type { Failure, Result } from '../shared/api.js';
import type { Config } from '../shared/config.js';
import { parseConfig } from '../shared/config.js';
import type { ConfigFile, ConfigPreview, Edit } from '../shared/config-edit.js';
import { applyEdits, editId, editsTo, isSoundEdit, isUserName, mergedWith, previewEdits, valueIn } from '../shared/config-edit.js';
import type { Json, ParsedText } from '../shared/config-text.js';
import { parseConfigText, rangeOf, settingAt } from '../shared/config-text.js';
import { unknownIn } from '../shared/config-unknown.js';
import type { LogAction, LogField } from '../shared/log-line.js';
import { loosens, safetyOf, weakenings } from '../shared/weaker.js';
import type { ActionLog } from './action-log.js';
import { rulesIdOf } from './automation-store.js';
import type { ConfigStore, Saved } from './config-store.js';

/** Where a change of the configuration comes from; decides the log's word for it. */
export type ConfigSource = 'change' | 'import' | 'reset' | 'restore' | 'file';

/** The configuration as window and command line change it: whatever is tried is in the action log. */
export interface ConfigDoor {
  /** Makes changes; `agreed` are the ids of those that protect less and are wanted all the same. */
  readonly change: (edits: readonly Edit[], agreed: readonly string[], source: ConfigSource) => Promise<Result<Saved>>;
  /** Logs what editors change in the file, too; for one process of ours at a time. Returns the way to stop. */
  readonly logEdits: () => () => void;
  /** What importing a text would change; refused as a whole if any value in it is wrong. */
  readonly previewImport: (text: string, file: string) => Promise<Result<ConfigPreview>>;
  /** What going back to an earlier version would change. */
  readonly previewRestore: (name: string) => Result<ConfigPreview>;
  /** What putting everything back to its default would change. */
  readonly previewReset: () => ConfigPreview;
  /** The configuration as a text for a file: what is in force, and what later versions have added. */
  readonly exportText: () => string;
}

export interface ConfigDoorParts {
  readonly store: Pick<ConfigStore, 'get' | 'file' | 'update' | 'backups' | 'onEdited'>;
  readonly log: Pick<ActionLog, 'append'>;
  /** The rules of automatic cleanup that were agreed to last (automation-store.ts); null = none. */
  readonly agreedRulesId: () => string | null;
  readonly onProblem: (problem: unknown) => void;
}

const ACTIONS = {
  change: 'CONFIG_CHANGE',
  file: 'CONFIG_CHANGE',
  import: 'CONFIG_IMPORT',
  restore: 'CONFIG_IMPORT',
  reset: 'CONFIG_RESET',
} as const satisfies Record<ConfigSource, LogAction>;
/** A file of thousands of users must not push everything else out of the log. */
const MOST_LINES = 100;
const LONGEST_KEY = 600;

/** A value for the log. Of words that name processes only how many: they may be parts of command lines. */
const logged = (value: unknown): string =>
  Array.isArray(value) ? `${value.length}` : value === undefined ? 'default' : String(value).slice(0, 64);

const failure = (reason: Failure['reason'], id: string, values: Failure['values'] = {}): Result<never> => ({
  ok: false,
  failure: { reason, id, values },
});

/** Why a text is no configuration that could be imported. */
const importFailure = (parsed: ParsedText, file: string): Result<never> | null => {
  if (!parsed.ok) return failure('invalid', `import.${parsed.problem}`, { file, line: parsed.line ?? '?' });
  const [first] = parsed.wrong;
  if (first === undefined) return null;
  const { range, values } = rangeOf(first.setting);
  return failure('invalid', `import.${range}`, { ...values, key: first.path, file, line: first.line ?? '?' });
};

/** Why a change is not possible at all, with what would be. */
export const wrongEdit = (edits: readonly Edit[]): Result<never> | null => {
  const wrong = edits.find((edit) => !isSoundEdit(edit));
  if (wrong === undefined) return null;
  const { range, values } = rangeOf(wrong.at === 'user' && !isUserName(wrong.user) ? null : settingAt(editId(wrong)));
  return failure('invalid', `value.${range}`, { ...values, key: editId(wrong) });
};

/** Builds the one door to changing the configuration. */
export const createConfigDoor = ({ store, log, agreedRulesId, onProblem }: ConfigDoorParts): ConfigDoor => {
  const write = async (level: 'SUCCESS' | 'INFO', source: ConfigSource, fields: readonly LogField[]): Promise<void> => {
    const action = ACTIONS[source];
    const from: LogField[] = source === 'file' || source === 'restore' ? [['Source', source]] : [];
    const written = await log.append({ level, action, fields: [...fields, ...from] });
    if (!written.ok) onProblem(written.failure);
  };
  const writeEdits = async (edits: readonly Edit[], before: Config, after: Config, source: ConfigSource): Promise<void> => {
    for (const edit of edits.slice(0, MOST_LINES))
      await write('SUCCESS', source, [
        ['Key', editId(edit).slice(0, LONGEST_KEY)],
        // What it says is nobody's business here: it may be anything.
        ...(edit.at === 'unknown'
          ? [['Result', edit.value === undefined ? 'removed' : 'kept'] as const]
          : ([
              ['From', logged(valueIn(before, edit))],
              ['To', logged(valueIn(after, edit))],
            ] as const)),
      ]);
    if (edits.length > MOST_LINES) await write('SUCCESS', source, [['More', String(edits.length - MOST_LINES)]]);
  };

  const fileOf = (json: Json): ConfigFile => ({ json, config: parseConfig(json) });
  const logEdit = (before: ConfigFile, after: ConfigFile): void => {
    const edits = editsTo(before, fileOf(after.json), true);
    void writeEdits(edits, before.config, after.config, 'file').catch(onProblem);
  };

  /** The automatic mode is chosen where one sees what it would end, and agrees; anything else would leave it held back. */
  const unagreed = (edits: readonly Edit[]): Result<never> | null => {
    if (!edits.some((edit) => edit.at === 'global' && edit.key === 'auto_cleanup_mode' && edit.value === 'automatic')) return null;
    if (store.get().global_settings.auto_cleanup_mode === 'automatic') return null;
    const after = parseConfig(applyEdits(store.file().json, edits));
    return agreedRulesId() === rulesIdOf(after) ? null : failure('denied', 'needsConsent');
  };

  /** That limits end sessions is agreed to by itself, wherever it comes from; what else protects less is the store's to refuse. */
  const unwanted = (edits: readonly Edit[], agreed: readonly string[]): Result<never> | null => {
    const keys = edits.filter((edit) => edit.at === 'user' && loosens(store.get(), edit)).map(editId);
    const open = keys.filter((key) => !agreed.includes(key));
    return open.length === 0 ? null : failure('denied', 'configWeaker', { keys: open.join(', ') });
  };

  const previewOf = (edits: readonly Edit[], json: Json): ConfigPreview => {
    const before = { json: store.file().json, config: store.get() };
    const after = fileOf(applyEdits(before.json, edits));
    const weaker = new Set(weakenings(safetyOf(before.config), after.config).map(({ id }) => id));
    const changes = previewEdits(edits, before, after).map((change) => ({
      ...change,
      weaker: weaker.has(change.id) || loosens(before.config, change.edit),
    }));
    return { changes, unknown: unknownIn(json).length };
  };
  const editsFor = (json: Json, whole: boolean): readonly Edit[] => editsTo(fileOf(store.file().json), fileOf(json), whole);

  return {
    logEdits: () => store.onEdited(logEdit),
    change: async (edits, agreed, source) => {
      const saved =
        wrongEdit(edits) ??
        (source === 'change' ? unagreed(edits) : null) ??
        unwanted(edits, agreed) ??
        (await store.update(edits, agreed));
      if (saved.ok) {
        const { before, after } = saved.value;
        const told = edits.filter(
          (edit) => edit.at === 'unknown' || JSON.stringify(valueIn(before, edit)) !== JSON.stringify(valueIn(after, edit)),
        );
        await writeEdits(told, before, after, source);
        const loosened = agreed.filter((id) => !edits.some((edit) => editId(edit) === id));
        if (loosened.length > 0) await write('SUCCESS', source, [['Agreed', loosened.join(', ').slice(0, 256)]]);
        return saved;
      }
      const keys = edits.map(editId).slice(0, 10).join(', ');
      await write('INFO', source, [
        ['Key', keys],
        ['Result', 'refused'],
        ['Reason', `${saved.failure.reason} (${saved.failure.id})`],
      ]);
      return saved;
    },
    previewImport: async (text, file) => {
      const parsed = parseConfigText(text);
      const refused = importFailure(parsed, file);
      if (refused !== null || !parsed.ok) {
        const id = refused?.ok === false ? refused.failure.id : 'invalid';
        await write('INFO', 'import', [
          ['Result', 'refused'],
          ['Reason', `invalid (${id})`],
        ]);
        return refused ?? failure('invalid', 'import.syntax', { file, line: '?' });
      }
      return { ok: true, value: previewOf(editsFor(parsed.json, false), parsed.json) };
    },
    previewRestore: (name) => {
      const found = store.backups.read(name);
      if (found.kind !== 'good') return failure('gone', 'backupGone', { name: name.slice(0, 64) });
      return { ok: true, value: previewOf(editsFor(found.json, true), found.json) };
    },
    // What is not known has no default to go back to.
    previewReset: () =>
      previewOf(
        editsFor({}, true).filter(({ at }) => at !== 'unknown'),
        {},
      ),
    exportText: () => `${JSON.stringify(mergedWith(store.file().json, store.get()), null, 2)}\n`,
  };
};
