import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from './host-parse.js';
import { parsePasswd } from './host-parse.js';

/** Names and homes of users. Answers at once from what is known; who is unknown is asked for, so that a later look knows. */
export interface Accounts {
  /** Reads the account file again if it changed. */
  refresh(): void;
  userOf(uid: number): string | null;
  homeOf(uid: number): string | null;
}

const LOOKUP_MS = 5_000;
const ASK_AGAIN_MS = 600_000;
/** Containers can bring thousands of uids that have no name. */
const MAX_WAITING = 64;

/**
 * Accounts from `etcRoot`/passwd, and for users of a directory service (LDAP, SSSD) from `getent`, which is asked in the
 * background, one uid at a time, and may be null to ask nobody.
 */
export const createAccounts = (etcRoot: string, getent: string | null = '/usr/bin/getent'): Accounts => {
  const path = join(etcRoot, 'passwd');
  let version: string | null = null;
  let local: ReadonlyMap<number, Account> = new Map();
  const asked = new Map<number, { readonly account: Account | null; readonly atMs: number }>();
  const waiting = new Set<number>();
  let asking = false;

  const refresh = (): void => {
    version ??= '';
    try {
      const { mtimeMs, size, ino } = statSync(path);
      const now = `${mtimeMs}:${size}:${ino}`;
      if (now === version) return;
      local = parsePasswd(readFileSync(path, 'utf8'));
      version = now;
    } catch {
      // No account file (or one just being replaced): what was known stays.
    }
  };

  const next = (): void => {
    const uid = waiting.values().next().value;
    if (asking || getent === null || uid === undefined) return;
    asking = true;
    const child = execFile(
      getent,
      ['passwd', String(uid)],
      { timeout: LOOKUP_MS, killSignal: 'SIGKILL', maxBuffer: 65_536 },
      (error, stdout) => {
        // Unknown (status 2), no such command, too slow: all mean no name for now.
        const account = error === null ? (parsePasswd(stdout).get(uid) ?? null) : null;
        asked.set(uid, { account, atMs: performance.now() });
        waiting.delete(uid);
        asking = false;
        next();
      },
    );
    // A slow directory must not hold back the end of a command.
    child.unref();
    for (const stream of [child.stdin, child.stdout, child.stderr])
      if (stream && 'unref' in stream && typeof stream.unref === 'function') stream.unref();
  };

  const accountOf = (uid: number): Account | null => {
    if (version === null) refresh();
    const known = local.get(uid);
    if (known !== undefined) return known;
    const answer = asked.get(uid);
    if ((answer === undefined || performance.now() - answer.atMs > ASK_AGAIN_MS) && waiting.size < MAX_WAITING) {
      waiting.add(uid);
      next();
    }
    return answer?.account ?? null;
  };

  return {
    refresh,
    userOf: (uid) => accountOf(uid)?.name ?? null,
    homeOf: (uid) => accountOf(uid)?.home ?? null,
  };
};
