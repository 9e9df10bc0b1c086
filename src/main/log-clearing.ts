import type { Result } from '../shared/api.js';
import type { ActionLog } from './action-log.js';
import { localStamp } from './action-log.js';
import type { Identify } from './file-lock.js';
import { clearOlder, countOlder } from './log-clear.js';
import { errorCode } from './paths.js';

export interface LogClearingOptions {
  /** claude_actions.log. */
  readonly path: string;
  readonly log: Pick<ActionLog, 'append'>;
  /** Wall clock, ms. */
  readonly now: () => number;
  readonly identify: Identify;
}

/** Removes the entries older than so many days, or with `preview` only counts them; the clearing itself is in the log. */
export type LogClearing = (input: {
  readonly olderThanDays: number;
  readonly preview: boolean;
}) => Promise<Result<{ readonly lines: number }>>;

const DAY_MS = 86_400_000;

/** The clearing of the action log, for window and command line. */
export const createLogClearing = ({ path, log, now, identify }: LogClearingOptions): LogClearing => {
  const failed = (code: string): Result<never> => ({
    ok: false,
    failure: { reason: 'denied', id: 'logNotCleared', values: { file: path, code } },
  });
  return async ({ olderThanDays, preview }) => {
    const before = localStamp(now() - olderThanDays * DAY_MS);
    const record = (level: 'SUCCESS' | 'ERROR', what: readonly (readonly [string, string])[]): Promise<Result<null>> =>
      log.append({ level, action: 'LOG_CLEAR', fields: [...what, ['Before', before]] });
    try {
      if (preview) return { ok: true, value: { lines: await countOlder(path, before) } };
      const cleared = await clearOlder(before, { path, identify });
      if (!cleared.ok) {
        await record('ERROR', [['Reason', cleared.code]]);
        return failed(cleared.code);
      }
      const logged = await record('SUCCESS', [['Lines', String(cleared.value)]]);
      return logged.ok ? { ok: true, value: { lines: cleared.value } } : logged;
    } catch (error) {
      const code = errorCode(error);
      if (!preview) await record('ERROR', [['Reason', code]]);
      return failed(code);
    }
  };
};
