import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { readFile, stat, unlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './paths.js';
import type { Platform } from './platform/index.js';

/** How to tell whether a lock's owner still runs; the platform's `identify`. */
export type Identify = Platform['identify'];

export type LockResult<T> =
  | { readonly ok: true; readonly value: T }
  /** 'timeout': others held it all the time; else the operating system's error code. */
  | { readonly ok: false; readonly code: string };

export interface FileLockOptions {
  /** The lock's own path; its folder exists and is ours alone. */
  readonly path: string;
  readonly identify: Identify;
  readonly waitMs?: number;
}

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
/** A lock is held for milliseconds. One that cannot say whose it is (its maker died between making and signing it) is left alone this long. */
const UNSIGNED_MS = 2_000;
/** The right to remove a dead owner's lock is held for microseconds. */
const BREAKER_MS = 3_000;
const RETRY_MS = 5;

/**
 * Runs `work` while no other process of this machine, nor another call of this one, runs under the same lock. A lock whose
 * owner is dead is broken. Rejects only if `work` does; the lock is released in any case.
 */
export const withFileLock = async <T>(
  { path, identify, waitMs = 5_000 }: FileLockOptions,
  work: () => Promise<T>,
): Promise<LockResult<T>> => {
  const own = identify(process.pid);
  const signature = JSON.stringify([process.pid, own?.key.startedAt ?? null, Math.random()]);
  const endsAt = performance.now() + waitMs;
  try {
    while (!(await create(path, signature))) {
      await breakIfDead(path, identify);
      if (performance.now() > endsAt) return { ok: false, code: 'timeout' };
      await sleep(RETRY_MS * (1 + Math.random()));
    }
  } catch (error) {
    return { ok: false, code: errorCode(error) };
  }
  try {
    return { ok: true, value: await work() };
  } finally {
    if ((await readSignature(path)) === signature) await remove(path);
  }
};

/** Whether the file did not exist and is ours now. In one go, so that hardly anybody dies between making and signing it. */
const create = async (path: string, content: string): Promise<boolean> => {
  try {
    const descriptor = openSync(path, CREATE, 0o600);
    try {
      writeSync(descriptor, content);
    } catch (error) {
      // A full disk: unsigned, it would be in everybody's way for a while.
      await remove(path);
      throw error;
    } finally {
      closeSync(descriptor);
    }
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
};

const remove = async (path: string): Promise<void> => {
  try {
    await unlink(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
};

const readSignature = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
};

const ageMs = async (path: string): Promise<number | null> => {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
};

/** Pid and start stamp of who signed a lock; null = nobody has. */
const parseSignature = (signature: string): { readonly pid: number; readonly startedAt: string | null } | null => {
  try {
    const value: unknown = JSON.parse(signature);
    const [pid, startedAt] = Array.isArray(value) ? value : [];
    return typeof pid === 'number' ? { pid, startedAt: typeof startedAt === 'string' ? startedAt : null } : null;
  } catch {
    return null;
  }
};

const isDead = async (path: string, identify: Identify): Promise<boolean> => {
  const signature = await readSignature(path);
  if (signature === null) return false;
  const signed = parseSignature(signature);
  if (signed === null) return ((await ageMs(path)) ?? 0) > UNSIGNED_MS;
  const owner = identify(signed.pid);
  return owner === null || owner.state === 'Z' || (signed.startedAt !== null && owner.key.startedAt !== signed.startedAt);
};

/**
 * Only who holds the breaker may remove a lock that is not his, and he looks again first: of two who both saw a dead lock,
 * the slower one would otherwise remove the faster one's new lock.
 */
const breakIfDead = async (path: string, identify: Identify): Promise<void> => {
  if (!(await isDead(path, identify))) return;
  const breaker = `${path}.breaker`;
  if (!(await create(breaker, ''))) {
    if (((await ageMs(breaker)) ?? 0) > BREAKER_MS) await remove(breaker);
    return;
  }
  try {
    if (await isDead(path, identify)) await remove(path);
  } finally {
    await remove(breaker);
  }
};
