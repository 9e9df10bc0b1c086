import type { Translate } from '../main/i18n.js';
import type { ProcessView, Snapshot } from '../shared/types.js';
import type { ProcessJson, SnapshotJson } from './json-shape.js';
import { JSON_VERSION } from './json-shape.js';
import { evidenceJson, jsonLine, refusalJson } from './output.js';

const processJson = (t: Translate, view: ProcessView): ProcessJson => ({
  pid: view.key.pid,
  startedAt: view.key.startedAt,
  ppid: view.ppid,
  uid: view.uid,
  user: view.user,
  kind: view.kind,
  kindEvidence: evidenceJson(t, 'evidence', view.kindEvidence),
  leftOver: view.leftOver,
  leftOverEvidence: evidenceJson(t, 'evidence', view.leftOverEvidence),
  status: view.status,
  conditions: [...view.conditions],
  activity: view.activity,
  waitingFor: view.waitingFor,
  activeSinceMs: view.activeSinceMs,
  lastActiveMs: view.lastActiveMs,
  owner: view.owner === null ? null : { pid: view.owner.pid, startedAt: view.owner.startedAt },
  name: view.name,
  projectDir: view.projectDir,
  session:
    view.session === null
      ? null
      : {
          sessionId: view.session.sessionId,
          name: view.session.name,
          version: view.session.version,
          entrypoint: view.session.entrypoint,
          jobId: view.session.jobId,
        },
  memoryBytes: view.memoryBytes,
  cpuPercent: view.cpuPercent,
  tree: { ...view.tree },
  limitBytes: view.limitBytes,
  startedAtMs: view.startedAtMs,
  state: view.state,
  tty: view.tty,
  command: view.command,
  refusal: view.refusal === null ? null : refusalJson(t, view.refusal),
});

/** A snapshot as `list --json` prints it, with the processes given: all of them, or those that a filter left. */
export const snapshotJson = (t: Translate, snapshot: Snapshot, processes: readonly ProcessView[]): SnapshotJson => ({
  version: JSON_VERSION,
  sequence: snapshot.sequence,
  takenAtMs: snapshot.takenAtMs,
  complete: snapshot.complete,
  host: { ...snapshot.host },
  totals: { ...snapshot.totals },
  processes: processes.map((view) => processJson(t, view)),
});

/** How the line of a snapshot without processes ends: their list comes last. */
const EMPTY_END = '[]}';

/**
 * Snapshots as lines of `watch --json`, one after the other: what `jsonLine` makes of `snapshotJson`, but a row that stays the same object from
 * look to look is put into words and letters once. Most do, and to write them again would cost more than to look at them.
 */
export const snapshotWriter = (t: Translate): ((snapshot: Snapshot, processes: readonly ProcessView[]) => string) => {
  const written = new WeakMap<ProcessView, string>();
  const rowLine = (view: ProcessView): string => {
    const kept = written.get(view);
    if (kept !== undefined) return kept;
    const line = jsonLine(processJson(t, view));
    written.set(view, line);
    return line;
  };
  return (snapshot, processes) => {
    const empty = jsonLine(snapshotJson(t, snapshot, []));
    return `${empty.slice(0, -EMPTY_END.length)}[${processes.map(rowLine).join(',')}]}`;
  };
};
