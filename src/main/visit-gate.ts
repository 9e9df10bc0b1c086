/**
 * Lets a few visits to folders run at a time, so that folders that never answer (a dead mount, a user-space file system
 * made to hang) can take only a few of the four threads that Node has for files. A hung operation cannot be called back:
 * its folder stays closed until it settles.
 */

/** Why a visit did not answer: it ran over its deadline, its folder is closed, or all places are taken by hung ones. */
export type VisitRefusal = 'timeout' | 'quarantined' | 'busy';
export type VisitResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: VisitRefusal };

export interface VisitGate {
  /**
   * Runs `task` when there is a place. Answers within waiting time plus deadline, whatever the task does; the task asks
   * `expired()` before every operation and stops there. Rejects only if the task does, within its deadline.
   */
  readonly visit: <T>(folder: string, uid: number, task: (expired: () => boolean) => Promise<T>) => Promise<VisitResult<T>>;
  /** Visits that are over their deadline and still hold a thread. While there are any, `process.exit` hangs: it joins the threads. */
  readonly hanging: () => number;
}

export interface VisitGateOptions {
  readonly selfUid: number;
  /** For other users' folders. */
  readonly deadlineMs: number;
  /** For our own, which are slow only when the machine is. */
  readonly ownDeadlineMs: number;
  readonly waitMs: number;
  /** Monotonic, ms. */
  readonly clock: () => number;
}

/** One thread always stays free for the rest of the program; one hung user alone never shuts out the other users. */
const PLACES = 3;
const PLACES_OWN = 2;
const PLACES_OTHERS = 2;
const PLACES_PER_OTHER = 1;

/** A folder that was late and then answered is tried again at once; one that is late again and again, ever more rarely. */
const PENALTY_MS = 5_000;
const PENALTY_LIMIT_MS = 60_000;
const FORGIVEN_AFTER_MS = 600_000;

interface Place {
  readonly folder: string;
  readonly uid: number;
}

interface Waiting extends Place {
  readonly begin: () => void;
  readonly refuse: (reason: VisitRefusal) => void;
}

/** A gate with its places free. */
export const createVisitGate = ({ selfUid, deadlineMs, ownDeadlineMs, waitMs, clock }: VisitGateOptions): VisitGate => {
  const running = new Set<Place>();
  const overdue = new Set<Place>();
  const closed = new Map<string, { readonly strikes: number; readonly untilMs: number }>();
  let waiting: readonly Waiting[] = [];

  const fits = (wanted: Place, taken: ReadonlySet<Place>): boolean => {
    if (taken.size >= PLACES) return false;
    let own = 0;
    let sameUser = 0;
    for (const place of taken) {
      if (place.folder === wanted.folder) return false;
      if (place.uid === selfUid) own++;
      if (place.uid === wanted.uid) sameUser++;
    }
    return wanted.uid === selfUid ? own < PLACES_OWN : taken.size - own < PLACES_OTHERS && sameUser < PLACES_PER_OTHER;
  };

  const refusalOf = (wanted: Place): VisitRefusal | null => {
    for (const place of overdue) if (place.folder === wanted.folder) return 'quarantined';
    if ((closed.get(wanted.folder)?.untilMs ?? -Infinity) > clock()) return 'quarantined';
    return fits(wanted, overdue) ? null : 'busy';
  };

  const pump = (): void => {
    for (const entry of waiting) {
      const refusal = refusalOf(entry);
      if (refusal === null && !fits(entry, running)) continue;
      waiting = waiting.filter((other) => other !== entry);
      if (refusal === null) entry.begin();
      else entry.refuse(refusal);
    }
  };

  const leave = (place: Place): void => {
    running.delete(place);
    if (overdue.delete(place)) {
      for (const [folder, entry] of closed) if (entry.untilMs < clock() - FORGIVEN_AFTER_MS) closed.delete(folder);
      const strikes = (closed.get(place.folder)?.strikes ?? 0) + 1;
      closed.set(place.folder, { strikes, untilMs: clock() + Math.min(PENALTY_LIMIT_MS, PENALTY_MS * (strikes - 1)) });
    } else closed.delete(place.folder);
    pump();
  };

  const visit = <T>(folder: string, uid: number, task: (expired: () => boolean) => Promise<T>): Promise<VisitResult<T>> =>
    new Promise((resolve, reject) => {
      const place: Place = { folder, uid };
      const begin = (): void => {
        clearTimeout(timer);
        running.add(place);
        const halfMs = (uid === selfUid ? ownDeadlineMs : deadlineMs) / 2;
        const expire = (): void => {
          overdue.add(place);
          resolve({ ok: false, reason: 'timeout' });
          pump();
        };
        // In two halves: timers come before answers, so that after a pause of our own thread one timer alone would blame the folder.
        timer = setTimeout(() => {
          timer = setTimeout(expire, halfMs);
        }, halfMs);
        task(() => overdue.has(place))
          .then(
            (value) => resolve({ ok: true, value }),
            // After the deadline nobody listens any more, and this does nothing.
            (error) => reject(error),
          )
          .finally(() => {
            clearTimeout(timer);
            leave(place);
          });
      };
      const refuse = (reason: VisitRefusal): void => {
        clearTimeout(timer);
        resolve({ ok: false, reason });
      };
      const entry: Waiting = { ...place, begin, refuse };
      let timer = setTimeout(() => {
        waiting = waiting.filter((other) => other !== entry);
        refuse('busy');
      }, waitMs);
      waiting = [...waiting, entry];
      pump();
    });

  return { visit, hanging: () => overdue.size };
};
