import type { StateSample } from '../../shared/history-state.js';
import type { Kind, ProcessKey } from '../../shared/types.js';
import type { Role, Scene } from './cast.js';
import { DEMO_USERS } from './cast.js';

const MB = 1_048_576;

/** After this share of its life a session that is left in the end has lost its owner, and one that idles has nothing to do any more. */
const CHANGES_AT = 0.35;
const LEAVES: readonly Role[] = ['orphan-ide', 'lost-cli'];
/** With a terminal of its own. */
const ATTACHED: readonly Role[] = ['cli', 'teammate', 'background'];

const uidOf = (user: string): number | null => DEMO_USERS.find(({ name }) => name === user)?.uid ?? null;

export interface PastSession {
  readonly scene: Scene;
  readonly key: ProcessKey;
  readonly kind: Kind;
  readonly project: string;
  readonly fromMs: number;
  /** Infinite where it still runs. */
  readonly toMs: number;
  readonly memoryBytes: number | null;
}

/** What a look of the made-up past says of a session; those that still run are idle for as long as the script has them so. */
export const stateOfPast = (session: PastSession, nowMs: number, atMs: number): StateSample => {
  const { scene, key, kind, project, fromMs, toMs, memoryBytes } = session;
  const runs = !Number.isFinite(toMs);
  const turnMs =
    runs && scene.sinceMin !== undefined ? nowMs - scene.sinceMin * 60_000 : fromMs + CHANGES_AT * ((runs ? nowMs : toMs) - fromMs);
  const turned = atMs >= turnMs + 60_000;
  const leftOver = turned && LEAVES.includes(scene.role) ? 'yes' : 'no';
  const activity = scene.status === null ? 'unknown' : turned && scene.status === 'idle' ? 'idle' : 'work';
  return {
    ...{ key, uid: uidOf(scene.user), user: scene.user, project, kind, startedAtMs: Math.round(fromMs), leftOver, activity },
    ...{ idleSinceMs: activity === 'idle' ? Math.round(turnMs) : null, attached: ATTACHED.includes(scene.role), kept: false, memoryBytes },
  };
};

/** What it says of a process that a session left. */
export const stateOfStray = (user: string, kind: Kind, project: string, key: ProcessKey, startedAtMs: number, mb: number): StateSample => ({
  ...{ key, uid: uidOf(user), user, project, kind, startedAtMs, leftOver: 'yes', activity: 'unknown', idleSinceMs: null },
  ...{ attached: false, kept: false, memoryBytes: mb * MB },
});
