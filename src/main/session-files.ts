import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Resume } from '../shared/api.js';
import type { FileAccess, FileResult, HostileFiles } from './hostile-file.js';

/** Which session's files: its registry record's fields, and the uid whose process it is. */
export interface SessionPlace {
  readonly configDir: string;
  readonly cwd: string | null;
  readonly sessionId: string;
  readonly uid: number;
}

export interface Transcript {
  readonly path: string;
  readonly mtimeMs: number;
  /** Whether there is anything to resume. */
  readonly hasUserMessage: boolean;
}

export interface SessionFiles {
  /** The session's transcript; null = there is none, 'unreadable' = nobody can say. */
  readonly transcriptOf: (place: SessionPlace) => Promise<Transcript | 'unreadable' | null>;
  /** Whether git is at work in the directory's repository (`index.lock`); false outside of one, null = cannot be read. */
  readonly gitLocked: (cwd: string, uid: number) => Promise<boolean | null>;
  /** How to pick the session up again; null where it cannot be. */
  readonly resumeOf: (place: SessionPlace) => Promise<Resume | null>;
}

/** Never begins with a hyphen: it becomes an argument. */
const SESSION_ID = /^[A-Za-z0-9][A-Za-z0-9-]{7,63}$/;
const HEAD_BYTES = 256 * 1024;
const TAIL_BYTES = 64 * 1024;
/** Longer slugs are said to be cut here, "-" and a hash following; so long a directory's folder is looked for by that beginning. */
const SLUG_LIMIT = 200;
const LEVELS = 32;
const GITDIR_BYTES = 8 * 1024;

/** The folder below `projects` for a working directory; not reversible. */
export const projectSlug = (cwd: string): string => cwd.replace(/[^A-Za-z0-9]/g, '-');

const USER_TYPE = /"type"\s*:\s*"user"/;

const isUserLine = (line: string): boolean => {
  if (!USER_TYPE.test(line)) return false;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'type' in value && value.type === 'user';
  } catch {
    // Cut at the edge of what was read (a first message can be longer than that). Inside of text the quotes would be escaped.
    return true;
  }
};

/** Characters that a terminal, a line editor or a reader's eye would take for something else when the command is pasted. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

const octal = (text: string): string =>
  [...Buffer.from(text, 'utf8')]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[A-Za-z0-9_./:@+,-]/.test(char) ? char : `\\0${byte.toString(8).padStart(3, '0')}`;
    })
    .join('');

/**
 * One word for a POSIX shell that expands to exactly `path`, whatever characters are in it. A path with control or bidi
 * characters is spelt in printable ones; `/.` at its end keeps `$(…)` from dropping a final line break, and names the same folder.
 */
export const quotePath = (path: string): string => {
  if (UNPRINTABLE.test(path)) return `"$(printf %b '${octal(path)}/.')"`;
  return /^[A-Za-z0-9_./:@+,-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
};

/** The files that a session keeps and the repository that it works in: hostile ones, read for previews only. */
export const createSessionFiles = (parts: {
  readonly files: HostileFiles;
  readonly homeOf: (uid: number) => string | null;
}): SessionFiles => {
  const { files, homeOf } = parts;

  const readTranscript = async (access: FileAccess, path: string, uid: number): Promise<FileResult<Transcript>> => {
    const read = await access.readEnds(path, uid, HEAD_BYTES, TAIL_BYTES);
    if (!read.ok) return read;
    const { head, tail, facts } = read.value;
    const hasUserMessage = head.split('\n').some(isUserLine) || tail.split('\n').some(isUserLine);
    return { ok: true, value: { path, mtimeMs: facts.mtimeMs, hasUserMessage } };
  };

  const findTranscript = async (
    access: FileAccess,
    projects: string,
    place: SessionPlace,
    slug: string,
  ): Promise<FileResult<Transcript>> => {
    const name = `${place.sessionId}.jsonl`;
    if (slug.length <= SLUG_LIMIT) return readTranscript(access, join(projects, slug, name), place.uid);
    const listing = await access.listFolder(projects, place.uid);
    if (!listing.ok) return listing;
    for (const folder of listing.value.names.filter((entry) => entry.startsWith(slug.slice(0, SLUG_LIMIT)))) {
      const found = await readTranscript(access, join(projects, folder, name), place.uid);
      if (found.ok || found.reason !== 'missing') return found;
    }
    return { ok: false, reason: listing.value.truncated ? 'too-big' : 'missing' };
  };

  const transcriptOf: SessionFiles['transcriptOf'] = async (place) => {
    const { configDir, cwd, sessionId, uid } = place;
    if (cwd === null || !isAbsolute(cwd) || !isAbsolute(configDir) || !SESSION_ID.test(sessionId)) return null;
    const projects = join(configDir, 'projects');
    const visit = await files.visit(projects, uid, (access) => findTranscript(access, projects, place, projectSlug(cwd)));
    const found = visit.ok ? visit.value : visit;
    if (found.ok) return found.value;
    return found.reason === 'missing' ? null : 'unreadable';
  };

  /** Whether the git folder has a lock; undefined = there is no git folder here. */
  const lockedAt = async (access: FileAccess, folder: string, uid: number): Promise<boolean | null | undefined> => {
    const dotGit = join(folder, '.git');
    const found = await access.what(dotGit);
    if (!found.ok) return found.reason === 'missing' ? undefined : null;
    let gitDir = dotGit;
    if (found.value === 'file') {
      // A worktree or a submodule: the file says where its git folder is. One step only, or two files could point at each other.
      const pointer = await access.readText(dotGit, uid, GITDIR_BYTES);
      if (!pointer.ok) return null;
      const target = /^gitdir: (.+)$/m.exec(pointer.value.text)?.[1];
      if (target === undefined) return null;
      gitDir = resolve(folder, target);
    } else if (found.value === 'other') return null;
    const lock = await access.what(join(gitDir, 'index.lock'));
    if (lock.ok) return true;
    return lock.reason === 'missing' ? false : null;
  };

  const gitLocked: SessionFiles['gitLocked'] = async (cwd, uid) => {
    if (!isAbsolute(cwd)) return null;
    const visit = await files.visit(cwd, uid, async (access) => {
      let folder = resolve(cwd);
      for (let level = 0; level < LEVELS; level++) {
        const locked = await lockedAt(access, folder, uid);
        if (locked !== undefined) return locked;
        if (dirname(folder) === folder) return false;
        folder = dirname(folder);
      }
      return null;
    });
    return visit.ok ? visit.value : null;
  };

  const resumeOf: SessionFiles['resumeOf'] = async (place) => {
    const transcript = await transcriptOf(place);
    if (place.cwd === null || transcript === null || transcript === 'unreadable' || !transcript.hasUserMessage) return null;
    const home = homeOf(place.uid);
    const isDefault = home !== null && resolve(place.configDir) === join(home, '.claude');
    const profile = isDefault ? '' : `CLAUDE_CONFIG_DIR=${quotePath(place.configDir)} `;
    const command = `cd ${quotePath(place.cwd)} && ${profile}claude --resume ${place.sessionId}`;
    return { sessionId: place.sessionId, cwd: place.cwd, command };
  };

  return { transcriptOf, gitLocked, resumeOf };
};
