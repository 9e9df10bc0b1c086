import { existsSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensurePrivateFolder, errorCode } from './paths.js';

/** Something that is said once on a machine and not again. */
export interface OnceSaid {
  readonly get: () => boolean;
  readonly set: () => void;
}

/** Remembers by an empty file. Where none can be written, it is remembered until the program ends. */
export const createOnceSaid = (path: string): OnceSaid => {
  let said = existsSync(path);
  return {
    get: () => said,
    set: () => {
      said = true;
      if (ensurePrivateFolder(dirname(path)) !== null) return;
      try {
        writeFileSync(path, '', { mode: 0o600 });
      } catch (error) {
        errorCode(error);
      }
    },
  };
};
