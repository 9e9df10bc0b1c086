import { create } from 'zustand';
import type { CommandInput } from '../shared/api.js';
import type { Config } from '../shared/config.js';
import type { Edit, EditPreview } from '../shared/config-edit.js';
import { editId, valueIn } from '../shared/config-edit.js';
import { loosens } from '../shared/weaker.js';
import { ask } from './ask.js';
import { defaultIn, isModified, type Section } from './config-groups.js';
import { sayNow } from './i18n.js';
import { useShown } from './store.js';
import { showChanged, showDone, showFailure } from './toasts.js';
import { useView } from './view.js';

type Source = CommandInput<'updateConfig'>['source'];

/** A change that is proposed, not made: each line can be left out. */
export interface Proposal {
  readonly source: 'import' | 'restore' | 'reset' | 'loosen';
  /** What stands in the title: a file, a date. */
  readonly of: string;
  readonly changes: readonly (Pick<EditPreview, 'id' | 'edit' | 'before' | 'after'> & { readonly weaker: boolean })[];
  readonly unknown: number;
  /** What the log calls it; absent = as its source. */
  readonly as?: Source;
}

interface ConfigView {
  readonly section: Section;
  readonly query: string;
  readonly proposal: Proposal | null;
  readonly ticked: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

export const useConfig = create<ConfigView>(() => ({ section: 'users', query: '', proposal: null, ticked: NONE }));

/** Changes settings; what protects less is agreed to by the click that asks for it. Whether it was done. */
export const updateConfig = async (edits: readonly Edit[], source: Source = 'change'): Promise<boolean> => {
  const input = { edits: edits.map((edit) => ({ ...edit })), agreed: edits.map(editId), source };
  const result = await ask(window.claudeManager.updateConfig(input));
  if (!result.ok) showFailure(result.failure);
  return result.ok;
};

/** Changes settings at once, but asks where that protects less. */
export const changeConfig = (edits: readonly Edit[], as: Source = 'change'): void => {
  const config = useShown.getState().app?.config;
  const loose = config === undefined ? [] : edits.filter((edit) => loosens(config, edit));
  if (config === undefined || loose.length === 0) {
    void updateConfig(edits, as);
    return;
  }
  const changes = edits.map((edit) => {
    const after = edit.at === 'rule' ? edit.on : (edit.value ?? defaultIn(config, edit));
    const before = valueIn(config, edit) ?? defaultIn(config, edit);
    return { id: editId(edit), edit, before, after, weaker: loose.includes(edit) };
  });
  const proposal: Proposal = { source: 'loosen', of: '', changes, unknown: 0, as };
  // The click was the wish; this only asks whether it was meant.
  useConfig.setState({ proposal, ticked: new Set(changes.map(({ id }) => id)) });
};

/** What takes a change back, by what was in force before it. */
const inverseOf = (config: Config, { edit, before }: Proposal['changes'][number]): Edit => {
  if (edit.at === 'rule') return { ...edit, on: !edit.on };
  if (edit.at === 'unknown') return { at: 'unknown', path: edit.path, value: before };
  if (edit.at === 'user') return { ...edit, value: valueIn(config, edit) };
  return isModified(config.global_settings, edit.key)
    ? { ...edit, value: config.global_settings[edit.key] }
    : { at: 'global', key: edit.key };
};

/** Shows a proposal; what would protect less starts unticked. */
export const propose = (proposal: Proposal): void =>
  useConfig.setState({ proposal, ticked: new Set(proposal.changes.filter(({ weaker }) => !weaker).map(({ id }) => id)) });

export const tickChange = (id: string): void =>
  useConfig.setState(({ ticked }) => ({
    ticked: ticked.has(id) ? new Set([...ticked].filter((one) => one !== id)) : new Set([...ticked, id]),
  }));

export const closeProposal = (): void => useConfig.setState({ proposal: null, ticked: NONE });

/** Makes the ticked changes of what is proposed. */
export const acceptProposal = async (): Promise<void> => {
  const { proposal, ticked } = useConfig.getState();
  if (proposal === null) return;
  const chosen = proposal.changes.filter(({ id }) => ticked.has(id));
  const config = useShown.getState().app?.config;
  closeProposal();
  const edits = chosen.map(({ edit }) => edit);
  const as = proposal.as ?? (proposal.source === 'loosen' ? 'change' : proposal.source);
  if (edits.length === 0 || config === undefined || !(await updateConfig(edits, as))) return;
  const back = chosen.map((change) => inverseOf(config, change)).reverse();
  showChanged(sayNow('ui.config.changed', { count: edits.length }), back);
};

/** Has main ask for a file and shows what it would change. */
export const importConfig = async (): Promise<void> => {
  const result = await ask(window.claudeManager.previewImport({}));
  if (!result.ok) showFailure(result.failure);
  else if (result.value !== null) propose({ source: 'import', of: result.value.file, ...result.value });
};

/** Shows what going back to an earlier version would change. */
export const restoreConfig = async (name: string, when: string): Promise<void> => {
  const result = await ask(window.claudeManager.previewRestore({ name }));
  if (!result.ok) showFailure(result.failure);
  else propose({ source: 'restore', of: when, ...result.value });
};

/** Has main save the configuration somewhere. */
export const exportConfig = async (): Promise<void> => {
  const result = await ask(window.claudeManager.exportConfig({}));
  if (!result.ok) showFailure(result.failure);
  else if (result.value.path !== null) showDone(sayNow('ui.config.exported', { file: result.value.path }));
};

/** Agrees to what an editor has weakened in the file. */
export const agreeTo = async (ids: readonly string[]): Promise<void> => {
  const result = await ask(window.claudeManager.updateConfig({ edits: [], agreed: [...ids], source: 'change' }));
  if (!result.ok) showFailure(result.failure);
};

/** Writes the stronger values, which are in force, back into the file. */
export const putBack = async (): Promise<void> => {
  const app = useShown.getState().app;
  const edits = (app?.configFile.weaker ?? []).map((one): Edit => {
    if ('rule' in one) return { at: 'rule', rule: one.rule, on: true };
    return { at: 'global', key: one.key, value: app?.config.global_settings[one.key] };
  });
  if (edits.length > 0) await updateConfig(edits);
};

/** Asks for the consent that takes automatic cleanup to its automatic mode; without it nothing changes. */
export const wantAutomatic = (): void => useView.setState({ dialog: 'consent' });

/** No consent where the file asks for it: the mode says what it does anyhow. */
export const onlyReport = async (): Promise<void> => {
  if (await updateConfig([{ at: 'global', key: 'auto_cleanup_mode', value: 'report' }])) useView.setState({ dialog: null });
};
