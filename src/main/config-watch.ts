import type { FSWatcher } from 'node:fs';
import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { errorCode } from './paths.js';

export interface ConfigWatchOptions {
  readonly path: string;
  /** Called when the file may have changed and has come to rest; 'later' = it is not there, which may be half of a change: once more, to be sure. */
  readonly look: (sure: boolean) => 'seen' | 'later';
  /** Changes are not noticed; the code of the error. */
  readonly onProblem: (code: string) => void;
}

/** Editors write in several steps. */
const SETTLE_MS = 100;
/** Some of them remove the file first; a file that stays away is gone. */
const MISSING_MS = 1_000;

/** Watches a file through its folder, which has to exist; keeps no process alive. Returns the way to stop. */
export const watchConfig = ({ path, look, onProblem }: ConfigWatchOptions): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let watcher: FSWatcher | null = null;
  let closed = false;
  const arm = (ms: number, sure: boolean): void => {
    if (closed) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => {
      timer = null;
      if (look(sure) === 'later') arm(MISSING_MS, true);
    }, ms);
    timer.unref();
  };
  try {
    watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
      if (name === null || name === basename(path)) arm(SETTLE_MS, false);
    });
    watcher.on('error', (error) => onProblem(errorCode(error)));
  } catch (error) {
    onProblem(errorCode(error));
  }
  return () => {
    closed = true;
    watcher?.close();
    if (timer !== null) clearTimeout(timer);
  };
};
