import { opendirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CandidateFacts, ProcessKey } from '../../shared/types.js';
import { parseListeningTcp, parseListeningUnix } from './host-parse.js';
import type { MemoryDetails } from './index.js';
import { readStat } from './linux-identity.js';
import type { ProcFiles } from './proc-files.js';
import { parseCgroup, parsePss, parseStatus } from './proc-parse.js';

/** A process with more descriptors is not searched: its facts stay unknown. */
const MAX_DESCRIPTORS = 20_000;
const BATCH = 500;
/** Tables of a machine with some 200,000 connections. */
const MAX_TABLE_BYTES = 32 * 1024 * 1024;

/** Reads a file off the main thread up to `limit` bytes; null = unreadable or longer, undefined = there is none. */
const readText = async (path: string, limit: number): Promise<string | null | undefined> => {
  try {
    const file = await open(path, 'r');
    try {
      const pieces: Buffer[] = [];
      for (let total = 0; ; ) {
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(65_536), 0, 65_536, null);
        if (bytesRead === 0) return Buffer.concat(pieces).toString('latin1');
        pieces.push(buffer.subarray(0, bytesRead));
        total += bytesRead;
        if (total > limit) return null;
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? undefined : null;
  }
};

interface Descriptors {
  readonly sockets: readonly string[];
  readonly ptyHolder: boolean;
}

const readDescriptors = async (files: ProcFiles, dir: string, limit: number): Promise<Descriptors | null> => {
  const sockets: string[] = [];
  let ptyHolder = false;
  try {
    const names = opendirSync(`${dir}/fd`, { bufferSize: 256 });
    try {
      for (let count = 0, entry = names.readSync(); entry !== null; entry = names.readSync()) {
        if (++count > limit) return null;
        if (count % BATCH === 0) await nextTurn();
        const link = files.link(`${dir}/fd/${entry.name}`);
        // Closed since it was listed.
        if (link === 'gone') continue;
        if (typeof link === 'string') return null;
        const inode = /^socket:\[(\d+)\]$/.exec(link.target)?.[1];
        if (inode !== undefined) sockets.push(inode);
        // Also "/ptmx" of a devpts that only another mount namespace sees.
        else if (link.target.startsWith('/') && link.target.endsWith('/ptmx')) ptyHolder = true;
      }
    } finally {
      names.closeSync();
    }
  } catch {
    return null;
  }
  return { sockets, ptyHolder };
};

/** Inodes of a network namespace's listening sockets; `whole` is false where a table could not be read. */
interface Listening {
  readonly inodes: ReadonlySet<string>;
  readonly whole: boolean;
}

const readListening = async (dir: string): Promise<Listening> => {
  const tables = await Promise.all(
    [
      { name: 'tcp', parse: parseListeningTcp, optional: false },
      // Absent where IPv6 is switched off.
      { name: 'tcp6', parse: parseListeningTcp, optional: true },
      { name: 'unix', parse: parseListeningUnix, optional: false },
    ].map(async ({ name, parse, optional }) => {
      const text = await readText(`${dir}/net/${name}`, MAX_TABLE_BYTES);
      return { inodes: parse(text ?? ''), whole: typeof text === 'string' || (text === undefined && optional) };
    }),
  );
  return { inodes: new Set(tables.flatMap((table) => [...table.inodes])), whole: tables.every((table) => table.whole) };
};

const isStill = (files: ProcFiles, dir: string, key: ProcessKey): boolean => {
  const stat = readStat(files, dir);
  return typeof stat !== 'string' && stat.startedAt === key.startedAt;
};

/** Reads control group, descriptor 0, listening and terminal-holding of some processes; who vanished or changed meanwhile is absent. */
export const inspectProcesses = async (
  parts: { files: ProcFiles; procRoot: string; maxDescriptors?: number },
  keys: readonly ProcessKey[],
): Promise<ReadonlyMap<number, CandidateFacts>> => {
  const { files, procRoot, maxDescriptors = MAX_DESCRIPTORS } = parts;
  const facts = new Map<number, CandidateFacts>();
  // The tables are a whole network namespace's: once for all its processes.
  const namespaces = new Map<string, Promise<Listening>>();
  const listeningIn = (dir: string): Promise<Listening> => {
    const link = files.link(`${dir}/ns/net`);
    const name = typeof link === 'string' ? dir : link.target;
    const table = namespaces.get(name) ?? readListening(dir);
    namespaces.set(name, table);
    return table;
  };
  const isListening = async (dir: string, sockets: readonly string[]): Promise<boolean | null> => {
    if (sockets.length === 0) return false;
    const { inodes, whole } = await listeningIn(dir);
    if (sockets.some((inode) => inodes.has(inode))) return true;
    return whole ? false : null;
  };

  const own = files.link(`${procRoot}/self/ns/pid`);
  const inOurNamespace = (dir: string): boolean | null => {
    const theirs = files.link(`${dir}/ns/pid`);
    return typeof own === 'string' || typeof theirs === 'string' ? null : own.target === theirs.target;
  };

  for (const key of keys) {
    const dir = `${procRoot}/${key.pid}`;
    if (!isStill(files, dir, key)) continue;
    const cgroup = parseCgroup(files.text(`${dir}/cgroup`) ?? '');
    const fd0 = files.link(`${dir}/fd/0`);
    const descriptors = await readDescriptors(files, dir, maxDescriptors);
    const listening = descriptors === null ? null : await isListening(dir, descriptors.sockets);
    const sameNamespace = inOurNamespace(dir);
    if (!isStill(files, dir, key)) continue;
    const ptyHolder = descriptors?.ptyHolder ?? null;
    facts.set(key.pid, { cgroup, fd0: typeof fd0 === 'string' ? null : fd0.target, listening, ptyHolder, sameNamespace });
  }
  return facts;
};

/** Memory of one process in detail, PSS included (milliseconds of CPU for a large one, read off the main thread); null = gone or another process now. */
export const readMemoryDetails = async (
  files: ProcFiles,
  procRoot: string,
  key: ProcessKey,
  pageBytes: number,
): Promise<MemoryDetails | null> => {
  const dir = `${procRoot}/${key.pid}`;
  if (!isStill(files, dir, key)) return null;
  const rollup = await readText(`${dir}/smaps_rollup`, 65_536);
  const status = parseStatus(files.text(`${dir}/status`) ?? '');
  const stat = readStat(files, dir);
  if (typeof stat === 'string' || stat.startedAt !== key.startedAt) return null;
  return {
    rssBytes: stat.rssPages === null ? null : stat.rssPages * pageBytes,
    pssBytes: parsePss(rollup ?? ''),
    rssAnonBytes: status.rssAnonBytes,
    swapBytes: status.swapBytes,
    threads: stat.threads,
  };
};
