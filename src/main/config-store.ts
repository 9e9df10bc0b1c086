import type { FSWatcher } from 'node:fs';
import { closeSync, constants, existsSync, fstatSync, openSync, readFileSync, watch } from 'node:fs';
import { rename } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { AppState, Result } from '../shared/api.js';
import type { Config, GlobalSettings } from '../shared/config.js';
import { configProblems, parseConfig } from '../shared/config.js';
import { localStamp } from './action-log.js';
import type { Identify } from './file-lock.js';
import { withFileLock } from './file-lock.js';
import { ensurePrivateFolder, errorCode } from './paths.js';
import { replaceFile } from './replace-file.js';

/** Something to tell the user; `id` is a key below "notice" in the locales. */
export type Notice = AppState['notices'][number];
export type Preferences = { readonly [K in keyof GlobalSettings]?: GlobalSettings[K] | undefined };

export interface ConfigStore {
  readonly get: () => Config;
  /** What is wrong with the file at the moment. */
  readonly notices: () => readonly Notice[];
  /** Writes these keys of `global_settings` and leaves everything else in the file as it is. Answers when it is on disk. */
  readonly setPreferences: (patch: Preferences) => Promise<Result<Config>>;
  /** Called when configuration or notices have changed, by whomever. Returns the way to stop. */
  readonly onChange: (listener: () => void) => () => void;
  /** Settles when a file found corrupt at the start has been set aside; never rejects. */
  readonly ready: Promise<void>;
  readonly close: () => void;
}

export interface ConfigStoreOptions {
  /** claude_limits.json; its folder is made where it is missing. */
  readonly path: string;
  readonly identify: Identify;
  /** Wall clock, ms; names the copies of corrupt files. */
  readonly now?: () => number;
  /** How long to wait for another process that is writing. */
  readonly lockWaitMs?: number;
}

type Json = Readonly<Record<string, unknown>>;

type Found =
  | { readonly kind: 'good'; readonly text: string; readonly json: Json }
  | { readonly kind: 'missing' }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'unreadable'; readonly code: string };

const MAX_BYTES = 1024 * 1024;
/** Editors write in several steps. */
const SETTLE_MS = 100;
/** Some of them remove the file first; a file that stays away is gone. */
const MISSING_MS = 1_000;

const isJsonObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const parseText = (text: string): Found => {
  try {
    // Windows editors begin with a byte order mark.
    const json: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return isJsonObject(json) ? { kind: 'good', text, json } : { kind: 'invalid' };
  } catch {
    return { kind: 'invalid' };
  }
};

/** The file in our own folder, which may be a link to elsewhere; a FIFO or a device in its place must not stop us. */
const readConfig = (path: string): Found => {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stats = fstatSync(descriptor);
      if (!stats.isFile()) return { kind: 'unreadable', code: 'ENOTSUP' };
      if (stats.size > MAX_BYTES) return { kind: 'unreadable', code: 'EFBIG' };
      return parseText(readFileSync(descriptor, 'utf8'));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const code = errorCode(error);
    return code === 'ENOENT' ? { kind: 'missing' } : { kind: 'unreadable', code };
  }
};

const withPreferences = (json: Json, patch: Preferences): Json => ({
  ...json,
  global_settings: { ...(isJsonObject(json.global_settings) ? json.global_settings : {}), ...patch },
});

/**
 * The configuration in `claude_limits.json`, shared with other processes of ours and with its user's editor. Reads at once;
 * whatever is wrong with the file is a notice, and its values fall back one by one. conf, which does the same, reads a file
 * anew and blocking at each look, throws or wipes on a corrupt one, and knows no lock between processes.
 */
export const createConfigStore = ({ path, identify, now = Date.now, lockWaitMs = 5_000 }: ConfigStoreOptions): ConfigStore => {
  const folder = dirname(path);
  const lock = { path: `${path}.lock`, identify, waitMs: lockWaitMs };
  const listeners = new Set<() => void>();
  const told = new Map<string, Notice>();
  let config = parseConfig({});
  /** The last good content; null = the file does not exist, or never was good. */
  let good: { readonly text: string; readonly json: Json } | null = null;
  let watcher: FSWatcher | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let closed = false;

  const announce = (): void => {
    for (const listener of listeners) listener();
  };
  const tell = (id: string, values: Readonly<Record<string, string>>): void => {
    told.set(id, { id, values });
  };
  const problem = (found: Found): void => {
    if (found.kind === 'invalid') tell('configInvalid', { file: path });
    if (found.kind === 'unreadable') tell('configUnreadable', { file: path, code: found.code });
  };
  const accept = (found: { readonly text: string; readonly json: Json } | null): void => {
    good = found;
    config = parseConfig(found?.json ?? {});
    for (const id of ['configInvalid', 'configUnreadable', 'configValues']) told.delete(id);
    const wrong = configProblems(found?.json ?? {});
    if (wrong.length > 0) tell('configValues', { file: path, keys: wrong.join(', ') });
  };

  /** A name beside the file that nothing has yet. */
  const corruptName = (): string => {
    const stem = `${path}.corrupt-${localStamp(now()).replaceAll(':', '-')}`;
    for (let number = 1; ; number++) {
      const name = number === 1 ? `${stem}.json` : `${stem}-${number}.json`;
      if (!existsSync(name)) return name;
    }
  };
  /** Under the lock. The file's own name is free afterwards. */
  const setAside = async (): Promise<void> => {
    const name = corruptName();
    await rename(path, name);
    told.delete('configInvalid');
    tell('configCorrupt', { file: name });
  };

  const setAsideFirst = async (): Promise<void> => {
    try {
      await withFileLock(lock, async () => {
        const found = readConfig(path);
        // Another process of ours may have been faster.
        if (found.kind === 'invalid') await setAside();
        else if (found.kind === 'good') accept(found);
        else if (found.kind === 'missing') told.delete('configInvalid');
      });
    } catch (error) {
      tell('configUnreadable', { file: path, code: errorCode(error) });
    }
    if (!closed) announce();
  };

  const arm = (ms: number, work: () => void): void => {
    if (closed) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(work, ms);
    timer.unref();
  };
  const reread = (sure: boolean): void => {
    timer = null;
    const found = readConfig(path);
    if (found.kind === 'missing' && good !== null && !sure) {
      arm(MISSING_MS, () => reread(true));
      return;
    }
    const before = JSON.stringify([config, ...told.values()]);
    if (found.kind === 'good' || found.kind === 'missing') accept(found.kind === 'good' ? found : null);
    else problem(found);
    if (before !== JSON.stringify([config, ...told.values()])) announce();
  };
  const startWatching = (): void => {
    const fail = (error: unknown): void => tell('configNotWatched', { code: errorCode(error) });
    try {
      watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name === null || name === basename(path)) arm(SETTLE_MS, () => reread(false));
      });
      watcher.on('error', (error) => {
        fail(error);
        announce();
      });
    } catch (error) {
      fail(error);
    }
  };

  const failed = (id: string, values: Readonly<Record<string, string>>, reason: 'denied' | 'timeout' | 'invalid'): Result<never> => ({
    ok: false,
    failure: { reason, id, values },
  });

  /** Under the lock: read, change, write. */
  const change = async (patch: Preferences): Promise<Result<Config>> => {
    const found = readConfig(path);
    if (found.kind === 'unreadable') return failed('configNotWritten', { file: path, code: found.code }, 'denied');
    const base = found.kind === 'good' ? found.json : found.kind === 'invalid' ? (good?.json ?? {}) : {};
    const next = withPreferences(base, patch);
    const text = `${JSON.stringify(next, null, 2)}\n`;
    if (found.kind === 'good' && JSON.stringify(base) === JSON.stringify(next)) accept(found);
    else {
      if (found.kind === 'invalid') await setAside();
      await replaceFile(path, text);
      accept({ text, json: next });
    }
    announce();
    return { ok: true, value: config };
  };

  const setPreferences: ConfigStore['setPreferences'] = async (wanted) => {
    // A key that is given as undefined is one that is not given.
    const patch: Preferences = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
    const [wrong] = configProblems({ global_settings: patch });
    if (wrong !== undefined) return failed('configValue', { key: wrong }, 'invalid');
    try {
      const noFolder = ensurePrivateFolder(folder);
      if (noFolder !== null) return failed('configNotWritten', { file: path, code: noFolder }, 'denied');
      const done = await withFileLock(lock, () => change(patch));
      if (done.ok) return done.value;
      if (done.code === 'timeout') return failed('configLocked', { file: path }, 'timeout');
      return failed('configNotWritten', { file: path, code: done.code }, 'denied');
    } catch (error) {
      return failed('configNotWritten', { file: path, code: errorCode(error) }, 'denied');
    }
  };

  const noFolder = ensurePrivateFolder(folder);
  if (noFolder === null) startWatching();
  const first: Found = noFolder === null ? readConfig(path) : { kind: 'unreadable', code: noFolder };
  if (first.kind === 'good') accept(first);
  else problem(first);
  const ready = first.kind === 'invalid' ? setAsideFirst() : Promise.resolve();

  return {
    get: () => config,
    notices: () => [...told.values()],
    setPreferences,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ready,
    close: () => {
      closed = true;
      watcher?.close();
      if (timer !== null) clearTimeout(timer);
      listeners.clear();
    },
  };
};
