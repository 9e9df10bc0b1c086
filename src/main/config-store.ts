import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AppState, Failure, Result } from '../shared/api.js';
import type { Config } from '../shared/config.js';
import { parseConfig } from '../shared/config.js';
import type { ConfigFile, Edit } from '../shared/config-edit.js';
import { applyEdits, editId, isSoundEdit } from '../shared/config-edit.js';
import type { Json, WrongValue } from '../shared/config-text.js';
import { MAX_CONFIG_BYTES, wrongValues } from '../shared/config-text.js';
import type { Weakening } from '../shared/weaker.js';
import { safetyOf, strengthened, weakenings } from '../shared/weaker.js';
import { localStamp } from './action-log.js';
import type { Accepted } from './config-accepted.js';
import { createAcceptedStore, textHash } from './config-accepted.js';
import type { Backups } from './config-backups.js';
import { createBackups } from './config-backups.js';
import type { FoundFile, GoodFile } from './config-file.js';
import { corruptName, readConfigFile } from './config-file.js';
import { watchConfig } from './config-watch.js';
import type { Identify } from './file-lock.js';
import { withFileLock } from './file-lock.js';
import { ensurePrivateFolder, errorCode } from './paths.js';
import { replaceFile } from './replace-file.js';

/** Something to tell the user; `id` is a key below "notice" in the locales. */
export type Notice = AppState['notices'][number];

/** The file as it is now. */
export interface FileState extends ConfigFile {
  /** Ways in which it protects less than what the user agreed to; the stronger values are in force. */
  readonly weaker: readonly Weakening[];
  /** Wall ms of its last change; null = there is none. */
  readonly savedAtMs: number | null;
}

/** A change that was saved, with what was in force before and is now. */
export interface Saved {
  readonly before: Config;
  readonly after: Config;
  readonly edits: readonly Edit[];
}

export interface ConfigStore {
  /** What is in force. */
  readonly get: () => Config;
  /** What is wrong with the file at the moment. */
  readonly notices: () => readonly Notice[];
  readonly file: () => FileState;
  readonly backups: Pick<Backups, 'list' | 'read'>;
  /**
   * Changes the file, as it is by then, and nothing else in it; answers when it is on disk. Refuses a change that protects less, but for
   * those whose ids (`editId`) are agreed to; agreeing without a change is for what an editor has weakened.
   */
  readonly update: (edits: readonly Edit[], agreed: readonly string[]) => Promise<Result<Saved>>;
  /** Called when configuration or notices have changed, by whomever. Returns the way to stop. */
  readonly onChange: (listener: () => void) => () => void;
  /** Called when somebody else than this program has changed the file, with what was in force before and is now. */
  readonly onEdited: (listener: (before: ConfigFile, after: ConfigFile) => void) => () => void;
  /** Settles when a file found corrupt at the start has been set aside; never rejects. */
  readonly ready: Promise<void>;
  readonly close: () => void;
}

export interface ConfigStoreOptions {
  /** claude_limits.json; its folder is made where it is missing, `backups` in it with the first change. */
  readonly path: string;
  /** Where to keep what protection the user has agreed to; without it every file is taken as it is. */
  readonly acceptedPath?: string;
  readonly identify: Identify;
  /** Wall clock, ms; names the backups and the copies of corrupt files. */
  readonly now?: () => number;
  /** How long to wait for another process that is writing. */
  readonly lockWaitMs?: number;
}

const keysOf = (wrong: readonly WrongValue[]): string =>
  wrong.map(({ line, path }) => (line === null ? path : `${line}: ${path}`)).join(', ');

const failed = (id: string, values: Readonly<Record<string, string>>, reason: Failure['reason']): Result<never> => ({
  ok: false,
  failure: { reason, id, values },
});

/**
 * The configuration in `claude_limits.json`, shared with other processes of ours and with its user's editor. Reads at once;
 * whatever is wrong with the file is a notice, and its values fall back one by one. conf, which does the same, reads a file
 * anew and blocking at each look, throws or wipes on a corrupt one, and knows no lock between processes.
 */
export const createConfigStore = (options: ConfigStoreOptions): ConfigStore => {
  const { path, acceptedPath = null, identify, now = Date.now, lockWaitMs = 5_000 } = options;
  const folder = dirname(path);
  const lock = { path: `${path}.lock`, identify, waitMs: lockWaitMs };
  const backups = createBackups(join(folder, 'backups'), now);
  const accepted = createAcceptedStore(acceptedPath);
  const listeners = new Set<() => void>();
  const editListeners = new Set<(before: ConfigFile, after: ConfigFile) => void>();
  const told = new Map<string, Notice>();
  let state: FileState = { json: {}, config: parseConfig({}), weaker: [], savedAtMs: null };
  /** The last good text; null = the file does not exist, or never was good. */
  let good: string | null = null;
  let closed = false;

  const announce = (): void => {
    for (const listener of listeners) listener();
  };
  const tell = (id: string, values: Readonly<Record<string, string>>): void => {
    told.set(id, { id, values });
  };
  const problem = (found: FoundFile): void => {
    if (found.kind === 'invalid') tell('configInvalid', { file: path, line: String(found.line ?? '?') });
    if (found.kind === 'unreadable') tell('configUnreadable', { file: path, code: found.code });
  };

  type Content = Pick<GoodFile, 'text' | 'json' | 'wrong'>;
  /** What is in force with a file of that content, given what the user has agreed to. Read after the file: who writes both writes this first. */
  const judged = (json: Json, agreed: Accepted | null): Pick<FileState, 'config' | 'weaker'> => {
    const config = parseConfig(json);
    const weaker = agreed === null ? [] : weakenings(agreed.safety, config);
    return { config: strengthened(config, weaker), weaker };
  };
  const accept = (found: Content | null, agreed = accepted.read(), savedAtMs = found === null ? null : now()): void => {
    good = found?.text ?? null;
    const json = found?.json ?? {};
    state = { json, ...judged(json, agreed), savedAtMs };
    for (const id of ['configInvalid', 'configUnreadable', 'configValues', 'configWeaker']) told.delete(id);
    if (found !== null && found.wrong.length > 0) tell('configValues', { file: path, keys: keysOf(found.wrong) });
    if (state.weaker.length > 0) tell('configWeaker', { file: path, keys: state.weaker.map(({ id }) => id).join(', ') });
  };

  /** Under the lock. The file's own name is free afterwards. */
  const setAside = async (): Promise<string> => {
    const name = corruptName(path, now());
    await rename(path, name);
    told.delete('configInvalid');
    tell('configCorrupt', { file: name });
    return name;
  };

  const underLock = async (work: () => Promise<void>): Promise<void> => {
    try {
      await withFileLock(lock, work);
    } catch (error) {
      tell('configUnreadable', { file: path, code: errorCode(error) });
    }
  };
  const setAsideFirst = async (): Promise<void> => {
    await underLock(async () => {
      const found = readConfigFile(path);
      // Another process of ours may have been faster.
      if (found.kind === 'good') accept(found);
      else if (found.kind === 'missing') told.delete('configInvalid');
      else if (found.kind === 'invalid') {
        const name = await setAside();
        const version = backups.newestGood();
        if (version === null) return;
        await replaceFile(path, version.text);
        accept(version);
        told.delete('configCorrupt');
        tell('configRestored', { file: name, at: localStamp(version.backup.atMs).replace('T', ' ') });
      }
    });
    if (!closed) announce();
  };

  /** Keeps what the file said before an editor changed it, and remembers what protection is in force now. */
  const settle = async (before: string | null): Promise<void> => {
    await underLock(async () => {
      if (before !== null) await keepVersion(before);
      const found = readConfigFile(path);
      const agreed = accepted.read();
      if (found.kind === 'good') await record(judged(found.json, agreed).config, agreed, agreed?.written ?? null);
    });
  };
  /** Whether the protection that the user agreed to is on disk now. */
  const record = async (config: Config, agreed: Accepted | null, written: string | null): Promise<string | null> => {
    const safety = safetyOf(config);
    if (agreed !== null && agreed.written === written && JSON.stringify(agreed.safety) === JSON.stringify(safety)) return null;
    try {
      await accepted.write({ safety, written });
      return null;
    } catch (error) {
      return errorCode(error);
    }
  };
  const keepVersion = async (text: string): Promise<void> => {
    const code = await backups.keep(text);
    if (code === null) told.delete('configNoBackup');
    else tell('configNoBackup', { code });
  };

  const reread = (sure: boolean): 'seen' | 'later' => {
    const found = readConfigFile(path);
    if (found.kind === 'missing' && good !== null && !sure) return 'later';
    const before = { text: good, state, shown: JSON.stringify([state.config, ...told.values()]) };
    if (found.kind === 'good' || found.kind === 'missing') {
      const agreed = accepted.read();
      const [content, mine] = found.kind === 'good' ? [found, agreed?.written === textHash(found.text)] : [null, false];
      accept(content, agreed);
      if (good !== before.text && !mine) {
        for (const listener of editListeners) listener(before.state, state);
        void settle(before.text);
      }
    } else problem(found);
    if (before.shown !== JSON.stringify([state.config, ...told.values()])) announce();
    return 'seen';
  };
  /** Under the lock: read, change, write. */
  const change = async (edit: (json: Json) => Json, edits: readonly Edit[], agreedTo: readonly string[]): Promise<Result<Saved>> => {
    const found = readConfigFile(path);
    if (found.kind === 'unreadable') return failed('configNotWritten', { file: path, code: found.code }, 'denied');
    const base = found.kind === 'good' ? found.json : found.kind === 'invalid' ? state.json : {};
    const json = edit(base);
    const agreed = accepted.read();
    const before = judged(base, agreed).config;
    const open = weakenings(safetyOf(before), parseConfig(json)).filter(({ id }) => !agreedTo.includes(id));
    const wanted = new Set(edits.map(editId));
    const refused = open.filter(({ id }) => wanted.has(id));
    if (refused.length > 0) return failed('configWeaker', { keys: refused.map(({ id }) => id).join(', ') }, 'denied');

    const after = strengthened(parseConfig(json), open);
    const same = found.kind === 'good' && JSON.stringify(base) === JSON.stringify(json);
    const text = same ? found.text : `${JSON.stringify(json, null, 2)}\n`;
    if (text.length > MAX_CONFIG_BYTES) return failed('configTooBig', { file: path }, 'invalid');
    // First this: who sees the new file sees what was agreed to for it.
    const unrecorded = await record(after, agreed, textHash(text));
    if (unrecorded !== null && agreedTo.length > 0)
      return failed('configNotWritten', { file: acceptedPath ?? '', code: unrecorded }, 'denied');
    if (!same) {
      if (found.kind === 'invalid') await setAside();
      if (found.kind === 'good') await keepVersion(found.text);
      await replaceFile(path, text);
    }
    accept({ text, json, wrong: wrongValues(json) }, acceptedPath === null ? null : { safety: safetyOf(after), written: null });
    announce();
    return { ok: true, value: { before, after: state.config, edits } };
  };
  const save = async (edit: (json: Json) => Json, edits: readonly Edit[], agreed: readonly string[]): Promise<Result<Saved>> => {
    try {
      const noFolder = ensurePrivateFolder(folder);
      if (noFolder !== null) return failed('configNotWritten', { file: path, code: noFolder }, 'denied');
      const done = await withFileLock(lock, () => change(edit, edits, agreed));
      if (done.ok) return done.value;
      if (done.code === 'timeout') return failed('configLocked', { file: path }, 'timeout');
      return failed('configNotWritten', { file: path, code: done.code }, 'denied');
    } catch (error) {
      return failed('configNotWritten', { file: path, code: errorCode(error) }, 'denied');
    }
  };

  const noFolder = ensurePrivateFolder(folder);
  const onProblem = (code: string): void => {
    tell('configNotWatched', { code });
    announce();
  };
  const stopWatching = noFolder === null ? watchConfig({ path, look: reread, onProblem }) : () => undefined;
  const first: FoundFile = noFolder === null ? readConfigFile(path) : { kind: 'unreadable', code: noFolder };
  const version = first.kind === 'invalid' ? backups.newestGood() : null;
  if (first.kind === 'good' || version !== null) accept(first.kind === 'good' ? first : version);
  problem(first);
  const needsRecord = acceptedPath !== null && first.kind === 'good' && accepted.read() === null;
  const ready = first.kind === 'invalid' ? setAsideFirst() : needsRecord ? settle(null) : Promise.resolve();

  return {
    get: () => state.config,
    notices: () => [...told.values()],
    file: () => state,
    backups,
    update: async (edits, agreed) => {
      const wrong = edits.find((edit) => !isSoundEdit(edit));
      if (wrong !== undefined) return failed('configValue', { key: editId(wrong) }, 'invalid');
      return save((json) => applyEdits(json, edits), edits, agreed);
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onEdited: (listener) => {
      editListeners.add(listener);
      return () => editListeners.delete(listener);
    },
    ready,
    close: () => {
      closed = true;
      stopWatching();
      listeners.clear();
      editListeners.clear();
    },
  };
};
