import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { CommandInput, CommandOutputs, Result } from '../shared/api.js';
import type { Edit } from '../shared/config-edit.js';
import { editId } from '../shared/config-edit.js';
import { MAX_CONFIG_BYTES } from '../shared/config-text.js';
import { SETTING_KEYS } from '../shared/settings.js';
import type { ConfigDoor } from './config-door.js';
import type { ConfigStore } from './config-store.js';
import { errorCode } from './paths.js';
import { replaceFile } from './replace-file.js';

type ConfigCommandName = 'setPreferences' | 'updateConfig' | 'previewImport' | 'previewRestore' | 'listBackups' | 'exportConfig';
export type ConfigCommands = {
  readonly [C in ConfigCommandName]: (input: CommandInput<C>) => Promise<Result<CommandOutputs[C]>>;
};

export interface ConfigCommandsOptions {
  readonly door: ConfigDoor;
  readonly store: Pick<ConfigStore, 'backups'>;
  /** Asks which file to read; null = the user closed the dialog. */
  readonly askFile: () => Promise<string | null>;
  /** Asks where to save; null = the user closed the dialog. */
  readonly askWhere: (fileName: string) => Promise<string | null>;
}

const failed = (id: string, file: string, code: string): Result<never> => ({
  ok: false,
  failure: { reason: 'denied', id, values: { file, code } },
});

/** The text of a file that somebody chose; it may be anything. Never more than what an import takes. */
export const readImport = (path: string): Result<string> => {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stats = fstatSync(descriptor);
      if (!stats.isFile()) return failed('importNotRead', path, 'ENOTSUP');
      if (stats.size > MAX_CONFIG_BYTES) return { ok: false, failure: { reason: 'invalid', id: 'import.tooBig', values: { file: path } } };
      return { ok: true, value: readFileSync(descriptor, 'utf8') };
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    return failed('importNotRead', path, errorCode(error));
  }
};

/** The window's commands on the configuration. */
export const createConfigCommands = ({ door, store, askFile, askWhere }: ConfigCommandsOptions): ConfigCommands => ({
  setPreferences: async (patch) => {
    const edits = SETTING_KEYS.flatMap((key): Edit[] => {
      const value: unknown = Object.hasOwn(patch, key) ? Reflect.get(patch, key) : undefined;
      return value === undefined ? [] : [{ at: 'global', key, value }];
    });
    // Not to be asked protects less; the tick beside the words that say so is the agreement to it.
    const saved = await door.change(edits, edits.map(editId), 'change');
    return saved.ok ? { ok: true, value: null } : saved;
  },
  updateConfig: async ({ edits, agreed, source }) => {
    const saved = await door.change(edits, agreed, source);
    return saved.ok ? { ok: true, value: null } : saved;
  },
  previewImport: async () => {
    const path = await askFile();
    if (path === null) return { ok: true, value: null };
    const text = readImport(path);
    if (!text.ok) return text;
    const preview = await door.previewImport(text.value, basename(path));
    return preview.ok ? { ok: true, value: { ...preview.value, file: basename(path) } } : preview;
  },
  previewRestore: async ({ name }) => door.previewRestore(name),
  listBackups: async () => ({ ok: true, value: store.backups.list() }),
  exportConfig: async () => {
    const path = await askWhere('claude_limits.json');
    if (path === null) return { ok: true, value: { path } };
    try {
      await replaceFile(path, door.exportText());
      return { ok: true, value: { path } };
    } catch (error) {
      return failed('exportNotWritten', path, errorCode(error));
    }
  },
});
