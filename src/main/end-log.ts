import type { ActionRequest, EndResult, Failure, PreviewExcluded, Verb } from '../shared/api.js';
import type { LogAction, LogEntry, LogField } from '../shared/log-line.js';
import type { ProcessKey } from '../shared/types.js';
import type { FrozenLine } from './end-survey.js';

/** A line for the action log, which stamps it. Never a command line: what a process was started with may hold secrets. */
export type Entry = Omit<LogEntry, 'at'>;

const MOST_PIDS = 50;
/** What was ended is never left out of its summary. */
const MOST_ENDED = 5_000;
const LEVELS = { done: 'SUCCESS', failed: 'ERROR', skipped: 'INFO' } as const;

const VERB_ACTIONS = {
  end: 'KILL_PROCESS',
  pause: 'PAUSE',
  continue: 'CONTINUE',
  priority: 'SET_PRIORITY',
} as const satisfies Record<Verb, LogAction>;
const SCOPE_ACTIONS = {
  keys: 'KILL_PROCESS',
  user: 'KILL_USER_PROCESSES',
  all: 'KILL_ALL_PROCESSES',
  old: 'CLEAN_OLD',
  orphans: 'CLEAN_ORPHANS',
} as const satisfies Record<ActionRequest['scope']['type'], LogAction>;

type Asked = Pick<ActionRequest, 'verb' | 'scope' | 'priority'>;

/** The log's word for a whole command. */
export const commandAction = ({ verb, scope }: Pick<Asked, 'verb' | 'scope'>): LogAction =>
  verb === 'end' ? SCOPE_ACTIONS[scope.type] : VERB_ACTIONS[verb];

const megabytes = (bytes: number | null): string => (bytes === null ? '?' : `${Math.round(bytes / 1_048_576)}MB`);

const userOf = ({ view }: FrozenLine): string => view.user ?? (view.uid === null ? '?' : String(view.uid));

const head = (line: FrozenLine): LogField[] => [
  ['PID', String(line.view.key.pid)],
  ['User', userOf(line)],
];

const session = ({ view }: FrozenLine): LogField[] => (view.session === null ? [] : [['Session', view.session.sessionId]]);

const priority = ({ verb, priority: wanted }: Asked): LogField[] => (verb === 'priority' ? [['Priority', wanted ?? '?']] : []);

const pidList = (pids: readonly number[], most: number): string => `${pids.slice(0, most).join(', ')}${pids.length > most ? ', …' : ''}`;

const reasonOf = ({ reason, id }: { readonly reason: string; readonly id: string }): LogField => ['Reason', `${reason} (${id})`];

/** What became of one line that was to be acted on; its memory is what it had before. `action`: another word than the verb's. */
export const resultEntry = (
  line: FrozenLine,
  memoryBytes: number | null,
  result: EndResult,
  request: Asked,
  action: LogAction = VERB_ACTIONS[request.verb],
): Entry => ({
  level: LEVELS[result.outcome],
  action,
  fields: [
    ...head(line),
    ['Memory', megabytes(memoryBytes)],
    ['Signal', result.signal ?? 'none'],
    ...priority(request),
    ['Kind', line.view.kind],
    ['Result', result.outcome],
    ...(result.reason === null ? [] : [reasonOf({ reason: result.reason, id: result.id })]),
    ...session(line),
    ...(result.resume === null ? [] : [['Resume', result.resume.command] as const]),
    ...(result.freedBytes === null ? [] : [['Freed', megabytes(result.freedBytes)] as const]),
  ],
});

const scopeFields = ({ scope }: Asked): LogField[] => {
  if (scope.type === 'user') return [['User', scope.user]];
  return scope.type === 'old' && scope.hours !== null ? [['Hours', String(scope.hours)]] : [];
};

/** What became of a bulk as a whole, in the original's form; null for what was chosen one by one. */
export const summaryEntry = (request: Asked, results: readonly EndResult[], freedBytes: number | null): Entry | null => {
  if (request.scope.type === 'keys' || request.verb !== 'end') return null;
  const pids = (outcome: EndResult['outcome']): number[] => results.filter((one) => one.outcome === outcome).map(({ key }) => key.pid);
  const [ended, stayed, skipped] = [pids('done'), pids('failed'), pids('skipped')];
  return {
    level: stayed.length > 0 ? 'ERROR' : ended.length > 0 ? 'SUCCESS' : 'INFO',
    action: commandAction(request),
    fields: [
      ...scopeFields(request),
      ['Mortos', `[${pidList(ended, MOST_ENDED)}]`],
      ...(stayed.length === 0 ? [] : [['Failed', `[${pidList(stayed, MOST_ENDED)}]`] as const]),
      ...(skipped.length === 0 ? [] : [['Skipped', `[${pidList(skipped, MOST_ENDED)}]`] as const]),
      ...(ended.length === 0 ? [] : [['Freed', megabytes(freedBytes)] as const]),
    ],
  };
};

/** A process that was chosen and may not be acted on. */
export const refusedEntry = ({ key, user, kind, refusal }: PreviewExcluded, request: Asked): Entry => ({
  level: 'INFO',
  action: VERB_ACTIONS[request.verb],
  fields: [
    ['PID', String(key.pid)],
    ['User', user ?? '?'],
    ...priority(request),
    ['Kind', kind ?? '?'],
    ['Result', 'refused'],
    reasonOf(refusal),
  ],
});

/** A bulk that found nobody to act on. */
export const nobodyEntry = (request: Asked, excluded: readonly PreviewExcluded[]): Entry => ({
  level: 'INFO',
  action: commandAction(request),
  fields: [
    ...scopeFields(request),
    ['Result', excluded.length === 0 ? 'nothing to do' : 'refused'],
    ...(excluded.length === 0
      ? []
      : [
          [
            'Refused',
            `[${pidList(
              excluded.map(({ key }) => key.pid),
              MOST_PIDS,
            )}]`,
          ] as const,
        ]),
  ],
});

/** A chosen line whose preview was cancelled. */
export const cancelledEntry = (line: FrozenLine, request: Asked): Entry => ({
  level: 'INFO',
  action: VERB_ACTIONS[request.verb],
  fields: [
    ...head(line),
    ...priority(request),
    ['Kind', line.view.kind],
    ['Result', 'cancelled'],
    ['Reason', 'cancelled'],
    ...session(line),
  ],
});

/** A command that was refused as a whole; the pids are what the caller asked for, checked by nobody. Null: nobody knows what it was for. */
export const refusedCommandEntry = (keys: readonly ProcessKey[], failure: Failure, request: Asked | null): Entry => ({
  level: 'INFO',
  action: request === null ? 'KILL_PROCESS' : commandAction(request),
  fields: [
    [
      'PID',
      pidList(
        keys.map(({ pid }) => pid),
        MOST_PIDS,
      ),
    ],
    ...(request === null ? [] : scopeFields(request)),
    ['Result', 'refused'],
    reasonOf(failure),
  ],
});

/** A prompt for administrator rights: before it ("asked"), and what came of it. */
export const elevateEntry = (level: Entry['level'], pids: readonly number[], result: string, reason: string | null): Entry => ({
  level,
  action: 'ELEVATE',
  fields: [['PID', pidList(pids, MOST_PIDS)], ['Result', result], ...(reason === null ? [] : [['Reason', reason] as const])],
});
