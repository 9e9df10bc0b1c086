import type { Os } from '../../shared/types.js';

/** What an end may be done with where only a command line reaches: text for a shell, so nothing but checked numbers enters it. */
export type EndIntent = 'ask' | 'force';

/** Windows hands out the largest pids: 32 bits. */
const MOST_PID = 4_294_967_295;

const checked = (pids: readonly number[]): readonly number[] => {
  for (const pid of pids) if (!Number.isInteger(pid) || pid <= 1 || pid > MOST_PID) throw new Error(`no process to end: ${pid}`);
  if (pids.length === 0) throw new Error('no process to end');
  return pids;
};

/**
 * The system's own command to end these processes, by pid alone: it checks nobody's identity. Throws on anything that is not the pid of
 * one process other than the first.
 */
export const killCommand = (os: Os, pids: readonly number[], intent: EndIntent): string => {
  const numbers = checked(pids);
  if (os === 'win32') return ['taskkill', ...(intent === 'force' ? ['/F'] : []), ...numbers.map((pid) => `/PID ${pid}`)].join(' ');
  return `${os === 'darwin' ? '/bin/kill' : 'kill'} -${intent === 'force' ? 'KILL' : 'TERM'} ${numbers.join(' ')}`;
};
