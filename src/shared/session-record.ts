import type { SessionRecord, SessionStatus } from './types.js';

const STATUSES: readonly string[] = ['busy', 'waiting', 'idle', 'shell'] satisfies readonly SessionStatus[];
const TEXT_LIMIT = 4096;
const FILE_NAME = /^([1-9]\d{0,9})\.json$/;
/** Never begins with a hyphen: it becomes an argument of `claude --resume`. */
const SESSION_ID = /^[A-Za-z0-9][A-Za-z0-9-]{7,63}$/;
const JOB_ID = /^[0-9a-f]{8}$/;
const MAX_PID = 0x7fffffff;
/** The last moment that a Date can hold. */
const MAX_TIME_MS = 8.64e15;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** Only what the record itself holds: a field called `__proto__` gives it nothing. */
const own = (fields: Fields, name: string): unknown => (Object.hasOwn(fields, name) ? fields[name] : null);

/** Text to show: cut, never inside a character. */
const shown = (value: unknown): string | null => {
  if (typeof value !== 'string' || value === '') return null;
  if (value.length <= TEXT_LIMIT) return value;
  const cut = value.slice(0, TEXT_LIMIT);
  return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
};

/** Text to compare or to go to: a shortened one would be another one. */
const exact = (value: unknown): string | null => (typeof value === 'string' && value !== '' && value.length <= TEXT_LIMIT ? value : null);

const momentMs = (value: unknown): number | null => (typeof value === 'number' && value >= 0 && value <= MAX_TIME_MS ? value : null);

const matching = (value: unknown, pattern: RegExp): string | null => (typeof value === 'string' && pattern.test(value) ? value : null);

const isStatus = (value: unknown): value is SessionStatus => typeof value === 'string' && STATUSES.includes(value);

/** True for a name that a record can have; `<pid>.<hex>.key`, a secret, is none. */
export const isRecordName = (fileName: string): boolean => FILE_NAME.test(fileName);

/**
 * One file of the session registry (claude-processes.md 2.1), hostile text throughout; null = not a record about the pid
 * that its name says. A field of a wrong type or with an unknown word is null, the others stay.
 */
export const parseSessionRecord = (
  text: string,
  source: { readonly fileName: string; readonly ownerUid: number; readonly configDir: string },
): SessionRecord | null => {
  const named = FILE_NAME.exec(source.fileName)?.[1];
  const fields = parseJson(text);
  if (named === undefined || !isFields(fields)) return null;
  const pid = Number(named);
  const sessionId = matching(own(fields, 'sessionId'), SESSION_ID);
  if (pid > MAX_PID || own(fields, 'pid') !== pid || sessionId === null) return null;

  const procStart = own(fields, 'procStart');
  const status = own(fields, 'status');
  return {
    pid,
    sessionId,
    // A number too big to be exact is not what was written.
    procStart: typeof procStart === 'number' && Number.isSafeInteger(procStart) ? String(procStart) : exact(procStart),
    pidDomain: exact(own(fields, 'pidDomain')),
    cwd: exact(own(fields, 'cwd')),
    kind: shown(own(fields, 'kind')),
    entrypoint: shown(own(fields, 'entrypoint')),
    version: shown(own(fields, 'version')),
    name: shown(own(fields, 'name')),
    status: isStatus(status) ? status : null,
    waitingFor: shown(own(fields, 'waitingFor')),
    jobId: matching(own(fields, 'jobId'), JOB_ID),
    statusSinceMs: momentMs(own(fields, 'statusUpdatedAt')),
    updatedAtMs: momentMs(own(fields, 'updatedAt')),
    configDir: source.configDir,
    ownerUid: source.ownerUid,
  };
};
