import { z } from 'zod';
import type { Resume, StoppedSession } from './api.js';
import type { ProcessView } from './types.js';

/** How many ended sessions are kept. */
export const MOST_STOPPED = 50;

/** Never begins with a hyphen: it becomes an argument. */
const sessionId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{7,63}$/);
/** The last moment that a Date can hold. */
const MAX_TIME_MS = 8.64e15;
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

const stoppedSession = z.object({
  sessionId,
  name: z.string().max(4096),
  projectDir: z.string().max(4096).nullable(),
  user: z.string().max(256).nullable(),
  pid: z.int().min(1).max(0x7fffffff),
  endedAtMs: z.number().min(0).max(MAX_TIME_MS),
  action: z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/),
  freedBytes: z.number().min(0).nullable(),
  resume: z
    .object({
      sessionId,
      cwd: z.string().max(4096),
      // Made to be pasted: what a terminal would take for more than text was never in one of ours.
      command: z
        .string()
        .max(50_000)
        .refine((text) => !UNPRINTABLE.test(text)),
    })
    .nullable(),
});

const stoppedFile = z.object({ sessions: z.array(z.unknown()) });

const identityOf = ({ user, sessionId: id }: StoppedSession): string => JSON.stringify([user, id]);

/** Newest first, at most 50; of a session that was resumed and ended again only the last time. */
const tidy = (sessions: readonly StoppedSession[]): readonly StoppedSession[] => {
  const seen = new Set<string>();
  return [...sessions]
    .sort((a, b) => b.endedAtMs - a.endedAtMs)
    .filter((one) => {
      const id = identityOf(one);
      return !seen.has(id) && seen.add(id);
    })
    .slice(0, MOST_STOPPED);
};

/** The list with one more ended session; what it holds from before about the same session of the same user goes. */
export const addStopped = (sessions: readonly StoppedSession[], added: StoppedSession): readonly StoppedSession[] =>
  tidy([added, ...sessions.filter((one) => identityOf(one) !== identityOf(added))]);

/** The sessions in a file's text, wrong entries left out one by one; null = it is no such file at all. */
export const parseStopped = (text: string): readonly StoppedSession[] | null => {
  try {
    const file = stoppedFile.safeParse(JSON.parse(text));
    if (!file.success) return null;
    return tidy(
      file.data.sessions.flatMap((entry) => {
        const parsed = stoppedSession.safeParse(entry);
        return parsed.success ? [parsed.data] : [];
      }),
    );
  } catch {
    return null;
  }
};

/** The text of a file that holds these sessions. */
export const formatStopped = (sessions: readonly StoppedSession[]): string => `${JSON.stringify({ sessions }, null, 2)}\n`;

/** What is kept of a process that was ended; null where it carried no session that is known. */
export const stoppedOf = (
  view: Pick<ProcessView, 'key' | 'name' | 'user' | 'session' | 'projectDir'>,
  how: { readonly endedAtMs: number; readonly action: string; readonly freedBytes: number | null; readonly resume: Resume | null },
): StoppedSession | null =>
  view.session === null
    ? null
    : {
        sessionId: view.session.sessionId,
        name: view.name,
        projectDir: view.session.projectDir ?? view.projectDir,
        user: view.user,
        pid: view.key.pid,
        ...how,
      };
