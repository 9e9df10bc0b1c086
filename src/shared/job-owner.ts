import type { ProcessKey } from './types.js';

/** The process that a job id is said to stand for. */
export interface JobCarrier {
  readonly key: ProcessKey;
  readonly ppid: number | null;
  readonly sessionId: string;
}

/** Whether a job is carried by this process: said by somebody else than its own record, contradicted, or not said at all. */
export type JobVerdict = 'same' | 'other' | 'unknown';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

const fieldsOf = (text: string | null): Fields | null => {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
};

/** Only what the file itself holds: a field called `__proto__` gives it nothing. */
const own = (fields: Fields, name: string): unknown => (Object.hasOwn(fields, name) ? fields[name] : undefined);

const isStamp = (value: unknown, startedAt: string): boolean => value === undefined || String(value) === startedAt;

/** One worker of the roster: `replPid` is the engine where it is known yet, `pid` the host of its terminal (claude-processes.md 1.3). */
const isCarriedBy = (worker: Fields, { key, ppid, sessionId }: JobCarrier): boolean => {
  const engine = own(worker, 'replPid');
  if (engine !== undefined) return engine === key.pid && isStamp(own(worker, 'replProcStart'), key.startedAt);
  return own(worker, 'pid') === ppid && own(worker, 'sessionId') === sessionId;
};

/**
 * Whose job an id is by the daemon's roster (`daemon/roster.json`), and where that does not know the job, by the job's own state
 * (`jobs/<id>/state.json`). A session may write any job id into its own record; stopping that job must not end another session.
 * Texts are hostile; null = there is none.
 */
export const jobVerdict = (jobId: string, carrier: JobCarrier, rosterText: string | null, stateText: string | null): JobVerdict => {
  const workers = own(fieldsOf(rosterText) ?? {}, 'workers');
  const known = isFields(workers) ? workers : {};
  const worker = own(known, jobId);
  if (isFields(worker)) return isCarriedBy(worker, carrier) ? 'same' : 'other';
  const engines = Object.entries(known).filter(([id, each]) => id !== jobId && isFields(each) && own(each, 'replPid') === carrier.key.pid);
  // The process carries a job, and it is not this one.
  if (engines.some(([, each]) => isFields(each) && isStamp(own(each, 'replProcStart'), carrier.key.startedAt))) return 'other';
  const state = fieldsOf(stateText);
  const said = state === null ? undefined : own(state, 'sessionId');
  if (said === undefined) return 'unknown';
  return said === carrier.sessionId ? 'same' : 'other';
};
