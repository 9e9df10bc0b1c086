import { isAbsolute, join, resolve } from 'node:path';
import { isRecordName, parseSessionRecord } from '../shared/session-record.js';
import type { RawProcess, SessionRecord, StaticFacts } from '../shared/types.js';
import type { FolderChanges, FolderWatches, WatchReason } from './folder-watches.js';
import type { FileAccess, FileFacts, FileReason, FileResult, HostileFiles } from './hostile-file.js';
import { FOLDER_ENTRIES } from './hostile-file.js';
import { createStretch } from './platform/stretch.js';

/** What the registry needs of a process. */
export type RegistryProcess = Pick<RawProcess, 'key' | 'uid' | 'facts'>;

/** Something that should have been readable and was not, for `doctor`; `reason` is a key below "fileReason" in the locales. */
export interface RegistryFailure {
  readonly uid: number;
  readonly path: string;
  readonly reason: FailureReason;
}
type FailureReason = FileReason | 'invalid' | 'relative-folder' | 'too-many-folders';
type Fail = (path: string, reason: FailureReason) => void;

export interface SessionRegistry {
  /**
   * The records about these processes, by pid, each from a file of the process's own uid. Whether a record's start stamp and
   * pid domain are the process's is the caller's to judge. Never throws; what was not read is in `failures`.
   */
  readonly read: (processes: readonly RegistryProcess[]) => Promise<ReadonlyMap<number, SessionRecord>>;
  /** What the last `read` could not read, and why. */
  readonly failures: () => readonly RegistryFailure[];
  /** Folders whose records have to be looked at each time, because no change in them is heard of. */
  readonly unwatched: () => readonly { readonly path: string; readonly reason: WatchReason }[];
  /** Called, often more than once, when a record may have changed. Returns the way to stop. */
  readonly onChange: (listener: () => void) => () => void;
  readonly close: () => void;
}

export interface SessionRegistryOptions {
  readonly files: HostileFiles;
  readonly homeOf: (uid: number) => string | null;
  readonly selfUid: number;
  /** Our own CLAUDE_CONFIG_DIR. */
  readonly selfConfigDir: string | null;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Tells which records changed; without it each one is looked at each time. */
  readonly watches?: FolderWatches;
}

const CONFIG_DIRS = 16;
const FAILURES = 200;
/** A file changed so recently may change again without a new time stamp (file systems count in up to 2 s). */
const UNSETTLED_MS = 2_000;
/** However quiet its watch is, all of a folder is looked at this often: a watch misses what is written through a mapping or another link. */
const REVIEW_MS = 30_000;

const CLAUDE = /claude/i;
const mayMatter = new WeakMap<StaticFacts, boolean>();

/** Whether a process can have a record or name a configuration folder; spares everybody else's home a look. */
const isCandidate = ({ facts }: RegistryProcess): boolean => {
  const known = mayMatter.get(facts);
  if (known !== undefined) return known;
  const slots = [facts.comm, facts.exe, ...(facts.argv?.slice(0, 3) ?? [])];
  const found =
    slots.some((slot) => slot !== null && CLAUDE.test(slot)) || Object.keys(facts.marks ?? {}).some((name) => CLAUDE.test(name));
  mayMatter.set(facts, found);
  return found;
};

interface CachedFile {
  readonly stamp: string;
  readonly settled: boolean;
  readonly record: SessionRecord | null;
}

/** What is known of one sessions folder of one user. */
interface FolderCache {
  /** Stamp of the folder when its names were listed; null = list it again. */
  listedStamp: string | null;
  /** Pids that have a record; null = too many names to list, every wanted pid is asked for. */
  listed: ReadonlySet<number> | null;
  readonly files: Map<number, CachedFile>;
  /** Wall ms of the last look at every wanted record; 0 = never. */
  reviewedAtMs: number;
}

/** One sessions folder in one look. */
interface Folder {
  readonly configDir: string;
  readonly folder: string;
  readonly uid: number;
  readonly cache: FolderCache;
  readonly fail: Fail;
  /** Undefined = it is not watched. */
  readonly changes: FolderChanges | undefined;
}

/** A reader of `<config>/sessions/<pid>.json` (claude-processes.md 2.1). A steady look costs one lstat a folder, and one a record where the folder is not watched. */
export const createSessionRegistry = (options: SessionRegistryOptions): SessionRegistry => {
  const { files, homeOf, selfUid, selfConfigDir, now, watches } = options;
  let caches = new Map<string, FolderCache>();
  let failures: readonly RegistryFailure[] = [];
  const stretch = createStretch();

  const settledAt = (facts: FileFacts): boolean => facts.mtimeMs < now() - UNSETTLED_MS;

  const configDirs = (uid: number, processes: readonly RegistryProcess[], fail: Fail): readonly string[] => {
    const home = homeOf(uid);
    const dirs = new Set<string>();
    if (home !== null && isAbsolute(home)) dirs.add(join(home, '.claude'));
    const marks = new Set(processes.map((process) => process.facts.marks?.CLAUDE_CONFIG_DIR));
    for (const dir of [...(uid === selfUid ? [selfConfigDir] : []), ...marks]) {
      if (!dir) continue;
      // Relative to the working directory that the process had when it started, which nobody knows any more.
      if (!isAbsolute(dir)) fail(dir, 'relative-folder');
      else if (dirs.size < CONFIG_DIRS || dirs.has(resolve(dir))) dirs.add(resolve(dir));
      else fail(dir, 'too-many-folders');
    }
    return [...dirs];
  };

  /** Brings the names up to date; resolves with the folder's identity. */
  const listNames = async (access: FileAccess, { folder, uid, cache }: Folder): Promise<FileResult<string>> => {
    const facts = await access.folder(folder, uid);
    if (!facts.ok) return facts;
    if (cache.listedStamp === facts.value.stamp) return { ok: true, value: facts.value.id };
    const listing = await access.listFolder(folder, uid, FOLDER_ENTRIES);
    if (!listing.ok) return listing;
    const { names, truncated, facts: listedFacts } = listing.value;
    cache.listed = truncated ? null : new Set(names.filter(isRecordName).map((name) => Number.parseInt(name, 10)));
    cache.listedStamp = settledAt(listedFacts) ? listedFacts.stamp : null;
    return { ok: true, value: listedFacts.id };
  };

  /** The names of records that may have changed since the last look; null = any, also where the watch lies on another folder than the path leads to. */
  const changedNames = ({ cache, changes }: Folder, id: string): ReadonlySet<string> | null => {
    const sinceMs = now() - cache.reviewedAtMs;
    // A clock that was put back tells nothing.
    return changes === undefined || changes.id !== id || sinceMs < 0 || sinceMs >= REVIEW_MS ? null : changes.names;
  };

  const readRecord = async (access: FileAccess, { folder, uid, configDir, cache }: Folder, pid: number): Promise<FailureReason | null> => {
    const path = join(folder, `${pid}.json`);
    const facts = await access.facts(path, uid);
    const known = cache.files.get(pid);
    if (facts.ok && known?.settled && known.stamp === facts.value.stamp) return known.record ? null : 'invalid';
    cache.files.delete(pid);
    if (!facts.ok) return facts.reason;
    const read = await access.readText(path, uid);
    if (!read.ok) return read.reason;
    const record = parseSessionRecord(read.value.text, { fileName: `${pid}.json`, ownerUid: uid, configDir });
    cache.files.set(pid, { stamp: read.value.facts.stamp, settled: settledAt(read.value.facts), record });
    return record ? null : 'invalid';
  };

  /** The wanted records of one folder; none if it does not answer in time: unknown is better than out of date. */
  const readFolder = async (target: Folder, pids: ReadonlySet<number>): Promise<readonly SessionRecord[]> => {
    const { folder, uid, cache, fail } = target;
    const visit = await files.visit(folder, uid, async (access) => {
      // Before the reading, so that nothing falls in between. Not at the first look: a program that takes only one needs no watch.
      if (cache.reviewedAtMs > 0 && target.changes === undefined) await watches?.begin(access, folder, uid);
      const named = await listNames(access, target);
      if (!named.ok) return named.reason;
      const changed = changedNames(target, named.value);
      const present = [...pids].filter((pid) => cache.listed === null || cache.listed.has(pid));
      const wanted = new Set(present);
      for (const pid of cache.files.keys()) if (!wanted.has(pid)) cache.files.delete(pid);
      for (const pid of present) {
        const known = cache.files.get(pid);
        const quiet = changed !== null && known?.settled && !changed.has(`${pid}.json`);
        const reason = quiet ? (known.record ? null : 'invalid') : await readRecord(access, target, pid);
        if (reason !== null && reason !== 'missing') fail(join(folder, `${pid}.json`), reason);
      }
      if (changed === null) cache.reviewedAtMs = now();
      return null;
    });
    const reason = visit.ok ? visit.value : visit.reason;
    // What was only half looked at is looked at again, however quiet its watch is.
    if (reason !== null) cache.reviewedAtMs = Math.min(cache.reviewedAtMs, 1);
    if (reason === null) return [...cache.files.values()].flatMap(({ record }) => record ?? []);
    // No folder: no session has ever run with this configuration.
    if (reason !== 'missing') fail(folder, reason);
    return [];
  };

  const read: SessionRegistry['read'] = async (processes) => {
    const seen: RegistryFailure[] = [];
    const byUid = new Map<number, RegistryProcess[]>();
    const byPid = new Map<number, RegistryProcess>();
    stretch.begin();
    for (const process of processes) {
      if (stretch.isLong()) await stretch.breathe();
      byPid.set(process.key.pid, process);
      if (process.uid === null || !isCandidate(process)) continue;
      const group = byUid.get(process.uid);
      if (group) group.push(process);
      else byUid.set(process.uid, [process]);
    }

    const changes = await watches?.changes();
    const kept = new Map<string, FolderCache>();
    const folders = new Set<string>();
    const visits = [...byUid].flatMap(([uid, group]) => {
      const fail: Fail = (path, reason) => {
        if (seen.length < FAILURES) seen.push({ uid, path, reason });
      };
      const pids = new Set(group.map((process) => process.key.pid));
      return configDirs(uid, group, fail).map((configDir) => {
        const id = `${uid}:${configDir}`;
        const cache = caches.get(id) ?? { listedStamp: null, listed: null, files: new Map(), reviewedAtMs: 0 };
        kept.set(id, cache);
        const folder = join(configDir, 'sessions');
        folders.add(folder);
        return readFolder({ configDir, folder, uid, cache, fail, changes: changes?.get(folder) }, pids);
      });
    });
    caches = kept;
    watches?.retain(folders);

    const found = (await Promise.all(visits)).flat();
    const best = new Map<number, SessionRecord>();
    for (const record of found) {
      const process = byPid.get(record.pid);
      const rival = best.get(record.pid);
      if (process && (!rival || rank(record, process) > rank(rival, process))) best.set(record.pid, record);
    }
    failures = seen;
    return best;
  };

  return {
    read,
    failures: () => failures,
    unwatched: () => watches?.failures() ?? [],
    onChange: (listener) => watches?.onEvent(listener) ?? (() => undefined),
    close: () => watches?.close(),
  };
};

/** Which of several records about one pid speaks of this process: the one with its start stamp, else one without any, else the one where it keeps its files. */
const rank = (record: SessionRecord, process: RegistryProcess): number => {
  const stamp = record.procStart === process.key.startedAt ? 4 : record.procStart === null ? 2 : 0;
  const mark = process.facts.marks?.CLAUDE_CONFIG_DIR;
  return stamp + (mark && resolve(mark) === record.configDir ? 1 : 0);
};
