import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { LONGEST_RULE, MOST_RULES, PROTECT_BY } from '../shared/settings.js';
import type { Safety } from '../shared/weaker.js';
import { ensurePrivateFolder, errorCode } from './paths.js';
import { replaceFile } from './replace-file.js';

/**
 * What protection the user last agreed to, kept outside the configuration file: a file that says less than this does not
 * loosen anything until the user agrees in the program. `written` tells our own writes from an editor's.
 */
export interface Accepted {
  readonly safety: Safety;
  /** Of the file's text as we wrote it; null = never. */
  readonly written: string | null;
}

export interface AcceptedStore {
  /** Null = there is none yet, or it cannot be understood: then the file is taken as it is. */
  readonly read: () => Accepted | null;
  /** Under the configuration's lock. Rejects with the operating system's error. */
  readonly write: (accepted: Accepted) => Promise<void>;
}

const shape = z.object({
  safety: z.object({
    global_settings: z.object({ read_only: z.boolean(), confirm_single_idle: z.boolean(), elevation_enabled: z.boolean() }),
    protect_rules: z.array(z.object({ by: z.enum(PROTECT_BY), value: z.string().max(LONGEST_RULE) })).max(MOST_RULES),
  }),
  written: z.string().nullable(),
});

/** A text's fingerprint. */
export const textHash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The record in a file of our own; `path` null = none is kept. */
export const createAcceptedStore = (path: string | null): AcceptedStore => ({
  read: () => {
    if (path === null) return null;
    try {
      const parsed = shape.safeParse(JSON.parse(readFileSync(path, 'utf8')));
      return parsed.success ? parsed.data : null;
    } catch (error) {
      if (!(error instanceof SyntaxError)) errorCode(error);
      return null;
    }
  },
  write: async (accepted) => {
    if (path === null) return;
    const problem = ensurePrivateFolder(dirname(path));
    if (problem !== null) throw Object.assign(new Error('no folder'), { code: problem });
    await replaceFile(path, `${JSON.stringify(accepted)}\n`);
  },
});
