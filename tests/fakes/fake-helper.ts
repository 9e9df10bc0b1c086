import type { Elevate, ElevateResult, ElevateTarget } from '../../src/main/elevate.js';
import type { Climb } from '../../src/main/end-ladder.js';
import { climb, SETTLE_MS, waitUntilGone } from '../../src/main/end-ladder.js';
import type { World } from './recording-platform.js';

const WORDS: Readonly<Record<string, ElevateResult>> = { done: 'ended', forced: 'killed', gone: 'gone', timeout: 'stayed', stuck: 'stuck' };

const wordOf = ({ id, signal }: Climb): ElevateResult => {
  if (id === 'changed') return signal === null ? 'changed' : 'became';
  return WORDS[id] ?? (signal === null ? 'denied' : 'stayed');
};

/** The administrator's helper on a scripted machine, after a prompt of 400 ms: what belongs to another is ended after that one. */
export const helperOn =
  (world: World, prompt: 'accepted' | 'dismissed' = 'accepted'): Elevate =>
  async (targets, intent) => {
    await world.clock.sleep(400);
    if (prompt === 'dismissed') return { ok: false, reason: 'dismissed', command: null };
    const results = new Map<number, ElevateResult>();
    const end = async ({ identity }: ElevateTarget): Promise<void> => {
      results.set(identity.key.pid, wordOf(await climb(world, identity, () => intent === 'force')));
    };
    await Promise.all(targets.filter(({ below }) => below === null).map(end));
    const follow = async (target: ElevateTarget): Promise<void> => {
      const { identity, below } = target;
      const owner = results.get(below ?? 0) ?? 'kept';
      if (!['ended', 'killed', 'gone'].includes(owner)) results.set(identity.key.pid, 'kept');
      else if (await waitUntilGone(world, identity, SETTLE_MS)) results.set(identity.key.pid, 'left');
      else await end(target);
    };
    await Promise.all(targets.filter(({ below }) => below !== null).map(follow));
    return { ok: true, results };
  };
