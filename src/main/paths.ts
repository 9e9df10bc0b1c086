import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { posix, win32 } from 'node:path';
import type { Os } from '../shared/types.js';

/** Where the program keeps what it keeps (design.md, "Files"). */
export interface Paths {
  /** Configuration and its backups. */
  readonly configDir: string;
  /** History, action log, consent. */
  readonly stateDir: string;
  /** Caches and Electron's own data. */
  readonly cacheDir: string;
  readonly configFile: string;
  readonly actionLogFile: string;
}

export interface PathsInput {
  readonly os: Os;
  /** Null where the system has none. */
  readonly uid?: number | null;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Home directory in the account database; null = the account is not in it. */
  readonly accountHome?: string | null;
  /** Uid that owns a path; null = there is no such path. */
  readonly ownerOf?: (path: string) => number | null;
}

const NAME = 'claude-manager';

const statOwner = (path: string): number | null => {
  try {
    return statSync(path).uid;
  } catch {
    return null;
  }
};

const readAccountHome = (): string | null => {
  try {
    return userInfo().homedir || null;
  } catch {
    // No account for this uid, as in many containers.
    return null;
  }
};

/** The owner of a path, or of the nearest folder above it that exists: who decides what comes to lie there. */
const nearestOwner = (path: string, ownerOf: (path: string) => number | null): number | null => {
  for (let at = path; ; at = posix.dirname(at)) {
    const owner = ownerOf(at);
    if (owner !== null || at === '/') return owner;
  }
};

/**
 * The folders of this user. Root takes a folder from the environment only if root owns it: under sudo, HOME and XDG_… may be
 * the caller's, and files of root's in there would be in the caller's hands. Throws where no home directory is known.
 */
export const resolvePaths = (input: PathsInput): Paths => {
  const { os, uid = process.getuid?.() ?? null, env = process.env, accountHome = readAccountHome(), ownerOf = statOwner } = input;
  const path = os === 'win32' ? win32 : posix;
  const trusted = (name: string): string | null => {
    const value = env[name];
    // The XDG specification: relative paths are to be ignored.
    if (!value || !path.isAbsolute(value)) return null;
    return uid !== 0 || os === 'win32' || nearestOwner(value, ownerOf) === 0 ? value : null;
  };
  const home = trusted('HOME') ?? accountHome ?? (uid === 0 ? '/root' : homedir());
  if (!path.isAbsolute(home)) throw new Error('No home directory: set HOME.');

  const folders = (): readonly [config: string, state: string, cache: string] => {
    if (os === 'win32') {
      const profile = trusted('USERPROFILE') ?? home;
      const roaming = trusted('APPDATA') ?? path.join(profile, 'AppData', 'Roaming');
      const local = path.join(trusted('LOCALAPPDATA') ?? path.join(profile, 'AppData', 'Local'), NAME);
      return [path.join(roaming, NAME), local, path.join(local, 'cache')];
    }
    if (os === 'darwin') {
      const support = path.join(home, 'Library', 'Application Support', NAME);
      return [support, path.join(support, 'state'), path.join(home, 'Library', 'Caches', NAME)];
    }
    return [
      path.join(trusted('XDG_CONFIG_HOME') ?? path.join(home, '.config'), NAME),
      path.join(trusted('XDG_STATE_HOME') ?? path.join(home, '.local', 'state'), NAME),
      path.join(trusted('XDG_CACHE_HOME') ?? path.join(home, '.cache'), NAME),
    ];
  };
  const [configDir, stateDir, cacheDir] = folders();
  return {
    configDir,
    stateDir,
    cacheDir,
    configFile: path.join(configDir, 'claude_limits.json'),
    actionLogFile: path.join(stateDir, 'claude_actions.log'),
  };
};

/** The code of an error of the operating system, for messages; rethrows what is none. */
export const errorCode = (error: unknown): string => {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  throw error;
};

/** Makes a folder of ours with mode 0700, or narrows it to that; the code of the error if that fails, 'foreign-owner' if it is not ours. */
export const ensurePrivateFolder = (folder: string): string | null => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const stats = statSync(folder);
    const uid = process.getuid?.();
    if (uid === undefined) return null;
    if (stats.uid !== uid) return 'foreign-owner';
    if ((stats.mode & 0o077) !== 0) chmodSync(folder, 0o700);
    return null;
  } catch (error) {
    return errorCode(error);
  }
};
