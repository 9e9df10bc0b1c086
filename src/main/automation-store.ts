import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Result } from '../shared/api.js';
import { cleanupRulesOf } from '../shared/cleanup-rules.js';
import type { Config } from '../shared/config.js';
import type { Identify } from './file-lock.js';
import { withFileLock } from './file-lock.js';
import { ensurePrivateFolder, errorCode } from './paths.js';
import { replaceFile } from './replace-file.js';

/** What automatic cleanup remembers, outside of the configuration: nothing that is imported or edited there can agree in the user's name. */
const memory = z.object({
  firstRunAtMs: z.number().nullable().catch(null),
  consent: z.object({ rulesId: z.string(), atMs: z.number() }).nullable().catch(null),
  pausedUntilMs: z.number().nullable().catch(null),
  /** Runs in a row in which something could not be ended. */
  failures: z.number().int().min(0).catch(0),
  halted: z.boolean().catch(false),
  /** When something was ended, wall ms, newest last. */
  ends: z.array(z.number()).catch(() => []),
});
export type AutomationMemory = Readonly<z.infer<typeof memory>>;

const NOTHING: AutomationMemory = { firstRunAtMs: null, consent: null, pausedUntilMs: null, failures: 0, halted: false, ends: [] };
const HOUR_MS = 3_600_000;

/** Where it is kept. */
export const automationFile = (stateDir: string): string => join(stateDir, 'automation.json');

/** Names the rules of a configuration: another rule, another name. */
export const rulesIdOf = (config: Config): string =>
  createHash('sha256')
    .update(JSON.stringify(cleanupRulesOf(config)))
    .digest('hex');

export interface AutomationStore {
  readonly get: () => AutomationMemory;
  /** Changes what is remembered; answers when it is on disk. On failure nothing has changed. */
  readonly set: (change: (before: AutomationMemory) => Partial<AutomationMemory>) => Promise<Result<null>>;
  /** How long ago the ends of the last hour were; one from the future counts as just now. */
  readonly endAgesMs: (nowMs: number) => readonly number[];
}

/** A file that cannot be read or understood agrees to nothing. */
const read = (path: string): AutomationMemory => {
  try {
    const parsed = memory.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.data : NOTHING;
  } catch {
    return NOTHING;
  }
};

/** The rules that were agreed to last, by the file of a program that may be running beside this one; null = none. */
export const agreedRulesId = (path: string): string | null => read(path).consent?.rulesId ?? null;

/** Keeps consent, pause, failures and the ends of the last hour in a file of its own in the state folder. */
export const createAutomationStore = (options: { readonly path: string; readonly identify: Identify }): AutomationStore => {
  const { path, identify } = options;
  let known = read(path);
  const failed = (code: string): Result<never> => ({
    ok: false,
    failure: { reason: code === 'timeout' ? 'timeout' : 'denied', id: 'automationNotWritten', values: { file: path, code } },
  });
  return {
    get: () => known,
    set: async (change) => {
      try {
        const problem = ensurePrivateFolder(dirname(path));
        if (problem !== null) return failed(problem);
        const written = await withFileLock({ path: `${path}.lock`, identify }, async () => {
          const before = read(path);
          const next = { ...before, ...change(before) };
          await replaceFile(path, `${JSON.stringify(next, null, 2)}\n`);
          known = next;
        });
        return written.ok ? { ok: true, value: null } : failed(written.code);
      } catch (error) {
        return failed(errorCode(error));
      }
    },
    endAgesMs: (nowMs) => known.ends.map((at) => Math.max(0, nowMs - at)).filter((age) => age < HOUR_MS),
  };
};
