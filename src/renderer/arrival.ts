import type { Update } from '../shared/patch.js';
import type { ProcessView, Snapshot } from '../shared/types.js';

/**
 * A row with its fields at fixed places. The bridge makes objects of this many fields one field at a time, and V8 keeps those as tables of
 * names: a copy of one, as each look makes of each row that changed, takes some fifty times as long.
 */
const asRow = (view: ProcessView): ProcessView => ({
  key: view.key,
  ppid: view.ppid,
  uid: view.uid,
  user: view.user,
  kind: view.kind,
  kindEvidence: view.kindEvidence,
  leftOver: view.leftOver,
  leftOverEvidence: view.leftOverEvidence,
  reparented: view.reparented,
  status: view.status,
  conditions: view.conditions,
  activity: view.activity,
  waitingFor: view.waitingFor,
  activeSinceMs: view.activeSinceMs,
  lastActiveMs: view.lastActiveMs,
  session: view.session,
  owner: view.owner,
  name: view.name,
  projectDir: view.projectDir,
  memoryBytes: view.memoryBytes,
  cpuPercent: view.cpuPercent,
  tree: view.tree,
  limitBytes: view.limitBytes,
  startedAtMs: view.startedAtMs,
  state: view.state,
  tty: view.tty,
  command: view.command,
  refusal: view.refusal,
});

const asSnapshot = (snapshot: Snapshot | null): Snapshot | null => snapshot && { ...snapshot, processes: snapshot.processes.map(asRow) };

/** What main sent, each new row of it as `asRow` makes it; it says the same. */
export const arrived = (update: Update): Update => {
  if ('whole' in update) return { ...update, whole: { ...update.whole, snapshot: asSnapshot(update.whole.snapshot) } };
  const { snapshot } = update.patch;
  if (snapshot === undefined) return update;
  if ('whole' in snapshot) return { ...update, patch: { ...update.patch, snapshot: { whole: asSnapshot(snapshot.whole) } } };
  const list = snapshot.rows?.list;
  if (snapshot.rows === undefined || list === undefined) return update;
  const rows = { ...snapshot.rows, list: list.map((entry) => (typeof entry === 'number' ? entry : asRow(entry))) };
  return { ...update, patch: { ...update.patch, snapshot: { ...snapshot, rows } } };
};
