import type { EndResult, Failure, PreviewExcluded } from '../shared/api.js';
import type { LogEntry, LogField } from '../shared/log-line.js';
import type { ProcessKey } from '../shared/types.js';
import type { FrozenLine } from './end-survey.js';

/** A line for the action log, which stamps it. Never a command line: what a process was started with may hold secrets. */
export type Entry = Omit<LogEntry, 'at'>;

const MOST_PIDS = 50;
const LEVELS = { done: 'SUCCESS', failed: 'ERROR', skipped: 'INFO' } as const;

const megabytes = (bytes: number | null): string => (bytes === null ? '?' : `${Math.round(bytes / 1_048_576)}MB`);

const userOf = ({ view }: FrozenLine): string => view.user ?? (view.uid === null ? '?' : String(view.uid));

const head = (line: FrozenLine): LogField[] => [
  ['PID', String(line.view.key.pid)],
  ['User', userOf(line)],
];

const session = ({ view }: FrozenLine): LogField[] => (view.session === null ? [] : [['Session', view.session.sessionId]]);

/** What became of one line that was to be ended; its memory is what it had before the first signal. */
export const resultEntry = (line: FrozenLine, memoryBytes: number | null, result: EndResult): Entry => ({
  level: LEVELS[result.outcome],
  action: 'KILL_PROCESS',
  fields: [
    ...head(line),
    ['Memory', megabytes(memoryBytes)],
    ['Signal', result.signal ?? 'none'],
    ['Kind', line.view.kind],
    ['Result', result.outcome],
    ...(result.reason === null ? [] : [['Reason', `${result.reason} (${result.id})`] as const]),
    ...session(line),
    ...(result.resume === null ? [] : [['Resume', result.resume.command] as const]),
    ...(result.freedBytes === null ? [] : [['Freed', megabytes(result.freedBytes)] as const]),
  ],
});

/** A process that was chosen and may not be ended. */
export const refusedEntry = ({ key, user, kind, refusal }: PreviewExcluded): Entry => ({
  level: 'INFO',
  action: 'KILL_PROCESS',
  fields: [
    ['PID', String(key.pid)],
    ['User', user ?? '?'],
    ['Kind', kind ?? '?'],
    ['Result', 'refused'],
    ['Reason', `${refusal.reason} (${refusal.id})`],
  ],
});

/** A chosen line whose preview was cancelled. */
export const cancelledEntry = (line: FrozenLine): Entry => ({
  level: 'INFO',
  action: 'KILL_PROCESS',
  fields: [...head(line), ['Kind', line.view.kind], ['Result', 'cancelled'], ['Reason', 'cancelled'], ...session(line)],
});

/** A command that was refused as a whole; the pids are what the caller asked for, checked by nobody. */
export const refusedCommandEntry = (keys: readonly ProcessKey[], { reason, id }: Failure): Entry => {
  const pids = keys.slice(0, MOST_PIDS).map(({ pid }) => pid);
  return {
    level: 'INFO',
    action: 'KILL_PROCESS',
    fields: [
      ['PID', `${pids.join(', ')}${keys.length > MOST_PIDS ? ', …' : ''}`],
      ['Result', 'refused'],
      ['Reason', `${reason} (${id})`],
    ],
  };
};
