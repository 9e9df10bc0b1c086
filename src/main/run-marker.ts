import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { Identify } from './file-lock.js';
import { ensurePrivateFolder, errorCode } from './paths.js';

const marker = z.object({ pid: z.int().min(1), startedAt: z.string().max(64) });

export interface RunMarker {
  /** Whether the run before this one ended without saying goodbye: it crashed, was killed, or the power went. */
  readonly crashed: boolean;
  /** Says goodbye. The last call of an orderly end. */
  readonly leave: () => void;
}

const crashedBefore = (path: string, identify: Identify): boolean => {
  try {
    if (!existsSync(path)) return false;
    const found = marker.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    // A marker that cannot be understood was cut off half-way: that is no orderly end either.
    if (!found.success) return true;
    const { pid, startedAt } = found.data;
    return identify(pid)?.key.startedAt !== startedAt;
  } catch {
    return true;
  }
};

/** Marks in a file that we run, so that the next start can tell how this one ended. A folder that cannot be written to marks nothing. */
export const markRun = ({ path, folder, identify }: { path: string; folder: string; identify: Identify }): RunMarker => {
  const crashed = crashedBefore(path, identify);
  const self = identify(process.pid);
  const leave = (): void => {
    try {
      rmSync(path, { force: true });
    } catch (error) {
      // Nothing that matters: the next start says once that it is not sure.
      errorCode(error);
    }
  };
  if (ensurePrivateFolder(folder) !== null || self === null) return { crashed: false, leave: () => undefined };
  try {
    writeFileSync(path, JSON.stringify({ pid: self.key.pid, startedAt: self.key.startedAt }), { mode: 0o600 });
  } catch (error) {
    errorCode(error);
    return { crashed: false, leave: () => undefined };
  }
  return { crashed, leave };
};
