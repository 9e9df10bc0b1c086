import type { ProcessDetails, Resume } from '../shared/api.js';
import { displayName } from '../shared/display-name.js';
import { sameKey } from '../shared/process-key.js';
import { cleanText, redactArgv } from '../shared/redact.js';
import type { ProcessKey } from '../shared/types.js';
import type { Look } from './look.js';
import type { Platform } from './platform/index.js';

const MAX_TEXT = 4096;
/** A hostile table may hold loops; no real tree is this deep. */
const MAX_PARENTS = 32;

const parentsOf = (look: Look, key: ProcessKey): ProcessDetails['parents'] => {
  const raws = new Map(look.reading.processes.map((raw) => [raw.key.pid, raw]));
  const judged = new Map(look.judgements.map((j) => [j.raw.key.pid, j]));
  const chain: ProcessDetails['parents'][number][] = [];
  const seen = new Set<number>();
  for (let pid: number | null = key.pid; pid !== null && pid > 0 && !seen.has(pid) && chain.length < MAX_PARENTS; ) {
    seen.add(pid);
    const raw = raws.get(pid);
    const j = judged.get(pid);
    chain.unshift({ pid, name: j ? displayName(j) : cleanText(raw?.facts.comm ?? '', 64), kind: j?.kind ?? null, gone: raw === undefined });
    pid = raw?.ppid ?? null;
  }
  return chain;
};

/** What an open details panel shows beyond the row; null = the process is gone. Costs a PSS reading (milliseconds). */
export const readDetails = async (
  look: Look,
  key: ProcessKey,
  parts: {
    platform: Platform;
    resumeOf: (view: Look['snapshot']['processes'][number]) => Promise<{ resume: Resume | null; transcriptPath: string | null }>;
  },
): Promise<ProcessDetails | null> => {
  const j = look.judgements.find((one) => sameKey(one.raw.key, key));
  const view = look.snapshot.processes.find((one) => sameKey(one.key, key));
  const memory = await parts.platform.memoryDetails(key);
  if (!j || !view || !memory) return null;
  const { raw } = j;
  const clean = (text: string | null): string | null => (text === null ? null : cleanText(text, MAX_TEXT));
  return {
    key,
    exe: clean(raw.facts.exe),
    cwd: clean(raw.cwd),
    tty: raw.tty,
    state: raw.state,
    threads: memory.threads,
    rssBytes: memory.rssBytes,
    pssBytes: memory.pssBytes,
    swapBytes: memory.swapBytes,
    argv: raw.facts.argv === null ? null : redactArgv(raw.facts.argv).map((arg) => cleanText(arg, MAX_TEXT)),
    parents: parentsOf(look, key),
    ...(await parts.resumeOf(view)),
  };
};
